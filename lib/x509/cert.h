/* SPDX-License-Identifier: MIT */
#ifndef X509_CERT_H
#define X509_CERT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/record.h"
#include "x509/sigalg.h"

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
	char *subject, *issuer; /* by name_text(); "" is an empty name */
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

/* Decoded whole, with its key; the caller's to free. */
X509 *cert_x509(const struct cert *cert);

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

/*
 * A certificate as a record: the columns that all tools print that list
 * certificates.
 *
 *	struct certrow row;
 *
 *	certrow_fill(&row, &cert, &about);
 *	records_put(&out, row.field);
 *	certrow_release(&row);
 */

enum {
	CERTROW_NICKNAME,
	CERTROW_TRUST,
	CERTROW_KEY_ID,
	CERTROW_KEY_TYPE,
	CERTROW_KEY_SIZE,
	CERTROW_HAS_KEY,
	CERTROW_SERIAL,
	CERTROW_SUBJECT,
	CERTROW_ISSUER,
	CERTROW_NOT_BEFORE,
	CERTROW_NOT_AFTER,
	CERTROW_SHA256,
	CERTROW_STATE,
	CERTROW_FIELDS
};

extern const struct record_column certrow_columns[CERTROW_FIELDS + 1];

/* What the certificate does not know; at NULL: none, JSON's null. */
struct certrow_about {
	struct slice nickname, trust;
	struct slice key_id; /* bytes, of any number */
	bool has_key;	     /* the database or bundle has its private key */
	int64_t now, soon;   /* times; soon 0: nothing is soon to expire */
};

struct certrow {
	struct slice field[CERTROW_FIELDS];
	char *key_id;
	char key_size[16], sha256[65];
	char not_before[CERT_TIME_SIZE], not_after[CERT_TIME_SIZE];
};

/* The fields point into *row, *cert and what *about does. */
void certrow_fill(struct certrow *row, const struct cert *cert,
    const struct certrow_about *about);

void certrow_release(struct certrow *row);

/* Lower-case digits of bytes; dst has room for two each, and a NUL. */
void certrow_hex(char *dst, const void *bytes, size_t size);

/*
 * The certificates of a file, PEM or DER.  What stands around PEM's blocks,
 * and blocks of other things, such as keys, are passed over.
 *
 *	struct certfile file;
 *
 *	if (certfile_read(&file, "ca.pem") < 0)
 *		return STATUS_ERROR;
 *	for (size_t i = 0; i < file.count; i++)
 *		puts(file.item[i].cert->subject);
 *	certfile_release(&file);
 */

struct certfile {
	struct certfile_item {
		struct cert *cert;
	} *item;
	size_t count, room;
};

/* "-" is standard input.  0, with one at least, or -1 having reported why. */
int certfile_read(struct certfile *file, const char *path);

/* The same of a text; name is for messages. */
int certfile_parse(struct certfile *file, const char *name, struct slice text);

/* Does it look like certificates at all? */
bool certfile_detect(struct slice text);

void certfile_release(struct certfile *file);

#endif
