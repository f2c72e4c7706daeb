/* SPDX-License-Identifier: MIT */
#include "key/ocspdiff.h"

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
