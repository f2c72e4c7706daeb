/* SPDX-License-Identifier: MIT */
/* Whose answers are believed, when, and about what. */
#include "x509/ocsp.h"

#include "scratch.h"

#include <openssl/x509v3.h>

#include "util/mem.h"

#define NOW 1800000000

static EVP_PKEY *ca_key, *other_key;
static X509 *ca;
static struct ocsp ocsp;
static OCSP_CERTID *id;

static X509 *
make_cert(EVP_PKEY *key, const char *subject, EVP_PKEY *by, const char *usage,
    const char *extended, long until)
{
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	X509_EXTENSION *extension;
	const char *const value[] = { usage, extended };
	const int nid[] = { NID_key_usage, NID_ext_key_usage };

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)subject, -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(x509), "CN",
	    MBSTRING_ASC, (const unsigned char *)"CA", -1, -1, 0);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 7);
	ASN1_TIME_set(X509_getm_notBefore(x509), NOW - 1000);
	ASN1_TIME_set(X509_getm_notAfter(x509), NOW + until);
	X509_set_pubkey(x509, key);
	for (int i = 0; i < 2; i++) {
		if (value[i] == NULL)
			continue;
		extension = X509V3_EXT_conf_nid(NULL, NULL, nid[i], value[i]);
		assert_non_null(extension);
		X509_add_ext(x509, extension, -1);
		X509_EXTENSION_free(extension);
	}
	assert_true(X509_sign(x509, by, EVP_sha256()) > 0);
	return x509;
}

/* An answer as good as can be, but for what a test changes. */
struct answer {
	X509 *signer;
	EVP_PKEY *key;
	int status, reason;
	long from, until, revoked; /* after NOW; until 0: none */
	unsigned long flags;
	bool no_nonce;
};

static const struct answer fine = { .from = -60, .until = 3600,
	.status = V_OCSP_CERTSTATUS_GOOD, .reason = -1 };

static struct buf
make_answer(const struct answer *a, const struct ocsp_question *question)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_RESPONSE *response;
	ASN1_TIME *from = ASN1_TIME_set(NULL, NOW + a->from);
	ASN1_TIME *until = ASN1_TIME_set(NULL, NOW + a->until);
	ASN1_TIME *revoked = ASN1_TIME_set(NULL, NOW + a->revoked);
	struct buf der = { 0 };
	unsigned char *at;

	assert_non_null(OCSP_basic_add1_status(basic, id, a->status, a->reason,
	    a->status == V_OCSP_CERTSTATUS_REVOKED ? revoked : NULL, from,
	    a->until != 0 ? until : NULL));
	if (!a->no_nonce)
		assert_int_equal(OCSP_copy_nonce(basic, question->request), 1);
	assert_int_equal(OCSP_basic_sign(basic,
			     a->signer != NULL ? a->signer : ca,
			     a->key != NULL ? a->key : ca_key, EVP_sha256(),
			     NULL, a->flags), 1);
	response = OCSP_response_create(0, basic);
	buf_reserve(&der, 8192);
	at = (unsigned char *)der.at;
	der.size = (size_t)i2d_OCSP_RESPONSE(response, &at);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	ASN1_TIME_free(revoked);
	return der;
}

/* why NULL: it is believed. */
static void
is(const struct answer *a, const char *why)
{
	struct ocsp_question question;
	struct ocsp_answer answer;
	struct buf der;
	int read;

	assert_int_equal(ocsp_ask(&question, &ocsp, id), 0);
	der = make_answer(a, &question);
	read = ocsp_read(&answer, &ocsp, &question, buf_slice(&der), NOW);
	if (why != NULL)
		assert_non_null(strstr(answer.error, why));
	else
		assert_string_equal(answer.error, "");
	assert_int_equal(read, why != NULL ? -1 : 0);
	assert_int_equal(answer.status == OCSP_IS_NOTHING, why != NULL);
	ocsp_answer_release(&answer);
	buf_release(&der);
	ocsp_question_release(&question);
}

static int
set_up(void **state)
{
	unsigned char *der = NULL;
	struct cert cert;
	int size;

	(void)state;
	ca_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	other_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	ca = make_cert(ca_key, "CA", ca_key, NULL, NULL, 1000);
	size = i2d_X509(ca, &der);
	assert_int_equal(cert_parse(&cert, (struct slice){ (char *)der,
					       (size_t)size }), 0);
	assert_int_equal(ocsp_init(&ocsp, &cert, "sha1"), 0);
	id = ocsp_id(&ocsp, "4097");
	cert_release(&cert);
	OPENSSL_free(der);
	return id != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	OCSP_CERTID_free(id);
	ocsp_release(&ocsp);
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(other_key);
	return 0;
}

static void
times(void **state)
{
	struct answer a = fine;

	(void)state;
	is(&a, NULL);
	a.until = 0;
	is(&a, NULL);
	a.from = 300;
	is(&a, NULL);
	a.from = 301;
	is(&a, "of the future");
	a.from = -5000;
	a.until = -300;
	is(&a, NULL);
	a.until = -301;
	is(&a, "stale");
	a.until = -5001;
	is(&a, "nextUpdate is before thisUpdate");
}

static void
issuers(void **state)
{
	struct answer a = fine;

	(void)state;
	a.flags = OCSP_NOCERTS;
	is(&a, NULL);
	a.flags = OCSP_RESPID_KEY;
	is(&a, NULL);
	/* The issuer's key under a certificate that was renewed. */
	a.signer = make_cert(ca_key, "CA", other_key, NULL, NULL, 2000);
	is(&a, NULL);
	X509_free(a.signer);
	a.signer = make_cert(other_key, "CA", other_key, NULL, NULL, 1000);
	a.key = other_key;
	is(&a, "did not issue");
	a.flags = OCSP_NOCERTS;
	is(&a, "the signature is wrong");
	a.flags = OCSP_NOCERTS | OCSP_RESPID_KEY;
	is(&a, "is not there");
	X509_free(a.signer);
}

static void
delegates(void **state)
{
	static const struct {
		const char *usage, *extended;
		long until;
		const char *why;
	} row[] = {
		{ NULL, "OCSPSigning", 1000, NULL },
		{ "digitalSignature", "serverAuth,OCSPSigning", 1000, NULL },
		{ NULL, "critical,OCSPSigning", 1000, NULL },
		{ "keyEncipherment", "OCSPSigning", 1000, "is not for" },
		{ "digitalSignature", NULL, 1000, "is not for" },
		{ NULL, "serverAuth", 1000, "is not for" },
		{ NULL, "anyExtendedKeyUsage", 1000, "is not for" },
		{ NULL, "OCSPSigning", -300, NULL },
		{ NULL, "OCSPSigning", -301, "not valid now" },
	};
	struct answer a = fine;

	(void)state;
	a.key = other_key;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		a.signer = make_cert(other_key, "D", ca_key, row[i].usage,
		    row[i].extended, row[i].until);
		is(&a, row[i].why);
		X509_free(a.signer);
	}
	/* Issued by a key that is not the issuer's. */
	a.signer = make_cert(other_key, "D", other_key, NULL, "OCSPSigning",
	    1000);
	is(&a, "did not issue");
	X509_free(a.signer);
}

static void
serials(void **state)
{
	static const char *const same[][2] = {
		{ "0", "0x0" }, { "0x00", "0x0" }, { "10", "0xa" },
		{ "0XFF", "0xff" }, { "0x0100", "0x100" },
		{ "0f:ff", "0xfff" },
		{ "0xffffffffffffffffffffffffffffffffffffffff",
		    "0xffffffffffffffffffffffffffffffffffffffff" },
	};
	static const char *const bad[] = { "", "0x", "-1", "1 ", " 1", "1x",
		"+1", "f:f", "0x1ffffffffffffffffffffffffffffffffffffffff" };
	OCSP_CERTID *one;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		one = ocsp_id(&ocsp, same[i][0]);
		assert_non_null(one);
		text = ocsp_serial(one);
		assert_string_equal(text, same[i][1]);
		free(text);
		OCSP_CERTID_free(one);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(ocsp_id(&ocsp, bad[i]));
}

static void
says(const struct ocsp_answer *a, const struct ocsp_answer *b,
    const char *verdict, const char *why)
{
	struct buf what = { 0 };

	assert_string_equal(ocspdiff(&what, a, b, 10, 0), verdict);
	assert_true(slice_equal(buf_slice(&what), slice_of(why)));
	buf_release(&what);
}

static void
differences(void **state)
{
	struct ocsp_answer a = ocsp_nothing, b = ocsp_nothing;

	(void)state;
	strcpy(a.error, "x");
	strcpy(b.error, "x");
	says(&a, &b, "both-fail", "x");
	strcpy(b.error, "y");
	says(&a, &b, "both-fail", "x; y");
	a.status = OCSP_IS_GOOD;
	says(&a, &b, "second-fails", "y");
	b.status = OCSP_IS_GOOD;
	says(&a, &b, "same", "");
	a.this_update = 100;
	says(&a, &b, "differs", "this-update");
	b.this_update = 110;
	says(&a, &b, "same", "");
	b.this_update = 111;
	a.revoked = 5;
	b.reason = "superseded";
	b.sha256[31] = 1;
	says(&a, &b, "differs", "revoked,reason,this-update,responder");
	b.status = OCSP_IS_REVOKED;
	says(&b, &a, "differs", "status,this-update,responder");
	a = b;
	a.status = b.status = OCSP_IS_UNKNOWN;
	says(&a, &b, "unknown", "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("answers have their time", times),
		SCRATCH_TEST("the issuer's key may sign, by name or hash",
		    issuers),
		SCRATCH_TEST("who is certified for it by the issuer may sign",
		    delegates),
		SCRATCH_TEST("serial numbers are numbers", serials),
		SCRATCH_TEST("answers differ in what differs", differences),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
