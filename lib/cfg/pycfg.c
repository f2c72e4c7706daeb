/* SPDX-License-Identifier: MIT */
#include "cfg/pycfg.h"

#include "util/utf8.h"

bool
pycfg_decodes(struct slice text)
{
	while (text.size != 0)
		if (utf8_next(&text) == UTF8_BAD)
			return false;
	return true;
}

/* str.splitlines()'s line ends; newlines in the file are LF by then. */
static bool
ends_line(uint32_t c)
{
	return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) ||
	    c == 0x85 || c == 0x2028 || c == 0x2029;
}

static struct slice
take_line(struct pycfg *py)
{
	struct slice line = { py->rest.at, 0 };

	while (py->rest.size != 0) {
		uint32_t c = utf8_next(&py->rest);

		if (ends_line(c)) {
			if (c == '\r' && py->rest.size != 0 &&
			    *py->rest.at == '\n')
				utf8_next(&py->rest);
			py->passed += c == '\r' || c == '\n';
			break;
		}
		line.size = (size_t)(py->rest.at - line.at);
	}
	return line;
}

static struct slice
lstrip(struct slice s)
{
	struct slice rest = s;

	while (s.size != 0 && utf8_is_space(utf8_next(&rest)))
		s = rest;
	return s;
}

static struct slice
rstrip(struct slice s)
{
	struct slice rest = s;
	size_t end = 0;

	while (rest.size != 0)
		if (!utf8_is_space(utf8_next(&rest)))
			end = s.size - rest.size;
	s.size = end;
	return s;
}

static bool
ends_in_backslash(struct slice s)
{
	return s.size != 0 && s.at[s.size - 1] == '\\';
}

/*
 * Any backslash at the end goes on with the next line, whatever stands before
 * it; that line comes with its blanks.  Only a value that ended is stripped.
 */
static struct slice
whole_value(struct pycfg *py, struct slice value)
{
	if (!ends_in_backslash(value))
		return rstrip(value);
	py->joined.size = 0;
	buf_add(&py->joined, value);
	while (ends_in_backslash(buf_slice(&py->joined))) {
		py->joined.size--;
		if (py->rest.size == 0)
			return buf_slice(&py->joined);
		buf_add(&py->joined, take_line(py));
	}
	return rstrip(buf_slice(&py->joined));
}

enum pycfg_result
pycfg_next(struct pycfg *py, struct pycfg_entry *entry)
{
	while (py->rest.size != 0) {
		size_t number = py->passed + 1;
		struct slice line = lstrip(take_line(py)), value;
		const char *equals;

		if (line.size == 0 || *line.at == '#')
			continue;
		entry->number = number;
		equals = memchr(line.at, '=', line.size);
		if (equals == NULL)
			return PYCFG_NO_DELIMITER;
		entry->name = rstrip((struct slice){ line.at,
		    (size_t)(equals - line.at) });
		value.at = equals + 1;
		value.size = line.size - (size_t)(value.at - line.at);
		entry->value = whole_value(py, lstrip(value));
		return PYCFG_ENTRY;
	}
	return PYCFG_END;
}

void
pycfg_release(struct pycfg *py)
{
	buf_release(&py->joined);
	py->rest.size = 0;
}
