/* SPDX-License-Identifier: MIT */
#include "dir/source.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "dir/ldapconn.h"
#include "dir/ldif.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

struct source {
	const char *name;
	const struct ldapopt *options;
	const struct source_server *server; /* NULL: a file */
	void *at;			    /* the server's */

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
	source->ldif.forms = source->options->forms;
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
source_of_file(FILE *in, const char *name, const struct ldapopt *options)
{
	struct source *source = mem_zalloc(1, sizeof *source);

	source->options = options;
	source->in = in;
	source->name = name;
	return source;
}

struct source *
source_of_server(const struct source_server *server, void *at,
    const struct ldapopt *options)
{
	struct source *source = mem_zalloc(1, sizeof *source);

	source->options = options;
	source->server = server;
	source->at = at;
	source->name = server->name(at);
	return source;
}

const char *
source_base(const struct source *source)
{
	if (source->options->base != NULL || source->server == NULL)
		return source->options->base;
	return source->server->base(source->at);
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
	return source->server == NULL ? search_file(source, query) :
	    source->server->search(source->at, query);
}

int
source_next(struct source *source, struct entry *entry)
{
	return source->server == NULL ? next_of_file(source, entry) :
	    source->server->next(source->at, entry);
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->server != NULL)
		source->server->close(source->at);
	else
		close_file(source);
	free(source);
}
