/* SPDX-License-Identifier: MIT */
#include "pki/editfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "cfg/diff.h"
#include "cfg/pycfg.h"
#include "cfg/render.h"
#include "cfg/script.h"
#include "pki/instance.h"
#include "pki/locate.h"
#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/slurp.h"
#include "util/str.h"

#define STAMP "00000000T000000.000000Z"
#define SECOND INT64_C(1000000)

struct backup {
	char *name;
	int64_t stamp; /* in microseconds since 1970 */
	bool is_file_itself;
};

struct list {
	struct backup *item; /* oldest first */
	size_t count, room;
	size_t others; /* files of such names that are no backups */
	char *other;   /* one of them */
	const char *why;
};

static bool
has_form(const char *s)
{
	size_t i = 0;

	for (; STAMP[i] != '\0'; i++)
		if (STAMP[i] == '0' ? s[i] < '0' || s[i] > '9' :
				      s[i] != STAMP[i])
			return false;
	return s[i] == '\0';
}

static int
number(const char *digits, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++)
		n = 10 * n + digits[i] - '0';
	return n;
}

/* -1: no day of the calendar or no time of the day. */
static int64_t
parse(const char *s)
{
	struct tm tm = { .tm_year = number(s, 4) - 1900,
		.tm_mon = number(s + 4, 2) - 1, .tm_mday = number(s + 6, 2),
		.tm_hour = number(s + 9, 2), .tm_min = number(s + 11, 2),
		.tm_sec = number(s + 13, 2) };
	const struct tm wanted = tm;
	const time_t seconds = timegm(&tm);

	if (seconds < 0 || tm.tm_mon != wanted.tm_mon ||
	    tm.tm_mday != wanted.tm_mday || tm.tm_hour != wanted.tm_hour ||
	    tm.tm_min != wanted.tm_min || tm.tm_sec != wanted.tm_sec)
		return -1;
	return seconds * SECOND + number(s + 16, 6);
}

static int64_t
microseconds(const struct timespec *t)
{
	return t->tv_sec * SECOND + t->tv_nsec / 1000;
}

static char *
name_at(const struct replacement *r, int64_t stamp)
{
	const time_t seconds = (time_t)(stamp / SECOND);
	char text[sizeof STAMP];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y%m%dT%H%M%S", &tm);
	return mem_printf("%s.clonekit.%s.%06dZ", r->path.name, text,
	    (int)(stamp % SECOND));
}

/* NULL, or why a file of such a name is none that an edit made. */
static const char *
why_not(const struct replacement *r, const struct stat *st, int64_t stamp)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (st->st_uid != r->was.st_uid)
		return "its owner is not the file's";
	if (stamp < 0)
		return "its stamp is not a time";
	/* Where the clock was put back, a backup may be later than now.  The
	 * kernel stamps inodes by a coarser clock than ours. */
	if (stamp > microseconds(&now) &&
	    stamp > microseconds(&st->st_ctim) + SECOND)
		return "its stamp is in the future";
	return NULL;
}

/* The first by its name is told to people, and why it is passed over. */
static void
note_other(struct list *list, const char *name, const char *why)
{
	list->others++;
	if (list->other != NULL && strcmp(list->other, name) <= 0)
		return;
	free(list->other);
	list->other = mem_dup(name, strlen(name));
	list->why = why;
}

static void
add_if_backup(struct list *list, const struct replacement *r, const char *name,
    const char *stamp)
{
	struct backup backup = { .stamp = parse(stamp) };
	struct stat st, self;
	const char *why;

	if (path_statat(&r->path, name, &st) < 0)
		return;
	why = why_not(r, &st, backup.stamp);
	if (why != NULL) {
		note_other(list, name, why);
		return;
	}
	backup.name = mem_dup(name, strlen(name));
	backup.is_file_itself = path_stat(&r->path, &self) == 0 &&
	    st.st_dev == self.st_dev && st.st_ino == self.st_ino;
	MEM_GROW(list->item, list->count, list->room);
	list->item[list->count++] = backup;
}

static int
by_stamp(const void *a, const void *b)
{
	const struct backup *x = a, *y = b;

	return (x->stamp > y->stamp) - (x->stamp < y->stamp);
}

static void
release(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i].name);
	free(list->item);
	free(list->other);
}

/* -1, with errno: not all of them could be seen. */
static int
list_backups(struct list *list, const struct replacement *r)
{
	char *mark = mem_printf("%s.clonekit.", r->path.name);
	int fd = fcntl(r->directory, F_DUPFD_CLOEXEC, 0), error = 0;
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	*list = (struct list){ .count = 0 };
	if (directory == NULL)
		error = errno;
	else
		rewinddir(directory); /* it is the lock's offset, too */
	while (error == 0) {
		errno = 0;
		entry = readdir(directory);
		error = errno;
		if (entry == NULL)
			break;
		if (starts_with(entry->d_name, mark) &&
		    has_form(entry->d_name + strlen(mark)))
			add_if_backup(list, r, entry->d_name,
			    entry->d_name + strlen(mark));
	}
	if (list->count != 0)
		qsort(list->item, list->count, sizeof *list->item, by_stamp);
	if (directory != NULL)
		closedir(directory);
	else if (fd >= 0)
		close(fd);
	free(mark);
	errno = error;
	return error == 0 ? 0 : -1;
}

static int
fail_list(const struct replacement *r)
{
	return fail_errno("cannot list the backups of '%s'", r->path.real);
}

int
backups_list(struct backups *all, const struct replacement *r)
{
	struct list list;
	int status = -1;

	*all = (struct backups){ .count = 0 };
	if (list_backups(&list, r) < 0) {
		fail_list(r);
		goto out;
	}
	all->name = mem_zalloc(list.count + 1, sizeof *all->name);
	for (size_t i = list.count; i-- > 0;)
		if (!list.item[i].is_file_itself) {
			all->name[all->count++] = list.item[i].name;
			list.item[i].name = NULL;
		}
	if (list.others != 0)
		say("'%s': passed over %zu file%s with the name of a backup, "
		    "such as '%s': %s", r->path.real, list.others,
		    list.others == 1 ? "" : "s", list.other, list.why);
	status = 0;
out:
	release(&list);
	return status;
}

void
backups_release(struct backups *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->name[i]);
	free(all->name);
}

/*
 * Give the backups that are not before now earlier names.  The oldest goes
 * first, so that the order is right after each step.
 */
static int
move_before(struct list *list, const struct replacement *r, int64_t now)
{
	size_t first = list->count;
	int64_t stamp = now;

	while (first > 0 && list->item[first - 1].stamp >= stamp) {
		first--;
		stamp--;
	}
	for (; first < list->count; first++, stamp++) {
		char *name = name_at(r, stamp);
		int status = list->item[first].stamp == stamp ? 0 :
		    path_renameat(&r->path, list->item[first].name, name,
			RENAME_NOREPLACE);

		if (status < 0)
			fail_errno("cannot rename the backup '%s' to '%s'",
			    list->item[first].name, name);
		free(name);
		if (status < 0)
			return -1;
	}
	return 0;
}

static char *
free_name(const struct replacement *r, int64_t stamp)
{
	struct stat st;
	char *name = name_at(r, stamp);

	while (path_statat(&r->path, name, &st) == 0) {
		free(name);
		name = name_at(r, ++stamp);
	}
	return name;
}

char *
backup_name(const struct replacement *r, const struct timespec *now)
{
	int64_t stamp = microseconds(now), newest;
	char *name = NULL;
	struct list list;

	if (list_backups(&list, r) < 0) {
		fail_list(r);
	} else {
		newest = list.count != 0 ?
		    list.item[list.count - 1].stamp : -1;
		/* Within a second, the next one will do. */
		if (newest >= stamp && newest < stamp + SECOND)
			stamp = newest + 1;
		if (newest < stamp || move_before(&list, r, stamp) == 0)
			name = free_name(r, stamp);
	}
	release(&list);
	return name;
}

void
backup_prune(const struct replacement *r)
{
	struct list list;
	size_t kept = 0;

	/* One that is not seen now is so the next time. */
	list_backups(&list, r);
	for (size_t i = list.count; i-- > 0;)
		if (list.item[i].is_file_itself || kept == BACKUP_KEPT)
			path_unlinkat(&r->path, list.item[i].name);
		else
			kept++;
	release(&list);
}

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
	f->rules = settings_new(options->rules_file);
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

/* The class of the key that line i edits, where line i is the first to. */
static enum setting_class
class_of(const struct editfile *f, const struct edits *edits, size_t i,
    struct slice *key)
{
	*key = cfg_key(&edits->line[i].line);
	return i != 0 && slice_equal(cfg_key(&edits->line[i - 1].line), *key) ?
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
		    "own (--force edits it)", f->cfg->file, SLICE_ARG(key),
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

		if (i != 0 && slice_equal(key, last))
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
	    SLICE_ARG(buf_slice(&file)), (unsigned)getuid(), login_uid(),
	    backup, SLICE_ARG(keys));
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
		    "join the next one", f->cfg->file, SLICE_ARG(key));
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
	if (slurp_stable(&backup, CFG_LIMIT, &text, &size) == 0)
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
	struct buf file = { 0 };
	size_t keys = 0;

	for (size_t i = 0; i < edits->count; i++)
		if (class_of(f, edits, i, &key) == SETTING_RANGE && keys++ == 0)
			first = key;
	if (keys == 0)
		return false;
	buf_put_word(&file, f->path);
	say("%s: refused: the server has written '%.*s'%s since the backup "
	    "'%s' was made, and would give the same numbers out twice. To "
	    "take one edit back and nothing else: cfgpatch -i -R %.*s EDITS, "
	    "with what that edit printed (--force restores all of the backup)",
	    f->cfg->file, SLICE_ARG(first), keys > 1 ? " and other ranges" : "",
	    old->shown, SLICE_ARG(buf_slice(&file)));
	buf_release(&file);
	return true;
}

static int
restore(struct editfile *f, const struct old *old, struct edits *edits,
    bool dry_run)
{
	struct slice text = { old->cfg->text, old->cfg->size };
	struct slice now = { f->cfg->text, f->cfg->size };
	int status;

	if (slice_equal(text, now))
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
