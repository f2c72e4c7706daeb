/* SPDX-License-Identifier: MIT */
/*
 * ldapcmp - compare two directories: which entries and attributes differ
 *
 * in:	two of an LDAP server, LDIF, an instance or CS.cfg, digests
 * out:	records, one an entry or an attribute that differs; or digests
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir/compare.h"
#include "dir/family.h"
#include "pki/csdir.h"
#include "util/base64.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/path.h"
#include "util/record.h"
#include "util/slurp.h"
#include "util/utf8.h"

static const struct record_column columns[] = {
	{ "what", "only-first, only-second or differs" },
	{ "dn", "the entry" },
	{ "attribute", "attribute that differs" },
	{ "side", "first or second: the side that has the value" },
	{ "value", "the value, or '::' and its base64" },
	{ NULL, NULL }
};

struct job {
	struct side_options sides;
	struct ldapopt ldap, second;
	char *subsystem;
	struct record_format format;
	atomic_bool stop;
	int values, digest, settle, quiet;
	struct csdir dir[2];
	struct compare compare;
	struct records out;
	size_t findings;
};

/* Does it read as it stands?  A value that begins like base64 does not. */
static bool
is_text(struct slice value)
{
	if (slice_starts(value, slice_of("::")))
		return false;
	while (value.size != 0) {
		uint32_t c = utf8_next(&value);

		if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == UTF8_BAD)
			return false;
	}
	return true;
}

static void
put_value(struct job *job, struct slice *field, struct slice value)
{
	struct buf text = { 0 };

	if (entry_class(field[2]) == ENTRY_SECRET) {
		buf_puts(&text, "(masked)");
	} else if (is_text(value)) {
		buf_add(&text, value);
	} else {
		buf_puts(&text, "::");
		base64_encode(&text, value);
	}
	field[4] = text.at != NULL ? buf_slice(&text) :
				     (struct slice){ "", 0 };
	records_put(&job->out, field);
	buf_release(&text);
}

/* Those of values that are not among others, both in order. */
static void
put_values(struct job *job, struct slice *field, const char *side,
    struct slice values, struct slice others)
{
	struct canon_value value, other;
	bool left = canon_next(&others, &other);

	field[3] = slice_of(side);
	while (canon_next(&values, &value)) {
		while (left && canon_order(other.value, value.value) < 0)
			left = canon_next(&others, &other);
		if (!left || !slice_equal(other.value, value.value))
			put_value(job, field, value.value);
	}
}

static void
tell(void *arg, const struct compare_finding *finding)
{
	static const char *const kinds[] = {
		[COMPARE_ONLY_FIRST] = "only-first",
		[COMPARE_ONLY_SECOND] = "only-second",
		[COMPARE_DIFFERS] = "differs",
	};
	struct slice field[5] = { slice_of(kinds[finding->kind]), finding->dn,
		finding->attribute };
	struct job *job = arg;

	job->findings++;
	if (!job->values || finding->attribute.at == NULL) {
		records_put(&job->out, field);
		return;
	}
	put_values(job, field, "first", finding->values[0],
	    finding->values[1]);
	put_values(job, field, "second", finding->values[1],
	    finding->values[0]);
}

static void
progress(void *arg, size_t first, size_t second)
{
	(void)arg;
	fprintf(stderr, "\r%s: %zu and %zu entries read\033[K",
	    program_invocation_short_name, first, second);
}

static void
end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static bool
is_digests(const char *path)
{
	FILE *file = slurp_open(path);
	bool is = file != NULL && digestfile_detect(file);

	slurp_close(file);
	return is;
}

/* A server, also where it is an instance that says which; not a file of
 * entries or of digests. */
static bool
is_directory(const char *operand)
{
	struct stat st;

	if (source_is_url(operand))
		return true;
	if (slurp_is_stdin(operand) || path_stat_named(operand, &st) < 0)
		return false;
	return S_ISDIR(st.st_mode) ||
	    (csdir_is_cfg(operand) && !is_digests(operand));
}

static int
open_side(struct job *job, int s, const char *operand)
{
	const struct ldapopt *ldap = s == 0 ? &job->ldap : &job->second;
	struct side *side = &job->compare.side[s];

	if (!is_directory(operand))
		return side_open_file(side, operand, ldap, &job->sides);
	if (csdir_open(&job->dir[s], operand, job->subsystem, ldap) < 0)
		return -1;
	return side_open_source(side, job->dir[s].source, &job->sides);
}

static int
compare(struct job *job, const char **operands)
{
	const struct compare *c = &job->compare;
	int status;

	for (int s = 0; s < 2; s++)
		if (open_side(job, s, operands[s]) < 0)
			return -1;
	status = compare_read(&job->compare,
	    isatty(STDERR_FILENO) ? progress : NULL, NULL);
	end_progress();
	if (status < 0)
		return -1;
	if (c->side[0].digests.count + c->side[1].digests.count == 0 &&
	    job->sides.families == NULL)
		return fail("no entries on either side");
	return compare_settle(&job->compare, (unsigned)job->settle);
}

static int
print_differences(struct job *job)
{
	if (records_begin(&job->out, columns, &job->format) < 0)
		return STATUS_ERROR;
	job->out.ragged = true;
	if (compare_report(&job->compare, tell, job) < 0) {
		records_drop(&job->out);
		return STATUS_ERROR;
	}
	records_end(&job->out);
	if (job->compare.in_flight != 0 && !job->quiet)
		say("%zu entries differed first, and no longer do: replication "
		    "was under way",
		    job->compare.in_flight);
	return job->findings != 0 ? STATUS_DIFFER : STATUS_OK;
}

static int
print_digests(struct job *job, const char *operand)
{
	struct side *side = &job->compare.side[0];

	if (open_side(job, 0, operand) < 0 || side_read(side) < 0)
		return STATUS_ERROR;
	if (digestfile_write(stdout, &side->digests, &side->names,
	    side->hasher) < 0)
		return STATUS_ERROR;
	return STATUS_OK;
}

static int
run(struct job *job, const char **operands)
{
	if (job->digest)
		return print_digests(job, operands[0]);
	if (compare(job, operands) < 0)
		return STATUS_ERROR;
	return print_differences(job);
}

static char without_values[] = "what,dn,attribute";

static void
check_options(struct job *job, const char **operands)
{
	const struct record_format *format = &job->format;
	char *const *family = job->sides.families;

	for (; family != NULL && *family != NULL; family++)
		if (!family_is_known(*family))
			cli_usage("--family: unknown: '%s'", *family);
	if (job->settle < 0)
		cli_usage("--settle: not a number of seconds: '%d'",
		    job->settle);
	if (job->digest && (operands[1] != NULL || job->values ||
	    format->json || format->table || format->header ||
	    format->columns != NULL))
		cli_usage("--digest takes one operand, and no options for "
			  "records");
	if (!job->digest && operands[1] == NULL)
		cli_usage("two operands are needed");
	if (!job->digest && slurp_is_stdin(operands[0]) &&
	    slurp_is_stdin(operands[1]))
		cli_usage("standard input cannot be both sides");
	job->sides.keep_names = job->digest != 0;
	job->sides.stop = &job->stop;
	if (!job->values && format->columns == NULL)
		job->format.columns = without_values;
}

/* What is said of the second side holds in place of the first's. */
static int
begin(struct job *job)
{
	struct ldapopt *second = &job->second;

	job->ldap.forms = second->forms = "what --digest prints, " CSDIR_FORMS;
	if (second->base == NULL)
		second->base = job->ldap.base;
	if (second->bind_dn == NULL && second->password_file != NULL)
		cli_usage("--second-password-file needs --second-bind-dn");
	if (ldapopt_begin(&job->ldap) < 0)
		return -1;
	if (second->bind_dn == NULL) {
		char *base = second->base;

		*second = job->ldap;
		second->base = base;
		second->password = (struct secret){ 0 };
		if (job->ldap.password.at != NULL)
			secret_set(&second->password,
			    secret_slice(&job->ldap.password));
		return 0;
	}
	second->timeout = job->ldap.timeout;
	second->starttls = job->ldap.starttls;
	second->ca_file = job->ldap.ca_file;
	return ldapopt_begin(second);
}

int
main(int argc, char **argv)
{
	static struct job job = { .ldap = LDAPOPT_DEFAULTS };
	const struct poptOption options[] = {
		{ "family", '\0', POPT_ARG_ARGV, &job.sides.families, 0,
		  "compare only certs, requests, keys, crl, profiles, "
		  "authorities, ocsp, tokens, users", "NAME" },
		{ "ignore", '\0', POPT_ARG_ARGV, &job.sides.choice.ignore, 0,
		  "do not compare these attributes", "ATTR,..." },
		{ "only", '\0', POPT_ARG_ARGV, &job.sides.choice.only, 0,
		  "compare only these attributes", "ATTR,..." },
		{ "values", '\0', POPT_ARG_NONE, &job.values, 0,
		  "print the values that differ", NULL },
		{ "settle", '\0', POPT_ARG_INT, &job.settle, 0,
		  "wait so long for replication to remove differences",
		  "SECONDS" },
		{ "quiet", 'q', POPT_ARG_NONE, &job.quiet, 0,
		  "do not report differences that replication removed",
		  NULL },
		{ "digest", '\0', POPT_ARG_NONE, &job.digest, 0,
		  "print digests of one side's entries", NULL },
		{ "subsystem", '\0', POPT_ARG_STRING, &job.subsystem, 0,
		  "subsystem of an instance: ca, kra, ...", "NAME" },
		RECORD_OPTIONS(job.format),
		LDAPOPT_OPTIONS(job.ldap),
		{ "second-base", '\0', POPT_ARG_STRING, &job.second.base, 0,
		  "suffix of the second side", "DN" },
		{ "second-bind-dn", '\0', POPT_ARG_STRING,
		  &job.second.bind_dn, 0, "bind to the second side as DN",
		  "DN" },
		{ "second-password-file", '\0', POPT_ARG_STRING,
		  &job.second.password_file, 0,
		  "file with the password of that DN",
		  "FILE" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "A [B]", "\
A and B are each ldap://HOST/SUFFIX (ldaps, ldapi), LDIF, digests, a CS.cfg\n\
or an instance; - is standard input.  Example:\n\
\n\
  ldapcmp --family certs --settle 30 -b dc=ca,dc=example \\\n\
      -D 'cn=Directory Manager' -y pw ldap://ds1 ldap://ds2\n\
\n\
Status: 0 the same; 1 different; 2 error.\n", 1, 2 };
	const char **operands = cli_parse(argc, argv, options, &help);
	int status;

	check_options(&job, operands);
	status = begin(&job) < 0 ? STATUS_ERROR : run(&job, operands);
	compare_release(&job.compare);
	csdir_close(&job.dir[0]);
	csdir_close(&job.dir[1]);
	ldapopt_release(&job.ldap);
	ldapopt_release(&job.second);
	return status;
}
