/* SPDX-License-Identifier: MIT */
/*
 * rangels - list the ranges of numbers of a deployment, and their overlaps
 *
 * in:	CS.cfg files and instance directories; LDIF and LDAP servers
 * out:	records, one a block; findings on standard error, or alone
 */
#include <stdio.h>
#include <stdlib.h>

#include "check/rangecheck.h"
#include "pki/rangeread.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/record.h"

enum {
	HOST,
	TYPE,
	KIND,
	BLOCK,
	BEGIN,
	END,
	SIZE,
	LEFT,
	SUFFIX,
	SOURCE,
	FIELDS
};

static const struct record_column columns[] = { [HOST] = { "host",
						    "host that has the block" },
	[TYPE] = { "type", "CA or KRA" },
	[KIND] = { "kind", "serial, request or replica" },
	[BLOCK] = { "block",
	    "current, next, allocated, free, old or conflict" },
	[BEGIN] = { "begin", "first number" },
	[END] = { "end", "last number" },
	[SIZE] = { "size", "how many numbers the block has" },
	[LEFT] = { "left", "how many have not been given out" },
	[SUFFIX] = { "suffix", "suffix in the directory, which clones share" },
	[SOURCE] = { "source", "FILE:LINE, or URL/DN" },
	[FIELDS] = { NULL, NULL } };

struct rangels {
	struct catalogue_options asked;
	struct ldapopt ldap;
	struct record_format format;
	struct rangeread_options sources;
	int radix, plot, findings;

	struct ranges all;
	struct findings found;
	struct rangeread read;
};

static int
take_cfg(void *arg, struct cfg *cfg, const char *operand, bool has_ranges,
    bool *keep)
{
	struct rangels *r = arg;

	(void)operand;
	(void)keep;
	rangecheck_cfg(&r->found, cfg);
	if (!has_ranges)
		findings_add(&r->found, (struct findings_place){ cfg->file, 0 },
		    "no-ranges",
		    "this subsystem takes its numbers from no range");
	return 0;
}

static int
take_entry(void *arg, const struct entry *entry, size_t source, size_t first)
{
	struct rangels *r = arg;

	(void)entry;
	(void)source;
	rangecheck_entries(&r->all, first, &r->found);
	return 0;
}

static int
take_directory(void *arg, struct csdir *dir, const char *operand, size_t source,
    size_t entries, size_t useful)
{
	struct rangels *r = arg;

	(void)operand;
	(void)source;
	if (useful == 0)
		findings_add(&r->found,
		    (struct findings_place){ source_name(dir->source), 0 },
		    entries != 0 ? "no-ranges" : "no-range-entries",
		    "nothing of ranges among %zu entries", entries);
	return 0;
}

static const struct rangeread_hooks hooks = { take_cfg, take_entry,
	take_directory };

static int
read_all(struct rangels *r, const char **operands)
{
	r->read = (struct rangeread){ .all = &r->all,
		.ldap = &r->ldap,
		.asked = &r->sources,
		.take = &hooks,
		.arg = r };
	if (rangeread_all(&r->read, operands) < 0)
		return -1;
	/* A wrong base, say: what was not seen is not in order. */
	if (r->all.files == 0 && r->all.count == 0)
		return fail("no ranges in any source: give the CS.cfg of each "
			    "host, and LDIF or the URL of their directory");
	ranges_settle(&r->all);
	rangecheck(&r->all, &r->found);
	return 0;
}

static void
forget(struct rangels *r)
{
	ranges_release(&r->all);
	findings_release(&r->found);
}

/* Where servers run, one may take or hand on a block between two of our
 * readings: an error has to be there twice. */
static int
gather(struct rangels *r, const char **operands)
{
	if (read_all(r, operands) < 0)
		return -1;
	if (!r->read.live || r->read.once ||
	    findings_status(&r->found) == STATUS_OK)
		return 0;
	forget(r);
	return read_all(r, operands);
}

static char *
source_of(const struct range *range)
{
	return range->line != 0 ?
	    mem_printf("%s:%zu", range->file, range->line) :
	    mem_printf("%s", range->file);
}

static void
print_range(struct records *out, const struct ranges *all,
    const struct range *range)
{
	const struct repository *repository =
	    &all->repository[range->repository];
	struct slice field[FIELDS] = { { NULL, 0 } };
	char *text[FIELDS] = { NULL };
	mpz_t number;

	mpz_init(number);
	text[BEGIN] = ranges_number(all, range->begin);
	if (range_is_closed(range)) {
		text[END] = ranges_number(all, range->end);
		range_size(number, range);
		text[SIZE] = ranges_number(all, number);
	}
	if (ranges_left(all, number, range))
		text[LEFT] = ranges_number(all, number);
	text[SOURCE] = source_of(range);
	for (int i = 0; i < FIELDS; i++)
		if (text[i] != NULL)
			field[i] = slice_of(text[i]);
	field[HOST] = slice_of(range->host);
	field[TYPE] = slice_of(repository->type);
	field[KIND] = slice_of(rangeset_kind_name[repository->kind]);
	field[BLOCK] = slice_of(range_state_name(range->state));
	field[SUFFIX] = slice_of(repository->base);
	records_put(out, field);
	for (int i = 0; i < FIELDS; i++)
		free(text[i]);
	mpz_clear(number);
}

static int
print_ranges(const struct rangels *r)
{
	struct records out;

	if (records_begin(&out, columns, &r->format) < 0)
		return -1;
	for (size_t i = 0; i < r->all.count; i++)
		if (!r->all.range[i].bad && !r->all.range[i].again)
			print_range(&out, &r->all, &r->all.range[i]);
	records_end(&out);
	return 0;
}

static void
print_plot(const struct rangels *r)
{
	struct buf out = { 0 };

	ranges_plot(&r->all, &out);
	if (out.size != 0)
		cli_print(buf_slice(&out));
	buf_release(&out);
}

/* Standard output has records or a plot, and findings only where they are all
 * there is, or are told apart by what they are. */
static int
print(const struct rangels *r)
{
	if (r->findings) {
		findings_print(&r->found, r->format.json);
		return 0;
	}
	if (r->plot)
		print_plot(r);
	else if (print_ranges(r) < 0)
		return -1;
	if (r->format.json)
		findings_print(&r->found, true);
	else
		findings_tell(&r->found);
	return 0;
}

static int
run(struct rangels *r, const char **operands)
{
	int status = STATUS_ERROR;

	r->all.radix = r->radix;
	if (ldapopt_begin(&r->ldap) == 0 && gather(r, operands) == 0 &&
	    print(r) == 0)
		status = findings_status(&r->found);
	forget(r);
	ldapopt_release(&r->ldap);
	return status;
}

int
main(int argc, char **argv)
{
	struct rangels r = { .ldap = LDAPOPT_DEFAULTS, .radix = 10 };
	const struct poptOption options[] = {
		{ "findings", '\0', POPT_ARG_NONE, &r.findings, 0,
		    "print only findings, on standard output", NULL },
		{ "plot", '\0', POPT_ARG_NONE, &r.plot, 0,
		    "draw the ranges instead of printing records", NULL },
		{ "radix", '\0', POPT_ARG_INT, &r.radix, 0,
		    "print numbers in decimal (default) or hexadecimal",
		    "10|16" },
		RANGEREAD_OPTIONS(r.sources),
		CATALOGUE_OPTIONS(r.asked),
		RECORD_OPTIONS(r.format), LDAPOPT_OPTIONS(r.ldap),
		CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "[SOURCE...]", "\
SOURCE is a CS.cfg, an instance, LDIF or an LDAP URL.  Examples:\n\
\n\
  rangels ca1/CS.cfg ca2/CS.cfg ds1.ldif\n\
  rangels --ds --findings /var/lib/pki/pki-tomcat --subsystem=ca\n\
\n\
Status: 0 no warnings or errors found; 1 some found; 2 error.\n",
		0, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);
	int status;

	if (catalogue_answers(&r.asked, &status))
		return status;
	operands = cli_files(operands);
	if (r.radix != 10 && r.radix != 16)
		cli_usage("--radix: not 10 or 16: '%d'", r.radix);
	if (r.plot && (r.findings || r.format.json))
		cli_usage("--plot cannot be used with --findings or --json");
	return run(&r, operands);
}
