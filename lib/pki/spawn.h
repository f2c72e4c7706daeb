/* SPDX-License-Identifier: MIT */
#ifndef PKI_SPAWN_H
#define PKI_SPAWN_H

#include <stdbool.h>

#include "cfg/release.h"
#include "pki/address.h"
#include "pki/suffix.h"
#include "pki/tags.h"
#include "util/arena.h"
#include "util/buf.h"

/*
 * A pkispawn override file, as Python's ConfigParser reads it [dogtag 7.1]:
 *
 * - "[NAME]" opens a section; lines whose first non-blank is '#' or ';' are
 *   comments;
 * - "key=value" or "key: value", parted at the first of both; a line that is
 *   indented more than its key's goes on with the value;
 * - no section twice but DEFAULT, no key twice in a section;
 * - in values, "%%" is '%' and "%(key)s" the value of that key; but pkispawn
 *   takes the text of some passwords as it stands, by its release
 *   [dogtag pkiparser.py, read_pki_configuration_file].
 *
 * Of passwords and PINs no more is kept than "", "*", or a placeholder
 * "@...@" as it is.
 *
 *	struct spawn file;
 *	struct spawn_value value;
 *
 *	if (spawn_read(&file, "ca2.cfg") < 0)
 *		return STATUS_ERROR;
 *	spawn_for_release(&file, release);
 *	if (spawn_get(&file, "CA", "pki_clone_uri", &value)) ...
 *	spawn_release(&file);
 */

/* What a value has in it, which is kept of passwords, too. */
enum spawn_percent {
	SPAWN_LONE = 1, /* a '%' that begins neither of the others */
	SPAWN_DOUBLED = 2, /* "%%" */
	SPAWN_REFERS = 4, /* "%(key)s" */
};

struct spawn_entry {
	const char *section, *key, *value; /* value as it stands */
	size_t line;
	unsigned percent;
};

struct spawn {
	const char *name;
	struct spawn_entry *entry;
	size_t count, room;
	const char **section; /* in the file's order */
	size_t sections, sections_room;
	struct release release; /* of the pkispawn that is to read it */
	struct arena arena;
};

struct spawn_value {
	const char *text; /* NULL: it takes a value that is not in the file */
	size_t line;
};

/* -1: it cannot be read, or not by ConfigParser; reported with its line. */
int spawn_read(struct spawn *file, const char *path);
int
spawn_parse(struct spawn *file, const char *name, struct slice text);

/*
 * Which pkispawn is to read the file; any, if it is not said.  Those from 10.4
 * to 11.5 take a section by the letters that it begins with, in either case
 * ("[ca]", "[CA Clone]"), so that its name is another then.
 */
void spawn_for_release(struct spawn *file, struct release release);

bool spawn_has_section(const struct spawn *file, const char *name);

/* The section for which these pkispawns take a name, which may be itself; NULL:
 * they pass over the section. */
const char *spawn_section_of(const char *name);

/*
 * As pkispawn takes it for a subsystem: from its section, or else [DEFAULT], or
 * else [Tomcat].  default.cfg is read before the file, and what it has in one
 * of these sections hides the file's value in a later one
 * [dogtag flatten_master_dict].  False: the file has no value that counts.
 */
bool spawn_get(struct spawn *file, const char *subsystem,
    const char *key, struct spawn_value *value);

/* Does default.cfg hide the value of this entry from subsystem? */
enum release_answer spawn_is_hidden(const struct spawn *file,
    const char *subsystem, const struct spawn_entry *entry);

/* A text of default.cfg with its references replaced, by the file or else by
 * default.cfg: valid until file is released.  NULL: one is not known. */
const char *
spawn_expand(struct spawn *file, const char *subsystem, const char *text);

/* Does pkispawn stop at a '%' of the value, or may it? */
bool spawn_is_bad(const struct spawn *file, const struct spawn_entry *entry);

/* Does another value of the file refer to this key? */
bool spawn_is_referred(const struct spawn *file, const char *key);

void spawn_release(struct spawn *file);

/*
 * The pkispawn override file of a clone, out of what its master's CS.cfg can
 * tell [dogtag 7], for the release of pkispawn that is to read it.  Where that
 * is a span, it has what each of them needs.
 */

enum override_password {
	OVERRIDE_DS,
	OVERRIDE_PKCS12,
	OVERRIDE_DOMAIN,
	OVERRIDE_ADMIN,
	OVERRIDE_TOKEN, /* only where keys are in one */
	OVERRIDE_DATABASE,
	OVERRIDE_PASSWORDS,
};

struct override {
	const struct cfg *master;
	const struct tags *tags;
	const struct address *at; /* the master's */
	struct release release; /* of the clone's pkispawn */
	const struct suffix_owner *owner; /* of the master's database */
	const char *ds, *pkcs12, *ca_cert; /* NULL: a placeholder */
	bool replicated_ds; /* by somebody else than pkispawn */
	/* Where at is NULL, a placeholder. */
	struct slice password[OVERRIDE_PASSWORDS];
};

/* The password by its name on the command line, or -1. */
int override_password_of(struct slice name);

/*
 * Root gives the file to pkispawn, and whoever owns the CS.cfg must not decide
 * on more than a value in it: is a host name a host name, a port a port, and is
 * there no line end in any value?  And can pkispawn make such a clone at all?
 * Returns 0, or -1 having reported the first that is wrong.
 */
int override_check(const struct override *o);

/* Append the file; out may hold passwords then: secret_free() it. */
void override_add(struct buf *out, const struct override *o);

#endif
