/* SPDX-License-Identifier: MIT */
#ifndef PKI_EXTERNAL_H
#define PKI_EXTERNAL_H

#include <stddef.h>

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
