/* SPDX-License-Identifier: MIT */
#include "x509/crlfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/base64.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/spool.h"
#include "x509/http.h"
#include "x509/sigalg.h"

#define PIECE 4096	/* of base64: whole groups of four */
#define LONGEST_LINE 1024 /* of a text in which PEM is looked for */

static bool
is_label(const char *line, const char *side)
{
	static const char *const labels[] = { "X509 CRL", "CRL",
		"CERTIFICATE REVOCATION LIST" };
	char want[80];
	size_t size = strlen(line);

	while (size != 0 && isspace((unsigned char)line[size - 1]))
		size--;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		snprintf(want, sizeof want, "-----%s %s-----", side,
		    labels[i]);
		if (strlen(want) == size && memcmp(line, want, size) == 0)
			return true;
	}
	return false;
}

static int
write_piece(FILE *out, struct buf *text)
{
	struct buf bytes = { 0 };
	int result = base64_decode(&bytes, buf_slice(text));

	text->size = 0;
	if (result == 0 &&
	    fwrite(bytes.at, 1, bytes.size, out) != bytes.size)
		result = -2;
	buf_release(&bytes);
	return result;
}

/* From after the first line to the last.  -1: no base64; -2: not written. */
static int
decode(FILE *in, FILE *out)
{
	char line[LONGEST_LINE];
	struct buf text = { 0 };
	uint64_t size = 0;
	int result = -1;

	while (fgets(line, sizeof line, in) != NULL) {
		if (is_label(line, "END")) {
			result = write_piece(out, &text);
			break;
		}
		for (const char *c = line; *c != '\0'; c++) {
			if (isspace((unsigned char)*c))
				continue;
			buf_putc(&text, *c);
			/* Padding is the last piece's. */
			if (text.size == PIECE && (*c == '=' ||
			    write_piece(out, &text) < 0))
				goto out;
		}
		size += strlen(line);
		if (size > 2 * CRL_LIMIT)
			goto out;
	}
out:
	buf_release(&text);
	return result;
}

static bool
find_begin(FILE *in)
{
	char line[LONGEST_LINE];
	bool at_start = true;

	while (fgets(line, sizeof line, in) != NULL) {
		if (at_start && is_label(line, "BEGIN"))
			return true;
		at_start = strchr(line, '\n') != NULL;
	}
	return false;
}

static bool
is_at_end(FILE *in)
{
	int c;

	do
		c = getc(in);
	while (c != EOF && isspace(c));
	return c == EOF;
}

static int
copy_pem(FILE *in, FILE *out, const char *name)
{
	if (!find_begin(in))
		return ferror(in) ? fail_errno("cannot read '%s'", name) :
				    fail("%s: not a CRL: neither DER nor PEM",
					name);
	switch (decode(in, out)) {
	case 0:
		break;
	case -2:
		return fail_errno("cannot write a copy of '%s'", name);
	default:
		return fail("%s: PEM: no base64, or no last line", name);
	}
	return is_at_end(in) ? 0 : fail("%s: PEM: text after it", name);
}

static int
copy_der(FILE *in, FILE *out, const char *name)
{
	char room[65536];
	uint64_t size = 0;
	size_t got;

	while ((got = fread(room, 1, sizeof room, in)) != 0) {
		size += got;
		if (size > CRL_LIMIT)
			return fail("%s: larger than %" PRIu64 " bytes", name,
			    CRL_LIMIT);
		if (fwrite(room, 1, got, out) != got)
			return fail_errno("cannot write a copy of '%s'", name);
	}
	return ferror(in) ? fail_errno("cannot read '%s'", name) : 0;
}

/* A descriptor of a copy. */
static int
copy(FILE *in, const char *name)
{
	FILE *out = spool_file();
	int c, fd = -1, result;

	if (out == NULL)
		return -1;
	errno = 0;
	c = getc(in);
	if (c == EOF) {
		fclose(out);
		return ferror(in) ? fail_errno("cannot read '%s'", name) :
				    fail("%s: empty", name);
	}
	ungetc(c, in);
	result = c == 0x30 ? copy_der(in, out, name) :
			     copy_pem(in, out, name);
	if (result == 0 && fflush(out) != 0)
		result = fail_errno("cannot write a copy of '%s'", name);
	if (result == 0)
		fd = fcntl(fileno(out), F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	fclose(out);
	return fd;
}

/* DER in a file that can be read twice? */
static bool
is_der_file(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;
	char first;

	return at >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    pread(fd, &first, 1, at) == 1 && first == 0x30;
}

static int
from_descriptor(int fd, const char *name)
{
	FILE *in;
	int result;

	if (is_der_file(fd))
		return fd;
	in = fdopen(fd, "r");
	if (in == NULL) {
		close(fd);
		return fail_errno("cannot read '%s'", name);
	}
	result = copy(in, name);
	fclose(in);
	return result;
}

static int
fetch_body(struct http *http, FILE *out, const char *url)
{
	char room[65536];
	ssize_t got;

	/* Dogtag says what is wrong in a page, with status 200. */
	if (strcmp(http_type(http), "text/html") == 0)
		return fail("%s: a page (text/html), not a CRL", url);
	while ((got = http_read(http, room, sizeof room)) > 0)
		if (fwrite(room, 1, (size_t)got, out) != (size_t)got)
			return fail_errno("cannot write a copy of '%s'", url);
	if (got < 0)
		return fail("%s: %s", url, http_error(http));
	return fflush(out) == 0 ? 0 :
	    fail_errno("cannot write a copy of '%s'", url);
}

static int
from_url(const char *url, unsigned milliseconds)
{
	const struct http_limits limits = { milliseconds, CRL_LIMIT };
	struct http *http = http_new(url, &limits);
	int result, fd = -1;
	FILE *out;

	if (http == NULL)
		return -1;
	out = spool_file();
	if (out == NULL) {
		http_free(http);
		return -1;
	}
	result = http_get(http) < 0 ? fail("%s: %s", url, http_error(http)) :
				      fetch_body(http, out, url);
	http_free(http);
	if (result == 0)
		fd = fcntl(fileno(out), F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	fclose(out);
	return fd >= 0 ? from_descriptor(fd, url) : -1;
}

int
crlfile_open(const char *operand, unsigned milliseconds, char **name)
{
	int fd;

	*name = mem_dup(slurp_name(operand), strlen(slurp_name(operand)));
	/* A file of such a name can be given as ./http:... */
	if (strstr(operand, "://") != NULL && operand[0] != '.' &&
	    operand[0] != '/')
		return from_url(operand, milliseconds);
	fd = strcmp(operand, "-") == 0 ?
	    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	    path_open_named(operand);
	return fd >= 0 ? from_descriptor(fd, *name) : -1;
}

#define AT_ONCE ((size_t)256 << 20)

static bool
set_pss(EVP_PKEY_CTX *ctx, struct slice algorithm_der)
{
	const unsigned char *at = (const unsigned char *)algorithm_der.at;
	X509_ALGOR *algorithm;
	RSA_PSS_PARAMS *pss = NULL;
	const void *value;
	const EVP_MD *mask;
	int type;
	long salt = 20;
	bool set;

	algorithm = d2i_X509_ALGOR(NULL, &at, (long)algorithm_der.size);
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type == V_ASN1_SEQUENCE)
		pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	if (pss != NULL && pss->saltLength != NULL)
		salt = ASN1_INTEGER_get(pss->saltLength);
	mask = sigalg_mask(algorithm);
	set = pss != NULL && mask != NULL && salt >= 0 &&
	    salt <= EVP_MAX_MD_SIZE * 16 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)salt) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mask) > 0;
	RSA_PSS_PARAMS_free(pss);
	X509_ALGOR_free(algorithm);
	return set;
}

static int
algorithm_nid(const struct crl *crl)
{
	int nid = OBJ_ln2nid(crl->about.algorithm);

	return nid != NID_undef ? nid : OBJ_txt2nid(crl->about.algorithm);
}

/* Is it a key of the algorithm? */
static bool
is_key_for(const struct crl *crl, const EVP_PKEY *key)
{
	int md, type = NID_undef, nid = algorithm_nid(crl);

	if (nid == NID_rsassaPss)
		return EVP_PKEY_is_a(key, "RSA") ||
		    EVP_PKEY_is_a(key, "RSA-PSS");
	if (OBJ_find_sigid_algs(nid, &md, &type) == 1 && type != NID_undef)
		return EVP_PKEY_get_base_id(key) == type;
	return EVP_PKEY_is_a(key, crl->about.algorithm);
}

/* 1: good, 0: bad, -1: reported. */
static int
verify_digest(const struct crl *crl, EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool is_pss = algorithm_nid(crl) == NID_rsassaPss;
	int result = -1;

	if (ctx != NULL && EVP_PKEY_verify_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, crl->about.md) > 0 &&
	    (!is_pss || set_pss(ctx, crl->about.algorithm_der)))
		result = EVP_PKEY_verify(ctx,
		    (const unsigned char *)crl->signature.at,
		    crl->signature.size, crl->digest, crl->digest_size) == 1;
	EVP_PKEY_CTX_free(ctx);
	return result >= 0 ? result :
	    fail_crypto("%s: not supported: %s", crl->file,
		crl->about.algorithm);
}

static int
verify_at_once(const struct crl *crl, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	int result = -1;
	size_t size;
	char *text;

	text = crl_signed_part(crl, AT_ONCE, &size);
	if (text == NULL) {
		EVP_MD_CTX_free(ctx);
		return -1;
	}
	/* These are the octets that will be listed. */
	if (EVP_Digest(text, size, digest, NULL, EVP_sha256(), NULL) != 1 ||
	    memcmp(digest, crl->digest, crl->digest_size) != 0)
		result = fail("%s: changed while it was read", crl->file);
	else if (ctx == NULL ||
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		result = fail_crypto("%s: not supported: %s", crl->file,
		    crl->about.algorithm);
	else
		result = EVP_DigestVerify(ctx,
		    (const unsigned char *)crl->signature.at,
		    crl->signature.size, (const unsigned char *)text,
		    size) == 1;
	EVP_MD_CTX_free(ctx);
	free(text);
	return result;
}

static bool
is_issuer(const X509 *cert, const struct crl *crl)
{
	const unsigned char *at =
	    (const unsigned char *)crl->about.issuer_der.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at,
	    (long)crl->about.issuer_der.size);
	bool is_so = X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0;

	X509_NAME_free(name);
	return is_so;
}

static int
verify_by(X509 *cert, const struct crl *crl)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int result;

	if (key == NULL || !is_key_for(crl, key)) {
		ERR_clear_error();
		return 0;
	}
	result = crl->about.md != NULL ? verify_digest(crl, key) :
					 verify_at_once(crl, key);
	ERR_clear_error();
	return result;
}

/* Not by a digest or a key for which anybody can make a signature. */
static int
refuse_weak(const struct crl *crl, const EVP_PKEY *key)
{
	const unsigned char *at =
	    (const unsigned char *)crl->about.algorithm_der.at;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at,
	    (long)crl->about.algorithm_der.size);
	char why[SIGALG_WHY];
	bool weak = sigalg_refuses(why, algorithm, key);

	X509_ALGOR_free(algorithm);
	return weak ? fail("%s: not to be trusted: %s", crl->file, why) : 0;
}

/* By one certificate: 1; 0: not by it. */
static int
try_issuer(const struct cert *issuer, const struct crl *crl, size_t *named,
    size_t *allowed)
{
	X509 *cert = cert_x509(issuer);
	int result = 0;

	if (cert != NULL && is_issuer(cert, crl)) {
		++*named;
		if ((X509_get_key_usage(cert) & KU_CRL_SIGN) != 0) {
			++*allowed;
			result = verify_by(cert, crl);
		}
	}
	if (result > 0 && refuse_weak(crl, X509_get0_pubkey(cert)) < 0)
		result = -1;
	X509_free(cert);
	return result;
}

int
crlfile_verify(struct crl *crl, const struct certfile *issuers,
    const char *file)
{
	size_t named = 0, allowed = 0;
	int result = refuse_weak(crl, NULL);

	for (size_t i = 0; i < issuers->count && result == 0; i++)
		result = try_issuer(issuers->item[i].cert, crl, &named,
		    &allowed);
	if (result < 0)
		return -1;
	if (named == 0)
		return fail("%s: no certificate of the CRL's issuer: '%s'",
		    file, crl->about.issuer);
	if (allowed == 0)
		return fail("%s: the key of '%s' is not for signing CRLs",
		    file, crl->about.issuer);
	if (result == 0)
		return fail("%s: not signed by the key of '%s' in %s",
		    crl->file, crl->about.issuer, file);
	crl->is_verified = true;
	return 0;
}
