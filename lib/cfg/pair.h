/* SPDX-License-Identifier: MIT */
#ifndef CFG_PAIR_H
#define CFG_PAIR_H

#include "cfg/edits.h"
#include "cfg/setting.h"

/*
 * A switch and the key that it is nothing without, by the column REQUIRES of
 * share/lists/settings: log.instance.X.logSigning=true and
 * log.instance.X.signedAuditCertNickname.  Where the switch is on and the other
 * key is empty, the server does not start, or the switch has no effect; so the
 * two travel together or not at all.
 *
 *	char *lacks = pair_lacks(cfg, NULL, cfg_key(line), cfg_value(line));
 *
 *	if (lacks != NULL)
 *		... the switch is on, and lacks is empty ...
 *	free(lacks);
 */

/*
 * The key that a switch with this value lacks in what edits (NULL: none) make
 * of cfg: a new string.  NULL: it lacks none, or key is no switch, or off.
 */
char *pair_lacks(const struct cfg *cfg, const struct edits *edits,
    struct slice key, struct slice value);

/* The value of key in what edits make of cfg; at NULL: it is not there. */
struct slice
pair_value(const struct cfg *cfg, const struct edits *edits, struct slice key);

#endif
