/* SPDX-License-Identifier: MIT */
#ifndef PKI_SPAWN_H
#define PKI_SPAWN_H

#include <stdbool.h>

#include "util/arena.h"

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
 * "@...@" as it is; "%" stands for one that spawnfile_is_bad().
 *
 *	struct spawnfile file;
 *	struct spawnfile_value value;
 *
 *	if (spawnfile_read(&file, "ca2.cfg") < 0)
 *		return EXIT_TROUBLE;
 *	if (spawnfile_get(&file, "CA", "pki_clone_uri", &value)) ...
 *	spawnfile_release(&file);
 */

struct spawnfile_entry {
	const char *section, *key, *value; /* value as it stands */
	size_t line;
};

struct spawnfile {
	const char *name;
	struct spawnfile_entry *entry;
	size_t count, room;
	const char **section; /* in the file's order */
	size_t sections, sections_room;
	struct arena arena;
};

struct spawnfile_value {
	const char *text; /* NULL: it takes a value that is not in the file */
	size_t line;
};

/* -1: it cannot be read, or not by ConfigParser; reported with its line. */
int spawnfile_read(struct spawnfile *file, const char *path);
int
spawnfile_parse(struct spawnfile *file, const char *name, struct slice text);

bool spawnfile_has_section(const struct spawnfile *file, const char *name);

/* As pkispawn takes it for a subsystem: from its section, or else [Tomcat],
 * or else [DEFAULT].  False: none has it. */
bool spawnfile_get(struct spawnfile *file, const char *subsystem,
    const char *key, struct spawnfile_value *value);

/* Has the value a '%' that begins neither "%%" nor "%(key)s"?  pkispawn stops
 * there. */
bool spawnfile_is_bad(const struct spawnfile_entry *entry);

void spawnfile_release(struct spawnfile *file);

#endif
