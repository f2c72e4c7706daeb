/* SPDX-License-Identifier: MIT */
#ifndef CERT_H
#define CERT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "key/sigalg.h"
#include "util/buf.h"

/*
 * A certificate, as all tools show it.
 *
 *	struct cert cert;
 *
 *	if (cert_parse(&cert, der) < 0)
 *		return fail("%s: not a certificate", file);
 *	puts(cert.subject);
 *	cert_release(&cert);
 */

#define CERT_ID_SIZE 20

struct cert {
	struct slice der; /* borrowed */
	X509 *x509;	  /* less its key, which takes ten times as long to
			     decode as all the rest: cert_key() does */
	char *subject, *issuer; /* as dn.h writes them; "" is an empty name */
	char *serial;		/* 0x and lower-case digits, as pki prints it:
				   no zeros in front, 0x0; -5 is 0xfb */
	int64_t not_before, not_after; /* seconds since 1970 */
	const char *key_type; /* "rsa", "rsa-pss", "ec", "dsa"; else OpenSSL's
				 short name or the OID; lives as long */
	unsigned key_bits; /* 0: not known */
	bool is_ca;	   /* basicConstraints say so, or v1 and self-issued */
	unsigned char sha1[20], sha256[32]; /* of the DER */
	/* The CKA_ID that NSS gives the key [nssdb 8]; false: no such type. */
	bool has_key_id;
	unsigned char key_id[CERT_ID_SIZE];
	char oid[64]; /* room for key_type: do not move the struct */
};

/* -1: not a certificate, or bytes after it; nothing is reported. */
int cert_parse(struct cert *cert, struct slice der);

void cert_release(struct cert *cert);

/* "2026-11-21T07:29:00Z" */
#define CERT_TIME_SIZE 40
void cert_time(char dst[CERT_TIME_SIZE], int64_t seconds);

/* The public key, the caller's to free; NULL: OpenSSL knows no such type. */
EVP_PKEY *cert_key(const struct cert *cert);

/*
 * What kind of key a PrivateKeyInfo (DER) has, as key_type and key_bits above
 * say it; oid is room for *type.  -1: it is no such thing, or its numbers make
 * no key.
 */
int cert_key_kind(struct slice pkcs8, const char **type, unsigned *bits,
    char oid[64]);

/* Append the certificate as PEM (RFC 7468). */
void cert_add_pem(struct buf *out, struct slice der);

/* Is issuer the issuer of cert, by name, key identifiers and signature?  That
 * says to whom it belongs, not that it is to be trusted: signatures of any
 * digest and key count. */
bool cert_issued(const struct cert *issuer, const struct cert *cert);

/*
 * How well is cert, which issuer has issued, signed?  CERT_FORGEABLE: why says
 * by what that nobody believes (sigalg.h).  A certificate's own signature of
 * itself protects nothing, and is CERT_SIGNED_WELL whatever it is.
 */
enum cert_signed { CERT_SIGNED_WELL, CERT_SIGNED_SHA1, CERT_FORGEABLE };
enum cert_signed cert_signed_how(char why[SIGALG_WHY],
    const struct cert *issuer, const struct cert *cert);

/* Is this PrivateKeyInfo (DER) the certificate's key?  The public halves are
 * compared, whatever algorithm identifiers say: a key of an RSA-PSS
 * certificate is mostly rsaEncryption [nssdb 22]. */
bool cert_fits_key(const struct cert *cert, struct slice pkcs8);

#endif
