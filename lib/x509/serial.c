/* SPDX-License-Identifier: MIT */
#include "x509/serial.h"

#include <gmp.h>
#include <stdlib.h>

#include "util/mem.h"

static const char digits[] = "0123456789abcdef";

size_t
serial_text(char dst[SERIAL_TEXT], struct slice serial)
{
	const unsigned char *at = (const unsigned char *)serial.at;
	size_t left = serial.size;
	bool negative = left != 0 && at[0] >= 0x80;
	unsigned char flip[SERIAL_MOST];
	char *end = dst;

	if (left > SERIAL_MOST)
		left = SERIAL_MOST;
	if (negative) {
		unsigned carry = 1;

		for (size_t i = left; i-- > 0;) {
			unsigned sum = (at[i] ^ 0xffu) + carry;

			flip[i] = (unsigned char)sum;
			carry = sum >> 8;
		}
		at = flip;
		*end++ = '-';
	}
	*end++ = '0';
	*end++ = 'x';
	for (; left > 1 && *at == 0; left--)
		at++;
	if (left == 0)
		*end++ = '0';
	for (size_t i = 0; i < left; i++) {
		if (i != 0 || at[0] >= 0x10)
			*end++ = digits[at[i] >> 4];
		*end++ = digits[at[i] & 15];
	}
	*end = '\0';
	return (size_t)(end - dst);
}

/* "0f:ff" to "0fff", in place; false: not pairs with colons between. */
static bool
join_pairs(char *text)
{
	char *to = text;

	for (const char *from = text;; from += 3) {
		if (strspn(from, "0123456789abcdefABCDEF") != 2)
			return false;
		*to++ = from[0];
		*to++ = from[1];
		if (from[2] == '\0')
			break;
		if (from[2] != ':')
			return false;
	}
	*to = '\0';
	return true;
}

static bool
parse_number(mpz_t number, char *text)
{
	int base = 10;

	if (strchr(text, ':') != NULL) {
		if (!join_pairs(text))
			return false;
		base = 16;
	} else if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		base = 16;
	}
	/* GMP would take blanks and signs. */
	return text[0] != '\0' && strlen(text) <= 4 * (size_t)SERIAL_MOST &&
	    text[strspn(text, base == 10 ? "0123456789" :
					   "0123456789abcdefABCDEF")] == '\0' &&
	    mpz_set_str(number, text, base) == 0;
}

size_t
serial_parse(unsigned char dst[SERIAL_MOST], const char *text)
{
	bool negative = text[0] == '-';
	char *copy = mem_dup(text + negative, strlen(text) - negative);
	size_t size = 0, bits;
	mpz_t number;

	mpz_init(number);
	if (parse_number(number, copy)) {
		/* Two's complement: -n is ~(n - 1). */
		negative = negative && mpz_sgn(number) != 0;
		if (negative)
			mpz_sub_ui(number, number, 1);
		bits = mpz_sgn(number) != 0 ? mpz_sizeinbase(number, 2) : 0;
		size = bits / 8 + 1;
		if (size > SERIAL_MOST) {
			size = 0;
		} else {
			memset(dst, 0, size);
			mpz_export(dst + size - (bits + 7) / 8, NULL, 1, 1, 1,
			    0, number);
			for (size_t i = 0; negative && i < size; i++)
				dst[i] ^= 0xff;
		}
	}
	mpz_clear(number);
	free(copy);
	return size;
}

char *
serial_decimal(struct slice serial)
{
	size_t room = 3 * serial.size + 2;
	char *text = mem_alloc(room);
	mpz_t number;

	mpz_init(number);
	mpz_import(number, serial.size, 1, 1, 1, 0, serial.at);
	mpz_get_str(text, 10, number);
	mpz_clear(number);
	return text;
}

static struct slice
strip(struct slice s)
{
	for (; s.size != 0 && s.at[0] == 0; s.size--)
		s.at++;
	return s;
}

int
serial_compare(struct slice a, struct slice b)
{
	a = strip(a);
	b = strip(b);
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return a.size == 0 ? 0 : memcmp(a.at, b.at, a.size);
}
