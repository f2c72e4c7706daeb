/* SPDX-License-Identifier: MIT */
#include "key/nssrows.h"

#include <fcntl.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define VALUE_LIMIT (64 << 20) /* of one cell, in bytes */
#define WAIT_MS 10000	       /* for a server that is writing */
#define WAL_AT 18	       /* of the header: 2 where a WAL is kept */

static const uint32_t column[] = { CKA_CLASS, CKA_LABEL, CKA_VALUE, CKA_ISSUER,
	CKA_SERIAL_NUMBER, CKA_NAME_HASH_ALGORITHM, CKA_KEY_TYPE, CKA_ID,
	CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
	CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT,
	CKA_PUBLIC_KEY_INFO, CKA_PRIME, CKA_SUBPRIME, CKA_BASE, CKA_EXTRACTABLE,
	CKA_EC_PARAMS, CKA_TRUST_SERVER, CKA_TRUST_CLIENT, CKA_TRUST_CODE,
	CKA_TRUST_EMAIL, CKA_HASH_OF_CERTIFICATE, CKA_NSS_EMAIL,
	CKA_NSS_TRUST_SERVER, CKA_NSS_TRUST_CLIENT, CKA_NSS_TRUST_CODE,
	CKA_NSS_TRUST_EMAIL, CKA_NSS_TRUST_STEP_UP, CKA_NSS_CERT_SHA1,
	CKA_NSS_DB };

#define COLUMNS (sizeof column / sizeof *column)

/* What is being read. */
struct reader {
	const struct path *path;
	const char *file; /* for messages */
	sqlite3 *db;
	struct arena *arena;
};

/* -- SQLite --------------------------------------------------------------- */

static int
fail_sql(const struct reader *r)
{
	int code = sqlite3_extended_errcode(r->db);

	if ((code & 0xff) == SQLITE_BUSY)
		return fail("%s: locked: somebody has been writing it for %d s",
		    r->file, WAIT_MS / 1000);
	if (code == SQLITE_READONLY_ROLLBACK)
		return fail("%s: its writer died half way, and the journal "
			    "lies beside: copy both to another directory, "
			    "let certutil -K mend them there, and read that",
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

/* -- rows ----------------------------------------------------------------- */

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
	for (size_t i = 0; i < COLUMNS; i++) {
		snprintf(name, sizeof name, "a%x", column[i]);
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
	struct nss_attr attr[COLUMNS];
	struct nss_object object = {
		.handle = (uint32_t)sqlite3_column_int64(query, 0),
	};

	for (size_t i = 0; i < COLUMNS; i++) {
		struct slice value = cell(r, query, (int)i + 1);

		if (value.at == NULL)
			continue;
		if (slice_is(value, empty))
			value.size = 0;
		attr[object.attrs++] = (struct nss_attr){ .type = column[i],
			.value = value };
	}
	object.attr = arena_alloc(r->arena, object.attrs * sizeof *attr);
	if (object.attrs != 0)
		memcpy(object.attr, attr, object.attrs * sizeof *attr);
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

int
nssrows_read(struct nssrows *rows, struct arena *arena,
    const struct path *directory, const char *file, const char *table)
{
	struct path path;
	struct reader r = { .path = &path, .arena = arena };
	int status = path_find_in(&path, directory, file);

	r.file = path.shown;
	status = status < 0 ? path_fail(&path, "cannot open") :
			      read_rows(rows, &r, table);
	sqlite3_close(r.db);
	reading = NULL;
	path_release(&path);
	return status;
}

void
nssrows_release(struct nssrows *rows)
{
	free(rows->object);
	free(rows->meta);
	*rows = (struct nssrows){ 0 };
}

bool
nssrows_number(const struct nss_object *object, uint32_t type,
    uint32_t *number)
{
	struct slice value = nss_attr_value(object, type);
	const unsigned char *b = (const unsigned char *)value.at;

	if (value.size != 4)
		return false;
	*number = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
	return true;
}
