/* SPDX-License-Identifier: MIT */
#include "dir/entry.h"

#include <strings.h>

static bool
is_text(struct slice s, const char *text)
{
	return s.size == strlen(text) && strncasecmp(s.at, text, s.size) == 0;
}

bool
entry_is_named(struct slice name, const char *want)
{
	const char *options = memchr(name.at, ';', name.size);

	if (options != NULL)
		name.size = (size_t)(options - name.at);
	return is_text(name, want);
}

struct slice
entry_value(const struct entry *entry, const char *name, size_t nth)
{
	for (size_t i = 0; i < entry->attributes; i++)
		if (entry_is_named(entry->attribute[i].name, name) &&
		    nth-- == 0)
			return entry->attribute[i].value;
	return (struct slice){ NULL, 0 };
}

bool
entry_has(const struct entry *entry, const char *name, const char *value)
{
	for (size_t i = 0; i < entry->attributes; i++)
		if (entry_is_named(entry->attribute[i].name, name) &&
		    is_text(entry->attribute[i].value, value))
			return true;
	return false;
}
