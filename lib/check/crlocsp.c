/* SPDX-License-Identifier: MIT */
#include "check/crlocsp.h"

#include <string.h>

#include "util/diag.h"
#include "x509/cert.h"
#include "x509/ocsp.h"

/* The certificate in the file that has the issuer's name. */
static const struct cert *
issuer_of(const struct crl *crl, const struct certfile *file, const char *path)
{
	for (size_t i = 0; i < file->count; i++)
		if (strcmp(file->item[i].cert->subject, crl->about.issuer) ==
		    0)
			return file->item[i].cert;
	fail("%s: no certificate of '%s', the issuer of %s", path,
	    crl->about.issuer, crl->file);
	return NULL;
}

/* What the responders are asked for, and of which CRL. */
struct asking {
	struct findings *found;
	struct crl *crl;
	struct ocsp ocsp;
	unsigned milliseconds;
	char serial[SERIAL_TEXT]; /* "0x1f" */
	bool is_revoked;
};

/* The entry that was revoked last; 1 where there is none. */
static int
choose(struct asking *a)
{
	struct crl_entry entry;
	int64_t last = INT64_MIN;
	int more;

	memcpy(a->serial, "1", sizeof "1");
	crl_rewind(a->crl);
	while ((more = crl_next(a->crl, &entry)) > 0) {
		if (entry.issuer != NULL || entry.date < last)
			continue;
		last = entry.date;
		a->is_revoked = true;
		serial_text(a->serial, entry.serial);
	}
	return more;
}

static void
compare(const struct asking *a, const char *url,
    const struct ocsp_answer *answer)
{
	const struct findings_place place = { a->crl->file, 0 };
	const int64_t made = a->crl->about.this_update;
	char theirs[CERT_TIME_SIZE], ours[CERT_TIME_SIZE];

	cert_time(theirs, answer->this_update);
	cert_time(ours, made);
	if (answer->this_update < made)
		findings_add(a->found, place,
		    "ocsp-crl-behind",
		    "%s answers by a CRL of %s, and this CRL is of %s: it "
		    "answers 'good' for certificates revoked since. Have the "
		    "CA that makes the CRLs publish to this responder "
		    "(clonecheck reports publisher-missing), then request "
		    "updateCRL as an agent", url, theirs, ours);
	else if (answer->status == OCSP_IS_UNKNOWN &&
	    (a->is_revoked || answer->this_update != made))
		findings_add(a->found, place, "ocsp-no-crl",
		    "%s answers 'unknown' for serial number %s: it has no CRL "
		    "of this CA. Have the CA that makes the CRLs publish to "
		    "this responder, then request updateCRL as an agent",
		    url, a->serial);
	else if (answer->status == OCSP_IS_GOOD && a->is_revoked)
		findings_add(a->found, place, "ocsp-differs",
		    "%s answers 'good' for serial number %s, which is in this "
		    "CRL: clients accept a revoked certificate", url,
		    a->serial);
}

static int
ask(const struct asking *a, OCSP_CERTID *id, const char *url)
{
	struct responder *responder = responder_new(url, &a->ocsp,
	    a->milliseconds);
	struct ocsp_answer answer;
	int status;

	if (responder == NULL)
		return -1;
	status = responder_ask(responder, id, &answer);
	/* Signed, and refused for its age, which is what we ask. */
	if (status < 0 && answer.this_update != OCSP_NO_TIME &&
	    answer.this_update < a->crl->about.this_update)
		status = 0;
	if (status == 0)
		compare(a, url, &answer);
	else
		fail("%s: %s", url, answer.error);
	ocsp_answer_release(&answer);
	responder_free(responder);
	return status;
}

static int
ask_all(struct asking *a, char *const *urls)
{
	OCSP_CERTID *id;
	int status = 0;

	if (choose(a) < 0)
		return -1;
	id = ocsp_id(&a->ocsp, a->serial);
	if (id == NULL)
		return fail("%s: serial number %s: cannot make an OCSP "
			    "request for it", a->crl->file, a->serial);
	for (; *urls != NULL; urls++)
		if (ask(a, id, *urls) < 0)
			status = -1;
	OCSP_CERTID_free(id);
	return status;
}

int
crlocsp_check(struct findings *found, struct crl *crl, const char *issuer,
    char *const *urls, unsigned milliseconds)
{
	struct asking a = { .found = found, .crl = crl,
		.milliseconds = milliseconds };
	struct certfile file;
	const struct cert *cert;
	int status = -1;

	if (certfile_read(&file, issuer) < 0)
		return -1;
	cert = issuer_of(crl, &file, issuer);
	if (cert != NULL && ocsp_init(&a.ocsp, cert, "sha1") == 0) {
		status = ask_all(&a, urls);
		ocsp_release(&a.ocsp);
	}
	certfile_release(&file);
	return status;
}
