/* SPDX-License-Identifier: MIT */
#include "x509/name.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "util/buf.h"
#include "util/hex.h"

/* JSS's X500NameAttrMap: other types are shown by their OIDs. */
static const struct {
	int nid;
	const char *name;
} keywords[] = {
	{ NID_commonName, "CN" },
	{ NID_organizationalUnitName, "OU" },
	{ NID_organizationName, "O" },
	{ NID_countryName, "C" },
	{ NID_localityName, "L" },
	{ NID_stateOrProvinceName, "ST" },
	{ NID_domainComponent, "DC" },
	{ NID_userId, "UID" },
	{ NID_pkcs9_emailAddress, "E" },
	{ NID_rfc822Mailbox, "MAIL" },
	{ NID_streetAddress, "STREET" },
	{ NID_title, "TITLE" },
	{ NID_surname, "SN" },
	{ NID_givenName, "GIVENNAME" },
	{ NID_initials, "INITIALS" },
	{ NID_generationQualifier, "GENERATIONQUALIFIER" },
	{ NID_dnQualifier, "DNQUALIFIER" },
	{ NID_serialNumber, "SERIALNUMBER" },
	{ NID_pkcs9_unstructuredName, "UNSTRUCTUREDNAME" },
	{ NID_pkcs9_unstructuredAddress, "UNSTRUCTUREDADDRESS" },
};

/* room is for an OID's digits. */
static const char *
keyword(const X509_NAME_ENTRY *entry, char room[80])
{
	const ASN1_OBJECT *type = X509_NAME_ENTRY_get_object(entry);
	int nid = OBJ_obj2nid(type);

	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (keywords[i].nid == nid)
			return keywords[i].name;
	OBJ_obj2txt(room, 80, type, 1);
	return room;
}

/* What is no text of any kind: '#' and its DER in digits (RFC 4514, 2.4). */
static void
add_hex(struct buf *out, const ASN1_STRING *value)
{
	ASN1_TYPE any = { .type = ASN1_STRING_type(value) };
	unsigned char *der = NULL;
	int size;

	any.value.asn1_string = (ASN1_STRING *)(uintptr_t)value;
	size = i2d_ASN1_TYPE(&any, &der);
	buf_putc(out, '#');
	if (size > 0) {
		buf_reserve(out, 2 * (size_t)size);
		hex_upper(out->at + out->size, der, (size_t)size);
		out->size += 2 * (size_t)size;
	}
	OPENSSL_free(der);
}

void
name_escape(struct buf *out, unsigned char c)
{
	char digits[3] = "";

	hex_upper(digits, &c, 1);
	buf_putc(out, '\\');
	buf_puts(out, digits);
}

static void
add_escaped(struct buf *out, const unsigned char *text, size_t size)
{
	size_t start = 0, end = size;

	while (start < size && text[start] == ' ')
		start++;
	while (end > start && text[end - 1] == ' ')
		end--;
	for (size_t i = 0; i < size; i++) {
		const unsigned char c = text[i];
		const size_t left =
		    control_size((const char *)text + i, size - i);

		if (left != 0) {
			name_escape(out, c);
			if (left == 2)
				name_escape(out, text[++i]);
			continue;
		}
		if (i < start || i >= end || strchr(",=+<>#;\"\\", c) != NULL)
			buf_putc(out, '\\');
		buf_putc(out, (char)c);
	}
}

/* ASN1_STRING_to_UTF8() copies; most values are ASCII as they stand. */
static bool
is_ascii(const ASN1_STRING *value)
{
	const unsigned char *text = ASN1_STRING_get0_data(value);
	int type = ASN1_STRING_type(value);

	if (type != V_ASN1_UTF8STRING && type != V_ASN1_PRINTABLESTRING &&
	    type != V_ASN1_IA5STRING)
		return false;
	for (int i = 0; i < ASN1_STRING_length(value); i++)
		if (text[i] >= 0x80)
			return false;
	return true;
}

static void
add_value(struct buf *out, const ASN1_STRING *value, bool escaped)
{
	const unsigned char *text = ASN1_STRING_get0_data(value);
	int size = ASN1_STRING_length(value);
	unsigned char *copy = NULL;

	if (!is_ascii(value)) {
		size = ASN1_STRING_to_UTF8(&copy, value);
		text = copy;
	}
	if (size < 0) {
		ERR_clear_error();
		add_hex(out, value);
	} else if (escaped) {
		add_escaped(out, text, (size_t)size);
	} else {
		buf_add(out, (struct slice){ (const char *)text,
				 (size_t)size });
	}
	OPENSSL_free(copy);
}

/* Entries from and up to this one are of one RDN. */
static int
rdn_start(const X509_NAME *name, int last)
{
	int set = X509_NAME_ENTRY_set(X509_NAME_get_entry(name, last));

	while (last > 0 &&
	    X509_NAME_ENTRY_set(X509_NAME_get_entry(name, last - 1)) == set)
		last--;
	return last;
}

static void
add_entry(struct buf *out, const X509_NAME_ENTRY *entry)
{
	char room[80];

	buf_puts(out, keyword(entry, room));
	buf_putc(out, '=');
	add_value(out, X509_NAME_ENTRY_get_data(entry), true);
}

char *
name_text(const X509_NAME *name)
{
	struct buf out = { 0 };

	for (int i = X509_NAME_entry_count(name); i > 0;) {
		int start = rdn_start(name, i - 1);

		for (int j = start; j < i; j++) {
			if (out.size != 0)
				buf_putc(&out, j == start ? ',' : '+');
			add_entry(&out, X509_NAME_get_entry(name, j));
		}
		i = start;
	}
	buf_putc(&out, '\0');
	return out.at;
}

/* Of an RDN of several, Java's LdapName gives the first by type. */
static const X509_NAME_ENTRY *
first_by_type(const X509_NAME *name, int start, int end)
{
	const X509_NAME_ENTRY *first = X509_NAME_get_entry(name, start);
	char room[80], other_room[80];

	for (int i = start + 1; i < end; i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);

		if (strcasecmp(keyword(entry, other_room),
			keyword(first, room)) < 0)
			first = entry;
	}
	return first;
}

char *
name_values(const X509_NAME *name)
{
	struct buf out = { 0 };

	for (int i = X509_NAME_entry_count(name); i > 0;) {
		int start = rdn_start(name, i - 1);

		if (out.size != 0)
			buf_puts(&out, " - ");
		add_value(&out, X509_NAME_ENTRY_get_data(
				    first_by_type(name, start, i)), false);
		i = start;
	}
	buf_putc(&out, '\0');
	return out.at;
}
