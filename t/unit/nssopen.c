/* SPDX-License-Identifier: MIT */
/* A database from a stranger: cut anywhere, any byte of it another, it is read
 * or refused, soon, and without harm. */
#include "nss/nssdb.h"

#include "scratch.h"

#include "util/mem.h"
#include "util/slurp.h"

#define LIMIT ((size_t)1 << 20)

/* Of share/sample/nssdb, from the directory that the tests start in. */
static char *sample[2];
static size_t size[2];
static const char *const names[] = { "cert9.db", "key4.db" };

static void
put(const char *name, const char *text, size_t count)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, count), count);
	close(fd);
}

/* All that can be asked of a database, at two rounds a derivation. */
static bool
use(unsigned long rounds)
{
	struct nssopen where = { .directory = ".", .most_rounds = rounds };
	struct nssdb *db = nssopen(&where);
	struct secret pkcs8 = { 0 };
	struct nsscerts certs;
	bool all = db != NULL;

	if (db == NULL)
		return false;
	all = nssdb_login(db, slice_of("Secret.123")) == NSSDB_IN;
	nsscerts_load(&certs, db, 0);
	for (size_t i = 0; i < certs.count; i++) {
		nsscerts_issuer(&certs, &certs.item[i]);
		nssdb_verify_trust(db, certs.item[i].object);
		all = all && certs.item[i].readable;
	}
	for (size_t i = 0; i < db->objects.keys; i++) {
		keytype_bits(&db->objects.key[i]);
		nssdb_verify_key(db, &db->objects.key[i]);
		all = nssdb_private_key(db, &db->objects.key[i], &pkcs8) ==
			PRIVKEY_OK && all;
	}
	all = all && certs.count != 0 && db->objects.keys != 0;
	secret_release(&pkcs8);
	nsscerts_release(&certs);
	nssdb_free(db);
	return all;
}

static void
reads_the_sample(void **state)
{
	(void)state;
	put(names[0], sample[0], size[0]);
	put(names[1], sample[1], size[1]);
	assert_true(use(20000));
	assert_false(use(2)); /* the limit holds */
}

/* Every byte of the header, and then some; fewer under valgrind. */
static size_t
step(size_t i, size_t some)
{
	if (getenv("SLOW") != NULL)
		return 11 * some;
	return i < 200 ? 1 : some;
}

static void
cut(void **state)
{
	(void)state;
	for (int f = 0; f < 2; f++) {
		put(names[!f], sample[!f], size[!f]);
		for (size_t i = 0; i < size[f]; i += step(i, 97)) {
			put(names[f], sample[f], i);
			assert_false(use(2));
		}
	}
}

static void
flipped(void **state)
{
	(void)state;
	for (int f = 0; f < 2; f++) {
		put(names[!f], sample[!f], size[!f]);
		for (size_t i = 0; i < size[f]; i += step(i, 89)) {
			char was = sample[f][i];

			sample[f][i] = (char)(was ^ 1 << i % 8);
			put(names[f], sample[f], size[f]);
			use(2);
			sample[f][i] = was;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST("reads the sample", reads_the_sample),
		SCRATCH_TEST("is cut at any byte", cut),
		SCRATCH_TEST("has any bit flipped", flipped),
	};

	for (int f = 0; f < 2; f++) {
		char *path = mem_printf("share/sample/nssdb/%s", names[f]);

		if (slurp(path, LIMIT, &sample[f], &size[f]) < 0)
			return 1;
		free(path);
	}
	return scratch_run(tests, sizeof tests / sizeof *tests);
}
