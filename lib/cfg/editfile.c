/* SPDX-License-Identifier: MIT */
#include "cfg/editfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "cfg/backup.h"
#include "cfg/diff.h"
#include "cfg/instance.h"
#include "cfg/locate.h"
#include "cfg/readers.h"
#include "cfg/render.h"
#include "cfg/script.h"
#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/settled.h"
#include "util/slurp.h"

#define LOGGED_KEYS ((size_t)600) /* bytes of keys in a log line */

enum { DONE = 0, REFUSED = 1, TROUBLE = 2 }; /* cli.h's statuses */

void
editfile_close(struct editfile *f)
{
	if (f->options->in_place)
		replace_end(&f->replacement);
	cfg_free(f->cfg);
	settings_free(f->rules);
	free(f->path);
}

static int
lock(struct editfile *f)
{
	if (strcmp(f->path, "-") == 0)
		return fail("--in-place: standard input is no file");
	if (f->options->lock_wait < 0)
		return fail("--lock-wait: not a number of seconds: '%d'",
		    f->options->lock_wait);
	return replace_begin(&f->replacement, f->path, REPLACE_OLD,
	    (unsigned)f->options->lock_wait);
}

/* The file that is locked, wherever the operand's links lead by now. */
static struct cfg *
read_locked(const struct editfile *f)
{
	char *text;
	size_t size;

	if (slurp_fd(f->replacement.old, f->path, CFG_LIMIT, &text, &size) < 0)
		return NULL;
	return cfg_parse(f->path, text, size);
}

int
editfile_open(struct editfile *f, const char *operand,
    const struct editfile_options *options)
{
	*f = (struct editfile){ .options = options,
		.replacement = { .directory = -1, .old = -1 } };
	f->rules = settings_new(options->keys);
	if (f->rules != NULL)
		f->path = locate_cfg(operand, options->subsystem);
	if (f->path == NULL || (options->in_place && lock(f) < 0))
		goto error;
	f->cfg = options->in_place ? read_locked(f) : cfg_read(f->path);
	if (f->cfg != NULL)
		return 0;
error:
	editfile_close(f);
	return -1;
}

/* -- refusals -------------------------------------------------------------- */

/* The class of the key that line i edits, where line i is the first to. */
static enum setting_class
class_of(const struct editfile *f, const struct edits *edits, size_t i,
    struct slice *key)
{
	*key = cfg_key(&edits->line[i].line);
	return i != 0 && slice_is(cfg_key(&edits->line[i - 1].line), *key) ?
	    SETTING_TRAVELS : settings_class(f->rules, *key);
}

static bool
edits_own_keys(const struct editfile *f, const struct edits *edits)
{
	bool found = false;

	for (size_t i = 0; i < edits->count; i++) {
		struct slice key;
		enum setting_class class = class_of(f, edits, i, &key);

		if (class != SETTING_RANGE && class != SETTING_IDENTITY)
			continue;
		say("%s: refused: '%.*s' is a key of %s that is this host's "
		    "own (--force edits it)", f->cfg->file, SLICE_FMT(key),
		    setting_class_name(class));
		found = true;
	}
	return found;
}

static int
refuse_running(const struct editfile *f)
{
	int pid = 0;

	switch (instance_state(&f->replacement.was, &pid)) {
	case INSTANCE_STOPPED:
		break;
	case INSTANCE_RUNS:
		return fail("'%s' belongs to a running server (process %d), "
			    "which would overwrite the edit: stop it first "
			    "(--force edits all the same)", f->path, pid);
	case INSTANCE_UNKNOWN:
		return fail("cannot tell from /proc whether the server of '%s' "
			    "runs: be root, or be sure and use --force",
		    f->path);
	}
	return 0;
}

/* -- in place -------------------------------------------------------------- */

/* A word of a line in the log, where no name may look like two words or two
 * lines. */
static void
put_logged(struct buf *out, struct slice text)
{
	char hex[8];

	for (size_t i = 0; i < text.size; i++) {
		const unsigned char c = (unsigned char)text.at[i];

		if (c > ' ' && c < 0x7f && c != '\\') {
			buf_putc(out, (char)c);
		} else {
			snprintf(hex, sizeof hex, "\\x%02x", c);
			buf_puts(out, hex);
		}
	}
}

static struct buf
list_keys(const struct edits *edits)
{
	struct buf keys = { 0 };
	struct slice last = { "", 0 };
	size_t more = 0;

	for (size_t i = 0; i < edits->count; i++) {
		struct slice key = cfg_key(&edits->line[i].line);

		if (i != 0 && slice_is(key, last))
			continue;
		last = key;
		if (keys.size + key.size > LOGGED_KEYS) {
			more++;
			continue;
		}
		if (keys.size != 0)
			buf_putc(&keys, ' ');
		put_logged(&keys, key);
	}
	if (more != 0)
		buf_puts(&keys, " ...");
	return keys;
}

/* Who logged in, whatever became of that by su or sudo. */
static long
login_uid(void)
{
	FILE *f = fopen("/proc/self/loginuid", "re");
	long uid = -1;

	if (f != NULL) {
		if (fscanf(f, "%ld", &uid) != 1 || uid == 4294967295)
			uid = -1;
		fclose(f);
	}
	return uid;
}

static void
write_log(const struct editfile *f, const char *what, struct slice keys,
    const char *backup)
{
	struct buf file = { 0 };

	if (f->options->no_log)
		return;
	put_logged(&file, slice_of(f->replacement.path.real));
	openlog(program_invocation_short_name, LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE,
	    "%s: file=%.*s uid=%u loginuid=%ld backup=%s keys=%.*s", what,
	    SLICE_FMT(buf_slice(&file)), (unsigned)getuid(), login_uid(),
	    backup, SLICE_FMT(keys));
	closelog();
	buf_release(&file);
}

static void
say_restart(const struct editfile *f)
{
	char *how;

	if (f->options->quiet)
		return;
	how = instance_restart(f->replacement.path.real);
	say("'%s' is edited; for the change to take effect: %s", f->path, how);
	free(how);
}

/* Put text in place of the file, under the lock, and leave a trail. */
static int
store(struct editfile *f, const char *what, const struct edits *edits,
    struct slice text)
{
	struct buf keys = list_keys(edits);
	struct timespec now;
	char *backup;
	int done;

	backup_prune(&f->replacement);
	clock_gettime(CLOCK_REALTIME, &now);
	backup = backup_name(&f->replacement, &now);
	done = backup == NULL ? -1 :
	    replace_commit(&f->replacement, text, backup);
	if (done >= 0) {
		backup_prune(&f->replacement);
		write_log(f, what, buf_slice(&keys), backup);
	}
	free(backup);
	buf_release(&keys);
	return done == 0 ? DONE : TROUBLE;
}

/* What the two readers make of the file as it will be. */
static void
compare_readers(const struct editfile *f, const struct edits *edits,
    struct slice text)
{
	struct cfg *cfg = cfg_parse(f->cfg->file,
	    mem_dup(text.at, text.size), text.size);

	if (cfg != NULL)
		readers_compare(cfg, edits, f->rules);
	cfg_free(cfg);
}

static int
render(const struct editfile *f, const struct edits *edits, char **text,
    size_t *size)
{
	struct slice key;
	size_t bad;

	if (render_text(edits, f->cfg, text, size, &bad) == 0)
		return 0;
	key = cfg_key(&edits->line[bad].line);
	return fail("%s: the line of '%.*s' ends in a backslash and would "
		    "join the next one", f->cfg->file, SLICE_FMT(key));
}

static int
make(struct editfile *f, struct edits *edits)
{
	char *text;
	size_t size;
	int status;

	if (!f->options->force && edits_own_keys(f, edits))
		return REFUSED;
	if (!f->options->force && refuse_running(f) < 0)
		return TROUBLE;
	if (render(f, edits, &text, &size) < 0)
		return TROUBLE;
	status = store(f, "edited", edits, (struct slice){ text, size });
	if (status == DONE) {
		compare_readers(f, edits, (struct slice){ text, size });
		say_restart(f);
	}
	secret_free(text, size);
	return status;
}

int
editfile_finish(struct editfile *f, struct edits *edits)
{
	int status = DONE;

	render_note_places(edits, f->cfg);
	if (!f->options->in_place)
		readers_compare(f->cfg, edits, f->rules);
	else if (edits->count != 0)
		status = make(f, edits);
	if (status == DONE)
		script_print(edits, stdout,
		    f->options->show_secrets ? NULL : f->rules);
	return status;
}

int
editfile_finish_text(struct editfile *f, struct edits *edits)
{
	char *text;
	size_t size;

	if (f->options->in_place)
		return editfile_finish(f, edits);
	if (!f->options->force && edits_own_keys(f, edits))
		return REFUSED;
	render_note_places(edits, f->cfg);
	if (render(f, edits, &text, &size) < 0)
		return TROUBLE;
	compare_readers(f, edits, (struct slice){ text, size });
	cli_print((struct slice){ text, size });
	secret_free(text, size);
	return DONE;
}

int
editfile_try(struct editfile *f, const struct edits *edits, bool may_run)
{
	const bool force = f->options->force;

	if (!f->options->in_place || edits->count == 0)
		return DONE;
	if (!force && edits_own_keys(f, edits))
		return REFUSED;
	if (!force && !may_run && refuse_running(f) < 0)
		return TROUBLE;
	return replace_possible(&f->replacement) == 0 ? DONE : TROUBLE;
}

/* -- undo ------------------------------------------------------------------ */

/* An old state of the file. */
struct old {
	char *shown; /* its path */
	struct cfg *cfg;
};

/* Opened in the directory that is locked. */
static int
read_backup(struct old *old, const struct editfile *f, const char *name)
{
	const struct path *now = &f->replacement.path;
	struct path backup = path_beside(now, name);
	char *text;
	size_t size;

	*old = (struct old){ .shown = mem_printf("%.*s%s",
	    (int)(strrchr(now->real, '/') + 1 - now->real), now->real, name) };
	backup.shown = old->shown;
	if (settled_read(&backup, CFG_LIMIT, &text, &size) == 0)
		old->cfg = cfg_parse(old->shown, text, size);
	return old->cfg != NULL ? 0 : -1;
}

static void
release_backup(struct old *old)
{
	cfg_free(old->cfg);
	free(old->shown);
}

static void
compare(struct edits *edits, const struct editfile *f, const struct cfg *from,
    const struct cfg *to)
{
	const struct diff_options all = { .rules = f->rules, .all = true };
	struct diff_left_out none = { 0 };

	diff_files(edits, from, to, &all, &none);
}

/* A server that has taken numbers since must not get them again. */
static bool
takes_numbers_back(const struct editfile *f, const struct edits *edits,
    const struct old *old)
{
	struct slice key, first = { 0 };
	size_t keys = 0;

	for (size_t i = 0; i < edits->count; i++)
		if (class_of(f, edits, i, &key) == SETTING_RANGE && keys++ == 0)
			first = key;
	if (keys == 0)
		return false;
	say("%s: refused: the server has written '%.*s'%s since the backup "
	    "'%s' was made, and would give the same numbers out twice. To "
	    "take one edit back and nothing else: cfgpatch -i -R FILE EDITS, "
	    "with what that edit printed (--force restores all of the backup)",
	    f->cfg->file, SLICE_FMT(first), keys > 1 ? " and other ranges" : "",
	    old->shown);
	return true;
}

static int
restore(struct editfile *f, const struct old *old, struct edits *edits,
    bool dry_run)
{
	struct slice text = { old->cfg->text, old->cfg->size };
	struct slice now = { f->cfg->text, f->cfg->size };
	int status;

	if (slice_is(text, now))
		return DONE;
	compare(edits, f, f->cfg, old->cfg);
	render_note_places(edits, f->cfg);
	if (!f->options->force && refuse_running(f) < 0)
		return TROUBLE;
	if (!f->options->force && (takes_numbers_back(f, edits, old) ||
		edits_own_keys(f, edits)))
		return REFUSED;
	if (dry_run)
		return DONE;
	status = store(f, "undone", edits, text);
	if (status == DONE) {
		say("'%s' is as it was in '%s'", f->path, old->shown);
		say_restart(f);
	}
	return status;
}

/* The newest, or the one of that name, which may be a path. */
static const char *
choose(const struct backups *all, const struct editfile *f, const char *wanted)
{
	const char *slash = wanted != NULL ? strrchr(wanted, '/') : NULL;
	const char *name = slash != NULL ? slash + 1 : wanted;

	if (all->count == 0) {
		fail("'%s' has no backup to go back to", f->path);
		return NULL;
	}
	if (wanted == NULL)
		return all->name[0];
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->name[i], name) == 0)
			return all->name[i];
	fail("'%s' has no backup '%s' (cfgpatch --undo --list prints their "
	     "names)", f->path, name);
	return NULL;
}

int
editfile_undo(struct editfile *f, const char *wanted, bool dry_run)
{
	struct edits edits = { 0 };
	struct backups all;
	struct old old = { NULL, NULL };
	const char *name = NULL;
	int status = TROUBLE;

	if (backups_list(&all, &f->replacement) == 0)
		name = choose(&all, f, wanted);
	if (name != NULL && read_backup(&old, f, name) == 0)
		status = restore(f, &old, &edits, dry_run);
	if (status == DONE)
		script_print(&edits, stdout,
		    f->options->show_secrets ? NULL : f->rules);
	edits_release(&edits);
	release_backup(&old);
	backups_release(&all);
	return status;
}

static void
list_one(struct records *out, const struct editfile *f, const char *name,
    const struct cfg *from, const struct cfg *to)
{
	struct edits edits = { 0 };
	struct buf keys;
	struct slice fields[EDITFILE_BACKUP_FIELDS];

	compare(&edits, f, from, to);
	keys = list_keys(&edits);
	fields[0] = slice_of(name);
	fields[1] = buf_slice(&keys);
	records_put(out, fields);
	buf_release(&keys);
	edits_release(&edits);
}

int
editfile_list_backups(const struct editfile *f, struct records *out)
{
	struct old later = { NULL, f->cfg };
	struct backups all;
	int status = backups_list(&all, &f->replacement);

	for (size_t i = 0; status == 0 && i < all.count; i++) {
		struct old old;

		status = read_backup(&old, f, all.name[i]);
		if (status == 0)
			list_one(out, f, all.name[i], old.cfg, later.cfg);
		if (later.cfg != f->cfg)
			release_backup(&later);
		later = old;
	}
	if (later.cfg != f->cfg)
		release_backup(&later);
	backups_release(&all);
	return status == 0 ? DONE : TROUBLE;
}
