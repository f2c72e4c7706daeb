/* SPDX-License-Identifier: MIT */
#include "nss/nssopen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nss/nssdbm.h"
#include "nss/nsssql.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"

#define MODULES_LIMIT ((size_t)1 << 20)

enum scheme { ANY, SQL, DBM };

/* What a directory holds, and under which names. */
struct files {
	char *cert9, *key4, *cert8, *key3, *blobs;
};

static char *
name_of(const char *prefix, const char *name)
{
	return mem_printf("%s%s", prefix != NULL ? prefix : "", name);
}

static void
drop_missing(const struct path *directory, char **file)
{
	struct stat st;

	if (path_has(directory, *file, &st))
		return;
	free(*file);
	*file = NULL;
}

static void
find_files(struct files *files, const struct path *directory,
    const struct nssopen *where)
{
	const char *cert = where->cert_prefix, *key = where->key_prefix;

	files->cert9 = name_of(cert, "cert9.db");
	files->key4 = name_of(key, "key4.db");
	files->cert8 = name_of(cert, "cert8.db");
	files->key3 = name_of(key, "key3.db");
	files->blobs = name_of(cert, "cert8.dir");
	drop_missing(directory, &files->cert9);
	drop_missing(directory, &files->key4);
	drop_missing(directory, &files->key3);
	drop_missing(directory, &files->cert8);
	if (files->cert8 == NULL) { /* older, but alike */
		files->cert8 = name_of(cert, "cert7.db");
		drop_missing(directory, &files->cert8);
	}
}

static void
free_files(struct files *files)
{
	free(files->cert9);
	free(files->key4);
	free(files->cert8);
	free(files->key3);
	free(files->blobs);
}

/* The scheme before a directory's name, which is taken off. */
static int
take_scheme(const char **directory, enum scheme *scheme)
{
	static const struct {
		const char *prefix;
		enum scheme scheme;
	} schemes[] = { { "sql:", SQL }, { "extern:", SQL }, { "dbm:", DBM } };

	*scheme = ANY;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (!starts_with(*directory, schemes[i].prefix))
			continue;
		*directory += strlen(schemes[i].prefix);
		*scheme = schemes[i].scheme;
		return 0;
	}
	if (starts_with(*directory, "multiaccess:") ||
	    starts_with(*directory, "rdb:"))
		return fail("%s: a database of a kind that is not read",
		    *directory);
	return 0;
}

static int
choose(struct nssdb *db, const struct files *files, enum scheme scheme)
{
	bool sql = files->cert9 != NULL || files->key4 != NULL;
	bool dbm = files->cert8 != NULL || files->key3 != NULL;

	if ((scheme == SQL && !sql) || (scheme == DBM && !dbm) ||
	    (!sql && !dbm))
		return fail("%s: no NSS database here%s", db->directory,
		    scheme == SQL && dbm ? ", but one of the old kind (dbm:)" :
		    scheme == DBM && sql ? ", but one of the new kind (sql:)" :
		    "");
	if (scheme == ANY && sql && dbm)
		say("%s: a database of the old kind is here, too, and is left "
		    "aside (dbm: reads it)", db->directory);
	db->dbm = scheme == DBM || !sql;
	return 0;
}

/* Is one not allowed to open the file?  "cannot open 'FILE': WHAT: reason" */
static bool
is_forbidden(const struct path *directory, const char *file, const char *what)
{
	struct path p;
	int fd = path_find_in(&p, directory, file) == 0 ?
	    path_openat(&p, p.name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0) :
	    -1;
	const bool is = fd < 0 && (errno == EACCES || errno == EPERM);

	if (is && what != NULL)
		fail_errno("cannot open '%s': %s", p.shown, what);
	if (fd >= 0)
		close(fd);
	path_release(&p);
	return is;
}

static int
read_files(struct nssdb *db, const struct path *directory,
    const struct files *files)
{
	const char *cert = db->dbm ? files->cert8 : files->cert9;
	const char *key = db->dbm ? files->key3 : files->key4;

	/* A trust store may be for all to read, its keys not. */
	if (key != NULL && cert != NULL &&
	    is_forbidden(directory, key, "no keys"))
		key = NULL;
	db->has_cert_file = cert != NULL;
	db->has_key_file = key != NULL;
	return db->dbm ?
	    nssdbm_read(&db->objects, directory, cert, files->blobs, key) :
	    nsssql_read(&db->objects, directory, cert, key);
}

/* The value of "name=value" among the lines of a block of pkcs11.txt. */
static struct slice
setting(struct slice block, const char *name)
{
	size_t size = strlen(name);

	while (block.size != 0) {
		const char *lf = memchr(block.at, '\n', block.size);
		size_t line = lf != NULL ? (size_t)(lf - block.at) : block.size;

		if (line > size && memcmp(block.at, name, size) == 0 &&
		    block.at[size] == '=')
			return (struct slice){ block.at + size + 1,
				line - size - 1 };
		block.at += line + (lf != NULL);
		block.size -= line + (lf != NULL);
	}
	return (struct slice){ NULL, 0 };
}

/* Modules that hold no keys of their own. */
static bool
is_harmless(struct slice library)
{
	static const char *const names[] = { "nssckbi", "p11-kit" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (memmem(library.at, library.size, names[i],
			strlen(names[i])) != NULL)
			return true;
	return false;
}

static void
add_module(struct nssdb *db, struct slice block)
{
	static const char fips[] = "NSS Internal FIPS PKCS #11 Module";
	struct slice library = setting(block, "library");
	struct slice name = setting(block, "name");
	struct slice nss = setting(block, "NSS");

	if (library.size == 0 && (slice_equal(name, slice_of(fips)) ||
	    memmem(nss.at, nss.size, "FIPS", 4) != NULL))
		db->fips = true;
	if (library.size == 0 || is_harmless(library))
		return;
	db->token = mem_realloc(db->token, db->tokens + 1, sizeof *db->token);
	db->token[db->tokens++] = (struct nssdb_token){
		.name = arena_copy(&db->objects.arena, name),
		.module = arena_copy(&db->objects.arena, library),
	};
}

static void
add_modules(struct nssdb *db, struct slice rest)
{
	while (rest.size != 0) {
		const char *end = memmem(rest.at, rest.size, "\n\n", 2);
		size_t block = end != NULL ? (size_t)(end - rest.at) :
					     rest.size;

		add_module(db, (struct slice){ rest.at, block });
		block += end != NULL ? 2 : 0;
		rest.at += block;
		rest.size -= block;
	}
}

/* Nothing is executed of what stands there: a backup's pkcs11.txt is a
 * stranger's. */
static int
read_modules(struct nssdb *db, const struct path *directory)
{
	static const char file[] = "pkcs11.txt";
	struct path p;
	struct stat st;
	size_t size = 0;
	char *text = NULL;
	int status;

	if (db->dbm || !path_has(directory, file, &st) ||
	    is_forbidden(directory, file, NULL))
		return 0;
	if (path_find_in(&p, directory, file) < 0)
		status = path_fail(&p, "cannot open");
	else
		status = slurp_stable(&p, MODULES_LIMIT, &text, &size);
	if (status == 0)
		add_modules(db, (struct slice){ text, size });
	free(text);
	path_release(&p);
	return status;
}

/* NSS logs in without being asked where the password is empty: then it is by
 * private keys, not public ones, that certificates are the user's. */
static void
login_without_password(struct nssdb *db)
{
	struct pbe check;

	if (!db->objects.initialised)
		return;
	if (db->dbm ? db->objects.check_rounds != 1 :
	    (pbe_parse(&check, db->objects.check) != PBE_OK ||
		check.rounds != 1))
		return;
	if (nssdb_login(db, (struct slice){ "", 0 }) != NSSDB_IN)
		return;
	db->empty_password = true;
	if (db->dbm)
		return;
	for (size_t i = 0; i < db->objects.certs; i++)
		db->objects.cert[i].user =
		    db->objects.cert[i].id.size != 0 &&
		    nssdb_find_key(db, db->objects.cert[i].id) != NULL;
}

/* All that is read of the directory, which is opened once. */
static int
read_directory(struct nssdb *db, const struct nssopen *where,
    enum scheme scheme)
{
	struct path directory;
	struct files files;
	int status;

	if (path_find_directory(&directory, db->directory) < 0) {
		status = errno == ENOTDIR && path_exists(db->directory) ?
		    fail("%s: not a directory", db->directory) :
		    path_fail(&directory, "cannot open");
	} else {
		find_files(&files, &directory, where);
		status = choose(db, &files, scheme);
		if (status == 0)
			status = read_files(db, &directory, &files);
		if (status == 0)
			status = read_modules(db, &directory);
		free_files(&files);
	}
	path_release(&directory);
	return status;
}

struct nssdb *
nssopen(const struct nssopen *where)
{
	struct nssdb *db = mem_zalloc(1, sizeof *db);
	const char *directory = where->directory;
	enum scheme scheme;
	int status = take_scheme(&directory, &scheme);

	db->most_rounds = where->most_rounds;
	db->directory = mem_dup(directory, strlen(directory));
	if (status == 0)
		status = read_directory(db, where, scheme);
	if (status < 0) {
		nssdb_free(db);
		return NULL;
	}
	nssdb_index(db);
	login_without_password(db);
	return db;
}

struct slice
nsscerts_name(const struct nsscerts_item *item)
{
	return item->object->nickname.size != 0 ? item->object->nickname :
						  item->object->email;
}

static bool
is_valid(const struct cert *cert, int64_t now)
{
	return cert->not_before <= now && now <= cert->not_after;
}

static bool
is_trusted(const struct nss_cert *cert)
{
	for (int use = 0; use < NSS_USES; use++)
		if (cert->trust.level[use] == NSS_TRUSTED_PEER ||
		    cert->trust.level[use] == NSS_TRUSTED_CA)
			return true;
	return false;
}

/* Newer by both dates; where they disagree, by when it starts, unless it has
 * run out (nssCertificateArray_FindBestCertificate). */
static bool
is_newer(const struct cert *a, const struct cert *b, int64_t now)
{
	bool starts = a->not_before > b->not_before;
	bool ends = a->not_after > b->not_after;

	if (starts == ends)
		return starts;
	if (starts)
		return a->not_after >= now;
	return b->not_after < now;
}

static bool
is_better(const struct nsscerts_item *a, const struct nsscerts_item *b,
    int64_t now)
{
	bool valid = is_valid(&a->cert, now);

	if (a->readable != b->readable)
		return a->readable;
	if (!a->readable)
		return false;
	if (valid != is_valid(&b->cert, now))
		return valid;
	if (is_trusted(a->object) != is_trusted(b->object))
		return is_trusted(a->object);
	return is_newer(&a->cert, &b->cert, now);
}

static struct slice
nickname_of(const void *arg, uint32_t i)
{
	return nsscerts_name(&((const struct nsscerts *)arg)->item[i]);
}

/* Certificates without a name are each their own. */
static void
choose_current(struct nsscerts *certs, int64_t now)
{
	struct hashmap best;

	hashmap_init(&best, certs->count, nickname_of, certs);
	for (uint32_t i = 0; i < certs->count; i++) {
		struct nsscerts_item *item = &certs->item[i];
		uint32_t other = hashmap_get(&best, nsscerts_name(item));

		item->current = true;
		if (nsscerts_name(item).size == 0)
			continue;
		if (other != HASHMAP_NONE) {
			item->current = is_better(item, &certs->item[other],
			    now);
			certs->item[other].current = !item->current;
		}
		if (item->current)
			hashmap_put(&best, nsscerts_name(item), i);
	}
	hashmap_release(&best);
}

void
nsscerts_load(struct nsscerts *certs, const struct nssdb *db, int64_t now)
{
	certs->count = db->objects.certs;
	certs->item = mem_zalloc(certs->count + 1, sizeof *certs->item);
	for (size_t i = 0; i < certs->count; i++) {
		struct nsscerts_item *item = &certs->item[i];
		struct slice id = { NULL, 0 };

		item->object = &db->objects.cert[i];
		item->readable = cert_parse(&item->cert,
		    item->object->der) == 0;
		if (!item->readable)
			say("%s: this is no certificate: '%.*s'",
			    db->directory, SLICE_ARG(nsscerts_name(item)));
		else if (item->cert.has_key_id)
			id = (struct slice){ (char *)item->cert.key_id,
				sizeof item->cert.key_id };
		item->key = nssdb_key_of(db, item->object, id);
	}
	choose_current(certs, now);
}

const struct nsscerts_item *
nsscerts_of_key(const struct nsscerts *certs, const struct nss_key *key)
{
	const struct nsscerts_item *found = NULL;

	for (size_t i = 0; i < certs->count; i++) {
		const struct nsscerts_item *item = &certs->item[i];

		if (item->key != key)
			continue;
		if (item->current)
			return item;
		if (found == NULL)
			found = item;
	}
	return found;
}

const struct nsscerts_item *
nsscerts_issuer(const struct nsscerts *certs, const struct nsscerts_item *item)
{
	const struct nsscerts_item *found = NULL;

	if (!item->readable)
		return NULL;
	for (size_t i = 0; i < certs->count; i++) {
		const struct nsscerts_item *other = &certs->item[i];

		if (!other->readable ||
		    strcmp(other->cert.subject, item->cert.issuer) != 0 ||
		    !cert_issued(&other->cert, &item->cert))
			continue;
		if (other->current)
			return other;
		if (found == NULL)
			found = other;
	}
	return found;
}

void
nsscerts_release(struct nsscerts *certs)
{
	for (size_t i = 0; i < certs->count; i++)
		cert_release(&certs->item[i].cert);
	free(certs->item);
	*certs = (struct nsscerts){ 0 };
}
