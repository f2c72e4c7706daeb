/* SPDX-License-Identifier: MIT */
#ifndef PKI_HOSTRELEASE_H
#define PKI_HOSTRELEASE_H

#include "cfg/release.h"

/*
 * Which release a host runs: by --release, by the instance's tomcat.conf, which
 * lies where a server.xml does (beside or above CS.cfg), and by CS.cfg itself.
 *
 * pki-server-upgrade writes its release into tomcat.conf as PKI_VERSION, and
 * from 10.9 on only there [dogtag v10.9.4 pki/server/upgrade.py].
 *
 *	struct release given = hostrelease_option("--release", release);
 *	struct hostrelease host = hostrelease_of(cfg, given);
 *
 *	if (release_before(host.release, RELEASE(10, 9, 0)) == RELEASE_YES)
 */

struct hostrelease {
	const struct cfg *cfg; /* borrowed */
	struct release release;
	bool sure; /* said by --release or tomcat.conf, not only by CS.cfg */
	bool odd; /* CS.cfg and tomcat.conf contradict each other */
};

/* The word of an option such as --release; NULL: any release.  Exits with
 * status 2 where it is no release. */
struct release hostrelease_option(const char *option, const char *word);

/* With given zeroed, or any release, nothing was said.  A tomcat.conf that
 * cannot be read is reported, and counts as none. */
struct hostrelease hostrelease_of(const struct cfg *cfg, struct release given);

/* May two hosts run different releases?  They may, where the marks of the
 * release in their CS.cfg differ and nothing else tells. */
bool
hostrelease_differ(const struct hostrelease *a, const struct hostrelease *b);

#endif
