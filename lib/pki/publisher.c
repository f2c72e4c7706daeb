/* SPDX-License-Identifier: MIT */
#include "pki/publisher.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

#define PLUGIN "OCSPPublisher"
#define RULE "ocsprule"

/* The first component after the prefix, where there is one more; or at
 * NULL. */
static struct slice
name_of(struct slice key, struct slice prefix)
{
	const char *dot;

	if (!slice_starts(key, prefix) || key.size == prefix.size)
		return (struct slice){ NULL, 0 };
	key.at += prefix.size;
	key.size -= prefix.size;
	dot = memchr(key.at, '.', key.size);
	if (dot == NULL || dot == key.at)
		return (struct slice){ NULL, 0 };
	return (struct slice){ key.at, (size_t)(dot - key.at) };
}

/* The same, where the rest of the key is what. */
static struct slice
owner_of(struct slice key, const char *prefix, const char *what)
{
	struct slice name = name_of(key, slice_of(prefix)), rest;

	if (name.at == NULL)
		return name;
	rest.at = name.at + name.size;
	rest.size = key.size - (size_t)(rest.at - key.at);
	return slice_equal(rest, slice_of(what)) ? name :
						(struct slice){ NULL, 0 };
}

static struct slice
get(const struct cfg *cfg, const char *prefix, struct slice name,
    const char *what)
{
	char *key = mem_printf("%s%.*s.%s", prefix, SLICE_ARG(name), what);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

/* A rule sends CRLs only if it is enabled, which is false by default, and of
 * this type [dogtag LdapRule]. */
static bool
sends_crls(const struct cfg *ca, struct slice rule)
{
	char *enable = mem_printf(PUBLISHER_RULE_PREFIX "%.*s.enable",
	    SLICE_ARG(rule));
	const bool is_enabled = setting_bool(ca, enable);

	free(enable);
	return is_enabled && slice_equal(slice_of("crl"),
	    cfg_trim(get(ca, PUBLISHER_RULE_PREFIX, rule, "type")));
}

static int
by_line(const void *a, const void *b)
{
	const struct publisher *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* The rule sends them to the publisher of this name, which may be none of
 * OCSP. */
static void
mark(struct publishers *all, struct slice name)
{
	char *key = mem_printf(PUBLISHER_PREFIX "%.*s.pluginName",
	    SLICE_ARG(name));
	const struct publisher wanted = { .line = cfg_find(all->cfg,
	    slice_of(key)) };
	struct publisher *found = all->count == 0 ? NULL :
	    bsearch(&wanted, all->publisher, all->count,
		sizeof *all->publisher, by_line);

	if (found != NULL)
		found->has_rule = true;
	free(key);
}

static void
mark_by_rules(struct publishers *all)
{
	for (uint32_t i = 0; i < all->cfg->lines; i++) {
		const struct cfg_line *line = all->cfg->line + i;
		struct slice rule;

		if (line->logical == NULL || !cfg_is_live(all->cfg, line))
			continue;
		rule = owner_of(cfg_key(line), PUBLISHER_RULE_PREFIX,
		    ".publisher");
		if (rule.at != NULL && sends_crls(all->cfg, rule))
			mark(all, cfg_trim(cfg_value(line)));
	}
}

bool
publisher_is_on(const struct cfg *ca)
{
	return setting_bool(ca, "ca.publish.enable");
}

void
publishers_find(struct publishers *all, const struct cfg *ca)
{
	*all = (struct publishers){ .cfg = ca };
	for (uint32_t i = 0; i < ca->lines; i++) {
		const struct cfg_line *line = ca->line + i;
		struct slice name;

		if (line->logical == NULL || !cfg_is_live(ca, line))
			continue;
		name = owner_of(cfg_key(line), PUBLISHER_PREFIX, ".pluginName");
		if (name.at == NULL ||
		    !slice_equal(cfg_trim(cfg_value(line)), slice_of(PLUGIN)))
			continue;
		MEM_GROW(all->publisher, all->count, all->room);
		all->publisher[all->count++] = (struct publisher){ name,
			get(ca, PUBLISHER_PREFIX, name, "host"),
			get(ca, PUBLISHER_PREFIX, name, "port"), false, line };
	}
	mark_by_rules(all);
}

void
publishers_release(struct publishers *all)
{
	free(all->publisher);
	*all = (struct publishers){ 0 };
}

/* The installation's name of an instance, a new string. */
static char *
usual_name(const char *kind, struct slice host, struct slice port)
{
	char *name =
	    mem_printf("%s-%.*s-%.*s", kind, SLICE_ARG(host), SLICE_ARG(port));

	for (char *c = name + strlen(kind); *c != '\0'; c++)
		if (*c == '.')
			*c = '-';
	return name;
}

struct move {
	struct edits *edits;
	const struct cfg *ca;
	const struct publisher *old;
	struct slice host, port;
	char *name; /* the new one of the publisher */
};

/* The new name of an instance, a new string. */
static char *
new_name(const struct move *m, const char *kind, struct slice name)
{
	char *usual = usual_name(kind, m->old->host, m->old->port);
	bool follows = slice_equal(name, slice_of(usual));

	free(usual);
	return follows ? usual_name(kind, m->host, m->port) :
		       mem_dup(name.at, name.size);
}

/* What becomes of the value of ....what. */
static struct slice
new_value(const struct move *m, bool is_rule, struct slice what,
    struct slice value)
{
	if (is_rule)
		return slice_equal(what, slice_of("publisher")) ?
		    slice_of(m->name) : value;
	if (slice_equal(what, slice_of("host")))
		return m->host;
	return slice_equal(what, slice_of("port")) ? m->port : value;
}

/* All keys of the instance prefix + name. */
static int
move_instance(const struct move *m, const char *prefix, struct slice name)
{
	bool is_rule = strcmp(prefix, PUBLISHER_RULE_PREFIX) == 0;
	char *to = is_rule ? new_name(m, RULE, name) :
			   mem_dup(m->name, strlen(m->name));
	bool renamed = !slice_equal(name, slice_of(to));
	size_t size = strlen(prefix) + name.size + 1;
	int status = 0;

	for (uint32_t i = 0; i < m->ca->lines && status == 0; i++) {
		const struct cfg_line *line = m->ca->line + i;
		struct slice key, what, value;
		char *new;

		if (line->logical == NULL || !cfg_is_live(m->ca, line))
			continue;
		key = cfg_key(line);
		if (!slice_equal(name_of(key, slice_of(prefix)), name))
			continue;
		what = (struct slice){ key.at + size, key.size - size };
		value = new_value(m, is_rule, what, cfg_value(line));
		new = mem_printf("%s%s.%.*s", prefix, to, SLICE_ARG(what));
		if (renamed)
			edits_delete(m->edits, m->ca, key);
		if ((!renamed || cfg_find(m->ca, slice_of(new)) == NULL) &&
		    edits_put(m->edits, m->ca, new, value) < 0)
			status = -1;
		free(new);
	}
	free(to);
	return status;
}

int
publisher_move(struct edits *edits, const struct cfg *ca,
    const struct publisher *old, struct slice host, struct slice port)
{
	struct move m = { edits, ca, old, host, port, NULL };
	int status;

	m.name = new_name(&m, PLUGIN, old->name);
	status = move_instance(&m, PUBLISHER_PREFIX, old->name);
	for (uint32_t i = 0; i < ca->lines && status == 0; i++) {
		const struct cfg_line *line = ca->line + i;
		struct slice name;

		if (line->logical == NULL || !cfg_is_live(ca, line))
			continue;
		name = owner_of(
		    cfg_key(line), PUBLISHER_RULE_PREFIX, ".publisher");
		if (name.at == NULL ||
		    !slice_equal(cfg_trim(cfg_value(line)), old->name))
			continue;
		status = move_instance(&m, PUBLISHER_RULE_PREFIX, name);
	}
	free(m.name);
	edits_order_by_key(edits);
	return status;
}

#define PUBLISH_PREFIX "ca.publish."
#define SUBSYSTEM_NICKNAME "ca.subsystem.nickname"

static bool
ends_in(struct slice key, const char *end)
{
	const struct slice tail = slice_of(end);

	return key.size >= tail.size &&
	    memcmp(key.at + key.size - tail.size, tail.at, tail.size) == 0;
}

/* The name of the certificate that ca logs in with, where from does so with
 * the one called theirs. */
static struct slice
own_nickname(const struct cfg *ca, const struct cfg *from, struct slice theirs)
{
	struct slice own = cfg_string(ca, SUBSYSTEM_NICKNAME);

	if (theirs.size == 0)
		return theirs;
	if (own.size != 0 &&
	    slice_equal(theirs, cfg_string(from, SUBSYSTEM_NICKNAME)))
		return own;
	say("%s: a publisher uses the certificate '%.*s', which must be in "
	    "the key database of this host", ca->file, SLICE_ARG(theirs));
	return theirs;
}

int
publisher_carry(struct edits *edits, const struct cfg *ca,
    const struct cfg *from, const struct settings *rules)
{
	for (uint32_t i = 0; i < from->lines; i++) {
		const struct cfg_line *line = from->line + i;
		struct slice key, value;
		const char *why;

		if (line->logical == NULL || !cfg_is_live(from, line))
			continue;
		key = cfg_key(line);
		if (!slice_starts(key, slice_of(PUBLISH_PREFIX)) ||
		    settings_class(rules, key) != SETTING_TRAVELS)
			continue;
		value = cfg_value(line);
		if (ends_in(key, ".nickName"))
			value = own_nickname(ca, from, value);
		if (edits_set(edits, ca, key, value, &why) < 0)
			return fail("%s: cannot set '%.*s': %s", ca->file,
			    SLICE_ARG(key), why);
	}
	return 0;
}
