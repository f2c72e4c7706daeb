/* SPDX-License-Identifier: MIT */
#include "pki/keydb.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "nss/nssdb.h"
#include "pki/keyid.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"

#define LISTING_LIMIT ((size_t)16 << 20)

static struct slice
item_key(const void *arg, uint32_t number)
{
	const struct keydb *s = arg;

	return slice_of(s->item[number].nickname);
}

static struct keydb_item *
item_of(struct keydb *s, struct slice nickname)
{
	uint32_t number = hashmap_get(&s->by_name, nickname);

	if (number != HASHMAP_NONE)
		return &s->item[number];
	MEM_GROW(s->item, s->count, s->room);
	s->item[s->count] = (struct keydb_item){ .nickname =
		arena_copy(&s->arena, nickname).at };
	hashmap_put(&s->by_name, nickname, (uint32_t)s->count);
	return &s->item[s->count++];
}

static const char *
digits_of(struct keydb *s, const unsigned char *bytes, size_t size)
{
	char *text = arena_alloc(&s->arena, 2 * size + 1);

	*hex_lower(text, bytes, size) = '\0';
	return text;
}

static void
add_cert(struct keydb *s, const struct nsscerts_item *from)
{
	const struct cert *cert = &from->cert;
	struct keydb_item *item = item_of(s, nsscerts_name(from));
	char trust[NSS_TRUST_SIZE];

	nss_trust_text(trust, &from->object->trust, from->object->user);
	item->trust = arena_copy(&s->arena, slice_of(trust)).at;
	item->serial = arena_copy(&s->arena, slice_of(cert->serial)).at;
	item->sha256 = digits_of(s, cert->sha256, sizeof cert->sha256);
	item->has_key = from->key != NULL;
	if (cert->has_key_id)
		item->key_id = digits_of(s, cert->key_id, sizeof cert->key_id);
}

static int
read_database(struct keydb *s, const char *directory)
{
	struct nssopen where = NSSOPEN;
	struct nsscerts certs;
	struct nssdb *db;

	where.directory = directory;
	db = nssopen(&where);
	if (db == NULL)
		return -1;
	nsscerts_load(&certs, db, (int64_t)time(NULL));
	for (size_t i = 0; i < certs.count; i++)
		if (certs.item[i].readable && certs.item[i].current)
			add_cert(s, &certs.item[i]);
	s->knows_certs = true;
	s->knows_keys = db->has_key_file;
	nsscerts_release(&certs);
	nssdb_free(db);
	return 0;
}

static void
add_key(struct keydb *s, const struct listing_key *key)
{
	struct keydb_item *item;

	if (key->orphan || key->name.size == 0)
		return;
	item = item_of(s, key->name);
	item->has_key = true;
	if (key->quoted)
		item->key_id = digits_of(
		    s, (const unsigned char *)key->id.at, key->id.size);
	else if (key->id.size != 0)
		item->key_id = arena_copy(&s->arena, key->id).at;
}

/* The shell's lines of a pasted session, and certutil's of its own. */
static bool
is_noise(struct slice line)
{
	return slice_starts(line, slice_of("$ ")) ||
	       slice_starts(line, slice_of("# ")) ||
	       slice_starts(line, slice_of("certutil: "));
}

static int
read_line(struct keydb *s, struct listing *listing, struct slice line)
{
	struct listing_cert cert;
	struct listing_key key;

	switch (listing_read_cert(line, &cert)) {
	case LISTING_CERT_HEADING:
		s->knows_certs = true;
		return 0;
	case LISTING_CERT:
		s->knows_certs = true;
		item_of(s, cert.nickname)->trust =
		    arena_copy(&s->arena, cert.trust).at;
		return 0;
	default:
		break;
	}
	switch (listing_read(listing, line, &key)) {
	case LISTING_KEY:
	case LISTING_NO_ID:
		add_key(s, &key);
		s->knows_keys = true;
		return 0;
	case LISTING_NOTHING:
		s->knows_keys = s->knows_keys || listing->token.at != NULL;
		return 0;
	default:
		return is_noise(line) ? 0 : -1;
	}
}

static int
read_lines(struct keydb *s, struct slice rest)
{
	struct listing listing = { { NULL, 0 } };

	for (size_t number = 1; rest.size != 0; number++) {
		const struct slice line = slice_cut(&rest, '\n');

		if (read_line(s, &listing, line) < 0)
			return fail("%s:%zu: no line of certutil -L or -K: "
				    "'%.*s'",
			    s->name, number,
			    (int)(line.size < 60 ? line.size : 60), line.at);
	}
	if (!s->knows_certs && !s->knows_keys)
		return fail("%s: no listing of certutil -L or -K", s->name);
	return 0;
}

static int
read_listing(struct keydb *s, const char *path)
{
	struct slice text;
	char *bytes;
	int status;

	if (slurp(path, LISTING_LIMIT, &bytes, &text.size) < 0)
		return -1;
	text.at = bytes;
	status = read_lines(s, text);
	free(bytes);
	return status;
}

int
keydb_read(struct keydb *s, const char *path)
{
	int status;

	*s = (struct keydb){ .count = 0 };
	s->name = arena_copy(&s->arena, slice_of(slurp_name(path))).at;
	hashmap_init(&s->by_name, 16, item_key, s);
	if (starts_with(path, "sql:") || starts_with(path, "dbm:") ||
	    starts_with(path, "extern:") ||
	    path_is_directory(path))
		status = read_database(s, path);
	else
		status = read_listing(s, path);
	if (status < 0)
		keydb_release(s);
	return status;
}

const struct keydb_item *
keydb_find(const struct keydb *s, const char *nickname)
{
	uint32_t number = hashmap_get(&s->by_name, slice_of(nickname));

	return number != HASHMAP_NONE ? &s->item[number] : NULL;
}

void
keydb_release(struct keydb *s)
{
	hashmap_release(&s->by_name);
	free(s->item);
	arena_release(&s->arena);
	*s = (struct keydb){ .count = 0 };
}
