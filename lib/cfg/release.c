/* SPDX-License-Identifier: MIT */
#include "cfg/release.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/mem.h"

#define MOST_PART 999 /* of a number between dots */

const struct release release_any = { RELEASE_NONE, RELEASE_LAST };

/* Red Hat's products, which are told apart by the year [facts/releases]. */
static const struct {
	const char *name;
	struct release release;
} product[] = {
	{ "rhcs7", { RELEASE(1, 0, 0), RELEASE(1, 2, 999) } },
	{ "rhcs8", { RELEASE(1, 0, 0), RELEASE(1, 3, 999) } },
	{ "rhcs9", { RELEASE(10, 2, 0), RELEASE(10, 5, 999) } },
	{ "rhcs10", { RELEASE(10, 8, 0), RELEASE(10, 15, 999) } },
};

/* Keys that are in no file any more once the server was upgraded to a release
 * or made by it [dogtag base/server/upgrade]. */
static const struct {
	const char *key;
	uint32_t gone;
} removed[] = {
	{ "pkicreate.pki_instance_name", RELEASE(11, 3, 0) },
	{ "service.securePort", RELEASE(11, 3, 0) },
	{ "instanceRoot", RELEASE(11, 4, 0) },
	{ "subsystem.select", RELEASE(11, 5, 0) },
	{ "hierarchy.select", RELEASE(11, 5, 0) },
	{ "cs.type", RELEASE(11, 6, 0) },
	{ "instanceId", RELEASE(11, 6, 0) },
};

/* A part of a release, and the dot after it. */
static bool
take_part(struct slice *text, unsigned *part)
{
	size_t i = 0;

	*part = 0;
	while (i < text->size && isdigit((unsigned char)text->at[i])) {
		*part = 10 * *part + (unsigned)(text->at[i++] - '0');
		if (*part > MOST_PART)
			return false;
	}
	text->at += i;
	text->size -= i;
	return i != 0;
}

static bool
take_dot(struct slice *text)
{
	if (text->size == 0 || *text->at != '.')
		return false;
	text->at++;
	text->size--;
	return true;
}

static bool
parse_product(struct release *release, struct slice text)
{
	for (size_t i = 0; i < sizeof product / sizeof *product; i++) {
		if (!slice_equal_nocase(text, slice_of(product[i].name)))
			continue;
		*release = product[i].release;
		return true;
	}
	return false;
}

bool
release_parse(struct release *release, struct slice text)
{
	unsigned major, minor, patch;

	if (parse_product(release, text))
		return true;
	if (!take_part(&text, &major) || !take_dot(&text) ||
	    !take_part(&text, &minor) || RELEASE(major, minor, 0) == 0)
		return false;
	if (text.size != 0 && *text.at == '.') {
		if (!take_dot(&text) || !take_part(&text, &patch))
			return false;
		release->first = release->last = RELEASE(major, minor, patch);
	} else {
		release->first = RELEASE(major, minor, 0);
		release->last = RELEASE(major, minor, MOST_PART);
	}
	/* What a package has after it, or a build: 10.5.18-27.el7, 11.0.0.a1 */
	return text.size == 0 || strchr("-._~+", *text.at) != NULL;
}

/* The first release whose files lack what this one has. */
static uint32_t
gone_by(const struct cfg *cfg)
{
	uint32_t gone = RELEASE_LAST;

	for (size_t i = 0; i < sizeof removed / sizeof *removed; i++)
		if (removed[i].gone < gone &&
		    cfg_find(cfg, slice_of(removed[i].key)) != NULL)
			gone = removed[i].gone;
	return gone;
}

struct release
release_of(const struct cfg *cfg)
{
	struct release said;
	uint32_t gone;

	if (!release_parse(&said, cfg_string(cfg, "cms.product.version")) &&
	    !release_parse(&said, cfg_string(cfg, "cms.version")))
		said = (struct release){ RELEASE_NONE, RELEASE_NONE };
	/* Nothing upgrades a server of before 10.0 [facts/releases]. */
	if (said.first != RELEASE_NONE && said.first < RELEASE(10, 0, 0))
		return said;
	gone = gone_by(cfg);
	said.last = gone == RELEASE_LAST ? RELEASE_LAST : gone - 1;
	if (said.last < said.first)
		said.last = RELEASE_LAST;
	return said;
}

struct release
release_both(struct release a, struct release b)
{
	struct release both = { a.first > b.first ? a.first : b.first,
		a.last < b.last ? a.last : b.last };

	return both.first > both.last ? b : both;
}

enum release_answer
release_before(struct release release, uint32_t number)
{
	if (release.last < number)
		return RELEASE_YES;
	return release.first >= number ? RELEASE_NO : RELEASE_MAYBE;
}

enum release_answer
release_within(struct release release, uint32_t first, uint32_t last)
{
	if (release.last < first || release.first > last)
		return RELEASE_NO;
	return release.first >= first && release.last <= last ? RELEASE_YES
							      : RELEASE_MAYBE;
}

bool
release_is_known(struct release release)
{
	return release.first / 1000 == release.last / 1000;
}

/* "10.8.3"; "10.8" where patch is 0 and it is no single release. */
static char *
number_text(uint32_t number, bool whole)
{
	const unsigned patch = number % 1000, minor = number / 1000 % 1000;
	const unsigned major = number / 1000000;

	if (!whole && (patch == 0 || patch == MOST_PART))
		return mem_printf("%u.%u", major, minor);
	return mem_printf("%u.%u.%u", major, minor, patch);
}

char *
release_text(struct release release)
{
	char *first = number_text(release.first, release.first == release.last);
	char *last = number_text(release.last + 1, false), *text;

	if (release_is_known(release))
		text = mem_printf("Dogtag %s", first);
	else if (release.first == RELEASE_NONE && release.last == RELEASE_LAST)
		text = mem_printf("any release");
	else if (release.first == RELEASE_NONE)
		text = mem_printf("Dogtag before %s", last);
	else if (release.last == RELEASE_LAST)
		text = mem_printf("Dogtag %s or later", first);
	else
		text = mem_printf("Dogtag %s or later, before %s", first, last);
	free(first);
	free(last);
	return text;
}
