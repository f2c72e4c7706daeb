/* SPDX-License-Identifier: MIT */
#ifndef CFG_KNOWN_H
#define CFG_KNOWN_H

#include "cfg/cfg.h"
#include "util/buf.h"

/*
 * Keys that some release of the server ships or reads: share/lists/keys and
 * share/lists/settings.  The lists are not complete, so that a key that is not
 * known may be right; one that is not known, and near one that is, hardly is.
 */

bool known_key(struct slice key);

/*
 * The known key that one that is not known is near: as it would be for the same
 * issuing point, profile, plug-in and so on.  False: there is none.  Two keys
 * that differ in digits alone are not near.
 */
bool known_nearest(struct slice key, struct buf *nearest);

/* The same among the keys of a file; at NULL: there is none. */
struct slice known_nearest_in(const struct cfg *cfg, struct slice key);

#endif
