/* SPDX-License-Identifier: MIT */
#include "key/keyid.h"

#include <gmp.h>
#include <stdbool.h>

#include "util/mem.h"

#define LIMBS (KEYID_MOST_BYTES / sizeof(mp_limb_t) + 2)

/* What a digit is worth, and 16 with it; 0: it is none. */
static const unsigned char worth[256] = {
	['0'] = 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
	['A'] = 26, 27, 28, 29, 30, 31, ['a'] = 26, 27, 28, 29, 30, 31,
};

static struct slice
without_0x(struct slice id)
{
	if (id.size > 2 && id.at[0] == '0' && (id.at[1] | 0x20) == 'x') {
		id.at += 2;
		id.size -= 2;
	}
	return id;
}

/* Digits to a number of as many limbs as there are; 0: no digits. */
static bool
read_digits(mp_limb_t number[LIMBS], mp_size_t limbs, struct slice id)
{
	unsigned char digit[2 * KEYID_MOST_BYTES];
	unsigned char all = 16;
	mp_size_t set;

	for (size_t i = 0; i < id.size; i++) {
		unsigned char w = worth[(unsigned char)id.at[i]];

		all &= w;
		digit[i] = w & 15;
	}
	if (id.size == 0 || all == 0)
		return false;
	set = mpn_set_str(number, digit, id.size, 16);
	for (; set < limbs; set++)
		number[set] = 0;
	return true;
}

static mp_size_t
limbs_for(size_t bytes)
{
	return (mp_size_t)((bytes + sizeof(mp_limb_t) - 1) / sizeof(mp_limb_t));
}

static bool
top_bit(const mp_limb_t *number, size_t bytes)
{
	size_t bit = 8 * bytes - 1;

	return number[bit / GMP_LIMB_BITS] >> bit % GMP_LIMB_BITS & 1;
}

/* number = 2^(8 * bytes) - number, to go between the readings of the sign. */
static void
negate(mp_limb_t *number, mp_size_t limbs, size_t bytes)
{
	size_t over = (size_t)limbs * sizeof(mp_limb_t) - bytes;

	mpn_neg(number, number, limbs);
	number[limbs - 1] &= ~(mp_limb_t)0 >> 8 * over;
}

/* The last digits of number, as many as wanted, or 0 for all there are. */
static size_t
write_digits(char *dst, mp_limb_t *number, mp_size_t limbs, size_t wanted)
{
	unsigned char digit[2 * KEYID_MOST_BYTES + 2 * sizeof(mp_limb_t) + 1];
	size_t count, pad;

	while (limbs != 0 && number[limbs - 1] == 0)
		limbs--;
	*digit = 0;
	count = limbs != 0 ? mpn_get_str(digit, 16, number, limbs) : 1;
	/* mpn_get_str() may give a leading zero. */
	pad = 0;
	while (pad + 1 < count && digit[pad] == 0)
		pad++;
	count -= pad;
	for (size_t i = count; i < wanted; i++)
		*dst++ = '0';
	for (size_t i = 0; i < count; i++)
		*dst++ = "0123456789abcdef"[digit[pad + i]];
	*dst = '\0';
	return count > wanted ? count : wanted;
}

size_t
keyid_to_bigint(char dst[KEYID_SIZE], struct slice id, size_t bytes)
{
	mp_limb_t number[LIMBS];
	mp_size_t limbs;
	bool minus;

	id = without_0x(id);
	if (bytes == 0)
		bytes = id.size / 2;
	if (id.size != 2 * bytes || bytes == 0 || bytes > KEYID_MOST_BYTES)
		return 0;
	limbs = limbs_for(bytes);
	if (!read_digits(number, limbs, id))
		return 0;
	minus = top_bit(number, bytes);
	if (minus) {
		negate(number, limbs, bytes);
		*dst = '-';
	}
	return minus + write_digits(dst + minus, number, limbs, 0);
}

/* Do the bytes hold it?  -2^(n-1) to 2^(n-1) - 1: the top bit is the sign. */
static bool
fits(const mp_limb_t *number, bool minus, size_t bytes, bool zero)
{
	return zero || top_bit(number, bytes) == minus;
}

size_t
keyid_to_octets(char dst[KEYID_SIZE], struct slice id, size_t bytes)
{
	mp_limb_t number[LIMBS];
	mp_size_t limbs = limbs_for(bytes);
	bool minus = id.size != 0 && *id.at == '-', zero;

	id.at += minus;
	id.size -= minus;
	id = without_0x(id);
	/* Zeros in front are no digits of the number. */
	while (id.size > 1 && *id.at == '0') {
		id.at++;
		id.size--;
	}
	if (bytes == 0 || bytes > KEYID_MOST_BYTES || id.size > 2 * bytes ||
	    !read_digits(number, limbs, id))
		return 0;
	zero = mpn_zero_p(number, limbs);
	if (minus)
		negate(number, limbs, bytes);
	if (!fits(number, minus, bytes, zero))
		return 0;
	return write_digits(dst, number, limbs, 2 * bytes);
}

char *
keyid_octets(struct slice id)
{
	char octets[KEYID_SIZE], bigint[KEYID_SIZE];
	size_t size;

	/* 40 digits are octets in any case, whichever way they were meant. */
	if (keyid_to_bigint(bigint, id, KEYID_BYTES) != 0)
		size = keyid_to_octets(octets, slice_of(bigint), KEYID_BYTES);
	else
		size = keyid_to_octets(octets, id, KEYID_BYTES);
	return size != 0 ? mem_dup(octets, size) : NULL;
}

char *
keyid_bigint(struct slice octets)
{
	char bigint[KEYID_SIZE];
	size_t size = keyid_to_bigint(bigint, octets, 0);

	return mem_dup(bigint, size);
}
