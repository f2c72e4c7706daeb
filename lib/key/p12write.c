/* SPDX-License-Identifier: MIT */
#include "key/p12write.h"

#include <fcntl.h>
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <unistd.h>

#include "key/crypto.h"
#include "key/der.h"
#include "util/bytemap.h"
#include "util/diag.h"

/* Tags that der.h has no names for */
#define EXPLICIT_0 (V_ASN1_CONTEXT_SPECIFIC | V_ASN1_CONSTRUCTED)
#define IMPLICIT_0 V_ASN1_CONTEXT_SPECIFIC

/* jss PKCS12.java, CERT_TRUST_FLAGS_OID: 2.16.840.1.113730.5.1.1.1 */
static const char trust_oid[] = "\x60\x86\x48\x01\x86\xf8\x42\x05\x01\x01\x01";

struct writer {
	const struct p12_item *item;
	size_t items;
	const struct p12seal *seal;
	bool encrypt_certs;
	bool any_key;
	struct bytemap bundled; /* items whose key is written, by key_id */
};

static struct slice
oid_of(int nid)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(nid);

	return (struct slice){ (const char *)OBJ_get0_data(oid),
		OBJ_length(oid) };
}

/* -- attributes ------------------------------------------------------------ */

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
	der_value(whole, V_ASN1_OBJECT, oid);
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
	attribute(to, oid, V_ASN1_BMPSTRING,
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

/* -- bags ------------------------------------------------------------------ */

/* What says what it is: SEQUENCE { OID, [0] *value, attributes }; *value is
 * empty then. */
static void
add_typed(struct secret *to, int nid, struct secret *value,
    struct attributes *attributes)
{
	struct secret typed = { 0 };

	der_value(&typed, V_ASN1_OBJECT, oid_of(nid));
	der_put(&typed, EXPLICIT_0, value);
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
		if (bytemap_get(&w->bundled, item->key_id) != BYTEMAP_NONE)
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
	bytemap_init(&w->bundled, w->items, id_of, w);
	for (size_t i = w->items; i-- > 0;) {
		const struct p12_item *item = &w->item[i];

		if (item->pkcs8.size == 0)
			continue;
		if (item->key_id.size == 0)
			return fail("the key of '%s' has no ID",
			    item->nickname != NULL ? item->nickname : "");
		bytemap_put(&w->bundled, item->key_id, (uint32_t)i);
		w->any_key = true;
	}
	return 0;
}

static bool
brings_key(const struct writer *w, size_t i)
{
	return bytemap_get(&w->bundled, w->item[i].key_id) == i;
}

/* -- safes, and the whole -------------------------------------------------- */

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

	der_value(&info, V_ASN1_OBJECT, oid_of(NID_pkcs7_data));
	status = p12seal_encrypt(&info, w->seal, P12SEAL_CERTS, IMPLICIT_0,
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
	bytemap_release(&w.bundled);
	return status;
}

/* -- FIPS ------------------------------------------------------------------ */

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
