/* SPDX-License-Identifier: MIT */
/* print(parse(s)) = s, and all that GMP prints is taken. */
#include <assert.h>
#include <stdint.h>

#include "dir/serialno.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	char printed[SERIALNO_SIZE];
	mpz_t number, again;

	mpz_inits(number, again, NULL);
	if (serialno_parse(number, text) == 0) {
		assert(serialno_print(printed, number) == 0);
		assert(slice_equal(slice_of(printed), text));
	}
	mpz_import(number, size, 1, 1, 0, 0, data);
	if (serialno_print(printed, number) == 0) {
		assert(serialno_parse(again, slice_of(printed)) == 0);
		assert(mpz_cmp(number, again) == 0);
	} else {
		assert(mpz_sizeinbase(number, 10) >= 100);
	}
	mpz_clears(number, again, NULL);
	return 0;
}
