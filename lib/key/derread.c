/* SPDX-License-Identifier: MIT */
#include "key/derread.h"

bool
derread_header(struct slice in, size_t *header, size_t *content)
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
	if (octets == 0 || octets > DERREAD_HEADER - 2 || in.size < 2 + octets)
		return false;
	*header += octets;
	*content = 0;
	for (size_t i = 0; i < octets; i++)
		*content = *content << 8 | at[2 + i];
	return *content >= 0x80 && at[2] != 0;
}

bool
derread_next(struct slice *in, struct ber *element)
{
	size_t header, content;

	if (!derread_header(*in, &header, &content) ||
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
derread_take(struct slice *in, unsigned char id, struct slice *content)
{
	struct slice left = *in;
	struct ber element;

	if (!derread_next(&left, &element) || element.id != id)
		return false;
	*in = left;
	*content = element.content;
	return true;
}

bool
derread_only(struct slice in, unsigned char id, struct slice *content)
{
	return derread_take(&in, id, content) && in.size == 0;
}

bool
derread_is_integer(struct slice content)
{
	const unsigned char *at = (const unsigned char *)content.at;

	if (content.size < 2)
		return content.size == 1;
	return (at[0] != 0 || at[1] >= 0x80) &&
	    (at[0] != 0xff || at[1] < 0x80);
}

/* Take count digits off. */
static bool
take_digits(struct slice *in, size_t count, int *number)
{
	*number = 0;
	if (in->size < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (in->at[i] < '0' || in->at[i] > '9')
			return false;
		*number = *number * 10 + (in->at[i] - '0');
	}
	in->at += count;
	in->size -= count;
	return true;
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
 * its zone first, is most of the time of a long list. */
static int64_t
days_from_epoch(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t from_march = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    from_march - 719468;
}

bool
derread_time(unsigned char id, struct slice content, int64_t *seconds)
{
	int year, month, day, hour, minute, second, of_day;

	if (id == DERREAD_UTC_TIME) {
		if (!take_digits(&content, 2, &year))
			return false;
		year += year < 50 ? 2000 : 1900;
	} else if (id != DERREAD_GENERALIZED_TIME ||
	    !take_digits(&content, 4, &year)) {
		return false;
	}
	if (!take_digits(&content, 2, &month) ||
	    !take_digits(&content, 2, &day) ||
	    !take_digits(&content, 2, &hour) ||
	    !take_digits(&content, 2, &minute) ||
	    !take_digits(&content, 2, &second) ||
	    !slice_is(content, slice_of("Z")) || month < 1 || month > 12 ||
	    day < 1 || day > days_of(month, year) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	of_day = hour * 3600 + minute * 60 + second;
	*seconds = days_from_epoch(year, month, day) * 86400 + of_day;
	return true;
}
