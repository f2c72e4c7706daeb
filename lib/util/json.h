/* SPDX-License-Identifier: MIT */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <json-c/json.h>

#include "util/buf.h"
#include "util/str.h"

/*
 * Append text to b as a JSON string, quotes included.  What is not UTF-8
 * becomes U+FFFD, as the server would read it [dogtag 1.2].
 */
void json_add_string(struct buf *b, struct slice text);

/*
 * JSON documents from anybody (RFC 8259): UTF-8, nothing after the value but
 * blanks, JSON_LIMIT bytes and JSON_DEPTH values in each other at most.
 *
 *	struct json_object *json = json_read(path, text);
 *
 *	if (json == NULL)
 *		return -1;
 *	... json_text(json_member(json, "host")) ...
 *	json_object_put(json);
 */

#define JSON_LIMIT ((size_t)16 << 20)
#define JSON_DEPTH 32

/*
 * The object or array that text is; the caller's to put.  text has a NUL
 * after it, as slurp() leaves it.  NULL: not JSON, some other value, or more
 * than we take; reported as "FILE:LINE: what".
 */
struct json_object *json_read(const char *file, struct slice text);

/* A member of an object; NULL when it is not there or null, and of what is
 * no object. */
struct json_object *json_member(const struct json_object *object,
    const char *name);

/* The text of a string; at is NULL for anything else. */
struct slice json_text(struct json_object *value);

/* "a string", "an object", ... for messages. */
const char *json_kind(struct json_object *value);

#endif
