/* SPDX-License-Identifier: MIT */
#include "check/clonecert.h"

#include <stdlib.h>

#include "pki/keyid.h"
#include "pki/tags.h"
#include "util/base64.h"
#include "util/mem.h"
#include "x509/cert.h"

struct pair {
	const struct cloneset *set;
	const struct cloneset_side *master, *clone;
	const char *subsystem;
	const struct tag *tag, *twin; /* the clone's */
};

/* Where the clone says "<subsystem>.<tag>.<what>", or "cloning....". */
static struct findings_place
place_of(const struct cloneset_side *side, const char *before,
    const struct tag *tag, const char *what)
{
	char *key = mem_printf("%s.%s.%s", before, tag->name, what);
	struct findings_place place = cloneset_place(side->cfg, key);

	free(key);
	return place;
}

static struct findings_place
name_place(const struct pair *p)
{
	struct findings_place place =
	    place_of(p->clone, p->subsystem, p->tag, "nickname");
	char *cert;

	if (place.line != 0)
		return place;
	cert = mem_printf("%s.cert", p->subsystem);
	place = place_of(p->clone, cert, p->tag, "nickname");
	free(cert);
	return place;
}

static const char *
or_internal(const char *token)
{
	return token != NULL ? token : "internal";
}

/* The server finds its keys by these names: they come with the keys. */
static void
check_names(const struct pair *p)
{
	const char *x = or_internal(p->tag->token);
	const char *y = or_internal(p->twin->token);
	const char *file = p->master->cfg->file;
	struct findings *found = p->set->found;

	if (strcmp(x, y) != 0)
		findings_add(found,
		    place_of(p->clone, p->subsystem, p->tag, "tokenname"),
		    "token",
		    "the key of %s is in token '%s', and in '%s' as %s says",
		    p->tag->name, y, x, file);
	if (p->tag->nickname == NULL || p->twin->nickname == NULL)
		return;
	if (strcmp(p->tag->nickname, p->twin->nickname) != 0)
		findings_add(found, name_place(p), "nickname",
		    "the certificate is '%s', and '%s' in %s",
		    p->twin->nickname, p->tag->nickname, file);
}

static void
check_certificate(const struct pair *p, const struct keydb_item *a,
    const struct keydb_item *b)
{
	const struct keydb *master = p->master->shelf;
	struct findings_place place = { p->clone->shelf->name, 0 };
	struct findings *found = p->set->found;
	bool one_key = a->key_id != NULL && b->key_id != NULL &&
		       strcmp(a->key_id, b->key_id) == 0;

	if (a->sha256 != NULL && b->sha256 != NULL &&
	    strcmp(a->sha256, b->sha256) == 0)
		return;
	if (a->key_id != NULL && b->key_id != NULL && !one_key)
		findings_add(found, place, "cert-rekeyed",
		    "'%s' has another key than in %s", b->nickname,
		    master->name);
	else if (one_key && a->sha256 != NULL && b->sha256 != NULL)
		findings_add(found, place, "cert-renewed",
		    "'%s' is %s, but %s in %s: renewed on one side only",
		    b->nickname, b->serial, a->serial, master->name);
}

static void
check_flags(const struct pair *p, const struct keydb_item *a,
    const struct keydb_item *b)
{
	if (a->trust != NULL && b->trust != NULL &&
	    strcmp(a->trust, b->trust) != 0)
		findings_add(p->set->found,
		    (struct findings_place){ p->clone->shelf->name, 0 },
		    "cert-trust",
		    "'%s' has the trust flags '%s', and '%s' in %s",
		    b->nickname, b->trust, a->trust, p->master->shelf->name);
}

static void
check_shelves(const struct pair *p)
{
	const struct keydb *master = p->master->shelf;
	const struct keydb *clone = p->clone->shelf;
	struct findings_place place = { clone->name, 0 };
	const struct keydb_item *a, *b;

	a = keydb_find(master, p->tag->nickname);
	b = keydb_find(clone, p->twin->nickname);
	if (a == NULL || (b == NULL && !clone->knows_certs && !a->has_key))
		return;
	if (b == NULL) {
		findings_add(p->set->found, place,
		    "cert-missing", "no certificate '%s', which %s has",
		    p->twin->nickname, master->name);
		return;
	}
	if (a->has_key && clone->knows_keys && !b->has_key) {
		findings_add(p->set->found, place,
		    "key-missing", "no private key of '%s', which %s has",
		    b->nickname, master->name);
		return;
	}
	check_certificate(p, a, b);
	check_flags(p, a, b);
}

static int
read_copy(struct cert *cert, struct buf *der, const struct pair *p,
    const struct cloneset_side *side)
{
	char *key = mem_printf("%s.%s.cert", p->subsystem, p->tag->name);
	struct slice text = cfg_string(side->cfg, key);

	free(key);
	if (text.size == 0 || base64_decode(der, text) < 0)
		return -1;
	return cert_parse(cert, buf_slice(der));
}

static void
compare_copies(const struct pair *p, const struct cert *a, const struct cert *b)
{
	struct findings_place place =
	    place_of(p->clone, p->subsystem, p->tag, "cert");
	const char *file = p->master->cfg->file;

	if (memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0)
		return;
	if (a->has_key_id && b->has_key_id &&
	    memcmp(a->key_id, b->key_id, sizeof a->key_id) == 0)
		findings_add(p->set->found, place,
		    "cert-renewed",
		    "its copy of '%s' is %s, but %s in %s: renewed on one "
		    "side only",
		    p->tag->name, b->serial, a->serial, file);
	else
		findings_add(p->set->found, place,
		    "cert-rekeyed",
		    "its copy of '%s' has another key than in %s", p->tag->name,
		    file);
}

/* What does not parse is cfglint's. */
static void
check_copies(const struct pair *p)
{
	struct buf x = { 0 }, y = { 0 };
	struct cert a = { 0 }, b = { 0 };

	if (read_copy(&a, &x, p, p->master) == 0) {
		if (read_copy(&b, &y, p, p->clone) == 0) {
			compare_copies(p, &a, &b);
			cert_release(&b);
		}
		cert_release(&a);
	}
	buf_release(&x);
	buf_release(&y);
}

static void
mend_ids(struct findings *found, const struct cloneset_side *side)
{
	if (side->shelf != NULL && cloneset_is_file(side->cfg))
		findings_fix(found, "nssls --keys %s | cfgrekey -i %s",
		    findings_word(found, side->shelf->name),
		    findings_word(found, side->cfg->file));
}

static bool
same_id(struct slice id, const char *octets)
{
	char *own = keyid_octets(id);
	bool same = own == NULL || strcmp(own, octets) == 0;

	free(own);
	return same;
}

/* Of one file, by its own database; without, a clone's by its master's. */
static void
check_id(const struct cloneset *set, const struct cloneset_side *side,
    const struct tag *tag, const struct tag *master)
{
	const struct keydb_item *item =
	    side->shelf != NULL && tag->nickname != NULL && tag->token == NULL
		? keydb_find(side->shelf, tag->nickname)
		: NULL;
	struct findings_place place =
	    place_of(side, "cloning", tag, "privkey.id");

	if (tag->key_id.at == NULL)
		return;
	if (item != NULL && item->key_id != NULL) {
		if (!same_id(tag->key_id, item->key_id)) {
			findings_add(set->found, place,
			    "key-id", "the key of '%s' has another ID in %s",
			    tag->nickname, side->shelf->name);
			mend_ids(set->found, side);
		}
		return;
	}
	if (master != NULL && master->key_id.at != NULL &&
	    !slice_equal(tag->key_id, master->key_id))
		findings_add(set->found, place, "key-id-other",
		    "the key of '%s' has another ID in %s: re-keyed on one "
		    "side only",
		    tag->name, set->side[0].cfg->file);
}

static void
check_tag(const struct pair *p)
{
	check_names(p);
	check_id(p->set, p->clone, p->twin, p->tag);
	if (p->tag->token != NULL || p->twin->token != NULL ||
	    p->tag->nickname == NULL || p->twin->nickname == NULL)
		return;
	if (p->master->shelf != NULL && p->clone->shelf != NULL)
		check_shelves(p);
	else
		check_copies(p);
}

static int
check_pair(const struct cloneset *set, const struct tags *master, size_t i)
{
	struct pair p = { .set = set,
		.master = &set->side[0],
		.clone = &set->side[i],
		.subsystem = master->subsystem };
	struct tags clone;

	if (tags_read(&clone, p.clone->cfg) < 0)
		return -1;
	/* Of another subsystem: that is told elsewhere. */
	if (strcmp(clone.subsystem, master->subsystem) == 0)
		for (size_t t = 0; t < master->count; t++) {
			p.tag = &master->tag[t];
			p.twin = &clone.tag[t];
			check_tag(&p);
		}
	tags_release(&clone);
	return 0;
}

int
clonecert_check(const struct cloneset *set)
{
	struct tags tags;

	if (tags_read(&tags, set->side[0].cfg) < 0)
		return -1;
	for (size_t t = 0; t < tags.count; t++)
		check_id(set, &set->side[0], &tags.tag[t], NULL);
	for (size_t i = 1; i < set->count; i++)
		if (check_pair(set, &tags, i) < 0) {
			tags_release(&tags);
			return -1;
		}
	tags_release(&tags);
	return 0;
}
