/* SPDX-License-Identifier: MIT */
#ifndef READERS_H
#define READERS_H

#include "cfg/edits.h"
#include "cfg/setting.h"

/*
 * Where the server and pki-server see different things [dogtag 1.5].
 *
 * Says, for each key that is edited, in which line of cfg the two readers
 * differ and how; or once, that pki-server cannot read the file at all.
 * Never stops anything.
 */
void readers_compare(const struct cfg *cfg, const struct edits *edits,
    const struct settings *rules);

#endif
