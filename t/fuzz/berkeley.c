/* SPDX-License-Identifier: MIT */
/*
 * The first byte chooses: a hash file of cert8.db's or key3.db's records, or
 * one such record.  A scan visits each page once at most, so that no byte of
 * the file is in two records; what a record is taken apart into lies in it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>

#include "nss/berkeley.h"
#include "nss/nssdbm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct visits {
	bool keys;
	size_t records, bytes;
	struct slice text;
};

static void
within(struct slice part, struct slice whole)
{
	if (part.at == NULL)
		return;
	assert(part.at >= whole.at);
	assert(part.at + part.size <= whole.at + whole.size);
}

static void
decode_key(struct slice key, struct slice data)
{
	struct dbmrecord_check check;
	struct dbmrecord_key stored;

	if (dbmrecord_key(&stored, data) == 0) {
		uint32_t type = dbmrecord_guess_type(key, stored.blob);

		within(stored.nickname, data);
		within(stored.blob, data);
		assert(type == NSS_RSA || type == NSS_DSA || type == NSS_EC);
		assert(!dbmrecord_is_secret(key) || key.size >= 2);
	}
	if (dbmrecord_check(&check, data) == 0) {
		within(check.salt, data);
		within(check.text, data);
		assert(check.supported || check.salt.at == NULL);
	}
}

static void
decode_cert(struct slice data)
{
	struct dbmrecord_cert cert;
	struct dbmrecord_blob blob;
	struct slice nickname;
	char text[NSS_TRUST_SIZE];

	if (dbmrecord_cert(&cert, data) == 0) {
		struct nss_trust trust = dbmrecord_trust(&cert);

		within(cert.der, data);
		within(cert.nickname, data);
		assert(cert.der.size + cert.nickname.size + 13 <= data.size);
		nss_trust_text(text, &trust, dbmrecord_is_user(&cert));
		assert(strlen(text) < sizeof text);
	}
	if (dbmrecord_subject(&nickname, data) == 0)
		within(nickname, data);
	if (dbmrecord_blob(&blob, data) == 0) {
		assert(dbmrecord_is_blob(data));
		assert(strlen(blob.name) < sizeof blob.name);
		assert(*blob.name == 'b' && strchr(blob.name, '/') == NULL);
		assert(blob.size <= UINT32_MAX);
	}
}

static int
visit(void *arg, const struct berkeley_record *record)
{
	struct visits *v = arg;

	v->records++;
	v->bytes += record->key.size + record->data.size;
	assert(v->bytes <= v->text.size);
	assert(4 * v->records <= v->text.size); /* two words each */
	if (v->keys)
		decode_key(record->key, record->data);
	else
		decode_cert(record->data);
	return 0;
}

/* Why a file is none is of no interest here. */
static void
scan(struct visits *v)
{
	static FILE *null;
	FILE *usual = stderr;
	size_t records;

	if (null == NULL)
		null = fopen("/dev/null", "w");
	stderr = null;
	berkeley_scan("fuzz", v->text, visit, v, &records);
	stderr = usual;
	assert(records == v->records);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct visits v = { .keys = false };

	if (size == 0)
		return 0;
	v.text = (struct slice){ (const char *)data + 1, size - 1 };
	v.keys = (*data & 1) != 0;
	if ((*data & 2) == 0)
		scan(&v);
	else if (v.keys)
		decode_key(v.text, v.text);
	else
		decode_cert(v.text);
	return 0;
}
