/* SPDX-License-Identifier: MIT */
/* All records of hash files of all shapes, and none of damaged ones. */
#include "nss/berkeley.h"

#include "hashfile.h"
#include "scratch.h"

#define MOST 500

/* What a scan should find, and how far it is. */
struct want {
	char *key[MOST], *data[MOST];
	size_t key_size[MOST], data_size[MOST];
	size_t count, found, bytes;
	struct slice text;
	bool damaged; /* anything may be found, within bounds */
};

/* Bytes of which no two pieces of some length are alike. */
static char *
bytes_of(size_t size, unsigned seed)
{
	char *at = mem_alloc(size);

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1103515245 + 12345;
		at[i] = (char)(seed >> 16);
	}
	return at;
}

static void
put(struct hashfile *h, struct want *w, size_t key_size, size_t data_size)
{
	size_t i = w->count++;

	assert_true(i < MOST);
	w->key_size[i] = key_size;
	w->data_size[i] = data_size;
	w->key[i] = bytes_of(key_size, (unsigned)i);
	w->data[i] = bytes_of(data_size, (unsigned)i + MOST);
	hashfile_put(h, (struct slice){ w->key[i], key_size },
	    (struct slice){ w->data[i], data_size });
}

static void
forget(struct want *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->key[i]);
		free(w->data[i]);
	}
	*w = (struct want){ .count = 0 };
}

static int
check(void *arg, const struct berkeley_record *record)
{
	struct want *w = arg;
	size_t i = w->found++;

	/* No byte of the file is in two records. */
	w->bytes += record->key.size + record->data.size;
	assert_true(w->bytes <= w->text.size);
	if (w->damaged)
		return 0;
	assert_true(i < w->count);
	assert_true(slice_equal(record->key,
	    (struct slice){ w->key[i], w->key_size[i] }));
	assert_true(slice_equal(record->data,
	    (struct slice){ w->data[i], w->data_size[i] }));
	return 0;
}

static int
scan(struct want *w, struct slice text)
{
	w->found = w->bytes = 0;
	w->text = text;
	return berkeley_scan("f", text, check, w, NULL);
}

/* It finds all, in order, says nothing; then it is given back. */
static void
finds(struct hashfile *h, struct want *w)
{
	size_t records;

	assert_int_equal(scan(w, hashfile_text(h)), 0);
	assert_int_equal(w->found, w->count);
	w->found = w->bytes = 0;
	assert_int_equal(berkeley_scan("f", w->text, check, w, &records), 0);
	assert_int_equal(records, w->count);
	assert_string_equal(scratch_said(), "");
	forget(w);
	hashfile_release(h);
}

static void
all_sizes(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	for (unsigned size = 512; size <= 65536; size *= 2)
		for (int big_endian = 0; big_endian < 2; big_endian++) {
			hashfile_begin(&h, size, big_endian != 0);
			for (size_t i = 0; i < 300; i++)
				put(&h, &w, 1 + i % 30, i % 47 * (i % 5));
			finds(&h, &w);
		}
}

static void
nothing(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 512, false);
	finds(&h, &w);
}

static void
buckets(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 512, false);
	for (unsigned bucket = 0; bucket < 16; bucket++) {
		bool last = (bucket & (bucket + 1)) == 0;

		for (size_t i = 0; i < (last ? 40 : 3); i++)
			put(&h, &w, 20, 50 + i);
		if (last)
			put(&h, &w, 20, 2000);
		hashfile_next_bucket(&h);
	}
	finds(&h, &w);
}

/* A page of 512 bytes has room for 498 of a key or of data. */
static void
big_data(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	for (size_t key = 1; key <= 1600; key += key % 490 < 10 ? 1 : 97)
		for (size_t data = 0; data <= 1600;
		    data += data % 490 < 20 ? 1 : 97) {
			hashfile_begin(&h, 512, false);
			put(&h, &w, 4, 4);
			put(&h, &w, key, data);
			put(&h, &w, 5, 5);
			put(&h, &w, 3, 700);
			finds(&h, &w);
		}
}

/* A page that was never written is empty, even beyond the end. */
static void
holes(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 512, false);
	put(&h, &w, 4, 4);
	hashfile_number(&h, 40, 2);
	finds(&h, &w);
	hashfile_begin(&h, 512, false);
	hashfile_next_bucket(&h);
	put(&h, &w, 4, 4);
	memset(h.at + 512, 0, 512);
	finds(&h, &w);
}

static void
fails(struct hashfile *h, const char *message)
{
	struct want w = { .damaged = true };

	assert_int_equal(scan(&w, hashfile_text(h)), -1);
	assert_string_equal(scratch_said(), message);
}

static void
headers(void **state)
{
	static const struct {
		size_t offset;
		unsigned number;
		const char *message;
	} row[] = {
		{ 0, 0x061562, "f: not a Berkeley DB 1.85 hash file\n" },
		{ 4, 3, "f: version 3 of Berkeley DB's hash files is not "
			"supported\n" },
		{ 8, 3412, "f: damaged: page 0: no such byte order\n" },
		{ 12, 0, "f: damaged: page 0: no such size of pages\n" },
		{ 12, 1024, "f: damaged: page 0: no such size of pages\n" },
		{ 16, 8, "f: damaged: page 0: no such size of pages\n" },
		{ 16, 73, "f: damaged: page 0: no such size of pages\n" },
		{ 40, 3, "f: cut short: 2 pages for 3 buckets\n" },
		{ 40, ~0u, "f: cut short: 2 pages for 4294967295 buckets\n" },
		{ 60, 0, "f: damaged: page 0: the header has no page\n" },
		{ 64, 1, "f: keys are hashed in a way that NSS does not "
			 "know\n" },
	};
	struct hashfile h;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		hashfile_begin(&h, 512, false);
		hashfile_number(&h, row[i].offset, row[i].number);
		fails(&h, row[i].message);
		hashfile_release(&h);
	}
}

/* One record, and what is changed of its page, 1. */
static void
one_wrong_page(unsigned word, unsigned value, const char *message)
{
	struct hashfile h;

	hashfile_begin(&h, 512, false);
	hashfile_put(&h, slice_of("key"), slice_of("data"));
	hashfile_set(&h, word, value);
	fails(&h, message);
	hashfile_release(&h);
}

static void
wrong_pages(void **state)
{
	static const char words[] =
	    "f: damaged: page 1: more words than there is room\n";
	static const char range[] =
	    "f: damaged: page 1: an offset is out of range\n";

	(void)state;
	one_wrong_page(0, 3, words);
	one_wrong_page(0, 254, words);
	one_wrong_page(0, 65535, words);
	one_wrong_page(0, 252, range);
	one_wrong_page(1, 513, range);
	one_wrong_page(1, 504, range);
	one_wrong_page(2, 5, range);
	one_wrong_page(2, 510, range);
	one_wrong_page(2, 1, "f: damaged: page 1: a record has no end\n");
	one_wrong_page(2, 2, "f: damaged: page 1: a record has no end\n");
	one_wrong_page(2, 3, "f: damaged: page 1: a record has no data\n");
}

/* Chains that come back: to the bucket, to the header's page, to the same. */
static void
circles(void **state)
{
	struct hashfile h;

	(void)state;
	for (unsigned address = 0; address < 2; address++) {
		hashfile_begin(&h, 512, false);
		hashfile_put(&h, slice_of("key"), slice_of("data"));
		hashfile_overflow(&h);
		hashfile_set(&h, 1, address);
		hashfile_set(&h, 2, 0);
		hashfile_words(&h, 2, 512);
		fails(&h, address == 0 ?
		    "f: damaged: page 1: two chains lead to it\n" :
		    "f: damaged: page 2: two chains lead to it\n");
		hashfile_release(&h);
	}
}

/* A large record whose pages go round and round. */
static void
big_circle(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;

	(void)state;
	for (int key = 0; key < 2; key++) {
		hashfile_begin(&h, 512, false);
		put(&h, &w, key != 0 ? 2000 : 10, 2000);
		h.page = 4;
		hashfile_set(&h, 3, 2);
		fails(&h, "f: damaged: page 3: two chains lead to it\n");
		forget(&w);
		hashfile_release(&h);
	}
}

static void
miscounted(void **state)
{
	struct want w = { .damaged = true };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 512, false);
	hashfile_put(&h, slice_of("key"), slice_of("data"));
	hashfile_number(&h, 56, 2);
	assert_int_equal(scan(&w, hashfile_text(&h)), 0);
	assert_string_equal(scratch_said(),
	    "f: 1 records, where the header says 2\n");
	hashfile_release(&h);
}

static int
refuse(void *arg, const struct berkeley_record *record)
{
	size_t *visits = arg;

	assert_int_equal(record->page, 2 * *visits + 1);
	return ++*visits == 2 ? -1 : 0;
}

static void
stopped(void **state)
{
	struct hashfile h;
	size_t visits = 0, records;

	(void)state;
	hashfile_begin(&h, 512, false);
	hashfile_put(&h, slice_of("key"), slice_of("data"));
	hashfile_overflow(&h);
	hashfile_overflow(&h);
	hashfile_put(&h, slice_of("key"), slice_of("data"));
	hashfile_put(&h, slice_of("key"), slice_of("data"));
	assert_int_equal(berkeley_scan("f", hashfile_text(&h), refuse, &visits,
			     &records), -1);
	assert_int_equal(visits, 2);
	assert_int_equal(records, 2);
	assert_string_equal(scratch_said(), "");
	hashfile_release(&h);
}

static void
mixture(struct hashfile *h, struct want *w, bool big_endian)
{
	hashfile_begin(h, 512, big_endian);
	for (size_t i = 0; i < 12; i++)
		put(h, w, 10 + i, 40);
	put(h, w, 700, 900);
	hashfile_next_bucket(h);
	put(h, w, 20, 800);
	for (size_t i = 0; i < 12; i++)
		put(h, w, 10 + i, 40);
}

/* A part of a file is never taken for the whole. */
static void
cut_anywhere(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;
	struct slice text;

	(void)state;
	mixture(&h, &w, false);
	text = hashfile_text(&h);
	for (size_t size = 0; size < text.size; size++) {
		char *part = mem_dup(text.at, size);

		assert_int_equal(scan(&w, (struct slice){ part, size }), -1);
		assert_non_null(strstr(scratch_said(), "f: "));
		free(part);
	}
	finds(&h, &w);
}

/* Memory and time stay within bounds, and nothing fails without a word. */
static void
any_bit(void **state)
{
	struct want w = { .count = 0 };
	struct hashfile h;
	struct slice text;

	(void)state;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		mixture(&h, &w, big_endian != 0);
		w.damaged = true;
		text = hashfile_text(&h);
		for (size_t bit = 0; bit < 8 * text.size; bit++) {
			h.at[bit / 8] ^= (unsigned char)(1u << bit % 8);
			if (scan(&w, text) < 0)
				assert_string_not_equal(scratch_said(), "");
			h.at[bit / 8] ^= (unsigned char)(1u << bit % 8);
		}
		assert_true(scratch_said() != NULL);
		w.damaged = false;
		finds(&h, &w);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("finds no record in an empty file", nothing),
		SCRATCH_TEST("reads pages of all sizes, of both byte orders",
		    all_sizes),
		SCRATCH_TEST("goes through all buckets", buckets),
		SCRATCH_TEST("puts records together that fill pages", big_data),
		SCRATCH_TEST("takes a page that was never written for empty",
		    holes),
		SCRATCH_TEST("says what is wrong with a header", headers),
		SCRATCH_TEST("says what is wrong with a page", wrong_pages),
		SCRATCH_TEST("does not go round with a chain", circles),
		SCRATCH_TEST("nor with a record that fills pages", big_circle),
		SCRATCH_TEST("warns of another count than the header's",
		    miscounted),
		SCRATCH_TEST("stops when it is told to", stopped),
		SCRATCH_TEST("takes no part of a file for the whole",
		    cut_anywhere),
		SCRATCH_TEST("bears any bit turned over", any_bit),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
