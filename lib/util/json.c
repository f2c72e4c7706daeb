/* SPDX-License-Identifier: MIT */
#include "util/json.h"

#include <limits.h>

#include "util/diag.h"
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

static size_t
line_at(struct slice text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < text.size; i++)
		if (text.at[i] == '\n')
			line++;
	return line;
}

static bool
is_blank(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr(" \t\r\n", text.at[i]) == NULL || text.at[i] == '\0')
			return false;
	return true;
}

/* What is wrong, or NULL. */
static const char *
error_of(struct json_tokener *tokener, struct slice text, size_t end,
    struct json_object *json)
{
	enum json_tokener_error error = json_tokener_get_error(tokener);

	if (error == json_tokener_continue ||
	    error == json_tokener_error_parse_eof ||
	    (error != json_tokener_success && end >= text.size))
		return "it ends too early";
	if (error == json_tokener_error_depth)
		return "more values in each other than are taken";
	if (error != json_tokener_success)
		return json_tokener_error_desc(error);
	if (!is_blank((struct slice){ text.at + end, text.size - end }))
		return "more than one value";
	if (!json_object_is_type(json, json_type_object) &&
	    !json_object_is_type(json, json_type_array))
		return "neither an object nor an array";
	return NULL;
}

static struct json_object *
parse(struct json_tokener *tokener, const char *file, struct slice text)
{
	struct json_object *json;
	const char *error;
	size_t end;

	/* Strict: no comments, no words like NaN.  What follows is for us. */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
	    JSON_TOKENER_ALLOW_TRAILING_CHARS | JSON_TOKENER_VALIDATE_UTF8);
	/* The NUL is what tells it that no more comes. */
	json = json_tokener_parse_ex(tokener, text.at, (int)text.size + 1);
	end = json_tokener_get_parse_end(tokener);
	error = error_of(tokener, text, end, json);
	if (error == NULL)
		return json;
	fail("%s:%zu: bad JSON: %s", file, line_at(text, end), error);
	json_object_put(json);
	return NULL;
}

struct json_object *
json_read(const char *file, struct slice text)
{
	const char *nul = memchr(text.at, '\0', text.size);
	struct json_tokener *tokener;
	struct json_object *json;

	if (is_blank(text)) {
		fail("%s:1: bad JSON: it is empty", file);
		return NULL;
	}
	if (nul != NULL) {
		fail("%s:%zu: bad JSON: a NUL byte", file,
		    line_at(text, (size_t)(nul - text.at)));
		return NULL;
	}
	if (text.size > JSON_LIMIT || text.size >= INT_MAX) {
		fail("%s: bad JSON: more of it than is taken", file);
		return NULL;
	}
	tokener = json_tokener_new_ex(JSON_DEPTH);
	if (tokener == NULL)
		die("out of memory");
	json = parse(tokener, file, text);
	json_tokener_free(tokener);
	return json;
}

struct json_object *
json_member(const struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, name, &value);
	return value;
}

struct slice
json_text(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_string))
		return (struct slice){ NULL, 0 };
	return (struct slice){ json_object_get_string(value),
		(size_t)json_object_get_string_len(value) };
}

const char *
json_kind(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_object:
		return "an object";
	case json_type_array:
		return "an array";
	case json_type_string:
		return "a string";
	case json_type_boolean:
		return "true or false";
	case json_type_null:
		return "null";
	default:
		return "a number";
	}
}
