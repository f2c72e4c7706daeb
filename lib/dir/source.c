/* SPDX-License-Identifier: MIT */
#include "dir/source.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#ifdef WITH_LDAP
#include "dir/ldapdb.h"
#endif
#include "dir/dn.h"
#include "dir/ldapconn.h"
#include "dir/ldif.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

struct source {
	const char *name;
	const struct ldapopt *options;
	struct ldapdb *server; /* NULL: a file */

	FILE *in;
	struct ldif ldif;
	bool was_read, found;
	struct source_query query;
	struct buf base, dn; /* in normal form */
};

bool
source_is_url(const char *operand)
{
	static const char *const schemes[] = { "ldap://", "ldaps://",
		"ldapi://" };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strncasecmp(operand, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

#ifdef WITH_LDAP

static int
open_server(struct source *source, const char *url)
{
	source->server = ldapdb_open(url, source->options);
	if (source->server == NULL)
		return -1;
	source->name = ldapdb_name(source->server);
	return 0;
}

static int
search_server(struct source *source, const struct source_query *query)
{
	return ldapdb_search(source->server, query);
}

static int
next_of_server(struct source *source, struct entry *entry)
{
	return ldapdb_next(source->server, entry);
}

static const char *
base_of_server(const struct source *source)
{
	return ldapdb_base(source->server);
}

static void
close_server(struct source *source)
{
	ldapdb_close(source->server);
}

#else

static int
open_server(struct source *source, const char *url)
{
	source->name = url;
	return fail("%s: this clonekit was built without libldap", url);
}

static int
search_server(struct source *source, const struct source_query *query)
{
	(void)source;
	(void)query;
	return -1;
}

static int
next_of_server(struct source *source, struct entry *entry)
{
	(void)source;
	(void)entry;
	return -1;
}

static const char *
base_of_server(const struct source *source)
{
	(void)source;
	return NULL;
}

static void
close_server(struct source *source)
{
	(void)source;
}

#endif

static int
open_file(struct source *source, const char *path)
{
	source->name = slurp_name(path);
	source->in = slurp_open(path);
	return source->in != NULL ? 0 : -1;
}

static int
search_file(struct source *source, const struct source_query *query)
{
	const char *base = query->base != NULL ? query->base :
	    source->options->base;

	if (source->was_read && (source->in == stdin ||
	    fseeko(source->in, 0, SEEK_SET) < 0))
		return fail("%s: it can be read only once", source->name);
	ldif_release(&source->ldif);
	ldif_begin(&source->ldif, source->in, source->name);
	source->was_read = true;
	source->found = false;
	source->query = *query;
	source->query.base = base;
	source->base.size = 0;
	if (base != NULL && dn_normalise(slice_of(base), &source->base) < 0)
		return fail("%s: not a DN: '%s'", source->name, base);
	return 0;
}

/* 1: it is meant; 0: not; -1: its DN is none. */
static int
is_in_scope(struct source *source, const struct entry *entry)
{
	int depth;

	source->dn.size = 0;
	if (dn_normalise(entry->dn, &source->dn) < 0)
		return fail("%s:%zu: not a DN: '%.*s'", entry->file,
		    entry->line, SLICE_ARG(entry->dn));
	depth = dn_depth(buf_slice(&source->dn), buf_slice(&source->base));
	if (depth < 0)
		return 0;
	source->found = true;
	return source->query.scope == SOURCE_SUBTREE ||
	    depth == (source->query.scope == SOURCE_ONE);
}

static int
next_of_file(struct source *source, struct entry *entry)
{
	const char *base = source->query.base;
	int more, meant;

	while ((more = ldif_next(&source->ldif)) > 0) {
		*entry = source->ldif.entry;
		meant = base != NULL ? is_in_scope(source, entry) : 1;
		if (meant != 0)
			return meant;
	}
	if (more == 0 && base != NULL && !source->found &&
	    !source->query.absent_is_empty)
		return fail("%s: no entry within '%s'", source->name, base);
	return more;
}

static void
close_file(struct source *source)
{
	ldif_release(&source->ldif);
	buf_release(&source->base);
	buf_release(&source->dn);
	slurp_close(source->in);
}

struct source *
source_open(const char *operand, const struct ldapopt *options)
{
	static const struct ldapopt usual = LDAPOPT_DEFAULTS;
	struct source *source = mem_zalloc(1, sizeof *source);
	int status;

	source->options = options != NULL ? options : &usual;
	status = source_is_url(operand) ? open_server(source, operand) :
	    open_file(source, operand);
	if (status == 0)
		return source;
	source_close(source);
	return NULL;
}

struct source *
source_of_file(FILE *in, const char *name, const struct ldapopt *options)
{
	struct source *source = mem_zalloc(1, sizeof *source);

	source->options = options;
	source->in = in;
	source->name = name;
	return source;
}

const char *
source_base(const struct source *source)
{
	if (source->options->base != NULL || source->server == NULL)
		return source->options->base;
	return base_of_server(source);
}

bool
source_is_server(const struct source *source)
{
	return source->server != NULL;
}

const char *
source_name(const struct source *source)
{
	return source->name;
}

int
source_search(struct source *source, const struct source_query *query)
{
	return source->server != NULL ? search_server(source, query) :
	    search_file(source, query);
}

int
source_next(struct source *source, struct entry *entry)
{
	return source->server != NULL ? next_of_server(source, entry) :
	    next_of_file(source, entry);
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->server != NULL)
		close_server(source);
	else
		close_file(source);
	free(source);
}
