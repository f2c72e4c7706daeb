/* SPDX-License-Identifier: MIT */
#ifndef PKI_SPAWN_H
#define PKI_SPAWN_H

#include <stdbool.h>

#include "pki/address.h"
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
 * - in values, "%%" is '%' and "%(key)s" the value of that key.
 *
 * Of passwords and PINs no more is kept than "", "*", or a placeholder
 * "@...@" as it is; "%" stands for one that spawn_is_bad().
 *
 *	struct spawn file;
 *	struct spawn_value value;
 *
 *	if (spawn_read(&file, "ca2.cfg") < 0)
 *		return STATUS_ERROR;
 *	if (spawn_get(&file, "CA", "pki_clone_uri", &value)) ...
 *	spawn_release(&file);
 */

struct spawn_entry {
	const char *section, *key, *value; /* value as it stands */
	size_t line;
};

struct spawn {
	const char *name;
	struct spawn_entry *entry;
	size_t count, room;
	const char **section; /* in the file's order */
	size_t sections, sections_room;
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

bool spawn_has_section(const struct spawn *file, const char *name);

/* As pkispawn takes it for a subsystem: from its section, or else [Tomcat],
 * or else [DEFAULT].  False: none has it. */
bool spawn_get(struct spawn *file, const char *subsystem,
    const char *key, struct spawn_value *value);

/* Has the value a '%' that begins neither "%%" nor "%(key)s"?  pkispawn stops
 * there. */
bool spawn_is_bad(const struct spawn_entry *entry);

void spawn_release(struct spawn *file);

/*
 * The pkispawn override file of a clone, out of what its master's CS.cfg can
 * tell [dogtag 7].  It is read by Python's ConfigParser, to which a '%' is
 * two.
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
	const char *ds, *pkcs12;  /* NULL: a placeholder */
	bool replicated_ds;	  /* by somebody else than pkispawn */
	/* Where at is NULL, a placeholder. */
	struct slice password[OVERRIDE_PASSWORDS];
};

/* The password by its name on the command line, or -1. */
int override_password_of(struct slice name);

/*
 * Root gives the file to pkispawn, and whoever owns the CS.cfg must not decide
 * on more than a value in it: is a host name a host name, a port a port, and is
 * there no line end in any value?  Returns 0, or -1 having reported the first
 * that is wrong.
 */
int override_check(const struct override *o);

/* Append the file; out may hold passwords then: secret_free() it. */
void override_add(struct buf *out, const struct override *o);

#endif
