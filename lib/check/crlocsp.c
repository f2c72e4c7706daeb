/* SPDX-License-Identifier: MIT */
#include "check/crlocsp.h"

#include <stdio.h>
#include <stdlib.h>

#include "key/certfile.h"
#include "key/responder.h"
#include "util/diag.h"
#include "util/mem.h"

/* The certificate in the file that has the issuer's name. */
static const struct cert *
issuer_of(const struct crl *crl, const struct certfile *file, const char *path)
{
	for (size_t i = 0; i < file->count; i++)
		if (strcmp(file->item[i].cert->subject, crl->about.issuer) ==
		    0)
			return file->item[i].cert;
	fail("%s: no certificate of '%s', who issued %s", path,
	    crl->about.issuer, crl->file);
	return NULL;
}

/* "0x1f", of the entry that was revoked last; "1" where there is none. */
static int
choose(struct crl *crl, char serial[2 * SERIAL_MOST + 3], bool *is_revoked)
{
	struct crl_entry entry;
	int64_t last = INT64_MIN;
	int more;

	*is_revoked = false;
	memcpy(serial, "1", sizeof "1");
	crl_rewind(crl);
	while ((more = crl_next(crl, &entry)) > 0) {
		if (entry.issuer != NULL || entry.date < last)
			continue;
		last = entry.date;
		*is_revoked = true;
		memcpy(serial, "0x", sizeof "0x");
		for (size_t i = 0; i < entry.serial.size; i++)
			snprintf(serial + 2 + 2 * i, 3, "%02x",
			    (unsigned char)entry.serial.at[i]);
	}
	return more;
}

static void
compare(struct findings *found, const struct crl *crl, const char *url,
    const struct ocsp_answer *answer, const char *serial, bool is_revoked)
{
	const struct findings_place place = { crl->file, 0 };
	char theirs[CERT_TIME_SIZE], ours[CERT_TIME_SIZE];

	cert_time(theirs, answer->this_update);
	cert_time(ours, crl->about.this_update);
	if (answer->this_update < crl->about.this_update)
		findings_add(found, place, FINDINGS_ERROR, "ocsp-crl-behind",
		    "%s answers by a CRL of %s, and this one is of %s: "
		    "certificates that were revoked since are good there. "
		    "Have the CA that makes the CRLs publish to it "
		    "(clonecheck reports publisher-missing), then update the "
		    "CRL", url, theirs, ours);
	else if (answer->status == OCSP_IS_UNKNOWN &&
	    (is_revoked || answer->this_update != crl->about.this_update))
		findings_add(found, place, FINDINGS_ERROR, "ocsp-no-crl",
		    "%s answers 'unknown' for serial number %s: it has no CRL "
		    "of this CA", url, serial);
	else if (answer->status == OCSP_IS_GOOD && is_revoked)
		findings_add(found, place, FINDINGS_ERROR, "ocsp-differs",
		    "%s answers 'good' for serial number %s, which is in this "
		    "CRL", url, serial);
}

static int
ask(struct findings *found, struct crl *crl, const struct cert *issuer,
    const char *url, unsigned milliseconds)
{
	char serial[2 * SERIAL_MOST + 3];
	struct responder *responder = NULL;
	struct ocsp_answer answer = ocsp_nothing;
	OCSP_CERTID *id = NULL;
	struct ocsp ocsp;
	bool is_revoked;
	int status = -1;

	if (choose(crl, serial, &is_revoked) < 0 ||
	    ocsp_init(&ocsp, issuer, "sha1") < 0)
		return -1;
	id = ocsp_id(&ocsp, serial);
	if (id == NULL)
		fail("%s: serial number %s: no responder can be asked for it",
		    crl->file, serial);
	else
		responder = responder_new(url, &ocsp, milliseconds);
	if (responder != NULL) {
		status = responder_ask(responder, id, &answer);
		/* Signed, and refused for its age, which is what we ask. */
		if (status < 0 && answer.this_update != OCSP_NO_TIME &&
		    answer.this_update < crl->about.this_update)
			status = 0;
		if (status == 0)
			compare(found, crl, url, &answer, serial, is_revoked);
		else
			fail("%s: %s", url, answer.error);
	}
	ocsp_answer_release(&answer);
	responder_free(responder);
	OCSP_CERTID_free(id);
	ocsp_release(&ocsp);
	return status;
}

int
crlocsp_check(struct findings *found, struct crl *crl, const char *issuer,
    const char *url, unsigned milliseconds)
{
	struct certfile file;
	const struct cert *cert;
	int status = -1;

	if (certfile_read(&file, issuer) < 0)
		return -1;
	cert = issuer_of(crl, &file, issuer);
	if (cert != NULL)
		status = ask(found, crl, cert, url, milliseconds);
	certfile_release(&file);
	return status;
}
