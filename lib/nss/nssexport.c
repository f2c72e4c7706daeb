/* SPDX-License-Identifier: MIT */
#include "nss/nssexport.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

bool
nssexport_has(const struct nssexport *e, const struct nsscerts_item *item)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->pick[i].item == item)
			return true;
	return false;
}

bool
nssexport_has_key(const struct nssexport *e, const struct nss_key *key)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->with_keys && e->pick[i].with_key &&
		    e->pick[i].item->key == key)
			return true;
	return false;
}

void
nssexport_add(struct nssexport *e, const struct nsscerts_item *item,
    bool with_key)
{
	size_t i = 0;

	while (i < e->count && e->pick[i].item != item)
		i++;
	if (i == e->count) {
		MEM_GROW(e->pick, e->count, e->room);
		e->pick[e->count++] = (struct nssexport_pick){ .item = item };
	}
	e->pick[i].with_key |= with_key;
}

/* The key that the bundle has of this certificate; it may have come with
 * another one of the same key. */
static const struct nss_key *
key_of(const struct nssexport *e, size_t i)
{
	const struct nss_key *key = e->pick[i].item->key;

	return key != NULL && nssexport_has_key(e, key) ? key : NULL;
}

/* The current ones first, else in the order in which they are. */
static void
put_in_order(struct nssexport *e)
{
	struct nssexport_pick *pick = mem_zalloc(e->count + 1, sizeof *pick);
	size_t used = 0;

	for (int superseded = 0; superseded < 2; superseded++)
		for (size_t i = 0; i < e->count; i++)
			if (e->pick[i].item->current != superseded)
				pick[used++] = e->pick[i];
	free(e->pick);
	e->pick = pick;
}

static bool
is_first_of_key(const struct nssexport *e, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (e->pick[j].item->key == e->pick[i].item->key)
			return false;
	return true;
}

static void
read_key(struct nssexport *e, size_t i)
{
	const struct nsscerts_item *item = e->pick[i].item;

	if (key_of(e, i) == NULL || !is_first_of_key(e, i))
		return;
	e->result[i] = nssdb_private_key(e->db, item->key, &e->key[i]);
	if (e->result[i] == PRIVKEY_OK &&
	    !cert_fits_key(&item->cert, secret_slice(&e->key[i])))
		e->result[i] = PRIVKEY_WRONG;
}

/* What takes longest goes first. */
static void
work(void *arg, size_t job)
{
	struct nssexport *e = arg;
	size_t seals = e->seal != NULL ? e->seal->jobs : 0;

	if (job < seals)
		p12seal_work(e->seal, job);
	else if ((job -= seals) < e->count)
		read_key(e, job);
	else if (e->db->logged_in)
		e->trust_result[job - e->count] = nssdb_verify_trust(e->db,
		    e->pick[job - e->count].item->object);
}

static int
check_key(const struct nssexport *e, size_t i)
{
	static const char *const text[] = {
		[PRIVKEY_WRONG] =
		    "is not its certificate's: the database is damaged",
		[PRIVKEY_BAD] = "cannot be read: the database is damaged",
		[PRIVKEY_UNSUPPORTED] = "is of a type that is not supported",
		[PRIVKEY_ROUNDS] = "is under more rounds than --max-rounds",
	};
	const struct nsscerts_item *item = e->pick[i].item;

	if (e->result[i] == PRIVKEY_OK)
		return 0;
	return fail("%s: the private key (%s) of '%.*s' %s", e->db->directory,
	    keytype_name(item->key), SLICE_ARG(nsscerts_name(item)),
	    text[e->result[i]]);
}

static int
check_trust(const struct nssexport *e, size_t i)
{
	static const char *const text[] = {
		[NSSDB_SIGNATURE_MISSING] = "are not signed",
		[NSSDB_SIGNATURE_BAD] = "have a wrong signature: somebody "
					"changed them without the password",
		[NSSDB_SIGNATURE_UNREADABLE] = "have a signature that cannot "
					       "be checked",
	};
	enum nssdb_signed result = e->trust_result[i];

	if (result == NSSDB_SIGNED || result == NSSDB_NOTHING_TO_SIGN)
		return 0;
	say("%s: the trust flags '%s' of '%.*s' %s%s", e->db->directory,
	    e->trust[i], SLICE_ARG(nsscerts_name(e->pick[i].item)),
	    text[result], e->trust_anyway ? "" :
	    " (certutil -M sets them anew; --force exports them)");
	return e->trust_anyway ? 0 : -1;
}

/* The key of an item may be in that of another one, which shares it. */
static void
fill(struct nssexport *e, size_t i)
{
	const struct nsscerts_item *item = e->pick[i].item;
	const struct nss_cert *object = item->object;
	struct slice name = object->nickname;

	e->bundle[i] = (struct p12_item){ .cert = object->der,
		.trust = e->trust[i] };
	if (name.size != 0)
		e->name[i] = mem_dup(name.at, name.size);
	e->bundle[i].nickname = e->name[i];
	if (key_of(e, i) == NULL)
		return;
	e->bundle[i].key_id = item->key->id;
	e->bundle[i].pkcs8 = secret_slice(&e->key[i]);
	e->bundle[i].key_name = e->subject_as_name ? item->cert.subject :
						     e->name[i];
}

int
nssexport_run(struct nssexport *e, parallel_progress *progress)
{
	size_t count = e->count + 1; /* none would be no memory */
	int status = 0;

	put_in_order(e);
	e->bundle = mem_zalloc(count, sizeof *e->bundle);
	e->key = mem_zalloc(count, sizeof *e->key);
	e->trust = mem_zalloc(count, sizeof *e->trust);
	e->name = mem_zalloc(count, sizeof *e->name);
	e->result = mem_zalloc(count, sizeof *e->result);
	e->trust_result = mem_zalloc(count, sizeof *e->trust_result);
	for (size_t i = 0; i < e->count; i++)
		nss_trust_text(e->trust[i], &e->pick[i].item->object->trust,
		    key_of(e, i) != NULL);
	parallel_run(work, e,
	    (e->seal != NULL ? e->seal->jobs : 0) + 2 * e->count, progress);
	if (e->seal != NULL && p12seal_end(e->seal) < 0)
		status = -1;
	for (size_t i = 0; i < e->count; i++) {
		if (check_key(e, i) < 0)
			status = -1;
		if (check_trust(e, i) < 0)
			status = -1;
		fill(e, i);
	}
	return status;
}

void
nssexport_release(struct nssexport *e)
{
	for (size_t i = 0; i < e->count && e->key != NULL; i++) {
		secret_release(&e->key[i]);
		free(e->name[i]);
	}
	free(e->key);
	free(e->name);
	free(e->bundle);
	free(e->trust);
	free(e->result);
	free(e->trust_result);
	free(e->pick);
	*e = (struct nssexport){ 0 };
}
