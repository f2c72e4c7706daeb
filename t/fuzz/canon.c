/* SPDX-License-Identifier: MIT */
/* What an entry says is the same in any order, said twice, and said of the form
 * that it has then. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "dir/canon.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of "name:value", forward or backward, times over. */
static struct entry
entry_of(struct slice text, bool backward)
{
	struct entry e = { .dn = { "cn=1", 4 } };
	size_t room = 0;

	while (text.size != 0) {
		const char *end = memchr(text.at, '\n', text.size);
		size_t size = end != NULL ? (size_t)(end - text.at) : text.size;
		const char *colon = memchr(text.at, ':', size);
		size_t name = colon != NULL ? (size_t)(colon - text.at) : size;

		MEM_GROW(e.attribute, e.attributes, room);
		e.attribute[e.attributes++] = (struct entry_attribute){
			{ text.at, name }, { text.at + name, size - name } };
		size += end != NULL;
		text.at += size;
		text.size -= size;
	}
	for (size_t i = 0; backward && i < e.attributes / 2; i++) {
		struct entry_attribute a = e.attribute[i];

		e.attribute[i] = e.attribute[e.attributes - 1 - i];
		e.attribute[e.attributes - 1 - i] = a;
	}
	return e;
}

/* The entry that content spells out, twice. */
static struct entry
entry_again(struct slice content)
{
	struct entry e = { .dn = { "cn=1", 4 } };
	struct canon_value value;
	size_t room = 0;

	for (int times = 0; times < 2; times++) {
		struct slice rest = content;

		while (canon_next(&rest, &value)) {
			MEM_GROW(e.attribute, e.attributes, room);
			e.attribute[e.attributes++] = (struct entry_attribute){
				value.name, value.value };
		}
	}
	return e;
}

static void
check(struct canon *canon, struct entry entry, const struct buf *want)
{
	struct buf got = { 0 };

	canon_entry(canon, &entry, &got);
	assert(slice_equal(buf_slice(&got), buf_slice(want)));
	buf_release(&got);
	free(entry.attribute);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct canon_choice choice = { NULL, NULL };
	struct canon *canon = canon_new(&choice), *other = canon_new(&choice);
	struct entry entry = entry_of(text, false);
	struct buf content = { 0 };

	canon_entry(canon, &entry, &content);
	check(other, entry_of(text, true), &content);
	check(canon, entry_again(buf_slice(&content)), &content);
	free(entry.attribute);
	buf_release(&content);
	canon_free(canon);
	canon_free(other);
	return 0;
}
