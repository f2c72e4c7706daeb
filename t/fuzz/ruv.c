/* SPDX-License-Identifier: MIT */
/* An element of a RUV that is taken, written from its parts, is the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "dir/csn.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
write_element(const struct ruv_element *is)
{
	char min[CSN_TEXT_SIZE], max[CSN_TEXT_SIZE];

	csn_print(&is->min, min);
	csn_print(&is->max, max);
	if (is->is_generation)
		return mem_printf("{replicageneration} %s", max);
	return mem_printf("{replica %u%s%.*s}%s%s%s%s",
	    (unsigned)is->replica, is->url.at != NULL ? " " : "",
	    SLICE_ARG(is->url), is->has_csn ? " " : "",
	    is->has_csn ? min : "", is->has_csn ? " " : "",
	    is->has_csn ? max : "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct ruv_element is, again;
	char *written;

	if (size == 0 || memchr(data, '\0', size) != NULL ||
	    ruv_parse(&is, text) < 0)
		return 0;
	written = write_element(&is);
	assert(ruv_parse(&again, slice_of(written)) == 0);
	assert(again.is_generation == is.is_generation);
	assert(again.replica == is.replica && again.has_csn == is.has_csn);
	assert(slice_equal(again.url, is.url));
	assert(csn_compare(&again.max, &is.max) == 0);
	assert(csn_compare(&again.min, &is.min) == 0);
	free(written);
	return 0;
}
