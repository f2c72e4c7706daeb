/* SPDX-License-Identifier: MIT */
#include "check/hostfiles.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/str.h"

static const char *const subsystems[] = { "ca", "kra", "ocsp", "tks", "tps" };
#define SUBSYSTEMS (sizeof subsystems / sizeof *subsystems)

/* Where a sosreport has instances. */
static const char *const trees[] = { "var/lib/pki", "etc/pki" };
#define TREES (sizeof trees / sizeof *trees)

/* path, or NULL, and it is freed, where there is no such file. */
static char *
if_there(char *path)
{
	if (path_exists(path))
		return path;
	free(path);
	return NULL;
}

/* -- CS.cfg ---------------------------------------------------------------- */

static char *
find_in(const char *directory, const char *subsystem)
{
	static const struct {
		const char *before, *after;
	} layouts[] = { { "conf/", "/CS.cfg" }, { "", "/conf/CS.cfg" },
		{ "", "/CS.cfg" }, { "", "-CS.cfg" },
		{ "var/lib/pki-", "/conf/CS.cfg" }, { "etc/pki-", "/CS.cfg" } };
	char *path = NULL;

	for (size_t i = 0; path == NULL && i < sizeof layouts / sizeof *layouts;
	     i++)
		path = if_there(mem_printf("%s/%s%s%s", directory,
		    layouts[i].before, subsystem, layouts[i].after));
	return path;
}

/* In the instances below a directory.  -1: in several of them; reported. */
static int
find_below(char **path, const char *directory, const char *subsystem)
{
	DIR *dir = path_list(directory);
	const struct dirent *entry;
	int status = 0;

	while (dir != NULL && status == 0 && (entry = readdir(dir)) != NULL) {
		char *instance, *found;

		if (entry->d_name[0] == '.')
			continue;
		instance = mem_printf("%s/%s", directory, entry->d_name);
		found = find_in(instance, subsystem);
		if (found != NULL && *path != NULL)
			status = fail("'%s' has several instances with a "
				      "subsystem '%s': name one of them",
			    directory, subsystem);
		else if (found != NULL)
			*path = mem_dup(found, strlen(found));
		free(found);
		free(instance);
	}
	if (dir != NULL)
		closedir(dir);
	return status;
}

static int
find_subsystem(char **path, const char *directory, const char *subsystem)
{
	int status = 0;

	*path = find_in(directory, subsystem);
	for (size_t i = 0; *path == NULL && status == 0 && i < TREES; i++) {
		char *tree = mem_printf("%s/%s", directory, trees[i]);

		status = find_below(path, tree, subsystem);
		free(tree);
	}
	if (status < 0) {
		free(*path);
		*path = NULL;
	}
	return status;
}

/* The one that is there; -1: several, reported. */
static int
find_only(char **path, const char *directory)
{
	const char *name = NULL;

	*path = NULL;
	for (size_t i = 0; i < SUBSYSTEMS; i++) {
		char *found;

		if (find_subsystem(&found, directory, subsystems[i]) < 0)
			return -1;
		if (found != NULL && *path != NULL) {
			fail("'%s' has several subsystems, such as %s and %s: "
			     "choose one with --subsystem",
			    directory, name, subsystems[i]);
			free(found);
			free(*path);
			*path = NULL;
			return -1;
		}
		if (found != NULL) {
			*path = found;
			name = subsystems[i];
		}
	}
	return 0;
}

/* Something else than a file could keep its reader waiting. */
static int
check_found(char **path)
{
	struct stat st;
	int status = path_stat_named(*path, &st) == 0 && S_ISREG(st.st_mode) ?
	    0 : fail("'%s' is not a regular file", *path);

	if (status < 0) {
		free(*path);
		*path = NULL;
	}
	return status;
}

static int
find_file(char **path, const char *operand, const char *subsystem)
{
	int status;

	*path = NULL;
	if (!path_is_directory(operand)) {
		*path = mem_dup(operand, strlen(operand));
		return 0;
	}
	status = subsystem != NULL ? find_subsystem(path, operand, subsystem)
				   : find_only(path, operand);
	if (status < 0)
		return -1;
	if (*path == NULL)
		*path = if_there(mem_printf("%s/conf/CS.cfg", operand));
	if (*path == NULL)
		*path = if_there(mem_printf("%s/CS.cfg", operand));
	if (*path != NULL)
		return check_found(path);
	if (subsystem != NULL)
		return fail("'%s' has no CS.cfg of a subsystem '%s'", operand,
		    subsystem);
	return fail("'%s' is a directory without a CS.cfg in it", operand);
}

/* -- its key database ------------------------------------------------------ */

static char *
if_database(char *directory)
{
	static const char *const names[] = { "cert9.db", "cert8.db" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *file = if_there(mem_printf("%s/%s", directory, names[i]));

		if (file != NULL) {
			free(file);
			return directory;
		}
	}
	free(directory);
	return NULL;
}

static char *
alias_near(const char *file)
{
	static const char *const places[] = { "alias", "../alias",
		"../../alias" };
	const char *slash = strrchr(file, '/');
	int size = slash != NULL ? (int)(slash - file) + 1 : 0;
	char *alias = NULL;

	for (size_t i = 0; alias == NULL && i < sizeof places / sizeof *places;
	     i++)
		alias =
		    if_database(mem_printf("%.*s%s", size, file, places[i]));
	return alias;
}

/* sos names a command's output after it, with '_' for a blank and '.' for a
 * slash. */
static bool
is_listing(const char *name)
{
	return starts_with(name, "certutil_-L_-d_") &&
	       strstr(name, ".pki") != NULL && strstr(name, "alias") != NULL;
}

static char *
listing_in(const char *directory)
{
	DIR *dir = path_list(directory);
	const struct dirent *entry;
	char *found = NULL;

	while (dir != NULL && found == NULL && (entry = readdir(dir)) != NULL)
		if (is_listing(entry->d_name))
			found = mem_printf("%s/%s", directory, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* Where file is below DIR/etc/pki, DIR/var/lib/pki has the same instance. */
static char *
alias_across(const char *operand, const char *file)
{
	const char *at = file + strlen(operand), *name = strstr(at, "/pki/");
	char *alias = NULL;

	if (name == NULL)
		return NULL;
	name += strlen("/pki/");
	for (size_t i = 0; alias == NULL && i < TREES; i++)
		alias = if_database(mem_printf("%s/%s/%.*s/alias", operand,
		    trees[i], (int)strcspn(name, "/"), name));
	return alias;
}

static char *
find_alias(const char *operand, const char *file)
{
	char *alias = alias_near(file);

	if (alias != NULL || !path_is_directory(operand))
		return alias;
	alias = alias_across(operand, file);
	if (alias == NULL) {
		char *outputs = mem_printf("%s/sos_commands/ipa", operand);

		alias = listing_in(outputs);
		free(outputs);
	}
	return alias;
}

/* -------------------------------------------------------------------------- */

int
hostfiles_find(
    struct hostfiles *files, const char *operand, const char *subsystem)
{
	*files = (struct hostfiles){ NULL, NULL };
	if (find_file(&files->file, operand, subsystem) < 0)
		return -1;
	files->alias = find_alias(operand, files->file);
	return 0;
}

void
hostfiles_release(struct hostfiles *files)
{
	free(files->file);
	free(files->alias);
	*files = (struct hostfiles){ NULL, NULL };
}
