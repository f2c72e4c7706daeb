/* SPDX-License-Identifier: MIT */
#include "dir/side.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "dir/dn.h"
#include "dir/family.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

/* Conflict entries and others of this class are in no answer without it. */
#define FILTER "(|(objectClass=*)(objectClass=ldapSubentry))"

/* -- entries --------------------------------------------------------------- */

static int
bad_dn(const struct entry *entry)
{
	if (entry->line != 0)
		return fail("%s:%zu: not a DN: '%.*s'", entry->file,
		    entry->line, SLICE_FMT(entry->dn));
	return fail("%s: not a DN: '%.*s'", entry->file,
	    SLICE_FMT(entry->dn));
}

/* Asked of each entry, so in the order of what costs least. */
static bool
is_tombstone(const struct entry *entry)
{
	static const char class[] = "nsTombstone";

	for (size_t i = 0; i < entry->attributes; i++) {
		const struct entry_attribute *a = &entry->attribute[i];

		if (a->value.size == sizeof class - 1 &&
		    strncasecmp(a->value.at, class, a->value.size) == 0 &&
		    entry_is_named(a->name, "objectClass"))
			return true;
	}
	return false;
}

/* 1: it counts; 0: it is none of ours. */
static int
take_name(struct side *side)
{
	struct slice name, base = buf_slice(&side->base);

	side->name.size = 0;
	if (dn_normalise(side->entry.dn, &side->name) < 0)
		return bad_dn(&side->entry);
	name = buf_slice(&side->name);
	if (!family_has(side->options->families, &side->entry, name) ||
	    is_tombstone(&side->entry) ||
	    !dn_within(name, base))
		return 0;
	side->name.size = dn_relative(name, base).size;
	return 1;
}

static int
take_entry(struct side *side)
{
	int status = take_name(side);

	if (status <= 0)
		return status;
	if (digest_of(side->hasher, buf_slice(&side->name),
	    side->digest.name) < 0)
		return -1;
	if (side->wanted != NULL &&
	    !side->wanted(side->arg, side->digest.name))
		return 0;
	canon_entry(side->canon, &side->entry, &side->content);
	return digest_of(side->hasher, buf_slice(&side->content),
	    side->digest.content) < 0 ? -1 : 1;
}

static int
next_listed(struct side *side)
{
	int more = digestfile_next(&side->listed);

	if (more <= 0)
		return more;
	side->digest = side->listed.digest;
	side->entry = (struct entry){ .dn = side->listed.dn,
		.file = side->file, .line = side->listed.line };
	side->name.size = side->content.size = 0;
	buf_add(&side->name, side->listed.dn);
	return 1;
}

int
side_next(struct side *side)
{
	int more, status = 0;

	if (side->source == NULL)
		return next_listed(side);
	while ((more = source_next(side->source, &side->entry)) > 0) {
		status = take_entry(side);
		if (status != 0)
			return status;
	}
	return more;
}

/* -- asking ---------------------------------------------------------------- */

/* All data, some of which a server gives only on demand. */
static const char *const data[] = { "*", "aci", "nsAccountLock",
	"passwordExpirationTime", NULL };

/* The names of --only, and what is looked at besides. */
static void
list_only(struct side *side)
{
	size_t room = 0;

	for (char **list = side->options->choice.only; *list != NULL; list++)
		for (const char *at = *list; *at != '\0';) {
			size_t size = strcspn(at, ",");
			struct slice name = { at, size };

			MEM_GROW(side->only, side->only_count, room);
			side->only[side->only_count++] =
			    arena_copy(&side->arena, name).at;
			at += size + (at[size] == ',');
		}
	side->only = mem_realloc(side->only, side->only_count + 2,
	    sizeof *side->only);
	side->only[side->only_count++] = "objectClass";
	side->only[side->only_count] = NULL;
}

static int
ask(struct side *side, const char *base, enum source_scope scope)
{
	char *filter = side->options->families == NULL ? NULL :
	    family_filter(side->options->families);
	struct source_query query = { .base = base, .scope = scope,
		.filter = filter != NULL ? filter : FILTER,
		.attributes = side->only != NULL ? side->only : data,
		.absent_is_empty = scope == SOURCE_BASE };
	int status = source_search(side->source, &query);

	free(side->filter);
	side->filter = filter; /* it is borrowed until the search ends */
	return status;
}

int
side_search(struct side *side)
{
	if (side->source != NULL)
		return ask(side, NULL, SOURCE_SUBTREE);
	digestfile_rewind(&side->listed);
	return 0;
}

int
side_search_name(struct side *side, struct slice name)
{
	struct buf *dn = &side->asked;

	dn->size = 0;
	buf_add(dn, name);
	if (name.size != 0 && side->base.size != 0)
		buf_putc(dn, ',');
	buf_add(dn, buf_slice(&side->base));
	buf_putc(dn, '\0');
	return ask(side, dn->at, SOURCE_BASE);
}

/* -- the first time -------------------------------------------------------- */

/* Where the second of two entries of that name is. */
static int
report_twice(struct side *side, const struct digest *twice)
{
	size_t times = 0;
	int more;

	if (side_search(side) < 0)
		return -1;
	while ((more = side_next(side)) > 0)
		if (memcmp(side->digest.name, twice->name, DIGEST_SIZE) == 0 &&
		    ++times == 2)
			break;
	if (more < 0)
		return -1;
	if (more > 0 && side->entry.line != 0)
		return fail("%s:%zu: a second entry of the name '%.*s'",
		    side_name(side), side->entry.line,
		    SLICE_FMT(side->entry.dn));
	return fail("%s: two entries of one name: '%.*s'", side_name(side),
	    SLICE_FMT(side->entry.dn));
}

static int
keep(struct side *side)
{
	digests_add(&side->digests, &side->digest);
	atomic_fetch_add_explicit(&side->read, 1, memory_order_relaxed);
	if (side->names.file == NULL)
		return 0;
	return spool_put(&side->names, buf_slice(&side->name), NULL);
}

int
side_read(struct side *side)
{
	const struct digest *twice;
	int more;

	if ((side_is_server(side) || side->options->keep_names) &&
	    spool_begin(&side->names) < 0)
		return -1;
	if (side_search(side) < 0)
		return -1;
	while ((more = side_next(side)) > 0) {
		if (atomic_load_explicit(side->options->stop,
		    memory_order_relaxed))
			return -1;
		if (keep(side) < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	digests_sort(&side->digests);
	twice = digests_twice(&side->digests);
	return twice != NULL ? report_twice(side, twice) : 0;
}

/* -- opening --------------------------------------------------------------- */

const char *
side_name(const struct side *side)
{
	return side->source == NULL ? side->file : source_name(side->source);
}

bool
side_is_server(const struct side *side)
{
	return side->source != NULL && source_is_server(side->source);
}

bool
side_is_digests(const struct side *side)
{
	return side->source == NULL;
}

const char *
side_base(const struct side *side)
{
	return side->source == NULL ? NULL : source_base(side->source);
}

int
side_make_relative(struct side *side)
{
	const char *base = side_base(side);

	side->base.size = 0;
	if (base == NULL || dn_normalise(slice_of(base), &side->base) == 0)
		return 0;
	return fail("%s: not a DN: '%s'", side_name(side), base);
}

/* What can be read only once, in a file of ours; in is closed. */
static FILE *
spool(FILE *in, const char *name)
{
	FILE *file = spool_file();
	char block[1 << 14];
	size_t size;

	while (file != NULL && (size = fread(block, 1, sizeof block, in)) != 0)
		if (fwrite(block, 1, size, file) != size)
			break;
	if (ferror(in)) {
		fail_errno("cannot read '%s'", name);
	} else if (file != NULL && (ferror(file) || fflush(file) != 0)) {
		fail_errno("cannot keep '%s' in a temporary file", name);
	} else if (file != NULL) {
		rewind(file);
		fclose(in);
		return file;
	}
	if (file != NULL)
		fclose(file);
	fclose(in);
	return NULL;
}

static FILE *
open_file(const char *path)
{
	FILE *in = slurp_open(path);
	struct stat st;

	if (in == NULL)
		return NULL;
	if (fstat(fileno(in), &st) < 0) {
		fail_errno("cannot open '%s'", path);
		slurp_close(in);
		return NULL;
	}
	return S_ISREG(st.st_mode) && in != stdin ? in :
	    spool(in, slurp_name(path));
}

static void
begin(struct side *side, const char *operand,
    const struct side_options *options)
{
	*side = (struct side){ .options = options,
		.file = slurp_name(operand), .canon =
		    canon_new(&options->choice), .hasher = digest_hasher() };
	if (options->choice.only != NULL)
		list_only(side);
}

int
side_open_source(struct side *side, struct source *source,
    const struct side_options *options)
{
	begin(side, source_name(source), options);
	side->source = source;
	return side->hasher != NULL ? 0 : -1;
}

int
side_open_file(struct side *side, const char *path,
    const struct ldapopt *ldap, const struct side_options *options)
{
	FILE *file;

	begin(side, path, options);
	file = side->hasher != NULL ? open_file(path) : NULL;
	if (file == NULL)
		return -1;
	if (digestfile_is(file)) {
		side->in = file;
		digestfile_begin(&side->listed, file, side->file);
		return 0;
	}
	side->own = source_of_file(file, side->file, ldap);
	side->source = side->own;
	return 0;
}

void
side_close(struct side *side)
{
	source_close(side->own);
	if (side->in != NULL)
		fclose(side->in);
	buf_release(&side->base);
	buf_release(&side->name);
	buf_release(&side->content);
	canon_free(side->canon);
	digest_hasher_free(side->hasher);
	digests_release(&side->digests);
	spool_release(&side->names);
	buf_release(&side->asked);
	digestfile_release(&side->listed);
	free(side->filter);
	free(side->only);
	arena_release(&side->arena);
}
