/* SPDX-License-Identifier: MIT */
/* Of all bytes, only what the issuer signed is believed: the status of an
 * answer is that of one of the few that its key has made.  What is refused has
 * no status, and a reason. */
#include <assert.h>
#include <ctype.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"
#include "x509/ocsp.h"

#define NOW 1800000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct ocsp ocsp;
	OCSP_CERTID *id;
	struct ocsp_question question;
	struct slice signed_data[3]; /* one for each status */
} world;

/* Ed25519: the same bytes in each run, so that the corpus has them. */
static EVP_PKEY *
fixed_key(void)
{
	static const unsigned char seed[32] = "the key of a CA that is no CA";
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    seed, sizeof seed);

	assert(key != NULL);
	return key;
}

static X509 *
make_issuer(EVP_PKEY *key)
{
	X509 *x509 = X509_new();
	X509_NAME *name = X509_NAME_new();

	assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		   (const unsigned char *)"CA", -1, -1, 0) == 1);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_set_subject_name(x509, name);
	X509_set_issuer_name(x509, name);
	ASN1_TIME_set(X509_getm_notBefore(x509), NOW - 1000);
	ASN1_TIME_set(X509_getm_notAfter(x509), NOW + 1000);
	X509_set_pubkey(x509, key);
	assert(X509_sign(x509, key, NULL) > 0);
	X509_NAME_free(name);
	return x509;
}

static struct slice
data_of(OCSP_BASICRESP *basic)
{
	unsigned char *der = NULL;
	int size = ASN1_item_i2d(
	    (const ASN1_VALUE *)OCSP_resp_get0_respdata(basic), &der,
	    ASN1_ITEM_rptr(OCSP_RESPDATA));

	assert(size > 0);
	return (struct slice){ (char *)der, (size_t)size };
}

/* Sign an answer; with SPECIMENS=DIRECTORY, write it there for the corpus. */
static struct slice
make_answer(X509 *issuer, EVP_PKEY *key, int status)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, NOW - 10);
	ASN1_TIME *until = ASN1_TIME_set(NULL, NOW + 10);
	bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
	const char *specimens = getenv("SPECIMENS");
	struct slice data;

	assert(OCSP_basic_add1_status(basic, world.id, status,
		   revoked ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0,
		   revoked ? from : NULL, from, until) != NULL);
	/* No time of this run. */
	ASN1_GENERALIZEDTIME_set((ASN1_GENERALIZEDTIME *)
				     OCSP_resp_get0_produced_at(basic), NOW);
	assert(OCSP_basic_sign(basic, issuer, key, NULL, NULL,
		   OCSP_NOCERTS | OCSP_NOTIME) == 1);
	data = data_of(basic);
	if (specimens != NULL) {
		char *path = mem_printf("%s/%d", specimens, status);
		OCSP_RESPONSE *response = OCSP_response_create(0, basic);
		BIO *file = BIO_new_file(path, "w");

		assert(i2d_OCSP_RESPONSE_bio(file, response) == 1);
		BIO_free(file);
		OCSP_RESPONSE_free(response);
		free(path);
	}
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	OCSP_BASICRESP_free(basic);
	return data;
}

static void
make_world(void)
{
	EVP_PKEY *key = fixed_key();
	X509 *issuer = make_issuer(key);
	unsigned char *der = NULL;
	int size = i2d_X509(issuer, &der);
	struct cert cert;

	assert(cert_parse(&cert,
		   (struct slice){ (char *)der, (size_t)size }) == 0);
	assert(ocsp_init(&world.ocsp, &cert, "sha1") == 0);
	world.ocsp.no_nonce = true;
	world.id = ocsp_id(&world.ocsp, "0x1001");
	assert(ocsp_ask(&world.question, &world.ocsp, world.id) == 0);
	for (int status = 0; status < 3; status++)
		world.signed_data[status] = make_answer(issuer, key, status);
	cert_release(&cert);
	OPENSSL_free(der);
	X509_free(issuer);
	EVP_PKEY_free(key);
}

/* Which status has the signed answer that these bytes hold?  -1: none. */
static int
signed_status(const uint8_t *data, size_t size)
{
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &data, (long)size);
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
	struct slice got = data_of(basic);
	int status = -1;

	for (int i = 0; i < 3; i++)
		if (slice_equal(got, world.signed_data[i]))
			status = i;
	OPENSSL_free((char *)got.at);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum ocsp_status as[] = {
		[V_OCSP_CERTSTATUS_GOOD] = OCSP_IS_GOOD,
		[V_OCSP_CERTSTATUS_REVOKED] = OCSP_IS_REVOKED,
		[V_OCSP_CERTSTATUS_UNKNOWN] = OCSP_IS_UNKNOWN,
	};
	struct ocsp_answer answer;
	int status;

	if (world.id == NULL)
		make_world();
	if (ocsp_read(&answer, &world.ocsp, &world.question,
		(struct slice){ (const char *)data, size }, NOW) == 0) {
		status = signed_status(data, size);
		assert(status >= 0 && answer.status == as[status]);
		assert((answer.revoked != OCSP_NO_TIME) ==
		    (answer.status == OCSP_IS_REVOKED));
		assert(answer.this_update == NOW - 10);
		assert(answer.next_update == NOW + 10);
		assert(strcmp(answer.responder, "CN=CA") == 0);
	} else {
		assert(answer.status == OCSP_IS_NOTHING);
		assert(answer.error[0] != '\0');
		for (const char *c = answer.error; *c != '\0'; c++)
			assert(!iscntrl((unsigned char)*c));
	}
	ocsp_answer_release(&answer);
	return 0;
}
