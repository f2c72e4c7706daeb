/* SPDX-License-Identifier: MIT */
#ifndef CONNDOC_H
#define CONNDOC_H

#include "cfg/cfg.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/jsonread.h"
#include "util/xml.h"

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

/* "host", "port", ...: the name in documents and in CS.cfg. */
const char *conndoc_name(enum conndoc_field field);

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

#endif
