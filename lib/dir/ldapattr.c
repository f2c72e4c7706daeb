/* SPDX-License-Identifier: MIT */
#include "dir/ldapattr.h"

#include <strings.h>

/* Made by make from share/lists/attributes. */
extern const char ldapattr_shipped[];

struct slice
ldapattr_base(struct slice name)
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

enum ldapattr_class
ldapattr_class(struct slice name)
{
	const char *line = ldapattr_shipped, *end;

	name = ldapattr_base(name);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if ((size_t)(end - line) < name.size)
			continue;
		if (line_is(line, "local ", name))
			return LDAPATTR_LOCAL;
		if (line_is(line, "secret ", name))
			return LDAPATTR_SECRET;
	}
	return LDAPATTR_PLAIN;
}
