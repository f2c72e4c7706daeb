/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include "dir/schema.h"
#include "util/buf.h"
#include "util/diag.h"

#define MOST_NAMES 8 /* that a finding tells */

static const struct {
	const char *subsystem;
	const char *name[12];
} needed[] = {
	{ "ca", { "authority", "certACLS", "certificateRecord", "cmsuser",
		    "crlIssuingPointRecord", "pkiRange", "pkiSecurityDomain",
		    "pkiSecurityGroup", "pkiSubsystem", "repository",
		    "request" } },
	{ "kra", { "certACLS", "cmsuser", "keyRecord", "pkiRange",
		     "repository", "request" } },
	{ "ocsp", { "certACLS", "cmsuser", "crlIssuingPointRecord",
		      "repository" } },
	{ "tks", { "certACLS", "cmsuser" } },
	{ "tps", { "certACLS", "cmsuser" } },
};
#define NEEDED (sizeof needed / sizeof *needed)

struct side {
	const char *where, *base;
	struct schema schema;
};

static int
take_base(void *arg, const struct entry *entry)
{
	struct side *s = arg;
	struct slice base = entry_value(entry, "subschemaSubentry", 0);

	if (base.at != NULL)
		s->base = arena_copy(&s->schema.arena, base).at;
	return 0;
}

static int
take_schema(void *arg, const struct entry *entry)
{
	struct side *s = arg;
	const char *why;

	for (size_t i = 0; i < entry->attributes; i++) {
		const struct entry_attribute *a = &entry->attribute[i];
		bool is_class = entry_is_named(a->name, "objectClasses");

		if ((is_class || entry_is_named(a->name, "attributeTypes")) &&
		    schema_add(&s->schema, a->value, is_class, &why) < 0)
			return fail("%s: %s: no definition: %s: '%.*s'",
			    s->where, s->base, why, SLICE_ARG(a->value));
	}
	return 0;
}

static int
read_schema(struct side *s, struct csdir *dir)
{
	static const char *const where[] = { "subschemaSubentry", NULL };
	static const char *const what[] = { "objectClasses", "attributeTypes",
		NULL };
	const struct source_query root = { .base = "",
		.scope = SOURCE_BASE, .attributes = where };
	struct source_query query = { .scope = SOURCE_BASE,
		.attributes = what };

	s->where = source_name(dir->source);
	s->base = "cn=schema";
	if (check_search(dir, &root, take_base, s) < 0)
		return -1;
	query.base = s->base;
	if (check_search(dir, &query, take_schema, s) < 0)
		return -1;
	schema_settle(&s->schema);
	return 0;
}

struct names {
	struct buf text;
	size_t count;
};

static void
put_name(struct names *names, const char *name)
{
	if (names->count++ >= MOST_NAMES)
		return;
	if (names->text.size != 0)
		buf_puts(&names->text, ", ");
	buf_puts(&names->text, name);
}

static void
tell(struct check_servers *live, const struct side *s, struct names *names,
    const char *code, const char *what)
{
	const struct findings_place place = { s->where, 0 };

	if (names->count > MOST_NAMES)
		findings_add(live->found, place, code,
		    "%s: %.*s and %zu more", what,
		    SLICE_ARG(buf_slice(&names->text)),
		    names->count - MOST_NAMES);
	else if (names->count != 0)
		findings_add(live->found, place, code, "%s: %.*s", what,
		    SLICE_ARG(buf_slice(&names->text)));
	buf_release(&names->text);
}

static void
check_needed(
    struct check_servers *live, const struct side *s, const struct side *master)
{
	struct names missing = { .count = 0 }, other = { .count = 0 };
	size_t k = 0;

	while (k + 1 < NEEDED &&
	    strcmp(needed[k].subsystem, live->subsystem) != 0)
		k++;
	for (size_t i = 0; needed[k].name[i] != NULL; i++) {
		const char *name = needed[k].name[i];
		const struct schema_definition *own =
		    schema_find(&s->schema, name, true);
		const struct schema_definition *its =
		    schema_find(&master->schema, name, true);

		if (own == NULL)
			put_name(&missing, name);
		else if (its != NULL &&
		    strcmp(own->attributes, its->attributes) != 0)
			put_name(&other, name);
	}
	tell(live, s, &missing, "schema-missing",
	    "object classes of the subsystem are not known");
	tell(live, s, &other, "schema-differs",
	    "object classes have other attributes than at the master's");
}

/* Missing classes that are needed have been told. */
static bool
is_needed(const struct check_servers *live, const char *name)
{
	for (size_t k = 0; k < NEEDED; k++)
		if (strcmp(needed[k].subsystem, live->subsystem) == 0)
			for (size_t i = 0; needed[k].name[i] != NULL; i++)
				if (slice_equal_nocase(slice_of(name),
					slice_of(needed[k].name[i])))
					return true;
	return false;
}

static void
check_custom(struct check_servers *live, const struct side *s,
    const struct side *master)
{
	struct names names = { .count = 0 };

	for (size_t i = 0; i < master->schema.count; i++) {
		const struct schema_definition *own = &master->schema.item[i];

		if (own->is_custom &&
		    schema_find(&s->schema, own->name, own->is_class) == NULL &&
		    !(own->is_class && is_needed(live, own->name)))
			put_name(&names, own->name);
	}
	tell(live, s, &names, "schema-differs",
	    "classes and attributes of the master's are not known");
}

static int
check_side(struct check_servers *live, struct csdir *dir, struct side *master)
{
	struct side s = { .where = NULL };
	int status = read_schema(&s, dir);

	if (status == 0) {
		check_needed(live, &s, master);
		check_custom(live, &s, master);
	}
	schema_release(&s.schema);
	return status;
}

/* Where pkispawn makes the replica, the schema comes with it. */
static bool
has_planned(const struct check_servers *live)
{
	return live->planned.source != NULL && !plan_replicates(live->plan);
}

static int
check_schemas(struct check_servers *live)
{
	struct side master = { .where = NULL };
	int status = -1;

	if (live->side[0].dir.source == NULL)
		return 0;
	if (read_schema(&master, &live->side[0].dir) < 0)
		goto out;
	check_needed(live, &master, &master);
	for (size_t i = 1; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    check_side(live, &live->side[i].dir, &master) < 0)
			goto out;
	status = has_planned(live) ?
	    check_side(live, &live->planned, &master) : 0;
out:
	schema_release(&master.schema);
	return status;
}

const struct check check_schema[] = {
	{ .servers = check_schemas },
	{ .file = NULL }
};
