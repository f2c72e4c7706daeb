/* SPDX-License-Identifier: MIT */
#ifndef RULES_H
#define RULES_H

#include "util/str.h"

/*
 * What is known of keys: lists of patterns (glob.h), compiled in from
 * share/lists/, where the same text can be read, and added to by a site with
 * --keys FILE in the same form: a line each of
 *
 *	CLASS PATTERN [REMARK]
 *
 * Classes, by what they keep an edit or a comparison from doing:
 *
 *	role		says who makes CRLs; differs by purpose
 *	range		numbers this host hands out
 *	identity	who this host is, and where its directory is
 *	host		any other value of this host alone
 *	comment		a key that is a comment to people
 *	secret		a value that is not to be shown
 *	unread		a key that no server reads; the remark says why
 *
 * The first five must not travel from one host's file to another's.
 */

enum rule_class {
	RULE_NONE,
	RULE_ROLE,
	RULE_RANGE,
	RULE_IDENTITY,
	RULE_HOST,
	RULE_COMMENT,
	RULE_SECRET,
	RULE_UNREAD,
};

struct rules; /* made by rules_new() */

struct rule {
	enum rule_class class;
	struct slice pattern, remark;
};

/*
 * The shipped lists and, unless NULL, those of site_file.  NULL when that
 * cannot be read or has a bad line; reported with file and line.
 */
struct rules *rules_new(const char *site_file);
void rules_free(struct rules *rules);

/* Why key must not travel; RULE_NONE where it may.  A site's word comes
 * first: its class "travels" lifts a shipped rule. */
enum rule_class rules_travel(const struct rules *rules, struct slice key);

bool rules_is_secret(const struct rules *rules, struct slice key);

/* Why the server never reads key, or NULL. */
const struct rule *rules_unread(const struct rules *rules, struct slice key);

/* "role", "range", ... */
const char *rules_class_name(enum rule_class class);

#endif
