/* SPDX-License-Identifier: MIT */
#include "key/certfile.h"

#include <stdlib.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

#define LARGEST ((size_t)64 << 20)

static const struct slice begin = { "-----BEGIN CERTIFICATE-----", 27 };
static const struct slice end = { "-----END CERTIFICATE-----", 25 };

static const char *
find(struct slice in, struct slice what)
{
	return memmem(in.at, in.size, what.at, what.size);
}

/* A SEQUENCE of more than 127 bytes: no text begins so. */
static bool
is_der(struct slice text)
{
	return text.size > 2 && text.at[0] == 0x30 &&
	    ((unsigned char)text.at[1] & 0x80) != 0;
}

bool
certfile_is(struct slice text)
{
	return is_der(text) ||
	    find(text, (struct slice){ "-----BEGIN ", 11 }) != NULL;
}

/* der is malloc()ed, and the file's from now on. */
static int
add(struct certfile *file, struct slice der)
{
	struct cert *cert = mem_zalloc(1, sizeof *cert);

	if (cert_parse(cert, der) < 0) {
		free((char *)der.at);
		free(cert);
		return -1;
	}
	MEM_GROW(file->item, file->count, file->room);
	file->item[file->count++].cert = cert;
	return 0;
}

static unsigned
line_of(struct slice text, const char *at)
{
	unsigned line = 1;

	for (const char *c = text.at; c < at; c++)
		line += *c == '\n';
	return line;
}

static int
add_pem(struct certfile *file, const char *name, struct slice text)
{
	struct slice rest = text, block;
	const char *from, *until;
	struct buf der;

	while ((from = find(rest, begin)) != NULL) {
		block.at = from + begin.size;
		block.size = (size_t)(text.at + text.size - block.at);
		until = find(block, end);
		if (until == NULL)
			return fail("%s:%u: a certificate that is cut off",
			    name, line_of(text, from));
		block.size = (size_t)(until - block.at);
		der = (struct buf){ 0 };
		if (base64_decode(&der, block) < 0) {
			buf_release(&der);
			return fail("%s:%u: a certificate that is not base64",
			    name, line_of(text, from));
		}
		if (add(file, buf_slice(&der)) < 0)
			return fail("%s:%u: a certificate that cannot be read",
			    name, line_of(text, from));
		rest.at = until + end.size;
		rest.size = (size_t)(text.at + text.size - rest.at);
	}
	return 0;
}

int
certfile_parse(struct certfile *file, const char *name, struct slice text)
{
	int added;

	*file = (struct certfile){ 0 };
	if (is_der(text))
		added = add(file, (struct slice){ mem_dup(text.at, text.size),
					 text.size });
	else
		added = add_pem(file, name, text);
	if (added == 0 && file->count != 0)
		return 0;
	certfile_release(file);
	return added < 0 && !is_der(text) ? -1 :
					    fail("%s: no certificate in it",
						name);
}

int
certfile_read(struct certfile *file, const char *path)
{
	size_t size;
	char *text;
	int status;

	if (slurp(path, LARGEST, &text, &size) < 0)
		return -1;
	status = certfile_parse(file, slurp_name(path),
	    (struct slice){ text, size });
	free(text);
	return status;
}

void
certfile_release(struct certfile *file)
{
	for (size_t i = 0; i < file->count; i++) {
		char *der = (char *)file->item[i].cert->der.at;

		cert_release(file->item[i].cert);
		free(file->item[i].cert);
		free(der);
	}
	free(file->item);
	*file = (struct certfile){ 0 };
}
