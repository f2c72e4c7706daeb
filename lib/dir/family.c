/* SPDX-License-Identifier: MIT */
#include "dir/family.h"

#include "dir/dn.h"
#include "util/buf.h"

static const struct family {
	const char *name, *class;
	const char *above, *not_above; /* how the parent's name begins */
} table[] = {
	{ "certs", "certificateRecord", "ou=certificaterepository,", NULL },
	{ "requests", "request", NULL, NULL },
	{ "keys", "keyRecord", NULL, NULL },
	{ "crl", "crlIssuingPointRecord", "ou=crlissuingpoints,", NULL },
	{ "profiles", "certProfile", NULL, NULL },
	{ "authorities", "authority", NULL, NULL },
	{ "ocsp", "crlIssuingPointRecord", NULL, "ou=crlissuingpoints," },
	{ "ocsp", "repository", "cn=", NULL },
	{ "ocsp", "certificateRecord", NULL, "ou=certificaterepository," },
	{ "tokens", "tokenRecord", NULL, NULL },
	{ "tokens", "tokenCert", NULL, NULL },
	{ "tokens", "tokenActivity", NULL, NULL },
	{ "users", "cmsuser", NULL, NULL },
	{ "users", "groupOfUniqueNames", NULL, NULL },
};
#define ROWS (sizeof table / sizeof *table)

bool
family_is_known(const char *family)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(table[i].name, family) == 0)
			return true;
	return false;
}

static bool
is_wanted(char *const *families, const struct family *row)
{
	for (; *families != NULL; families++)
		if (strcmp(*families, row->name) == 0)
			return true;
	return false;
}

bool
family_has(char *const *families, const struct entry *entry, struct slice name)
{
	struct slice parent = dn_parent(name);

	if (families == NULL)
		return true;
	for (const struct family *row = table; row < table + ROWS; row++)
		if (is_wanted(families, row) &&
		    entry_has(entry, "objectClass", row->class) &&
		    (row->above == NULL ||
		    slice_starts(parent, slice_of(row->above))) &&
		    (row->not_above == NULL ||
		    !slice_starts(parent, slice_of(row->not_above))))
			return true;
	return false;
}

char *
family_filter(char *const *families)
{
	struct buf filter = { 0 };

	buf_puts(&filter, "(|");
	for (const struct family *row = table; row < table + ROWS; row++)
		if (is_wanted(families, row)) {
			buf_puts(&filter, "(objectClass=");
			buf_puts(&filter, row->class);
			buf_putc(&filter, ')');
		}
	buf_puts(&filter, ")");
	buf_putc(&filter, '\0');
	return filter.at;
}
