/* SPDX-License-Identifier: MIT */
#include "key/nsscerts.h"

#include <stdlib.h>

#include "util/bytemap.h"
#include "util/diag.h"
#include "util/mem.h"

struct slice
nsscerts_name(const struct nsscerts_item *item)
{
	return item->object->nickname.size != 0 ? item->object->nickname :
						  item->object->email;
}

static bool
is_valid(const struct cert *cert, int64_t now)
{
	return cert->not_before <= now && now <= cert->not_after;
}

static bool
is_trusted(const struct nss_cert *cert)
{
	for (int use = 0; use < NSS_USES; use++)
		if (cert->trust.level[use] == NSS_TRUSTED_PEER ||
		    cert->trust.level[use] == NSS_TRUSTED_CA)
			return true;
	return false;
}

/* Newer by both dates; where they disagree, by when it starts, unless it has
 * run out (nssCertificateArray_FindBestCertificate). */
static bool
is_newer(const struct cert *a, const struct cert *b, int64_t now)
{
	bool starts = a->not_before > b->not_before;
	bool ends = a->not_after > b->not_after;

	if (starts == ends)
		return starts;
	if (starts)
		return a->not_after >= now;
	return b->not_after < now;
}

static bool
is_better(const struct nsscerts_item *a, const struct nsscerts_item *b,
    int64_t now)
{
	bool valid = is_valid(&a->cert, now);

	if (a->readable != b->readable)
		return a->readable;
	if (!a->readable)
		return false;
	if (valid != is_valid(&b->cert, now))
		return valid;
	if (is_trusted(a->object) != is_trusted(b->object))
		return is_trusted(a->object);
	return is_newer(&a->cert, &b->cert, now);
}

static struct slice
name_of(const void *arg, uint32_t i)
{
	return nsscerts_name(&((const struct nsscerts *)arg)->item[i]);
}

/* Certificates without a name are each their own. */
static void
choose(struct nsscerts *certs, int64_t now)
{
	struct bytemap best;

	bytemap_init(&best, certs->count, name_of, certs);
	for (uint32_t i = 0; i < certs->count; i++) {
		struct nsscerts_item *item = &certs->item[i];
		uint32_t other = bytemap_get(&best, nsscerts_name(item));

		item->current = true;
		if (nsscerts_name(item).size == 0)
			continue;
		if (other != BYTEMAP_NONE) {
			item->current = is_better(item, &certs->item[other],
			    now);
			certs->item[other].current = !item->current;
		}
		if (item->current)
			bytemap_put(&best, nsscerts_name(item), i);
	}
	bytemap_release(&best);
}

void
nsscerts_load(struct nsscerts *certs, const struct nssdb *db, int64_t now)
{
	certs->count = db->objects.certs;
	certs->item = mem_zalloc(certs->count + 1, sizeof *certs->item);
	for (size_t i = 0; i < certs->count; i++) {
		struct nsscerts_item *item = &certs->item[i];
		struct slice id = { NULL, 0 };

		item->object = &db->objects.cert[i];
		item->readable = cert_parse(&item->cert,
		    item->object->der) == 0;
		if (!item->readable)
			say("%s: this is no certificate: '%.*s'",
			    db->directory, SLICE_FMT(nsscerts_name(item)));
		else if (item->cert.has_key_id)
			id = (struct slice){ (char *)item->cert.key_id,
				sizeof item->cert.key_id };
		item->key = nssdb_key_of(db, item->object, id);
	}
	choose(certs, now);
}

const struct nsscerts_item *
nsscerts_of_key(const struct nsscerts *certs, const struct nss_key *key)
{
	const struct nsscerts_item *found = NULL;

	for (size_t i = 0; i < certs->count; i++) {
		const struct nsscerts_item *item = &certs->item[i];

		if (item->key != key)
			continue;
		if (item->current)
			return item;
		if (found == NULL)
			found = item;
	}
	return found;
}

const struct nsscerts_item *
nsscerts_issuer(const struct nsscerts *certs, const struct nsscerts_item *item)
{
	const struct nsscerts_item *found = NULL;

	if (!item->readable)
		return NULL;
	for (size_t i = 0; i < certs->count; i++) {
		const struct nsscerts_item *other = &certs->item[i];

		if (!other->readable ||
		    strcmp(other->cert.subject, item->cert.issuer) != 0 ||
		    !cert_issued(&other->cert, &item->cert))
			continue;
		if (other->current)
			return other;
		if (found == NULL)
			found = other;
	}
	return found;
}

void
nsscerts_release(struct nsscerts *certs)
{
	for (size_t i = 0; i < certs->count; i++)
		cert_release(&certs->item[i].cert);
	free(certs->item);
	*certs = (struct nsscerts){ 0 };
}
