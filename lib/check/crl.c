/* SPDX-License-Identifier: MIT */
#include "check/crl.h"

#include "check/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dir/dn.h"
#include "pki/address.h"
#include "pki/certrecord.h"
#include "pki/crlnumber.h"
#include "pki/issuing.h"
#include "pki/role.h"
#include "util/diag.h"
#include "util/mem.h"
#include "x509/cert.h"
#include "x509/crlset.h"

/* Names parted by commas. */
static void
take_profiles(struct crlagainst *a, struct slice list)
{
	while (list.size != 0) {
		const char *comma = memchr(list.at, ',', list.size);
		size_t size = comma != NULL ? (size_t)(comma - list.at) :
					      list.size;
		struct slice name = cfg_trim((struct slice){ list.at, size });

		if (name.size != 0) {
			a->profile = mem_realloc(a->profile, a->profiles + 1,
			    sizeof *a->profile);
			a->profile[a->profiles++] = name;
		}
		size += comma != NULL;
		list.at += size;
		list.size -= size;
	}
}

static int
take_serial(unsigned char octets[SERIAL_MOST], size_t *size,
    const struct cfg *cfg, const char *point, const char *what)
{
	struct slice value = issuing_value(cfg, slice_of(point), what);
	char *text;

	if (value.size == 0)
		return 0;
	text = mem_dup(value.at, value.size);
	*size = serial_parse(octets, text);
	free(text);
	return *size != 0 ? 0 :
	    fail("%s: '" ISSUING_PREFIX "%s.%s' is not a serial number: "
		"'%.*s'", cfg->file, point, what, SLICE_ARG(value));
}

static int
take_point(struct crlagainst *a, const struct cfg *cfg, const char *point)
{
	struct issuing points;
	bool is_there = false;

	issuing_find(&points, cfg);
	for (size_t i = 0; i < points.count; i++)
		if (slice_equal(points.name[i], slice_of(point)))
			is_there = true;
	issuing_release(&points);
	if (!is_there)
		return fail("%s: no CRL issuing point '%s': name another one "
		    "with --issuing-point",
		    cfg->file, point);
	a->only_ca = issuing_bool(cfg, slice_of(point), "caCertsOnly");
	a->with_expired = issuing_bool(cfg, slice_of(point),
	    "includeExpiredCerts");
	if (issuing_bool(cfg, slice_of(point), "profileCertsOnly"))
		take_profiles(a, issuing_value(cfg, slice_of(point),
		    "profileList"));
	return take_serial(a->begin, &a->begin_size, cfg, point,
	    "crlBeginSerialNo") < 0 || take_serial(a->end, &a->end_size, cfg,
		point, "crlEndSerialNo") < 0 ? -1 : 0;
}

/* The one attribute that RFC 4514 has no name for, and the programs have two;
 * neither is part of another in normal form. */
static void
one_spelling(struct buf *name)
{
	static const char *const longer[] = { "emailaddress=",
		"1.2.840.113549.1.9.1=" };

	for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
		const size_t size = strlen(longer[i]);
		char *at;

		while (name->size != 0 && (at = memmem(name->at, name->size,
		    longer[i], size)) != NULL) {
			const size_t start = (size_t)(at - name->at);

			at[0] = 'e';
			at[1] = '=';
			memmove(at + 2, at + size, name->size - start - size);
			name->size -= size - 2;
		}
	}
}

static int
normalise(struct slice name, struct buf *out)
{
	out->size = 0;
	if (dn_normalise(name, out) < 0)
		return -1;
	one_spelling(out);
	return 0;
}

int
crlagainst_begin(struct crlagainst *a, struct crl *crl, const struct cfg *cfg,
    const char *point)
{
	const struct crl_about *about = &crl->about;

	*a = (struct crlagainst){ .crl = crl,
		.only_ca = about->scope.only_ca,
		.reasons = about->scope.reasons };
	if (crl_is_delta(crl))
		return fail("%s: a delta CRL cannot be compared with the "
		    "directory: give the full CRL", crl->file);
	if (about->scope.is_indirect)
		return fail("%s: an indirect CRL cannot be compared: it has "
		    "certificates of other issuers", crl->file);
	if (normalise(slice_of(about->issuer), &a->issuer) < 0)
		return fail("%s: the issuer is not a DN that a directory can "
		    "hold: '%s'", crl->file, about->issuer);
	if (cfg != NULL && take_point(a, cfg, point) < 0)
		return -1;
	return crlset_read(&a->set, crl);
}

/* Of the CA that makes the CRLs, as far as cfg says; a new string. */
static char *
maker_of(const struct cfg *cfg)
{
	struct slice host = { NULL, 0 }, port = { NULL, 0 };
	struct address own = { 0 };
	char *maker;

	if (cfg != NULL && !roles_makes_crls(cfg)) {
		host = cfg_string(cfg, ROLE_REDIRECT_HOST);
		port = cfg_string(cfg, ROLE_REDIRECT_PORT);
	} else if (cfg != NULL && address_read(&own, cfg, cfg->file,
		       ADDRESS_AGENT) == 0) {
		host = own.host;
		port = own.port;
	}
	maker = mem_printf("%.*s:%.*s",
	    SLICE_ARG(host.size != 0 ? host : slice_of("HOST")),
	    SLICE_ARG(port.size != 0 ? port : slice_of("8443")));
	address_release(&own);
	return maker;
}

/* The command that has the CA build its CRL out of the directory. */
static void
mend(struct findings *found, const struct cfg *cfg, const char *point)
{
	char *maker = maker_of(cfg);
	char *url = mem_printf("https://%s/ca/agent/ca/updateCRL?"
	    "crlIssuingPoint=%s&waitForUpdate=true&clearCRLCache=true&xml=true",
	    maker, point);

	findings_fix(found, "curl --cert AGENT.pem --key AGENT.key --cacert "
	    "CA.pem %s", findings_word(found, url));
	free(url);
	free(maker);
}

void
crlagainst_find(struct findings *found, const struct crlagainst *a,
    const struct cfg *cfg, const char *point)
{
	const struct findings_place place = { a->crl->file, 0 };
	const struct crl_number *number = &a->crl->about.number;
	char *decimal = serial_decimal((struct slice){
	    (const char *)number->octets, number->size });
	char first[CERT_TIME_SIZE];

	cert_time(first, a->first_missing);
	if (a->missing != 0) {
		findings_add(found, place, "crl-incomplete",
		    "CRL number %s lacks %llu certificates that were revoked "
		    "before it was made, the first at %s: clients that trust "
		    "the CRL accept them. No later CRL has them until the "
		    "CA's CRL cache is cleared. Fix as an agent", decimal,
		    (unsigned long long)a->missing, first);
		mend(found, cfg, point);
	}
	if (a->extra != 0) {
		findings_add(found, place, "crl-extra",
		    "CRL number %s has %llu certificates that are not revoked "
		    "in the directory, such as ones released from hold: "
		    "clients reject them. They stay in every CRL until the "
		    "CA's CRL cache is cleared. Fix as an agent", decimal,
		    (unsigned long long)a->extra);
		mend(found, cfg, point);
	}
	if (a->others != 0)
		findings_add(found, place, "other-issuer",
		    "%llu certificates of other issuers, such as '%s', were "
		    "not compared", (unsigned long long)a->others, a->other);
	free(decimal);
}

void
crlagainst_end(struct crlagainst *a)
{
	crlset_release(&a->set);
	buf_release(&a->issuer);
	free(a->profile);
	free(a->other);
}

static bool
is_ours(struct crlagainst *a, const struct certrecord *record)
{
	struct slice name = entry_value(record->entry, "issuerName", 0);
	struct buf normal = { 0 };
	bool is_it;

	/* Older releases have none, and one issuer. */
	if (name.at == NULL)
		return true;
	is_it = normalise(name, &normal) == 0 &&
	    slice_equal(buf_slice(&normal), buf_slice(&a->issuer));
	buf_release(&normal);
	if (!is_it && a->other == NULL)
		a->other = mem_dup(name.at, name.size);
	a->others += !is_it;
	return is_it;
}

/* Is it one that the issuing point takes up? */
static bool
is_taken(const struct crlagainst *a, const struct certrecord *record)
{
	struct slice serial = { (const char *)record->octets, record->size };
	struct slice begin = { (const char *)a->begin, a->begin_size };
	struct slice end = { (const char *)a->end, a->end_size };
	bool has_profile = a->profiles == 0;

	for (size_t i = 0; i < a->profiles && !has_profile; i++)
		has_profile = certrecord_has_profile(record, a->profile[i]);
	return has_profile && (!a->only_ca || certrecord_is_ca(record)) &&
	    (begin.size == 0 || serial_compare(begin, serial) <= 0) &&
	    (end.size == 0 || serial_compare(serial, end) <= 0) &&
	    (a->reasons == 0 || record->reason < 0 || record->reason > 31 ||
		(a->reasons >> record->reason & 1) != 0);
}

/* It was valid no longer when the CRL was made. */
static bool
has_expired(const struct crlagainst *a, const struct certrecord *record)
{
	return record->status == CERTRECORD_EXPIRED ||
	    record->status == CERTRECORD_REVOKED_EXPIRED ||
	    (record->expires != CERTRECORD_NO_TIME &&
		record->expires <= a->crl->about.this_update);
}

static void
look_at_revoked(struct crlagainst *a, const struct certrecord *record,
    struct crl_entry *entry, crlagainst_put *put, void *arg)
{
	if (!is_taken(a, record) ||
	    (has_expired(a, record) && !a->with_expired))
		return;
	if (record->revoked >= a->crl->about.this_update) {
		a->since++;
		return;
	}
	if (a->missing++ == 0 || record->revoked < a->first_missing)
		a->first_missing = record->revoked;
	entry->date = record->revoked;
	entry->reason = record->reason;
	if (put != NULL)
		put(arg, CRLAGAINST_MISSING, entry);
}

/* Of a certificate that the CRL has: is it right to? */
static void
look_at_listed(struct crlagainst *a, const struct certrecord *record,
    uint32_t at)
{
	bool is_revoked = record->status == CERTRECORD_REVOKED ||
	    record->status == CERTRECORD_REVOKED_EXPIRED;

	/* One that has expired does no harm, and may stay a while. */
	if (is_revoked || has_expired(a, record)) {
		crlset_mark(&a->set, at);
	} else if (record->modified != CERTRECORD_NO_TIME &&
	    record->modified >= a->crl->about.this_update) {
		a->since++;
		crlset_mark(&a->set, at);
	}
}

static int
look_at(struct crlagainst *a, const struct entry *entry, crlagainst_put *put,
    void *arg)
{
	struct certrecord record;
	struct crl_entry listed = { .reason = CRL_NO_REASON };
	int is_one = certrecord_read(&record, entry);
	uint32_t at;

	if (is_one <= 0)
		return is_one;
	if (!is_ours(a, &record))
		return 0;
	a->records++;
	listed.serial = (struct slice){ (const char *)record.octets,
		record.size };
	at = crlset_find(&a->set, &listed);
	if (at != HASHMAP_NONE)
		look_at_listed(a, &record, at);
	else if (record.status == CERTRECORD_REVOKED ||
	    record.status == CERTRECORD_REVOKED_EXPIRED)
		look_at_revoked(a, &record, &listed, put, arg);
	return 0;
}

#define REPOSITORY "ou=certificaterepository"

/* Records that an OCSP responder's directory has are others. */
static bool
is_in_repository(const struct entry *entry)
{
	struct buf name = { 0 };
	bool is_in;

	is_in = dn_normalise(entry->dn, &name) == 0 &&
	    slice_starts(dn_parent(buf_slice(&name)), slice_of(REPOSITORY ","));
	buf_release(&name);
	return is_in;
}

static int
search(struct crlagainst *a, const struct csdir *dir, const char *filter,
    crlagainst_put *put, void *arg)
{
	const struct source_query query = {
		.base = dir->base,
		.filter = filter,
		.attributes = certrecord_attributes,
	};
	struct entry entry;
	int more;

	if (source_search(dir->source, &query) < 0)
		return -1;
	while ((more = source_next(dir->source, &entry)) > 0)
		if (is_in_repository(&entry) &&
		    look_at(a, &entry, put, arg) < 0)
			return -1;
	return more;
}

/* A server was asked for what is revoked.  What does it say of those that the
 * CRL has besides? */
static int
ask_for_others(struct crlagainst *a, const struct csdir *dir,
    crlagainst_put *put, void *arg)
{
	int status = 0;

	for (uint32_t i = 0; i < a->set.count && status == 0; i++) {
		struct crl_entry entry;
		char *decimal, *filter;

		if (crlset_is_marked(&a->set, i))
			continue;
		crlset_get(&a->set, i, &entry);
		decimal = serial_decimal(entry.serial);
		filter = mem_printf("(&(objectClass=certificateRecord)"
				    "(cn=%s))", decimal);
		status = search(a, dir, filter, put, arg);
		free(filter);
		free(decimal);
	}
	return status;
}

/* Nobody may see it, or it is the directory of another subsystem. */
static int
check_there(struct crlagainst *a, const struct csdir *dir)
{
	const char *name = source_name(dir->source);

	if (a->records != 0)
		return 0;
	if (a->others != 0)
		return fail("%s: no certificate issued by '%s', but by '%s': "
		    "give the directory of the CRL's CA", name,
		    a->crl->about.issuer, a->other);
	return fail("%s: no certificate records, or the bind DN may not read "
	    "them: give the CA's directory and a bind DN that may read it",
	    name);
}

int
crlagainst_run(struct crlagainst *a, const struct csdir *dir,
    crlagainst_put *put, void *arg)
{
	static const char revoked[] = "(|(certStatus=REVOKED)"
				      "(certStatus=REVOKED_EXPIRED))";
	bool is_server = source_is_server(dir->source);

	if (search(a, dir, revoked, put, arg) < 0)
		return -1;
	if (is_server && ask_for_others(a, dir, put, arg) < 0)
		return -1;
	/* Where nothing is revoked, does it have certificates at all? */
	if (is_server && a->records == 0 && search(a, dir,
	    "(&(objectClass=certificateRecord)(certStatus=VALID))", put,
	    arg) < 0)
		return -1;
	if (check_there(a, dir) < 0)
		return -1;
	for (uint32_t i = 0; i < a->set.count; i++) {
		struct crl_entry entry;

		if (crlset_is_marked(&a->set, i))
			continue;
		crlset_get(&a->set, i, &entry);
		a->extra++;
		if (put != NULL)
			put(arg, CRLAGAINST_EXTRA, &entry);
	}
	return 0;
}

/* The maker's directory, or that of a clone, which has the same. */
static struct csdir *
choose(struct check_servers *live, const struct cfg *maker)
{
	struct csdir *any = NULL;

	for (size_t i = 0; i < live->set->count; i++) {
		struct check_server *side = &live->side[i];

		if (side->dir.source != NULL &&
		    (any == NULL || side->is->cfg == maker))
			any = &side->dir;
	}
	return any;
}

static int
compare(struct check_servers *live, const struct cfg *maker, struct csdir *dir,
    const char *point, int fd, const char *name)
{
	struct crlagainst a = { 0 };
	/* The findings' places name it, and last longer. */
	struct crl *crl = crl_open(fd,
	    arena_copy(&live->found->arena, slice_of(name)).at);
	int status = -1;

	if (crl != NULL && crlagainst_begin(&a, crl, maker, point) == 0 &&
	    crlagainst_run(&a, dir, NULL, NULL) == 0) {
		crlagainst_find(live->found, &a, maker, point);
		status = 0;
	}
	crlagainst_end(&a);
	crl_free(crl);
	return status;
}

static int
check_point(struct check_servers *live, const struct cfg *maker,
    struct csdir *dir, const char *point)
{
	char *name;
	int fd, status = crldir_open(dir, point, &fd, &name);

	if (status > 0)
		status = compare(live, maker, dir, point, fd, name);
	else if (status == 0)
		findings_add(live->found,
		    (struct findings_place){ maker->file, 0 },
		    "crl-none", "%s: the directory has no CRL yet, so none "
		    "was compared. Request updateCRL as an agent", name);
	if (fd >= 0)
		close(fd);
	free(name);
	return status;
}

static int
check_last_crls(struct check_servers *live)
{
	const struct cfg *maker = roles_crl_master(live->set);
	struct csdir *dir;
	struct issuing points;
	int status = 0;

	if (maker == NULL || (dir = choose(live, maker)) == NULL)
		return 0;
	issuing_find(&points, maker);
	for (size_t i = 0; i < points.count && status == 0; i++) {
		char *point = mem_dup(points.name[i].at, points.name[i].size);

		if (issuing_makes(maker, points.name[i]))
			status = check_point(live, maker, dir, point);
		free(point);
	}
	issuing_release(&points);
	return status;
}

const struct check check_crl[] = {
	{ .servers = check_last_crls },
	{ .file = NULL }
};
