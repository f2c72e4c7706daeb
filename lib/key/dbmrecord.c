/* SPDX-License-Identifier: MIT */
#include "key/dbmrecord.h"

#include <limits.h>

/* CERTDB_* of certdb.h. */
enum {
	TERMINAL = 0x01,
	TRUSTED = 0x02,
	VALID_CA = 0x08,
	TRUSTED_CA = 0x10,
	USER = 0x40,
	TRUSTED_CLIENT_CA = 0x80,
	MUST_VERIFY = 0x400,
	TRUSTED_UNKNOWN = 0x800,
};

/* -- taking bytes off ----------------------------------------------------- */

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

/* -- cert8.db ------------------------------------------------------------- */

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
		{ TRUSTED_CA, NSS_TRUSTED_CA },
		{ TRUSTED, NSS_TRUSTED_PEER },
		{ MUST_VERIFY, NSS_MUST_VERIFY },
		{ TRUSTED_UNKNOWN, NSS_UNKNOWN },
		{ VALID_CA, NSS_VALID_CA },
		{ TERMINAL, NSS_NOT_TRUSTED },
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
	    [NSS_CLIENT] = (cert->server & TRUSTED_CLIENT_CA) != 0 ?
		NSS_TRUSTED_CA : NSS_UNKNOWN,
	    [NSS_EMAIL] = level_of(cert->email),
	    [NSS_CODE] = level_of(cert->code),
	} };
}

bool
dbmrecord_is_user(const struct dbmrecord_cert *cert)
{
	return ((cert->server | cert->email | cert->code) & USER) != 0;
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

/* -- blobs ---------------------------------------------------------------- */

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

/* -- key3.db -------------------------------------------------------------- */

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
	check->supported = slice_is(oid, slice_of(sha1_3des));
	if (!check->supported) {
		check->salt = (struct slice){ NULL, 0 };
		return 0;
	}
	check->text = data;
	split_salt(check);
	return 0;
}
