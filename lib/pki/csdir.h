/* SPDX-License-Identifier: MIT */
#ifndef PKI_CSDIR_H
#define PKI_CSDIR_H

#include "cfg/cfg.h"
#include "dir/ldapconn.h"
#include "dir/source.h"

/*
 * The directory that an operand means: the URL of a server, an LDIF file, "-",
 * or a CS.cfg or the directory of an instance, which say where the server is,
 * what the subsystem's suffix is, and as whom it binds [dogtag 9].
 *
 *	struct csdir dir;
 *
 *	if (csdir_open(&dir, operand, NULL, &options) < 0)
 *		return STATUS_ERROR;
 *	... source_search(dir.source, &query) ...
 *	csdir_close(&dir);
 *
 * A query without a base is one of the suffix.
 */

/* What an operand may be, for the message about what is none of these. */
#define CSDIR_FORMS                                                            \
	"LDIF, a CS.cfg, an instance directory, or the URL of a server "       \
	"(ldap://, ldaps://, ldapi://)"

struct csdir {
	struct source *source;
	const char *base; /* --base, or a CS.cfg's; NULL: not said */
	char *cfg;	  /* the CS.cfg that was read; NULL: none */
	struct cfg *read; /* the same, by csdir_open(), until the close */
	char *url, *bind_dn, *suffix;
	bool names_server; /* also after an error: a CS.cfg named one */
	struct ldapopt options;
};

/*
 * options are borrowed until the close.  Of them, what says as whom to bind is
 * taken before the CS.cfg's, and so is --base; subsystem, which may be NULL,
 * chooses among an instance's.  0, or -1 and nothing to close: reported.
 */
int csdir_open(struct csdir *dir, const char *operand, const char *subsystem,
    const struct ldapopt *options);

/* The same of a CS.cfg that was read, from a file. */
int csdir_open_cfg(struct csdir *dir, const struct cfg *cfg,
    const struct ldapopt *options);

void csdir_close(struct csdir *dir);

/* Is the file a CS.cfg, and not LDIF or a document?  By its first lines, down
 * to a key with a '.' in it; what is no regular file is none. */
bool csdir_is_cfg(const char *path);

/* Is it a URL, a CS.cfg or a directory, and no file of entries? */
bool csdir_is_server(const char *operand);

#endif
