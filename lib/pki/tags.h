/* SPDX-License-Identifier: MIT */
#ifndef PKI_TAGS_H
#define PKI_TAGS_H

#include "cfg/cfg.h"

/*
 * The certificates that a subsystem's clone needs, by tag, in the order in
 * which pki-server's SUB-clone-prepare takes them; sslserver, which is each
 * host's own, is none of them [dogtag 5.3, pkcs12 5].
 *
 *	struct tags tags;
 *
 *	if (tags_read(&tags, cfg) < 0)
 *		return STATUS_ERROR;
 *	for (size_t i = 0; i < tags.count; i++) ...
 *	tags_release(&tags);
 */

#define TAGS_MOST 5

struct tag {
	const char *name;  /* "ocsp_signing" */
	char *nickname;	   /* without a token; NULL: the file has none */
	char *token;	   /* NULL: the internal one */
	const char *trust; /* as certutil shows the flags that it should have */
	bool optional;	   /* audit_signing, since 11.6 */
	struct slice key_id; /* cloning.<tag>.privkey.id, a BigInteger; at
				NULL: not in the file, as since 10.9 */
};

struct tags {
	const char *subsystem; /* setting_subsystem[] has it */
	struct tag tag[TAGS_MOST];
	size_t count;
};

/* -1: the file is of no subsystem that has clones; reported.  Slices are
 * the cfg's. */
int tags_read(struct tags *tags, const struct cfg *cfg);
void tags_release(struct tags *tags);

/* By these names, and by none, NSS and the server know NSS's own token. */
#define TAGS_INTERNALS 4
extern const char *const tags_internal[TAGS_INTERNALS];
bool tags_is_internal(struct slice token);

/*
 * The certificates of others that pki-server's instance-externalcert-add put
 * into a database: external_certs.conf, lines N.nickname= and N.token=
 * (pki.server.instance.PKIInstance.read_external_certs).
 */

struct external_cert {
	char *nickname;
	char *token; /* NULL: the internal one */
};

struct external {
	char *file; /* for messages; NULL: there is none */
	struct external_cert *cert;
	size_t count;
};

/*
 * The file beside an instance's password.conf; or, when that is NULL, in the
 * directory above that of a subsystem's CS.cfg.  None there: nothing.  0, or
 * -1 having reported why it cannot be read.
 */
int external_read(struct external *external, const char *password_conf,
    const char *cs_cfg);

void external_release(struct external *external);

#endif
