/* SPDX-License-Identifier: MIT */
#ifndef JSON_H
#define JSON_H

#include "util/buf.h"

/*
 * Append text to b as a JSON string, quotes included.  What is not UTF-8
 * becomes U+FFFD, as the server would read it [dogtag 1.2].
 */
void json_add_string(struct buf *b, struct slice text);

#endif
