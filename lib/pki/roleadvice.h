/* SPDX-License-Identifier: MIT */
#ifndef PKI_ROLEADVICE_H
#define PKI_ROLEADVICE_H

#include <stddef.h>

#include "cfg/edits.h"
#include "pki/address.h"
#include "pki/role.h"

/*
 * Is there a CA that makes CRLs already?  Nothing on the servers sees to it
 * that there is just one [dogtag 14.10].
 *
 *	struct crlmaster_question question = { .cfg = cfg, .path = path,
 *		.others = operands + 1 };
 *	int found = crlmaster_find(&question);
 *
 * The security domain knows which CAs there are, not which of them makes the
 * CRLs: its "clone" is about the installation [dogtag 8].  So a CS.cfg that
 * was looked at tells for its host; of the rest, one that was not installed as
 * a clone counts as a master.
 */

struct crlmaster_question {
	const struct cfg *cfg; /* who wants to be master */
	const char *path;
	const struct cfg *from; /* the old master, which steps down, or NULL */
	const char *const
	    *others; /* files and instance directories; NULL ends */
	const char *subsystem; /* of directories, or NULL */
	const char *domain; /* a file of the security domain, or NULL */
};

/* 0: none that is known of; 1: each is said; -1: trouble, reported. */
int crlmaster_find(const struct crlmaster_question *question);

/*
 * Which of the OCSP responders that a CA sends its CRLs to is the old one?
 * The one at old's address, or, where old is NULL, the only one that is not
 * the new one.  The edits of ca send its CRLs to new; none where they go
 * there already.
 *
 * 1: it is none, or one of several; -1: a value that cannot stand in the
 * file; both reported.
 */
int publish_edits(struct edits *edits, const struct cfg *ca,
    const struct address *new, const struct address *old);

/*
 * What there is to say about a role, on stderr.
 */

/* What is wrong with keys, or missing without harm; who disagrees. */
void roleadvice_notes(const struct role *role, const char *file);

/*
 * -1: not the CS.cfg of an old master whose issuing points a new one can take;
 * reported.  That it is a master still is but said: it may be dead.
 */
int roleadvice_from(const struct cfg *from);

/*
 * Where the proxy of a FreeIPA host does not go with a CA of that role; path
 * is the CS.cfg's file.  -1: it cannot be read, reported.
 */
int roleadvice_ipa(const char *path, enum role_kind kind);

/*
 * What a change leaves to do.  A new CRL master still needs what the manual
 * forgets [dogtag 14.5]: publishing, algorithms that fit its key, an order to
 * start in, and a CRL from a cleared cache [crl].  path is cfg's file; quiet
 * leaves out what is no warning.  -1 as above.
 */
int roleadvice_change(const struct cfg *cfg, const char *path,
    const struct role *role, const struct role_wanted *wanted, bool quiet);

#endif
