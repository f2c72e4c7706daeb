/* SPDX-License-Identifier: MIT */
#ifndef CFG_SETTING_H
#define CFG_SETTING_H

#include "cfg/cfg.h"

/*
 * What the keys of CS.cfg mean: the table share/lists/settings, compiled in.
 * No other module reads a boolean, an integer or a default, or knows whose
 * value a key is.
 *
 *	if (setting_bool(cfg, "dbs.enableSerialManagement"))
 *		...
 *
 * A site adds to the classes with --rules FILE, a line each of
 *
 *	CLASS PATTERN [REMARK]
 *
 * which go before the table's; its class "travels" lifts a shipped one.
 */

/* Why a key must not travel from one host's file to another's, up to
 * SETTING_COMMENT; the others say what is known besides. */
enum setting_class {
	SETTING_TRAVELS,
	SETTING_ROLE,	  /* says who makes CRLs; differs by purpose */
	SETTING_RANGE,	  /* numbers this host hands out */
	SETTING_IDENTITY, /* who this host is, and where its directory is */
	SETTING_HOST,	  /* any other value of this host alone */
	SETTING_RELEASE,  /* which release this file was made or upgraded by */
	SETTING_UPGRADE,  /* what an upgrade of the server writes: stays only
			     between hosts of different releases */
	SETTING_GENERATOR, /* how numbers are made, and in which form ranges
			      are written: stays between hosts that make them
			      in different ways */
	SETTING_COMMENT,  /* a key that is a comment to people */
	SETTING_SECRET,	  /* a value that is not to be shown */
	SETTING_UNREAD,	  /* no server reads it; the remark says why */
};

enum setting_type {
	SETTING_UNTYPED,
	SETTING_TEXT,
	SETTING_BOOLEAN,
	SETTING_INTEGER,
	SETTING_NAME,  /* of a host */
	SETTING_HOSTS, /* parted by blanks, each with a port or not */
	SETTING_PORT,
};

struct setting {
	struct slice pattern; /* glob.h */
	enum setting_type type;
	struct slice otherwise; /* what an absent key is; at NULL: nothing */
	enum setting_class class;
	struct slice equal; /* the code of a finding where master and clone
			       differ; at NULL: they may */
	struct slice since, until; /* releases that read it; at NULL: all */
	struct slice requires, remark;
};

/* The shipped rows, in their order; *count of them. */
const struct setting *setting_table(size_t *count);

/* Has the table a row for the key, which does not say that no server reads it?
 */
bool setting_has_row(struct slice key);

/* The first row that fits the key and has a type, or NULL. */
const struct setting *setting_find(struct slice key);

/* The first row that fits the key and says what it requires, or NULL. */
const struct setting *setting_requires(struct slice key);

/* The pattern of a typed row that would fit but for upper and lower case, where
 * none fits as it is; at NULL: none. */
struct slice setting_spelling(struct slice key);

/* What stands after the last dot of a key, or all of it. */
struct slice setting_last(struct slice key);

/* Is it an integer as getInteger() takes it: of 32 bits, no blanks around it?
 * What getBoolean() takes is truth_of() [dogtag 1.2]. */
bool setting_number(struct slice value, long *number);

/* The value of key without blanks around it; where it is absent or empty, its
 * default by the table; at NULL: it has none. */
struct slice setting_value(const struct cfg *cfg, const char *key);

/* Is it true, or else by default?  What is no boolean is as if absent; blanks
 * around it, with which the server does not start, do not count.  A key
 * without a row in share/lists/settings is false by default. */
bool setting_bool(const struct cfg *cfg, const char *key);

/* The same of an integer; what has no default is 0. */
long setting_integer(const struct cfg *cfg, const char *key);

/* Do both files say the same by this key, defaults included? */
bool setting_same(const struct cfg *a, const struct cfg *b, const char *key);

/* Do two values of key say the same to the server: booleans in any case,
 * numbers, hosts and hosts of URLs in any spelling, blanks around them
 * aside? */
bool setting_same_value(struct slice key, struct slice a, struct slice b);

#define SETTING_SUBSYSTEMS 6
extern const char *const setting_subsystem[SETTING_SUBSYSTEMS]; /* "ca", ... */

/* Whose CS.cfg it is: by cs.type, until 11.5, else by whose list of
 * certificates it has; "": nothing tells. */
const char *setting_subsystem_of(const struct cfg *cfg);

struct settings; /* made by settings_new() */

/*
 * The shipped table and, unless NULL, a site's file.  NULL when that cannot be
 * read or has a bad line; reported with file and line.
 */
struct settings *settings_new(const char *site_file);
void settings_free(struct settings *settings);

/* Why key must not travel, or SETTING_TRAVELS. */
enum setting_class settings_class(const struct settings *settings,
    struct slice key);

/* In what two hosts differ, so that more keys stay. */
struct setting_differ {
	bool releases; /* they run different ones */
	bool generators; /* of numbers: settings_generators_differ() */
};

/* The same between two hosts. */
enum setting_class settings_class_between(const struct settings *settings,
    struct slice key, struct setting_differ differ);

/* Do two hosts make their numbers in different ways? */
bool settings_generators_differ(const struct cfg *a, const struct cfg *b);

/* Is what key may have for a value not to be shown? */
bool settings_is_secret(const struct settings *settings, struct slice key);

/* Is this value of key not to be shown?  The name of the file that has the
 * password is none, as in auth.instance.1.bindPWD of the older TPS; a site's
 * word holds for every value. */
bool settings_hides(const struct settings *settings, struct slice key,
    struct slice value);

/* The value of line for a message, cut after most bytes, and no secret; of
 * NULL, that it is not there.  The caller frees it. */
char *settings_shown(const struct settings *settings,
    const struct cfg_line *line, int most);

/* Why the server never reads key, or NULL. */
const struct setting *settings_unread(const struct settings *settings,
    struct slice key);

/* "role", "range", ... */
const char *setting_class_name(enum setting_class class);

#endif
