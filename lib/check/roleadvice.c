/* SPDX-License-Identifier: MIT */
#include "check/roleadvice.h"

#include <stdlib.h>
#include "check/crlmaster.h"
#include "check/ipaproxy.h"
#include "pki/publisher.h"
#include "util/diag.h"

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

static bool
publishes(const struct cfg *cfg)
{
	return setting_bool(cfg, "ca.publish.enable");
}

static void
advise_publishing(const struct cfg *cfg, const struct cfg *from)
{
	if (from != NULL && publishes(from) && !publishes(cfg))
		say("%s: the old master publishes, this one does not: see "
		    "cfgmerge -p ca.publish", cfg->file);
	else if (from == NULL && !publishes(cfg))
		say("%s: it does not publish (ca.publish.enable): did the old "
		    "master?", cfg->file);
	if (from != NULL && has_publisher(from) && !has_publisher(cfg))
		say("%s: the old master sends its CRLs to an OCSP responder "
		    "(OCSPPublisher), this one does not", cfg->file);
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
		    "promote-clone(1)", cfg->file);
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
