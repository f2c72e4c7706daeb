/* SPDX-License-Identifier: MIT */
/*
 * crlls - list, compare and ask certificate revocation lists
 *
 * in:	a CRL in DER or PEM, or two; the directory of a CA
 * out:	"# name: value" lines of what it says of itself, and records, one an
 *	entry; of two, records of what was added, removed and changed; with a
 *	directory, records of what is missing and what is extra
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check/crl.h"
#include "check/crlocsp.h"
#include "check/findings.h"
#include "pki/crlnumber.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "x509/crlfile.h"
#include "x509/crlset.h"
#include "x509/crltext.h"

#define FLUSH 32000 /* bytes of records that are printed at once */

/* A file and the CRL in it. */
struct source {
	char *name;
	int fd;
	struct crl *crl;
};

/* A serial number that is asked for. */
struct wanted {
	const char *text;
	unsigned char octets[SERIAL_MOST];
	size_t size;
	bool found;
};

struct crlls {
	struct catalogue_options asked;
	const char *issuer_file, *delta_file, *at, *against, *point, *raise;
	struct ldapopt ldap;
	char **has, **ocsp;
	int stale, summary, only_entries, numbers, timeout;
	bool of_directory; /* the first CRL is the one that it has */
	struct record_format format;
	int64_t now;
	struct certfile issuers;
	struct source first, second, delta;
	struct wanted *wanted;
	size_t wants;
};

/* Of a descriptor, or -1, and a name. */
static int
read_source(const struct crlls *ls, struct source *source)
{
	if (source->fd < 0)
		return -1;
	source->crl = crl_open(source->fd, source->name);
	if (source->crl == NULL)
		return -1;
	return ls->issuer_file == NULL ? 0 :
	    crlfile_verify(source->crl, &ls->issuers,
		slurp_name(ls->issuer_file));
}

static int
open_source(const struct crlls *ls, const char *operand,
    struct source *source)
{
	source->fd = crlfile_open(operand, (unsigned)ls->timeout * 1000,
	    &source->name);
	return read_source(ls, source);
}

static void
close_source(struct source *source)
{
	if (source->name == NULL)
		return;
	crl_free(source->crl);
	if (source->fd >= 0)
		close(source->fd);
	free(source->name);
}

static const struct record_column entry_columns[] = {
	CRLROW_COLUMNS,
	{ NULL, NULL }
};

static bool
is_wanted(struct crlls *ls, const struct crl_entry *entry)
{
	bool wanted = ls->wants == 0;

	for (size_t i = 0; i < ls->wants; i++) {
		struct wanted *w = &ls->wanted[i];
		struct slice octets = { (const char *)w->octets, w->size };

		if (!slice_equal(entry->serial, octets))
			continue;
		/* Of a delta CRL: it is not revoked any more. */
		if (entry->reason != CRL_REMOVE)
			w->found = true;
		wanted = true;
	}
	return wanted;
}

static int
print_entries(struct crlls *ls, struct crldelta *e)
{
	struct crlrow row = { 0 };
	struct crl_entry entry;
	struct records out;
	int more;

	if (records_begin(&out, entry_columns, &ls->format) < 0)
		return -1;
	while ((more = crldelta_next(e, &entry)) > 0) {
		if (!is_wanted(ls, &entry))
			continue;
		crlrow_fill(&row, &entry);
		records_put(&out, row.field);
		if (out.out.size > FLUSH)
			records_flush(&out);
	}
	if (more < 0)
		records_drop(&out);
	else
		records_end(&out);
	return more;
}

/* What a delta CRL does not name may be revoked by its base. */
static int
answer(const struct crlls *ls)
{
	bool no_base = crl_is_delta(ls->first.crl);
	int status = STATUS_OK;

	for (size_t i = 0; i < ls->wants; i++) {
		if (ls->wanted[i].found)
			continue;
		say("%s: not in this CRL: '%s'", ls->first.name,
		    ls->wanted[i].text);
		if (status == STATUS_OK)
			status = STATUS_DIFFER;
	}
	if (status == STATUS_DIFFER && no_base) {
		fail("%s: a delta CRL: its base may revoke the certificate",
		    ls->first.name);
		status = STATUS_ERROR;
	}
	return status;
}

static int
list(struct crlls *ls)
{
	struct crl *crl = ls->first.crl, *delta = ls->delta.crl;
	struct crldelta e;
	int status;

	if (crldelta_begin(&e, crl, delta) < 0) {
		crldelta_end(&e);
		return STATUS_ERROR;
	}
	if (!ls->only_entries)
		crlrow_print_about(crl, ls->now, ls->format.json);
	if (!ls->only_entries && delta != NULL)
		crlrow_print_about(delta, ls->now, ls->format.json);
	status = !ls->summary && print_entries(ls, &e) < 0 ? STATUS_ERROR :
							    STATUS_OK;
	crldelta_end(&e);
	if (status != STATUS_OK)
		return status;
	if (ls->stale && (strcmp(crlrow_state(crl, ls->now), "stale") == 0 ||
	    (delta != NULL &&
		strcmp(crlrow_state(delta, ls->now), "stale") == 0)))
		return STATUS_DIFFER;
	return answer(ls);
}

enum { CHANGE, WAS_DATE = CRLROW_FIELDS + 1, WAS_REASON, CHANGE_FIELDS };

static const struct record_column change_columns[] = {
	{ "change", "added, removed or changed" },
	CRLROW_COLUMNS,
	{ "was-date", "date of a changed entry before" },
	{ "was-reason", "reason of a changed entry before" },
	{ NULL, NULL }
};

/* was: what it was, of one that changed; out may be NULL. */
static void
put_change(struct records *out, const char *change,
    const struct crl_entry *entry, const struct crl_entry *was)
{
	struct slice field[CHANGE_FIELDS] = { 0 };
	struct crlrow row = { 0 }, old = { 0 };

	if (out == NULL)
		return;
	field[CHANGE] = slice_of(change);
	crlrow_fill(&row, entry);
	memcpy(&field[CHANGE + 1], row.field, sizeof row.field);
	if (was != NULL) {
		crlrow_fill(&old, was);
		field[WAS_DATE] = old.field[CRLROW_DATE];
		field[WAS_REASON] = old.field[CRLROW_REASON];
	}
	records_put(out, field);
	if (out->out.size > FLUSH)
		records_flush(out);
}

static bool
are_same(const struct crl_entry *a, const struct crl_entry *b)
{
	return a->date == b->date && a->reason == b->reason &&
	    a->has_invalidity == b->has_invalidity &&
	    a->invalidity == b->invalidity &&
	    strcmp(a->hold != NULL ? a->hold : "",
		b->hold != NULL ? b->hold : "") == 0;
}

/* The number of changes goes to *count. */
static int
print_changes(struct crlset *old, struct crldelta *new, struct records *out,
    uint64_t *count)
{
	struct crl_entry entry, was;
	int more;

	while ((more = crldelta_next(new, &entry)) > 0) {
		uint32_t at = crlset_find(old, &entry);

		if (at != HASHMAP_NONE) {
			crlset_mark(old, at);
			crlset_get(old, at, &was);
			if (are_same(&was, &entry))
				continue;
		}
		if (at != HASHMAP_NONE)
			put_change(out, "changed", &entry, &was);
		else
			put_change(out, "added", &entry, NULL);
		++*count;
	}
	for (uint32_t i = 0; more == 0 && i < old->count; i++) {
		if (crlset_is_marked(old, i))
			continue;
		crlset_get(old, i, &was);
		put_change(out, "removed", &was, NULL);
		++*count;
	}
	return more;
}

/* What is wrong between an older and a newer CRL. */
static void
find(struct findings *found, const struct crl *old, const struct crl *new)
{
	struct findings_place place = { new->file, 0 };
	const struct crl_about *a = &old->about, *b = &new->about;
	struct slice first = { (const char *)a->number.octets,
		a->number.size };
	struct slice second = { (const char *)b->number.octets,
		b->number.size };
	char *numbers[2] = { serial_decimal(first), serial_decimal(second) };
	int order = serial_compare(first, second);

	if (a->number.size == 0 || b->number.size == 0)
		findings_add(found, place, "no-number",
		    "a CRL without a number: the order is not known");
	else if (order > 0)
		findings_add(found, place, "number-went-back",
		    "number %s after %s", numbers[1], numbers[0]);
	else if (order == 0 &&
	    (old->digest_size != new->digest_size ||
		memcmp(old->digest, new->digest, new->digest_size) != 0))
		findings_add(found, place, "number-twice",
		    "two different CRLs have the number %s: do two servers "
		    "make them?", numbers[1]);
	if (b->this_update < a->this_update)
		findings_add(found, place, "time-went-back",
		    "it was made before the first one");
	free(numbers[0]);
	free(numbers[1]);
}

/* Beside records, each is a comment. */
static void
print_findings(const struct findings *found, bool json)
{
	if (json)
		findings_print(found, true);
	else
		findings_print_after(found, "# ");
}

static int
print_comparison(struct crlls *ls, struct crlset *old, struct crldelta *new)
{
	struct crl *a = ls->first.crl, *b = ls->second.crl;
	struct findings found = { 0 };
	uint64_t changes = 0;
	struct records out;
	int status = STATUS_ERROR;

	if (records_begin(&out, change_columns, &ls->format) < 0)
		return STATUS_ERROR;
	find(&found, a, b);
	if (!ls->only_entries) {
		crlrow_print_about(a, ls->now, ls->format.json);
		crlrow_print_about(b, ls->now, ls->format.json);
	}
	print_findings(&found, ls->format.json);
	if (print_changes(old, new, ls->summary ? NULL : &out,
	    &changes) == 0) {
		records_end(&out);
		status = changes != 0 ? STATUS_DIFFER : findings_status(&found);
	} else {
		records_drop(&out);
	}
	findings_release(&found);
	return status;
}

static int
compare(struct crlls *ls)
{
	struct crl *a = ls->first.crl, *b = ls->second.crl;
	bool applies = crl_is_delta(b) && !crl_is_delta(a);
	struct crldelta new = { 0 };
	struct crlset old = { 0 };
	int status = STATUS_ERROR;

	if (crl_is_delta(a) && !crl_is_delta(b)) {
		fail("%s: a delta CRL, but %s is not one", a->file, b->file);
		return STATUS_ERROR;
	}
	if ((applies ? crldelta_check(a, b) : crldelta_check_scope(a, b)) < 0)
		return STATUS_ERROR;
	if (crlset_read(&old, a) == 0 && crldelta_begin(&new,
	    applies ? a : b, applies ? b : NULL) == 0)
		status = print_comparison(ls, &old, &new);
	crldelta_end(&new);
	crlset_release(&old);
	return status;
}

enum {
	AGAINST_SERIAL,
	AGAINST_VERDICT,
	AGAINST_DATE,
	AGAINST_REASON,
	AGAINST_SECONDS,
	AGAINST_FIELDS
};

static const struct record_column against_columns[] = {
	{ "serial", "serial number, in hex" },
	{ "verdict", "missing: revoked, and not in the CRL; extra: in the "
	    "CRL, and not revoked" },
	{ "date", "when it was revoked, UTC" },
	{ "reason", "reason of RFC 5280, 5.3.1, if the entry has one" },
	{ "seconds", "seconds since then" },
	{ NULL, NULL }
};

struct against_output {
	const struct crlls *ls;
	struct records records;
};

static void
put_against(void *arg, enum crlagainst_verdict verdict,
    const struct crl_entry *entry)
{
	struct against_output *to = arg;
	struct slice field[AGAINST_FIELDS] = { 0 };
	struct crlrow row = { 0 };
	char seconds[32];

	crlrow_fill(&row, entry);
	field[AGAINST_SERIAL] = row.field[CRLROW_SERIAL];
	field[AGAINST_VERDICT] =
	    slice_of(verdict == CRLAGAINST_MISSING ? "missing" : "extra");
	field[AGAINST_DATE] = row.field[CRLROW_DATE];
	field[AGAINST_REASON] = row.field[CRLROW_REASON];
	snprintf(seconds, sizeof seconds, "%lld",
	    (long long)(to->ls->now - entry->date));
	field[AGAINST_SECONDS] = slice_of(seconds);
	records_put(&to->records, field);
	if (to->records.out.size > FLUSH)
		records_flush(&to->records);
}

/* What was found, and what the responders know besides: an exit status. */
static int
finish(struct crlls *ls, struct findings *found)
{
	const int asked = ls->ocsp == NULL ? 0 :
	    crlocsp_check(found, ls->first.crl, ls->issuer_file, ls->ocsp,
		(unsigned)ls->timeout * 1000);

	if (!ls->only_entries)
		print_findings(found, ls->format.json);
	else
		findings_tell(found);
	if (asked < 0)
		return STATUS_ERROR;
	return findings_status(found);
}

/* What responders know of the CRL, and no directory. */
static int
check_responders(struct crlls *ls)
{
	struct findings found = { 0 };
	int status;

	if (!ls->only_entries)
		crlrow_print_about(ls->first.crl, ls->now, ls->format.json);
	status = finish(ls, &found);
	findings_release(&found);
	return status;
}

static int
print_against(struct crlls *ls, struct crlagainst *a, const struct csdir *dir)
{
	struct findings found = { 0 };
	struct against_output to = { .ls = ls };
	int status = STATUS_ERROR;

	if (records_begin(&to.records, against_columns, &ls->format) < 0)
		return STATUS_ERROR;
	if (!ls->only_entries)
		crlrow_print_about(a->crl, ls->now, ls->format.json);
	if (crlagainst_run(a, dir, ls->summary ? NULL : put_against, &to) ==
	    0) {
		records_end(&to.records);
		crlagainst_find(&found, a, dir->read, ls->point);
		status = finish(ls, &found);
	} else {
		records_drop(&to.records);
	}
	findings_release(&found);
	return status;
}

/* Whose status a CRL may not tell, since it says what is not understood. */
static int
check_critical(const struct crl *crl)
{
	return crl == NULL || crl->about.critical == NULL ? 0 :
	    fail("%s: a critical extension is not understood: %s", crl->file,
		crl->about.critical);
}

static int
open_directorys(struct crlls *ls, const struct csdir *dir)
{
	int found = crldir_open(dir, ls->point, &ls->first.fd,
	    &ls->first.name);

	if (found == 0)
		fail("%s: no CRL in the directory (--issuing-point names "
		     "another one)", ls->first.name);
	return found > 0 ? read_source(ls, &ls->first) : -1;
}

static int
against_directory(struct crlls *ls)
{
	struct crlagainst a = { 0 };
	struct csdir dir;
	int status = STATUS_ERROR;

	if (ldapopt_begin(&ls->ldap) < 0 ||
	    csdir_open(&dir, ls->against, "ca", &ls->ldap) < 0)
		return STATUS_ERROR;
	if ((!ls->of_directory || open_directorys(ls, &dir) == 0) &&
	    check_critical(ls->first.crl) == 0 &&
	    crlagainst_begin(&a, ls->first.crl, dir.read, ls->point) == 0)
		status = print_against(ls, &a, &dir);
	crlagainst_end(&a);
	csdir_close(&dir);
	return status;
}

static const struct record_column number_columns[] = {
	{ "point", "issuing point" },
	{ "number", "number of its last CRL, in decimal" },
	{ "delta-number", "number of its last delta CRL, if known" },
	{ NULL, NULL }
};

static void
put_number(void *arg, const struct crlnumber *number)
{
	char *texts[] = { mpz_get_str(NULL, 10, number->crl),
		mpz_get_str(NULL, 10, number->delta) };
	struct slice field[] = { number->point, slice_of(texts[0]),
		slice_of(number->has_delta ? texts[1] : "") };

	records_put(arg, field);
	free(texts[0]);
	free(texts[1]);
}

static int
list_numbers(const struct crlls *ls, const struct csdir *dir)
{
	struct records out;

	if (records_begin(&out, number_columns, &ls->format) < 0)
		return STATUS_ERROR;
	if (crlnumber_list(dir, put_number, &out) < 0) {
		records_drop(&out);
		return STATUS_ERROR;
	}
	records_end(&out);
	return STATUS_OK;
}

struct raise {
	const char *point;
	mpz_t least;
	struct buf ldif;
	bool found;
	int status;
};

static void
raise_number(void *arg, const struct crlnumber *number)
{
	struct raise *raise = arg;

	if (!slice_equal(number->point, slice_of(raise->point)))
		return;
	raise->found = true;
	raise->status = crlnumber_raise(&raise->ldif, number, raise->least);
}

static int
print_raise(const struct crlls *ls, const struct csdir *dir)
{
	const struct crl_about *about = &ls->first.crl->about;
	struct raise raise = { .point = ls->point };
	int status = STATUS_ERROR;

	if (about->number.size == 0) {
		fail("%s: a CRL without a number", ls->first.name);
		return STATUS_ERROR;
	}
	mpz_init(raise.least);
	mpz_import(raise.least, about->number.size, 1, 1, 1, 0,
	    about->number.octets);
	if (crlnumber_list(dir, raise_number, &raise) < 0)
		goto out;
	if (!raise.found)
		fail("%s: no issuing point '%s' in the directory "
		     "(--issuing-point names another one)",
		    source_name(dir->source), ls->point);
	if (!raise.found || raise.status < 0)
		goto out;
	cli_print(buf_slice(&raise.ldif));
	status = STATUS_OK;
out:
	buf_release(&raise.ldif);
	mpz_clear(raise.least);
	return status;
}

/* Of the directory, which is the operand. */
static int
look_at_numbers(struct crlls *ls, const char *operand)
{
	struct csdir dir;
	int status;

	if ((ls->raise != NULL && open_source(ls, ls->raise, &ls->first) < 0) ||
	    ldapopt_begin(&ls->ldap) < 0 ||
	    csdir_open(&dir, operand, "ca", &ls->ldap) < 0)
		return STATUS_ERROR;
	status = ls->raise != NULL ? print_raise(ls, &dir) :
				     list_numbers(ls, &dir);
	csdir_close(&dir);
	return status;
}

static int
run(struct crlls *ls, const char **operands)
{
	if (ls->issuer_file != NULL &&
	    certfile_read(&ls->issuers, ls->issuer_file) < 0)
		return STATUS_ERROR;
	if (ls->numbers || ls->raise != NULL)
		return look_at_numbers(ls, operands[0]);
	if (ls->of_directory)
		return against_directory(ls);
	if (open_source(ls, operands[0], &ls->first) < 0 ||
	    (operands[1] != NULL &&
		open_source(ls, operands[1], &ls->second) < 0) ||
	    (ls->delta_file != NULL &&
		open_source(ls, ls->delta_file, &ls->delta) < 0))
		return STATUS_ERROR;
	if (operands[1] != NULL)
		return compare(ls);
	if (ls->against != NULL)
		return against_directory(ls);
	if (ls->ocsp != NULL)
		return check_critical(ls->first.crl) < 0 ?
		    STATUS_ERROR : check_responders(ls);
	if (ls->delta_file != NULL &&
	    crldelta_check(ls->first.crl, ls->delta.crl) < 0)
		return STATUS_ERROR;
	if (ls->wants != 0 && (check_critical(ls->first.crl) < 0 ||
	    check_critical(ls->delta.crl) < 0))
		return STATUS_ERROR;
	return list(ls);
}

static void
release(struct crlls *ls)
{
	close_source(&ls->first);
	close_source(&ls->second);
	close_source(&ls->delta);
	certfile_release(&ls->issuers);
	free(ls->wanted);
	ldapopt_release(&ls->ldap);
}

static int64_t
time_of(const char *text)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d" };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (end != NULL && *end == '\0')
			return timegm(&tm);
	}
	cli_usage("--at: not a time like 2026-11-21T05:00:00Z: '%s'", text);
}

static void
take_wanted(struct crlls *ls)
{
	if (ls->has == NULL)
		return;
	while (ls->has[ls->wants] != NULL)
		ls->wants++;
	ls->wanted = mem_zalloc(ls->wants + 1, sizeof *ls->wanted);
	for (size_t i = 0; i < ls->wants; i++) {
		struct wanted *w = &ls->wanted[i];

		w->text = ls->has[i];
		w->size = serial_parse(w->octets, w->text);
		if (w->size == 0)
			cli_usage("--has: not a serial number: '%s'", w->text);
	}
}

static void
check_options(struct crlls *ls, const char *const *operands)
{
	bool two = operands[1] != NULL;

	if (two && (ls->has != NULL || ls->stale || ls->delta_file != NULL))
		cli_usage("--has, --stale and --delta are for one CRL");
	if (ls->has != NULL && ls->stale)
		cli_usage("--has and --stale cannot be combined: status 1 "
			  "would not tell which");
	if (ls->summary && ls->only_entries)
		cli_usage("--summary and --entries cannot be combined");
	if (ls->summary && ls->has != NULL)
		cli_usage("--has and --summary cannot be combined");
	if ((ls->against != NULL || ls->ocsp != NULL) && (two ||
	    ls->has != NULL || ls->stale || ls->delta_file != NULL))
		cli_usage("--against and --ocsp are for one CRL, and cannot be "
			  "combined with --has, --stale and --delta");
	if ((ls->numbers || ls->raise != NULL) &&
	    (two || ls->against != NULL || ls->ocsp != NULL ||
		ls->has != NULL || ls->stale || ls->delta_file != NULL ||
		(ls->numbers && ls->raise != NULL)))
		cli_usage("--numbers and --raise are for one directory, and "
			  "cannot be combined with options for CRLs");
	if (ls->of_directory && slurp_is_stdin(ls->against))
		cli_usage("--against - needs a CRL as operand");
	if (ls->ocsp != NULL && ls->issuer_file == NULL)
		cli_usage("--ocsp needs --issuer");
	if (ls->timeout < 1 || ls->timeout > 86400)
		cli_usage("--timeout: not a time of 1 to 86400 seconds");
	ls->ldap.timeout = ls->timeout;
	ls->now = ls->at != NULL ? time_of(ls->at) : time(NULL);
	take_wanted(ls);
}

static const struct cli_help help = { "[FILE|URL] [FILE|URL]", "\
With two CRLs, the older one first, prints what was added, removed or\n\
changed.\n\
SOURCE is LDIF, an LDAP URL, or the CA's CS.cfg or instance.  Examples:\n\
\n\
  crlls --issuer CA.pem --table MasterCRL.bin\n\
  crlls --has 0x1f MasterCRL.bin\n\
  crlls --against /var/lib/pki/pki-tomcat\n\
  crlls yesterday.crl http://ca1.example.com:8080/ca/ee/ca/getCRL?...\n\
\n\
Status: 0 listed, revoked, or same; 1 not revoked, stale, or different;\n\
2 error, such as a wrong signature.\n", 0, 2 };

int
main(int argc, char **argv)
{
	struct crlls ls = { .timeout = 60, .point = "MasterCRL",
		.ldap = LDAPOPT_DEFAULTS };
	const struct poptOption options[] = {
		{ "has", 's', POPT_ARG_ARGV, &ls.has, 0,
		  "check whether this serial number is revoked", "SERIAL" },
		{ "issuer", 'i', POPT_ARG_STRING, &ls.issuer_file, 0,
		  "verify the signature with the CA's certificate in FILE",
		  "FILE" },
		{ "delta", 'd', POPT_ARG_STRING, &ls.delta_file, 0,
		  "apply this delta CRL to the list", "FILE" },
		{ "against", '\0', POPT_ARG_STRING, &ls.against, 0,
		  "compare the CRL with the directory of its CA",
		  "SOURCE" },
		{ "ocsp", 'o', POPT_ARG_ARGV, &ls.ocsp, 0,
		  "check whether this OCSP responder answers by the CRL",
		  "URL" },
		{ "issuing-point", '\0', POPT_ARG_STRING, &ls.point, 0,
		  "issuing point in CS.cfg of the CRL (MasterCRL)", "NAME" },
		{ "numbers", '\0', POPT_ARG_NONE, &ls.numbers, 0,
		  "print the CRL numbers in this directory", NULL },
		{ "raise", '\0', POPT_ARG_STRING, &ls.raise, 0,
		  "print LDIF that makes the next number in this "
		  "directory greater than that of CRL", "CRL" },
		{ "stale", '\0', POPT_ARG_NONE, &ls.stale, 0,
		  "status 1 if the time of the next update has passed", NULL },
		{ "at", '\0', POPT_ARG_STRING, &ls.at, 0,
		  "check as if it were this time, UTC", "TIME" },
		{ "summary", '\0', POPT_ARG_NONE, &ls.summary, 0,
		  "print no entries", NULL },
		{ "entries", '\0', POPT_ARG_NONE, &ls.only_entries, 0,
		  "print only entries", NULL },
		{ "timeout", '\0', POPT_ARG_INT, &ls.timeout, 0,
		  "wait up to SECONDS for a server (60)", "SECONDS" },
		CATALOGUE_OPTIONS(ls.asked),
		RECORD_OPTIONS(ls.format),
		LDAPOPT_BIND(ls.ldap, "password-file"),
		{ "base", 'b', POPT_ARG_STRING, &ls.ldap.base, 0,
		  "suffix of the CA", "DN" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const char **operands;
	int status;

	operands = cli_parse(argc, argv, options, &help);
	if (catalogue_answers(&ls.asked, &status))
		return status;
	ls.of_directory = ls.against != NULL && operands[0] == NULL;
	operands = cli_files(operands);
	check_options(&ls, operands);
	status = run(&ls, operands);
	release(&ls);
	return status;
}
