/* SPDX-License-Identifier: MIT */
#ifndef PKI_KEYDB_H
#define PKI_KEYDB_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/hashmap.h"

/*
 * What a key database holds, by nickname, as far as it is known: of the
 * database itself, or of what certutil -L and certutil -K printed of it.
 *
 *	struct keydb shelf;
 *
 *	if (keydb_read(&shelf, "alias") < 0)
 *		return STATUS_ERROR;
 *	item = keydb_find(&shelf, "caSigningCert cert-pki-tomcat CA");
 *	keydb_release(&shelf);
 */

struct keydb_item {
	const char *nickname; /* without its token */
	const char *sha256; /* of the certificate, digits; NULL: not known */
	const char *serial; /* "0x1f"; NULL: not known */
	const char *trust; /* "u,u,u"; NULL: not known */
	const char *key_id; /* of its private key, digits, or its public key
			       where sha256 is known; NULL: not known */
	bool has_key;
};

struct keydb { /* stays where it was read */
	const char *name; /* of the directory or file */
	struct keydb_item *item;
	size_t count, room;
	bool knows_certs, knows_keys; /* else a listing said nothing */
	struct hashmap by_name;
	struct arena arena;
};

/* A database's directory, or a file of listings, of either or both.  -1: it
 * cannot be read, or is neither; reported. */
int keydb_read(struct keydb *shelf, const char *path);

/* NULL: not there. */
const struct keydb_item *
keydb_find(const struct keydb *shelf, const char *nickname);

void keydb_release(struct keydb *shelf);

#endif
