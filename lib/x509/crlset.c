/* SPDX-License-Identifier: MIT */
#include "x509/crlset.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

/*
 * An entry in the text: this, then the serial number, the issuer with a NUL
 * and the hold instruction with a NUL.  The key is the serial number and the
 * issuer, whose lengths stand in front of both.
 */
struct packed {
	uint32_t date[2], invalidity[2];
	unsigned char marked, has_invalidity, has_hold, reason;
	unsigned char has_issuer, serial_size;
};

#define PACKED (offsetof(struct packed, serial_size) + 1)
#define KEY offsetof(struct packed, has_issuer)

static struct packed
packed_at(const struct crlset *set, uint32_t at)
{
	struct packed p = { 0 };

	memcpy(&p, set->text.at + set->start[at], PACKED);
	return p;
}

static struct slice
key_of(const void *arg, uint32_t at)
{
	const struct crlset *set = arg;
	const char *start = set->text.at + set->start[at];
	struct packed p = packed_at(set, at);
	size_t size = PACKED + p.serial_size;

	if (p.has_issuer)
		size += strlen(start + size) + 1;
	return (struct slice){ start + KEY, size - KEY };
}

static void
add_text(struct buf *b, const char *text)
{
	if (text != NULL)
		buf_add(b, (struct slice){ text, strlen(text) + 1 });
}

static void
pack(struct buf *b, const struct crl_entry *entry)
{
	struct packed p = {
		.has_invalidity = entry->has_invalidity,
		.has_hold = entry->hold != NULL,
		.reason = (unsigned char)entry->reason,
		.has_issuer = entry->issuer != NULL,
		.serial_size = (unsigned char)entry->serial.size,
	};

	memcpy(p.date, &entry->date, sizeof p.date);
	memcpy(p.invalidity, &entry->invalidity, sizeof p.invalidity);
	buf_add(b, (struct slice){ (const char *)&p, PACKED });
	buf_add(b, entry->serial);
	add_text(b, entry->issuer);
	add_text(b, entry->hold);
}

static void
add(struct crlset *set, const struct crl_entry *entry)
{
	uint32_t at = (uint32_t)set->count, before;

	MEM_GROW(set->start, set->count, set->room);
	set->start[set->count++] = set->text.size;
	pack(&set->text, entry);
	before = hashmap_put(&set->map, key_of(set, at), at);
	if (before != HASHMAP_NONE)
		crlset_mark(set, before);
}

int
crlset_read(struct crlset *set, struct crl *crl)
{
	struct crl_entry entry;
	int more;

	*set = (struct crlset){ .room = crl->entries + 1 };
	set->start = mem_alloc(set->room * sizeof *set->start);
	hashmap_init(&set->map, crl->entries, key_of, set);
	while ((more = crl_next(crl, &entry)) > 0) {
		if (set->count == HASHMAP_NONE)
			return fail("%s: too many entries", crl->file);
		add(set, &entry);
	}
	return more;
}

uint32_t
crlset_find(const struct crlset *set, const struct crl_entry *entry)
{
	struct buf b = { 0 };
	size_t size = PACKED + entry->serial.size;
	uint32_t at;

	if (entry->issuer != NULL)
		size += strlen(entry->issuer) + 1;
	buf_reserve(&b, size);
	pack(&b, entry);
	at = hashmap_get(&set->map, (struct slice){ b.at + KEY, size - KEY });
	buf_release(&b);
	return at;
}

void
crlset_get(const struct crlset *set, uint32_t at, struct crl_entry *entry)
{
	const char *text = set->text.at + set->start[at] + PACKED;
	struct packed p = packed_at(set, at);

	*entry = (struct crl_entry){
		.serial = { text, p.serial_size },
		.reason = (signed char)p.reason,
		.has_invalidity = p.has_invalidity != 0,
	};
	memcpy(&entry->date, p.date, sizeof p.date);
	memcpy(&entry->invalidity, p.invalidity, sizeof p.invalidity);
	text += p.serial_size;
	if (p.has_issuer) {
		entry->issuer = text;
		text += strlen(text) + 1;
	}
	if (p.has_hold)
		entry->hold = text;
}

void
crlset_mark(struct crlset *set, uint32_t at)
{
	set->text.at[set->start[at] + offsetof(struct packed, marked)] = 1;
}

bool
crlset_is_marked(const struct crlset *set, uint32_t at)
{
	return packed_at(set, at).marked != 0;
}

void
crlset_release(struct crlset *set)
{
	buf_release(&set->text);
	free(set->start);
	hashmap_release(&set->map);
}

static struct slice
number_of(const struct crl_number *number)
{
	return (struct slice){ (const char *)number->octets, number->size };
}

bool
crl_is_delta(const struct crl *crl)
{
	return crl->about.delta_base.size != 0;
}

int
crldelta_check_scope(const struct crl *a, const struct crl *b)
{
	if (!slice_equal(a->about.issuer_der, b->about.issuer_der) &&
	    strcmp(a->about.issuer, b->about.issuer) != 0)
		return fail("%s: of another issuer than %s: '%s'", b->file,
		    a->file, b->about.issuer);
	if (!slice_equal(
		a->about.issuing_point_der, b->about.issuing_point_der))
		return fail("%s: of another issuing point than %s", b->file,
		    a->file);
	return 0;
}

int
crldelta_check(const struct crl *base, const struct crl *delta)
{
	if (!crl_is_delta(delta))
		return fail("%s: not a delta CRL", delta->file);
	if (crl_is_delta(base))
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
		    crlset_find(&e->changes, entry) == HASHMAP_NONE)
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
