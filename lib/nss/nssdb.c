/* SPDX-License-Identifier: MIT */
#include "nss/nssdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nss/nssdbm.h"
#include "nss/nsssql.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"

void
nssdb_free(struct nssdb *db)
{
	if (db == NULL)
		return;
	pbe_key_release(&db->pass);
	hashmap_release(&db->by_id);
	nss_objects_release(&db->objects);
	free(db->token);
	free(db->directory);
	free(db);
}

const char *
nssdb_token_name(const struct nssdb *db)
{
	return db->fips ? "NSS FIPS 140-2 Certificate DB" :
			  "NSS Certificate DB";
}

/* The record that checks the password [nssdb 4.3, 16]. */
static enum pbe_result
password_check(struct pbe *check, const struct nssdb *db)
{
	const struct nss_objects *objects = &db->objects;

	if (!db->dbm)
		return pbe_parse(check, objects->check);
	*check = pbe_nss_3des(objects->check_salt, objects->check_rounds,
	    objects->check_text);
	return PBE_OK;
}

static enum nssdb_login
fail_login(const struct nssdb *db, enum pbe_result result,
    const struct pbe *check)
{
	char oid[PBE_NAME_SIZE];

	pbe_oid_text(check, oid);
	if (result == PBE_UNKNOWN)
		fail("%s: the password's record: not supported: %s",
		    db->directory, oid);
	else if (result == PBE_ROUNDS)
		fail("%s: the password's record asks for more than %lu rounds "
		     "(see --max-rounds)", db->directory, db->most_rounds);
	else if (result == PBE_FAILED)
		fail("%s: OpenSSL does not do the password's algorithm here "
		     "(FIPS?)", db->directory);
	else
		fail("%s: the password's record is damaged", db->directory);
	return NSSDB_TROUBLE;
}

enum nssdb_login
nssdb_login(struct nssdb *db, struct slice password)
{
	static const char right[] = "password-check";
	struct secret plain = { 0 };
	enum pbe_result result;
	struct pbe_key key;
	struct pbe check;

	if (db->logged_in)
		return NSSDB_IN;
	if (!db->objects.initialised)
		return NSSDB_NO_KEYS;
	result = password_check(&check, db);
	if (result != PBE_OK)
		return fail_login(db, result, &check);
	pbe_key_init(&key, db->objects.salt, password, db->most_rounds);
	result = pbe_decrypt(&check, &key, &plain);
	if (result == PBE_OK &&
	    slice_equal(secret_slice(&plain), slice_of(right))) {
		db->pass = key;
		db->logged_in = true;
	} else {
		pbe_key_release(&key);
	}
	secret_release(&plain);
	if (db->logged_in)
		return NSSDB_IN;
	return result == PBE_OK || result == PBE_WRONG ?
	    NSSDB_WRONG : fail_login(db, result, &check);
}

static struct slice
key_id(const void *arg, uint32_t i)
{
	return ((const struct nssdb *)arg)->objects.key[i].id;
}

const struct nss_key *
nssdb_find_key(const struct nssdb *db, struct slice id)
{
	uint32_t i = hashmap_get(&db->by_id, id);

	return i == HASHMAP_NONE ? NULL : &db->objects.key[i];
}

static void
index_keys(struct nssdb *db)
{
	hashmap_init(&db->by_id, db->objects.keys, key_id, db);
	for (size_t i = 0; i < db->objects.keys; i++) {
		struct slice id = db->objects.key[i].id;

		if (nssdb_find_key(db, id) == NULL)
			hashmap_put(&db->by_id, id, (uint32_t)i);
	}
}

const struct nss_key *
nssdb_key_of(const struct nssdb *db, const struct nss_cert *cert,
    struct slice public_id)
{
	const struct nss_key *key = cert->id.size != 0 ?
	    nssdb_find_key(db, cert->id) : NULL;

	return key != NULL || public_id.size == 0 ?
	    key : nssdb_find_key(db, public_id);
}

static enum privkey_result
result_of(enum pbe_result result)
{
	static const enum privkey_result results[] = {
		[PBE_OK] = PRIVKEY_OK,
		[PBE_WRONG] = PRIVKEY_WRONG,
		[PBE_BAD] = PRIVKEY_BAD,
		[PBE_UNKNOWN] = PRIVKEY_UNSUPPORTED,
		[PBE_UNSAFE] = PRIVKEY_BAD,
		[PBE_ROUNDS] = PRIVKEY_ROUNDS,
		[PBE_NO_KDF] = PRIVKEY_BAD,
		[PBE_FAILED] = PRIVKEY_BAD,
	};

	return results[result];
}

static enum privkey_result
decrypt(const struct nssdb *db, struct slice blob, struct secret *plain)
{
	struct pbe pbe;
	enum pbe_result result;

	if (blob.size == 0)
		return PRIVKEY_BAD;
	result = pbe_parse(&pbe, blob);
	return result_of(result == PBE_OK ?
	    pbe_decrypt(&pbe, &db->pass, plain) : result);
}

static enum privkey_result
sql_key(const struct nssdb *db, const struct nss_key *key,
    struct secret *pkcs8)
{
	const struct keytype *row = keytype_of(key);
	struct privkey parts = { .type = key->type,
		.public_value = key->public_value };
	struct secret plain[KEYTYPE_PARTS] = { 0 };
	enum privkey_result result = row->build != NULL ?
	    PRIVKEY_OK : PRIVKEY_UNSUPPORTED;

	for (int i = 0; i < KEYTYPE_PARTS && row->part[i].attribute != 0 &&
	    result == PRIVKEY_OK; i++) {
		struct slice value = nss_attr_value(&key->object,
		    row->part[i].attribute);

		if (row->part[i].encrypted) {
			result = decrypt(db, value, &plain[i]);
			value = secret_slice(&plain[i]);
		}
		memcpy((char *)&parts + row->part[i].member, &value,
		    sizeof value);
	}
	if (result == PRIVKEY_OK)
		result = privkey_build(pkcs8, &parts);
	for (int i = 0; i < KEYTYPE_PARTS; i++)
		secret_release(&plain[i]);
	return result;
}

enum privkey_result
nssdb_private_key(const struct nssdb *db, const struct nss_key *key,
    struct secret *pkcs8)
{
	struct secret stored = { 0 };
	enum privkey_result result;

	if (!db->logged_in)
		return PRIVKEY_BAD;
	if (!db->dbm)
		return sql_key(db, key, pkcs8);
	result = decrypt(db, key->blob, &stored);
	if (result == PRIVKEY_OK)
		result = dbmkey_build(pkcs8, &stored, key->public_value);
	secret_release(&stored);
	return result;
}

static enum nssdb_signed
worse(enum nssdb_signed a, enum nssdb_signed b)
{
	static const int rank[] = {
		[NSSDB_NOTHING_TO_SIGN] = 0,
		[NSSDB_SIGNED] = 1,
		[NSSDB_SIGNATURE_MISSING] = 2,
		[NSSDB_SIGNATURE_UNREADABLE] = 3,
		[NSSDB_SIGNATURE_BAD] = 4,
	};

	return rank[a] > rank[b] ? a : b;
}

static enum nssdb_signed
verify_row(const struct nssdb *db, struct slice row, uint32_t handle,
    uint32_t type, struct slice data)
{
	struct pbe mac;
	enum pbe_result result;

	if (row.at == NULL)
		return NSSDB_SIGNATURE_MISSING;
	result = pbe_parse(&mac, row);
	if (result == PBE_OK)
		result = pbe_verify(&mac, &db->pass, handle, type, data);
	if (result == PBE_OK)
		return NSSDB_SIGNED;
	return result == PBE_WRONG || result == PBE_BAD ?
	    NSSDB_SIGNATURE_BAD : NSSDB_SIGNATURE_UNREADABLE;
}

/* Either row will do: a stale one may stay under the right name [nssdb 6]. */
static enum nssdb_signed
verify(const struct nssdb *db, const struct nss_attr *attr, uint32_t handle,
    struct slice data)
{
	enum nssdb_signed first = verify_row(db, attr->signature, handle,
	    attr->type, data);
	enum nssdb_signed second;

	if (first == NSSDB_SIGNED || attr->misfiled.at == NULL)
		return first;
	second = verify_row(db, attr->misfiled, handle, attr->type, data);
	return second == NSSDB_SIGNED || first == NSSDB_SIGNATURE_MISSING ?
	    second : first;
}

/* NSS before 3.34 signed a CK_ULONG as the host had it (bug 1405522). */
static enum nssdb_signed
verify_number(const struct nssdb *db, const struct nss_attr *attr,
    uint32_t handle)
{
	enum nssdb_signed result = verify(db, attr, handle, attr->value);
	char le[8] = { 0 }, be[8] = { 0 };

	if (result != NSSDB_SIGNATURE_BAD || attr->value.size != 4)
		return result;
	for (int i = 0; i < 4; i++) {
		le[i] = attr->value.at[3 - i];
		be[4 + i] = attr->value.at[i];
	}
	if (verify(db, attr, handle, (struct slice){ le, 8 }) == NSSDB_SIGNED ||
	    verify(db, attr, handle, (struct slice){ le, 4 }) == NSSDB_SIGNED ||
	    verify(db, attr, handle, (struct slice){ be, 8 }) == NSSDB_SIGNED)
		return NSSDB_SIGNED;
	return result;
}

enum nssdb_signed
nssdb_verify_trust(const struct nssdb *db, const struct nss_cert *cert)
{
	/* What an attribute says that is not there needs no signature. */
	static const uint32_t unset[] = { 0xce534355, 0 };
	static const uint32_t numbers[] = { CKA_NSS_TRUST_SERVER,
		CKA_NSS_TRUST_CLIENT, CKA_NSS_TRUST_CODE, CKA_NSS_TRUST_EMAIL,
		CKA_TRUST_SERVER, CKA_TRUST_CLIENT, CKA_TRUST_CODE,
		CKA_TRUST_EMAIL };
	static const uint32_t hashes[] = { CKA_NSS_CERT_SHA1,
		CKA_HASH_OF_CERTIFICATE };
	const struct nss_object *object = cert->trust_object;
	enum nssdb_signed result = NSSDB_NOTHING_TO_SIGN;
	uint32_t value;

	if (object == NULL || db->dbm)
		return result;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (nss_attr_number(object, numbers[i], &value) &&
		    value != unset[0] && value != unset[1])
			result = worse(result, verify_number(db,
			    nss_attr_find(object, numbers[i]),
			    object->handle));
	if (result == NSSDB_NOTHING_TO_SIGN)
		return result;
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		const struct nss_attr *attr = nss_attr_find(object, hashes[i]);

		if (attr != NULL)
			result = worse(result, verify(db, attr, object->handle,
			    attr->value));
	}
	return result;
}

enum nssdb_signed
nssdb_verify_key(const struct nssdb *db, const struct nss_key *key)
{
	static const uint32_t plain[] = { CKA_MODULUS, CKA_PUBLIC_EXPONENT };
	static const uint32_t hidden[] = { CKA_VALUE, CKA_PRIVATE_EXPONENT,
		CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	enum nssdb_signed result = NSSDB_NOTHING_TO_SIGN;

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		const struct nss_attr *attr = nss_attr_find(&key->object,
		    plain[i]);

		if (attr != NULL && !db->dbm)
			result = worse(result, verify(db, attr,
			    key->object.handle, attr->value));
	}
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		const struct nss_attr *attr = nss_attr_find(&key->object,
		    hidden[i]);
		struct secret value = { 0 };
		struct pbe pbe;

		if (attr == NULL || db->dbm ||
		    pbe_parse(&pbe, attr->value) != PBE_OK ||
		    pbe.kdf == PBE_NSS) /* which NSS does not sign */
			continue;
		if (pbe_decrypt(&pbe, &db->pass, &value) != PBE_OK)
			result = NSSDB_SIGNATURE_BAD;
		else
			result = worse(result, verify(db, attr, 0,
			    secret_slice(&value)));
		secret_release(&value);
	}
	return result;
}

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
		const struct slice line = slice_cut(&block, '\n');

		if (line.size > size && memcmp(line.at, name, size) == 0 &&
		    line.at[size] == '=')
			return (struct slice){ line.at + size + 1,
				line.size - size - 1 };
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
	int status = -1;

	if (path_find_directory(&directory, db->directory) < 0) {
		if (errno == ENOTDIR && path_exists(db->directory))
			fail("%s: not a directory", db->directory);
		else
			path_fail(&directory, "cannot open");
		goto out;
	}
	find_files(&files, &directory, where);
	if (choose(db, &files, scheme) == 0 &&
	    read_files(db, &directory, &files) == 0)
		status = read_modules(db, &directory);
	free_files(&files);
out:
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
	index_keys(db);
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
