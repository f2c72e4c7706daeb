/* SPDX-License-Identifier: MIT */
/*
 * keyid - convert private key IDs between certutil's and CS.cfg's spelling
 *
 * in:	lines of certutil -K, or an ID, or an ID, a tab and a nickname
 * out:	a line for each key: the converted ID; then, if the line had one, a
 *	tab and the nickname.  All lines, or none
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pki/keyid.h"
#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/path.h"
#include "util/slurp.h"

#define LISTING_LIMIT ((size_t)4 << 30)

struct conversion {
	int reverse, bytes;
	const char *file;
	size_t number;
	struct buf out;
};

static int
bad(const struct conversion *c, const char *what, struct slice subject)
{
	return fail("%s:%zu: %s: '%.*s'", c->file, c->number, what,
	    subject.size < 80 ? (int)subject.size : 80, subject.at);
}

/* An ID that certutil showed as text stands for that text's bytes. */
static size_t
quoted_to_bigint(char dst[KEYID_SIZE], struct slice text)
{
	char octets[KEYID_SIZE];

	if (text.size > KEYID_MOST_BYTES)
		return 0;
	hex_lower(octets, text.at, text.size);
	return keyid_to_bigint(dst, (struct slice){ octets, 2 * text.size }, 0);
}

static void
add(struct conversion *c, const char *id, size_t size, struct slice nickname)
{
	buf_add(&c->out, (struct slice){ id, size });
	if (nickname.size != 0) {
		buf_putc(&c->out, '\t');
		buf_add(&c->out, nickname);
	}
	buf_putc(&c->out, '\n');
}

static int
convert_key(struct conversion *c, const struct listing_key *key)
{
	char id[KEYID_SIZE];
	size_t size = key->quoted ? quoted_to_bigint(id, key->id) :
				    keyid_to_bigint(id, key->id, 0);

	if (c->reverse)
		return bad(c, "a line of certutil -K, whose ID is in "
			      "certutil's spelling already", key->id);
	if (size == 0)
		return bad(c, "not a key ID of certutil -K", key->id);
	if (key->may_be_cut)
		say("%s:%zu: certutil shows at most %s of an ID: this one "
		    "on token '%.*s' may be longer", c->file, c->number,
		    key->quoted ? "40 characters" : "20 bytes",
		    SLICE_ARG(key->token));
	add(c, id, size, key->nickname);
	return 0;
}

static int
convert_id(struct conversion *c, const struct listing_key *key)
{
	size_t bytes = (size_t)c->bytes, size;
	char id[KEYID_SIZE], what[64];

	size = c->reverse ? keyid_to_octets(id, key->id, bytes) :
			    keyid_to_bigint(id, key->id, bytes);
	if (size == 0) {
		snprintf(what, sizeof what, c->reverse ?
			"not a BigInteger of %zu bits" :
			"not a key ID of %zu hexadecimal digits",
		    c->reverse ? 8 * bytes : 2 * bytes);
		return bad(c, what, key->id);
	}
	add(c, id, size, key->nickname);
	return 0;
}

static int
convert_line(struct conversion *c, struct listing *listing, struct slice line)
{
	struct listing_key key;

	if (memchr(line.at, '\0', line.size) != NULL)
		return bad(c, "NUL byte in line", line);
	switch (listing_read(listing, line, &key)) {
	case LISTING_NOTHING:
		return 0;
	case LISTING_KEY:
		return convert_key(c, &key);
	case LISTING_ID:
		return convert_id(c, &key);
	case LISTING_NO_ID:
		return bad(c, "this key has no ID", key.nickname);
	case LISTING_BAD:
		break;
	}
	return bad(c, "not a line of certutil -K", line);
}

/* All lines, so that one run reports all that is wrong. */
static int
convert_text(struct conversion *c, struct slice text)
{
	struct listing listing = { { NULL, 0 } };
	int status = 0;

	for (c->number = 1; text.size != 0; c->number++) {
		const struct slice line = slice_cut(&text, '\n');

		if (convert_line(c, &listing, line) < 0)
			status = -1;
	}
	return status;
}

static bool
looks_like_id(const char *operand)
{
	size_t size;

	operand += *operand == '-';
	if (starts_with(operand, "0x") || starts_with(operand, "0X"))
		operand += 2;
	size = strlen(operand);
	return size >= 8 && strspn(operand, "0123456789abcdefABCDEF") == size;
}

static int
fail_id(const char *what, const char *id)
{
	return fail("no %s '%s': IDs are read from standard input "
		    "(echo ID | keyid%s)", what, id, *id == '-' ? " -r" : "");
}

/* Before options are parsed, for which the sign would make a BigInteger. */
static int
refuse_ids(char *const *argument)
{
	for (; *argument != NULL && strcmp(*argument, "--") != 0; argument++)
		if (**argument == '-' && looks_like_id(*argument))
			return fail_id("option", *argument);
	return 0;
}

static int
convert_file(struct conversion *c, const char *path)
{
	char *text;
	size_t size;
	int status;

	if (!path_exists(path) && looks_like_id(path))
		return fail_id("file", path);
	if (slurp(path, LISTING_LIMIT, &text, &size) < 0)
		return -1;
	c->file = slurp_name(path);
	buf_reserve(&c->out, size + size / 8);
	status = convert_text(c, (struct slice){ text, size });
	free(text);
	return status;
}

int
main(int argc, char **argv)
{
	struct conversion c = { .bytes = KEYID_BYTES };
	int status = STATUS_OK;
	const struct poptOption options[] = {
		{ "reverse", 'r', POPT_ARG_NONE, &c.reverse, 0,
		  "convert from CS.cfg's spelling to certutil's",
		  NULL },
		{ "bytes", 'b', POPT_ARG_INT, &c.bytes, 0,
		  "expect IDs of N bytes (20)",
		  "N" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[FILE...]", "\
Converts private key IDs: the output of certutil -K or nssls --keys, or an ID\n\
per line.  Examples:\n\
\n\
  nssls --keys alias | keyid\n\
  echo a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3 | keyid\n\
  echo -584f6bb4847c688d65b373650c563d4690b6390d | keyid -r\n\
\n\
Status: 0 all converted, 2 error, nothing printed.\n", 0, -1 };
	const char **files;

	if (refuse_ids(argv + 1) < 0)
		return STATUS_ERROR;
	files = cli_files(cli_parse(argc, argv, options, &help));
	if (c.bytes < 1 || c.bytes > (int)KEYID_MOST_BYTES)
		cli_usage("--bytes: not from 1 to %zu: '%d'", KEYID_MOST_BYTES,
		    c.bytes);
	for (; *files != NULL; files++)
		if (convert_file(&c, *files) < 0)
			status = STATUS_ERROR;
	if (status == STATUS_OK && c.out.size == 0)
		say("no keys found");
	else if (status == STATUS_OK)
		cli_print(buf_slice(&c.out));
	buf_release(&c.out);
	return status;
}
