/* SPDX-License-Identifier: MIT */
#include "nss/nssdbm.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "nss/berkeley.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"
#include "x509/cert.h"
#include "x509/certkey.h"

/* The first byte of a key in cert8.db. */
enum {
	DBM_CERT = 1,	 /* then serial and issuer */
	DBM_SUBJECT = 3, /* then the name */
};

static int
take(struct slice *rest, size_t size, struct slice *part)
{
	if (rest->size < size)
		return -1;
	*part = (struct slice){ rest->at, size };
	rest->at += size;
	rest->size -= size;
	return 0;
}

static int
take_byte(struct slice *rest, unsigned *number)
{
	struct slice b;

	if (take(rest, 1, &b) < 0)
		return -1;
	*number = (unsigned char)*b.at;
	return 0;
}

static int
take_short(struct slice *rest, unsigned *number)
{
	unsigned high, low;

	if (take_byte(rest, &high) < 0 || take_byte(rest, &low) < 0)
		return -1;
	*number = high << 8 | low;
	return 0;
}

/* A text of so many bytes, in which a NUL should be the last. */
static int
take_text(struct slice *rest, size_t size, struct slice *text)
{
	if (take(rest, size, text) < 0)
		return -1;
	if (size != 0)
		text->size = strnlen(text->at, size);
	return 0;
}

static int
take_head(struct slice *rest, unsigned wanted)
{
	unsigned version, type, flags;

	return take_byte(rest, &version) < 0 || take_byte(rest, &type) < 0 ||
		take_byte(rest, &flags) < 0 ||
		(version != 7 && version != 8) || type != wanted ? -1 : 0;
}

int
dbmrecord_cert(struct dbmrecord_cert *cert, struct slice data)
{
	unsigned cert_size, name_size;
	size_t more;

	*cert = (struct dbmrecord_cert){ 0 };
	if (take_head(&data, DBM_CERT) < 0 ||
	    take_short(&data, &cert->server) < 0 ||
	    take_short(&data, &cert->email) < 0 ||
	    take_short(&data, &cert->code) < 0 ||
	    take_short(&data, &cert_size) < 0 ||
	    take_short(&data, &name_size) < 0 ||
	    data.size < cert_size + name_size)
		return -1;
	more = data.size - cert_size - name_size;
	if (more % 65536 != 0) /* what sixteen bits cannot say */
		return -1;
	return take(&data, cert_size + more, &cert->der) < 0 ? -1 :
	    take_text(&data, name_size, &cert->nickname);
}

static enum nss_level
level_of(unsigned flags)
{
	static const struct {
		unsigned flag;
		enum nss_level level;
	} levels[] = { /* the first that is set counts */
		{ CERTDB_TRUSTED_CA, NSS_TRUSTED_CA },
		{ CERTDB_TRUSTED, NSS_TRUSTED_PEER },
		{ CERTDB_MUST_VERIFY, NSS_MUST_VERIFY },
		{ CERTDB_TRUSTED_UNKNOWN, NSS_UNKNOWN },
		{ CERTDB_VALID_CA, NSS_VALID_CA },
		{ CERTDB_TERMINAL, NSS_NOT_TRUSTED },
	};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if ((flags & levels[i].flag) != 0)
			return levels[i].level;
	return NSS_UNKNOWN;
}

struct nss_trust
dbmrecord_trust(const struct dbmrecord_cert *cert)
{
	return (struct nss_trust){ {
	    [NSS_SERVER] = level_of(cert->server),
	    [NSS_CLIENT] = (cert->server & CERTDB_TRUSTED_CLIENT_CA) != 0 ?
		NSS_TRUSTED_CA : NSS_UNKNOWN,
	    [NSS_EMAIL] = level_of(cert->email),
	    [NSS_CODE] = level_of(cert->code),
	} };
}

bool
dbmrecord_is_user(const struct dbmrecord_cert *cert)
{
	return ((cert->server | cert->email | cert->code) & CERTDB_USER) != 0;
}

int
dbmrecord_subject(struct slice *nickname, struct slice data)
{
	unsigned certs, name_size, email_size;

	*nickname = (struct slice){ NULL, 0 };
	return take_head(&data, DBM_SUBJECT) < 0 ||
		take_short(&data, &certs) < 0 ||
		take_short(&data, &name_size) < 0 ||
		take_short(&data, &email_size) < 0 ||
		take_text(&data, name_size, nickname) < 0 ? -1 : 0;
}

/* Version, type, two bytes, size, name. */
#define BLOB_SIZE (8 + DBM_BLOB_NAME_SIZE)
#define BLOB_TYPE 8

bool
dbmrecord_is_blob(struct slice data)
{
	return data.size >= BLOB_SIZE && data.at[1] == BLOB_TYPE;
}

/* 'b' and base64, less the '/'. */
static bool
is_harmless(const char *name)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+-=";

	return *name == 'b' && name[strspn(name, letters)] == '\0';
}

int
dbmrecord_blob(struct dbmrecord_blob *blob, struct slice data)
{
	const unsigned char *b = (const unsigned char *)data.at;

	*blob = (struct dbmrecord_blob){ .size = 0 };
	if (!dbmrecord_is_blob(data))
		return -1;
	blob->size = b[4] | (size_t)b[5] << 8 | (size_t)b[6] << 16 |
	    (size_t)b[7] << 24;
	memcpy(blob->name, data.at + 8, sizeof blob->name);
	return blob->name[sizeof blob->name - 1] == '\0' &&
	    is_harmless(blob->name) ? 0 : -1;
}

/* What all of its records begin with. */
static int
take_key_head(struct slice *rest, struct slice *salt, struct slice *nickname)
{
	unsigned version, salt_size, name_size;

	return take_byte(rest, &version) < 0 ||
		take_byte(rest, &salt_size) < 0 ||
		take_byte(rest, &name_size) < 0 || version != 3 ||
		take(rest, salt_size, salt) < 0 ||
		take_text(rest, name_size, nickname) < 0 ? -1 : 0;
}

int
dbmrecord_key(struct dbmrecord_key *key, struct slice data)
{
	struct slice salt;

	*key = (struct dbmrecord_key){ { NULL, 0 }, { NULL, 0 } };
	if (take_key_head(&data, &salt, &key->nickname) < 0)
		return -1;
	key->blob = data;
	return 0;
}

bool
dbmrecord_is_secret(struct slice name)
{
	if (name.size < 2 || (unsigned char)name.at[0] != 0xf8)
		return false;
	for (size_t i = 1; i + 1 < name.size; i++)
		if (name.at[i] != '\0')
			return false;
	return true;
}

/*
 * In numbers of the public value's length, a key of RSA has nine halves (n, d
 * and five of half the length), of DSA or DH three (p, g, y), and either 114
 * to 162 bytes more: half way between the two, they are apart.
 */
uint32_t
dbmrecord_guess_type(struct slice public_value, struct slice blob)
{
	size_t size = public_value.size;

	if (size % 2 == 1 && size >= 41 && size <= 133 &&
	    *public_value.at == 4)
		return NSS_EC;
	return blob.size >= 15 * size / 4 + 130 ? NSS_RSA : NSS_DSA;
}

/* A count of rounds may follow the salt proper, with the count's length as the
 * last byte; salts of these lengths are told apart by that. */
static void
split_salt(struct dbmrecord_check *check)
{
	static const size_t proper[] = { 20, 28, 32, 48, 64 };
	const unsigned char *at = (const unsigned char *)check->salt.at;
	size_t size = check->salt.size, length, left;

	check->rounds = 1;
	if (size == 0)
		return;
	length = at[size - 1];
	if (length == 0 || length + 1 > size)
		return;
	left = size - length - 1;
	for (size_t i = 0; i < sizeof proper / sizeof *proper; i++) {
		if (left != proper[i])
			continue;
		check->salt.size = left;
		check->rounds = 0;
		for (size_t j = left; j < left + length; j++)
			check->rounds = check->rounds > ULONG_MAX >> 8 ?
			    ULONG_MAX : check->rounds << 8 | at[j];
	}
}

int
dbmrecord_check(struct dbmrecord_check *check, struct slice data)
{
	static const char sha1_3des[] = /* 1.2.840.113549.1.12.5.1.3 */
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x05\x01\x03";
	struct slice nickname, oid;
	unsigned oid_size;

	*check = (struct dbmrecord_check){ .supported = false };
	if (take_key_head(&data, &check->salt, &nickname) < 0 ||
	    take_byte(&data, &oid_size) < 0 ||
	    take(&data, oid_size, &oid) < 0)
		return -1;
	check->supported = slice_equal(oid, slice_of(sha1_3des));
	if (!check->supported) {
		check->salt = (struct slice){ NULL, 0 };
		return 0;
	}
	check->text = data;
	split_salt(check);
	return 0;
}

#define FILE_LIMIT ((size_t)1 << 30)
#define BLOB_LIMIT ((size_t)16 << 20)
#define BLOBS_LIMIT ((size_t)256 << 20) /* of all */

/* Have visit() see all records of a file. */
static int
scan_file(const struct path *file, berkeley_visit *visit, void *arg)
{
	char *text = NULL;
	size_t size = 0;
	int status = slurp_stable(file, FILE_LIMIT, &text, &size);

	if (status == 0)
		status = berkeley_scan(file->shown,
		    (struct slice){ text, size }, visit, arg, NULL);
	free(text);
	return status;
}

static int
fail_record(const char *file, const struct berkeley_record *record,
    const char *what)
{
	return fail("%s: damaged: page %zu: %s", file, record->page, what);
}

struct subject {
	struct slice name, nickname;
};

struct cert8 {
	struct nss_objects *objects;
	const char *file;	    /* for messages */
	const struct path *blobs; /* the directory; NULL: none */
	size_t blob_bytes;
	struct subject *subject;
	size_t subjects, subjects_room;
};

/* No link is followed: what it leads to would be somebody else's file. */
static int
open_blob(const struct cert8 *c, const char *name, const char *shown,
    char **text, size_t *size)
{
	struct path blob = path_beside(c->blobs, name);

	blob.shown = (char *)shown;
	return slurp_stable(&blob, BLOB_LIMIT, text, size);
}

static int
read_blob(struct cert8 *c, const struct dbmrecord_blob *blob,
    const char *shown, char **text)
{
	size_t size = 0;

	if (open_blob(c, blob->name, shown, text, &size) < 0)
		return -1;
	c->blob_bytes += size;
	if (size < blob->size)
		return fail("%s: cut short: %zu of %zu bytes", shown, size,
		    blob->size);
	if (c->blob_bytes > BLOBS_LIMIT)
		return fail("%s: there are more than %zu bytes here",
		    c->blobs->shown, BLOBS_LIMIT);
	return 0;
}

/* The record proper; *text, the caller's to free, is what it is in, if that is
 * not the file. */
static int
find_data(struct cert8 *c, const struct berkeley_record *record, char **text,
    struct slice *data)
{
	struct dbmrecord_blob blob;
	char *shown;
	int status;

	*data = record->data;
	if (!dbmrecord_is_blob(*data))
		return 0;
	if (dbmrecord_blob(&blob, *data) < 0)
		return fail_record(c->file, record,
		    "the name of a file in cert8.dir");
	if (c->blobs == NULL)
		return fail("%s: a record is in a directory beside it",
		    c->file);
	shown = mem_printf("%s/%s", c->blobs->shown, blob.name);
	status = read_blob(c, &blob, shown, text);
	free(shown);
	*data = (struct slice){ *text, blob.size };
	return status;
}

/* What a certificate's key would be called, as far as NSS tells. */
static struct slice
id_of(struct arena *arena, struct slice der)
{
	struct slice id = { NULL, 0 };
	struct cert cert;

	if (cert_parse(&cert, der) < 0)
		return id;
	if (cert.has_key_id)
		id = arena_copy(arena, (struct slice){
		    (const char *)cert.key_id, sizeof cert.key_id });
	cert_release(&cert);
	return id;
}

static int
add_cert(struct cert8 *c, const struct berkeley_record *record,
    struct slice data)
{
	struct nss_objects *to = c->objects;
	struct dbmrecord_cert stored;
	struct nss_cert cert = { .user = false };

	if (dbmrecord_cert(&stored, data) < 0)
		return fail_record(c->file, record, "a certificate's record");
	cert.der = arena_copy(&to->arena, stored.der);
	cert.nickname = arena_copy(&to->arena, stored.nickname);
	cert.trust = dbmrecord_trust(&stored);
	if (dbmrecord_is_user(&stored))
		cert.id = id_of(&to->arena, cert.der);
	MEM_GROW(to->cert, to->certs, to->certs_room);
	to->cert[to->certs++] = cert;
	return 0;
}

static int
add_subject(struct cert8 *c, const struct berkeley_record *record,
    struct slice data)
{
	struct arena *arena = &c->objects->arena;
	struct slice nickname, name = { record->key.at + 1,
		record->key.size - 1 };

	if (dbmrecord_subject(&nickname, data) < 0)
		return fail_record(c->file, record, "a subject's record");
	if (nickname.size == 0)
		return 0;
	MEM_GROW(c->subject, c->subjects, c->subjects_room);
	c->subject[c->subjects++] = (struct subject){
		arena_copy(arena, name), arena_copy(arena, nickname) };
	return 0;
}

static int
visit_cert8(void *arg, const struct berkeley_record *record)
{
	struct cert8 *c = arg;
	int type = record->key.size != 0 ? *record->key.at : 0;
	struct slice data;
	char *text = NULL;
	int status;

	if (type != DBM_CERT && type != DBM_SUBJECT)
		return 0;
	status = find_data(c, record, &text, &data);
	if (status == 0)
		status = type == DBM_CERT ? add_cert(c, record, data) :
					    add_subject(c, record, data);
	free(text);
	return status;
}

static struct slice
subject_name(const void *arg, uint32_t i)
{
	return ((const struct cert8 *)arg)->subject[i].name;
}

/* The address that a certificate is for, in lower case, or none. */
static struct slice
email_of(struct arena *arena, X509 *x509)
{
	STACK_OF(OPENSSL_STRING) *all = X509_get1_email(x509);
	struct slice email = { NULL, 0 };

	if (sk_OPENSSL_STRING_num(all) > 0)
		email = arena_copy(arena,
		    slice_of(sk_OPENSSL_STRING_value(all, 0)));
	for (char *at = (char *)email.at; at != NULL && *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	X509_email_free(all);
	return email;
}

static void
name_cert(const struct cert8 *c, const struct hashmap *subjects,
    struct nss_cert *to)
{
	unsigned char *name = NULL;
	struct cert cert;
	uint32_t found = HASHMAP_NONE;
	int size;

	if (cert_parse(&cert, to->der) < 0)
		return;
	size = i2d_X509_NAME(X509_get_subject_name(cert.x509), &name);
	if (size > 0)
		found = hashmap_get(subjects,
		    (struct slice){ (const char *)name, (size_t)size });
	if (found != HASHMAP_NONE)
		to->nickname = c->subject[found].nickname;
	else
		to->email = email_of(&c->objects->arena, cert.x509);
	OPENSSL_free(name);
	cert_release(&cert);
	ERR_clear_error();
}

static void
name_certs(const struct cert8 *c)
{
	struct hashmap subjects;

	hashmap_init(&subjects, c->subjects, subject_name, c);
	for (size_t i = 0; i < c->subjects; i++)
		hashmap_put(&subjects, c->subject[i].name, (uint32_t)i);
	for (size_t i = 0; i < c->objects->certs; i++)
		if (c->objects->cert[i].nickname.size == 0)
			name_cert(c, &subjects, &c->objects->cert[i]);
	hashmap_release(&subjects);
}

static int
read_certs(struct nss_objects *objects, const struct path *file,
    const struct path *blobs)
{
	struct cert8 c = { .objects = objects, .file = file->shown,
		.blobs = blobs };
	int status = scan_file(file, visit_cert8, &c);

	if (status == 0)
		name_certs(&c);
	free(c.subject);
	return status;
}

struct key3 {
	struct nss_objects *objects;
	const char *file;
	bool has_salt;
};

static int
add_check(struct key3 *k, const struct berkeley_record *record)
{
	struct nss_objects *to = k->objects;
	struct dbmrecord_check check;

	if (dbmrecord_check(&check, record->data) < 0)
		return fail_record(k->file, record, "the password's record");
	if (!check.supported)
		say("%s: the password's record is encrypted in a way that is "
		    "not supported", k->file);
	to->initialised = true;
	to->check_salt = arena_copy(&to->arena, check.salt);
	to->check_text = arena_copy(&to->arena, check.text);
	to->check_rounds = check.rounds;
	return 0;
}

/* What is named rather than a key; 1: it is a key. */
static int
add_named(struct key3 *k, const struct berkeley_record *record)
{
	struct slice key = record->key, data = record->data;

	if (slice_equal(key, slice_of("password-check")))
		return add_check(k, record);
	if (slice_equal(key, slice_of("global-salt"))) {
		k->objects->salt = arena_copy(&k->objects->arena, data);
		k->has_salt = true;
		return 0;
	}
	if (slice_equal(key, slice_of("Version")))
		return data.size == 1 && *data.at == 3 ? 0 :
		    fail("%s: only version 3 of key databases is supported",
			k->file);
	return slice_equal(key, slice_of("fake-password-check")) ? 0 : 1;
}

/* An RSA key's name may have a zero in front, which its ID is made without. */
static void
name_key(struct nss_key *key, struct arena *arena, struct slice name)
{
	unsigned char id[CERTKEY_ID_SIZE];

	while (name.size > 1 && *name.at == '\0') {
		name.at++;
		name.size--;
	}
	key->public_value = arena_copy(arena, name);
	key->id = arena_copy(arena, certkey_id_of(id, name) ?
	    (struct slice){ (const char *)id, sizeof id } : name);
}

static int
visit_key3(void *arg, const struct berkeley_record *record)
{
	struct key3 *k = arg;
	struct nss_objects *to = k->objects;
	struct arena *arena = &to->arena;
	struct dbmrecord_key stored;
	struct nss_key key = { .type = NSS_RSA };
	int status = add_named(k, record);

	if (status <= 0)
		return status;
	if (dbmrecord_key(&stored, record->data) < 0)
		return fail_record(k->file, record, "a key's record");
	if (dbmrecord_is_secret(record->key)) {
		MEM_GROW(to->secret, to->secrets, to->secrets_room);
		to->secret[to->secrets++] = (struct nss_secret_key){
			arena_copy(arena, record->key),
			arena_copy(arena, stored.nickname) };
		return 0;
	}
	name_key(&key, arena, record->key);
	key.label = arena_copy(arena, stored.nickname);
	key.blob = arena_copy(arena, stored.blob);
	key.type = dbmrecord_guess_type(key.public_value, key.blob);
	MEM_GROW(to->key, to->keys, to->keys_room);
	to->key[to->keys++] = key;
	return 0;
}

static int
read_keys(struct nss_objects *objects, const struct path *file)
{
	struct key3 k = { .objects = objects, .file = file->shown };

	if (scan_file(file, visit_key3, &k) < 0)
		return -1;
	if (objects->initialised && !k.has_salt)
		return fail("%s: damaged: the password's salt is missing",
		    file->shown);
	return 0;
}

static struct slice
key_id(const void *arg, uint32_t i)
{
	return ((const struct nss_objects *)arg)->key[i].id;
}

static void
find_users(struct nss_objects *objects)
{
	struct hashmap keys;

	hashmap_init(&keys, objects->keys, key_id, objects);
	for (size_t i = 0; i < objects->keys; i++)
		hashmap_put(&keys, objects->key[i].id, (uint32_t)i);
	for (size_t i = 0; i < objects->certs; i++) {
		struct nss_cert *cert = &objects->cert[i];

		cert->user = cert->id.size != 0 &&
		    hashmap_get(&keys, cert->id) != HASHMAP_NONE;
	}
	hashmap_release(&keys);
}

static int
read_cert_file(struct nss_objects *objects, const struct path *directory,
    const char *name, const char *blobs_name)
{
	char *inside = mem_printf("%s/", blobs_name != NULL ? blobs_name : "");
	struct path file, blobs = { .directory = -1 };
	bool has_blobs = blobs_name != NULL &&
	    path_find_in(&blobs, directory, inside) == 0;
	int status = path_find_in(&file, directory, name) < 0 ?
	    path_fail(&file, "cannot open") :
	    read_certs(objects, &file, has_blobs ? &blobs : NULL);

	path_release(&file);
	path_release(&blobs);
	free(inside);
	return status;
}

static int
read_key_file(struct nss_objects *objects, const struct path *directory,
    const char *name)
{
	struct path file;
	int status = path_find_in(&file, directory, name) < 0 ?
	    path_fail(&file, "cannot open") : read_keys(objects, &file);

	path_release(&file);
	return status;
}

int
nssdbm_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *blobs, const char *key_file)
{
	if (key_file != NULL &&
	    read_key_file(objects, directory, key_file) < 0)
		return -1;
	if (cert_file != NULL &&
	    read_cert_file(objects, directory, cert_file, blobs) < 0)
		return -1;
	find_users(objects);
	return 0;
}
