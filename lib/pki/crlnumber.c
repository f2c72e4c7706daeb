/* SPDX-License-Identifier: MIT */
#include "pki/crlnumber.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "dir/ldif.h"
#include "dir/serialno.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/spool.h"

#define CRL "certificateRevocationList"
#define RECORD "crlIssuingPointRecord"

/* A descriptor at the beginning of a copy. */
static int
copy_of(struct slice crl)
{
	FILE *file = spool_file();
	int fd = -1;

	if (file == NULL)
		return -1;
	if (fwrite(crl.at, 1, crl.size, file) == crl.size &&
	    fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0)
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		fail_errno("cannot copy a CRL");
	fclose(file);
	return fd;
}

/*
 * The entries of the issuing points, cn=<point>,ou=crlIssuingPoints,ou=ca:
 * search once, then next until it is 0.  attributes, which end in NULL, must
 * name objectClass.  -1: reported.  entry is valid until the next call.
 */
static int
crldir_search(const struct csdir *dir, const char *const *attributes)
{
	const struct source_query query = {
		.base = dir->base,
		.filter = "(objectClass=" RECORD ")",
		.attributes = attributes,
	};

	return source_search(dir->source, &query);
}

static int
crldir_next(const struct csdir *dir, struct entry *entry)
{
	int more;

	/* A file has others, too. */
	while ((more = source_next(dir->source, entry)) > 0 &&
	    !entry_has(entry, "objectClass", RECORD))
		continue;
	return more;
}

int
crldir_open(const struct csdir *dir, const char *point, int *fd, char **name)
{
	static const char *const attributes[] = { "objectClass", "cn", CRL,
		NULL };
	struct entry entry;
	int more;

	*fd = -1;
	*name = mem_printf("%s:cn=%s", source_name(dir->source), point);
	if (crldir_search(dir, attributes) < 0)
		return -1;
	while ((more = crldir_next(dir, &entry)) > 0) {
		struct slice crl = entry_value(&entry, CRL, 0);

		if (!entry_has(&entry, "cn", point))
			continue;
		if (crl.size == 0)
			return 0;
		*fd = copy_of(crl);
		return *fd < 0 ? -1 : 1;
	}
	return more;
}

static int
read_number(mpz_t number, const struct entry *entry, const char *attribute)
{
	const struct slice text = entry_value(entry, attribute, 0);

	if (text.at == NULL || serialno_parse(number, text) == 0)
		return 0;
	return fail("%s:%zu: %.*s: %s is not a number: '%.*s'", entry->file,
	    entry->line, SLICE_ARG(entry->dn), attribute, SLICE_ARG(text));
}

static int
take(const struct entry *entry, crlnumber_put *put, void *arg)
{
	struct crlnumber n = { .dn = entry->dn,
		.point = entry_value(entry, "cn", 0),
		.has_delta = entry_value(entry, "deltaNumber", 0).at != NULL };
	int status = -1;

	mpz_inits(n.crl, n.delta, NULL);
	if (read_number(n.crl, entry, "crlNumber") == 0 &&
	    read_number(n.delta, entry, "deltaNumber") == 0) {
		put(arg, &n);
		status = 0;
	}
	mpz_clears(n.crl, n.delta, NULL);
	return status;
}

int
crlnumber_list(const struct csdir *dir, crlnumber_put *put, void *arg)
{
	static const char *const attributes[] = { "objectClass", "cn",
		"crlNumber", "deltaNumber", NULL };
	struct entry entry;
	int more;

	if (crldir_search(dir, attributes) < 0)
		return -1;
	while ((more = crldir_next(dir, &entry)) > 0)
		if (take(&entry, put, arg) < 0)
			return -1;
	return more;
}

int
crlnumber_raise(struct buf *out, const struct crlnumber *number,
    mpz_srcptr least)
{
	char text[SERIALNO_SIZE];

	if (mpz_cmp(number->crl, least) >= 0 ||
	    mpz_cmp(number->delta, least) >= 0)
		return 0;
	if (serialno_print(text, least) < 0)
		return fail("the CRL number has more than 99 digits");
	const struct slice value = slice_of(text);
	struct entry_attribute attribute[] = {
		{ slice_of("changetype"), slice_of("modify") },
		{ slice_of("replace"), slice_of("crlNumber") },
		{ slice_of("crlNumber"), value },
	};
	struct entry change = { .dn = number->dn, .attribute = attribute,
		.attributes = 3 };

	ldif_add(out, &change);
	if (number->has_delta) {
		attribute[1].value = slice_of("deltaNumber");
		attribute[2] = (struct entry_attribute){
			slice_of("deltaNumber"), value };
		ldif_add(out, &change);
	}
	return 0;
}
