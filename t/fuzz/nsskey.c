/* SPDX-License-Identifier: MIT */
/*
 * What a database holds of keys and trust, from a stranger: blobs, parts of
 * private keys, trust attributes.  A key that is given out is one that OpenSSL
 * reads, all of it, and that comes out the same when it is built again.
 */
#include <assert.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>

#include "nss/keytype.h"
#include "nss/nssdb.h"
#include "pbe/pbecrypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Take a part off: two bytes of length, and the bytes. */
static struct slice
take(struct slice *rest)
{
	struct slice part = { rest->at, 0 };

	if (rest->size < 2)
		return part;
	part.size = (size_t)((unsigned char)rest->at[0] << 8 |
	    (unsigned char)rest->at[1]);
	if (part.size > rest->size - 2)
		part.size = rest->size - 2;
	part.at += 2;
	rest->at += 2 + part.size;
	rest->size -= 2 + part.size;
	return part;
}

static void
check_blob(struct slice blob)
{
	struct secret plain = { 0 };
	struct pbe_key key;
	struct pbe pbe;

	pbe_key_init(&key, slice_of("salt"), slice_of("password"), 2);
	if (pbe_parse(&pbe, blob) == PBE_OK) {
		assert(pbe.rounds != 0 && pbe.salt.size != 0);
		if (pbe_decrypt(&pbe, &key, &plain) == PBE_OK)
			assert(plain.size < pbe.text.size);
		pbe_verify(&pbe, &key, 1, 2, blob);
	}
	secret_release(&plain);
	pbe_key_release(&key);
}

static void
check_pkcs8(const struct secret *pkcs8)
{
	const unsigned char *at = pkcs8->at;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at,
	    (long)pkcs8->size);

	assert(info != NULL && at == pkcs8->at + pkcs8->size);
	PKCS8_PRIV_KEY_INFO_free(info);
}

static void
check_parts(uint32_t type, struct slice rest)
{
	struct privkey key = { .type = type };
	struct secret pkcs8 = { 0 };

	key.modulus = key.p = key.parameters = take(&rest);
	key.public_exponent = key.q = take(&rest);
	key.private_exponent = key.g = take(&rest);
	key.prime = key.public_value = take(&rest);
	key.value = take(&rest);
	if (privkey_build(&pkcs8, &key) == PRIVKEY_OK)
		check_pkcs8(&pkcs8);
	else
		assert(pkcs8.at == NULL);
	secret_release(&pkcs8);
}

static void
check_stored(struct slice rest)
{
	struct slice point = take(&rest);
	struct secret stored = { 0 }, pkcs8 = { 0 };

	secret_set(&stored, rest);
	if (dbmkey_build(&pkcs8, &stored, point) == PRIVKEY_OK)
		check_pkcs8(&pkcs8);
	secret_release(&stored);
	secret_release(&pkcs8);
}

/* An object of attributes: four bytes of type, and the value. */
static void
check_object(struct slice rest)
{
	struct nss_attr attr[16];
	struct nss_object object = { .attr = attr };
	struct nss_cert cert = { .trust_object = &object };
	struct nssdb db = { .logged_in = true };
	struct nss_key key = { .type = NSS_RSA };
	struct secret pkcs8 = { 0 };
	char text[NSS_TRUST_SIZE];

	while (rest.size >= 6 && object.attrs < 16) {
		struct nss_attr *new = &attr[object.attrs++];

		*new = (struct nss_attr){ .type = (uint32_t)
		    (unsigned char)rest.at[0] << 24 |
		    (uint32_t)(unsigned char)rest.at[1] << 16 |
		    (uint32_t)(unsigned char)rest.at[2] << 8 |
		    (unsigned char)rest.at[3] };
		rest.at += 4;
		rest.size -= 4;
		new->value = take(&rest);
		new->signature = take(&rest);
	}
	for (int use = 0; use < NSS_USES; use++)
		cert.trust.level[use] = (enum nss_level)(rest.size >> use & 3);
	pbe_key_init(&db.pass, slice_of("salt"), slice_of("password"), 2);
	nss_trust_text(text, &cert.trust, true);
	assert(strlen(text) < sizeof text);
	nssdb_verify_trust(&db, &cert);
	key.object = object;
	nssdb_verify_key(&db, &key);
	keytype_bits(&key);
	nssdb_private_key(&db, &key, &pkcs8);
	secret_release(&pkcs8);
	pbe_key_release(&db.pass);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t types[] = { NSS_RSA, NSS_DSA, NSS_EC,
		NSS_EC_EDWARDS, NSS_EC_MONTGOMERY };
	struct slice rest;

	/* Numbers of thousands of bits are slow, and prove nothing more. */
	if (size == 0 || size > 1500)
		return 0;
	rest = (struct slice){ (const char *)data + 1, size - 1 };
	switch (data[0] % 8) {
	case 0:
		check_blob(rest);
		break;
	case 1:
		check_stored(rest);
		break;
	case 2:
		check_object(rest);
		break;
	default:
		check_parts(types[data[0] % 8 - 3], rest);
	}
	assert(ERR_peek_error() == 0);
	return 0;
}
