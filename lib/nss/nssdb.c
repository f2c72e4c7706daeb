/* SPDX-License-Identifier: MIT */
#include "nss/nssdb.h"

#include <stdlib.h>

#include "util/diag.h"

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

void
nssdb_index(struct nssdb *db)
{
	hashmap_init(&db->by_id, db->objects.keys, key_id, db);
	for (size_t i = 0; i < db->objects.keys; i++) {
		struct slice id = db->objects.key[i].id;

		if (nssdb_find_key(db, id) == NULL)
			hashmap_put(&db->by_id, id, (uint32_t)i);
	}
}

const struct nss_key *
nssdb_find_key(const struct nssdb *db, struct slice id)
{
	uint32_t i = hashmap_get(&db->by_id, id);

	return i == HASHMAP_NONE ? NULL : &db->objects.key[i];
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
