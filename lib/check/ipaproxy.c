/* SPDX-License-Identifier: MIT */
#include "check/ipaproxy.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/str.h"

#define LIMIT ((size_t)1 << 20)

/* The path from the root: a new string. */
static char *
absolute(const char *path)
{
	char here[PATH_MAX];

	if (*path == '/' || getcwd(here, sizeof here) == NULL)
		return mem_dup(path, strlen(path));
	return mem_printf("%s/%s", here, path);
}

static char *
find_file(const char *path)
{
	static const char *const inside[] = { "/etc/pki/", "/var/lib/pki/" };
	static const char *const places[] = {
		"etc/httpd/conf.d/ipa-pki-proxy.conf",
		"etc/apache2/conf-enabled/ipa-pki-proxy.conf"
	};
	char *whole = absolute(path), *file = NULL;

	for (size_t i = 0; i < 2 && file == NULL; i++) {
		const char *at = strstr(whole, inside[i]);

		for (size_t p = 0; at != NULL && p < 2 && file == NULL; p++) {
			file = mem_printf("%.*s/%s", (int)(at - whole), whole,
			    places[p]);
			if (!path_exists(file)) {
				free(file);
				file = NULL;
			}
		}
	}
	free(whole);
	return file;
}

static void
look_at(struct ipaproxy *proxy, struct slice line, size_t number)
{
	static const char rule[] = "RewriteRule", crl[] = "MasterCRL";
	const char *end = line.at + line.size, *c = line.at;
	bool comment;

	while (c < end && (*c == ' ' || *c == '\t'))
		c++;
	comment = c < end && *c == '#';
	while (c < end && (*c == ' ' || *c == '\t' || *c == '#'))
		c++;
	if ((size_t)(end - c) < sizeof rule ||
	    memcmp(c, rule, sizeof rule - 1) != 0 ||
	    memmem(c, (size_t)(end - c), crl, sizeof crl - 1) == NULL)
		return;
	if (comment)
		proxy->comment = number;
	else
		proxy->active = number;
}

int
ipaproxy_read(struct ipaproxy *proxy, const char *path)
{
	char *text = NULL;
	const char *c, *end;
	size_t size, number = 0;

	*proxy = (struct ipaproxy){ .file = find_file(path) };
	if (proxy->file == NULL)
		return 0;
	if (slurp_found(proxy->file, LIMIT, &text, &size) < 0) {
		ipaproxy_release(proxy);
		return -1;
	}
	end = text + size;
	for (const char *at = text; at < end; at = c + 1) {
		c = memchr(at, '\n', (size_t)(end - at));
		if (c == NULL)
			c = end;
		look_at(proxy, (struct slice){ at, (size_t)(c - at) },
		    ++number);
	}
	free(text);
	return 0;
}

void
ipaproxy_release(struct ipaproxy *proxy)
{
	free(proxy->file);
	*proxy = (struct ipaproxy){ 0 };
}
