/* SPDX-License-Identifier: MIT */
#include "dir/schema.h"

#include <ctype.h>
#include <ldap.h>
#include <ldap_schema.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/buf.h"
#include "util/mem.h"

/* A definition that was parsed; of attribute types, names and extensions. */
struct parsed {
	char **names, **must, **may;
	LDAPSchemaExtensionItem **extensions;
	LDAPObjectClass *class;
	LDAPAttributeType *type;
};

static int
parse(struct parsed *p, const char *text, bool is_class, const char **why)
{
	const char *at;
	int code = 0;

	*p = (struct parsed){ .names = NULL };
	if (is_class) {
		p->class = ldap_str2objectclass(text, &code, &at,
		    LDAP_SCHEMA_ALLOW_ALL);
		if (p->class != NULL) {
			p->names = p->class->oc_names;
			p->must = p->class->oc_at_oids_must;
			p->may = p->class->oc_at_oids_may;
			p->extensions = p->class->oc_extensions;
		}
	} else {
		p->type = ldap_str2attributetype(text, &code, &at,
		    LDAP_SCHEMA_ALLOW_ALL);
		if (p->type != NULL) {
			p->names = p->type->at_names;
			p->extensions = p->type->at_extensions;
		}
	}
	*why = ldap_scherr2str(code);
	return p->class != NULL || p->type != NULL ? 0 : -1;
}

static void
release(struct parsed *p)
{
	if (p->class != NULL)
		ldap_objectclass_free(p->class);
	if (p->type != NULL)
		ldap_attributetype_free(p->type);
}

/* What servers bring by themselves is theirs, by their version. */
static bool
is_custom(LDAPSchemaExtensionItem **extensions)
{
	bool has_origin = false;

	for (size_t i = 0; extensions != NULL && extensions[i] != NULL; i++) {
		if (strcmp(extensions[i]->lsei_name, "X-ORIGIN") != 0)
			continue;
		has_origin = true;
		for (char **v = extensions[i]->lsei_values;
		    v != NULL && *v != NULL; v++)
			if (strcmp(*v, "user defined") == 0)
				return true;
	}
	return !has_origin;
}

static const char *
lower(struct schema *s, const char *name)
{
	const size_t size = strlen(name);
	char *text = arena_alloc(&s->arena, size + 1);

	for (size_t i = 0; i <= size; i++)
		text[i] = (char)tolower((unsigned char)name[i]);
	return text;
}

static int
compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
count_of(char **list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

static const char *
join(struct schema *s, const struct parsed *p)
{
	const size_t musts = count_of(p->must);
	const size_t count = musts + count_of(p->may);
	const char **word = mem_zalloc(count + 1, sizeof *word);
	struct buf out = { 0 };
	const char *text;

	for (size_t i = 0; i < count; i++)
		word[i] = lower(s, i < musts ? p->must[i] : p->may[i - musts]);
	qsort(word, count, sizeof *word, compare_words);
	for (size_t i = 0; i < count; i++) {
		buf_putc(&out, ' ');
		buf_puts(&out, word[i]);
	}
	text = count != 0 ? arena_copy(&s->arena, buf_slice(&out)).at : "";
	buf_release(&out);
	free(word);
	return text;
}

int
schema_add(struct schema *s, struct slice text, bool is_class,
    const char **why)
{
	char *copy = mem_dup(text.at, text.size);
	struct parsed p;
	int status = parse(&p, copy, is_class, why);

	if (status == 0) {
		const char *attributes = join(s, &p);
		const bool custom = is_custom(p.extensions);

		for (char **name = p.names; name != NULL && *name != NULL;
		    name++) {
			MEM_GROW(s->item, s->count, s->room);
			s->item[s->count++] = (struct schema_definition){
				lower(s, *name), attributes, is_class, custom
			};
		}
	}
	release(&p);
	free(copy);
	return status;
}

static int
compare_items(const void *a, const void *b)
{
	const struct schema_definition *x = a, *y = b;

	return x->is_class != y->is_class ? x->is_class - y->is_class :
	    strcasecmp(x->name, y->name);
}

void
schema_settle(struct schema *s)
{
	if (s->count != 0)
		qsort(s->item, s->count, sizeof *s->item, compare_items);
}

const struct schema_definition *
schema_find(const struct schema *s, const char *name, bool is_class)
{
	const struct schema_definition key = { .name = name,
		.is_class = is_class };

	return s->count == 0 ? NULL :
	    bsearch(&key, s->item, s->count, sizeof *s->item, compare_items);
}

void
schema_release(struct schema *s)
{
	free(s->item);
	arena_release(&s->arena);
}
