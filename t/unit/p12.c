/* SPDX-License-Identifier: MIT */
/*
 * Bundles that are cut, spoilt or hostile; and what no program here writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "asn1/der.h"
#include "p12/p12.h"
#include "util/base64.h"
#include "util/mem.h"

#define ROUNDS 1000ul

/* openssl pkcs12 -export -iter 2 -name one -passout pass:secret: a certificate
 * of CN=a and its Ed25519 key, both encrypted */
static const char bundle_base64[] =
	"MIIDewIBAzCCAzIGCSqGSIb3DQEHAaCCAyMEggMfMIIDGzCCAhEGCSqGSIb3"
	"DQEHBqCCAgIwggH+AgEAMIIB9wYJKoZIhvcNAQcBMFYGCSqGSIb3DQEFDTBJ"
	"MCgGCSqGSIb3DQEFDDAbBAg6s/ePG8JcFwIBAjAMBggqhkiG9w0CCQUAMB0G"
	"CWCGSAFlAwQBKgQQf/hegK2sA3+Rn/sf1lTjiICCAZDmnl04SUH9QC/u9A0W"
	"OA1RnLPJKXeOwqOkP7huBtZc9jy1H1K3/WuyFbYCeEk3TuBrvoh9/rFgKi2n"
	"gHybEqjDhbZxtMUVIPZAO4tqpezYmznBz3cPcfJKxUI4XttVFmjtZxhcpjlF"
	"UCliCTke9k7jp2IJ6HcJK2cOZgBUzb3Agtd5LLWWhIdJFobgv8UbDg0i4LOB"
	"WUFyPNDVF9NQtAW0VV93GBe/KWLzdPeT/dli6KoYa/UCwyoQHJO/S/8l5z56"
	"1h/aNoC1EDZDPqKLHquqVn87Eh8v+AugFF/tnBlHiuSHmJThKWydx77buQwq"
	"MAjpJ7Mq0OHkIrCoJELb7KOhoOLzodbd8gfznc5cibHlJlfTfuwdHhcfRGCq"
	"7SMWfUd8G2B0hTpFGS6naXcJLWtIhAT9o6roHqN/RvNUcz0PHzPLy3GsG6vp"
	"oCpIHfqMXl7TFzGfM9MDbtoa3+ghEFeYB2TJUmphv6B6pmtlsvjbogJIqeyd"
	"rFmT+QrLKLKNdnUBUJgCmahHzRNt0qCB0GswMIIBAgYJKoZIhvcNAQcBoIH0"
	"BIHxMIHuMIHrBgsqhkiG9w0BDAoBAqCBnTCBmjBWBgkqhkiG9w0BBQ0wSTAo"
	"BgkqhkiG9w0BBQwwGwQIaVe1J5hRyUECAQIwDAYIKoZIhvcNAgkFADAdBglg"
	"hkgBZQMEASoEEPA1RjK3G54hHpSQdqA1mkcEQDDVJDICfpz0fR+SslU1XOd7"
	"1Pu0TfFas2AalEZ/rTpwCP5VQdMTElj/MUijDKf5WPGoLoK2/Z7CTy4qmL3Y"
	"ZLgxPDAVBgkqhkiG9w0BCRQxCB4GAG8AbgBlMCMGCSqGSIb3DQEJFTEWBBQ2"
	"li1dtCVa5GjmeJXncbRzFLv13zBAMDEwDQYJYIZIAWUDBAIBBQAEIEq+wWwA"
	"Zu82gH9+GftX0VjpcIVKGHerI/c+KkPbja/ZBAiacCOfdO3a7QIBAg==";

/* MacData of the same contents as RFC 9579 has it: 2 rounds, SHA-256; and how
 * long the classic one is */
static const char pbmac1_base64[] =
	"MHswbDBIBgkqhkiG9w0BBQ4wOzArBgkqhkiG9w0BBQwwHgQIc2FsdHNhbHQC"
	"AQICASAwDAYIKoZIhvcNAgkFADAMBggqhkiG9w0CCQUABCD2+wKOUj4ElzC4"
	"xiMRo1uWgLBw4KOaTCSMX3PvLZ9JwwQIc2FsdHNhbHQCAQE=";

#define CLASSIC_MAC 66

static const struct slice secret = { "secret", 6 }, wrong = { "secrer", 6 };

/* What is said of each specimen is of no use when there are thousands. */
static int
quiet(void)
{
	int was = dup(2);

	assert_true(was >= 0);
	assert_non_null(freopen("/dev/null", "w", stderr));
	return was;
}

static void
loud(int was)
{
	fflush(stderr);
	dup2(was, 2);
	close(was);
}

static struct buf
decoded(const char *base64)
{
	struct buf out = { 0 };

	assert_int_equal(base64_decode(&out, slice_of(base64)), 0);
	return out;
}

/* Append an element. */
static void
wrap(struct buf *out, unsigned char id, struct slice content)
{
	size_t size = content.size;

	buf_putc(out, (char)id);
	if (size < 0x80) {
		buf_putc(out, (char)size);
	} else {
		buf_putc(out, (char)0x83);
		buf_putc(out, (char)(size >> 16));
		buf_putc(out, (char)(size >> 8));
		buf_putc(out, (char)size);
	}
	buf_add(out, content);
}

static void
enclose(struct buf *b, unsigned char id)
{
	struct buf out = { 0 };

	wrap(&out, id, buf_slice(b));
	buf_release(b);
	*b = out;
}

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"

/* A ContentInfo of type data around what is in b. */
static void
enclose_data(struct buf *b)
{
	struct buf out = { 0 };

	enclose(b, DER_OCTET_STRING);
	enclose(b, DER_EXPLICIT_0);
	wrap(&out, DER_OID, slice_of(PKCS "\x07\x01"));
	buf_add(&out, buf_slice(b));
	buf_release(b);
	*b = out;
	enclose(b, DER_SEQUENCE);
}

/* A bundle without a MAC whose one safe has the bags in b. */
static void
enclose_bundle(struct buf *b)
{
	struct buf out = { 0 };

	enclose(b, DER_SEQUENCE);
	enclose_data(b);
	enclose(b, DER_SEQUENCE);
	enclose_data(b);
	buf_add(&out, (struct slice){ "\x02\x01\x03", 3 });
	buf_add(&out, buf_slice(b));
	buf_release(b);
	*b = out;
	enclose(b, DER_SEQUENCE);
}

/* A bag of RFC 7292's number, and its attributes, a SET or nothing. */
static void
add_bag(struct buf *out, char number, struct slice value, struct slice set)
{
	struct buf bag = { 0 };
	char oid[] = PKCS "\x0c\x0a\x01\x00";

	oid[sizeof oid - 2] = number;
	wrap(&bag, DER_OID, (struct slice){ oid, sizeof oid - 1 });
	wrap(&bag, DER_EXPLICIT_0, value);
	buf_add(&bag, set);
	enclose(&bag, DER_SEQUENCE);
	buf_add(out, buf_slice(&bag));
	buf_release(&bag);
}

static struct p12 *
parse(struct buf *b)
{
	return p12_parse("test", buf_slice(b), ROUNDS);
}

static void
is_the_bundle(struct p12 *p12)
{
	struct secret key = { 0 };

	assert_int_equal(p12_open(p12, secret), 0);
	assert_int_equal(p12->bags, 2);
	assert_int_equal(p12->bag[0].kind, P12_CERT);
	assert_int_equal(p12->bag[1].kind, P12_SHROUDED);
	assert_int_equal(p12->bag[0].safe, 0);
	assert_int_equal(p12->bag[1].safe, 1);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(p12->bag[i].friendly_name, "one");
		assert_int_equal(p12->bag[i].local_key_id.size, 20);
		assert_null(p12->bag[i].trust);
		assert_string_equal(p12->bag[i].scheme, "PBES2 AES-256-CBC");
		assert_int_equal(p12->bag[i].rounds, 2);
	}
	assert_ptr_equal(p12_key_of(p12, &p12->bag[0]), &p12->bag[1]);
	assert_int_equal(p12_key(p12, &p12->bag[1], secret, &key), 0);
	assert_int_equal(key.size, 48);
	assert_memory_equal(key.at, "\x30\x2e\x02\x01\x00\x30\x05", 7);
	secret_release(&key);
}

static void
opens(void **state)
{
	struct buf b = decoded(bundle_base64);
	struct p12 *p12 = parse(&b);

	(void)state;
	assert_non_null(p12);
	assert_int_equal(p12->mac, P12_CLASSIC_MAC);
	assert_string_equal(p12->mac_digest, "SHA-256");
	assert_int_equal(p12->mac_rounds, 2);
	assert_int_equal(p12_check_mac(p12, secret), 0);
	is_the_bundle(p12);
	is_the_bundle(p12); /* twice */
	p12_free(p12);
	buf_release(&b);
}

static void
wrong_password(void **state)
{
	struct buf b = decoded(bundle_base64);
	struct p12 *p12 = parse(&b);
	struct secret key = { 0 };
	int was = quiet();

	(void)state;
	assert_non_null(p12);
	assert_int_equal(p12_check_mac(p12, wrong), -1);
	assert_int_equal(p12_open(p12, wrong), -1);
	assert_int_equal(p12_open(p12, secret), 0);
	assert_int_equal(p12_key(p12, &p12->bag[1], wrong, &key), -1);
	assert_int_equal(p12_key(p12, &p12->bag[1], secret, &key), 0);
	loud(was);
	secret_release(&key);
	p12_free(p12);
	buf_release(&b);
}

static void
pbmac1(void **state)
{
	struct buf b = decoded(bundle_base64), mac = decoded(pbmac1_base64);
	struct buf other = { 0 };
	struct p12 *p12;
	int was;

	(void)state;
	/* Without tag and length, which are four bytes. */
	buf_add(&other, (struct slice){ b.at + 4, b.size - 4 - CLASSIC_MAC });
	buf_add(&other, buf_slice(&mac));
	enclose(&other, DER_SEQUENCE);
	p12 = parse(&other);
	assert_non_null(p12);
	assert_int_equal(p12->mac, P12_PBMAC1);
	assert_string_equal(p12->mac_digest, "SHA-256");
	assert_int_equal(p12->mac_rounds, 2);
	assert_int_equal(p12_check_mac(p12, secret), 0);
	is_the_bundle(p12);
	was = quiet();
	assert_int_equal(p12_check_mac(p12, wrong), -1);
	loud(was);
	p12_free(p12);
	buf_release(&b);
	buf_release(&mac);
	buf_release(&other);
}

static void
cut(void **state)
{
	struct buf b = decoded(bundle_base64);
	int was = quiet();

	(void)state;
	for (size_t size = 0; size < b.size; size++) {
		/* Its own memory, so that sanitizers see what is behind it. */
		char *copy = mem_dup(b.at, size);

		assert_null(p12_parse("test", (struct slice){ copy, size },
		    ROUNDS));
		free(copy);
	}
	loud(was);
	buf_release(&b);
}

/* Any bit: either the MAC tells, or it was one that nobody reads. */
static void
flipped(void **state)
{
	struct buf b = decoded(bundle_base64);
	size_t whole = 0;
	int was = quiet();

	(void)state;
	for (size_t i = 0; i < 8 * b.size; i++) {
		struct p12 *p12;

		b.at[i / 8] = (char)(b.at[i / 8] ^ 1 << i % 8);
		p12 = parse(&b);
		if (p12 != NULL && p12_check_mac(p12, secret) == 0) {
			is_the_bundle(p12);
			whole++;
		} else if (p12 != NULL) {
			(void)p12_open(p12, secret);
		}
		p12_free(p12);
		b.at[i / 8] = (char)(b.at[i / 8] ^ 1 << i % 8);
	}
	loud(was);
	/* The NULL after the MAC's digest, two bytes. */
	assert_true(whole <= 16);
	buf_release(&b);
}

static void
too_many_rounds(void **state)
{
	struct buf b = decoded(bundle_base64);
	struct p12 *p12 = p12_parse("test", buf_slice(&b), 1);
	int was = quiet();

	(void)state;
	assert_non_null(p12);
	assert_int_equal(p12_check_mac(p12, secret), -1);
	assert_int_equal(p12_open(p12, secret), -1);
	loud(was);
	p12_free(p12);
	buf_release(&b);
}

static int
open_nested(unsigned depth)
{
	struct buf b = { 0 };
	struct p12 *p12;
	int result;

	add_bag(&b, 1, (struct slice){ "\x30\x00", 2 }, (struct slice){ 0 });
	for (unsigned i = 0; i < depth; i++) {
		struct buf out = { 0 };

		enclose(&b, DER_SEQUENCE);
		add_bag(&out, 6, buf_slice(&b), (struct slice){ 0 });
		buf_release(&b);
		b = out;
	}
	enclose_bundle(&b);
	p12 = parse(&b);
	assert_non_null(p12);
	result = p12_open(p12, secret);
	if (result == 0) {
		assert_int_equal(p12->bags, 1);
		assert_int_equal(p12->bag[0].kind, P12_KEY);
		assert_null(p12->bag[0].scheme);
	}
	p12_free(p12);
	buf_release(&b);
	return result;
}

static void
nested(void **state)
{
	int was = quiet();

	(void)state;
	assert_int_equal(open_nested(0), 0);
	assert_int_equal(open_nested(8), 0);
	assert_int_equal(open_nested(9), -1);
	assert_int_equal(open_nested(500), -1);
	loud(was);
}

static void
many(void **state)
{
	struct buf b = { 0 };
	struct p12 *p12;
	int was = quiet();

	(void)state;
	for (unsigned i = 0; i < 50001; i++)
		add_bag(&b, 1, (struct slice){ "\x30\x00", 2 },
		    (struct slice){ 0 });
	enclose_bundle(&b);
	p12 = parse(&b);
	assert_non_null(p12);
	assert_int_equal(p12_check_mac(p12, secret), -1);
	assert_int_equal(p12_open(p12, secret), -1);
	loud(was);
	p12_free(p12);
	buf_release(&b);
}

/* The name of a bag whose friendlyName is this BMPString. */
static void
name_is(const char *bmp, size_t size, const char *want)
{
	struct buf b = { 0 }, attribute = { 0 }, values = { 0 };
	struct p12 *p12;

	wrap(&values, DER_BMP_STRING, (struct slice){ bmp, size });
	wrap(&attribute, DER_OID, slice_of(PKCS "\x09\x14"));
	wrap(&attribute, DER_SET, buf_slice(&values));
	enclose(&attribute, DER_SEQUENCE);
	enclose(&attribute, DER_SET);
	add_bag(&b, 5, (struct slice){ "\x05\x00", 2 },
	    buf_slice(&attribute));
	enclose_bundle(&b);
	p12 = parse(&b);
	assert_non_null(p12);
	assert_int_equal(p12_open(p12, secret), 0);
	assert_int_equal(p12->bags, 1);
	assert_int_equal(p12->bag[0].kind, P12_SECRET);
	assert_string_equal(p12->bag[0].friendly_name, want);
	p12_free(p12);
	buf_release(&b);
	buf_release(&attribute);
	buf_release(&values);
}

static void
names(void **state)
{
	(void)state;
	name_is("", 0, "");
	name_is("\0a", 2, "a");
	name_is("\0\xe9\x20\xac", 4, "\xc3\xa9\xe2\x82\xac");
	name_is("\xd8\x34\xdd\x1e", 4, "\xf0\x9d\x84\x9e");
	/* half pairs, a zero within, half a character */
	name_is("\xd8\x34\0a", 4, "\xef\xbf\xbd" "a");
	name_is("\0a\xdd\x1e", 4, "a\xef\xbf\xbd");
	name_is("\xd8\x34", 2, "\xef\xbf\xbd");
	name_is("\0a\0\0\0b", 6, "a\xef\xbf\xbd" "b");
	name_is("\0a\0", 3, "a\xef\xbf\xbd");
	/* the zero at the end that some writers add */
	name_is("\0a\0\0", 4, "a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(pbmac1),
		cmocka_unit_test(cut),
		cmocka_unit_test(flipped),
		cmocka_unit_test(too_many_rounds),
		cmocka_unit_test(nested),
		cmocka_unit_test(many),
		cmocka_unit_test(names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("p12", tests, NULL, NULL);
}
