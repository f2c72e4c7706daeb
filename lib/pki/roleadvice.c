/* SPDX-License-Identifier: MIT */
#include "pki/roleadvice.h"

#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki/address.h"
#include "pki/domain.h"
#include "pki/locate.h"
#include "pki/publisher.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/str.h"

/*
 * On a FreeIPA host, Apache stands before the CA.  Its ipa-pki-proxy.conf has
 * a RewriteRule that sends readers of /ipa/crl/MasterCRL.bin to the CA; on the
 * host that makes the CRLs it is a comment, so that they get the file that is
 * published there.  ipa-crlgen-manage(1) changes both that and CS.cfg.
 *
 *	struct ipaproxy proxy;
 *
 *	if (ipaproxy_read(&proxy, "host1/etc/pki/pki-tomcat/ca/CS.cfg") < 0)
 *		return -1;
 *	if (proxy.file != NULL)
 *		...
 *	ipaproxy_release(&proxy);
 */
struct ipaproxy {
	char *file; /* NULL: no FreeIPA */
	size_t active; /* the line of a rule that is one, or 0 */
	size_t comment; /* of one that is a comment, or 0 */
};

/* The CAs of which there is a CS.cfg. */
struct known {
	struct address *address;
	size_t count, room;
};

/* Does it, by its file, make CRLs? */
static bool
crlmaster_makes_crls(const struct role *role)
{
	return strcmp(role->subsystem, "ca") == 0 &&
	       (role->kind == ROLE_MASTER || role->kind == ROLE_MIXED);
}

static int
know(struct known *known, const struct cfg *cfg, const char *path)
{
	struct address at, *own;

	if (address_read(&at, cfg, path, ADDRESS_EE) < 0)
		return -1;
	if (at.host.size == 0)
		say("%s: no machineName: which host of the domain is it?",
		    path);
	MEM_GROW(known->address, known->count, known->room);
	own = &known->address[known->count++];
	*own = (struct address){ .owned = { mem_dup(at.host.at, at.host.size),
				     mem_dup(at.port.at, at.port.size) } };
	own->host = slice_of(own->owned[0]);
	own->port = slice_of(own->owned[1]);
	address_release(&at);
	return 0;
}

static void
forget(struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		address_release(&known->address[i]);
	free(known->address);
}

/* Under whatever name: `-m ca2.cfg ca*.cfg` names it twice. */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return path_stat_named(a, &x) == 0 && path_stat_named(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* 1: a master. */
static int
look_at_file(struct known *known, const char *operand,
    const struct crlmaster_question *q)
{
	char *path = locate_cfg(operand, q->subsystem);
	struct cfg *cfg = path == NULL ? NULL : cfg_read(path);
	struct role role;
	int found = -1;

	if (cfg != NULL && is_same_file(path, q->path)) {
		found = 0;
	} else if (cfg != NULL) {
		role_read(&role, cfg);
		found = crlmaster_makes_crls(&role);
		if (found != 0)
			say("%s: another CRL master", operand);
		if (role.subsystem[0] == '\0')
			found = fail("%s: " ROLE_NO_SUBSYSTEM, path);
		if (q->domain != NULL && strcmp(role.subsystem, "ca") == 0 &&
		    know(known, cfg, path) < 0)
			found = -1;
		role_release(&role);
	}
	cfg_free(cfg);
	free(path);
	return found;
}

static bool
is_known(const struct known *known, const struct slice *field)
{
	for (size_t i = 0; i < known->count; i++)
		if (address_equal(&known->address[i], field[DOMAIN_HOST],
			field[DOMAIN_SECURE_PORT]))
			return true;
	return false;
}

static int
look_into(const struct known *known, const struct domain *domain,
    const char *file)
{
	int found = 0;

	for (size_t i = 0; i < domain->hosts; i++) {
		const struct slice *field = domain->host[i].field;
		struct slice type = field[DOMAIN_TYPE];
		bool clone = domain_flag(&domain->host[i], DOMAIN_CLONE);

		if (!slice_equal_nocase(type, slice_of("CA")) ||
		    is_known(known, field))
			continue;
		say("%s: the CA '%.*s:%.*s' %s; its CS.cfg would tell", file,
		    SLICE_ARG(field[DOMAIN_HOST]),
		    SLICE_ARG(field[DOMAIN_SECURE_PORT]),
		    clone ? "was installed as a clone, and taken for one" :
			  "was not installed as a clone: it may make CRLs");
		if (!clone)
			found = 1;
	}
	return found;
}

static int
ask_domain(struct known *known, const struct crlmaster_question *q)
{
	struct domain domain;
	int found;

	if (know(known, q->cfg, q->path) < 0 ||
	    (q->from != NULL && know(known, q->from, q->from->file) < 0) ||
	    domain_read(&domain, q->domain) < 0)
		return -1;
	found = look_into(known, &domain, q->domain);
	domain_release(&domain);
	return found;
}

int
crlmaster_find(const struct crlmaster_question *q)
{
	struct known known = { 0 };
	int found = 0, now = 0;

	for (size_t i = 0; q->others[i] != NULL && now >= 0; i++) {
		now = look_at_file(&known, q->others[i], q);
		found |= now > 0;
	}
	if (now >= 0 && q->domain != NULL) {
		now = ask_domain(&known, q);
		found |= now > 0;
	}
	forget(&known);
	return now < 0 ? -1 : found;
}

static int
refuse(const struct publishers *all, const struct address *old)
{
	const char *file = all->cfg->file;

	if (all->count == 0)
		say("%s: it sends CRLs to no OCSP responder (OCSPPublisher)",
		    file);
	for (size_t i = 0; i < all->count; i++) {
		const struct publisher *p = &all->publisher[i];

		say("%s: it sends CRLs to '%.*s:%.*s' by '%.*s': %s", file,
		    SLICE_ARG(p->host), SLICE_ARG(p->port), SLICE_ARG(p->name),
		    old != NULL ? "not the old one" :
				"one of several (--from)");
	}
	return 1;
}

int
publish_edits(struct edits *edits, const struct cfg *ca,
    const struct address *new, const struct address *old)
{
	const struct publisher *found = NULL;
	size_t candidates = 0, done = 0;
	struct publishers all;
	int status = 0;

	publishers_find(&all, ca);
	for (size_t i = 0; i < all.count; i++) {
		const struct publisher *p = &all.publisher[i];

		if (address_equal(new, p->host, p->port)) {
			done++;
		} else if (old == NULL ||
			    address_equal(old, p->host, p->port)) {
			found = p;
			candidates++;
		}
	}
	if (candidates == 1)
		status = publisher_move(edits, ca, found, new->host, new->port);
	else if (candidates != 0 || done == 0)
		status = refuse(&all, old);
	publishers_release(&all);
	return status;
}

#define LIMIT ((size_t)1 << 20)

/* The path from the root: a new string. */
static char *
absolute(const char *path)
{
	char here[PATH_MAX];

	if (*path == '/' || getcwd(here, sizeof here) == NULL)
		return mem_dup(path, strlen(path));
	return mem_printf("%s/%s", here, path);
}

static char *
find_file(const char *path)
{
	static const char *const inside[] = { "/etc/pki/", "/var/lib/pki/" };
	static const char *const places[] = {
		"etc/httpd/conf.d/ipa-pki-proxy.conf",
		"etc/apache2/conf-enabled/ipa-pki-proxy.conf"
	};
	char *whole = absolute(path), *file = NULL;

	for (size_t i = 0; i < 2 && file == NULL; i++) {
		const char *at = strstr(whole, inside[i]);

		for (size_t p = 0; at != NULL && p < 2 && file == NULL; p++) {
			file = mem_printf("%.*s/%s", (int)(at - whole), whole,
			    places[p]);
			if (!path_exists(file)) {
				free(file);
				file = NULL;
			}
		}
	}
	free(whole);
	return file;
}

static void
look_at_proxy(struct ipaproxy *proxy, struct slice line, size_t number)
{
	static const char rule[] = "RewriteRule", crl[] = "MasterCRL";
	const char *end = line.at + line.size, *c = line.at;
	bool comment;

	while (c < end && (*c == ' ' || *c == '\t'))
		c++;
	comment = c < end && *c == '#';
	while (c < end && (*c == ' ' || *c == '\t' || *c == '#'))
		c++;
	if ((size_t)(end - c) < sizeof rule ||
	    memcmp(c, rule, sizeof rule - 1) != 0 ||
	    memmem(c, (size_t)(end - c), crl, sizeof crl - 1) == NULL)
		return;
	if (comment)
		proxy->comment = number;
	else
		proxy->active = number;
}

static void
ipaproxy_release(struct ipaproxy *proxy)
{
	free(proxy->file);
	*proxy = (struct ipaproxy){ 0 };
}

/*
 * In the tree that the CS.cfg at path is in, up to etc/pki or var/lib/pki: a
 * host's own, or an unpacked copy of it.  -1 and nothing to release: it
 * cannot be read; reported.
 */
static int
ipaproxy_read(struct ipaproxy *proxy, const char *path)
{
	char *text = NULL;
	struct slice rest;
	size_t number = 0;

	*proxy = (struct ipaproxy){ .file = find_file(path) };
	if (proxy->file == NULL)
		return 0;
	if (slurp_found(proxy->file, LIMIT, &text, &rest.size) < 0) {
		ipaproxy_release(proxy);
		return -1;
	}
	rest.at = text;
	while (rest.size != 0)
		look_at_proxy(proxy, slice_cut(&rest, '\n'), ++number);
	free(text);
	return 0;
}

/* Who says what, where they disagree. */
static void
say_mixed(const struct role *role, const char *file)
{
	for (size_t i = 0; i < role->count; i++) {
		const struct role_key *k = &role->key[i];

		if (k->says == ROLE_MASTER || k->says == ROLE_CLONE)
			say("%s: '%s' is a %s's: '%.*s'%s", file, k->key,
			    role_name(k->says), SLICE_ARG(k->value),
			    k->absent ? " (default)" : "");
	}
}

void
roleadvice_notes(const struct role *role, const char *file)
{
	size_t on = 0;

	for (size_t i = 0; i < role->count; i++) {
		const struct role_key *k = &role->key[i];

		if (k->note != NULL)
			say("%s: '%s': %s", file, k->key, k->note);
	}
	for (size_t i = 0; i < role->points.count; i++) {
		struct slice point = role->points.name[i];
		const char *lacks = issuing_lacks(role->points.cfg, point);

		on += issuing_bool(role->points.cfg, point, "enable");
		if (lacks != NULL)
			say("%s: issuing point '%.*s' has no '%s': the server "
			    "does not start", file, SLICE_ARG(point), lacks);
	}
	if (on == 0 && role->kind == ROLE_MASTER &&
	    strcmp(role->subsystem, "ca") == 0)
		say("%s: no issuing point is on: it makes no CRL", file);
	if (role->kind == ROLE_MIXED)
		say_mixed(role, file);
}

/* The old master may be dead: its file then still says master. */
int
roleadvice_from(const struct cfg *from)
{
	struct role role;
	int status = 0;

	role_read(&role, from);
	if (strcmp(role.subsystem, "ca") != 0 || role.points.count == 0) {
		say("%s: no CA with issuing points", from->file);
		status = -1;
	}
	for (size_t i = 0; i < role.points.count; i++) {
		const char *lacks = issuing_lacks(from, role.points.name[i]);

		if (lacks != NULL) {
			say("%s: issuing point '%.*s' has no '%s': the new "
			    "master would not start", from->file,
			    SLICE_ARG(role.points.name[i]), lacks);
			status = -1;
		}
	}
	if (status == 0 && crlmaster_makes_crls(&role))
		say("%s: warning: it is a master still: it must not start "
		    "before it is made a clone", from->file);
	role_release(&role);
	return status;
}

static void
advise_points(const struct cfg *cfg, const struct cfg *source)
{
	struct slice own = issuing_key_kind(
	    cfg_string(cfg, "ca.signing.defaultSigningAlgorithm"));
	struct issuing points;
	size_t on = 0;

	issuing_find(&points, source);
	for (size_t i = 0; i < points.count; i++) {
		struct slice point = points.name[i];
		struct slice algorithm = issuing_value(source, point,
		    "signingAlgorithm");
		struct slice number = issuing_value(source, point,
		    "startingCrlNumber");

		on += issuing_bool(source, point, "enable");
		if (own.at != NULL && issuing_key_kind(algorithm).at != NULL &&
		    !slice_equal(own, issuing_key_kind(algorithm)))
			say("%s: '%.*s' signs with '%.*s', but the CA's key "
			    "is for '%.*s'", cfg->file, SLICE_ARG(point),
			    SLICE_ARG(algorithm), SLICE_ARG(own));
		if (number.size != 0 && !slice_equal(number, slice_of("0")))
			say("%s: '%.*s' has startingCrlNumber '%.*s': must not "
			    "be above the last CRL's", cfg->file,
			    SLICE_ARG(point), SLICE_ARG(number));
	}
	if (on == 0)
		say("%s: no issuing point is on: no CRL will be made",
		    cfg->file);
	issuing_release(&points);
}

static bool
has_publisher(const struct cfg *cfg)
{
	struct publishers all;
	bool has;

	publishers_find(&all, cfg);
	has = all.count != 0;
	publishers_release(&all);
	return has;
}

/* The command that brings what the old master publishes. */
static void
say_merge(const struct cfg *cfg, const struct cfg *from, const char *what)
{
	const bool is_file = strcmp(from->file, "<stdin>") != 0;
	struct buf old = { 0 }, new = { 0 };

	buf_put_word(&old, is_file ? from->file : "OLDMASTER/CS.cfg");
	buf_put_word(&new, cfg->file);
	say("%s: %s: cfgmerge -i -p ca.publish. --from %.*s %.*s", cfg->file,
	    what, SLICE_ARG(buf_slice(&old)), SLICE_ARG(buf_slice(&new)));
	buf_release(&old);
	buf_release(&new);
}

static void
advise_publishing(const struct cfg *cfg, const struct cfg *from)
{
	if (from == NULL && !publisher_is_on(cfg))
		say("%s: it does not publish (ca.publish.enable): did the old "
		    "master?", cfg->file);
	else if (from != NULL && has_publisher(from) && !has_publisher(cfg))
		say_merge(cfg, from, "the old master sends its CRLs to an OCSP "
		    "responder (OCSPPublisher), this one does not");
	else if (from != NULL && publisher_is_on(from) && !publisher_is_on(cfg))
		say_merge(cfg, from,
		    "the old master publishes, this one does not");
}

static void
advise_master(const struct cfg *cfg, const struct role_wanted *wanted,
    bool quiet)
{
	advise_points(cfg, wanted->from != NULL ? wanted->from : cfg);
	if (wanted->publish == NULL)
		advise_publishing(cfg, wanted->from);
	if (!quiet)
		say("%s: start it while no other master runs. When it runs, "
		    "update the CRL once with clearCRLCache=true: see "
		    "clonekit-promote-clone(1)", cfg->file);
}

int
roleadvice_ipa(const char *path, enum role_kind kind)
{
	struct ipaproxy proxy;

	if (ipaproxy_read(&proxy, path) < 0)
		return -1;
	if (proxy.file != NULL && kind == ROLE_MASTER && proxy.active != 0)
		say("%s:%zu: the RewriteRule of MasterCRL.bin must be a "
		    "comment where the CRLs are made: `ipa-crlgen-manage "
		    "enable` does it",
		    proxy.file, proxy.active);
	else if (proxy.file != NULL && kind == ROLE_CLONE && proxy.active == 0)
		say("%s:%zu: the RewriteRule of MasterCRL.bin must be active "
		    "where no CRLs are made: `ipa-crlgen-manage disable` does "
		    "it",
		    proxy.file, proxy.comment);
	ipaproxy_release(&proxy);
	return 0;
}

int
roleadvice_change(const struct cfg *cfg, const char *path,
    const struct role *role, const struct role_wanted *wanted, bool quiet)
{
	if (strcmp(role->subsystem, "ocsp") == 0) {
		if (wanted->kind == ROLE_MASTER && !quiet)
			say("%s: the CA that makes the CRLs has to send them "
			    "to it (OCSPPublisher, --ca)", cfg->file);
		return 0;
	}
	if (wanted->kind == ROLE_MASTER)
		advise_master(cfg, wanted, quiet);
	else if (wanted->host.at == NULL &&
	    cfg_string(cfg, ROLE_REDIRECT_HOST).size == 0)
		say("%s: agents are not redirected to the master (--redirect)",
		    cfg->file);
	return roleadvice_ipa(path, wanted->kind);
}
