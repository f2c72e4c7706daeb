/* SPDX-License-Identifier: MIT */
/*
 * Any bytes: an answer in bounded time; what is listed is within what was
 * read, and its names are UTF-8; a MAC that is believed proves something.
 * Certificates in it are parsed, too.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "p12/p12.h"
#include "util/utf8.h"
#include "x509/cert.h"

#define ROUNDS 10ul

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_utf8(const char *text)
{
	struct slice rest = text != NULL ? slice_of(text) :
					   (struct slice){ 0 };

	while (rest.size != 0)
		assert(utf8_next(&rest) != UTF8_BAD);
}

static void
check_cert(struct slice der)
{
	char time[CERT_TIME_SIZE];
	struct cert cert;

	if (cert_parse(&cert, der) < 0)
		return;
	check_utf8(cert.subject);
	check_utf8(cert.issuer);
	for (const char *c = cert.subject; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ');
	assert(starts_with(cert.serial, "0x") && cert.serial[2] != '\0');
	assert(cert.key_type[0] != '\0');
	cert_time(time, cert.not_after);
	assert(time[strlen(time) - 1] == 'Z');
	cert_release(&cert);
}

static void
check_bags(struct p12 *p12, struct slice password)
{
	for (size_t i = 0; i < p12->bags; i++) {
		const struct p12_bag *bag = &p12->bag[i];
		struct secret key = { 0 };

		check_utf8(bag->friendly_name);
		check_utf8(bag->trust);
		assert(bag->kind != P12_SHROUDED || bag->scheme != NULL);
		if (bag->kind == P12_CERT)
			check_cert(bag->value);
		if ((bag->kind == P12_SHROUDED || bag->kind == P12_KEY) &&
		    p12_key(p12, bag, password, &key) == 0)
			assert(key.size != 0);
		(void)p12_key_of(p12, bag);
		secret_release(&key);
	}
}

/* What is believed is so within the bounds of pbe.h. */
static void
check_mac(const struct p12 *p12)
{
	assert(p12->mac != P12_NO_MAC && p12->mac_digest != NULL &&
	    p12->mac_prf != NULL && p12->mac_rounds != 0 &&
	    p12->mac_rounds <= ROUNDS);
	if (p12->mac == P12_PBMAC1)
		assert(p12->mac_key >= 20 && p12->mac_salt != 0);
}

static void
check(struct slice text)
{
	struct slice password = { "secret", 6 };
	struct p12 *p12 = p12_parse("fuzz", text, ROUNDS);

	if (p12 != NULL) {
		if (p12_check_mac(p12, password) == 0)
			check_mac(p12);
		assert(p12->bags == 0);
		if (p12_open(p12, password) == 0)
			check_bags(p12, password);
	}
	p12_free(p12);
	check_cert(text);
}

/* What is wrong is said, which is of no use here. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	FILE *usual = stderr;

	if (null == NULL)
		null = fopen("/dev/null", "w");
	assert(null != NULL);
	stderr = null;
	check((struct slice){ (const char *)data, size });
	stderr = usual;
	return 0;
}
