/* SPDX-License-Identifier: MIT */
#include "x509/ocsp.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "asn1/der.h"
#include "util/crypto.h"
#include "util/mem.h"
#include "x509/http.h"
#include "x509/name.h"
#include "x509/serial.h"
#include "x509/sigalg.h"

#define SERIAL_OCTETS 20 /* RFC 5280, 4.1.2.2 */
#define MOST_CERTS 16 /* in an answer */

/* With its key, which struct cert leaves out. */
static X509 *
whole(const struct cert *cert)
{
	const unsigned char *at = (const unsigned char *)cert->der.at;

	return d2i_X509(NULL, &at, (long)cert->der.size);
}

int
ocsp_init(struct ocsp *ocsp, const struct cert *issuer, const char *hash)
{
	*ocsp = (struct ocsp){ .hash = EVP_get_digestbyname(hash),
		.skew = 300 };
	if (ocsp->hash == NULL)
		return fail("no such hash: '%s'", hash);
	ocsp->issuer = whole(issuer);
	if (ocsp->issuer == NULL || X509_get0_pubkey(ocsp->issuer) == NULL) {
		ocsp_release(ocsp);
		return fail_crypto("the key of '%s'", issuer->subject);
	}
	ocsp->name = mem_dup(issuer->subject, strlen(issuer->subject));
	ocsp->also = sk_X509_new_null();
	if (ocsp->also == NULL)
		die("OpenSSL: no memory");
	return 0;
}

void
ocsp_trust(struct ocsp *ocsp, const struct cert *responder)
{
	X509 *x509 = whole(responder);

	if (x509 == NULL || sk_X509_push(ocsp->also, x509) == 0)
		die("OpenSSL: no memory");
}

void
ocsp_release(struct ocsp *ocsp)
{
	X509_free(ocsp->issuer);
	sk_X509_pop_free(ocsp->also, X509_free);
	free(ocsp->name);
	*ocsp = (struct ocsp){ 0 };
}

OCSP_CERTID *
ocsp_id(const struct ocsp *ocsp, const char *serial)
{
	unsigned char octets[SERIAL_MOST];
	size_t size = serial_parse(octets, serial);
	BIGNUM *number;
	ASN1_INTEGER *integer;
	OCSP_CERTID *id;

	if (size == 0 || octets[0] >= 0x80 ||
	    size > SERIAL_OCTETS + (octets[0] == 0))
		return NULL;
	number = BN_bin2bn(octets, (int)size, NULL);
	integer = number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	BN_free(number);
	id = integer != NULL ? OCSP_cert_id_new(ocsp->hash,
				   X509_get_subject_name(ocsp->issuer),
				   X509_get0_pubkey_bitstr(ocsp->issuer),
				   integer) :
			       NULL;
	ASN1_INTEGER_free(integer);
	if (id == NULL)
		die("OpenSSL: no memory");
	return id;
}

/* Its content octets, as DER has them, are what serial_text() takes. */
static char *
integer_text(const ASN1_INTEGER *integer)
{
	unsigned char der[SERIAL_MOST + 4], *end = der;
	char text[SERIAL_TEXT];
	struct slice serial = { (const char *)der, 0 }, content;
	int size = i2d_ASN1_INTEGER(integer, NULL);

	if (size <= 0 || (size_t)size > sizeof der)
		return mem_dup("too long", strlen("too long"));
	serial.size = (size_t)i2d_ASN1_INTEGER(integer, &end);
	(void)der_take(&serial, DER_INTEGER, &content);
	return mem_dup(text, serial_text(text, content));
}

char *
ocsp_serial(OCSP_CERTID *id)
{
	ASN1_INTEGER *serial = NULL;

	OCSP_id_get0_info(NULL, NULL, NULL, &serial, id);
	return integer_text(serial);
}

int
ocsp_ask(struct ocsp_question *question, const struct ocsp *ocsp,
    OCSP_CERTID *id)
{
	OCSP_CERTID *copy = OCSP_CERTID_dup(id);
	unsigned char *at;
	int size = 0;

	*question = (struct ocsp_question){ OCSP_REQUEST_new(), id, { 0 } };
	if (copy == NULL || question->request == NULL ||
	    OCSP_request_add0_id(question->request, copy) == NULL)
		die("OpenSSL: no memory");
	if (ocsp->no_nonce ||
	    OCSP_request_add1_nonce(question->request, NULL, -1) == 1)
		size = i2d_OCSP_REQUEST(question->request, NULL);
	if (size <= 0) {
		ERR_clear_error();
		ocsp_question_release(question);
		return -1;
	}
	buf_reserve(&question->der, (size_t)size);
	at = (unsigned char *)question->der.at;
	question->der.size = (size_t)i2d_OCSP_REQUEST(question->request, &at);
	return 0;
}

void
ocsp_question_release(struct ocsp_question *question)
{
	OCSP_REQUEST_free(question->request);
	buf_release(&question->der);
	*question = (struct ocsp_question){ 0 };
}

const struct ocsp_answer ocsp_nothing = {
	.this_update = OCSP_NO_TIME,
	.next_update = OCSP_NO_TIME,
	.revoked = OCSP_NO_TIME,
};

/* What is wrong is told with the answer. */
struct reading {
	struct ocsp_answer *answer;
	const struct ocsp *ocsp;
	const struct ocsp_question *question;
	int64_t now;
	OCSP_BASICRESP *basic;
	X509 *signer; /* borrowed */
};

static int refuse(const struct reading *r, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static int
refuse(const struct reading *r, const char *fmt, ...)
{
	char *error = r->answer->error;
	va_list args;

	va_start(args, fmt);
	vsnprintf(error, sizeof r->answer->error, fmt, args);
	va_end(args);
	for (; *error != '\0'; error++)
		if (iscntrl((unsigned char)*error))
			*error = '?';
	return -1;
}

/*
 * Is there anything in der that basic, which was read out of it, does not
 * have: bytes after it, or another form of the same?  What is signed is what
 * OpenSSL writes, so that what it reads must be the same.
 */
static bool
is_all(struct slice der, int status, OCSP_BASICRESP *basic)
{
	OCSP_RESPONSE *again = OCSP_response_create(status, basic);
	unsigned char *bytes = NULL;
	int size = again != NULL ? i2d_OCSP_RESPONSE(again, &bytes) : -1;
	bool all = size > 0 &&
	    slice_equal(der, (struct slice){ (char *)bytes, (size_t)size });

	OPENSSL_free(bytes);
	OCSP_RESPONSE_free(again);
	return all;
}

static int
decode(struct reading *r, struct slice der)
{
	const unsigned char *at = (const unsigned char *)der.at;
	OCSP_RESPONSE *response = NULL;
	int status = -1;

	if (der.size == 0)
		return refuse(r, "an empty answer");
	if (der.size <= INT32_MAX)
		response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.size);
	if (response == NULL)
		return refuse(r, "not an OCSP answer");
	status = OCSP_response_status(response);
	r->basic = OCSP_response_get1_basic(response);
	OCSP_RESPONSE_free(response);
	if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return refuse(r, "the responder says '%s' (%d)",
		    OCSP_response_status_str(status), status);
	if (r->basic == NULL)
		return refuse(r, "an OCSP answer of a type that is not known");
	return is_all(der, status, r->basic) ? 0 :
	    refuse(r, "an OCSP answer that is not DER");
}

static bool
is_responder(const struct reading *r, X509 *x509)
{
	const ASN1_OCTET_STRING *key;
	const X509_NAME *name;
	unsigned char hash[SHA_DIGEST_LENGTH];

	if (OCSP_resp_get0_id(r->basic, &key, &name) != 1)
		return false;
	if (name != NULL)
		return X509_NAME_cmp(name, X509_get_subject_name(x509)) == 0;
	return X509_pubkey_digest(x509, EVP_sha1(), hash, NULL) == 1 &&
	    ASN1_STRING_length(key) == SHA_DIGEST_LENGTH &&
	    memcmp(ASN1_STRING_get0_data(key), hash, sizeof hash) == 0;
}

static bool
has_signed(const struct reading *r, X509 *x509)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);

	return key != NULL &&
	    ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA),
		OCSP_resp_get0_tbs_sigalg(r->basic),
		OCSP_resp_get0_signature(r->basic),
		OCSP_resp_get0_respdata(r->basic), key) == 1;
}

/* Several may have the responder's name: it is the one whose key fits. */
static void
try(struct reading *r, X509 *x509, bool *found)
{
	if (r->signer != NULL || !is_responder(r, x509))
		return;
	*found = true;
	if (has_signed(r, x509))
		r->signer = x509;
}

static int
find_signer(struct reading *r)
{
	const STACK_OF(X509) *certs = OCSP_resp_get0_certs(r->basic);
	bool found = false;

	try(r, r->ocsp->issuer, &found);
	for (int i = 0; i < sk_X509_num(r->ocsp->also); i++)
		try(r, sk_X509_value(r->ocsp->also, i), &found);
	if (sk_X509_num(certs) > MOST_CERTS)
		return refuse(r, "over %d certificates in the answer",
		    MOST_CERTS);
	for (int i = 0; i < sk_X509_num(certs); i++)
		try(r, sk_X509_value(certs, i), &found);
	if (!found)
		return refuse(r, "the certificate of who signed the answer is"
				 " not there");
	return r->signer != NULL ? 0 : refuse(r, "the signature is wrong");
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	return time != NULL && ASN1_TIME_to_tm(time, &tm) == 1 ? timegm(&tm) :
								 OCSP_NO_TIME;
}

/* RFC 6960, 4.2.2.2: issued by the issuer itself, for this. */
static int
check_delegate(const struct reading *r)
{
	X509 *signer = r->signer, *issuer = r->ocsp->issuer;
	uint32_t flags = X509_get_extension_flags(signer);
	const X509_ALGOR *algorithm;
	char why[SIGALG_WHY];

	if (X509_NAME_cmp(X509_get_issuer_name(signer),
		X509_get_subject_name(issuer)) != 0 ||
	    X509_verify(signer, X509_get0_pubkey(issuer)) != 1)
		return refuse(r, "signed by '%s', which '%s' did not issue",
		    r->answer->responder, r->ocsp->name);
	X509_get0_signature(NULL, &algorithm, signer);
	if (sigalg_refuses(why, algorithm, X509_get0_pubkey(issuer)))
		return refuse(r, "signed by '%s', whose certificate is %s",
		    r->answer->responder, why);
	if ((flags & EXFLAG_XKUSAGE) == 0 ||
	    (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) == 0 ||
	    (X509_get_key_usage(signer) &
		(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0 ||
	    (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL)) != 0)
		return refuse(r, "signed by '%s', whose certificate is not for"
				 " signing OCSP answers",
		    r->answer->responder);
	if (r->now - r->ocsp->skew >
		seconds_of(X509_get0_notAfter(signer)) ||
	    r->now + r->ocsp->skew < seconds_of(X509_get0_notBefore(signer)))
		return refuse(r, "signed by '%s', whose certificate is not"
				 " valid now",
		    r->answer->responder);
	return 0;
}

static int
authorise(struct reading *r)
{
	X509 *signer;
	unsigned size = sizeof r->answer->sha256;
	char why[SIGALG_WHY];

	if (find_signer(r) < 0)
		return -1;
	signer = r->signer;
	if (sigalg_refuses(why, OCSP_resp_get0_tbs_sigalg(r->basic),
		X509_get0_pubkey(signer)))
		return refuse(r, "%s", why);
	r->answer->responder = name_text(X509_get_subject_name(signer));
	r->answer->signer = integer_text(X509_get0_serialNumber(signer));
	X509_digest(signer, EVP_sha256(), r->answer->sha256, &size);
	if (EVP_PKEY_eq(X509_get0_pubkey(signer),
		X509_get0_pubkey(r->ocsp->issuer)) == 1)
		return 0;
	for (int i = 0; i < sk_X509_num(r->ocsp->also); i++)
		if (X509_cmp(sk_X509_value(r->ocsp->also, i), signer) == 0)
			return 0;
	return check_delegate(r);
}

static int
check_nonce(const struct reading *r)
{
	int found = OCSP_check_nonce(r->question->request, r->basic);

	r->answer->has_nonce = found == 1;
	return found != 0 ? 0 :
			    refuse(r, "the nonce is not the one that was sent");
}

/* The one answer about our certificate; NULL, refused. */
static OCSP_SINGLERESP *
find_single(const struct reading *r)
{
	OCSP_SINGLERESP *single, *found = NULL;
	int critical;

	for (int i = 0; i < OCSP_resp_count(r->basic); i++) {
		single = OCSP_resp_get0(r->basic, i);
		if (OCSP_id_cmp(OCSP_SINGLERESP_get0_id(single),
			r->question->id) != 0)
			continue;
		if (found != NULL)
			return refuse(r, "two answers about the certificate"),
			       NULL;
		found = single;
	}
	if (found == NULL)
		return refuse(r, "no answer about the certificate"), NULL;
	critical = OCSP_BASICRESP_get_ext_by_critical(r->basic, 1, -1);
	if (OCSP_SINGLERESP_get_ext_by_critical(found, 1, -1) >= 0 ||
	    (critical >= 0 && critical != OCSP_BASICRESP_get_ext_by_NID(
					      r->basic, NID_id_pkix_OCSP_Nonce,
					      -1)))
		return refuse(r, "a critical extension that is not known"),
		       NULL;
	return found;
}

static int
check_times(const struct reading *r)
{
	int64_t from = r->answer->this_update, until = r->answer->next_update;
	char text[CERT_TIME_SIZE];

	if (from == OCSP_NO_TIME ||
	    seconds_of(OCSP_resp_get0_produced_at(r->basic)) == OCSP_NO_TIME)
		return refuse(r, "thisUpdate or producedAt is no time");
	if (from > r->now + r->ocsp->skew) {
		cert_time(text, from);
		return refuse(r, "of the future: thisUpdate is %s", text);
	}
	if (until == OCSP_NO_TIME)
		return 0;
	if (until < from)
		return refuse(r, "nextUpdate is before thisUpdate");
	if (until < r->now - r->ocsp->skew) {
		cert_time(text, until);
		return refuse(r, "stale: nextUpdate was %s", text);
	}
	return 0;
}

static int
read_single(struct reading *r, OCSP_SINGLERESP *single)
{
	struct ocsp_answer *answer = r->answer;
	ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *until = NULL;
	int reason = -1;
	int status = OCSP_single_get0_status(single, &reason, &revoked, &from,
	    &until);

	answer->this_update = seconds_of(from);
	answer->next_update = seconds_of(until);
	answer->revoked = seconds_of(revoked);
	if (reason >= 0)
		answer->reason = OCSP_crl_reason_str(reason);
	if (until != NULL && answer->next_update == OCSP_NO_TIME)
		return refuse(r, "nextUpdate is no time");
	if (status == V_OCSP_CERTSTATUS_REVOKED &&
	    answer->revoked == OCSP_NO_TIME)
		return refuse(r, "revoked at no time");
	if (check_times(r) < 0)
		return -1;
	answer->status = status == V_OCSP_CERTSTATUS_GOOD ? OCSP_IS_GOOD :
	    status == V_OCSP_CERTSTATUS_REVOKED	          ? OCSP_IS_REVOKED :
							    OCSP_IS_UNKNOWN;
	return 0;
}

int
ocsp_read(struct ocsp_answer *answer, const struct ocsp *ocsp,
    const struct ocsp_question *question, struct slice der, int64_t now)
{
	struct reading r = { answer, ocsp, question, now, NULL, NULL };
	OCSP_SINGLERESP *single = NULL;
	int read = -1;

	*answer = ocsp_nothing;
	if (decode(&r, der) == 0 && authorise(&r) == 0 && check_nonce(&r) == 0)
		single = find_single(&r);
	if (single != NULL)
		read = read_single(&r, single);
	OCSP_BASICRESP_free(r.basic);
	ERR_clear_error();
	return read;
}

void
ocsp_answer_release(struct ocsp_answer *answer)
{
	free(answer->responder);
	free(answer->signer);
	answer->responder = answer->signer = NULL;
}

typedef bool differ(const struct ocsp_answer *a, const struct ocsp_answer *b,
    int64_t skew);

static bool
status(const struct ocsp_answer *a, const struct ocsp_answer *b, int64_t skew)
{
	(void)skew;
	return a->status != b->status;
}

/* What follows from another status is not told once more. */
static bool
revoked(const struct ocsp_answer *a, const struct ocsp_answer *b, int64_t skew)
{
	(void)skew;
	return a->status == b->status && a->revoked != b->revoked;
}

static bool
reason(const struct ocsp_answer *a, const struct ocsp_answer *b, int64_t skew)
{
	const char *one = a->reason != NULL ? a->reason : "";
	const char *other = b->reason != NULL ? b->reason : "";

	(void)skew;
	return a->status == b->status && strcmp(one, other) != 0;
}

static bool
times_differ(int64_t a, int64_t b, int64_t skew)
{
	if (a == OCSP_NO_TIME || b == OCSP_NO_TIME)
		return a != b;
	return a > b + skew || b > a + skew;
}

static bool
this_update(const struct ocsp_answer *a, const struct ocsp_answer *b,
    int64_t skew)
{
	return times_differ(a->this_update, b->this_update, skew);
}

static bool
next_update(const struct ocsp_answer *a, const struct ocsp_answer *b,
    int64_t skew)
{
	return times_differ(a->next_update, b->next_update, skew);
}

static bool
responder(const struct ocsp_answer *a, const struct ocsp_answer *b,
    int64_t skew)
{
	(void)skew;
	return memcmp(a->sha256, b->sha256, sizeof a->sha256) != 0;
}

static const struct {
	const char *name;
	differ *differ;
} differences[] = {
	{ "status", status },
	{ "revoked", revoked },
	{ "reason", reason },
	{ "this-update", this_update },
	{ "next-update", next_update },
	{ "responder", responder },
};

#define DIFFERENCES (sizeof differences / sizeof *differences)

unsigned
ocspdiff_bit(const char *name)
{
	for (unsigned i = 1; i < DIFFERENCES; i++)
		if (strcmp(differences[i].name, name) == 0)
			return 1u << i;
	return 0;
}

static const char *
failures(struct buf *what, const struct ocsp_answer *a,
    const struct ocsp_answer *b)
{
	if (b->status != OCSP_IS_NOTHING) {
		buf_puts(what, a->error);
		return "first-fails";
	}
	if (a->status != OCSP_IS_NOTHING) {
		buf_puts(what, b->error);
		return "second-fails";
	}
	buf_puts(what, a->error);
	if (strcmp(a->error, b->error) != 0) {
		buf_puts(what, "; ");
		buf_puts(what, b->error);
	}
	return "both-fail";
}

const char *
ocspdiff(struct buf *what, const struct ocsp_answer *first,
    const struct ocsp_answer *second, int64_t skew, unsigned ignored)
{
	if (first->status == OCSP_IS_NOTHING ||
	    second->status == OCSP_IS_NOTHING)
		return failures(what, first, second);
	for (unsigned i = 0; i < DIFFERENCES; i++) {
		if ((ignored & 1u << i) != 0 ||
		    !differences[i].differ(first, second, skew))
			continue;
		if (what->size != 0)
			buf_putc(what, ',');
		buf_puts(what, differences[i].name);
	}
	if (what->size != 0)
		return "differs";
	return first->status == OCSP_IS_UNKNOWN ? "unknown" : "same";
}

#define LARGEST 65536 /* an answer about one certificate, with a chain */
#define PATIENCE 3

static const char answer_type[] = "application/ocsp-response";

struct responder {
	const struct ocsp *ocsp;
	struct http *http;
	unsigned late; /* times in a row */
};

struct responder *
responder_new(const char *url, const struct ocsp *ocsp, unsigned milliseconds)
{
	struct http_limits limits = { milliseconds, LARGEST };
	struct http *http = http_new(url, &limits);
	struct responder *responder;

	if (http == NULL)
		return NULL;
	responder = mem_zalloc(1, sizeof *responder);
	responder->ocsp = ocsp;
	responder->http = http;
	return responder;
}

static int
no_answer(struct ocsp_answer *answer, const char *error)
{
	snprintf(answer->error, sizeof answer->error, "%s", error);
	return -1;
}

/* Send der, and get what comes for it. */
static int
exchange(struct responder *responder, struct slice der, struct buf *got,
    struct ocsp_answer *answer)
{
	struct http *http = responder->http;

	if (http_post(http, "application/ocsp-request", der) < 0 ||
	    http_body(http, got) < 0) {
		responder->late = http_was_late(http) ? responder->late + 1 :
							0;
		return no_answer(answer, http_error(http));
	}
	responder->late = 0;
	/* A CA of Dogtag 11 says so that it knows no such certificate. */
	if (got->size == 0)
		return no_answer(answer, "an empty answer");
	if (*http_type(http) != '\0' &&
	    strcmp(http_type(http), answer_type) != 0)
		return snprintf(answer->error, sizeof answer->error,
			   "the answer is '%s'", http_type(http)),
		       -1;
	return 0;
}

int
responder_ask(struct responder *responder, OCSP_CERTID *id,
    struct ocsp_answer *answer)
{
	struct ocsp_question question;
	struct buf got = { 0 };
	int status = -1;

	*answer = ocsp_nothing;
	if (responder->late >= PATIENCE)
		return no_answer(answer,
		    "not asked: late three times in a row");
	if (ocsp_ask(&question, responder->ocsp, id) < 0)
		return no_answer(answer, "no request could be made");
	if (exchange(responder, buf_slice(&question.der), &got, answer) == 0)
		status = ocsp_read(answer, responder->ocsp, &question,
		    buf_slice(&got), time(NULL));
	buf_release(&got);
	ocsp_question_release(&question);
	return status;
}

void
responder_free(struct responder *responder)
{
	if (responder == NULL)
		return;
	http_free(responder->http);
	free(responder);
}
