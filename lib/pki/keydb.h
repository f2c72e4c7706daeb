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
 *	struct certshelf shelf;
 *
 *	if (certshelf_read(&shelf, "alias") < 0)
 *		return EXIT_TROUBLE;
 *	item = certshelf_find(&shelf, "caSigningCert cert-pki-tomcat CA");
 *	certshelf_release(&shelf);
 */

struct certshelf_item {
	const char *nickname; /* without its token */
	const char *sha256; /* of the certificate, digits; NULL: not known */
	const char *serial; /* "0x1f"; NULL: not known */
	const char *trust; /* "u,u,u"; NULL: not known */
	const char *key_id; /* of its private key, digits, or its public key
			       where sha256 is known; NULL: not known */
	bool has_key;
};

struct certshelf { /* stays where it was read */
	const char *name; /* of the directory or file */
	struct certshelf_item *item;
	size_t count, room;
	bool knows_certs, knows_keys; /* else a listing said nothing */
	struct bytemap by_name;
	struct arena arena;
};

/* A database's directory, or a file of listings, of either or both.  -1: it
 * cannot be read, or is neither; reported. */
int certshelf_read(struct certshelf *shelf, const char *path);

/* NULL: not there. */
const struct certshelf_item *
certshelf_find(const struct certshelf *shelf, const char *nickname);

void certshelf_release(struct certshelf *shelf);

#endif
