/* SPDX-License-Identifier: MIT */
#include "dir/ldapattr.h"

#include <strings.h>

/* Made by make from share/lists/attributes. */
extern const char attributes_shipped[];

struct slice
attribute_base(struct slice name)
{
	const char *option = name.size == 0 ? NULL :
	    memchr(name.at, ';', name.size);

	if (option != NULL)
		name.size = (size_t)(option - name.at);
	return name;
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

enum attribute_class
attribute_class(struct slice name)
{
	const char *line = attributes_shipped, *end;

	name = attribute_base(name);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if ((size_t)(end - line) < name.size)
			continue;
		if (line_is(line, "local ", name))
			return ATTRIBUTE_LOCAL;
		if (line_is(line, "secret ", name))
			return ATTRIBUTE_SECRET;
	}
	return ATTRIBUTE_PLAIN;
}
