/* SPDX-License-Identifier: MIT */
#include "key/nsssql.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "key/nssrows.h"
#include "util/buf.h"
#include "util/bytemap.h"
#include "util/mem.h"

#define MISFILED 0xc0000000u /* bug 1720226: rows under this | handle */

/* What the two files hold, and where to find it. */
struct rows {
	struct nss_objects *objects;
	struct nssrows cert, key;
	struct bytemap signature; /* rows of key.meta, by ID */
	struct bytemap trust;	  /* objects of cert, by issuer and serial */
	struct slice *trust_name;
	struct bytemap public;	  /* objects of cert: public keys, by CKA_ID */
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

	nssrows_number(object, CKA_CLASS, &class);
	return class;
}

/* -- signatures ------------------------------------------------------------ */

static struct slice
signature_row(const struct rows *rows, const char *file, uint32_t handle,
    uint32_t type)
{
	char name[64];
	uint32_t i;

	snprintf(name, sizeof name, "sig_%s_%08x_%08x", file, handle, type);
	i = bytemap_get(&rows->signature, slice_of(name));
	return i == BYTEMAP_NONE ? (struct slice){ NULL, 0 } :
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

/* -- trust ----------------------------------------------------------------- */

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
		if (nssrows_number(object, attr[use], &value))
			trust.level[use] = level_of(value);
	return trust;
}

static const EVP_MD *
digest_of(const struct nss_object *object)
{
	uint32_t mechanism;

	if (class_of(object) != CKO_TRUST)
		return EVP_sha1();
	if (!nssrows_number(object, CKA_NAME_HASH_ALGORITHM, &mechanism))
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
	    slice_is(hash, (struct slice){ (char *)digest, size });
}

/* Issuer and serial, and first which kind of trust object. */
static struct slice
name_of(struct rows *rows, const struct nss_object *object, uint32_t class)
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
	uint32_t i = bytemap_get(&rows->trust, name_of(rows, object, class));
	const struct nss_object *found;

	if (i == BYTEMAP_NONE)
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

/* -- objects --------------------------------------------------------------- */

/* The first of two objects counts, as for NSS. */
static void
put_first(struct bytemap *map, struct slice key, uint32_t number)
{
	if (bytemap_get(map, key) == BYTEMAP_NONE)
		bytemap_put(map, key, number);
}

static void
index_rows(struct rows *rows)
{
	size_t count = rows->cert.objects;

	bytemap_init(&rows->signature, rows->key.metas, meta_id, rows);
	for (size_t i = 0; i < rows->key.metas; i++)
		put_first(&rows->signature, rows->key.meta[i].id, (uint32_t)i);
	rows->trust_name = arena_alloc(&rows->objects->arena,
	    (count + 1) * sizeof *rows->trust_name);
	bytemap_init(&rows->trust, 16, trust_name, rows);
	bytemap_init(&rows->public, 16, public_id, rows);
	for (uint32_t i = 0; i < count; i++) {
		const struct nss_object *object = &rows->cert.object[i];
		uint32_t class = class_of(object);

		if (class == CKO_TRUST || class == CKO_NSS_TRUST) {
			rows->trust_name[i] = name_of(rows, object, class);
			put_first(&rows->trust, rows->trust_name[i], i);
		} else if (class == CKO_PUBLIC_KEY) {
			put_first(&rows->public, public_id(rows, i), i);
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
	    bytemap_get(&rows->public, cert.id) != BYTEMAP_NONE;
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
		.public_value = nss_attr_value(object, CKA_MODULUS),
		.unextractable = extractable.size == 1 && *extractable.at == 0,
		.object = *object,
	};

	nssrows_number(object, CKA_KEY_TYPE, &key.type);
	if (key.public_value.size == 0)
		key.public_value = nss_attr_value(object, CKA_NSS_DB);
	while (key.type == NSS_RSA && key.public_value.size != 0 &&
	    *key.public_value.at == 0) {
		key.public_value.at++;
		key.public_value.size--;
	}
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
	uint32_t i = bytemap_get(&rows->signature, slice_of("password"));

	if (i == BYTEMAP_NONE)
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
	bytemap_release(&rows->signature);
	bytemap_release(&rows->trust);
	bytemap_release(&rows->public);
}

int
nsssql_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *key_file)
{
	struct rows rows = { .objects = objects };
	struct arena *arena = &objects->arena;
	int status = 0;

	if (key_file != NULL)
		status = nssrows_read(&rows.key, arena, directory, key_file,
		    "nssPrivate");
	if (status == 0 && cert_file != NULL)
		status = nssrows_read(&rows.cert, arena, directory,
		    cert_file, "nssPublic");
	if (status == 0)
		add_all(&rows);
	nssrows_release(&rows.cert);
	nssrows_release(&rows.key);
	return status;
}
