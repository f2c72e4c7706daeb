/* SPDX-License-Identifier: MIT */
#include "p12/p12write.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <unistd.h>

#include "asn1/der.h"
#include "p12/p12.h"
#include "pbe/pbecrypt.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/parallel.h"

#define BLOCK_SIZE 16

/* SHA-256 for all, and AES-256. */
static struct pbe
describe(const struct p12seal *seal, enum p12seal_use use)
{
	const struct p12seal_key *k = &seal->by_use[use];

	return (struct pbe){
		.kdf = use == P12SEAL_MAC && !seal->pbmac1 ? PBE_PKCS12 :
							     PBE_PBKDF2,
		.salt = { (const char *)k->salt, sizeof k->salt },
		.rounds = seal->rounds, .key_size = 32, .digest = "SHA-256",
		.cipher = use == P12SEAL_MAC ? NULL : "AES-256-CBC",
		.mac = use == P12SEAL_MAC ? "SHA-256" : NULL,
	};
}

void
p12seal_work(void *arg, size_t job)
{
	struct p12seal *seal = arg;
	struct p12seal_key *k = &seal->by_use[seal->job[job]];
	const struct pbe pbe = describe(seal, seal->job[job]);
	/* For PKCS12KDF, none at all is not the empty one. */
	struct slice password = seal->password.at != NULL ?
	    seal->password : slice_of("");

	secret_alloc(&k->key, pbe.key_size);
	if (pbe_derive(&pbe, password, PKCS12_MAC_ID, &k->key) != PBE_OK)
		secret_release(&k->key);
}

static int
check_kdf(void)
{
	return pbe_has_pkcs12_kdf() ? 0 :
	    fail("this OpenSSL has no PKCS12KDF, which the classic MAC "
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
		if (RAND_bytes(k->salt, sizeof k->salt) != 1)
			return fail_crypto("no random numbers");
		seal->job[seal->jobs++] = (enum p12seal_use)use;
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

/* Append an AlgorithmIdentifier, and under this tag what it makes of plain:
 * with an IV of its own. */
static int
p12seal_encrypt(struct secret *to, const struct p12seal *seal,
    enum p12seal_use use, int tag, struct slice plain)
{
	struct pbe pbe = describe(seal, use);
	unsigned char iv[BLOCK_SIZE];
	struct secret text = { 0 };

	if (plain.size > INT_MAX - BLOCK_SIZE)
		return fail("more than a PKCS#12 file can hold");
	if (RAND_bytes(iv, sizeof iv) != 1)
		return fail_crypto("no random numbers");
	pbe.iv = (struct slice){ (char *)iv, sizeof iv };
	if (pbe_encrypt(&pbe, &seal->by_use[use].key, plain, &text) != PBE_OK)
		return fail_crypto("cannot encrypt");
	pbe_put(to, &pbe);
	der_put(to, tag, &text);
	return 0;
}

/*
 * Of PBMAC1, salt and rounds are in the algorithm; JSS repeats the salt here
 * and says 1 [pkcs12 2].  Rounds of 1 are the default, which DER leaves out.
 */
static int
p12seal_mac(struct secret *to, const struct p12seal *seal,
    struct slice content)
{
	const struct pbe pbe = describe(seal, P12SEAL_MAC);
	const unsigned long rounds = seal->pbmac1 ? 1 : seal->rounds;
	struct secret data = { 0 }, digest = { 0 }, mac = { 0 };

	if (pbe_mac(&pbe, &seal->by_use[P12SEAL_MAC].key, content, &mac) !=
	    PBE_OK)
		return fail_crypto("cannot make a MAC");
	pbe_put(&digest, &pbe);
	der_put(&digest, DER_OCTET_STRING, &mac);
	der_put(&data, DER_SEQUENCE, &digest);
	der_value(&data, DER_OCTET_STRING, pbe.salt);
	if (rounds != 1)
		der_number(&data, rounds);
	der_put(to, DER_SEQUENCE, &data);
	return 0;
}

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
	struct attributes attributes = { 0 };
	struct secret value = { 0 }, cert = { 0 };
	int status = -1;

	if (text_attribute(&attributes, oid_of(NID_friendlyName),
		item->nickname) == 0 &&
	    text_attribute(&attributes, slice_of(P12_TRUST_FLAGS),
		item->trust) == 0) {
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
	int status = -1;

	if (w->any_key) {
		if (make_safe(&safe, w, true) < 0)
			goto out;
		add_data(to, secret_slice(&safe));
		secret_release(&safe);
	}
	if (make_safe(&safe, w, false) < 0)
		goto out;
	status = 0;
	if (w->encrypt_certs)
		status = add_encrypted_data(to, w, secret_slice(&safe));
	else
		add_data(to, secret_slice(&safe));
out:
	secret_release(&safe);
	return status;
}

/* PFX, RFC 7292, section 4 */
static int
add_pfx(struct buf *out, const struct writer *w)
{
	struct secret safes = { 0 }, pfx = { 0 };
	int status = -1;

	if (add_safes(&safes, w) < 0)
		goto out;
	der_wrap(&safes, DER_SEQUENCE);
	der_number(&pfx, 3);
	add_data(&pfx, secret_slice(&safes));
	if (p12seal_mac(&pfx, w->seal, secret_slice(&safes)) < 0)
		goto out;
	der_wrap(&pfx, DER_SEQUENCE);
	buf_add(out, secret_slice(&pfx));
	status = 0;
out:
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
	int status = -1;

	if (choose_keys(&w) < 0)
		goto out;
	if (layout->seal == NULL &&
	    p12seal_derive(&seal, w.any_key, w.encrypt_certs) < 0)
		goto out;
	status = add_pfx(out, &w);
out:
	p12seal_release(&seal);
	hashmap_release(&w.bundled);
	return status;
}

bool
p12_system_is_fips(void)
{
	int fd = open("/proc/sys/crypto/fips_enabled", O_RDONLY | O_CLOEXEC);
	char first = '0';
	bool fips;

	if (fd < 0)
		return false;
	fips = read(fd, &first, 1) == 1 && first == '1';
	close(fd);
	return fips;
}
