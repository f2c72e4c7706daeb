/* SPDX-License-Identifier: MIT */
#include "asn1/der.h"

/* Inline: there are a dozen in each entry of a CRL. */
static inline bool
read_header(struct slice in, size_t *header, size_t *content)
{
	const unsigned char *at = (const unsigned char *)in.at;
	size_t octets;

	if (in.size < 2 || (at[0] & 0x1f) == 0x1f)
		return false;
	*header = 2;
	*content = at[1];
	if (at[1] < 0x80)
		return true;
	octets = at[1] & 0x7fu;
	if (octets == 0 || octets > DER_HEADER - 2 || in.size < 2 + octets)
		return false;
	*header += octets;
	*content = 0;
	for (size_t i = 0; i < octets; i++)
		*content = *content << 8 | at[2 + i];
	return *content >= 0x80 && at[2] != 0;
}

bool
der_header(struct slice in, size_t *header, size_t *content)
{
	return read_header(in, header, content);
}

bool
der_next(struct slice *in, struct ber *element)
{
	size_t header, content;

	if (!read_header(*in, &header, &content) ||
	    content > in->size - header)
		return false;
	element->id = (unsigned char)in->at[0];
	element->whole = (struct slice){ in->at, header + content };
	element->content = (struct slice){ in->at + header, content };
	in->at += header + content;
	in->size -= header + content;
	return true;
}

bool
der_take(struct slice *in, unsigned char id, struct slice *content)
{
	size_t header, size;

	if (in->size == 0 || (unsigned char)in->at[0] != id ||
	    !read_header(*in, &header, &size) || size > in->size - header)
		return false;
	*content = (struct slice){ in->at + header, size };
	in->at += header + size;
	in->size -= header + size;
	return true;
}

bool
der_only(struct slice in, unsigned char id, struct slice *content)
{
	return der_take(&in, id, content) && in.size == 0;
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

struct slice
der_strip(struct slice number)
{
	while (number.size != 0 && *number.at == 0) {
		number.at++;
		number.size--;
	}
	return number;
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
