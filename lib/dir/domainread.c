/* SPDX-License-Identifier: MIT */
#include "dir/domainread.h"

#include <stdio.h>
#include <strings.h>

#include "dir/domaindoc.h"
#include "dir/ldif.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/jsonread.h"
#include "util/slurp.h"

/* -- entries --------------------------------------------------------------- */

/* The type in cn=HOST:PORT,cn=<TYPE>List,ou=Security Domain,... */
static struct slice
type_of(struct slice dn)
{
	static const char list[] = "List";
	const char *at = memchr(dn.at, ',', dn.size), *end = dn.at + dn.size;
	struct slice none = { "", 0 }, type;

	while (at != NULL && at < end && (*at == ',' || *at == ' '))
		at++;
	if (at == NULL || end - at < 3 || strncasecmp(at, "cn=", 3) != 0)
		return none;
	type.at = at + 3;
	at = memchr(type.at, ',', (size_t)(end - type.at));
	type.size = (size_t)((at != NULL ? at : end) - type.at);
	if (type.size <= strlen(list) ||
	    strncasecmp(type.at + type.size - strlen(list), list,
		strlen(list)) != 0)
		return none;
	type.size -= strlen(list);
	return type;
}

static int
take_host(struct domain_reading *r, const struct entry *entry)
{
	struct domain_host host = { .field[DOMAIN_TYPE] = type_of(entry->dn) };

	for (size_t i = DOMAIN_HOST; i < DOMAIN_FIELDS; i++)
		for (size_t n = 0; n < 2 && domain_name_of[i][n] != NULL; n++)
			if (host.field[i].at == NULL)
				host.field[i] = entry_value(entry,
				    domain_name_of[i][n], 0);
	return domain_take(r, &host);
}

int
domain_take_entry(struct domain_reading *r, const struct entry *entry)
{
	r->line = entry->line;
	if (entry_has(entry, "objectClass", "pkiSecurityDomain")) {
		r->found = true;
		domain_take_name(r, entry_value(entry, "name", 0));
	}
	return entry_has(entry, "objectClass", "pkiSubsystem") ?
	    take_host(r, entry) : 0;
}

/* lines: how many were read of it before. */
static int
read_ldif(struct domain_reading *r, FILE *in, size_t lines)
{
	struct ldif ldif;
	int status;

	ldif_begin(&ldif, in, r->file);
	ldif.line = lines;
	while ((status = ldif_next(&ldif)) > 0)
		if (domain_take_entry(r, &ldif.entry) < 0) {
			status = -1;
			break;
		}
	ldif_release(&ldif);
	return status;
}

/* -- any of them ----------------------------------------------------------- */

/* XML's first line has to be the first. */
static int
read_document(struct domain_reading *r, FILE *in, int first, size_t lines)
{
	struct buf text = { 0 };
	int status;

	for (; first != '<' && lines > 0; lines--)
		buf_putc(&text, '\n');
	status = slurp_file(&text, in, r->file, JSON_LIMIT);
	if (status == 0)
		status = first == '<' ? domaindoc_xml(r, buf_slice(&text)) :
					domaindoc_json(r, buf_slice(&text));
	buf_release(&text);
	return status;
}

/* The first character that is no blank says what it is. */
static int
parse(struct domain_reading *r, FILE *in)
{
	size_t lines = 0;
	bool indented = false;
	int c;

	while ((c = getc(in)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
		indented = c == ' ' || c == '\t';
		lines += c == '\n';
		if (lines > JSON_LIMIT)
			return fail("%s: nothing but empty lines", r->file);
	}
	if (c == EOF)
		return ferror(in) ? fail_errno("cannot read '%s'", r->file) :
				    fail("%s: nothing in it", r->file);
	ungetc(c, in);
	if (c == '{' || c == '[' || c == '<')
		return read_document(r, in, c, lines);
	r->line = lines + 1;
	return indented ?
	    domain_bad(r, "a continued line without one before it") :
	    read_ldif(r, in, lines);
}

int
domain_parse(struct domain *domain, const char *file, struct slice text)
{
	struct domain_reading r;
	int status;
	FILE *in;

	domain_begin(&r, domain, file);
	if (text.size == 0)
		return fail("%s: nothing in it", file);
	in = fmemopen((void *)text.at, text.size, "r");
	if (in == NULL)
		return fail_errno("cannot read '%s'", file);
	status = parse(&r, in);
	fclose(in);
	return domain_end(&r, status);
}

int
domain_read(struct domain *domain, const char *path)
{
	FILE *in = slurp_open(path);
	struct domain_reading r;
	int status;

	domain_begin(&r, domain, slurp_name(path));
	if (in == NULL)
		return -1;
	status = parse(&r, in);
	slurp_close(in);
	return domain_end(&r, status);
}
