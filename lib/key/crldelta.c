/* SPDX-License-Identifier: MIT */
#include "key/crldelta.h"

#include "util/diag.h"

static struct slice
number_of(const struct crl_number *number)
{
	return (struct slice){ (const char *)number->octets, number->size };
}

bool
crldelta_is(const struct crl *crl)
{
	return crl->about.delta_base.size != 0;
}

int
crldelta_check_scope(const struct crl *a, const struct crl *b)
{
	if (!slice_is(a->about.issuer_der, b->about.issuer_der) &&
	    strcmp(a->about.issuer, b->about.issuer) != 0)
		return fail("%s: of another issuer than %s: '%s'", b->file,
		    a->file, b->about.issuer);
	if (!slice_is(a->about.issuing_point_der, b->about.issuing_point_der))
		return fail("%s: of another issuing point than %s", b->file,
		    a->file);
	return 0;
}

int
crldelta_check(const struct crl *base, const struct crl *delta)
{
	if (!crldelta_is(delta))
		return fail("%s: not a delta CRL", delta->file);
	if (crldelta_is(base))
		return fail("%s: a delta CRL is no base", base->file);
	if (crldelta_check_scope(base, delta) < 0)
		return -1;
	if (base->about.number.size == 0 || delta->about.number.size == 0)
		return fail("%s: no CRL number", base->about.number.size == 0 ?
		    base->file : delta->file);
	if (serial_compare(number_of(&base->about.number),
	    number_of(&delta->about.delta_base)) < 0)
		return fail("%s: older than the base that %s is for",
		    base->file, delta->file);
	if (serial_compare(number_of(&base->about.number),
	    number_of(&delta->about.number)) > 0)
		return fail("%s: older than %s, its base", delta->file,
		    base->file);
	return 0;
}

int
crldelta_begin(struct crldelta *e, struct crl *base, struct crl *delta)
{
	*e = (struct crldelta){ .base = base, .delta = delta };
	return delta != NULL ? crlset_read(&e->changes, delta) : 0;
}

int
crldelta_next(struct crldelta *e, struct crl_entry *entry)
{
	int more = 1;

	while (!e->at_changes) {
		more = crl_next(e->base, entry);
		if (more < 0 || (more == 0 && e->delta == NULL))
			return more;
		if (more == 0)
			e->at_changes = true;
		else if (e->delta == NULL ||
		    crlset_find(&e->changes, entry) == BYTEMAP_NONE)
			return 1;
	}
	while (e->change < e->changes.count) {
		uint32_t at = e->change++;

		crlset_get(&e->changes, at, entry);
		if (!crlset_is_marked(&e->changes, at) &&
		    entry->reason != CRL_REMOVE)
			return 1;
	}
	return 0;
}

void
crldelta_end(struct crldelta *e)
{
	if (e->delta != NULL)
		crlset_release(&e->changes);
}
