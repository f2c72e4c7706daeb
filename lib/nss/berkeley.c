/* SPDX-License-Identifier: MIT */
#include "nss/berkeley.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"

#define HEADER_SIZE 260
#define MAGIC 0x061561u
#define HASHED_SAMPLE 0x956e7de3u /* by the one function that NSS uses */
#define SPLIT_POINTS 32

/* The second word of a pair, where it is not an offset. */
enum {
	OVERFLOW_PAGE = 0, /* the chain goes on at the address before it */
	PARTIAL_KEY = 1,
	FULL_KEY = 2,
	FULL_KEY_DATA = 3,
	LEAST_OFFSET = 4,
};

struct scan {
	const char *file;
	const unsigned char *text;
	size_t size, pages, rest; /* rest: of a page that is cut short */
	bool big_endian;
	uint32_t page_size, last_bucket, header_pages, expected;
	uint32_t spares[SPLIT_POINTS];
	unsigned char *seen;  /* a bit for each page */
	bool beyond;	      /* a page of some bucket is not in the file */
	struct buf big;	      /* a record that fills pages of its own */
	size_t records;
	berkeley_visit *visit;
	void *arg;
};

struct page {
	uint64_t number;
	const unsigned char *at; /* NULL: not in the file, which is empty */
	unsigned words;		 /* in use, less the first, which says so */
};

static int
fail_page(const struct scan *s, uint64_t number, const char *what)
{
	return fail("%s: damaged: page %llu: %s", s->file,
	    (unsigned long long)number, what);
}

/* Of the header, which is big-endian whatever the pages are. */
static uint32_t
number_at(const struct scan *s, size_t offset)
{
	const unsigned char *b = s->text + offset;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static int
check_header(const struct scan *s)
{
	uint32_t order = number_at(s, 8), shift = number_at(s, 16);

	if (number_at(s, 4) != 1 && number_at(s, 4) != 2)
		return fail("%s: version %u of Berkeley DB's hash files is "
			    "not supported", s->file, number_at(s, 4));
	if (order != 1234 && order != 4321)
		return fail_page(s, 0, "no such byte order");
	if (shift < 9 || shift > 16 || s->page_size != 1u << shift)
		return fail_page(s, 0, "no such size of pages");
	if (number_at(s, 64) != HASHED_SAMPLE)
		return fail("%s: keys are hashed in a way that NSS does not "
			    "know", s->file);
	return 0;
}

static int
read_header(struct scan *s)
{
	if (s->size < HEADER_SIZE || number_at(s, 0) != MAGIC)
		return fail("%s: not a Berkeley DB 1.85 hash file", s->file);
	s->big_endian = number_at(s, 8) == 4321;
	s->page_size = number_at(s, 12);
	s->last_bucket = number_at(s, 40);
	s->expected = number_at(s, 56);
	s->header_pages = number_at(s, 60);
	for (size_t i = 0; i < SPLIT_POINTS; i++)
		s->spares[i] = number_at(s, 68 + 4 * i);
	if (check_header(s) < 0)
		return -1;
	s->pages = s->size >> number_at(s, 16);
	s->rest = s->size & (s->page_size - 1);
	if (s->header_pages == 0)
		return fail_page(s, 0, "the header has no page");
	if (s->last_bucket > s->pages)
		return fail("%s: cut short: %zu pages for %u buckets", s->file,
		    s->pages, s->last_bucket);
	return 0;
}

static uint64_t
bucket_page(const struct scan *s, uint32_t bucket)
{
	uint64_t number = (uint64_t)bucket + s->header_pages;

	/* The split points below are at the powers of two. */
	if (bucket != 0)
		number += s->spares[31 - __builtin_clz(bucket)];
	return number;
}

static uint64_t
overflow_page(const struct scan *s, unsigned address)
{
	return bucket_page(s, (1u << (address >> 11)) - 1) + (address & 0x7ff);
}

static unsigned
word(const struct scan *s, const struct page *page, unsigned i)
{
	const unsigned char *b = page->at + 2 * (size_t)i;

	return s->big_endian ? (unsigned)b[0] << 8 | b[1] :
			       (unsigned)b[1] << 8 | b[0];
}

/* How many bytes are free on a page, by its own word. */
static unsigned
free_space(const struct scan *s, const struct page *page)
{
	return word(s, page, page->words + 1);
}

/* Where things may begin: after the words. */
static unsigned
least_offset(const struct page *page)
{
	return 2 * (page->words + 1);
}

/* A page that was never written is an empty one.  Each has one owner: a second
 * visit is a chain that goes round. */
static int
get_page(struct scan *s, uint64_t number, struct page *page)
{
	*page = (struct page){ .number = number };
	if (number >= s->pages) {
		s->beyond = true;
		if (number == s->pages && s->rest != 0)
			return fail_page(s, number, "cut short");
		return 0;
	}
	if ((s->seen[number / 8] >> number % 8 & 1) != 0)
		return fail_page(s, number, "two chains lead to it");
	s->seen[number / 8] |= (unsigned char)(1u << number % 8);
	page->at = s->text + number * s->page_size;
	page->words = word(s, page, 0);
	if (page->words % 2 != 0 || page->words > s->page_size / 2 - 3)
		return fail_page(s, number, "more words than there is room");
	return 0;
}

/* Add what is between two offsets of a page. */
static int
add_part(struct scan *s, const struct page *page, unsigned from, unsigned to)
{
	if (from < least_offset(page) || from > to || to > s->page_size)
		return fail_page(s, page->number, "an offset is out of range");
	buf_add(&s->big, (struct slice){ (const char *)page->at + from,
	    to - from });
	return 0;
}

/* The page's part of a big record, and which part that is. */
static int
add_tail(struct scan *s, const struct page *page, unsigned *tag)
{
	if (page->words < 2)
		return fail_page(s, page->number, "a record ends in nothing");
	*tag = word(s, page, 2);
	if (*tag < PARTIAL_KEY || *tag > FULL_KEY_DATA)
		return fail_page(s, page->number, "not a part of a record");
	return add_part(s, page, word(s, page, 1), s->page_size);
}

/* What is on a last page of a key, of the data, lies below the key. */
static int
add_below_key(struct scan *s, const struct page *page)
{
	if (page->words < 4)
		return fail_page(s, page->number, "a record has no data");
	return add_part(s, page, word(s, page, page->words),
	    word(s, page, 1));
}

static int
follow(struct scan *s, struct page *page)
{
	if (page->words < 4)
		return fail_page(s, page->number, "a record has no end");
	return get_page(s,
	    overflow_page(s, word(s, page, page->words - 1)), page);
}

static int
read_key(struct scan *s, struct page *page, unsigned *tag)
{
	s->big.size = 0;
	if (add_tail(s, page, tag) < 0)
		return -1;
	while (*tag == PARTIAL_KEY)
		if (follow(s, page) < 0 || add_tail(s, page, tag) < 0)
			return -1;
	return 0;
}

static int
read_data(struct scan *s, struct page *page, unsigned tag)
{
	if (tag == FULL_KEY_DATA) {
		if (add_below_key(s, page) < 0)
			return -1;
		if (free_space(s, page) != 0)
			return 0; /* it is all there */
	}
	do {
		if (follow(s, page) < 0 || add_tail(s, page, &tag) < 0)
			return -1;
	} while (tag != FULL_KEY_DATA);
	return 0;
}

static int
visit(struct scan *s, size_t page, struct slice key, struct slice data)
{
	const struct berkeley_record record = { page, key, data };

	s->records++;
	return s->visit(s->arg, &record);
}

/* Both of these: 1: the chain goes on at *next; 0: it ends here. */
static int
scan_big(struct scan *s, const struct page *first, uint64_t *next)
{
	struct page page = *first;
	struct slice key, data;
	size_t key_size;
	unsigned tag;

	if (read_key(s, &page, &tag) < 0)
		return -1;
	key_size = s->big.size;
	if (read_data(s, &page, tag) < 0)
		return -1;
	key = (struct slice){ s->big.at, key_size };
	data = (struct slice){ s->big.at + key_size, s->big.size - key_size };
	if (visit(s, first->number, key, data) < 0)
		return -1;
	if (page.words == 2)
		return 0;
	*next = overflow_page(s, word(s, &page, page.words - 1));
	return 1;
}

static int
scan_page(struct scan *s, const struct page *page, uint64_t *next)
{
	const char *at = (const char *)page->at;
	unsigned end = s->page_size; /* of what was not taken yet */

	for (unsigned i = 1; i < page->words; i += 2) {
		unsigned key = word(s, page, i), data = word(s, page, i + 1);

		if (data == OVERFLOW_PAGE) {
			*next = overflow_page(s, key);
			return 1;
		}
		if (data < LEAST_OFFSET && i == 1)
			return scan_big(s, page, next);
		if (data < least_offset(page) || data > key || key > end)
			return fail_page(s, page->number,
			    "an offset is out of range");
		if (visit(s, page->number,
			(struct slice){ at + key, end - key },
			(struct slice){ at + data, key - data }) < 0)
			return -1;
		end = data;
	}
	return 0;
}

static int
scan_bucket(struct scan *s, uint32_t bucket)
{
	uint64_t next = bucket_page(s, bucket);
	struct page page;
	int status;

	do {
		if (get_page(s, next, &page) < 0)
			return -1;
		status = scan_page(s, &page, &next);
	} while (status > 0);
	return status;
}

static int
scan_all(struct scan *s)
{
	for (uint32_t bucket = 0; bucket <= s->last_bucket; bucket++)
		if (scan_bucket(s, bucket) < 0)
			return -1;
	if (s->beyond && s->records < s->expected)
		return fail("%s: cut short: %zu of %u records", s->file,
		    s->records, s->expected);
	if (s->records != s->expected)
		say("%s: %zu records, where the header says %u", s->file,
		    s->records, s->expected);
	return 0;
}

int
berkeley_scan(const char *file, struct slice text, berkeley_visit *call,
    void *arg, size_t *records)
{
	struct scan s = { .file = file, .size = text.size, .visit = call,
		.arg = arg, .text = (const unsigned char *)text.at };
	int status = read_header(&s);

	if (status == 0) {
		s.seen = mem_zalloc(s.pages / 8 + 1, 1);
		status = scan_all(&s);
	}
	if (records != NULL)
		*records = s.records;
	free(s.seen);
	buf_release(&s.big);
	return status;
}
