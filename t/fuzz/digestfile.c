/* SPDX-License-Identifier: MIT */
/* What is taken for digests begins with what printing them again gives. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "dir/digest.h"
#include "util/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put_hex(struct buf *out, const unsigned char *digest)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		buf_putc(out, digits[digest[i] >> 4]);
		buf_putc(out, digits[digest[i] & 15]);
	}
	buf_putc(out, '\t');
}

static void
check(FILE *in, struct slice input)
{
	struct digestfile file;
	struct buf again = { 0 };
	int more;

	digestfile_begin(&file, in, "f");
	while ((more = digestfile_next(&file)) > 0) {
		put_hex(&again, file.digest.name);
		put_hex(&again, file.digest.content);
		buf_add(&again, file.dn);
		buf_putc(&again, '\n');
	}
	if (more == 0) {
		assert(slice_starts(input, buf_slice(&again)));
		assert(input.at[again.size] == '~');
	}
	buf_release(&again);
	digestfile_release(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	FILE *usual = stderr, *in;

	if (size == 0)
		return 0;
	if (null == NULL)
		null = fopen("/dev/null", "w");
	in = fmemopen((void *)data, size, "r");
	/* What is wrong with a line is told, each time. */
	stderr = null;
	check(in, (struct slice){ (const char *)data, size });
	stderr = usual;
	fclose(in);
	return 0;
}
