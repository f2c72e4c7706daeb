/* SPDX-License-Identifier: MIT */
#include "check/clonecert.h"

#include <time.h>

#include "cfg/tags.h"
#include "key/nsscerts.h"
#include "key/nssopen.h"

struct database {
	const char *alias;
	struct nssdb *db;
	struct nsscerts certs;
};

static int
open_database(struct database *d, const char *alias)
{
	struct nssopen where = NSSOPEN;

	where.directory = alias;
	d->alias = alias;
	d->db = nssopen(&where);
	if (d->db == NULL)
		return -1;
	nsscerts_load(&d->certs, d->db, (int64_t)time(NULL));
	return 0;
}

static void
close_database(struct database *d)
{
	if (d->db != NULL)
		nsscerts_release(&d->certs);
	nssdb_free(d->db);
}

static const struct cert *
find(const struct database *d, const char *nickname)
{
	for (size_t i = 0; i < d->certs.count; i++) {
		const struct nsscerts_item *item = &d->certs.item[i];

		if (item->readable && item->current &&
		    slice_is(nsscerts_name(item), slice_of(nickname)))
			return &item->cert;
	}
	return NULL;
}

static void
compare(const struct database *a, const struct database *b,
    const char *nickname, struct findings *found)
{
	struct findings_place place = { b->alias, 0 };
	const struct cert *x = find(a, nickname), *y = find(b, nickname);

	if (x == NULL)
		return;
	if (y == NULL)
		findings_add(found, place, FINDINGS_ERROR, "cert-missing",
		    "no certificate '%s', which %s has", nickname, a->alias);
	else if (memcmp(x->sha256, y->sha256, sizeof x->sha256) == 0)
		return;
	else if (x->has_key_id && y->has_key_id &&
	    memcmp(x->key_id, y->key_id, sizeof x->key_id) == 0)
		findings_add(found, place, FINDINGS_ERROR, "cert-renewed",
		    "'%s' is %s, but %s in %s: renewed on one side only",
		    nickname, y->serial, x->serial, a->alias);
	else
		findings_add(found, place, FINDINGS_ERROR, "cert-rekeyed",
		    "'%s' has another key than in %s", nickname, a->alias);
}

static int
check_pair(const struct tags *tags, const char *master, const char *clone,
    struct findings *found)
{
	struct database a = { 0 }, b = { 0 };
	int status = -1;

	if (open_database(&a, master) == 0 && open_database(&b, clone) == 0) {
		for (size_t i = 0; i < tags->count; i++)
			if (tags->tag[i].nickname != NULL &&
			    tags->tag[i].token == NULL)
				compare(&a, &b, tags->tag[i].nickname, found);
		status = 0;
	}
	close_database(&a);
	close_database(&b);
	return status;
}

int
clonecert_check(const struct clone_side *side, size_t count,
    struct findings *found)
{
	struct tags tags = { 0 };
	int status = tags_read(&tags, side[0].cfg);

	for (size_t i = 1; i < count && status == 0; i++)
		if (side[0].alias != NULL && side[i].alias != NULL)
			status = check_pair(&tags, side[0].alias,
			    side[i].alias, found);
	tags_release(&tags);
	return status;
}
