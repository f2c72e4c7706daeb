/* SPDX-License-Identifier: MIT */
#ifndef PKI_REKEY_H
#define PKI_REKEY_H

#include "cfg/edits.h"

/*
 * The private key IDs in CS.cfg, and the keys that they should name (the
 * manual's 9.6): cloning.<tag>.privkey.id and preop.cert.<tag>.privkey.id,
 * written until Dogtag 10.8 [dogtag 5.1].
 */

/* A key of the database, as certutil -K, nssls or keyid lists it. */
struct rekey_key {
	char *id;	/* octets in lower-case hexadecimal */
	char *nickname; /* without its token, where that is known */
	char *token;	/* NULL: not said, or in the nickname */
	bool current;	/* marked as the one in use */
	bool may_be_cut; /* of another token, as long as certutil shows any */
};

struct rekey_keys {
	struct rekey_key *key;
	size_t count, room;
};

enum rekey_state {
	REKEY_SAME,
	REKEY_STALE,	 /* the file has another key's ID, or none */
	REKEY_MISSING,	 /* the list has no key for the tag */
	REKEY_AMBIGUOUS, /* several, and nothing tells which */
};

struct rekey_setting {
	const struct cfg_line *line; /* ...privkey.id */
	struct slice tag;	     /* "signing" */
	struct slice nickname;	     /* from the file; at NULL: not told */
	const struct rekey_key *key; /* the one it should name, or NULL */
	const struct rekey_key *other; /* ambiguous: another one */
	enum rekey_state state;
	bool may_be_cut; /* the key's ID, and no certificate proves it whole:
			    one in the file that begins so is the same */
	bool guessed; /* by the manual's names for want of others */
};

struct rekey {
	const struct cfg *cfg;
	struct rekey_setting *setting; /* in the file's order */
	size_t count, room;
};

/*
 * Find the settings of cfg and their keys, by nickname: <sub>.cert.<tag>.
 * nickname, cloning.<tag>.nickname, <sub>.<tag>.nickname with .tokenname; and
 * for want of these the names that the manual uses, which sets guessed.  Of
 * several keys with one nickname it is the one that <sub>.<tag>.cert is for,
 * else the only one marked current [dogtag 5.3].
 */
void rekey_match(struct rekey *rekey, const struct cfg *cfg,
    const struct rekey_keys *keys);

/* Edits that make stale settings name their key; nothing for others. */
void rekey_edit(const struct rekey *rekey, struct edits *edits);

void rekey_release(struct rekey *rekey);

/*
 * Read a list of keys from path, or standard input for "-": certutil -K, or
 * IDs in either spelling with a nickname behind a tab, as keyid and nssls
 * print them.  -1: it has a bad line, or no key at all; reported, as are keys
 * without an ID, which are left out.
 */
int rekey_keys_read(struct rekey_keys *keys, const char *path);
void rekey_keys_release(struct rekey_keys *keys);

#endif
