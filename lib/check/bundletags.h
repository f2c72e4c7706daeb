/* SPDX-License-Identifier: MIT */
#ifndef BUNDLETAGS_H
#define BUNDLETAGS_H

#include "check/bundle.h"
#include "pki/tags.h"

/*
 * Is all in a bundle that a clone needs, as it needs it?  Nicknames and key
 * IDs are CS.cfg's, and findings about them are at its lines.
 */

struct bundletags {
	const struct bundle *bundle;
	const struct cfg *cfg;	 /* NULL: every key's certificate is needed, */
	const struct tags *tags; /* and nothing else is known of it */
	int64_t now, soon;	 /* soon: what has expired by then expires */
	const char *export;	 /* commands: to make the bundle anew; */
	const char *rekey;	 /* to put key IDs into CS.cfg; */
	const char *alias;	 /* and the database's directory in others */
};

void bundletags_check(const struct bundletags *want, struct findings *found);

#endif
