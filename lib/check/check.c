/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pki/parameter.h"
#include "util/base64.h"
#include "util/endpoint.h"
#include "util/mem.h"

#define MOST_SHOWN 60

PRINTF_LIKE(1, 0)
static char *
details(const char *fmt, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		die("out of memory");
	return text;
}

PRINTF_LIKE(5, 0)
static void
put(struct check_file *l, const struct cfg_line *line, const char *key,
    const char *code, const char *fmt, va_list args)
{
	const struct catalogue_entry *entry = catalogue_find(code);
	struct findings_place place = { l->cfg->file, 0 };
	struct slice name = slice_of(key);
	char *more = fmt != NULL ? details(fmt, args) : NULL;

	if (entry == NULL)
		die("no such finding: '%s'", code);
	if (line != NULL)
		place.line = cfg_number(l->cfg, line);
	if (line != NULL && line->logical != NULL)
		name = cfg_key(line);
	if (name.size > MOST_SHOWN)
		name.size = MOST_SHOWN;
	findings_add(l->found, place, code, "%.*s%s%s%s%s", SLICE_ARG(name),
	    name.size != 0 ? ": " : "", entry->summary,
	    more != NULL ? ": " : "", more != NULL ? more : "");
	free(more);
}

void
lint_at(struct check_file *l, const struct cfg_line *line, const char *code,
    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(l, line, "", code, fmt, args);
	va_end(args);
}

void
lint_key(struct check_file *l, const char *key, const char *code,
    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(l, cfg_find(l->cfg, slice_of(key)), key, code, fmt, args);
	va_end(args);
}

void
lint_depends(struct check_file *l)
{
	l->by_release = l->by_release || !l->found->skipped;
}

void
lint_fix(struct check_file *l, const struct cfg_line *line, struct slice value)
{
	const char *why;

	if (l->edits == NULL || !cfg_is_live(l->cfg, line))
		return;
	if (value.at == NULL)
		edits_delete(l->edits, l->cfg, cfg_key(line));
	else
		edits_set(l->edits, l->cfg, cfg_key(line), value, &why);
}

const char *
lint_shown(struct check_file *l, const struct cfg_line *line)
{
	struct slice value = cfg_value(line);
	const char *more = "";
	char *text;
	const char *kept;

	if (settings_hides(l->rules, cfg_key(line), value))
		return "(not shown)";
	if (value.size > MOST_SHOWN) {
		value.size = MOST_SHOWN;
		more = "...";
	}
	text = mem_printf("'%.*s%s'", SLICE_ARG(value), more);
	kept = arena_copy(&l->found->arena, slice_of(text)).at;
	free(text);
	return kept;
}

const struct cfg_line *
lint_find(const struct check_file *l, const char *fmt, ...)
{
	const struct cfg_line *line;
	va_list args;
	char *key;

	va_start(args, fmt);
	key = details(fmt, args);
	va_end(args);
	line = cfg_find(l->cfg, slice_of(key));
	free(key);
	return line;
}

struct findings_place
check_place(const struct cfg *cfg, const char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

bool
check_is_type(const struct cfg *cfg, const char *type)
{
	return strcmp(setting_subsystem_of(cfg), type) == 0;
}

bool
check_is_file(const struct cfg *cfg)
{
	return strcmp(cfg->file, "<stdin>") != 0;
}

void
check_fix_by_merge(const struct check_group *set, const struct cfg *clone,
    const char *options)
{
	const struct cfg *master = set->side[0].cfg;

	if (check_is_file(master) && check_is_file(clone))
		findings_fix(set->found, "cfgmerge -i %s --from %s %s",
		    options, findings_word(set->found, master->file),
		    findings_word(set->found, clone->file));
}

int
check_cert_copy(struct cert *cert, struct buf *der, const struct cfg *cfg,
    const char *subsystem, const char *tag)
{
	char *key = mem_printf("%s.%s.cert", subsystem, tag);
	struct slice text = cfg_string(cfg, key);

	free(key);
	if (text.size == 0 || base64_decode(der, text) < 0)
		return -1;
	return cert_parse(cert, buf_slice(der));
}

/* Of the pkispawn that makes a clone of it. */
static struct release
release_for(const struct check_host *master)
{
	struct hostrelease host = master->release;

	if (host.cfg == NULL)
		host = hostrelease_of(master->cfg, release_any);
	return parameter_release_for(host.release);
}

void
plan_begin(struct plan *p, struct spawn *file, const struct check_group *group,
    const struct release *release)
{
	const char *type = group->side[0].tags->subsystem;

	*p = (struct plan){ .file = file,
		.group = group,
		.master = group->side[0].cfg,
		.tags = group->side[0].tags,
		.release = release != NULL ? *release :
			       release_for(&group->side[0]),
		.found = group->found };
	spawn_for_release(file, p->release);
	for (size_t i = 0; type[i] != '\0' && i + 1 < sizeof p->section; i++)
		p->section[i] = (char)toupper((unsigned char)type[i]);
}

struct findings_place
plan_at(const struct plan *p, size_t line)
{
	return (struct findings_place){ p->file->name, line };
}

const char *
plan_get(const struct plan *p, const char *key, size_t *line)
{
	struct spawn_value value;

	*line = 0;
	if (!spawn_get(p->file, p->section, key, &value))
		return NULL;
	*line = value.line;
	return value.text;
}

/* As its str2bool(): all else is false. */
bool
plan_is_true(const char *text)
{
	static const char *const yes[] = { "yes", "true", "t", "1" };

	for (size_t i = 0; text != NULL && i < sizeof yes / sizeof *yes; i++)
		if (strcasecmp(text, yes[i]) == 0)
			return true;
	return false;
}

bool
plan_is_off(const struct plan *p, const char *key)
{
	size_t line;
	const char *text = plan_get(p, key, &line);

	return text != NULL && !plan_is_true(text);
}

/* Does pkispawn of no release that counts know it? */
static bool
is_unknown(const struct plan *p, const char *key)
{
	return parameter_is_known(key, p->section, p->release) == RELEASE_NO;
}

bool
plan_sets_up_ds(const struct plan *p)
{
	return is_unknown(p, "pki_ds_setup") || !plan_is_off(p, "pki_ds_setup");
}

bool
plan_replicates(const struct plan *p)
{
	static const char key[] = "pki_clone_setup_replication";

	return plan_sets_up_ds(p) &&
	       (is_unknown(p, key) || !plan_is_off(p, key));
}

bool
plan_makes_database(const struct plan *p)
{
	static const char key[] = "pki_ds_create_new_db";

	return is_unknown(p, key) || !plan_is_off(p, key);
}

static void
find_by_url(struct plan_ds *ds, const char *url)
{
	struct endpoint at;

	if (url == NULL || !endpoint_of_url(&at, slice_of(url)))
		return;
	ds->secure = endpoint_has_scheme(slice_of(url), "ldaps");
	ds->host = mem_dup(at.host.at, at.host.size);
	if (at.port.at != NULL)
		ds->port = mem_dup(at.port.at, at.port.size);
}

void
plan_read_ds(const struct plan *p, bool url, struct plan_ds *ds)
{
	const char *text;
	size_t line;

	*ds = (struct plan_ds){ .line = 0 };
	text = plan_get(p, url ? "pki_ds_url" : "pki_ds_hostname", &ds->line);
	if (text == NULL)
		return;
	if (url) {
		find_by_url(ds, text);
		return;
	}
	ds->host = mem_dup(text, strlen(text));
	ds->secure =
	    plan_is_true(plan_get(p, "pki_ds_secure_connection", &line));
	text = plan_get(
	    p, ds->secure ? "pki_ds_ldaps_port" : "pki_ds_ldap_port", &line);
	if (text == NULL && line == 0)
		text = ds->secure ? "636" : "389";
	if (text != NULL)
		ds->port = mem_dup(text, strlen(text));
}

void
plan_find_ds(const struct plan *p, struct plan_ds *ds)
{
	size_t line;

	plan_get(p, "pki_ds_url", &line);
	plan_read_ds(p, line != 0 && !is_unknown(p, "pki_ds_url"), ds);
}

void
plan_ds_release(struct plan_ds *ds)
{
	free(ds->host);
	free(ds->port);
	*ds = (struct plan_ds){ .line = 0 };
}

int
check_search(struct csdir *dir, const struct source_query *query,
    int (*take)(void *arg, const struct entry *entry), void *arg)
{
	struct entry entry;
	int more;

	if (source_search(dir->source, query) < 0)
		return -1;
	while ((more = source_next(dir->source, &entry)) > 0)
		if (take(arg, &entry) < 0)
			return -1;
	return more;
}

static bool
is_row(const struct check *row)
{
	return row->file != NULL || row->group != NULL || row->plan != NULL ||
	    row->probe != NULL || row->servers != NULL;
}

const struct check *
check_row(struct check_cursor *at)
{
	while (*at->subject != NULL) {
		const struct check *row = &(*at->subject)[at->row];

		at->row++;
		if (is_row(row))
			return row;
		at->subject++;
		at->row = 0;
	}
	return NULL;
}
