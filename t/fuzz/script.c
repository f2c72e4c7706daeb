/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are a script of edits or are none; what is one is the same edits
 * again after printing, and the same text after printing again; turned round
 * twice it is itself.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfg/script.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Why a script is none is of no interest here. */
static int
parse(struct edits *edits, const char *text, size_t size)
{
	static FILE *null;
	FILE *usual = stderr;
	int status;

	if (null == NULL)
		null = fopen("/dev/null", "w");
	stderr = null;
	status = script_parse(edits, "fuzz", mem_dup(text, size), size);
	stderr = usual;
	return status;
}

static char *
print(const struct edits *edits, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	assert(f != NULL);
	script_print(edits, f, NULL);
	assert(fclose(f) == 0);
	return text;
}

static void
same_slice(struct slice a, struct slice b)
{
	assert((a.at == NULL) == (b.at == NULL));
	assert(a.at == NULL || slice_equal(a, b));
}

static void
same_line(const struct edit_line *a, const struct edit_line *b)
{
	assert(a->sign == b->sign && a->place == b->place);
	assert(a->below == b->below && a->bare == b->bare);
	same_slice(cfg_key(&a->line), cfg_key(&b->line));
	same_slice(a->neighbour, b->neighbour);
	same_slice(a->end, b->end);
	same_slice(a->above_end, b->above_end);
	same_slice(a->below_end, b->below_end);
	if (a->sign != EDIT_MASKED) {
		same_slice(cfg_value(&a->line), cfg_value(&b->line));
		same_slice((struct slice){ a->line.text, a->line.size },
		    (struct slice){ b->line.text, b->line.size });
	}
}

static void
same_edits(const struct edits *a, const struct edits *b)
{
	assert(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		same_line(&a->line[i], &b->line[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct edits edits, again;
	char *text, *second;
	size_t length, other;

	if (parse(&edits, (const char *)data, size) < 0) {
		assert(edits.count == 0 && edits.line == NULL);
		return 0;
	}
	text = print(&edits, &length);
	assert(parse(&again, text, length) == 0);
	same_edits(&edits, &again);
	second = print(&again, &other);
	assert(length == other && memcmp(text, second, length) == 0);
	edits_reverse(&again);
	edits_reverse(&again);
	same_edits(&edits, &again);
	edits_release(&again);
	edits_release(&edits);
	free(second);
	free(text);
	return 0;
}
