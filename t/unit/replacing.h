/* SPDX-License-Identifier: MIT */
#ifndef REPLACING_H
#define REPLACING_H

#include "util/replace.h"

#include "scratch.h"

/* Replace a file, all at once. */
static inline int
replace_with(const char *path, enum replace_how how, struct slice text,
    const char *backup)
{
	struct replacement r;
	int status = replace_begin(&r, path, how, 0);

	if (status == 0) {
		status = replace_commit(&r, text, backup);
		replace_end(&r);
	}
	return status;
}

static inline mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline void
assert_said(const char *before, const char *name, const char *after)
{
	char want[PATH_MAX + 256];

	snprintf(want, sizeof want, "%s'%s'%s\n", before, scratch_path(name),
	    after);
	assert_string_equal(scratch_said(), want);
}

#endif
