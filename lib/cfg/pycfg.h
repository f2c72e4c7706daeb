/* SPDX-License-Identifier: MIT */
#ifndef CFG_PYCFG_H
#define CFG_PYCFG_H

#include "cfg/edits.h"
#include "cfg/setting.h"
#include "util/buf.h"

/*
 * CS.cfg as pki-server and pkispawn read it: load_properties() of
 * base/common/python/pki/util.py [dogtag 1.4].  Never used to edit: it is
 * here to tell where it sees something else than the server does [1.5].
 *
 *	struct pycfg py = { .rest = text };
 *	struct pycfg_entry entry;
 *
 *	if (!pycfg_decodes(text))
 *		...
 *	while ((got = pycfg_next(&py, &entry)) == PYCFG_ENTRY)
 *		...		later entries of a name replace earlier ones
 *	pycfg_release(&py);
 */

enum pycfg_result {
	PYCFG_END,
	PYCFG_ENTRY,
	PYCFG_NO_DELIMITER, /* "Missing delimiter": pki-server gives up */
};

struct pycfg {
	struct slice rest; /* what is still to be read */
	size_t passed;	   /* line ends that an editor shows too */
	struct buf joined;
};

struct pycfg_entry {
	struct slice name, value; /* good until the next call */
	size_t number;		  /* of its first line, from 1 */
};

enum pycfg_result pycfg_next(struct pycfg *py, struct pycfg_entry *entry);
void pycfg_release(struct pycfg *py);

/* Is it UTF-8?  If not, pki-server cannot read the file at all. */
bool pycfg_decodes(struct slice text);

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
