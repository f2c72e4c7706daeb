/* SPDX-License-Identifier: MIT */
#include "key/listing.h"

#define PROMPT "Enter Password or Pin for \""
#define HEADING "certutil: Checking token \""
#define NO_ID "(no CKA_ID)"
#define ORPHAN "(orphan)"
#define ID_COLUMN ((size_t)42)
#define ID_MOST ((size_t)40) /* digits, or characters of text */

static void
drop(struct slice *s, size_t size)
{
	s->at += size;
	s->size -= size;
}

static bool
take(struct slice *s, const char *text)
{
	struct slice prefix = slice_of(text);

	if (!slice_starts(*s, prefix))
		return false;
	drop(s, prefix.size);
	return true;
}

static void
skip_blanks(struct slice *s)
{
	while (s->size != 0 && (*s->at == ' ' || *s->at == '\t'))
		drop(s, 1);
}

static void
cut_blanks(struct slice *s)
{
	while (s->size != 0 && strchr(" \t\r", s->at[s->size - 1]) != NULL)
		s->size--;
}

static struct slice
take_until(struct slice *s, char end)
{
	const char *at = memchr(s->at, end, s->size);
	struct slice part = { s->at,
		at != NULL ? (size_t)(at - s->at) : s->size };

	drop(s, part.size);
	return part;
}

/* What is before text, or all there is. */
static struct slice
take_before(struct slice *s, const char *text)
{
	const char *at = memmem(s->at, s->size, text, strlen(text));
	struct slice part = { s->at,
		at != NULL ? (size_t)(at - s->at) : s->size };

	drop(s, part.size);
	return part;
}

/*
 * certutil does not end its prompt with a newline: text may follow.  A
 * token's name may have quotes, in headings too.
 */
static void
skip_prompts(struct slice *line)
{
	while (take(line, PROMPT)) {
		take_before(line, "\":");
		take(line, "\":");
		skip_blanks(line);
	}
}

static bool
read_heading(struct listing *listing, struct slice line)
{
	if (!take(&line, HEADING))
		return false;
	listing->token = take_before(&line, "\" in slot \"");
	return true;
}

static bool
is_internal(struct slice token)
{
	return token.at == NULL ||
	    slice_is(token, slice_of("NSS Certificate DB")) ||
	    slice_is(token, slice_of("NSS FIPS 140-2 Certificate DB"));
}

static void
read_nickname(const struct listing *listing, struct slice text,
    struct listing_key *key)
{
	cut_blanks(&text);
	key->nickname = key->name = text;
	key->orphan = slice_is(text, slice_of(ORPHAN));
	if (listing->token.at == NULL)
		return;
	key->token = listing->token;
	if (slice_starts(text, listing->token) &&
	    text.size > listing->token.size &&
	    text.at[listing->token.size] == ':')
		drop(&key->name, listing->token.size + 1);
}

/* A byte that is not would have made certutil print digits. */
static bool
is_printable(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return true;
}

/*
 * Quotes within are not escaped: the last one in the column ends the ID, but
 * only if the column stands as certutil made it, filled up with blanks.
 */
static bool
read_quoted(struct slice *line, struct listing_key *key)
{
	struct slice text = { line->at + 1,
		(line->size < ID_COLUMN ? line->size : ID_COLUMN) - 1 };
	struct slice fill = *line;
	const char *first = memchr(text.at, '"', text.size);
	const char *last = memrchr(text.at, '"', text.size);

	if (last == NULL)
		return false;
	drop(&fill, (size_t)(last + 1 - line->at));
	if (first != last) {
		struct slice name = fill;

		skip_blanks(&name);
		if ((size_t)(name.at - line->at) <= ID_COLUMN)
			return false;
	}
	key->quoted = true;
	key->id = (struct slice){ text.at, (size_t)(last - text.at) };
	*line = fill;
	return is_printable(key->id);
}

/* "< 0> rsa      ID   NICKNAME"; the ID's column is 42 wide, and a blank. */
static enum listing_kind
read_key(const struct listing *listing, struct slice line,
    struct listing_key *key)
{
	take_until(&line, '>');
	if (!take(&line, "> "))
		return LISTING_BAD;
	take_until(&line, ' '); /* rsa, ec, dsa ... */
	skip_blanks(&line);
	if (take(&line, NO_ID)) {
		skip_blanks(&line);
		read_nickname(listing, line, key);
		return LISTING_NO_ID;
	}
	if (line.size == 0 || *line.at != '"') {
		key->id = take_until(&line, ' ');
		cut_blanks(&key->id);
	} else if (!read_quoted(&line, key)) {
		return LISTING_BAD;
	}
	skip_blanks(&line);
	read_nickname(listing, line, key);
	key->may_be_cut = !is_internal(listing->token) &&
	    key->id.size >= ID_MOST;
	return key->id.size != 0 ? LISTING_KEY : LISTING_BAD;
}

/* "ID" or "ID<TAB>NICKNAME[<TAB>...]". */
static enum listing_kind
read_id(const struct listing *listing, struct slice line,
    struct listing_key *key)
{
	struct slice nickname;

	key->id = take_until(&line, '\t');
	cut_blanks(&key->id);
	if (line.size == 0)
		return LISTING_ID;
	drop(&line, 1);
	nickname = take_until(&line, '\t');
	read_nickname(listing, nickname, key);
	key->nickname = nickname;
	while (line.size != 0) {
		struct slice field;

		drop(&line, 1);
		field = take_until(&line, '\t');
		key->current = key->current ||
		    slice_is(field, slice_of("current"));
	}
	return key->id.size != 0 ? LISTING_ID : LISTING_BAD;
}

enum listing_kind
listing_read(struct listing *listing, struct slice line,
    struct listing_key *key)
{
	*key = (struct listing_key){ { NULL, 0 }, .quoted = false };
	cut_blanks(&line);
	skip_prompts(&line);
	if (line.size == 0 || read_heading(listing, line) ||
	    slice_is(line, slice_of("certutil: no keys found")))
		return LISTING_NOTHING;
	return *line.at == '<' ? read_key(listing, line, key) :
				 read_id(listing, line, key);
}

/* Three runs of flags with commas between. */
static bool
is_trust(struct slice s)
{
	size_t commas = 0;

	for (size_t i = 0; i < s.size; i++) {
		if (strchr(",pPcCTuwg", s.at[i]) == NULL || s.at[i] == '\0')
			return false;
		commas += s.at[i] == ',';
	}
	return commas == 2;
}

enum listing_cert_kind
listing_read_cert(struct slice line, struct listing_cert *cert)
{
	const char *blank;

	cut_blanks(&line);
	if (slice_starts(line, slice_of("Certificate Nickname ")))
		return LISTING_CERT_HEADING;
	blank = line.size != 0 ? memrchr(line.at, ' ', line.size) : NULL;
	if (blank == NULL)
		return LISTING_NO_CERT;
	cert->nickname = (struct slice){ line.at, (size_t)(blank - line.at) };
	cert->trust = (struct slice){ blank + 1,
		line.size - cert->nickname.size - 1 };
	cut_blanks(&cert->nickname);
	if (slice_is(cert->trust, slice_of("SSL,S/MIME,JAR/XPI")))
		return LISTING_CERT_HEADING;
	return cert->nickname.size != 0 && is_trust(cert->trust) ?
	    LISTING_CERT : LISTING_NO_CERT;
}
