/* SPDX-License-Identifier: MIT */
#include "pki/keyid.h"

#include <gmp.h>

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

#define PROMPT "Enter Password or Pin for \""
#define HEADING "certutil: Checking token \""
#define NO_ID "(no CKA_ID)"
#define ORPHAN "(orphan)"
#define ID_COLUMN ((size_t)42)
#define ID_MOST ((size_t)40) /* digits, or characters of text */

static void
drop(struct slice *s, size_t size)
{
	s->at += size;
	s->size -= size;
}

static bool
take(struct slice *s, const char *text)
{
	struct slice prefix = slice_of(text);

	if (!slice_starts(*s, prefix))
		return false;
	drop(s, prefix.size);
	return true;
}

static void
skip_blanks(struct slice *s)
{
	while (s->size != 0 && (*s->at == ' ' || *s->at == '\t'))
		drop(s, 1);
}

static void
cut_blanks(struct slice *s)
{
	while (s->size != 0 && strchr(" \t\r", s->at[s->size - 1]) != NULL)
		s->size--;
}

static struct slice
take_until(struct slice *s, char end)
{
	const char *at = memchr(s->at, end, s->size);
	struct slice part = { s->at,
		at != NULL ? (size_t)(at - s->at) : s->size };

	drop(s, part.size);
	return part;
}

/* What is before text, or all there is. */
static struct slice
take_before(struct slice *s, const char *text)
{
	const char *at = memmem(s->at, s->size, text, strlen(text));
	struct slice part = { s->at,
		at != NULL ? (size_t)(at - s->at) : s->size };

	drop(s, part.size);
	return part;
}

/*
 * certutil does not end its prompt with a newline: text may follow.  A
 * token's name may have quotes, in headings too.
 */
static void
skip_prompts(struct slice *line)
{
	while (take(line, PROMPT)) {
		take_before(line, "\":");
		take(line, "\":");
		skip_blanks(line);
	}
}

static bool
read_heading(struct listing *listing, struct slice line)
{
	if (!take(&line, HEADING))
		return false;
	listing->token = take_before(&line, "\" in slot \"");
	return true;
}

static bool
is_internal(struct slice token)
{
	return token.at == NULL ||
	    slice_equal(token, slice_of("NSS Certificate DB")) ||
	    slice_equal(token, slice_of("NSS FIPS 140-2 Certificate DB"));
}

static void
read_nickname(const struct listing *listing, struct slice text,
    struct listing_key *key)
{
	cut_blanks(&text);
	key->nickname = key->name = text;
	key->orphan = slice_equal(text, slice_of(ORPHAN));
	if (listing->token.at == NULL)
		return;
	key->token = listing->token;
	if (slice_starts(text, listing->token) &&
	    text.size > listing->token.size &&
	    text.at[listing->token.size] == ':')
		drop(&key->name, listing->token.size + 1);
}

/* A byte that is not would have made certutil print digits. */
static bool
is_printable(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return true;
}

/*
 * Quotes within are not escaped: the last one in the column ends the ID, but
 * only if the column stands as certutil made it, filled up with blanks.
 */
static bool
read_quoted(struct slice *line, struct listing_key *key)
{
	struct slice text = { line->at + 1,
		(line->size < ID_COLUMN ? line->size : ID_COLUMN) - 1 };
	struct slice fill = *line;
	const char *first = memchr(text.at, '"', text.size);
	const char *last = memrchr(text.at, '"', text.size);

	if (last == NULL)
		return false;
	drop(&fill, (size_t)(last + 1 - line->at));
	if (first != last) {
		struct slice name = fill;

		skip_blanks(&name);
		if ((size_t)(name.at - line->at) <= ID_COLUMN)
			return false;
	}
	key->quoted = true;
	key->id = (struct slice){ text.at, (size_t)(last - text.at) };
	*line = fill;
	return is_printable(key->id);
}

/* "< 0> rsa      ID   NICKNAME"; the ID's column is 42 wide, and a blank. */
static enum listing_kind
read_key(const struct listing *listing, struct slice line,
    struct listing_key *key)
{
	take_until(&line, '>');
	if (!take(&line, "> "))
		return LISTING_BAD;
	take_until(&line, ' '); /* rsa, ec, dsa ... */
	skip_blanks(&line);
	if (take(&line, NO_ID)) {
		skip_blanks(&line);
		read_nickname(listing, line, key);
		return LISTING_NO_ID;
	}
	if (line.size == 0 || *line.at != '"') {
		key->id = take_until(&line, ' ');
		cut_blanks(&key->id);
	} else if (!read_quoted(&line, key)) {
		return LISTING_BAD;
	}
	skip_blanks(&line);
	read_nickname(listing, line, key);
	key->may_be_cut = !is_internal(listing->token) &&
	    key->id.size >= ID_MOST;
	return key->id.size != 0 ? LISTING_KEY : LISTING_BAD;
}

/* "ID" or "ID<TAB>NICKNAME[<TAB>...]". */
static enum listing_kind
read_id(const struct listing *listing, struct slice line,
    struct listing_key *key)
{
	struct slice nickname;

	key->id = take_until(&line, '\t');
	cut_blanks(&key->id);
	if (line.size == 0)
		return LISTING_ID;
	drop(&line, 1);
	nickname = take_until(&line, '\t');
	read_nickname(listing, nickname, key);
	key->nickname = nickname;
	while (line.size != 0) {
		struct slice field;

		drop(&line, 1);
		field = take_until(&line, '\t');
		key->current = key->current ||
		    slice_equal(field, slice_of("current"));
	}
	return key->id.size != 0 ? LISTING_ID : LISTING_BAD;
}

enum listing_kind
listing_read(struct listing *listing, struct slice line,
    struct listing_key *key)
{
	*key = (struct listing_key){ { NULL, 0 }, .quoted = false };
	cut_blanks(&line);
	skip_prompts(&line);
	if (line.size == 0 || read_heading(listing, line) ||
	    slice_equal(line, slice_of("certutil: no keys found")))
		return LISTING_NOTHING;
	return *line.at == '<' ? read_key(listing, line, key) :
				 read_id(listing, line, key);
}

/* Three runs of flags with commas between. */
static bool
is_trust(struct slice s)
{
	size_t commas = 0;

	for (size_t i = 0; i < s.size; i++) {
		if (strchr(",pPcCTuwg", s.at[i]) == NULL || s.at[i] == '\0')
			return false;
		commas += s.at[i] == ',';
	}
	return commas == 2;
}

enum listing_cert_kind
listing_read_cert(struct slice line, struct listing_cert *cert)
{
	const char *blank;

	cut_blanks(&line);
	if (slice_starts(line, slice_of("Certificate Nickname ")))
		return LISTING_CERT_HEADING;
	blank = line.size != 0 ? memrchr(line.at, ' ', line.size) : NULL;
	if (blank == NULL)
		return LISTING_NO_CERT;
	cert->nickname = (struct slice){ line.at, (size_t)(blank - line.at) };
	cert->trust = (struct slice){ blank + 1,
		line.size - cert->nickname.size - 1 };
	cut_blanks(&cert->nickname);
	if (slice_equal(cert->trust, slice_of("SSL,S/MIME,JAR/XPI")))
		return LISTING_CERT_HEADING;
	return cert->nickname.size != 0 && is_trust(cert->trust) ?
	    LISTING_CERT : LISTING_NO_CERT;
}
