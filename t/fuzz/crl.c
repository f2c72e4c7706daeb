/* SPDX-License-Identifier: MIT */
/*
 * Any bytes: what is taken for a CRL, and by OpenSSL, too, has the same entries
 * for both; read again it is the same; each entry is found by its serial
 * number, which is the same as text.
 */
#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "x509/crlset.h"
#include "x509/crltext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	assert(ASN1_TIME_to_tm(time, &tm) == 1);
	return timegm(&tm);
}

static void
check_serial(const struct crl_entry *entry, const X509_REVOKED *revoked)
{
	const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(revoked);
	ASN1_INTEGER *copy = ASN1_INTEGER_dup(serial);
	unsigned char *der = NULL, octets[SERIAL_MOST];
	char text[SERIAL_TEXT];
	int size = i2d_ASN1_INTEGER(copy, &der);

	assert((size_t)size == entry->serial.size + 2);
	assert(memcmp(der + 2, entry->serial.at, entry->serial.size) == 0);
	OPENSSL_free(der);
	ASN1_INTEGER_free(copy);
	assert(serial_text(text, entry->serial) == strlen(text));
	assert(serial_parse(octets, text) == entry->serial.size);
	assert(memcmp(octets, entry->serial.at, entry->serial.size) == 0);
}

static void
check_entry(const struct crl_entry *entry, const X509_REVOKED *revoked)
{
	ASN1_ENUMERATED *reason;
	int found;

	check_serial(entry, revoked);
	assert(seconds_of(X509_REVOKED_get0_revocationDate(revoked)) ==
	    entry->date);
	reason = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, &found,
	    NULL);
	if (reason != NULL)
		assert(ASN1_ENUMERATED_get(reason) == entry->reason);
	else
		assert(entry->reason == CRL_NO_REASON && found == -1);
	ASN1_ENUMERATED_free(reason);
}

static void
check_about(const struct crl *crl, X509_CRL *peer)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(peer);
	ASN1_INTEGER *number;
	unsigned char *der = NULL;
	int size = i2d_X509_NAME(X509_CRL_get_issuer(peer), &der);

	assert(slice_equal(crl->about.issuer_der, (struct slice){
	    (const char *)der, (size_t)size }));
	OPENSSL_free(der);
	assert(seconds_of(X509_CRL_get0_lastUpdate(peer)) ==
	    crl->about.this_update);
	assert(crl->about.has_next_update == (next != NULL));
	if (next != NULL)
		assert(seconds_of(next) == crl->about.next_update);
	number = X509_CRL_get_ext_d2i(peer, NID_crl_number, NULL, NULL);
	assert((number != NULL) == (crl->about.number.size != 0));
	ASN1_INTEGER_free(number);
}

static void
check_entries(struct crl *crl, X509_CRL *peer, const struct crlset *set)
{
	STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(peer);
	struct crl_entry entry, same;
	struct crlrow row;
	int more, n = 0;

	while ((more = crl_next(crl, &entry)) > 0) {
		uint32_t at = crlset_find(set, &entry);

		assert(n < sk_X509_REVOKED_num(revoked));
		check_entry(&entry, sk_X509_REVOKED_value(revoked, n++));
		crlrow_fill(&row, &entry);
		assert(at != HASHMAP_NONE && !crlset_is_marked(set, at));
		crlset_get(set, at, &same);
		assert(slice_equal(same.serial, entry.serial));
	}
	assert(more == 0);
	assert(n == (revoked != NULL ? sk_X509_REVOKED_num(revoked) : 0));
	assert((uint64_t)n == crl->entries);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("crl", 0);
	const unsigned char *at = data;
	struct crlset set;
	struct crl *crl;
	X509_CRL *peer;

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	lseek(fd, 0, SEEK_SET);
	crl = crl_open(fd, "crl");
	peer = crl != NULL ? d2i_X509_CRL(NULL, &at, (long)size) : NULL;
	if (peer != NULL) {
		assert(at == data + size);
		check_about(crl, peer);
		assert(crlset_read(&set, crl) == 0);
		check_entries(crl, peer, &set);
		crlset_release(&set);
		X509_CRL_free(peer);
	}
	ERR_clear_error();
	crl_free(crl);
	close(fd);
	return 0;
}
