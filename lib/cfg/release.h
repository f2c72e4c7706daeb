/* SPDX-License-Identifier: MIT */
#ifndef CFG_RELEASE_H
#define CFG_RELEASE_H

#include "cfg/cfg.h"

/*
 * Which Dogtag release does a CS.cfg belong to?  Often the file only says from
 * which release on, or up to which: so it is a span, and what is asked of it
 * has three answers.
 *
 *	switch (release_before(release_of(cfg), RELEASE(10, 11, 0))) {
 *	case RELEASE_YES: ...
 *	case RELEASE_NO: ...
 *	case RELEASE_MAYBE: both are said
 *	}
 *
 * Up to 10.8 an upgrade writes its release into CS.cfg, as
 * cms.product.version.  Later ones write it into the instance's tomcat.conf,
 * so that CS.cfg keeps the release that made it, or the last before 10.9 that
 * upgraded it [dogtag v10.8.3, v10.9.4 pki/server/upgrade.py].
 */

/* A release as a number that can be compared. */
#define RELEASE(major, minor, patch)                                           \
	((unsigned)(major)*1000000 + (unsigned)(minor)*1000 + (unsigned)(patch))
#define RELEASE_NONE 0 /* before all */
#define RELEASE_LAST UINT32_MAX /* after all */

struct release {
	uint32_t first, last; /* both may be it */
};

enum release_answer { RELEASE_NO, RELEASE_YES, RELEASE_MAYBE };

/* Nothing is known. */
extern const struct release release_any;

/*
 * "10.5.18", also with what a package has after it ("11.6.0-1.el9"); "10.5",
 * all of 10.5; or a product: "rhcs8", "rhcs9", "rhcs10", in any case.  False:
 * none of these.
 */
bool release_parse(struct release *release, struct slice text);

/* What the file says: by cms.product.version or cms.version, and by keys that
 * an upgrade removed. */
struct release release_of(const struct cfg *cfg);

/* Both of a and b: what two sources say of one server.  Where they contradict
 * each other, it is b. */
struct release release_both(struct release a, struct release b);

/* Is it older than the release number? */
enum release_answer release_before(struct release release, uint32_t number);

/* Is it from the first one to the last one, both included?  Of a release of two
 * parts, RELEASE(10, 10, 999) is the end. */
enum release_answer
release_within(struct release release, uint32_t first, uint32_t last);

/* One release, or a span of patch levels of one. */
bool release_is_known(struct release release);

/* To be told to people: "Dogtag 10.8.3", "Dogtag 10.8.3 or later", "Dogtag
 * before 11.5", "any release".  A new string. */
char *release_text(struct release release);

#endif
