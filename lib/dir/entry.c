/* SPDX-License-Identifier: MIT */
#include "dir/entry.h"

#include <strings.h>

/* Made by make from share/lists/attributes. */
extern const char ldapattr_shipped[];

struct slice
entry_base(struct slice name)
{
	const char *option = name.size == 0 ? NULL :
	    memchr(name.at, ';', name.size);

	if (option != NULL)
		name.size = (size_t)(option - name.at);
	return name;
}

bool
entry_is_named(struct slice name, const char *want)
{
	return slice_equal_nocase(entry_base(name), slice_of(want));
}

/* The name in a line of the list, less the class before it. */
static bool
line_is(const char *line, const char *class, struct slice name)
{
	size_t size = strlen(class);

	if (strncmp(line, class, size) != 0)
		return false;
	return strncasecmp(line + size, name.at, name.size) == 0 &&
	    strchr(" \t\n", line[size + name.size]) != NULL;
}

enum entry_class
entry_class(struct slice name)
{
	const char *line = ldapattr_shipped, *end;

	name = entry_base(name);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if ((size_t)(end - line) < name.size)
			continue;
		if (line_is(line, "local ", name))
			return ENTRY_LOCAL;
		if (line_is(line, "secret ", name))
			return ENTRY_SECRET;
	}
	return ENTRY_PLAIN;
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
		    slice_equal_nocase(entry->attribute[i].value,
			slice_of(value)))
			return true;
	return false;
}
