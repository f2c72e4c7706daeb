/* SPDX-License-Identifier: MIT */
#include "pki/hostrelease.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "pki/hostfiles.h"
#include "util/cli.h"
#include "util/slurp.h"

#define CONF_LIMIT ((size_t)1 << 20)

struct release
hostrelease_option(const char *option, const char *word)
{
	struct release given = release_any;

	if (word != NULL && !release_parse(&given, slice_of(word)))
		cli_usage("%s: not a release, such as 11.6, 10.5.18 or "
		    "rhcs9: '%s'", option, word);
	return given;
}

static struct slice
unquoted(struct slice value)
{
	value = cfg_trim(value);
	if (value.size > 1 && (*value.at == '"' || *value.at == '\'') &&
	    value.at[value.size - 1] == *value.at) {
		value.at++;
		value.size -= 2;
	}
	return value;
}

/* Of a shell's assignments, the last one counts. */
static bool
take_version(struct release *release, const char *text)
{
	static const char name[] = "PKI_VERSION=";
	bool found = false;

	while (*text != '\0') {
		struct slice line = { text, strcspn(text, "\r\n") }, value;

		text += line.size;
		text += strspn(text, "\r\n");
		line = cfg_trim(line);
		if (!slice_starts(line, slice_of(name)))
			continue;
		value.at = line.at + strlen(name);
		value.size = line.size - strlen(name);
		found = release_parse(release, unquoted(value));
	}
	return found;
}

/* What the instance's tomcat.conf says. */
static bool
read_conf(struct release *release, const struct cfg *cfg)
{
	char *file = hostfiles_beside(cfg->file, "tomcat.conf");
	char *text = NULL;
	bool found = false;
	size_t size;

	if (file != NULL && slurp_found(file, CONF_LIMIT, &text, &size) == 0)
		found = take_version(release, text);
	free(text);
	free(file);
	return found;
}

struct hostrelease
hostrelease_of(const struct cfg *cfg, struct release given)
{
	struct hostrelease host = { .cfg = cfg, .release = release_of(cfg) };
	struct release conf;

	if (read_conf(&conf, cfg)) {
		host.odd = release_within(host.release, conf.first,
			       conf.last) == RELEASE_NO;
		host.release = release_both(host.release, conf);
		host.sure = true;
	}
	if (given.last != RELEASE_NONE && (given.first != release_any.first ||
					      given.last != release_any.last)) {
		host.release = release_both(host.release, given);
		host.sure = true;
	}
	return host;
}

static bool
has_mark(const struct cfg *cfg)
{
	return cfg_string(cfg, "cms.product.version").size != 0 ||
	       cfg_string(cfg, "cms.version").size != 0;
}

/* A file without any mark says nothing about its release. */
static bool
same_marks(const struct cfg *a, const struct cfg *b)
{
	static const char *const mark[] = { "cms.product.version",
		"cms.version", "cms.upgrade.index" };

	for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
		if (!slice_equal(
			cfg_string(a, mark[i]), cfg_string(b, mark[i])))
			return !has_mark(a) || !has_mark(b);
	return true;
}

bool
hostrelease_differ(const struct hostrelease *a, const struct hostrelease *b)
{
	if (a->release.last < b->release.first ||
	    b->release.last < a->release.first)
		return true;
	return !(a->sure && b->sure) && !same_marks(a->cfg, b->cfg);
}
