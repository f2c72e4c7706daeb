/* SPDX-License-Identifier: MIT */
#include "p12/p12write.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <unistd.h>

#include "asn1/der.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/parallel.h"

#define BLOCK_SIZE 16
#define KEY_SIZE 32 /* of AES-256, and of a MAC by SHA-256 */

/* PBKDF2, but for the classic MAC. */
void
p12seal_work(void *arg, size_t job)
{
	struct p12seal *seal = arg;
	struct p12seal_key *k = &seal->by_use[seal->job[job]];
	/* For PKCS12KDF, none at all is not the empty one. */
	const char *password = seal->password.at != NULL ?
	    seal->password.at : "";
	const int size = (int)seal->password.size;
	const int rounds = (int)seal->rounds;
	int done;

	secret_alloc(&k->key, KEY_SIZE);
	if (k->use == P12SEAL_MAC && !seal->pbmac1)
		done = PKCS12_key_gen_utf8(password, size, k->salt,
		    sizeof k->salt, PKCS12_MAC_ID, rounds, KEY_SIZE,
		    k->key.at, EVP_sha256());
	else
		done = PKCS5_PBKDF2_HMAC(password, size, k->salt,
		    sizeof k->salt, rounds, EVP_sha256(), KEY_SIZE, k->key.at);
	if (done != 1)
		secret_release(&k->key);
}

static int
check_kdf(void)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "PKCS12KDF", NULL);

	EVP_KDF_free(kdf);
	if (kdf != NULL)
		return 0;
	ERR_clear_error();
	return fail("this OpenSSL has no PKCS12KDF, which the classic MAC "
		    "takes (FIPS mode?): --for=fips writes PBMAC1");
}

int
p12seal_begin(struct p12seal *seal, bool keys, bool certs)
{
	const bool wanted[P12SEAL_USES] = { keys, certs, true };

	seal->jobs = 0;
	if (!seal->pbmac1 && check_kdf() < 0)
		return -1;
	for (int use = 0; use < P12SEAL_USES; use++) {
		struct p12seal_key *k = &seal->by_use[use];

		if (!wanted[use])
			continue;
		k->use = (enum p12seal_use)use;
		if (RAND_bytes(k->salt, sizeof k->salt) != 1)
			return fail_crypto("no random numbers");
		seal->job[seal->jobs++] = k->use;
	}
	return 0;
}

int
p12seal_end(const struct p12seal *seal)
{
	for (size_t i = 0; i < seal->jobs; i++)
		if (seal->by_use[seal->job[i]].key.size == 0)
			return fail("cannot derive a key from the password");
	return 0;
}

/* Derive what encrypts keys, certificates, and the MAC's key. */
static int
p12seal_derive(struct p12seal *seal, bool keys, bool certs)
{
	if (p12seal_begin(seal, keys, certs) < 0)
		return -1;
	parallel_run(p12seal_work, seal, seal->jobs, NULL);
	return p12seal_end(seal);
}

void
p12seal_release(struct p12seal *seal)
{
	for (int use = 0; use < P12SEAL_USES; use++)
		secret_release(&seal->by_use[use].key);
}

/* Append an AlgorithmIdentifier. */
static void
add_algorithm(struct secret *to, int nid, int tag, struct slice parameters)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(nid);
	struct secret algorithm = { 0 };

	der_value(&algorithm, DER_OID,
	    (struct slice){ (const char *)OBJ_get0_data(oid),
		OBJ_length(oid) });
	der_value(&algorithm, tag, parameters);
	der_put(to, DER_SEQUENCE, &algorithm);
}

static void
add_digest(struct secret *to, int nid)
{
	add_algorithm(to, nid, DER_NULL, (struct slice){ "", 0 });
}

static struct slice
salt_of(const struct p12seal_key *k)
{
	return (struct slice){ (const char *)k->salt, sizeof k->salt };
}

/* RFC 8018, appendix A.2; RFC 9579 wants the key's length. */
static void
add_kdf(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k)
{
	struct secret parameters = { 0 };

	der_value(&parameters, DER_OCTET_STRING, salt_of(k));
	der_number(&parameters, seal->rounds);
	der_number(&parameters, KEY_SIZE);
	add_digest(&parameters, NID_hmacWithSHA256);
	add_algorithm(to, NID_id_pbkdf2, DER_SEQUENCE,
	    secret_slice(&parameters));
	secret_release(&parameters);
}

static void
add_pbes2(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k, const unsigned char iv[BLOCK_SIZE])
{
	struct secret parameters = { 0 };

	add_kdf(&parameters, seal, k);
	add_algorithm(&parameters, NID_aes_256_cbc, DER_OCTET_STRING,
	    (struct slice){ (const char *)iv, BLOCK_SIZE });
	add_algorithm(to, NID_pbes2, DER_SEQUENCE, secret_slice(&parameters));
	secret_release(&parameters);
}

/* RFC 9579, section 4 */
static void
add_pbmac1(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k)
{
	struct secret parameters = { 0 };

	add_kdf(&parameters, seal, k);
	add_digest(&parameters, NID_hmacWithSHA256);
	add_algorithm(to, NID_pbmac1, DER_SEQUENCE, secret_slice(&parameters));
	secret_release(&parameters);
}

/* text has room for a block more than plain, and is of its size then. */
static int
encrypt(struct secret *text, const struct p12seal_key *k,
    const unsigned char iv[BLOCK_SIZE], struct slice plain)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int size = 0, rest = 0, status = -1;

	if (context != NULL &&
	    EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, k->key.at,
		iv) == 1 &&
	    EVP_EncryptUpdate(context, text->at, &size,
		(const unsigned char *)plain.at, (int)plain.size) == 1 &&
	    EVP_EncryptFinal_ex(context, text->at + size, &rest) == 1)
		status = 0;
	text->size = (size_t)size + (size_t)rest;
	EVP_CIPHER_CTX_free(context);
	return status < 0 ? fail_crypto("cannot encrypt") : 0;
}

/* Append an AlgorithmIdentifier, and under this tag what it makes of plain:
 * AES-256-CBC, with an IV of its own. */
static int
p12seal_encrypt(struct secret *to, const struct p12seal *seal,
    enum p12seal_use use, int tag, struct slice plain)
{
	const struct p12seal_key *k = &seal->by_use[use];
	unsigned char iv[BLOCK_SIZE];
	struct secret text = { 0 };
	int status;

	if (plain.size > INT_MAX - BLOCK_SIZE)
		return fail("more than a bundle can hold");
	if (RAND_bytes(iv, sizeof iv) != 1)
		return fail_crypto("no random numbers");
	secret_alloc(&text, plain.size + BLOCK_SIZE);
	status = encrypt(&text, k, iv, plain);
	if (status == 0) {
		add_pbes2(to, seal, k, iv);
		der_put(to, tag, &text);
	}
	secret_release(&text);
	return status;
}

/*
 * Of PBMAC1, salt and rounds are in the algorithm; JSS repeats the salt here
 * and says 1 [pkcs12 2].  Rounds of 1 are the default, which DER leaves out.
 */
static int
p12seal_mac(struct secret *to, const struct p12seal *seal,
    struct slice content)
{
	const struct p12seal_key *k = &seal->by_use[P12SEAL_MAC];
	const unsigned long rounds = seal->pbmac1 ? 1 : seal->rounds;
	struct secret data = { 0 }, digest = { 0 };
	unsigned char mac[KEY_SIZE];

	if (HMAC(EVP_sha256(), k->key.at, KEY_SIZE,
		(const unsigned char *)content.at, content.size, mac,
		NULL) == NULL)
		return fail_crypto("cannot make a MAC");
	if (seal->pbmac1)
		add_pbmac1(&digest, seal, k);
	else
		add_digest(&digest, NID_sha256);
	der_value(&digest, DER_OCTET_STRING,
	    (struct slice){ (char *)mac, sizeof mac });
	der_put(&data, DER_SEQUENCE, &digest);
	der_value(&data, DER_OCTET_STRING, salt_of(k));
	if (rounds != 1)
		der_number(&data, rounds);
	der_put(to, DER_SEQUENCE, &data);
	return 0;
}

/* jss PKCS12.java, CERT_TRUST_FLAGS_OID: 2.16.840.1.113730.5.1.1.1 */
static const char trust_oid[] = "\x60\x86\x48\x01\x86\xf8\x42\x05\x01\x01\x01";

struct writer {
	const struct p12_item *item;
	size_t items;
	const struct p12seal *seal;
	bool encrypt_certs;
	bool any_key;
	struct hashmap bundled; /* items whose key is written, by key_id */
};

static struct slice
oid_of(int nid)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(nid);

	return (struct slice){ (const char *)OBJ_get0_data(oid),
		OBJ_length(oid) };
}

#define MOST_ATTRIBUTES 3

struct attributes {
	struct secret of[MOST_ATTRIBUTES];
	int count;
};

static void
attribute(struct attributes *to, struct slice oid, int tag, struct slice value)
{
	struct secret set = { 0 }, *whole = &to->of[to->count++];

	der_value(&set, tag, value);
	der_value(whole, DER_OID, oid);
	der_put(whole, DER_SET, &set);
	der_wrap(whole, DER_SEQUENCE);
}

/* UTF-16 with surrogates, which all readers take, and not UCS-2. */
static int
text_attribute(struct attributes *to, struct slice oid, const char *text)
{
	unsigned char *utf16;
	int size;

	if (text == NULL)
		return 0;
	if (OPENSSL_utf82uni(text, (int)strlen(text), &utf16, &size) == NULL)
		return fail_crypto("cannot convert the name '%s'", text);
	size -= 2; /* its NUL */
	attribute(to, oid, DER_BMP_STRING,
	    (struct slice){ (char *)utf16, (size_t)size });
	OPENSSL_free(utf16);
	return 0;
}

/* X.690, 11.6; no encoding is another's beginning. */
static int
compare(const void *p, const void *q)
{
	const struct secret *a = p, *b = q;

	return memcmp(a->at, b->at, a->size < b->size ? a->size : b->size);
}

/* Append the SET, if there is any. */
static void
add_attributes(struct secret *to, struct attributes *from)
{
	struct secret set = { 0 };

	qsort(from->of, (size_t)from->count, sizeof *from->of, compare);
	for (int i = 0; i < from->count; i++)
		der_add(&set, secret_slice(&from->of[i]));
	if (from->count != 0)
		der_put(to, DER_SET, &set);
}

static void
attributes_release(struct attributes *attributes)
{
	while (attributes->count > 0)
		secret_release(&attributes->of[--attributes->count]);
}

/* What says what it is: SEQUENCE { OID, [0] *value, attributes }; *value is
 * empty then. */
static void
add_typed(struct secret *to, int nid, struct secret *value,
    struct attributes *attributes)
{
	struct secret typed = { 0 };

	der_value(&typed, DER_OID, oid_of(nid));
	der_put(&typed, DER_EXPLICIT_0, value);
	if (attributes != NULL)
		add_attributes(&typed, attributes);
	der_put(to, DER_SEQUENCE, &typed);
}

static int
key_bag(struct secret *bag, const struct writer *w,
    const struct p12_item *item)
{
	const char *name = item->key_name != NULL ? item->key_name :
						    item->nickname;
	struct attributes attributes = { 0 };
	struct secret value = { 0 };
	int status = -1;

	if (text_attribute(&attributes, oid_of(NID_friendlyName), name) == 0 &&
	    p12seal_encrypt(&value, w->seal, P12SEAL_KEYS, DER_OCTET_STRING,
		item->pkcs8) == 0) {
		attribute(&attributes, oid_of(NID_localKeyID),
		    DER_OCTET_STRING, item->key_id);
		der_wrap(&value, DER_SEQUENCE);
		add_typed(bag, NID_pkcs8ShroudedKeyBag, &value, &attributes);
		status = 0;
	}
	attributes_release(&attributes);
	secret_release(&value);
	return status;
}

static int
cert_bag(struct secret *bag, const struct writer *w,
    const struct p12_item *item)
{
	const struct slice trust = { trust_oid, sizeof trust_oid - 1 };
	struct attributes attributes = { 0 };
	struct secret value = { 0 }, cert = { 0 };
	int status = -1;

	if (text_attribute(&attributes, oid_of(NID_friendlyName),
		item->nickname) == 0 &&
	    text_attribute(&attributes, trust, item->trust) == 0) {
		if (hashmap_get(&w->bundled, item->key_id) != HASHMAP_NONE)
			attribute(&attributes, oid_of(NID_localKeyID),
			    DER_OCTET_STRING, item->key_id);
		der_value(&cert, DER_OCTET_STRING, item->cert);
		add_typed(&value, NID_x509Certificate, &cert, NULL);
		add_typed(bag, NID_certBag, &value, &attributes);
		status = 0;
	}
	attributes_release(&attributes);
	return status;
}

static struct slice
id_of(const void *arg, uint32_t i)
{
	const struct writer *w = arg;

	return w->item[i].key_id;
}

/* Of the items of one key, the first that has it brings it. */
static int
choose_keys(struct writer *w)
{
	hashmap_init(&w->bundled, w->items, id_of, w);
	for (size_t i = w->items; i-- > 0;) {
		const struct p12_item *item = &w->item[i];

		if (item->pkcs8.size == 0)
			continue;
		if (item->key_id.size == 0)
			return fail("the key of '%s' has no ID",
			    item->nickname != NULL ? item->nickname : "");
		hashmap_put(&w->bundled, item->key_id, (uint32_t)i);
		w->any_key = true;
	}
	return 0;
}

static bool
brings_key(const struct writer *w, size_t i)
{
	return hashmap_get(&w->bundled, w->item[i].key_id) == i;
}

static void
add_data(struct secret *to, struct slice content)
{
	struct secret octets = { 0 };

	der_value(&octets, DER_OCTET_STRING, content);
	add_typed(to, NID_pkcs7_data, &octets, NULL);
}

/* EncryptedData, RFC 5652, section 8 */
static int
add_encrypted_data(struct secret *to, const struct writer *w,
    struct slice content)
{
	struct secret data = { 0 }, info = { 0 };
	int status;

	der_value(&info, DER_OID, oid_of(NID_pkcs7_data));
	status = p12seal_encrypt(&info, w->seal, P12SEAL_CERTS, DER_CONTEXT_0,
	    content);
	der_number(&data, 0);
	der_put(&data, DER_SEQUENCE, &info);
	der_wrap(&data, DER_SEQUENCE);
	add_typed(to, NID_pkcs7_encrypted, &data, NULL);
	return status;
}

/* SafeContents with a bag each of the items that are meant. */
static int
make_safe(struct secret *safe, const struct writer *w, bool of_keys)
{
	struct buf bags = { 0 };
	int status = 0;

	for (size_t i = 0; i < w->items && status == 0; i++) {
		struct secret bag = { 0 };

		if (!of_keys)
			status = cert_bag(&bag, w, &w->item[i]);
		else if (brings_key(w, i))
			status = key_bag(&bag, w, &w->item[i]);
		buf_add(&bags, secret_slice(&bag));
		secret_release(&bag);
	}
	der_value(safe, DER_SEQUENCE, buf_slice(&bags));
	buf_release(&bags);
	return status;
}

static int
add_safes(struct secret *to, const struct writer *w)
{
	struct secret safe = { 0 };
	int status = 0;

	if (w->any_key) {
		status = make_safe(&safe, w, true);
		add_data(to, secret_slice(&safe));
		secret_release(&safe);
	}
	if (status == 0)
		status = make_safe(&safe, w, false);
	if (!w->encrypt_certs)
		add_data(to, secret_slice(&safe));
	else if (status == 0)
		status = add_encrypted_data(to, w, secret_slice(&safe));
	secret_release(&safe);
	return status;
}

/* PFX, RFC 7292, section 4 */
static int
add_pfx(struct buf *out, const struct writer *w)
{
	struct secret safes = { 0 }, pfx = { 0 };
	int status = add_safes(&safes, w);

	der_wrap(&safes, DER_SEQUENCE);
	der_number(&pfx, 3);
	add_data(&pfx, secret_slice(&safes));
	if (status == 0)
		status = p12seal_mac(&pfx, w->seal, secret_slice(&safes));
	der_wrap(&pfx, DER_SEQUENCE);
	if (status == 0)
		buf_add(out, secret_slice(&pfx));
	secret_release(&safes);
	secret_release(&pfx);
	return status;
}

struct p12seal
p12_seal(struct slice password, const struct p12_layout *layout)
{
	return (struct p12seal){ .password = password,
		.rounds = layout->rounds, .pbmac1 = layout->pbmac1 };
}

int
p12_build(struct buf *out, const struct p12_item *item, size_t items,
    struct slice password, const struct p12_layout *layout)
{
	struct p12seal seal = p12_seal(password, layout);
	struct writer w = { .item = item, .items = items,
		.encrypt_certs = layout->encrypt_certs,
		.seal = layout->seal != NULL ? layout->seal : &seal };
	int status = choose_keys(&w);

	if (status == 0 && layout->seal == NULL)
		status = p12seal_derive(&seal, w.any_key, w.encrypt_certs);
	if (status == 0)
		status = add_pfx(out, &w);
	p12seal_release(&seal);
	hashmap_release(&w.bundled);
	return status;
}

bool
p12_fips_file_says(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char first = '0';
	bool fips;

	if (fd < 0)
		return false;
	fips = read(fd, &first, 1) == 1 && first == '1';
	close(fd);
	return fips;
}

bool
p12_system_is_fips(void)
{
	return p12_fips_file_says("/proc/sys/crypto/fips_enabled");
}
