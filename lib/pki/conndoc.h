/* SPDX-License-Identifier: MIT */
#ifndef PKI_CONNDOC_H
#define PKI_CONNDOC_H

#include "cfg/cfg.h"
#include "cfg/edits.h"
#include "pki/connector.h"
#include "util/arena.h"
#include "util/buf.h"

/*
 * The documents that say what a CA's KRA connector is, KRAConnectorInfo: JSON
 * from Dogtag 11 on, XML with the root kraConnectorInfo up to 10 [dogtag 4.4].
 *
 *	struct conndoc doc;
 *
 *	if (conndoc_read(&doc, path) < 0)
 *		return -1;
 *	conndoc_add_json(&out, &doc);
 *	conndoc_release(&doc);
 */

enum conndoc_field {
	CONNDOC_HOST,
	CONNDOC_PORT,
	CONNDOC_TRANSPORT_CERT, /* base64, on one line */
	CONNDOC_TRANSPORT_CERT_NICKNAME,
	CONNDOC_SUBSYSTEM_CERT,
	CONNDOC_URI,
	CONNDOC_TIMEOUT,
	CONNDOC_LOCAL,
	CONNDOC_ENABLE,
	CONNDOC_FIELDS,
};

struct conndoc {
	struct slice field[CONNDOC_FIELDS]; /* at NULL: not there */
	struct arena arena;
};

/* What cfg has of it. */
void conndoc_of(struct conndoc *doc, const struct cfg *cfg);

/*
 * Read path, "-" for standard input; JSON or XML, as it turns out.  -1 and
 * nothing to release: neither, no such document, a field that is no string or
 * cannot stand in CS.cfg, a transport certificate that is none; reported.
 * Fields that we do not know are passed over, as the server does.
 */
int conndoc_read(struct conndoc *doc, const char *path);

/* The same of a text with a NUL after it. */
int conndoc_parse(struct conndoc *doc, const char *file, struct slice text);

void conndoc_release(struct conndoc *doc);

/* Append it as the server would write it, with a newline at its end. */
void conndoc_add_json(struct buf *out, const struct conndoc *doc);
void conndoc_add_xml(struct buf *out, const struct conndoc *doc);

/*
 * Append a certificate's base64 on one line: of text that is PEM, its first
 * certificate, or base64 already.  -1: it is no certificate; reported with
 * file.
 */
int conndoc_add_certificate(struct buf *base64, const char *file,
    struct slice text);

/* Say so where a certificate, in base64, has expired at now (seconds since
 * 1970), or is not yet valid: the KRA cannot be given keys by it. */
void conndoc_say_validity(const char *file, struct slice base64, int64_t now);

/*
 * Changes of a CA's KRA connector by the server's own rules, those of
 * KRAConnectorProcessor [dogtag 4.3].
 *
 *	struct connedit change;
 *
 *	if (connedit_begin(&change, cfg) < 0)
 *		return STATUS_ERROR;
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
