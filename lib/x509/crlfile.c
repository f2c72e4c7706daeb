/* SPDX-License-Identifier: MIT */
#include "x509/crlfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/spool.h"
#include "x509/crl.h"
#include "x509/http.h"

#define PIECE 4096	/* of base64: whole groups of four */
#define LONGEST_LINE 1024 /* of a text in which PEM is looked for */

static bool
is_label(const char *line, const char *side)
{
	static const char *const labels[] = { "X509 CRL", "CRL",
		"CERTIFICATE REVOCATION LIST" };
	char want[80];
	size_t size = strlen(line);

	while (size != 0 && isspace((unsigned char)line[size - 1]))
		size--;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		snprintf(want, sizeof want, "-----%s %s-----", side,
		    labels[i]);
		if (strlen(want) == size && memcmp(line, want, size) == 0)
			return true;
	}
	return false;
}

static int
write_piece(FILE *out, struct buf *text)
{
	struct buf bytes = { 0 };
	int result = base64_decode(&bytes, buf_slice(text));

	text->size = 0;
	if (result == 0 &&
	    fwrite(bytes.at, 1, bytes.size, out) != bytes.size)
		result = -2;
	buf_release(&bytes);
	return result;
}

/* From after the first line to the last.  -1: no base64; -2: not written. */
static int
decode(FILE *in, FILE *out)
{
	char line[LONGEST_LINE];
	struct buf text = { 0 };
	uint64_t size = 0;
	int result = -1;

	while (fgets(line, sizeof line, in) != NULL) {
		if (is_label(line, "END")) {
			result = write_piece(out, &text);
			break;
		}
		for (const char *c = line; *c != '\0'; c++) {
			if (isspace((unsigned char)*c))
				continue;
			buf_putc(&text, *c);
			/* Padding is the last piece's. */
			if (text.size == PIECE && (*c == '=' ||
			    write_piece(out, &text) < 0))
				goto out;
		}
		size += strlen(line);
		if (size > 2 * CRL_LIMIT)
			goto out;
	}
out:
	buf_release(&text);
	return result;
}

static bool
find_begin(FILE *in)
{
	char line[LONGEST_LINE];
	bool at_start = true;

	while (fgets(line, sizeof line, in) != NULL) {
		if (at_start && is_label(line, "BEGIN"))
			return true;
		at_start = strchr(line, '\n') != NULL;
	}
	return false;
}

static bool
is_at_end(FILE *in)
{
	int c;

	do
		c = getc(in);
	while (c != EOF && isspace(c));
	return c == EOF;
}

static int
copy_pem(FILE *in, FILE *out, const char *name)
{
	if (!find_begin(in))
		return ferror(in) ? fail_errno("cannot read '%s'", name) :
				    fail("%s: not a CRL: neither DER nor PEM",
					name);
	switch (decode(in, out)) {
	case 0:
		break;
	case -2:
		return fail_errno("cannot write a copy of '%s'", name);
	default:
		return fail("%s: PEM: no base64, or no last line", name);
	}
	return is_at_end(in) ? 0 : fail("%s: PEM: text after it", name);
}

static int
copy_der(FILE *in, FILE *out, const char *name)
{
	char room[65536];
	uint64_t size = 0;
	size_t got;

	while ((got = fread(room, 1, sizeof room, in)) != 0) {
		size += got;
		if (size > CRL_LIMIT)
			return fail("%s: larger than %" PRIu64 " bytes", name,
			    CRL_LIMIT);
		if (fwrite(room, 1, got, out) != got)
			return fail_errno("cannot write a copy of '%s'", name);
	}
	return ferror(in) ? fail_errno("cannot read '%s'", name) : 0;
}

/* A descriptor of a copy. */
static int
copy(FILE *in, const char *name)
{
	FILE *out = spool_file();
	int c, fd = -1, result;

	if (out == NULL)
		return -1;
	errno = 0;
	c = getc(in);
	if (c == EOF) {
		fclose(out);
		return ferror(in) ? fail_errno("cannot read '%s'", name) :
				    fail("%s: empty", name);
	}
	ungetc(c, in);
	result = c == 0x30 ? copy_der(in, out, name) :
			     copy_pem(in, out, name);
	if (result == 0 && fflush(out) != 0)
		result = fail_errno("cannot write a copy of '%s'", name);
	if (result == 0)
		fd = fcntl(fileno(out), F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	fclose(out);
	return fd;
}

/* DER in a file that can be read twice? */
static bool
is_der_file(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;
	char first;

	return at >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    pread(fd, &first, 1, at) == 1 && first == 0x30;
}

static int
from_descriptor(int fd, const char *name)
{
	FILE *in;
	int result;

	if (is_der_file(fd))
		return fd;
	in = fdopen(fd, "r");
	if (in == NULL) {
		close(fd);
		return fail_errno("cannot read '%s'", name);
	}
	result = copy(in, name);
	fclose(in);
	return result;
}

static int
fetch_body(struct http *http, FILE *out, const char *url)
{
	char room[65536];
	ssize_t got;

	/* Dogtag says what is wrong in a page, with status 200. */
	if (strcmp(http_type(http), "text/html") == 0)
		return fail("%s: a page (text/html), not a CRL", url);
	while ((got = http_read(http, room, sizeof room)) > 0)
		if (fwrite(room, 1, (size_t)got, out) != (size_t)got)
			return fail_errno("cannot write a copy of '%s'", url);
	if (got < 0)
		return fail("%s: %s", url, http_error(http));
	return fflush(out) == 0 ? 0 :
	    fail_errno("cannot write a copy of '%s'", url);
}

static int
from_url(const char *url, unsigned milliseconds)
{
	const struct http_limits limits = { milliseconds, CRL_LIMIT };
	struct http *http = http_new(url, &limits);
	int result, fd = -1;
	FILE *out;

	if (http == NULL)
		return -1;
	out = spool_file();
	if (out == NULL) {
		http_free(http);
		return -1;
	}
	result = http_get(http) < 0 ? fail("%s: %s", url, http_error(http)) :
				      fetch_body(http, out, url);
	http_free(http);
	if (result == 0)
		fd = fcntl(fileno(out), F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	fclose(out);
	return fd >= 0 ? from_descriptor(fd, url) : -1;
}

int
crlfile_open(const char *operand, unsigned milliseconds, char **name)
{
	int fd;

	*name = mem_dup(slurp_name(operand), strlen(slurp_name(operand)));
	/* A file of such a name can be given as ./http:... */
	if (strstr(operand, "://") != NULL && operand[0] != '.' &&
	    operand[0] != '/')
		return from_url(operand, milliseconds);
	fd = strcmp(operand, "-") == 0 ?
	    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	    path_open_named(operand);
	return fd >= 0 ? from_descriptor(fd, *name) : -1;
}
