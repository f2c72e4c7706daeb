/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSEXPORT_H
#define NSS_NSSEXPORT_H

#include "nss/nssdb.h"
#include "p12/p12write.h"
#include "util/parallel.h"

/*
 * What of a database goes into a bundle: certificates, and their private keys
 * decrypted and proved, on all cores.
 *
 *	struct nssexport export = { .db = db, .with_keys = true };
 *
 *	nssexport_add(&export, item, true);	in the order of the bundle
 *	if (nssexport_run(&export, NULL) < 0)
 *		...
 *	p12_build(&out, export.bundle, export.count, ...);
 *	nssexport_release(&export);
 */

struct nssexport_pick {
	const struct nsscerts_item *item;
	bool with_key; /* else, as an issuer, it brings none */
};

struct nssexport {
	const struct nssdb *db;
	bool with_keys;
	bool trust_anyway;    /* a wrong signature is a warning */
	struct p12seal *seal; /* begun: its jobs are done, too; or NULL */
	bool subject_as_name; /* the keys' friendlyName, as RHCS 9 wants it */
	struct nssexport_pick *pick;
	struct p12_item *bundle; /* of pick[i] */
	size_t count, room;
	struct secret *key; /* of bundle[i]; one of several of a key has it */
	char (*trust)[NSS_TRUST_SIZE];
	char **name;
	enum privkey_result *result;
	enum nssdb_signed *trust_result;
};

/* Unless it is there already; with_key: and its key, if there is one. */
void nssexport_add(struct nssexport *e, const struct nsscerts_item *item,
    bool with_key);
bool nssexport_has(const struct nssexport *e,
    const struct nsscerts_item *item);
bool nssexport_has_key(const struct nssexport *e, const struct nss_key *key);

/*
 * Fill in the bundle, what is superseded behind what is current, since
 * importers keep the first of a nickname [pkcs12 7].  0, or -1 having reported
 * each: a key that cannot be read, is not its certificate's, or trust flags
 * whose signature is wrong.
 */
int nssexport_run(struct nssexport *e, parallel_progress *progress);

void nssexport_release(struct nssexport *e);

#endif
