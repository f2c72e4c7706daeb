/* SPDX-License-Identifier: MIT */
#ifndef PBE_PBE_H
#define PBE_PBE_H

#include "util/secret.h"
#include "util/str.h"

/*
 * How a file says by what it is encrypted and signed under a password, read and
 * written.  PKCS#12 files have PBES2 (RFC 8018), the PBEs of RFC 7292's
 * appendix C, the classic MAC and PBMAC1 (RFC 9579, which RFC 9879 replaces
 * without other rules); NSS's databases have three of their own.  Nothing here
 * reports anything; pbe/pbecrypt.h does what is said.
 */

enum pbe_result {
	PBE_OK,
	PBE_WRONG,   /* padding or MAC: another password, or damage */
	PBE_BAD,     /* not the BER that it should be */
	PBE_UNKNOWN, /* not supported: the name says what */
	PBE_UNSAFE,  /* proves nothing: the name says what */
	PBE_ROUNDS,  /* over the limit: not tried */
	PBE_NO_KDF,  /* this OpenSSL has no PKCS12KDF: FIPS mode */
	PBE_FAILED,  /* OpenSSL would not; its queue says why */
};

enum pbe_kdf { PBE_PKCS12, PBE_PBKDF2, PBE_NSS };

enum pbe_strength {
	PBE_WEAK,    /* Triple DES with PKCS#12's derivation, or not known */
	PBE_OLD,     /* RC2, RC4: not in OpenSSL 3's default provider */
	PBE_FOREIGN, /* PBES2 with a cipher other than AES */
	PBE_STRONG,
};

#define PBE_NAME_SIZE 96
#define PBE_LEAST_MAC_KEY 20	   /* bytes, of PBMAC1: RFC 9579, 9 */
#define PBE_NSS_KEY 32		   /* of AES-256, and of HMAC with SHA-256 */
#define PBE_MOST_ROUNDS 10000000ul /* NSS's own limit is ten times that */

struct pbe {
	enum pbe_kdf kdf;
	enum pbe_strength strength; /* of a cipher */
	struct slice salt, iv;
	unsigned long rounds;
	unsigned long key_size; /* bytes; 0: as the cipher has it */
	const char *digest;	/* of the derivation: "SHA-256" */
	size_t digest_size;	/* bytes of it */
	const char *cipher;	/* OpenSSL's name; NULL: a MAC */
	const char *mac;	/* digest of the HMAC; NULL: a cipher */
	size_t mac_size;
	char name[PBE_NAME_SIZE]; /* "PBES2 AES-256-CBC", "PBE-SHA1-3DES"; or
				     what is not supported, or unsafe */
	struct slice oid;	/* of the whole, with tag and length */
	struct slice text;	/* what is encrypted, or the MAC */
};

/*
 * The parameters come from the file, and whoever forges a file writes them,
 * too.  A MAC is believed only within these bounds:
 *
 *	its octets	as many as the digest has: never a part of it
 *	its key		PBMAC1: 20 bytes at least (RFC 9579, 9), and said (5);
 *			classic: the digest's size, whatever the file says;
 *			NSS's: 32 bytes
 *	rounds		1 at least (RFC 8018, A.2); few are weak, not forged:
 *			NSS wrote 1 up to 3.47, and does without a password
 *	salt		PBMAC1: not empty (RFC 8018, 4.1); classic: any, since
 *			files without one exist, and it is no secret
 *	digest		those of digests[] in pbe.c; PBMAC1: not MD5
 */

/* Take the AlgorithmIdentifier of an encryption off *in, which the slices in
 * *pbe point into; its text is the caller's to set. */
enum pbe_result pbe_take(struct pbe *pbe, struct slice *in);

/* Take MacData's contents, which must be all of in.  Of what is PBE_UNSAFE the
 * kind of MAC, pbe->kdf, is known. */
enum pbe_result pbe_take_mac(struct pbe *pbe, struct slice in);

/* Append the AlgorithmIdentifier, as pbe_take() and pbe_take_mac() read it, of
 * what is by SHA-256 and AES-256-CBC. */
void pbe_put(struct secret *to, const struct pbe *pbe);

/* Take apart what NSS stores, SEQUENCE { AlgorithmIdentifier, OCTET STRING },
 * which must fill blob, and into which the slices of *pbe point. */
enum pbe_result pbe_parse(struct pbe *pbe, struct slice blob);

/* What is encrypted by NSS's own PBE. */
struct pbe pbe_nss_3des(struct slice salt, unsigned long rounds,
    struct slice text);

/* The name of the algorithm in digits; "": it is not known. */
void pbe_oid_text(const struct pbe *pbe, char text[PBE_NAME_SIZE]);

#endif
