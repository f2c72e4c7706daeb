/* SPDX-License-Identifier: MIT */
#include "util/json.h"

#include <json-c/json.h>

#include "util/mem.h"
#include "util/utf8.h"

static struct slice
valid_utf8(struct buf *b, struct slice text)
{
	while (text.size != 0) {
		struct slice rest = text;

		if (utf8_next(&rest) == UTF8_BAD)
			buf_puts(b, "\xef\xbf\xbd");
		else
			buf_add(b,
			    (struct slice){ text.at, text.size - rest.size });
		text = rest;
	}
	return buf_slice(b);
}

void
json_add_string(struct buf *b, struct slice text)
{
	struct buf clean = { 0 };
	struct slice valid = valid_utf8(&clean, text);
	struct json_object *string = json_object_new_string_len(
	    valid.size != 0 ? valid.at : "", (int)valid.size);
	size_t size = 0;
	const char *out = string == NULL ? NULL :
	    json_object_to_json_string_length(string,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &size);

	buf_add(b, (struct slice){ out, out != NULL ? size : 0 });
	json_object_put(string);
	buf_release(&clean);
}
