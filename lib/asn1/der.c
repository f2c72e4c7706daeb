/* SPDX-License-Identifier: MIT */
#include "asn1/der.h"

#include <limits.h>

#define INDEFINITE SIZE_MAX
#define MOST_NESTED 32 /* indefinite lengths are found by looking inside */

static struct slice
rest(struct slice s, size_t skip)
{
	return (struct slice){ s.at + skip, s.size - skip };
}

/* Inline, with rules that are known where it is called: there are a dozen in
 * each entry of a CRL. */
static inline bool
read_header(struct slice in, bool is_der, size_t *header, size_t *content)
{
	const unsigned char *at = (const unsigned char *)in.at;
	size_t id = 1, octets;

	if (in.size < 2)
		return false;
	if ((at[0] & 0x1f) == 0x1f) {
		if (is_der)
			return false;
		while ((at[id++] & 0x80) != 0)
			if (id == in.size)
				return false;
		if (id == in.size)
			return false;
	}
	*header = id + 1;
	*content = at[id];
	if (at[id] < 0x80)
		return true;
	octets = at[id] & 0x7fu;
	if (octets > (is_der ? DER_HEADER - 2 : sizeof *content) ||
	    in.size < *header + octets)
		return false;
	*content = octets == 0 ? INDEFINITE : 0;
	for (size_t i = 0; i < octets; i++)
		*content = *content << 8 | at[*header + i];
	*header += octets;
	if (is_der)
		return octets != 0 && *content >= 0x80 && at[2] != 0;
	return octets == 0 || *content != INDEFINITE;
}

bool
der_header(struct slice in, size_t *header, size_t *content)
{
	return read_header(in, true, header, content);
}

static inline bool
take_definite(struct slice *in, size_t header, size_t size,
    struct slice *content)
{
	if (size > in->size - header)
		return false;
	*content = (struct slice){ in->at + header, size };
	*in = rest(*in, header + size);
	return true;
}

/* What stands before the end-of-contents octets is *content. */
static bool
take_ber(struct slice *in, unsigned depth, struct slice *content)
{
	struct slice left, inner;
	size_t header, size;

	if (!read_header(*in, false, &header, &size))
		return false;
	if (size != INDEFINITE)
		return take_definite(in, header, size, content);
	if ((*in->at & DER_CONSTRUCTED) == 0)
		return false;
	left = rest(*in, header);
	*content = left;
	while (left.size >= 2 && (left.at[0] != '\0' || left.at[1] != '\0'))
		if (depth == MOST_NESTED || !take_ber(&left, depth + 1, &inner))
			return false;
	if (left.size < 2)
		return false;
	content->size -= left.size;
	*in = rest(left, 2);
	return true;
}

static inline bool
take_content(struct slice *in, bool is_der, struct slice *content)
{
	size_t header, size;

	if (!is_der)
		return take_ber(in, 0, content);
	return read_header(*in, true, &header, &size) &&
	    take_definite(in, header, size, content);
}

static inline bool
next(struct slice *in, bool is_der, struct der *element)
{
	const char *start = in->at;

	if (!take_content(in, is_der, &element->content))
		return false;
	element->id = (unsigned char)*start;
	element->whole = (struct slice){ start, (size_t)(in->at - start) };
	return true;
}

bool
der_next(struct slice *in, struct der *element)
{
	return next(in, true, element);
}

bool
ber_next(struct slice *in, struct der *element)
{
	return next(in, false, element);
}

static inline bool
take(struct slice *in, bool is_der, unsigned char id, struct slice *content)
{
	return in->size != 0 && (unsigned char)*in->at == id &&
	    take_content(in, is_der, content);
}

bool
der_take(struct slice *in, unsigned char id, struct slice *content)
{
	return take(in, true, id, content);
}

bool
ber_take(struct slice *in, unsigned char id, struct slice *content)
{
	return take(in, false, id, content);
}

bool
der_only(struct slice in, unsigned char id, struct slice *content)
{
	return take(&in, true, id, content) && in.size == 0;
}

bool
ber_only(struct slice in, unsigned char id, struct slice *content)
{
	return take(&in, false, id, content) && in.size == 0;
}

/* Append the pieces, or with NULL count them. */
static bool
gather(struct slice pieces, unsigned char *to, size_t *size)
{
	struct slice piece;

	*size = 0;
	while (pieces.size != 0) {
		if (!ber_take(&pieces, DER_OCTET_STRING, &piece))
			return false;
		if (to != NULL && piece.size != 0)
			memcpy(to + *size, piece.at, piece.size);
		*size += piece.size;
	}
	return true;
}

bool
ber_take_octets(struct slice *in, unsigned char id, struct secret *room,
    struct slice *octets)
{
	struct slice pieces;
	size_t size;

	if (ber_take(in, id, octets))
		return true;
	if (!ber_take(in, id | DER_CONSTRUCTED, &pieces) ||
	    !gather(pieces, NULL, &size))
		return false;
	if (ber_only(pieces, DER_OCTET_STRING, octets))
		return true;
	secret_alloc(room, size);
	gather(pieces, room->at, &size);
	*octets = secret_slice(room);
	return true;
}

bool
ber_take_count(struct slice *in, unsigned long *count)
{
	struct slice left = *in, digits;

	if (!ber_take(&left, DER_INTEGER, &digits) || digits.size == 0 ||
	    (digits.at[0] & 0x80) != 0)
		return false;
	*count = 0;
	for (size_t i = 0; i < digits.size; i++)
		*count = *count > ULONG_MAX >> 8 ?
		    ULONG_MAX : *count << 8 | (unsigned char)digits.at[i];
	if (*count == 0)
		return false;
	*in = left;
	return true;
}

bool
der_is_integer(struct slice content)
{
	const unsigned char *at = (const unsigned char *)content.at;

	if (content.size < 2)
		return content.size == 1;
	return (at[0] != 0 || at[1] >= 0x80) &&
	    (at[0] != 0xff || at[1] < 0x80);
}

struct slice
der_strip(struct slice number)
{
	while (number.size != 0 && *number.at == 0) {
		number.at++;
		number.size--;
	}
	return number;
}

unsigned
der_bits(struct slice number)
{
	unsigned bits;

	number = der_strip(number);
	bits = (unsigned)number.size * 8;
	return bits == 0 ? 0 :
	    bits - (unsigned)__builtin_clz((unsigned char)*number.at) + 24;
}

/* A number of two digits; false: it is none. */
static inline bool
two_digits(const char *at, int *number)
{
	unsigned high = (unsigned char)at[0] - (unsigned)'0';
	unsigned low = (unsigned char)at[1] - (unsigned)'0';

	*number = (int)(10 * high + low);
	return high <= 9 && low <= 9;
}

static int
days_of(int month, int year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01, in the Gregorian calendar: timegm(3), which looks at
 * its zone first, is most of the time of a long list.  400 years more keep all
 * of it positive. */
static int
days_from_epoch(int year, int month, int day)
{
	unsigned y = (unsigned)(month > 2 ? year + 400 : year + 399);
	unsigned from_march = (153 * (((unsigned)month + 9) % 12) + 2) / 5 +
	    (unsigned)day - 1;

	return (int)(y * 365 + y / 4 - y / 100 + y / 400 + from_march) -
	    719468 - 146097;
}

/* MMDDHHMMSSZ of a year. */
static bool
time_in(int year, const char *at, int64_t *seconds)
{
	int month, day, hour, minute, second, of_day;

	if (!two_digits(at, &month) || !two_digits(at + 2, &day) ||
	    !two_digits(at + 4, &hour) || !two_digits(at + 6, &minute) ||
	    !two_digits(at + 8, &second) || at[10] != 'Z' || month < 1 ||
	    month > 12 || day < 1 || day > days_of(month, year) ||
	    hour > 23 || minute > 59 || second > 59)
		return false;
	of_day = hour * 3600 + minute * 60 + second;
	*seconds = (int64_t)days_from_epoch(year, month, day) * 86400 + of_day;
	return true;
}

bool
der_time(unsigned char id, struct slice content, int64_t *seconds)
{
	const char *at = content.at;
	int century, year;

	if (id == DER_UTC_TIME)
		return content.size == strlen("YYMMDDHHMMSSZ") &&
		    two_digits(at, &year) &&
		    time_in(year + (year < 50 ? 2000 : 1900), at + 2, seconds);
	return id == DER_GENERALIZED_TIME &&
	    content.size == strlen("YYYYMMDDHHMMSSZ") &&
	    two_digits(at, &century) && two_digits(at + 2, &year) &&
	    time_in(100 * century + year, at + 4, seconds);
}

void
der_add(struct secret *to, struct slice bytes)
{
	struct secret both = { 0 };

	secret_alloc(&both, to->size + bytes.size);
	if (to->size != 0)
		memcpy(both.at, to->at, to->size);
	if (bytes.size != 0)
		memcpy(both.at + to->size, bytes.at, bytes.size);
	secret_move(to, &both);
}

void
der_value(struct secret *to, int tag, struct slice value)
{
	unsigned char head[2 + sizeof value.size] = { (unsigned char)tag };
	size_t used = 1, bytes = 0;

	while (value.size >> 8 * bytes != 0)
		bytes++;
	if (value.size >= 0x80)
		head[used++] = (unsigned char)(0x80 | bytes);
	for (bytes += bytes == 0; bytes > 0; bytes--)
		head[used++] = value.size >> 8 * (bytes - 1) & 0xff;
	der_add(to, (struct slice){ (char *)head, used });
	der_add(to, value);
}

void
der_integer(struct secret *to, struct slice number)
{
	struct secret content = { 0 };

	number = der_strip(number);
	if (number.size == 0 || (*number.at & 0x80) != 0)
		der_add(&content, (struct slice){ "\0", 1 });
	der_add(&content, number);
	der_value(to, DER_INTEGER, secret_slice(&content));
	secret_release(&content);
}

void
der_number(struct secret *to, unsigned long number)
{
	unsigned char big_endian[sizeof number];

	for (size_t i = sizeof number; i-- > 0; number >>= 8)
		big_endian[i] = number & 0xff;
	der_integer(to,
	    (struct slice){ (char *)big_endian, sizeof big_endian });
}

void
der_put(struct secret *to, int tag, struct secret *content)
{
	der_value(to, tag, secret_slice(content));
	secret_release(content);
}

void
der_wrap(struct secret *content, int tag)
{
	struct secret whole = { 0 };

	der_value(&whole, tag, secret_slice(content));
	secret_move(content, &whole);
}
