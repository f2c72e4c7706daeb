/* SPDX-License-Identifier: MIT */
#include "util/outfile.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/replace.h"

#define LOCK_WAIT 10 /* seconds */

/* A number, which need not be anybody's. */
static bool
is_number(const char *name, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(name, &end, 10);
	return name[strspn(name, "0123456789")] == '\0' && *name != '\0' &&
	    errno == 0 && *number < UINT_MAX;
}

static int
find_owner(const char *text, uid_t *owner, gid_t *group)
{
	const char *colon = strchr(text, ':');
	char *user = mem_dup(text, colon != NULL ? (size_t)(colon - text) :
						   strlen(text));
	const char *of = colon != NULL ? colon + 1 : "";
	const struct passwd *who = *user != '\0' ? getpwnam(user) : NULL;
	const struct group *which = *of != '\0' ? getgrnam(of) : NULL;
	unsigned long number;
	int status = 0;

	*owner = (uid_t)-1;
	*group = (gid_t)-1;
	if (who != NULL)
		*owner = who->pw_uid;
	else if (is_number(user, &number))
		*owner = (uid_t)number;
	else if (*user != '\0')
		status = fail("--owner: no user '%s'", user);
	if (which != NULL)
		*group = which->gr_gid;
	else if (is_number(of, &number))
		*group = (gid_t)number;
	else if (*of != '\0')
		status = fail("--owner: no group '%s'", of);
	free(user);
	return status;
}

static int
find_mode(const char *text, mode_t *mode)
{
	char *end;
	unsigned long bits = strtoul(text, &end, 8);

	*mode = (mode_t)bits;
	if (*text < '0' || *text > '7' || *end != '\0' || bits == 0 ||
	    bits > 0777)
		return fail("--mode: not an octal mode of a file: '%s'", text);
	return 0;
}

/* What the options say, into r. */
static int
apply(const struct outfile_options *options, struct replacement *r)
{
	r->owner = (uid_t)-1;
	r->group = (gid_t)-1;
	if (options->owner != NULL &&
	    find_owner(options->owner, &r->owner, &r->group) < 0)
		return -1;
	if (options->mode != NULL && find_mode(options->mode, &r->mode) < 0)
		return -1;
	r->context = options->context;
	return 0;
}

int
outfile_check(const struct outfile_options *options)
{
	struct replacement r = { .directory = -1 };
	struct path p;
	struct stat st;
	int status = 0;

	if (apply(options, &r) < 0)
		return -1;
	if (strcmp(options->path, "-") == 0)
		return 0;
	if (path_find(&p, options->path, PATH_KEEP) < 0)
		status = path_fail(&p, "cannot create");
	else if (!options->force && path_stat(&p, &st) == 0)
		status = fail("'%s' exists already (--force replaces it)",
		    options->path);
	path_release(&p);
	return status;
}

static int
write_file(const struct outfile_options *options, struct replacement *r,
    struct slice text, struct slice note)
{
	if (apply(options, r) < 0 || replace_commit(r, text, NULL) != 0)
		return -1;
	cli_print(note);
	if (cli_close() == 0)
		return 0;
	replace_take_back(r);
	return -1;
}

int
outfile_write(const struct outfile_options *options, struct slice text,
    struct slice note)
{
	struct replacement r;
	int status;

	if (strcmp(options->path, "-") == 0) {
		cli_print(text);
		return cli_flush();
	}
	if (replace_begin(&r, options->path,
		options->force ? REPLACE_ANY : REPLACE_NEW, LOCK_WAIT) < 0)
		return -1;
	status = write_file(options, &r, text, note);
	replace_end(&r);
	return status;
}
