/* SPDX-License-Identifier: MIT */
#ifndef CONNEDIT_H
#define CONNEDIT_H

#include "cfg/conndoc.h"
#include "cfg/connector.h"
#include "cfg/edits.h"

/*
 * Changes of a CA's KRA connector by the server's own rules, those of
 * KRAConnectorProcessor [dogtag 4.3].
 *
 *	struct connedit change;
 *
 *	if (connedit_begin(&change, cfg) < 0)
 *		return EXIT_TROUBLE;
 *	if (connedit_add(&change, host) < 0)
 *		... refused ...
 *	connedit_edits(&change, &edits);
 *	connedit_release(&change);
 *
 * Hosts and a document must stay valid until the struct is released.
 */

struct connedit {
	const struct cfg *cfg;
	struct connector_hosts hosts; /* as they shall be */
	struct slice certificate; /* a new one, or at NULL */
	const struct conndoc *settings; /* all others, or NULL */
	bool exists, changed; /* changed: the hosts */
};

/* -1: what the file has is no connector that the server could start with, or
 * the KRA is in the CA's own instance; reported. */
int connedit_begin(struct connedit *change, const struct cfg *cfg);
void connedit_release(struct connedit *change);

/*
 * These return -1 where the server would refuse; reported.
 *
 * Another transport certificate, in base64; the connector has to exist.
 */
int connedit_certificate(struct connedit *change, struct slice base64);

/*
 * What `pki ca-kraconnector-add --input-file` does: a new connector; hosts
 * appended to one with the same certificate, by content; all of it replaced,
 * where the hosts are the same.  1: the document, which file names, is not
 * whole; reported.
 */
int connedit_document(struct connedit *change, struct conndoc *doc,
    const char *file);

/* A host more, which the connector may have already. */
int connedit_add(struct connedit *change, const struct endpoint *host);

/* A host less, which it need not have. */
void connedit_remove(struct connedit *change, const struct endpoint *host);

/* The edits of all that; without hosts, the connector goes.  -1: a value that
 * cannot stand in CS.cfg; reported. */
int connedit_edits(const struct connedit *change, struct edits *edits);

#endif
