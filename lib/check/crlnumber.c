/* SPDX-License-Identifier: MIT */
#include "check/crlnumber.h"

#include "check/crldir.h"
#include "dir/ldif.h"
#include "dir/serialno.h"
#include "util/diag.h"

static int
read_number(mpz_t number, const struct entry *entry, const char *attribute)
{
	const struct slice text = entry_value(entry, attribute, 0);

	if (text.at == NULL || serialno_parse(number, text) == 0)
		return 0;
	return fail("%s:%zu: %.*s: %s is not a number: '%.*s'", entry->file,
	    entry->line, SLICE_FMT(entry->dn), attribute, SLICE_FMT(text));
}

static int
take(const struct entry *entry, crlnumber_put *put, void *arg)
{
	struct crlnumber n = { .dn = entry->dn,
		.point = entry_value(entry, "cn", 0),
		.has_delta = entry_value(entry, "deltaNumber", 0).at != NULL };
	int status;

	mpz_inits(n.crl, n.delta, NULL);
	status = read_number(n.crl, entry, "crlNumber");
	if (status == 0)
		status = read_number(n.delta, entry, "deltaNumber");
	if (status == 0)
		put(arg, &n);
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
