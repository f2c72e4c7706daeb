/* SPDX-License-Identifier: MIT */
#ifndef X509_SIGALG_H
#define X509_SIGALG_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

/*
 * Which signatures of CRLs, certificates and OCSP answers are believed.  The
 * algorithm stands in what is signed, and so whoever forges it chooses it.
 *
 *	char why[SIGALG_WHY];
 *
 *	if (sigalg_refuses(why, algorithm, key))
 *		return fail("%s: not to be trusted: %s", file, why);
 *
 * Refused are digests of less than 160 bits, which are MD2, MD4, MD5 and MDC-2
 * (Dogtag's list of signing algorithms had MD2 and MD5 up to 10.8; NSS refuses
 * them since 3.14, OpenSSL from its security level 1 on), and what is signed by
 * a key of RSA or DSA below 1023 bits (NSS's SSL_RSA_MIN_MODULUS_BITS) or on a
 * curve below 160 (OpenSSL's level 1).
 *
 * SHA-1 and keys of 1024 bits are believed, as both do where the system's
 * policy does not forbid it, since older CAs sign with them: refused, all their
 * CRLs and answers would be, and nobody could compare them before the CA is
 * replaced.  What checks certificates names SHA-1 (sigalg_is_sha1()).
 *
 * Nothing here reports anything.
 */

#define SIGALG_WHY 96

/* By which digest an algorithm signs; NULL: by none (Ed25519), or by one that
 * OpenSSL does not have. */
const EVP_MD *sigalg_digest(const X509_ALGOR *algorithm);

/* The digest of RSASSA-PSS's mask; NULL: as above, or another algorithm. */
const EVP_MD *sigalg_mask(const X509_ALGOR *algorithm);

/* Is no signature of this algorithm by this key believed?  Then why says what
 * it is: "signed with MD5".  key: NULL where it is not known yet. */
bool sigalg_refuses(char why[SIGALG_WHY], const X509_ALGOR *algorithm,
    const EVP_PKEY *key);

bool sigalg_is_sha1(const X509_ALGOR *algorithm);

#endif
