/* SPDX-License-Identifier: MIT */
#include "cfg/rules.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/glob.h"
#include "util/mem.h"
#include "util/slurp.h"

#define SITE_LIMIT ((size_t)1 << 20)

/* Made by make from share/lists/. */
extern const char rules_shipped[];

static const char *const class_name[] = {
	[RULE_NONE] = "travels",
	[RULE_ROLE] = "role",
	[RULE_RANGE] = "range",
	[RULE_IDENTITY] = "identity",
	[RULE_HOST] = "host",
	[RULE_COMMENT] = "comment",
	[RULE_SECRET] = "secret",
	[RULE_UNREAD] = "unread",
};
#define CLASSES (sizeof class_name / sizeof *class_name)

struct rules {
	char *site; /* text that the site's rules point into */
	struct rule *rule;
	size_t count, room;
};

const char *
rules_class_name(enum rule_class class)
{
	return class_name[class];
}

static struct slice
take_word(struct slice *line)
{
	static const char blanks[] = " \t";
	struct slice word;

	while (line->size != 0 && strchr(blanks, *line->at) != NULL) {
		line->at++;
		line->size--;
	}
	word = (struct slice){ line->at, 0 };
	while (line->size != 0 && strchr(blanks, *line->at) == NULL) {
		line->at++;
		line->size--;
		word.size++;
	}
	return word;
}

static int
add_rule(struct rules *rules, struct slice line)
{
	struct slice class = take_word(&line), pattern = take_word(&line);
	size_t i = 0;

	while (i < CLASSES && !slice_is(class, slice_of(class_name[i])))
		i++;
	if (i == CLASSES || pattern.size == 0)
		return -1;
	while (line.size != 0 && (*line.at == ' ' || *line.at == '\t')) {
		line.at++;
		line.size--;
	}
	MEM_GROW(rules->rule, rules->count, rules->room);
	rules->rule[rules->count++] =
	    (struct rule){ (enum rule_class)i, pattern, line };
	return 0;
}

static int
add_list(struct rules *rules, const char *text, const char *file)
{
	size_t number = 1;

	for (; *text != '\0'; number++) {
		struct slice line = { text, strcspn(text, "\r\n") };
		struct slice rest = line;

		if (take_word(&rest).size != 0 && *line.at != '#' &&
		    add_rule(rules, line) < 0)
			return fail("%s:%zu: not 'CLASS PATTERN [REMARK]': "
				    "'%.*s'", file, number, SLICE_FMT(line));
		text += line.size;
		text += *text == '\r';
		text += *text == '\n';
	}
	return 0;
}

static int
add_site_list(struct rules *rules, const char *file)
{
	size_t size;

	if (slurp(file, SITE_LIMIT, &rules->site, &size) < 0)
		return -1;
	if (memchr(rules->site, '\0', size) != NULL)
		return fail("%s: NUL byte: this is no list of keys", file);
	return add_list(rules, rules->site, slurp_name(file));
}

struct rules *
rules_new(const char *site_file)
{
	struct rules *rules = mem_zalloc(1, sizeof *rules);

	if ((site_file != NULL && add_site_list(rules, site_file) < 0) ||
	    add_list(rules, rules_shipped, "shipped list") < 0) {
		rules_free(rules);
		return NULL;
	}
	return rules;
}

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	free(rules->rule);
	free(rules->site);
	free(rules);
}

enum rule_class
rules_travel(const struct rules *rules, struct slice key)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].class <= RULE_COMMENT &&
		    glob_match(rules->rule[i].pattern, key))
			return rules->rule[i].class;
	return RULE_NONE;
}

bool
rules_is_secret(const struct rules *rules, struct slice key)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].class == RULE_SECRET &&
		    glob_match_any_case(rules->rule[i].pattern, key))
			return true;
	return false;
}

const struct rule *
rules_unread(const struct rules *rules, struct slice key)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].class == RULE_UNREAD &&
		    glob_match(rules->rule[i].pattern, key))
			return &rules->rule[i];
	return NULL;
}
