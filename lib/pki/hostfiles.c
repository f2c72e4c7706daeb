/* SPDX-License-Identifier: MIT */
#include "pki/hostfiles.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki/locate.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/str.h"

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

char *
hostfiles_beside(const char *path, const char *name)
{
	static const char *const places[] = { "", "../", "../conf/",
		"../../conf/" };
	const char *slash = strrchr(path, '/');
	const int size = slash != NULL ? (int)(slash - path) + 1 : 0;
	char *file = NULL;

	if (strcmp(path, "-") == 0 || strcmp(path, "<stdin>") == 0)
		return NULL;
	for (size_t i = 0; file == NULL && i < sizeof places / sizeof *places;
	     i++)
		file = if_there(
		    mem_printf("%.*s%s%s", size, path, places[i], name));
	return file;
}

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

int
hostfiles_find(
    struct hostfiles *files, const char *operand, const char *subsystem)
{
	char *at = locate_operand(operand);

	*files = (struct hostfiles){ NULL, NULL };
	files->file = locate_cfg(at, subsystem);
	if (files->file != NULL)
		files->alias = find_alias(at, files->file);
	free(at);
	return files->file != NULL ? 0 : -1;
}

void
hostfiles_release(struct hostfiles *files)
{
	free(files->file);
	free(files->alias);
	*files = (struct hostfiles){ NULL, NULL };
}
