/* SPDX-License-Identifier: MIT */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include <stddef.h>

/*
 * The certificates of others that pki-server's instance-externalcert-add put
 * into a database: external_certs.conf, lines N.nickname= and N.token=
 * (pki.server.instance.PKIInstance.read_external_certs).
 */

struct external {
	char *file; /* for messages; NULL: there is none */
	char **nickname;
	size_t count;
};

/* The file beside an instance's password.conf; NULL, or none there: nothing.
 * 0, or -1 having reported why it cannot be read. */
int external_read(struct external *external, const char *password_conf);

void external_release(struct external *external);

#endif
