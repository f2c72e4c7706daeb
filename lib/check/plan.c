/* SPDX-License-Identifier: MIT */
#include "check/plan.h"

#include <ctype.h>
#include <strings.h>

struct findings_place
plan_at(const struct plan *p, size_t line)
{
	return (struct findings_place){ p->file->name, line };
}

const char *
plan_get(const struct plan *p, const char *key, size_t *line)
{
	struct spawnfile_value value;

	*line = 0;
	if (!spawnfile_get(p->file, p->section, key, &value))
		return NULL;
	*line = value.line;
	return value.text;
}

bool
plan_is_true(const char *text)
{
	return text != NULL && strcasecmp(text, "true") == 0;
}

bool
plan_split_uri(const char *uri, struct slice *host, struct slice *port)
{
	const char *start = strstr(uri, "://"), *end;

	if (start == NULL)
		return false;
	start += 3;
	end = start + strcspn(start, "/");
	*host = (struct slice){ start, (size_t)(end - start) };
	*port = (struct slice){ end, 0 };
	for (const char *c = end; c > start; c--)
		if (c[-1] == ':') {
			*host =
			    (struct slice){ start, (size_t)(c - start) - 1 };
			*port = (struct slice){ c, (size_t)(end - c) };
			break;
		} else if (!isdigit((unsigned char)c[-1])) {
			break;
		}
	return host->size != 0;
}

bool
plan_sets_up_ds(const struct plan *p)
{
	size_t line;
	const char *text = plan_get(p, "pki_ds_setup", &line);

	return text == NULL || strcasecmp(text, "false") != 0;
}
