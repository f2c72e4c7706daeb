/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

/* It is said where something that was found depends on it, or where two
 * sources contradict each other; a sound file has no such line. */
static void
report_release(struct check_file *l)
{
	static const char key[] = "cms.product.version";
	char *text = release_text(l->release.release);
	char *said = release_text(release_of(l->cfg));

	if (l->release.odd)
		lint_key(l, key, "release",
		    "%s, by --release or tomcat.conf; "
		    "this file is of %s",
		    text, said);
	else if (l->by_release)
		lint_key(l, key, "release", "%s%s", text,
		    l->release.sure ? ""
				    : ", by this file (--release says which)");
	free(text);
	free(said);
}

/* The last one, since it looks at what others found. */
const struct check check_release[] = { { .file = report_release },
	{ .file = NULL } };
