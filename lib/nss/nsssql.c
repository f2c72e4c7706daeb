/* SPDX-License-Identifier: MIT */
#include "nss/nsssql.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asn1/der.h"
#include "nss/keytype.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/mem.h"
#include "util/path.h"

/*
 * The rows of cert9.db or key4.db as they are stored [nssdb 2, 3, 12].
 */
struct nssrows_meta {
	struct slice id, item1, item2; /* of table metaData */
};

struct nssrows {
	struct nss_object *object;
	size_t objects, objects_room;
	struct nssrows_meta *meta;
	size_t metas, metas_room;
};

#define VALUE_LIMIT (64 << 20) /* of one cell, in bytes */
#define WAIT_MS 10000	       /* for a server that is writing */
#define WAL_AT 18	       /* of the header: 2 where a WAL is kept */

/* What is read of objects, besides the parts of keys (nss/keytype). */
static const uint32_t common[] = { CKA_CLASS, CKA_LABEL, CKA_VALUE, CKA_ISSUER,
	CKA_SERIAL_NUMBER, CKA_NAME_HASH_ALGORITHM, CKA_KEY_TYPE, CKA_ID,
	CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT,
	CKA_EXTRACTABLE, CKA_TRUST_SERVER, CKA_TRUST_CLIENT, CKA_TRUST_CODE,
	CKA_TRUST_EMAIL, CKA_HASH_OF_CERTIFICATE, CKA_NSS_EMAIL,
	CKA_NSS_TRUST_SERVER, CKA_NSS_TRUST_CLIENT, CKA_NSS_TRUST_CODE,
	CKA_NSS_TRUST_EMAIL, CKA_NSS_TRUST_STEP_UP, CKA_NSS_CERT_SHA1,
	CKA_NSS_DB };

/* What is being read. */
struct reader {
	const struct path *path;
	const char *file; /* for messages */
	sqlite3 *db;
	struct arena *arena;
	uint32_t *column;
	size_t columns, columns_room;
	struct nss_attr *attr; /* one for each column */
};

static void
add_column(struct reader *r, uint32_t type)
{
	for (size_t i = 0; i < r->columns; i++)
		if (r->column[i] == type)
			return;
	MEM_GROW(r->column, r->columns, r->columns_room);
	r->column[r->columns++] = type;
}

static void
add_columns(struct reader *r)
{
	const struct keytype *row;

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		add_column(r, common[i]);
	for (size_t i = 0; (row = keytype_row(i)) != NULL; i++)
		for (int j = 0; j < KEYTYPE_PARTS; j++)
			if (row->part[j].attribute != 0)
				add_column(r, row->part[j].attribute);
	r->attr = mem_zalloc(r->columns, sizeof *r->attr);
}

static int
fail_sql(const struct reader *r)
{
	int code = sqlite3_extended_errcode(r->db);

	if ((code & 0xff) == SQLITE_BUSY)
		return fail("%s: locked: somebody has been writing it for %d s",
		    r->file, WAIT_MS / 1000);
	if (code == SQLITE_READONLY_ROLLBACK)
		return fail("%s: its writer died half way and left a journal: "
			    "copy both to another directory, run certutil -K "
			    "there, which repairs the copy, and read the copy",
		    r->file);
	if (code == SQLITE_NOTADB)
		return fail("%s: not an SQLite database", r->file);
	return fail("%s: %s", r->file, sqlite3_errmsg(r->db));
}

/*
 * SQLite knows files by path, and would open, stat and look for journals by
 * path.  So it is told "/NAME", and its system calls are given that name in
 * the directory of the file, with the rights of its owner.
 */
static const struct path *reading;

/* The name in the directory; NULL: a path of SQLite's own. */
static const char *
name_of(const char *path)
{
	return reading != NULL && *path == '/' &&
	    strchr(path + 1, '/') == NULL ? path + 1 : NULL;
}

/* Only regular files that may be read here; their time of access stays. */
static int
open_in_path(const char *path, int flags, int mode)
{
	const char *name = name_of(path);
	struct stat st;
	int fd;

	if (name == NULL)
		return open(path, flags | O_CLOEXEC, mode);
	flags |= O_NOFOLLOW | O_NONBLOCK;
	fd = path_openat(reading, name, flags | O_NOATIME, (mode_t)mode);
	if (fd < 0 && errno == EPERM) /* not the owner */
		fd = path_openat(reading, name, flags, (mode_t)mode);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    path_check(reading, fd) < 0)) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	return fd;
}

static int
stat_in_path(const char *path, struct stat *st)
{
	const char *name = name_of(path);

	return name != NULL ? path_statat(reading, name, st) : stat(path, st);
}

static int
lstat_in_path(const char *path, struct stat *st)
{
	const char *name = name_of(path);

	return name != NULL ? path_statat(reading, name, st) :
			      lstat(path, st);
}

static int
access_in_path(const char *path, int mode)
{
	const char *name = name_of(path);
	struct stat st;

	return name != NULL ? path_statat(reading, name, &st) :
			      access(path, mode);
}

static int
use_path(const struct reader *r)
{
	static const struct {
		const char *name;
		sqlite3_syscall_ptr function;
	} calls[] = { { "open", (sqlite3_syscall_ptr)open_in_path },
		{ "stat", (sqlite3_syscall_ptr)stat_in_path },
		{ "lstat", (sqlite3_syscall_ptr)lstat_in_path },
		{ "access", (sqlite3_syscall_ptr)access_in_path } };
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	reading = r->path;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (vfs == NULL || vfs->iVersion < 3 ||
		    vfs->xSetSystemCall == NULL ||
		    vfs->xSetSystemCall(vfs, calls[i].name,
			calls[i].function) != SQLITE_OK)
			return fail("%s: this SQLite does not let its file be "
				    "opened safely", r->file);
	return 0;
}

/* What SQLite's own words would not tell from one another. */
static int
check_file(const struct reader *r)
{
	unsigned char header[WAL_AT + 2] = { 0 };
	int fd = path_open_regular(r->path), status = 0;

	if (fd < 0)
		return -1;
	if (read(fd, header, sizeof header) < 0)
		status = fail_errno("cannot read '%s'", r->file);
	else if (header[WAL_AT] == 2 || header[WAL_AT + 1] == 2)
		status = fail("%s: somebody switched its write-ahead log on, "
			      "which NSS never does, and with it a reader "
			      "writes, too: 'PRAGMA journal_mode=delete'",
		    r->file);
	close(fd);
	return status;
}

/* file:/NAME?mode=ro, with what a URI keeps for itself escaped. */
static char *
uri_of(const char *name)
{
	struct buf uri = { 0 };
	char escape[4];

	buf_puts(&uri, "file:/");
	for (; *name != '\0'; name++) {
		if (strchr("%?#", *name) == NULL) {
			buf_putc(&uri, *name);
		} else {
			snprintf(escape, sizeof escape, "%%%02x",
			    (unsigned char)*name);
			buf_puts(&uri, escape);
		}
	}
	buf_puts(&uri, "?mode=ro");
	buf_putc(&uri, '\0');
	return uri.at;
}

/*
 * Nothing in the file is believed: no views, no functions of a schema, no huge
 * cells, no mapping that a truncation by others would turn into a crash.
 */
static int
open_file(struct reader *r)
{
	char *uri;
	int code;

	if (check_file(r) < 0 || use_path(r) < 0)
		return -1;
	uri = uri_of(r->path->name);
	code = sqlite3_open_v2(uri, &r->db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	free(uri);
	if (code != SQLITE_OK)
		return fail_sql(r);
	sqlite3_busy_timeout(r->db, WAIT_MS);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(r->db, SQLITE_LIMIT_LENGTH, VALUE_LIMIT);
	if (sqlite3_exec(r->db, "PRAGMA trusted_schema=OFF;"
	    "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; BEGIN", NULL, NULL,
	    NULL) != SQLITE_OK)
		return fail_sql(r);
	return 0;
}

/* 1: a table of this name is there; 0: not; -1: reported. */
static int
has_table(const struct reader *r, const char *name)
{
	sqlite3_stmt *query;
	int has = 0, code;

	if (sqlite3_prepare_v2(r->db, "SELECT type FROM sqlite_master "
	    "WHERE name = ?1", -1, &query, NULL) != SQLITE_OK)
		return fail_sql(r);
	sqlite3_bind_text(query, 1, name, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(query)) == SQLITE_ROW) {
		const char *type = (const char *)sqlite3_column_text(query, 0);

		has = type != NULL && strcmp(type, "table") == 0 ? 1 : -1;
	}
	if (code != SQLITE_DONE)
		has = fail_sql(r);
	else if (has < 0)
		fail("%s: '%s' is no table", r->file, name);
	sqlite3_finalize(query);
	return has;
}

static struct slice
cell(const struct reader *r, sqlite3_stmt *query, int number)
{
	const void *at = sqlite3_column_blob(query, number);
	int size = sqlite3_column_bytes(query, number);

	if (sqlite3_column_type(query, number) == SQLITE_NULL)
		return (struct slice){ NULL, 0 };
	return arena_copy(r->arena,
	    (struct slice){ at != NULL ? at : "", (size_t)size });
}

/* "SELECT id, a0, ... FROM table", with NULL for columns that this version of
 * NSS did not make: SQLite would refuse them all. */
static char *
select_of(const struct reader *r, const char *table)
{
	struct buf sql = { 0 };
	char name[16];

	buf_puts(&sql, "SELECT id");
	for (size_t i = 0; i < r->columns; i++) {
		snprintf(name, sizeof name, "a%x", r->column[i]);
		buf_puts(&sql, ", ");
		buf_puts(&sql, sqlite3_table_column_metadata(r->db, NULL,
		    table, name, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK ?
		    name : "NULL");
	}
	buf_puts(&sql, " FROM ");
	buf_puts(&sql, table);
	buf_puts(&sql, " ORDER BY rowid");
	buf_putc(&sql, '\0');
	return sql.at;
}

/* The row as an object: the attributes that it has. */
static struct nss_object
object_of(const struct reader *r, sqlite3_stmt *query)
{
	static const struct slice empty = { "\xa5\0\x5a", 3 };
	struct nss_object object = {
		.handle = (uint32_t)sqlite3_column_int64(query, 0),
	};

	for (size_t i = 0; i < r->columns; i++) {
		struct slice value = cell(r, query, (int)i + 1);

		if (value.at == NULL)
			continue;
		if (slice_equal(value, empty))
			value.size = 0;
		r->attr[object.attrs++] = (struct nss_attr){
			.type = r->column[i], .value = value };
	}
	object.attr = arena_alloc(r->arena, object.attrs * sizeof *r->attr);
	if (object.attrs != 0)
		memcpy(object.attr, r->attr, object.attrs * sizeof *r->attr);
	return object;
}

static int
query_objects(struct nssrows *rows, const struct reader *r, const char *table)
{
	char *sql = select_of(r, table);
	sqlite3_stmt *query;
	int code = sqlite3_prepare_v2(r->db, sql, -1, &query, NULL);

	free(sql);
	if (code != SQLITE_OK)
		return fail_sql(r);
	while ((code = sqlite3_step(query)) == SQLITE_ROW) {
		if (sqlite3_column_type(query, 0) != SQLITE_INTEGER)
			continue;
		MEM_GROW(rows->object, rows->objects, rows->objects_room);
		rows->object[rows->objects++] = object_of(r, query);
	}
	code = code == SQLITE_DONE ? 0 : fail_sql(r);
	sqlite3_finalize(query);
	return code;
}

static int
query_meta(struct nssrows *rows, const struct reader *r)
{
	sqlite3_stmt *query;
	int code = sqlite3_prepare_v2(r->db, "SELECT id, item1, item2 "
	    "FROM metaData", -1, &query, NULL);

	if (code != SQLITE_OK)
		return fail_sql(r);
	while ((code = sqlite3_step(query)) == SQLITE_ROW) {
		MEM_GROW(rows->meta, rows->metas, rows->metas_room);
		rows->meta[rows->metas++] = (struct nssrows_meta){
			.id = cell(r, query, 0),
			.item1 = cell(r, query, 1),
			.item2 = cell(r, query, 2),
		};
	}
	code = code == SQLITE_DONE ? 0 : fail_sql(r);
	sqlite3_finalize(query);
	return code;
}

static int
read_rows(struct nssrows *rows, struct reader *r, const char *table)
{
	int has;

	if (open_file(r) < 0)
		return -1;
	has = has_table(r, table);
	if (has < 0)
		return -1;
	if (has == 0)
		return fail("%s: no table '%s': not a database of NSS",
		    r->file, table);
	if (query_objects(rows, r, table) < 0)
		return -1;
	has = has_table(r, "metaData");
	return has > 0 ? query_meta(rows, r) : has;
}

/*
 * Read all rows of table of a file in directory, in the order of insertion,
 * which is certutil's, and of metaData if it is there.  Nothing in the
 * directory changes, no time of access either where we may say so, and the
 * file is not locked any more afterwards.  Returns 0, or -1 having reported:
 * cannot be read, no database of NSS, locked, left half written by a crash.
 */
static int
nssrows_read(struct nssrows *rows, struct arena *arena,
    const struct path *directory, const char *file, const char *table)
{
	struct path path;
	struct reader r = { .path = &path, .arena = arena };
	int status = path_find_in(&path, directory, file);

	r.file = path.shown;
	add_columns(&r);
	status = status < 0 ? path_fail(&path, "cannot open") :
			      read_rows(rows, &r, table);
	sqlite3_close(r.db);
	reading = NULL;
	free(r.column);
	free(r.attr);
	path_release(&path);
	return status;
}

static void
nssrows_release(struct nssrows *rows)
{
	free(rows->object);
	free(rows->meta);
	*rows = (struct nssrows){ 0 };
}

#define MISFILED 0xc0000000u /* bug 1720226: rows under this | handle */

/* What the two files hold, and where to find it. */
struct rows {
	struct nss_objects *objects;
	struct nssrows cert, key;
	struct hashmap signature; /* rows of key.meta, by ID */
	struct hashmap trust;	  /* objects of cert, by issuer and serial */
	struct slice *trust_name;
	struct hashmap public;	  /* objects of cert: public keys, by CKA_ID */
};

static struct slice
meta_id(const void *arg, uint32_t i)
{
	return ((const struct rows *)arg)->key.meta[i].id;
}

static struct slice
trust_name(const void *arg, uint32_t i)
{
	return ((const struct rows *)arg)->trust_name[i];
}

static struct slice
public_id(const void *arg, uint32_t i)
{
	return nss_attr_value(&((const struct rows *)arg)->cert.object[i],
	    CKA_ID);
}

static uint32_t
class_of(const struct nss_object *object)
{
	uint32_t class = 0;

	nss_attr_number(object, CKA_CLASS, &class);
	return class;
}

static struct slice
signature_row(const struct rows *rows, const char *file, uint32_t handle,
    uint32_t type)
{
	char name[64];
	uint32_t i;

	snprintf(name, sizeof name, "sig_%s_%08x_%08x", file, handle, type);
	i = hashmap_get(&rows->signature, slice_of(name));
	return i == HASHMAP_NONE ? (struct slice){ NULL, 0 } :
				   rows->key.meta[i].item1;
}

/* Give each attribute the rows that may sign it; file: "cert" or "key". */
static void
find_signatures(const struct rows *rows, const char *file,
    struct nss_object *object)
{
	for (size_t i = 0; i < object->attrs; i++) {
		struct nss_attr *attr = &object->attr[i];

		attr->signature = signature_row(rows, file, object->handle,
		    attr->type);
		attr->misfiled = signature_row(rows, file,
		    object->handle | MISFILED, attr->type);
	}
}

/* The two kinds of trust objects [nssdb 9.1, 9.2]. */
static const uint32_t use_attr[2][NSS_USES] = {
	{ CKA_NSS_TRUST_SERVER, CKA_NSS_TRUST_CLIENT, CKA_NSS_TRUST_EMAIL,
	    CKA_NSS_TRUST_CODE },
	{ CKA_TRUST_SERVER, CKA_TRUST_CLIENT, CKA_TRUST_EMAIL, CKA_TRUST_CODE },
};

static enum nss_level
level_of(uint32_t value)
{
	static const struct {
		uint32_t old, new; /* CKT_NSS_..., CKT_... */
		enum nss_level level;
	} levels[] = {
		{ 0xce534351, 1, NSS_TRUSTED_PEER },
		{ 0xce534352, 2, NSS_TRUSTED_CA },
		{ 0xce534353, 4, NSS_MUST_VERIFY },
		{ 0xce53435a, 3, NSS_NOT_TRUSTED },
		{ 0xce53435b, 0xce53435b, NSS_VALID_CA },
	};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (value == levels[i].old || value == levels[i].new)
			return levels[i].level;
	return NSS_UNKNOWN;
}

static struct nss_trust
trust_of(const struct nss_object *object)
{
	const uint32_t *attr = use_attr[class_of(object) == CKO_TRUST];
	struct nss_trust trust = { { NSS_UNKNOWN } };
	uint32_t value;

	for (int use = 0; use < NSS_USES; use++)
		if (nss_attr_number(object, attr[use], &value))
			trust.level[use] = level_of(value);
	return trust;
}

static const EVP_MD *
digest_of(const struct nss_object *object)
{
	uint32_t mechanism;

	if (class_of(object) != CKO_TRUST)
		return EVP_sha1();
	if (!nss_attr_number(object, CKA_NAME_HASH_ALGORITHM, &mechanism))
		return NULL;
	switch (mechanism) { /* CKM_... */
	case 0x220:
		return EVP_sha1();
	case 0x250:
		return EVP_sha256();
	case 0x260:
		return EVP_sha384();
	case 0x270:
		return EVP_sha512();
	default:
		return NULL;
	}
}

/* nssTrust_Create(): an object without a hash may only take trust away. */
static bool
takes_away(const struct nss_trust *trust)
{
	for (int use = 0; use < NSS_USES; use++)
		if (trust->level[use] != NSS_UNKNOWN &&
		    trust->level[use] != NSS_NOT_TRUSTED)
			return false;
	return true;
}

static bool
is_for(const struct nss_object *object, const struct nss_trust *trust,
    struct slice der)
{
	struct slice hash = nss_attr_value(object,
	    class_of(object) == CKO_TRUST ? CKA_HASH_OF_CERTIFICATE :
					    CKA_NSS_CERT_SHA1);
	unsigned char digest[EVP_MAX_MD_SIZE];
	const EVP_MD *type = digest_of(object);
	unsigned size;

	if (hash.size == 0)
		return takes_away(trust);
	return type != NULL &&
	    EVP_Digest(der.at, der.size, digest, &size, type, NULL) == 1 &&
	    slice_equal(hash, (struct slice){ (char *)digest, size });
}

/* Issuer and serial, and first which kind of trust object. */
static struct slice
label_of(struct rows *rows, const struct nss_object *object, uint32_t class)
{
	struct slice issuer = nss_attr_value(object, CKA_ISSUER);
	struct slice serial = nss_attr_value(object, CKA_SERIAL_NUMBER);
	struct buf name = { 0 };
	struct slice copy;

	buf_putc(&name, class == CKO_TRUST ? 'p' : 'n');
	buf_add(&name, issuer);
	buf_add(&name, serial);
	copy = arena_copy(&rows->objects->arena, buf_slice(&name));
	buf_release(&name);
	return copy;
}

/* The object of this class that says how cert is trusted, or NULL. */
static const struct nss_object *
find_trust(struct rows *rows, const struct nss_object *object, uint32_t class,
    struct slice der, struct nss_trust *trust)
{
	uint32_t i = hashmap_get(&rows->trust, label_of(rows, object, class));
	const struct nss_object *found;

	if (i == HASHMAP_NONE)
		return NULL;
	found = &rows->cert.object[i];
	*trust = trust_of(found);
	return is_for(found, trust, der) ? found : NULL;
}

/* CKO_TRUST wins where both are, unlike in NSS before 3.114 [nssdb 9.1]. */
static void
set_trust(struct rows *rows, struct nss_cert *cert,
    const struct nss_object *object)
{
	struct nss_trust old = { { NSS_UNKNOWN } }, new = old;
	const struct nss_object *old_object = find_trust(rows, object,
	    CKO_NSS_TRUST, cert->der, &old);
	const struct nss_object *new_object = find_trust(rows, object,
	    CKO_TRUST, cert->der, &new);
	char old_text[NSS_TRUST_SIZE], new_text[NSS_TRUST_SIZE];
	struct nss_object *kept;

	if (old_object == NULL && new_object == NULL)
		return;
	cert->trust = new_object != NULL ? new : old;
	kept = arena_alloc(&rows->objects->arena, sizeof *kept);
	*kept = new_object != NULL ? *new_object : *old_object;
	find_signatures(rows, "cert", kept);
	cert->trust_object = kept;
	nss_trust_text(old_text, &old, false);
	nss_trust_text(new_text, &new, false);
	cert->two_trusts = old_object != NULL && new_object != NULL &&
	    strcmp(old_text, new_text) != 0;
}

/* The first of two objects counts, as for NSS. */
static void
index_rows(struct rows *rows)
{
	size_t count = rows->cert.objects;

	hashmap_init(&rows->signature, rows->key.metas, meta_id, rows);
	for (size_t i = 0; i < rows->key.metas; i++)
		hashmap_add(&rows->signature, rows->key.meta[i].id,
		    (uint32_t)i);
	rows->trust_name = arena_alloc(&rows->objects->arena,
	    (count + 1) * sizeof *rows->trust_name);
	hashmap_init(&rows->trust, 16, trust_name, rows);
	hashmap_init(&rows->public, 16, public_id, rows);
	for (uint32_t i = 0; i < count; i++) {
		const struct nss_object *object = &rows->cert.object[i];
		uint32_t class = class_of(object);

		if (class == CKO_TRUST || class == CKO_NSS_TRUST) {
			rows->trust_name[i] = label_of(rows, object, class);
			hashmap_add(&rows->trust, rows->trust_name[i], i);
		} else if (class == CKO_PUBLIC_KEY) {
			hashmap_add(&rows->public, public_id(rows, i), i);
		}
	}
}

static void
add_cert(struct rows *rows, const struct nss_object *object)
{
	struct nss_objects *to = rows->objects;
	struct nss_cert cert = {
		.der = nss_attr_value(object, CKA_VALUE),
		.nickname = nss_attr_value(object, CKA_LABEL),
		.email = nss_attr_value(object, CKA_NSS_EMAIL),
		.id = nss_attr_value(object, CKA_ID),
	};

	cert.user = cert.id.size != 0 &&
	    hashmap_get(&rows->public, cert.id) != HASHMAP_NONE;
	set_trust(rows, &cert, object);
	MEM_GROW(to->cert, to->certs, to->certs_room);
	to->cert[to->certs++] = cert;
}

static void
add_key(struct rows *rows, const struct nss_object *object)
{
	struct nss_objects *to = rows->objects;
	struct slice extractable = nss_attr_value(object, CKA_EXTRACTABLE);
	struct nss_key key = {
		.type = UINT32_MAX,
		.id = nss_attr_value(object, CKA_ID),
		.label = nss_attr_value(object, CKA_LABEL),
		.public_value = der_strip(nss_attr_value(object, CKA_MODULUS)),
		.unextractable = extractable.size == 1 && *extractable.at == 0,
		.object = *object,
	};

	nss_attr_number(object, CKA_KEY_TYPE, &key.type);
	if (key.public_value.size == 0)
		key.public_value = nss_attr_value(object, CKA_NSS_DB);
	find_signatures(rows, "key", &key.object);
	MEM_GROW(to->key, to->keys, to->keys_room);
	to->key[to->keys++] = key;
}

static void
add_secret(struct rows *rows, const struct nss_object *object)
{
	struct nss_objects *to = rows->objects;

	MEM_GROW(to->secret, to->secrets, to->secrets_room);
	to->secret[to->secrets++] = (struct nss_secret_key){
		.id = nss_attr_value(object, CKA_ID),
		.label = nss_attr_value(object, CKA_LABEL),
	};
}

static void
add_login(struct rows *rows)
{
	struct nss_objects *to = rows->objects;
	uint32_t i = hashmap_get(&rows->signature, slice_of("password"));

	if (i == HASHMAP_NONE)
		return;
	to->initialised = true;
	to->salt = rows->key.meta[i].item1;
	to->check = rows->key.meta[i].item2;
}

static void
add_all(struct rows *rows)
{
	index_rows(rows);
	for (size_t i = 0; i < rows->cert.objects; i++)
		if (class_of(&rows->cert.object[i]) == CKO_CERTIFICATE)
			add_cert(rows, &rows->cert.object[i]);
	for (size_t i = 0; i < rows->key.objects; i++) {
		const struct nss_object *object = &rows->key.object[i];
		uint32_t class = class_of(object);

		if (class == CKO_PRIVATE_KEY)
			add_key(rows, object);
		else if (class == CKO_SECRET_KEY)
			add_secret(rows, object);
	}
	add_login(rows);
	hashmap_release(&rows->signature);
	hashmap_release(&rows->trust);
	hashmap_release(&rows->public);
}

int
nsssql_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *key_file)
{
	struct rows rows = { .objects = objects };
	struct arena *arena = &objects->arena;
	int status = -1;

	if (key_file != NULL && nssrows_read(&rows.key, arena, directory,
		key_file, "nssPrivate") < 0)
		goto out;
	if (cert_file != NULL && nssrows_read(&rows.cert, arena, directory,
		cert_file, "nssPublic") < 0)
		goto out;
	add_all(&rows);
	status = 0;
out:
	nssrows_release(&rows.cert);
	nssrows_release(&rows.key);
	return status;
}
