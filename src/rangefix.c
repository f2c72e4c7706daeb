/* SPDX-License-Identifier: MIT */
/*
 * rangefix - plan ranges of numbers that do not overlap
 *
 * in:	CS.cfg files and instance directories; LDIF and LDAP servers
 * out:	a plan: LDIF for the directory and edits for each CS.cfg, in the order
 *	in which they are to be applied
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cfg/render.h"
#include "cfg/script.h"
#include "pki/address.h"
#include "pki/editfile.h"
#include "pki/instance.h"
#include "pki/rangeplan.h"
#include "pki/rangeread.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/replace.h"

#define LOCK_WAIT 10 /* seconds, for another tool to end */

struct file {
	struct cfg *cfg;
	const char *operand;
	char *port; /* of its TLS server; NULL: not known */
	size_t own; /* the number of its directory; 0: not read for it */
};

struct directory {
	const char *name; /* the URL, or the file */
	bool is_server;
};

struct rangefix {
	struct ldapopt ldap;
	struct rangeread_options sources;
	char *output, **absent; /* output: for the parts, or NULL */
	int force, in_place;

	struct ranges all;
	struct replicas replicas;
	struct file *file;
	size_t files, file_room;
	struct directory *directory; /* the first is number 1 */
	size_t directories, directory_room;
	struct arena arena;
	struct buf text; /* for standard output, once all parts are written */
	int steps;
};

static int
take_cfg(void *arg, struct cfg *cfg, const char *operand, bool has_ranges,
    bool *keep)
{
	struct rangefix *r = arg;
	struct address at;
	struct file *file;

	(void)has_ranges;
	MEM_GROW(r->file, r->files, r->file_room);
	file = &r->file[r->files++];
	*file = (struct file){ .cfg = cfg, .operand = operand };
	*keep = true;
	if (address_read(&at, cfg, cfg->file, ADDRESS_EE) < 0)
		return -1;
	if (at.port.size != 0)
		file->port = mem_dup(at.port.at, at.port.size);
	address_release(&at);
	return 0;
}

/* Servers of the topology have the numbers of directories, less one. */
static size_t
server_of(struct rangefix *r, size_t source)
{
	while (r->replicas.servers < source)
		replicas_server(&r->replicas, "a directory");
	return source - 1;
}

/* A server is asked for its replicas by replicas_read(). */
static int
take_entry(void *arg, const struct entry *entry, size_t source, size_t first)
{
	struct rangefix *r = arg;

	(void)first;
	return entry->line == 0
		   ? 0
		   : replicas_add(&r->replicas, server_of(r, source), entry);
}

static int
take_directory(void *arg, struct csdir *dir, const char *operand, size_t source,
    size_t entries, size_t useful)
{
	struct rangefix *r = arg;
	const char *name = source_name(dir->source);
	struct directory *d;

	if (useful == 0 && entries == 0)
		return fail("%s: no entries: give LDIF or the URL of the "
			    "subsystem's suffix",
		    name);
	MEM_GROW(r->directory, r->directories, r->directory_room);
	d = &r->directory[r->directories++];
	d->is_server = source_is_server(dir->source);
	d->name = arena_copy(&r->arena, slice_of(name)).at;
	for (size_t i = 0; i < r->files; i++)
		if (r->file[i].operand == operand)
			r->file[i].own = source;
	return !d->is_server ? 0
			     : replicas_read(&r->replicas, dir->source,
				   dir->base, server_of(r, source));
}

static const struct rangeread_hooks hooks = { take_cfg, take_entry,
	take_directory };

PRINTF_LIKE(2, 3)
static void
print(struct rangefix *r, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	buf_puts(&r->text, text);
	free(text);
}

/* A part of the plan: into a file of its own, or here. */
static int
put_part(struct rangefix *r, const char *path, struct slice text)
{
	struct replacement file;
	int status;

	if (path == NULL) {
		buf_add(&r->text, text);
		return 0;
	}
	if (replace_begin(&file, path, r->force ? REPLACE_ANY : REPLACE_NEW,
		LOCK_WAIT) < 0)
		return -1;
	status = replace_commit(&file, text, NULL);
	replace_end(&file);
	return status;
}

/* As a shell wants it, and in one line. */
static const char *
word(struct rangefix *r, const char *text)
{
	struct buf out = { 0 };
	const char *kept;

	buf_put_word(&out, text);
	for (size_t i = 0; i < out.size; i++)
		if (iscntrl((unsigned char)out.at[i]))
			out.at[i] = '?';
	kept = arena_copy(&r->arena, buf_slice(&out)).at;
	buf_release(&out);
	return kept;
}

/* DIR/NAME, or NULL where the plan is one text. */
static const char *
path_of(struct rangefix *r, const char *name)
{
	char *path;
	const char *kept;

	if (r->output == NULL)
		return NULL;
	path = mem_printf("%s/%s", r->output, name);
	kept = arena_copy(&r->arena, slice_of(path)).at;
	free(path);
	return kept;
}

/* HOST-SUBSYSTEM.edits, with nothing in it that a path or a shell reads. */
static const char *
edits_path(struct rangefix *r, const struct rangeplan *plan, size_t i)
{
	char *name = mem_printf("%zu-%s.edits", i + 1, plan->host[i].name);
	const char *path;

	for (char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr(".-", *c) == NULL)
			*c = '_';
	path = path_of(r, name);
	free(name);
	return path;
}

static bool
has_edits(const struct rangeplan *plan, size_t i)
{
	return plan->host[i].edits.count != 0;
}

static void
print_notes(struct rangefix *r, const struct rangeplan *plan)
{
	struct slice rest = buf_slice(&plan->notes);

	print(r,
	    "# A plan of rangefix(1): make each step on all hosts before the "
	    "next one.\n");
	while (rest.size != 0) {
		const char *end = memchr(rest.at, '\n', rest.size);
		size_t size = (size_t)(end - rest.at) + 1;

		print(r, "# %.*s", (int)size, rest.at);
		rest.at += size;
		rest.size -= size;
	}
}

static void
print_servers(
    struct rangefix *r, const struct rangeplan *plan, const char *verb)
{
	print(r, "#\n# %d. %s the servers:\n", ++r->steps,
	    strcmp(verb, "stop") == 0 ? "Stop" : "Start");
	for (size_t i = 0; i < plan->all->files; i++) {
		char *name = instance_name(plan->cfg[i]->file);

		if (has_edits(plan, i))
			print(r, "#    pki-server %s %s\t# on %s\n", verb,
			    name != NULL ? name : "INSTANCE",
			    word(r, plan->host[i].name));
		free(name);
	}
}

/* Without the suffix, which ldapmodify does not take. */
static const char *
server_url(struct rangefix *r, const char *url)
{
	const char *host = strstr(url, "://");
	size_t size = host != NULL ? strcspn(host + 3, "/") + 3 : 0;
	char *text = mem_dup(
	    url, host != NULL ? (size_t)(host - url) + size : strlen(url));
	const char *kept = word(r, text);

	free(text);
	return kept;
}

static int
print_ldif(struct rangefix *r, const struct rangeplan *plan)
{
	int status = 0;

	for (size_t i = 0; i < r->directories && status == 0; i++) {
		const struct directory *d = &r->directory[i];
		char *name = mem_printf("%zu.ldif", i + 1);
		const char *path = path_of(r, name);
		struct buf ldif = { 0 };

		rangeplan_ldif(plan, i + 1, &ldif);
		free(name);
		if (ldif.size != 0) {
			print(r,
			    "#\n# %d. Change the directory of %s:\n"
			    "#    ldapmodify -x -D 'cn=Directory Manager' -W "
			    "-H %s -f %s\n",
			    ++r->steps, word(r, d->name),
			    d->is_server ? server_url(r, d->name) : "URL",
			    path != NULL ? word(r, path) : "LDIF");
			print(r, "# If nextRange has another value by now, "
				 "nothing is changed: make the plan again.\n");
			status = put_part(r, path, buf_slice(&ldif));
		}
		buf_release(&ldif);
	}
	return status;
}

static struct slice
edits_text(const struct rangeplan *plan, size_t i)
{
	render_note_places(&plan->host[i].edits, plan->cfg[i]);
	return script_text(&plan->host[i].edits, NULL);
}

/* A server that runs would write its old ranges back. */
static int
check_stopped(const char *file)
{
	struct stat st;
	int pid;

	if (path_stat_named(file, &st) < 0)
		return fail_errno("cannot read '%s'", file);
	switch (instance_state(&st, &pid)) {
	case INSTANCE_STOPPED:
		break;
	case INSTANCE_RUNS:
		return fail("%s: its server runs (process %d): stop it first, "
			    "with pki-server stop",
		    file, pid);
	case INSTANCE_UNKNOWN:
		return fail("%s: cannot tell whether its server runs: run as "
			    "root", file);
	}
	return 0;
}

/* In place, or with try only whether that is possible; as cfgpatch does. */
static int
edit_file(const struct rangeplan *plan, size_t i, bool try)
{
	const struct editfile_options options = {
		.in_place = 1, .force = 1, .quiet = 1, .lock_wait = LOCK_WAIT
	};
	const char *file = plan->cfg[i]->file;
	struct edits script = { 0 }, made = { 0 };
	int status = STATUS_ERROR;
	struct editfile f;
	struct slice text;

	if (check_stopped(file) < 0 || editfile_open(&f, file, &options) < 0)
		return -1;
	text = edits_text(plan, i);
	if (script_parse(&script, "the plan", (char *)text.at, text.size) ==
		0 &&
	    apply_script(f.cfg, &script, "the plan", f.rules, &made) == 0)
		status = try ? editfile_try(&f, &made, false)
			     : editfile_finish(&f, &made);
	edits_release(&made);
	edits_release(&script);
	editfile_close(&f);
	return status == STATUS_OK ? 0 : -1;
}

static int
edit_files(const struct rangeplan *plan, bool try)
{
	for (size_t i = 0; i < plan->all->files; i++)
		if (has_edits(plan, i) && edit_file(plan, i, try) < 0)
			return -1;
	return 0;
}

static int
print_edits(struct rangefix *r, const struct rangeplan *plan)
{
	int status = 0;

	for (size_t i = 0; i < plan->all->files && status == 0; i++) {
		const char *path = edits_path(r, plan, i);
		struct slice text;

		if (!has_edits(plan, i))
			continue;
		text = edits_text(plan, i);
		print(r,
		    "#\n# %d. Edit the CS.cfg of %s:\n"
		    "#    cfgpatch -i --force %s %s\n",
		    ++r->steps, word(r, plan->host[i].name),
		    word(r, plan->cfg[i]->file),
		    path != NULL ? word(r, path) : "EDITS");
		status = put_part(r, path, text);
		free((char *)text.at);
	}
	return status;
}

static int
print_plan(struct rangefix *r, const struct rangeplan *plan)
{
	bool stops = false;

	for (size_t i = 0; i < plan->all->files; i++)
		stops |= has_edits(plan, i);
	print_notes(r, plan);
	if (stops)
		print_servers(r, plan, "stop");
	if (print_ldif(r, plan) < 0)
		return -1;
	if (r->in_place) {
		print(r, "#\n# %d. The CS.cfg files are edited:\n", ++r->steps);
		cli_print(buf_slice(&r->text));
		r->text.size = 0;
		if (cli_flush() < 0 || edit_files(plan, false) < 0)
			return -1;
	} else if (print_edits(r, plan) < 0) {
		return -1;
	}
	if (stops)
		print_servers(r, plan, "start");
	print(r, "#\n# %d. Check:\n#    rangels --findings SOURCE...\n",
	    ++r->steps);
	return 0;
}

/* An exit status. */
static int
plan_and_print(
    struct rangefix *r, struct rangeplan *plan, const char **operands)
{
	if (rangeplan_hosts(plan, operands) < 0 || rangeplan_make(plan) < 0)
		return STATUS_ERROR;
	if (rangeplan_is_empty(plan))
		return STATUS_OK;
	if ((r->in_place && edit_files(plan, true) < 0) ||
	    print_plan(r, plan) < 0)
		return STATUS_ERROR;
	cli_print(buf_slice(&r->text));
	return STATUS_DIFFER;
}

static int
make_plan(struct rangefix *r, const char **operands)
{
	struct cfg **cfg = mem_zalloc(r->files + 1, sizeof(struct cfg *));
	char **port = mem_zalloc(r->files + 1, sizeof *port);
	size_t *own = mem_zalloc(r->files + 1, sizeof *own);
	struct rangeplan plan = { .all = &r->all,
		.cfg = cfg,
		.port = port,
		.own = own,
		.absent = r->absent,
		.replicas = &r->replicas };
	int status;

	for (size_t i = 0; i < r->files; i++) {
		cfg[i] = r->file[i].cfg;
		port[i] = r->file[i].port;
		own[i] = r->file[i].own;
	}
	status = plan_and_print(r, &plan, operands);
	rangeplan_release(&plan);
	free(cfg);
	free(port);
	free(own);
	return status;
}

static int
run(struct rangefix *r, const char **operands)
{
	struct rangeread read = { .all = &r->all,
		.ldap = &r->ldap,
		.asked = &r->sources,
		.take = &hooks,
		.arg = r };
	int status = STATUS_ERROR;

	r->all.radix = 16;
	if (ldapopt_begin(&r->ldap) == 0 &&
	    rangeread_all(&read, operands) == 0) {
		ranges_settle(&r->all);
		replicas_join(&r->replicas);
		status = make_plan(r, operands);
	}
	for (size_t i = 0; i < r->files; i++) {
		cfg_free(r->file[i].cfg);
		free(r->file[i].port);
	}
	free(r->file);
	free(r->directory);
	replicas_release(&r->replicas);
	ranges_release(&r->all);
	buf_release(&r->text);
	arena_release(&r->arena);
	ldapopt_release(&r->ldap);
	return status;
}

int
main(int argc, char **argv)
{
	struct rangefix r = { .ldap = LDAPOPT_DEFAULTS };
	const struct poptOption options[] = {
		{ "absent", '\0', POPT_ARG_ARGV, &r.absent, 0,
		    "HOST will never run again (can be repeated)", "HOST" },
		RANGEREAD_OPTIONS(r.sources),
		{ "in-place", 'i', POPT_ARG_NONE, &r.in_place, 0,
		    "edit the CS.cfg files in place, and keep backups", NULL },
		{ "output", 'o', POPT_ARG_STRING, &r.output, 0,
		    "write LDIF and edits to files in DIR", "DIR" },
		{ "force", '\0', POPT_ARG_NONE, &r.force, 0,
		    "replace files in DIR", NULL },
		LDAPOPT_OPTIONS(r.ldap), CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "SOURCE...", "\
SOURCE is a CS.cfg, an instance, LDIF or an LDAP URL.  Give all hosts, and\n\
their directories.  Examples:\n\
\n\
  rangefix ca1/CS.cfg ca2/CS.cfg ds1.ldif\n\
  rangefix -o plan --ds --used --absent=ca3.example.com ca1 ca2\n\
\n\
Status: 0 nothing to do; 1 a plan was printed; 2 error.\n",
		1, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	return run(&r, operands);
}
