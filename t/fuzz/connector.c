/* SPDX-License-Identifier: MIT */
/* Of any connector document that is taken, both forms give the same again. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pki/conndoc.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
again(const struct conndoc *doc,
    void (*print)(struct buf *, const struct conndoc *))
{
	struct buf text = { 0 };
	struct conndoc back;

	print(&text, doc);
	buf_putc(&text, '\0');
	assert(conndoc_parse(&back, "again",
	    (struct slice){ text.at, text.size - 1 }) == 0);
	for (size_t i = 0; i < CONNDOC_FIELDS; i++)
		assert(slice_equal(back.field[i], doc->field[i]) &&
		    !back.field[i].at == !doc->field[i].at);
	conndoc_release(&back);
	buf_release(&text);
}

/* A file that is made of it has just its hosts. */
static void
make(struct conndoc *doc)
{
	char *text = mem_dup("a=b\n", 4);
	struct cfg *cfg = cfg_parse("none", text, 4);
	struct edits edits = { 0 };
	struct connedit change;

	assert(cfg != NULL && connedit_begin(&change, cfg) == 0);
	if (connedit_document(&change, doc, "doc") == 0) {
		assert(change.hosts.count != 0);
		connedit_edits(&change, &edits);
	}
	edits_release(&edits);
	connedit_release(&change);
	cfg_free(cfg);
}

static void
check(struct slice input)
{
	char *text = mem_dup(input.at, input.size);
	struct conndoc doc;

	if (conndoc_parse(&doc, "f", (struct slice){ text, input.size }) == 0) {
		again(&doc, conndoc_add_json);
		again(&doc, conndoc_add_xml);
		make(&doc);
		conndoc_release(&doc);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	FILE *usual = stderr;

	if (null == NULL)
		null = fopen("/dev/null", "w");
	/* What is wrong with a document is told, each time. */
	stderr = null;
	check((struct slice){ (const char *)data, size });
	stderr = usual;
	return 0;
}
