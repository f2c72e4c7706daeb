/* SPDX-License-Identifier: MIT */
#include "dir/csn.h"

#include <stdio.h>

#define DIGITS 20

/* count hexadecimal digits from at. */
static bool
hex(const char *at, size_t count, uint32_t *number)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	*number = 0;
	for (size_t i = 0; i < count; i++) {
		const char *digit = memchr(digits, at[i], sizeof digits - 1);
		uint32_t value;

		if (digit == NULL)
			return false;
		value = (uint32_t)(digit - digits);
		*number = *number << 4 | (value > 15 ? value - 6 : value);
	}
	return true;
}

int
csn_parse(struct csn *csn, struct slice text)
{
	uint32_t sequence, replica, part;

	if (text.size != DIGITS || !hex(text.at, 8, &csn->seconds) ||
	    !hex(text.at + 8, 4, &sequence) ||
	    !hex(text.at + 12, 4, &replica) || !hex(text.at + 16, 4, &part))
		return -1;
	csn->sequence = (uint16_t)sequence;
	csn->replica = (uint16_t)replica;
	csn->part = (uint16_t)part;
	return 0;
}

static int
order(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int
csn_compare(const struct csn *a, const struct csn *b)
{
	int got = order(a->seconds, b->seconds);

	if (got == 0)
		got = order(a->sequence, b->sequence);
	if (got == 0)
		got = order(a->replica, b->replica);
	return got != 0 ? got : order(a->part, b->part);
}

void
csn_print(const struct csn *csn, char text[CSN_TEXT_SIZE])
{
	(void)snprintf(text, CSN_TEXT_SIZE, "%08x%04x%04x%04x",
	    (unsigned)csn->seconds, csn->sequence, csn->replica, csn->part);
}

/* Cut the next word, up to a blank or the end, off text. */
static struct slice
word(struct slice *text)
{
	struct slice found;

	while (text->size != 0 && *text->at == ' ') {
		text->at++;
		text->size--;
	}
	found = (struct slice){ text->at, 0 };
	while (found.size != text->size && found.at[found.size] != ' ')
		found.size++;
	text->at += found.size;
	text->size -= found.size;
	return found;
}

static int
number(uint16_t *id, struct slice text)
{
	uint32_t value = 0;

	if (text.size == 0 || text.size > 5)
		return -1;
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return -1;
		value = value * 10 + (uint32_t)(text.at[i] - '0');
	}
	*id = (uint16_t)value;
	return value <= UINT16_MAX ? 0 : -1;
}

static int
csns(struct ruv_element *element, struct slice text)
{
	struct slice min = word(&text), max = word(&text);

	if (word(&text).size != 0)
		return -1;
	element->has_csn = min.size != 0;
	if (!element->has_csn)
		return 0;
	return csn_parse(&element->min, min) == 0 &&
		csn_parse(&element->max, max) == 0 ? 0 : -1;
}

int
ruv_parse(struct ruv_element *element, struct slice text)
{
	const char *close = memchr(text.at, '}', text.size);
	struct slice inside, rest, name;

	memset(element, 0, sizeof *element);
	if (close == NULL || *text.at != '{')
		return -1;
	inside = (struct slice){ text.at + 1, (size_t)(close - text.at - 1) };
	rest = (struct slice){ close + 1, text.size - inside.size - 2 };
	name = word(&inside);
	element->is_generation =
	    slice_equal(name, slice_of("replicageneration"));
	if (element->is_generation) {
		struct slice generation = word(&rest);

		return word(&rest).size == 0 && word(&inside).size == 0 ?
		    csn_parse(&element->max, generation) : -1;
	}
	if (!slice_equal(name, slice_of("replica")) ||
	    number(&element->replica, word(&inside)) < 0)
		return -1;
	element->url = word(&inside);
	if (element->url.size == 0)
		element->url.at = NULL;
	return word(&inside).size == 0 ? csns(element, rest) : -1;
}
