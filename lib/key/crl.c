/* SPDX-License-Identifier: MIT */
#include "key/crl.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "key/crlinput.h"
#include "key/derread.h"
#include "util/diag.h"
#include "util/mem.h"

#define VERSION_2 "\x01"

struct crl_reader {
	struct crlinput in;
	EVP_MD_CTX *hash;
	bool was_read; /* once, to its end */
	uint64_t end, tbs, tbs_end, list, list_end;
	uint64_t entry; /* the number of the next */
	char *hold, *issuer;
};

static int
damaged(const struct crl *crl, const char *what)
{
	const struct crl_reader *r = crl->reader;

	if (r->in.failed) {
		errno = r->in.error;
		return fail_errno("cannot read '%s'", crl->file);
	}
	if (r->was_read)
		return fail("%s: changed while it was read", crl->file);
	return fail("%s: not a CRL in DER: %s", crl->file, what);
}

static int
damaged_entry(const struct crl *crl, const char *what)
{
	if (crl->reader->was_read)
		return damaged(crl, what);
	return fail("%s: entry %llu: %s", crl->file,
	    (unsigned long long)crl->reader->entry + 1, what);
}

/* -- extensions ------------------------------------------------------------ */

static bool
take_extensions(struct crl *crl, struct slice list)
{
	struct crlext ext;

	while (list.size != 0)
		if (!crlext_next(&list, &ext) ||
		    !crlabout_extension(&crl->about, &ext))
			return false;
	return true;
}

static bool
take_entry_extension(struct crl *crl, struct crl_entry *entry,
    const struct crlext *ext)
{
	struct crl_reader *r = crl->reader;

	switch (ext->kind) {
	case CRLEXT_REASON:
		return entry->reason == CRL_NO_REASON &&
		    crlext_reason(ext->value, &entry->reason);
	case CRLEXT_INVALIDITY:
		if (entry->has_invalidity)
			return false;
		entry->has_invalidity = true;
		return crlext_time(ext->value, &entry->invalidity);
	case CRLEXT_HOLD:
		if (entry->hold != NULL)
			return false;
		entry->hold = r->hold = crlext_hold(ext->value);
		return r->hold != NULL;
	case CRLEXT_ISSUER:
		/* It is that of the entries that follow, too. */
		free(r->issuer);
		r->issuer = crlext_issuer(ext->value);
		return r->issuer != NULL;
	default:
		if (ext->critical && !r->was_read)
			crlabout_not_understood(&crl->about, ext);
		return true;
	}
}

/* -- what comes before the entries ----------------------------------------- */

static bool
is_time(unsigned char id)
{
	return id == DERREAD_UTC_TIME || id == DERREAD_GENERALIZED_TIME;
}

/* The identifier of what comes next in the TBSCertList; 0: nothing does. */
static unsigned char
next_id(struct crl_reader *r)
{
	struct slice s;

	if (crlinput_offset(&r->in) >= r->tbs_end)
		return 0;
	s = crlinput_peek(&r->in, 1);
	return s.size != 0 ? (unsigned char)s.at[0] : 0;
}

static bool
element(struct crl_reader *r, struct ber *e)
{
	return crlinput_element(&r->in, r->tbs_end, e) == CRLINPUT_GOOD;
}

static int
read_times(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	struct ber e;

	if (!element(r, &e) || !derread_time(e.id, e.content,
	    &crl->about.this_update))
		return damaged(crl, "thisUpdate");
	crl->about.has_next_update = is_time(next_id(r));
	if (crl->about.has_next_update && (!element(r, &e) ||
	    !derread_time(e.id, e.content, &crl->about.next_update)))
		return damaged(crl, "nextUpdate");
	return 0;
}

static int
read_frame(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	unsigned char id;

	if (crlinput_open(&r->in, CRL_LIMIT, &id, &r->end) != CRLINPUT_GOOD ||
	    id != BER_SEQUENCE)
		return damaged(crl, "CertificateList");
	r->tbs = crlinput_offset(&r->in);
	crlinput_hash(&r->in, r->hash);
	if (crlinput_open(&r->in, r->end, &id, &r->tbs_end) != CRLINPUT_GOOD ||
	    id != BER_SEQUENCE)
		return damaged(crl, "tbsCertList");
	return 0;
}

static int
begin_hash(struct crl *crl)
{
	return EVP_DigestInit_ex(crl->reader->hash, crl->about.md != NULL ?
	    crl->about.md : EVP_sha256(), NULL) == 1 ? 0 :
	    fail("%s: not supported: %s", crl->file, crl->about.algorithm);
}

/* Up to the first entry.  All of it fits into the window, so that the digest
 * begins when its kind is known. */
static int
read_header(struct crl *crl, bool *is_v2)
{
	struct crl_reader *r = crl->reader;
	unsigned char id;
	struct ber e;

	*is_v2 = next_id(r) == BER_INTEGER;
	if (*is_v2 && (!element(r, &e) ||
	    !slice_is(e.content, slice_of(VERSION_2))))
		return damaged(crl, "version");
	if (!element(r, &e) || e.id != BER_SEQUENCE)
		return damaged(crl, "signature algorithm");
	if (!crlabout_algorithm(&crl->about, e.whole))
		return damaged(crl, "signature algorithm");
	if (begin_hash(crl) < 0)
		return -1;
	if (!element(r, &e) || e.id != BER_SEQUENCE)
		return damaged(crl, "issuer");
	if (!crlabout_issuer(&crl->about, e.whole))
		return damaged(crl, "issuer");
	if (read_times(crl) < 0)
		return -1;
	r->list = r->list_end = crlinput_offset(&r->in);
	if (next_id(r) != BER_SEQUENCE)
		return 0;
	if (crlinput_open(&r->in, r->tbs_end, &id, &r->list_end) !=
	    CRLINPUT_GOOD)
		return damaged(crl, "revokedCertificates");
	r->list = crlinput_offset(&r->in);
	return 0;
}

/* -- entries --------------------------------------------------------------- */

static int
read_entry(struct crl *crl, struct slice in, struct crl_entry *entry)
{
	struct crl_reader *r = crl->reader;
	struct slice list;
	struct crlext ext;
	struct ber time;

	free(r->hold);
	r->hold = NULL;
	*entry = (struct crl_entry){ .reason = CRL_NO_REASON };
	if (!derread_take(&in, BER_INTEGER, &entry->serial) ||
	    !derread_is_integer(entry->serial) ||
	    entry->serial.size > SERIAL_MOST)
		return damaged_entry(crl, "serial number");
	if (!derread_next(&in, &time) ||
	    !derread_time(time.id, time.content, &entry->date))
		return damaged_entry(crl, "revocation date");
	if (in.size != 0 && (!derread_only(in, BER_SEQUENCE, &list)))
		return damaged_entry(crl, "extensions");
	if (in.size != 0)
		while (list.size != 0)
			if (!crlext_next(&list, &ext) ||
			    !take_entry_extension(crl, entry, &ext))
				return damaged_entry(crl, "extensions");
	entry->issuer = r->issuer;
	if (r->issuer != NULL && strcmp(r->issuer, crl->about.issuer) == 0)
		entry->issuer = NULL;
	return 0;
}

/* -- what comes after them ------------------------------------------------- */

static int
end_hash(const struct crl *crl, unsigned char digest[EVP_MAX_MD_SIZE],
    unsigned *size)
{
	crlinput_hash_end(&crl->reader->in);
	return EVP_DigestFinal_ex(crl->reader->hash, digest, size) == 1 ? 0 :
	    fail("%s: no digest", crl->file);
}

static int
read_extensions(struct crl *crl, bool is_v2)
{
	struct crl_reader *r = crl->reader;
	struct slice list;
	struct ber e;

	if (next_id(r) == 0)
		return 0;
	if (!is_v2 || !element(r, &e) || e.id != BER_EXPLICIT_0 ||
	    !derread_only(e.content, BER_SEQUENCE, &list) ||
	    crlinput_offset(&r->in) != r->tbs_end ||
	    !take_extensions(crl, list))
		return damaged(crl, "crlExtensions");
	return 0;
}

static int
read_signature(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	struct ber e;

	if (crlinput_element(&r->in, r->end, &e) != CRLINPUT_GOOD ||
	    !slice_is(e.whole, crl->about.algorithm_der))
		return damaged(crl, "two signature algorithms");
	if (crlinput_element(&r->in, r->end, &e) != CRLINPUT_GOOD ||
	    e.id != 0x03 || e.content.size < 1 || e.content.at[0] != 0)
		return damaged(crl, "signature");
	crl->signature.size = e.content.size - 1;
	crl->signature.at = mem_dup(e.content.at + 1, crl->signature.size);
	if (crlinput_offset(&r->in) != r->end)
		return damaged(crl, "more than a signature");
	if (crlinput_peek(&r->in, 1).size != 0 || r->in.failed)
		return damaged(crl, "bytes after it");
	return 0;
}

/* Again: is it what it was? */
static int
check_digest(const struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	size_t left = (size_t)(r->tbs_end - crlinput_offset(&r->in));
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size;

	if (crlinput_peek(&r->in, left).size != left)
		return damaged(crl, "");
	crlinput_skip(&r->in, left);
	if (end_hash(crl, digest, &size) < 0)
		return -1;
	return memcmp(digest, crl->digest, size) == 0 ? 0 : damaged(crl, "");
}

void
crl_rewind(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	size_t header = (size_t)(r->list - r->tbs);

	free(r->issuer);
	r->issuer = NULL;
	r->entry = 0;
	crlinput_seek(&r->in, r->tbs);
	(void)EVP_DigestInit_ex(r->hash, NULL, NULL);
	crlinput_hash(&r->in, r->hash);
	/* A file that has become shorter is found by who reads on. */
	crlinput_skip(&r->in, crlinput_peek(&r->in, header).size);
}

int
crl_next(struct crl *crl, struct crl_entry *entry)
{
	struct crl_reader *r = crl->reader;
	struct ber e;

	if (crlinput_offset(&r->in) == r->list_end) {
		if (!r->was_read)
			return 0;
		if (check_digest(crl) < 0)
			return -1;
		crl_rewind(crl);
		return 0;
	}
	switch (crlinput_element(&r->in, r->list_end, &e)) {
	case CRLINPUT_LARGE:
		return damaged_entry(crl, "too large");
	case CRLINPUT_DAMAGED:
		return damaged_entry(crl, "cut off, or no DER");
	case CRLINPUT_GOOD:
		break;
	}
	if (e.id != BER_SEQUENCE)
		return damaged_entry(crl, "no SEQUENCE");
	if (read_entry(crl, e.content, entry) < 0)
		return -1;
	r->entry++;
	return 1;
}

static int
read_all(struct crl *crl)
{
	struct crl_entry entry;
	bool is_v2;
	int more;

	if (read_frame(crl) < 0 || read_header(crl, &is_v2) < 0)
		return -1;
	while ((more = crl_next(crl, &entry)) > 0)
		crl->entries++;
	if (more < 0 || read_extensions(crl, is_v2) < 0 ||
	    end_hash(crl, crl->digest, &crl->digest_size) < 0 ||
	    read_signature(crl) < 0)
		return -1;
	crl->reader->was_read = true;
	crl_rewind(crl);
	return 0;
}

struct crl *
crl_open(int fd, const char *file)
{
	struct crl *crl = mem_zalloc(1, sizeof *crl);

	crl->file = file;
	crl->reader = mem_zalloc(1, sizeof *crl->reader);
	crl->reader->in.fd = fd;
	crl->reader->in.start = lseek(fd, 0, SEEK_CUR);
	crl->reader->hash = EVP_MD_CTX_new();
	if (crl->reader->hash == NULL || read_all(crl) < 0) {
		crl_free(crl);
		return NULL;
	}
	return crl;
}

char *
crl_signed_part(const struct crl *crl, size_t limit, size_t *size)
{
	const struct crl_reader *r = crl->reader;
	uint64_t left = r->tbs_end - r->tbs;
	char *text;
	ssize_t got;

	if (left > limit) {
		fail("%s: larger than %zu bytes, which are signed at once",
		    crl->file, limit);
		return NULL;
	}
	text = mem_alloc((size_t)left);
	for (*size = 0; *size < left; *size += (size_t)got) {
		got = pread(r->in.fd, text + *size, (size_t)left - *size,
		    r->in.start + (int64_t)(r->tbs + *size));
		if (got <= 0) {
			fail("%s: changed while it was read", crl->file);
			free(text);
			return NULL;
		}
	}
	return text;
}

void
crl_free(struct crl *crl)
{
	if (crl == NULL)
		return;
	crlabout_release(&crl->about);
	free((char *)(uintptr_t)crl->signature.at);
	EVP_MD_CTX_free(crl->reader->hash);
	crlinput_release(&crl->reader->in);
	free(crl->reader->hold);
	free(crl->reader->issuer);
	free(crl->reader);
	free(crl);
}

const char *
crl_reason_name(int reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise",
		"cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn", "aACompromise" };

	return reason >= 0 && (size_t)reason < sizeof names / sizeof *names ?
	    names[reason] : NULL;
}
