/* SPDX-License-Identifier: MIT */
#ifndef CERTFILE_H
#define CERTFILE_H

#include "key/cert.h"

/*
 * The certificates of a file, PEM or DER.  What stands around PEM's blocks,
 * and blocks of other things, such as keys, are passed over.
 *
 *	struct certfile file;
 *
 *	if (certfile_read(&file, "ca.pem") < 0)
 *		return EXIT_TROUBLE;
 *	for (size_t i = 0; i < file.count; i++)
 *		puts(file.item[i].cert->subject);
 *	certfile_release(&file);
 */

struct certfile {
	struct certfile_item {
		struct cert *cert;
	} *item;
	size_t count, room;
};

/* "-" is standard input.  0, with one at least, or -1 having reported why. */
int certfile_read(struct certfile *file, const char *path);

/* The same of a text; name is for messages. */
int certfile_parse(struct certfile *file, const char *name, struct slice text);

/* Does it look like certificates at all? */
bool certfile_is(struct slice text);

void certfile_release(struct certfile *file);

#endif
