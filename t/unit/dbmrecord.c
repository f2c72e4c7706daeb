/* SPDX-License-Identifier: MIT */
/* What is in a record of cert8.db or key3.db, and what is none. */
#include "nss/nssdbm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/mem.h"

#define BYTES(text) ((struct slice){ text, sizeof(text) - 1 })
#define SHA1_3DES "\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x05\x01\x03"
#define TWENTY "twenty bytes of salt"

static void
is(struct slice got, const char *want)
{
	assert_int_equal(got.size, strlen(want));
	if (got.size != 0)
		assert_memory_equal(got.at, want, got.size);
}

/* certutil -t TRUST leaves these flags, and certutil -L prints them so. */
static void
trust(void **state)
{
	static const struct {
		unsigned server, email, code;
		const char *text;
	} row[] = {
		{ 0, 0, 0, ",," },
		{ 0x98, 0x18, 0x18, "CT,C,C" },
		{ 0x80, 0, 0, "T,," },
		{ 0x01, 0x01, 0x01, "p,p,p" },
		{ 0x03, 0x08, 0x03, "P,c,P" },
		{ 0x08, 0x09, 0, "c,c," },
		{ 0x1b, 0x1a, 0x401, "C,C," },
		{ 0x403, 0x801, 0x808, "P,," },
		{ 0x70, 0x40, 0x40, "C,," },
		{ 0x8000, 0xff00, 0xfbff, ",,C" },
	};
	char text[NSS_TRUST_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct dbmrecord_cert cert = { row[i].server,
			row[i].email, row[i].code, { NULL, 0 }, { NULL, 0 } };
		struct nss_trust levels = dbmrecord_trust(&cert);

		nss_trust_text(text, &levels, false);
		assert_string_equal(text, row[i].text);
	}
}

static void
user(void **state)
{
	(void)state;
	for (unsigned bit = 1; bit <= 0x8000; bit *= 2) {
		struct dbmrecord_cert cert = { .server = bit };

		assert_int_equal(dbmrecord_is_user(&cert), bit == 0x40);
		cert = (struct dbmrecord_cert){ .email = bit };
		assert_int_equal(dbmrecord_is_user(&cert), bit == 0x40);
		cert = (struct dbmrecord_cert){ .code = bit };
		assert_int_equal(dbmrecord_is_user(&cert), bit == 0x40);
	}
}

static void
certs(void **state)
{
	static const char record[] =
	    "\x08\x01\0\1\2\3\4\5\6\0\4\0\5" "cert" "name";
	struct dbmrecord_cert cert;
	char *part;

	(void)state;
	assert_int_equal(dbmrecord_cert(&cert,
	    (struct slice){ record, sizeof record }), 0);
	assert_int_equal(cert.server, 0x0102);
	assert_int_equal(cert.email, 0x0304);
	assert_int_equal(cert.code, 0x0506);
	is(cert.der, "cert");
	is(cert.nickname, "name");
	for (size_t size = 0; size < sizeof record; size++) {
		part = mem_dup(record, size);
		assert_int_equal(dbmrecord_cert(&cert,
		    (struct slice){ part, size }), -1);
		free(part);
	}
	/* Version 7 is alike, others are not; a text may lack its NUL. */
	assert_int_equal(dbmrecord_cert(&cert, BYTES(
	    "\x07\x01\0\1\2\3\4\5\6\0\4\0\4" "cert" "name")), 0);
	is(cert.nickname, "name");
	assert_int_equal(dbmrecord_cert(&cert, BYTES(
	    "\x07\x01\0\1\2\3\4\5\6\0\4\0\0" "cert")), 0);
	is(cert.nickname, "");
	assert_int_equal(dbmrecord_cert(&cert, BYTES(
	    "\x06\x01\0\1\2\3\4\5\6\0\4\0\5" "cert" "name")), -1);
}

static void
subjects(void **state)
{
	struct slice nickname;

	(void)state;
	assert_int_equal(dbmrecord_subject(&nickname,
	    BYTES("\x08\x03\0\0\1\0\5\0\0" "name\0" "more")), 0);
	is(nickname, "name");
	assert_int_equal(dbmrecord_subject(&nickname,
	    BYTES("\x08\x03\0\0\1\0\0\0\0")), 0);
	is(nickname, "");
	assert_int_equal(dbmrecord_subject(&nickname,
	    BYTES("\x08\x03\0\0\1\0\5\0\0" "name")), -1);
	assert_int_equal(dbmrecord_subject(&nickname,
	    BYTES("\x08\x01\0\0\1\0\0\0\0")), -1);
}

static void
blobs(void **state)
{
	char record[8 + DBM_BLOB_NAME_SIZE] =
	    "\x08\x08\0\0\1\2\3\xf4" "bABCDEFGHIJKLMNOPQRSTUVW+-z=";
	struct dbmrecord_blob blob;

	(void)state;
	assert_true(dbmrecord_is_blob((struct slice){ record, 38 }));
	assert_false(dbmrecord_is_blob((struct slice){ record, 37 }));
	assert_int_equal(dbmrecord_blob(&blob,
	    (struct slice){ record, sizeof record }), 0);
	assert_string_equal(blob.name, "bABCDEFGHIJKLMNOPQRSTUVW+-z=");
	assert_int_equal(blob.size, 0xf4030201);
	memset(record + 9, '/', 1);
	assert_int_equal(dbmrecord_blob(&blob,
	    (struct slice){ record, sizeof record }), -1);
	memset(record + 9, 'x', sizeof record - 9);
	assert_int_equal(dbmrecord_blob(&blob,
	    (struct slice){ record, sizeof record }), -1);
	record[1] = 1;
	assert_false(dbmrecord_is_blob((struct slice){ record, 38 }));
}

static void
keys(void **state)
{
	static const char record[] = "\x03\x02\x05" "slname\0" "blob";
	struct dbmrecord_key key;

	(void)state;
	assert_int_equal(dbmrecord_key(&key, BYTES(record)), 0);
	is(key.nickname, "name");
	is(key.blob, "blob");
	for (size_t size = 0; size < 10; size++)
		assert_int_equal(dbmrecord_key(&key,
		    (struct slice){ record, size }), -1);
	assert_int_equal(dbmrecord_key(&key, BYTES("\x03\0\0")), 0);
	is(key.nickname, "");
	is(key.blob, "");
	assert_int_equal(dbmrecord_key(&key, BYTES("\x02\0\0")), -1);
}

static void
secrets(void **state)
{
	(void)state;
	assert_true(dbmrecord_is_secret(BYTES("\xf8\0\0\0\0\0\0\1")));
	assert_false(dbmrecord_is_secret(BYTES("\xf8\0\0\1\0\0\0\1")));
	assert_false(dbmrecord_is_secret(BYTES("\xf9\0\0\0\0\0\0\1")));
	assert_false(dbmrecord_is_secret(BYTES("\xf8")));
	assert_false(dbmrecord_is_secret(BYTES("")));
}

/* Sizes as NSS 3.87 leaves them. */
static void
types(void **state)
{
	static const struct {
		size_t name;
		char first; /* byte of the name */
		size_t blob;
		uint32_t type;
	} row[] = {
		{ 65, 4, 192, NSS_EC },
		{ 97, 4, 240, NSS_EC },
		{ 133, 4, 297, NSS_EC },
		{ 64, 4, 402, NSS_RSA },
		{ 128, 4, 690, NSS_RSA },
		{ 256, 4, 1274, NSS_RSA },
		{ 384, 4, 1850, NSS_RSA },
		{ 1024, 4, 4730, NSS_RSA },
		{ 128, 4, 538, NSS_DSA },
		{ 256, 4, 930, NSS_DSA },
		{ 384, 4, 1314, NSS_DSA },
		{ 65, 5, 338, NSS_DSA },
		{ 0, 0, 0, NSS_DSA },
	};
	char name[1024] = "", blob[5000] = "";

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		name[0] = row[i].first;
		assert_int_equal(dbmrecord_guess_type(
		    (struct slice){ name, row[i].name },
		    (struct slice){ blob, row[i].blob }), row[i].type);
	}
}

static void
checks(unsigned long rounds, struct slice salt, struct slice record)
{
	struct dbmrecord_check check;

	assert_int_equal(dbmrecord_check(&check, record), 0);
	assert_true(check.supported);
	assert_true(check.rounds == rounds);
	assert_true(slice_equal(check.salt, salt));
	is(check.text, "text");
}

static void
rounds(void **state)
{
	(void)state;
	checks(1, BYTES(TWENTY),
	    BYTES("\3\x14\1" TWENTY "\0" SHA1_3DES "text"));
	checks(10000, BYTES(TWENTY),
	    BYTES("\3\x17\1" TWENTY "\x27\x10\2" "\0" SHA1_3DES "text"));
	checks(255, BYTES(TWENTY),
	    BYTES("\3\x16\1" TWENTY "\xff\1" "\0" SHA1_3DES "text"));
	checks(ULONG_MAX, BYTES(TWENTY), BYTES("\3\x1e\1" TWENTY
	    "\1\2\3\4\5\6\7\x08\x09\x09" "\0" SHA1_3DES "text"));
	/* What is left of it has no length of salts. */
	checks(1, BYTES(TWENTY "\1\2\1"),
	    BYTES("\3\x17\1" TWENTY "\1\2\1" "\0" SHA1_3DES "text"));
	checks(1, BYTES(TWENTY "\0"),
	    BYTES("\3\x15\1" TWENTY "\0" "\0" SHA1_3DES "text"));
	checks(1, BYTES(TWENTY "\xff"),
	    BYTES("\3\x15\1" TWENTY "\xff" "\0" SHA1_3DES "text"));
	checks(1, BYTES(""), BYTES("\3\0\1" "\0" SHA1_3DES "text"));
}

static void
other_checks(void **state)
{
	static const char record[] = "\3\x14\1" TWENTY "\0" SHA1_3DES;
	struct dbmrecord_check check;

	(void)state;
	for (size_t size = 0; size < sizeof record - 1; size++)
		assert_int_equal(dbmrecord_check(&check,
		    (struct slice){ record, size }), -1);
	assert_int_equal(dbmrecord_check(&check,
	    BYTES("\3\x14\1" TWENTY "\0" "\1\x2a" "text")), 0);
	assert_false(check.supported);
	assert_int_equal(check.salt.size + check.text.size, 0);
	assert_int_equal(check.rounds, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trust),
		cmocka_unit_test(user),
		cmocka_unit_test(certs),
		cmocka_unit_test(subjects),
		cmocka_unit_test(blobs),
		cmocka_unit_test(keys),
		cmocka_unit_test(secrets),
		cmocka_unit_test(types),
		cmocka_unit_test(rounds),
		cmocka_unit_test(other_checks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dbmrecord", tests, NULL, NULL);
}
