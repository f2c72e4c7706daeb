/* SPDX-License-Identifier: MIT */
#include "check/plan.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/endpoint.h"
#include "util/mem.h"

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

bool
plan_is_true(const char *text)
{
	return text != NULL && truth_of(slice_of(text)) == 1;
}

void
plan_begin(struct plan *p)
{
	const char *name = p->tags->subsystem;

	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof p->section; i++)
		p->section[i] = (char)toupper((unsigned char)name[i]);
}

bool
plan_is_off(const struct plan *p, const char *key)
{
	size_t line;
	const char *text = plan_get(p, key, &line);

	return text != NULL && truth_of(slice_of(text)) == 0;
}

bool
plan_sets_up_ds(const struct plan *p)
{
	return !plan_is_off(p, "pki_ds_setup");
}

bool
plan_replicates(const struct plan *p)
{
	return plan_sets_up_ds(p) &&
	    !plan_is_off(p, "pki_clone_setup_replication");
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
plan_find_ds(const struct plan *p, struct plan_ds *ds)
{
	const char *text;
	size_t line;

	*ds = (struct plan_ds){ .line = 0 };
	text = plan_get(p, "pki_ds_url", &ds->line);
	if (ds->line != 0) {
		find_by_url(ds, text);
		return;
	}
	text = plan_get(p, "pki_ds_hostname", &ds->line);
	if (text == NULL)
		return;
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
plan_ds_release(struct plan_ds *ds)
{
	free(ds->host);
	free(ds->port);
	*ds = (struct plan_ds){ .line = 0 };
}
