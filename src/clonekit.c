/* SPDX-License-Identifier: MIT */
/*
 * clonekit - run a recipe, or list recipes and tools
 *
 * in:	the name of a recipe, and its arguments
 * out:	what the recipe writes; without a name, recipes and tools by task
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/spell.h"

/* One line of the list: the heading of a task, or what it is done with. */
struct line {
	enum { TASK, RECIPE, TOOL } kind;
	const char *name, *summary;
};

static const struct line lines[] = {
	{ TASK, "Make a clone", NULL },
	{ RECIPE, "backup-keys", "back up a subsystem's keys, and check them" },
	{ RECIPE, "new-clone", "keys and pkispawn file of a new clone" },
	{ RECIPE, "verify-clone", "check a new clone against its master" },
	{ TOOL, "p12export", "NSS database to PKCS#12 file" },
	{ TOOL, "p12check", "find what a PKCS#12 file lacks for a clone" },
	{ TOOL, "p12ls", "list a PKCS#12 file" },
	{ TOOL, "clonecfg", "write pkispawn's override file for a clone" },
	{ TOOL, "clonecheck", "find what is wrong between master and clones" },
	{ TASK, "Make a clone the master", NULL },
	{ RECIPE, "promote-clone", "make a clone CA the CRL master" },
	{ RECIPE, "ocsp-swap", "make a clone OCSP responder the master" },
	{ TOOL, "cfgrole", "show and change who is master or clone" },
	{ TASK, "Clone a CA that was re-keyed", NULL },
	{ RECIPE, "rekey-fix", "write the new key IDs into CS.cfg" },
	{ TOOL, "cfgrekey", "edits of key IDs, from a list of keys" },
	{ TOOL, "keyid", "key IDs between certutil's and CS.cfg's form" },
	{ TOOL, "nssls", "certificates and keys of an NSS database" },
	{ TASK, "Keep clones like their master", NULL },
	{ RECIPE, "kra-sync", "copy the KRA connector to clones" },
	{ RECIPE, "config-sync", "follow the master's CS.cfg, from cron" },
	{ TOOL, "cfgmerge", "edits that copy settings from the master" },
	{ TOOL, "cfgkra", "the KRA connector, as pki takes it, and edits" },
	{ TASK, "Read, compare and edit CS.cfg", NULL },
	{ TOOL, "cfgget", "values of keys" },
	{ TOOL, "cfglint", "find mistakes; explain the server's messages" },
	{ TOOL, "cfgdiff", "what differs between two files" },
	{ TOOL, "cfgset", "edits that set and delete keys" },
	{ TOOL, "cfgpatch", "apply edits, undo them, restore backups" },
	{ TASK, "Watch a deployment", NULL },
	{ RECIPE, "nightly-check",
	    "run a check from cron, print what changed" },
	{ TOOL, "replls", "replicas, replication agreements and lag" },
	{ TOOL, "rangels", "ranges of serial, request and replica numbers" },
	{ TOOL, "rangefix", "plan ranges that do not overlap" },
	{ TOOL, "ldapcmp", "compare two directories" },
	{ TOOL, "domainls", "hosts of the security domain" },
	{ TOOL, "crlls", "CRL entries, and revocations a CRL lacks" },
	{ TOOL, "ocspcmp", "compare two OCSP responders" },
	{ TASK, "Run other programs as root", NULL },
	{ TOOL, "asowner", "run a command with a file owner's rights" },
};

#define LINES (sizeof lines / sizeof *lines)

static int
list(void)
{
	for (const struct line *l = lines; l < lines + LINES; l++) {
		if (l->kind == TASK)
			printf("%s%s\n", l == lines ? "" : "\n", l->name);
		else
			printf("  %s%-*s  %s\n",
			    l->kind == RECIPE ? "clonekit " : "",
			    l->kind == RECIPE ? 14 : 23, l->name, l->summary);
	}
	printf("\nclonekit RECIPE --help and TOOL --help explain the options; "
	       "the pages are\nclonekit(1), clonekit-RECIPE(1) and "
	       "TOOL(1).\n");
	return STATUS_OK;
}

/* The recipe's name as the table has it, so that no other file is run. */
static const char *
recipe_name(const char *word)
{
	struct spell s;

	spell_begin(&s, slice_of(word), 0);
	for (const struct line *l = lines; l < lines + LINES; l++) {
		if (l->kind == RECIPE)
			spell_try(&s, slice_of(l->name));
		if (l->kind == TASK || strcmp(l->name, word) != 0)
			continue;
		if (l->kind == RECIPE)
			return l->name;
		cli_usage("'%s' is a tool, not a recipe: run it without "
			  "'clonekit'", word);
	}
	if (s.nearest.at != NULL)
		cli_usage("no recipe '%s'; the nearest is '%s'", word,
		    s.nearest.at);
	cli_usage("no recipe '%s'", word);
}

/* The directory of this program's own file, as the kernel names it: neither
 * argv[0] nor PATH nor the current directory has a say.  -1: reported. */
static int
own_directory(char *dir, size_t size)
{
	const ssize_t got = readlink("/proc/self/exe", dir, size - 1);
	char *slash;

	if (got < 0)
		return fail_errno("cannot read '/proc/self/exe', and so find "
				  "the recipes");
	dir[got] = '\0';
	slash = strrchr(dir, '/');
	if (*dir != '/' || slash == dir)
		return fail("cannot find the recipes from '%s'", dir);
	*slash = '\0';
	return 0;
}

/* Where it is installed; else in the source tree, of which this may be a build
 * with a sanitizer. */
static char *
find_recipe(const char *dir, const char *name)
{
	static const char *const places[] = { "/share/clonekit/recipes",
		"/share/recipes", "/../share/recipes" };
	const char *slash = strrchr(dir, '/');

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *path = mem_printf("%.*s%s/%s", (int)(slash - dir), dir,
		    places[i], name);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	fail("no file for the recipe '%s' in '%.*s%s'", name,
	    (int)(slash - dir), dir, places[0]);
	return NULL;
}

/* The tools' directory goes first.  What a relative directory in PATH means
 * depends on who made the current one. */
static void
set_path(const char *dir)
{
	const char *rest = getenv("PATH");
	struct buf path = { 0 };

	buf_puts(&path, dir);
	if (rest == NULL)
		rest = "/usr/sbin:/usr/bin:/sbin:/bin";
	while (*rest != '\0') {
		const size_t size = strcspn(rest, ":");

		if (*rest == '/') {
			buf_puts(&path, ":");
			buf_add(&path, (struct slice){ rest, size });
		}
		rest += size + (rest[size] == ':');
	}
	buf_putc(&path, 0);
	setenv("PATH", path.at, 1);
	buf_release(&path);
}

static int
run(const char **words)
{
	const char *name = recipe_name(words[0]);
	char dir[PATH_MAX], *path;

	if (own_directory(dir, sizeof dir) < 0 ||
	    (path = find_recipe(dir, name)) == NULL)
		return STATUS_ERROR;
	set_path(dir);
	words[0] = path;
	execv(path, (char *const *)words);
	fail_errno("cannot run '%s'", path);
	free(path);
	return STATUS_ERROR;
}

int
main(int argc, char **argv)
{
	const struct poptOption options[] = { CLI_COMMON_OPTIONS,
		POPT_TABLEEND };
	const struct cli_help help = { "[RECIPE [ARG...]]", "\
RECIPE is a procedure of several steps; without it, all recipes and tools are\n\
listed by task.  Examples:\n\
\n\
  clonekit\n\
  clonekit promote-clone --help\n\
  clonekit backup-keys -w pw.txt /var/lib/pki/pki-tomcat /root/ca.p12\n\
\n\
Status: 0 done, or that of the recipe; 2 error, such as an unknown recipe.\n",
		0, -1 };
	const char **words = cli_parse_command(argc, argv, options, &help);

	return words[0] == NULL ? list() : run(words);
}
