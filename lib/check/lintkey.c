/* SPDX-License-Identifier: MIT */
#include "check/lintkey.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "util/mem.h"
#include "x509/cert.h"
#include "x509/certkey.h"

static struct slice
without_zeros(struct slice s)
{
	while (s.size != 0 && *s.at == '0') {
		s.at++;
		s.size--;
	}
	return s;
}

static bool
is_case_equal(struct slice a, struct slice b)
{
	return a.size == b.size && strncasecmp(a.at, b.at, a.size) == 0;
}

/* The digits of minus the number whose bytes these are, in its own size: what
 * BigInteger makes of bytes with the top bit set.  hex has room. */
static void
negative_hex(char *hex, struct slice value)
{
	char *bytes = mem_dup(value.at, value.size);
	size_t i = value.size;
	unsigned carry = 1;

	while (i-- > 0) {
		carry += (unsigned char)~(unsigned char)bytes[i];
		bytes[i] = (char)(carry & 0xff);
		carry >>= 8;
	}
	certrow_hex(hex, bytes, value.size);
	free(bytes);
}

/* Is text the number, in hexadecimal as byte2string() writes it? */
static bool
is_number(struct slice text, struct slice value)
{
	char *hex = mem_alloc(2 * value.size + 1);
	bool minus = text.size != 0 && *text.at == '-', same;

	if (minus) {
		text.at++;
		text.size--;
		negative_hex(hex, value);
	} else {
		certrow_hex(hex, value.at, value.size);
	}
	same = is_case_equal(without_zeros(text), without_zeros(slice_of(hex)));
	free(hex);
	return same;
}

/* Or in decimal, as some write an exponent? */
static bool
is_decimal(struct slice text, struct slice value)
{
	uint64_t number = 0, is = 0;

	if (value.size > 4 || text.size == 0 || text.size > 10)
		return false;
	for (size_t i = 0; i < value.size; i++)
		is = is << 8 | (unsigned char)value.at[i];
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	}
	return number == is;
}

/* What is no hexadecimal number at all is written in a way of its own. */
static bool
is_hex(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr("0123456789abcdefABCDEF", text.at[i]) == NULL &&
		    !(i == 0 && *text.at == '-'))
			return false;
	return text.size != 0;
}

static void
check_part(struct lintfile *l, const struct cfg_line *line, struct slice value)
{
	struct slice text;

	if (line == NULL || value.at == NULL)
		return;
	text = cfg_trim(cfg_value(line));
	if (is_hex(text) && !is_number(text, value) &&
	    !is_decimal(text, value))
		lint_at(l, line, "key-stale", NULL);
}

/* The whole key has the public value in it. */
static void
check_whole(struct lintfile *l, const struct cfg_line *line, struct slice value)
{
	struct slice text;
	char *hex, *lower;

	if (line == NULL || value.at == NULL || line->value_size == 0)
		return;
	text = cfg_trim(cfg_value(line));
	lower = mem_dup(text.at, text.size);
	for (size_t i = 0; i < text.size; i++)
		if (lower[i] >= 'A' && lower[i] <= 'F')
			lower[i] |= 0x20;
	hex = mem_alloc(2 * value.size + 1);
	certrow_hex(hex, value.at, value.size);
	if (strspn(lower, "0123456789abcdef") == text.size &&
	    strstr(lower, hex) == NULL)
		lint_at(l, line, "key-stale", NULL);
	free(hex);
	free(lower);
}

static void
check_type(
    struct lintfile *l, const struct cfg_line *line, const struct cert *cert)
{
	bool rsa = strcmp(cert->key_type, "rsa") == 0;
	bool ec = strcmp(cert->key_type, "ec") == 0;
	struct slice type;

	if (line == NULL)
		return;
	type = cfg_trim(cfg_value(line));
	if ((rsa && is_case_equal(type, slice_of("ecc"))) ||
	    (ec && is_case_equal(type, slice_of("rsa"))))
		lint_at(l, line, "key-stale", "the certificate's is %s",
		    cert->key_type);
}

void
lintkey_check(struct lintfile *l, const char *family, struct slice tag,
    const struct cert *cert)
{
	struct slice value = certkey_public_value(cert->x509);
	struct slice exponent = certkey_rsa_exponent(cert->x509);

	if (exponent.at != NULL)
		check_part(l,
		    lint_find(
			l, "%s.%.*s.pubkey.modulus", family, SLICE_ARG(tag)),
		    value);
	check_part(l,
	    lint_find(l, "%s.%.*s.pubkey.exponent", family, SLICE_ARG(tag)),
	    exponent);
	check_whole(l,
	    lint_find(l, "%s.%.*s.pubkey.encoded", family, SLICE_ARG(tag)),
	    value);
	check_type(
	    l, lint_find(l, "%s.%.*s.keytype", family, SLICE_ARG(tag)), cert);
}
