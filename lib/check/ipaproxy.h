/* SPDX-License-Identifier: MIT */
#ifndef IPAPROXY_H
#define IPAPROXY_H

#include <stddef.h>

/*
 * On a FreeIPA host, Apache stands before the CA.  Its ipa-pki-proxy.conf has
 * a RewriteRule that sends readers of /ipa/crl/MasterCRL.bin to the CA; on the
 * host that makes the CRLs it is a comment, so that they get the file that is
 * published there.  ipa-crlgen-manage(1) changes both that and CS.cfg.
 *
 *	struct ipaproxy proxy;
 *
 *	if (ipaproxy_read(&proxy, "host1/etc/pki/pki-tomcat/ca/CS.cfg") < 0)
 *		return -1;
 *	if (proxy.file != NULL)
 *		...
 *	ipaproxy_release(&proxy);
 */

struct ipaproxy {
	char *file; /* NULL: no FreeIPA */
	size_t active; /* the line of a rule that is one, or 0 */
	size_t comment; /* of one that is a comment, or 0 */
};

/*
 * In the tree that the CS.cfg at path is in, up to etc/pki or var/lib/pki: a
 * host's own, or an unpacked copy of it.  -1 and nothing to release: it
 * cannot be read; reported.
 */
int ipaproxy_read(struct ipaproxy *proxy, const char *path);
void ipaproxy_release(struct ipaproxy *proxy);

#endif
