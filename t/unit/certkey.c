/* SPDX-License-Identifier: MIT */
/*
 * Which key a certificate is for.  The certificates were made by certutil -S,
 * and the IDs are those that its -K listed for them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/mem.h"
#include "x509/certkey.h"

/* A multiple of three bytes, so that more base64 can follow it. */
#define RSA                                                                    \
	"MIIBkTCB+6ADAgECAgEDMA0GCSqGSIb3DQEBCwUAMA4xDDAKBgNVBAMTA3h4eDAg"     \
	"Fw0yNjExMjEwNzA5MjFaGA8yMTI2MTEyMTA3MDkyMVowDjEMMAoGA1UEAxMDeHh4"     \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEoaJWTlpCglFUi5V8LXUCN/yQ"     \
	"ypuSMj03wOpeni3ZUX2PEWrQtt2/+MKSSp2sH0BP/4FrbdFKGuHzEm6hGlsNGsGa"     \
	"Lagz0g85JiRNr/ATwIzkq0UiRiNK37DNgoQkdFp+6ID94/iGITwWzy7EAa8T6H/4"     \
	"d0/wLHexrPkSydtWTQIDAQABMA0GCSqGSIb3DQEBCwUAA4GBAB/tNOjevNT5Osm1"     \
	"aBTxOhrdYnOcGgTxyUg9M439elux8STVVlSTKQBBbCHPINmwjAP/CDRn+Jny6G0G"     \
	"s4m1lUCg28LYJNImt+1XNkC0JchgSuhCgLHf+DJOhtxBj5hE4gnyYPqYDU6aJlmh"     \
	"maygbH10sJeEM457905YzKXQ/glk"
#define EC                                                                     \
	"MIIBCjCBsaADAgECAgEDMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMTA2VlZTAgFw0y"     \
	"NjExMjEwNzA5NDVaGA8yMTI2MTEyMTA3MDk0NVowDjEMMAoGA1UEAxMDZWVlMFkw"     \
	"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENJhsh2SwuxT3+lWcYwmNIkwxTRf4PM6L"     \
	"9HV1amINCZ9CEyo28BuzxOHemKxLC2sI6BTSB4QoZi3gdnNmuSENTTAKBggqhkjO"     \
	"PQQDAgNIADBFAiBWC6wz8A3+ot0ypDQ9qdl7S8imj19rUwT4eoofn2Kf9gIhAKMR"     \
	"ORyynmDEocGVabC9xRR+CtlrR2ROvGsKIO9A6lMV"

#ifdef WITH_LIBCRYPTO

static enum certkey_result
result_of(const char *base64)
{
	unsigned char id[CERTKEY_ID_SIZE];

	return certkey_id(id, slice_of(base64));
}

static void
is(const char *base64, const char *want)
{
	unsigned char id[CERTKEY_ID_SIZE];
	char got[2 * CERTKEY_ID_SIZE + 1];

	assert_int_equal(certkey_id(id, slice_of(base64)), CERTKEY_OK);
	for (size_t i = 0; i < sizeof id; i++)
		snprintf(got + 2 * i, 3, "%02x", id[i]);
	assert_string_equal(got, want);
}

/* DER puts a zero before a modulus with the top bit; the ID is without. */
static void
rsa(void **state)
{
	(void)state;
	is(RSA, "004257681d34fe92892ac3f1909ceb3029b8a48e");
}

static void
ec(void **state)
{
	(void)state;
	is(EC, "16f681ae329f300c04bfdb1b7a901f44eee6f32f");
}

static void
bad(void **state)
{
	static const char *const text[] = { "", " ", "=", "AAAA", "MIIB",
		"not base64", "(certificate)", RSA "AAAA", "AAAA" RSA,
		"-----BEGIN CERTIFICATE-----" RSA };

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		assert_int_equal(result_of(text[i]), CERTKEY_BAD);
}

/* Every beginning of a certificate is none. */
static void
cut(void **state)
{
	unsigned char id[CERTKEY_ID_SIZE];
	struct slice whole = slice_of(EC);

	(void)state;
	for (size_t size = 0; size < whole.size; size++)
		assert_int_equal(certkey_id(id,
				     (struct slice){ whole.at, size }),
		    CERTKEY_BAD);
}

/* A byte with every bit turned, anywhere: an answer of some kind. */
static void
spoilt(void **state)
{
	unsigned char id[CERTKEY_ID_SIZE];
	char *text = mem_dup(RSA, strlen(RSA));

	(void)state;
	for (size_t i = 0; i < strlen(RSA); i++) {
		char was = text[i];

		text[i] = was == 'A' ? '/' : 'A';
		(void)certkey_id(id, slice_of(text));
		text[i] = was;
	}
	is(text, "004257681d34fe92892ac3f1909ceb3029b8a48e");
	free(text);
}

/* Zeros that DER does not have: NSS leaves them out, too. */
static void
more_zeros(void **state)
{
	char *text = mem_dup(RSA, strlen(RSA));
	char *modulus = strstr(text, "gQDE"); /* 81 00 c4 */

	(void)state;
	assert_non_null(modulus);
	memcpy(modulus, "gQAA", 4);
	is(text, "039133019fa69b1baff79e8418ce4eba39189389");
	free(text);
}

/* A DSA key's y and an Ed25519 key's bytes count, too. */
static void
dsa_and_edwards(void **state)
{
	(void)state;
	is("MIIC0TCCAn6gAwIBAgIURX7DX5hc4/hkqr//RUbNnJLb4pcwCwYJYIZIAWUD"
	    "BAMCMAwxCjAIBgNVBAMMAXgwIBcNMjYxMTIxMDcxMjA3WhgPMjEyNjEwMjgw"
	    "NzEyMDdaMAwxCjAIBgNVBAMMAXgwggG/MIIBNAYHKoZIzjgEATCCAScCgYEA"
	    "or37CJ86u4pOLPR0cdedAdWFTOslOzlLO4JGzgyreFhej0KszCeMRwWf2m41"
	    "wzjSfoSvBv8HgvdT8+jPGY+gwNkg3ln5aq035DJiqcn6R6qTp0Q0iHrIecTc"
	    "0tzCtPLmU9N2bgJFGNzErX61Dwu6ZHD7SL3QD52+dmubTZrsL+8CHQDkhNhK"
	    "sXabsyrfQCmN5ue2Fo4s/Aa0Ik0RR2QBAoGBAIVIKjOTCTcvrKwrGC41c1Rz"
	    "2yBRFMBPuUTAwai6cVp55oIASnSIzIqTkNODOMs+joNslSWG/b0KrtigtsA4"
	    "yRqslzQ6niydWESaahTPz3YJylX3CJ0gUpEwtrBiFdFh0DfgTtmnwa411YfE"
	    "ntsWNRJI9wvVxWLcXw9aMX7G87g3A4GEAAKBgATocfu8fayJobdeMZLYP4OS"
	    "VqWxKzrhB220qFir0AzC8lmQNpvJSPfr8Wio1lkM0AE3LH8KZt0alfmZ6+yM"
	    "g3vGUMg+SVCnH4PfGqNYdAa9UYNbcb4Bl2w9az5D4tfu4F3APGVbUxOA0yox"
	    "R4D/O8x9WmkFkbvFfqlo6kgpBUnZo1MwUTAdBgNVHQ4EFgQUQu/JndG28WvZ"
	    "rWlGVEk9mo9RSFwwHwYDVR0jBBgwFoAUQu/JndG28WvZrWlGVEk9mo9RSFww"
	    "DwYDVR0TAQH/BAUwAwEB/zALBglghkgBZQMEAwIDQAAwPQIcbxfXQjvabd1N"
	    "MKxvKqN6zlyneM9RXVqh1nRsoQIdAM9TpajBsLrmkt4Pc47BTNCEL2qf/Acx"
	    "0zv+p6Q=",
	    "b2ec5582b56baec3c378eb697aeb0e7b0f5a82e7");
	is("MIIBLjCB4aADAgECAhQbzIzFkidT7qH8FD1mC/V6snkU8jAFBgMrZXAwDDEK"
	    "MAgGA1UEAwwBeDAgFw0yNjExMjEwNzEyMDdaGA8yMTI2MTAyODA3MTIwN1ow"
	    "DDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhALGTmaAngNVwtmc/mEqkIExI1fy7"
	    "vc4kP6dHu7KOrhDyo1MwUTAdBgNVHQ4EFgQUAmYYzA6MKicbHU17J0tzmbbO"
	    "OSMwHwYDVR0jBBgwFoAUAmYYzA6MKicbHU17J0tzmbbOOSMwDwYDVR0TAQH/"
	    "BAUwAwEB/zAFBgMrZXADQQDC/UjXc8Ewdpd6BvPIMuQCDbfhzdH1ta0vCYEC"
	    "9SPHD7h/yPC3943c94aHW2TzE+B7FA3rbkv0EVYA5lqphVYB",
	    "026618cc0e8c2a271b1d4d7b274b7399b6ce3923");
}

/* The same Ed25519 certificate, but of a type that nobody has heard of. */
static void
other_types(void **state)
{
	(void)state;
	assert_int_equal(result_of(
	    "MIIBLjCB4aADAgECAhQbzIzFkidT7qH8FD1mC/V6snkU8jAFBgMrZXAwDDEK"
	    "MAgGA1UEAwwBeDAgFw0yNjExMjEwNzEyMDdaGA8yMTI2MTAyODA3MTIwN1ow"
	    "DDEKMAgGA1UEAwwBeDAqMAUGAytlfwMhALGTmaAngNVwtmc/mEqkIExI1fy7"
	    "vc4kP6dHu7KOrhDyo1MwUTAdBgNVHQ4EFgQUAmYYzA6MKicbHU17J0tzmbbO"
	    "OSMwHwYDVR0jBBgwFoAUAmYYzA6MKicbHU17J0tzmbbOOSMwDwYDVR0TAQH/"
	    "BAUwAwEB/zAFBgMrZXADQQDC/UjXc8Ewdpd6BvPIMuQCDbfhzdH1ta0vCYEC"
	    "9SPHD7h/yPC3943c94aHW2TzE+B7FA3rbkv0EVYA5lqphVYB"),
	    CERTKEY_UNKNOWN);
}

#else

static void
not_looked_at(void **state)
{
	unsigned char id[CERTKEY_ID_SIZE];

	(void)state;
	assert_int_equal(certkey_id(id, slice_of(RSA)), CERTKEY_UNKNOWN);
	assert_int_equal(certkey_id(id, slice_of(EC)), CERTKEY_UNKNOWN);
	assert_int_equal(certkey_id(id, slice_of("?")), CERTKEY_UNKNOWN);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef WITH_LIBCRYPTO
		cmocka_unit_test(rsa),
		cmocka_unit_test(ec),
		cmocka_unit_test(bad),
		cmocka_unit_test(cut),
		cmocka_unit_test(spoilt),
		cmocka_unit_test(more_zeros),
		cmocka_unit_test(dsa_and_edwards),
		cmocka_unit_test(other_types),
#else
		cmocka_unit_test(not_looked_at),
#endif
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("certkey", tests, NULL, NULL);
}
