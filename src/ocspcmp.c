/* SPDX-License-Identifier: MIT */
/*
 * ocspcmp - do two OCSP responders answer the same?
 *
 * in:	certificates, PEM or DER; or serial numbers, one a line, of which what
 *	follows a tab is passed over
 * out:	records, one a certificate
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/parallel.h"
#include "util/record.h"
#include "util/slurp.h"
#include "x509/cert.h"
#include "x509/ocsp.h"

#define LARGEST ((size_t)64 << 20)

enum {
	SERIAL,
	VERDICT,
	WHAT,
	STATUS,
	REVOKED = STATUS + 2,
	REASON = REVOKED + 2,
	THIS_UPDATE = REASON + 2,
	NEXT_UPDATE = THIS_UPDATE + 2,
	RESPONDER = NEXT_UPDATE + 2,
	SIGNER = RESPONDER + 2,
	NONCE = SIGNER + 2,
	SUBJECT = NONCE + 2,
	FIELDS,
};

/* In the order above; of two, the second is that of the second responder. */
static const struct record_column columns[FIELDS + 1] = {
	{ "serial", "serial number of the certificate" },
	{ "verdict", "same, differs, unknown, or whose answer failed" },
	{ "what", "what differs, or why it failed" },
	{ "first-status", "good, revoked or unknown" },
	{ "second-status", NULL },
	{ "first-revoked", "when it was revoked" },
	{ "second-revoked", NULL },
	{ "first-reason", "why it was revoked" },
	{ "second-reason", NULL },
	{ "first-this-update", "thisUpdate of the answer" },
	{ "second-this-update", NULL },
	{ "first-next-update", "nextUpdate of the answer" },
	{ "second-next-update", NULL },
	{ "first-responder",
	"subject of the certificate that signed the answer" },
	{ "second-responder", NULL },
	{ "first-signer", "serial number of that certificate" },
	{ "second-signer", NULL },
	{ "first-nonce", "true if the answer has the nonce of the request" },
	{ "second-nonce", NULL },
	{ "subject", "subject of the certificate, if FILE has it" },
	{ NULL, NULL }
};

struct asked {
	OCSP_CERTID *id;
	char *subject; /* or NULL */
	struct ocsp_answer answer[2];
};

struct comparison {
	struct ocsp ocsp;
	struct responder *responder[2];
	struct asked *asked;
	size_t count, room;
	unsigned ignored; /* as ocspdiff_bit() has them */
};

static int
add_serial(struct comparison *c, const char *serial)
{
	OCSP_CERTID *id = ocsp_id(&c->ocsp, serial);

	if (id == NULL)
		return -1;
	MEM_GROW(c->asked, c->count, c->room);
	c->asked[c->count++] = (struct asked){ .id = id };
	return 0;
}

static int
add_serials(struct comparison *c, const char *name, char *text)
{
	unsigned number = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		number++;
		line[strcspn(line, "\t\r")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (add_serial(c, line) < 0)
			return fail("%s:%u: not a serial number: '%s'", name,
			    number, line);
	}
	return 0;
}

static int
add_certs(struct comparison *c, const struct cert *issuer, const char *name,
    struct slice text)
{
	struct certfile file;
	int status = 0;

	if (certfile_parse(&file, name, text) < 0)
		return -1;
	for (size_t i = 0; i < file.count && status == 0; i++) {
		const struct cert *cert = file.item[i].cert;

		if (!cert_issued(issuer, cert))
			status = fail("%s: '%s' is not issued by '%s'", name,
			    cert->subject, issuer->subject);
		else if (add_serial(c, cert->serial) < 0)
			status = fail("%s: not a serial number: '%s'", name,
			    cert->serial);
		else
			c->asked[c->count - 1].subject = mem_dup(cert->subject,
			    strlen(cert->subject));
	}
	certfile_release(&file);
	return status;
}

static int
add_file(struct comparison *c, const struct cert *issuer, const char *path)
{
	struct slice all;
	char *text;
	int status;

	if (slurp(path, LARGEST, &text, &all.size) < 0)
		return -1;
	all.at = text;
	if (certfile_detect(all))
		status = add_certs(c, issuer, slurp_name(path), all);
	else if (memchr(text, '\0', all.size) != NULL)
		status = fail("%s: neither certificates nor serial numbers",
		    slurp_name(path));
	else
		status = add_serials(c, slurp_name(path), text);
	free(text);
	return status;
}

static int
add_all(struct comparison *c, const struct cert *issuer, char **serials,
    const char **files)
{
	for (; serials != NULL && *serials != NULL; serials++)
		if (add_serial(c, *serials) < 0)
			return fail("not a serial number: '%s'", *serials);
	for (; *files != NULL; files++)
		if (add_file(c, issuer, *files) < 0)
			return -1;
	return c->count != 0 ? 0 : fail("no certificates to ask about");
}

static void
ask_one(void *arg, size_t which)
{
	struct comparison *c = arg;

	for (size_t i = 0; i < c->count; i++)
		responder_ask(c->responder[which], c->asked[i].id,
		    &c->asked[i].answer[which]);
}

static struct slice
time_field(char dst[CERT_TIME_SIZE], int64_t seconds)
{
	if (seconds == OCSP_NO_TIME)
		return (struct slice){ 0 };
	cert_time(dst, seconds);
	return slice_of(dst);
}

/* Fields of the first answer, field[0], field[2]...; or of the second. */
static void
fill(struct slice *field, const struct ocsp_answer *answer,
    char room[3][CERT_TIME_SIZE])
{
	static const char *const names[] = { NULL, "good", "revoked",
		"unknown" };
	bool judged = answer->status != OCSP_IS_NOTHING || answer->has_nonce;

	field[STATUS] = slice_or_none(names[answer->status]);
	field[REVOKED] = time_field(room[0], answer->revoked);
	field[REASON] = slice_or_none(answer->reason);
	field[THIS_UPDATE] = time_field(room[1], answer->this_update);
	field[NEXT_UPDATE] = time_field(room[2], answer->next_update);
	field[RESPONDER] = slice_or_none(answer->responder);
	field[SIGNER] = slice_or_none(answer->signer);
	field[NONCE] = slice_or_none(!judged ? NULL :
		answer->has_nonce	  ? "true" :
					    "false");
}

/* Is all the same? */
static bool
put(struct records *out, const struct comparison *c, const struct asked *asked)
{
	struct slice field[FIELDS];
	char room[2][3][CERT_TIME_SIZE];
	char *serial = ocsp_serial(asked->id);
	struct buf what = { 0 };
	const char *verdict = ocspdiff(&what, &asked->answer[0],
	    &asked->answer[1], c->ocsp.skew, c->ignored);

	field[SERIAL] = slice_of(serial);
	field[VERDICT] = slice_of(verdict);
	field[WHAT] = what.size != 0 ? buf_slice(&what) : (struct slice){ 0 };
	fill(field, &asked->answer[0], room[0]);
	fill(field + 1, &asked->answer[1], room[1]);
	field[SUBJECT] = slice_or_none(asked->subject);
	records_put(out, field);
	buf_release(&what);
	free(serial);
	return strcmp(verdict, "same") == 0;
}

static int
compare(struct comparison *c, const struct record_format *format)
{
	struct records out;
	int status = STATUS_OK;

	if (records_begin(&out, columns, format) < 0)
		return STATUS_ERROR;
	parallel_run(ask_one, c, 2, NULL);
	for (size_t i = 0; i < c->count; i++)
		if (!put(&out, c, &c->asked[i]))
			status = STATUS_DIFFER;
	records_end(&out);
	return status;
}

static void
release(struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		OCSP_CERTID_free(c->asked[i].id);
		free(c->asked[i].subject);
		ocsp_answer_release(&c->asked[i].answer[0]);
		ocsp_answer_release(&c->asked[i].answer[1]);
	}
	free(c->asked);
	responder_free(c->responder[0]);
	responder_free(c->responder[1]);
	ocsp_release(&c->ocsp);
}

struct options {
	char *issuer, *hash, **serials, **responders, **ignored;
	int skew, timeout, no_nonce;
};

/* Two certificates of one CA, which was renewed, say: requests name the CA by
 * its name and key. */
static bool
is_same_ca(const struct cert *a, const struct cert *b)
{
	return strcmp(a->subject, b->subject) == 0 && a->has_key_id &&
	    b->has_key_id && memcmp(a->key_id, b->key_id, CERT_ID_SIZE) == 0;
}

static bool
has_issued_other(const struct certfile *file, const struct cert *cert)
{
	for (size_t i = 0; i < file->count; i++)
		if (file->item[i].cert->is_ca &&
		    !is_same_ca(cert, file->item[i].cert) &&
		    cert_issued(cert, file->item[i].cert))
			return true;
	return false;
}

/* Of a chain, the last CA.  NULL: reported. */
static const struct cert *
choose_issuer(const struct certfile *file, const char *path)
{
	const struct cert *chosen = NULL;

	for (size_t i = 0; i < file->count; i++) {
		const struct cert *cert = file->item[i].cert;

		if (!cert->is_ca || has_issued_other(file, cert) ||
		    (chosen != NULL && is_same_ca(chosen, cert)))
			continue;
		if (chosen != NULL) {
			fail("%s: several CAs, such as '%s' and '%s': give the "
			     "issuer's certificate only", path,
			    chosen->subject, cert->subject);
			return NULL;
		}
		chosen = cert;
	}
	if (chosen == NULL)
		fail("%s: not the certificate of a CA: '%s'", path,
		    file->item[0].cert->subject);
	return chosen;
}

static const struct cert *
read_issuer(struct certfile *file, const char *path)
{
	const struct cert *issuer;

	if (path == NULL)
		cli_usage("--issuer is missing");
	if (certfile_read(file, path) < 0)
		return NULL;
	issuer = choose_issuer(file, path);
	if (issuer == NULL)
		certfile_release(file);
	return issuer;
}

static int
trust(struct ocsp *ocsp, char **paths)
{
	struct certfile file;

	for (; paths != NULL && *paths != NULL; paths++) {
		if (certfile_read(&file, *paths) < 0)
			return -1;
		for (size_t i = 0; i < file.count; i++)
			ocsp_trust(ocsp, file.item[i].cert);
		certfile_release(&file);
	}
	return 0;
}

static void
ignore(struct comparison *c, char **names)
{
	unsigned bit;

	for (; names != NULL && *names != NULL; names++) {
		bit = ocspdiff_bit(*names);
		if (bit == 0)
			cli_usage("--ignore: not revoked, reason, this-update, "
				  "next-update or responder: '%s'",
			    *names);
		c->ignored |= bit;
	}
}

static int
set_up(struct comparison *c, const struct options *o, const char **operands,
    const struct cert *issuer)
{
	if (ocsp_init(&c->ocsp, issuer,
		o->hash != NULL ? o->hash : "sha1") < 0)
		return -1;
	c->ocsp.skew = o->skew;
	c->ocsp.no_nonce = o->no_nonce != 0;
	for (int i = 0; i < 2; i++)
		if ((c->responder[i] = responder_new(operands[i], &c->ocsp,
			 (unsigned)o->timeout * 1000)) == NULL)
			return -1;
	if (trust(&c->ocsp, o->responders) < 0)
		return -1;
	return add_all(c, issuer, o->serials, operands + 2);
}

static int
run(const struct options *o, const char **operands,
    const struct record_format *format)
{
	struct comparison c = { 0 };
	const struct cert *issuer;
	struct certfile file;
	int status = STATUS_ERROR;

	if (o->timeout < 1 || o->timeout > 3600)
		cli_usage("--timeout: not from 1 to 3600: '%d'", o->timeout);
	if (o->skew < 0)
		cli_usage("--skew: negative: '%d'", o->skew);
	ignore(&c, o->ignored);
	issuer = read_issuer(&file, o->issuer);
	if (issuer == NULL)
		return STATUS_ERROR;
	if (set_up(&c, o, operands, issuer) == 0)
		status = compare(&c, format);
	release(&c);
	certfile_release(&file);
	return status;
}

int
main(int argc, char **argv)
{
	struct record_format format = { 0 };
	struct options o = { .skew = 300, .timeout = 10 };
	const struct poptOption options[] = {
		{ "issuer", 'i', POPT_ARG_STRING, &o.issuer, 0,
		  "certificate of the CA that issued the certificates",
		  "FILE" },
		{ "serial", 's', POPT_ARG_ARGV, &o.serials, 0,
		  "ask about this serial number, decimal or 0x hex", "NUMBER" },
		{ "skew", '\0', POPT_ARG_INT, &o.skew, 0,
		  "how much times may differ (300)", "SECONDS" },
		{ "timeout", '\0', POPT_ARG_INT, &o.timeout, 0,
		  "wait up to SECONDS for an answer (10)", "SECONDS" },
		{ "ignore", '\0', POPT_ARG_ARGV, &o.ignored, 0,
		  "allow a difference in revoked, reason, this-update, "
		  "next-update or responder", "WHAT" },
		{ "responder", '\0', POPT_ARG_ARGV, &o.responders, 0,
		  "trust responders with these certificates too", "FILE" },
		{ "hash", '\0', POPT_ARG_STRING, &o.hash, 0,
		  "hash that identifies the issuer in requests (sha1)",
		  "NAME" },
		{ "no-nonce", '\0', POPT_ARG_NONE, &o.no_nonce, 0,
		  "send no nonce, and accept cached answers", NULL },
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "URL1 URL2 [FILE...]", "\
FILE has certificates, PEM or DER, or serial numbers, one a line; - is\n\
standard input.  Example:\n\
\n\
  ocspcmp -i ca.pem http://ca1:8080/ca/ocsp http://ca2:8080/ca/ocsp -s 0x1f\n\
\n\
Status: 0 all answers are the same; 1 some differ or failed; 2 error.\n",
		2, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	return run(&o, operands, &format);
}
