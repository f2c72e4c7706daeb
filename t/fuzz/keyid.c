/* SPDX-License-Identifier: MIT */
/* Whatever is taken can be turned back: the two spellings are one ID. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "pki/keyid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct slice id, size_t bytes)
{
	char bigint[KEYID_SIZE], octets[KEYID_SIZE], again[KEYID_SIZE];
	size_t size = keyid_to_bigint(bigint, id, bytes);

	if (size != 0) {
		struct slice tail = id;

		assert(strlen(bigint) == size);
		if (bytes == 0)
			bytes = (id.size - 2 * (id.size > 1 &&
			    (id.at[1] | 0x20) == 'x')) / 2;
		assert(keyid_to_octets(octets, slice_of(bigint), bytes) ==
		    2 * bytes);
		tail.at += id.size - 2 * bytes;
		assert(strncasecmp(octets, tail.at, 2 * bytes) == 0);
	}
	if (bytes != 0 && keyid_to_octets(octets, id, bytes) != 0) {
		assert(strlen(octets) == 2 * bytes);
		assert(keyid_to_bigint(bigint, slice_of(octets), bytes) != 0);
		assert(keyid_to_octets(again, slice_of(bigint), bytes) != 0);
		assert(strcmp(octets, again) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice id;
	char *either;

	if (size == 0)
		return 0;
	id = (struct slice){ (const char *)data + 1, size - 1 };
	check(id, data[0]);
	check(id, 20);
	either = keyid_octets(id);
	assert(either == NULL || strlen(either) == 40);
	free(either);
	return 0;
}
