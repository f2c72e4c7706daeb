/* SPDX-License-Identifier: MIT */
#include "pki/locate.h"

#include <dirent.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define INSTANCES "/var/lib/pki"

/* Around the subsystem's name. */
struct layout {
	const char *before, *after;
};

static const struct layout of_instance[] = {
	{ "conf/", "/CS.cfg" },
	{ "", "/conf/CS.cfg" },
	{ "", "/CS.cfg" },
};
static const struct layout of_copies[] = {
	{ "", "-CS.cfg" },
	{ "var/lib/pki-", "/conf/CS.cfg" },
	{ "etc/pki-", "/CS.cfg" },
};
/* Of one subsystem, whichever it is. */
static const struct layout of_only[] = {
	{ "conf", "/CS.cfg" },
	{ "CS", ".cfg" },
};
#define ALL(layouts) (layouts), sizeof(layouts) / sizeof *(layouts)

/* Where a sosreport has instances. */
static const char *const trees[] = { "var/lib/pki", "etc/pki" };
#define TREES (sizeof trees / sizeof *trees)

/* The first name of the layouts that is there: a new string, or NULL. */
static char *
first_of(const struct path *directory, const char *subsystem,
    const struct layout *layouts, size_t count)
{
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		char *name = mem_printf("%s%s%s", layouts[i].before, subsystem,
		    layouts[i].after);

		if (path_has(directory, name, &st))
			return name;
		free(name);
	}
	return NULL;
}

static bool
is_same(const struct path *directory, char *name, const struct stat *file)
{
	struct stat st;
	const bool is = name != NULL && path_has(directory, name, &st) &&
	    st.st_dev == file->st_dev && st.st_ino == file->st_ino;

	free(name);
	return is;
}

bool
locate_is_of(const char *path, const struct stat *file)
{
	struct path directory;
	bool is = false;

	if (path_find_directory(&directory, path) == 0) {
		for (size_t i = 0; i < SETTING_SUBSYSTEMS && !is; i++)
			is = is_same(&directory, first_of(&directory,
			    setting_subsystem[i], ALL(of_instance)), file);
		is = is || is_same(&directory,
		    first_of(&directory, "", ALL(of_only)), file);
	}
	path_release(&directory);
	return is;
}

/* In the instances of one tree: *found is a new string, or NULL.  -1: it is in
 * several; reported. */
static int
find_below(char **found, const char *operand, const char *tree,
    const char *subsystem)
{
	char *path = mem_printf("%s/%s", operand, tree);
	DIR *dir = path_list(path);
	const struct dirent *entry;
	int status = 0;

	*found = NULL;
	while (dir != NULL && status == 0 && (entry = readdir(dir)) != NULL) {
		struct path instance;
		char *inside, *name = NULL;

		if (entry->d_name[0] == '.')
			continue;
		inside = mem_printf("%s/%s", path, entry->d_name);
		if (path_find_directory(&instance, inside) == 0)
			name = first_of(&instance, subsystem, ALL(of_instance));
		path_release(&instance);
		free(inside);
		if (name != NULL && *found != NULL)
			status = fail("'%s' has several instances with a "
				      "subsystem '%s': name one of them", path,
			    subsystem);
		else if (name != NULL)
			*found = mem_printf("%s/%s/%s", tree, entry->d_name,
			    name);
		free(name);
	}
	if (dir != NULL)
		closedir(dir);
	free(path);
	return status;
}

/* What was found, of which there may be only one. */
struct search {
	const char *operand;
	struct path directory;
	char *name;	   /* within it; NULL: nothing yet */
	struct buf choice; /* "ca, kra" */
	size_t count;
};

static int
take_subsystem(struct search *s, const char *subsystem)
{
	char *name = first_of(&s->directory, subsystem, ALL(of_instance));
	int status = 0;

	if (name == NULL)
		name = first_of(&s->directory, subsystem, ALL(of_copies));
	/* The second tree has the instances of the first once more. */
	for (size_t i = 0; i < TREES && name == NULL && status == 0; i++)
		status = find_below(&name, s->operand, trees[i], subsystem);
	if (name != NULL) {
		if (s->count++ != 0)
			buf_puts(&s->choice, ", ");
		buf_puts(&s->choice, subsystem);
	}
	if (s->name == NULL)
		s->name = name;
	else
		free(name);
	return status;
}

/* Of one subsystem or of all.  -1: reported. */
static int
search(struct search *s, const char *subsystem)
{
	if (subsystem != NULL && take_subsystem(s, subsystem) < 0)
		return -1;
	for (size_t i = 0; subsystem == NULL && i < SETTING_SUBSYSTEMS; i++)
		if (take_subsystem(s, setting_subsystem[i]) < 0)
			return -1;
	if (s->name == NULL)
		s->name = first_of(&s->directory, "", ALL(of_only));
	if (s->count < 2)
		return 0;
	buf_putc(&s->choice, '\0');
	return fail("'%s' has several subsystems (%s): choose one with "
		    "--subsystem", s->operand, s->choice.at);
}

char *
locate_operand(const char *operand)
{
	char *path;

	if (strchr(operand, '/') != NULL || *operand == '\0' ||
	    strcmp(operand, "-") == 0 || *operand == '.' ||
	    path_exists(operand))
		return mem_dup(operand, strlen(operand));
	path = mem_printf(INSTANCES "/%s", operand);
	if (path_is_directory(path))
		return path;
	free(path);
	return mem_dup(operand, strlen(operand));
}

/* The path of a file that was found: a new string; NULL: it is something that
 * could keep its reader waiting; reported. */
static char *
check(const struct search *s)
{
	char *path = mem_printf("%s/%s", s->operand, s->name);
	struct stat st;

	if (path_has(&s->directory, s->name, &st) &&
	    (S_ISREG(st.st_mode) || st.st_mode == 0))
		return path;
	fail("'%s' is not a regular file", path);
	free(path);
	return NULL;
}

static char *
locate_in(const char *directory, const char *subsystem)
{
	struct search s = { .operand = directory };
	char *path = NULL;

	if (path_find_directory(&s.directory, directory) < 0)
		path_fail(&s.directory, "cannot open");
	else if (search(&s, subsystem) < 0)
		path = NULL;
	else if (s.name != NULL)
		path = check(&s);
	else if (subsystem != NULL)
		fail("'%s' has no CS.cfg of a subsystem '%s'", directory,
		    subsystem);
	else
		fail("'%s' is a directory without a CS.cfg in it", directory);
	path_release(&s.directory);
	buf_release(&s.choice);
	free(s.name);
	return path;
}

char *
locate_cfg(const char *operand, const char *subsystem)
{
	char *at = locate_operand(operand), *path = at;

	if (path_is_directory(at)) {
		path = locate_in(at, subsystem);
		free(at);
	}
	return path;
}

bool
locate_has_cfg(const char *operand, const char *subsystem)
{
	char *at = locate_operand(operand);
	struct search s = { .operand = at };
	bool has = false;

	if (path_find_directory(&s.directory, at) == 0) {
		for (size_t i = 0; s.name == NULL && i < SETTING_SUBSYSTEMS;
		    i++)
			if (subsystem == NULL || strcmp(subsystem,
				setting_subsystem[i]) == 0)
				(void)take_subsystem(&s, setting_subsystem[i]);
		if (s.name == NULL && subsystem == NULL)
			s.name = first_of(&s.directory, "", ALL(of_only));
		has = s.name != NULL;
	}
	path_release(&s.directory);
	buf_release(&s.choice);
	free(s.name);
	free(at);
	return has;
}
