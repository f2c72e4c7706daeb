/* SPDX-License-Identifier: MIT */
#ifndef PKI_PARAMETER_H
#define PKI_PARAMETER_H

#include "cfg/release.h"

/*
 * What pkispawn knows of its parameters, by release: share/lists/pkispawn.
 * Names are told apart by the case of letters.  A release is a span, so that
 * answers are YES for all releases of it, NO for none, else MAYBE; releases
 * without a pkispawn (before 10.0) do not count.
 *
 *	switch (parameter_is_literal("pki_ds_password", release)) {
 *	...
 */

enum parameter_kind {
	PARAMETER_DEFAULT, /* text is its value in default.cfg */
	PARAMETER_CODE, /* read by pkispawn; not in default.cfg */
	PARAMETER_LITERAL, /* no '%' of it is interpolated */
	PARAMETER_RENAMED, /* deprecated: text is its new name, or "" */
};

struct parameter {
	const char *name, *section, *text; /* "*": any section */
	uint32_t first, last;
	enum parameter_kind kind;
};

/* By name, in the order of bytes; made from the list. */
extern const struct parameter parameter_list[];
extern const size_t parameter_count;

#define PARAMETER_FIRST RELEASE(10, 0, 0) /* that has pkispawn */

/*
 * The release of the pkispawn that is to make a clone of this master, where
 * nobody says it: the master's, if that is known.  Else the master can be older
 * than the clone; 10.0 and 10.1, whose files have theirs, do not count then.
 */
struct release parameter_release_for(struct release master);

/* Is there a pkispawn? */
enum release_answer parameter_has_pkispawn(struct release release);

/* Does pkispawn read the parameter for this subsystem ("CA"; NULL: for any)? */
enum release_answer parameter_is_known(
    const char *name, const char *subsystem, struct release release);

/* Is its text taken as it stands? */
enum release_answer
parameter_is_literal(const char *name, struct release release);

/* Is it in one of these sections of default.cfg ("CA", "DEFAULT", "Tomcat"), in
 * the releases that know it? */
enum release_answer parameter_is_in(const char *name,
    const char *const *section, size_t sections, struct release release);

/*
 * The defaults of a parameter for a subsystem: of each row that is of a release
 * of the span, from the section that counts there.  Calls take() for each, in
 * the order of releases; first and last are within the span.
 */
void parameter_defaults(const char *name, const char *subsystem,
    struct release release,
    void (*take)(void *arg, const char *text, struct release of), void *arg);

/* The row by which the name is deprecated for subsystem in some release of the
 * span, or NULL. */
const struct parameter *parameter_renamed(
    const char *name, const char *subsystem, struct release release);

/*
 * The known name that is nearest to one that is not: the same in another case,
 * or a few letters away.  NULL: none is near.
 */
const char *parameter_nearest(
    const char *name, const char *subsystem, struct release release);

/* The releases that know it: "from 11.5", "up to 11.4", "from 10.2 to 11.6"; a
 * new string, or NULL: none does. */
char *parameter_releases(const char *name, const char *subsystem);

#endif
