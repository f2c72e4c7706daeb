/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "cfg/pair.h"
#include "util/glob.h"

#define LOG "log.instance."

/* log.instance.X, of a key of it; or size 0. */
static struct slice
log_of(struct slice key)
{
	const char *dot;

	if (!slice_starts(key, slice_of(LOG)))
		return (struct slice){ "", 0 };
	dot = memchr(key.at + strlen(LOG), '.', key.size - strlen(LOG));
	return dot == NULL ? (struct slice){ "", 0 }
			   : (struct slice){ key.at, (size_t)(dot - key.at) };
}

/*
 * Does the server look for the certificate of a log that is switched off?  For
 * that of SignedAudit it does, to sign at a shutdown, and from 10.9 on does not
 * start without [dogtag v10.8.4, v10.9.4 CMSEngine.java].
 */
static enum release_answer
is_read_when_off(const struct check_file *l, struct slice log)
{
	if (!slice_equal(log, slice_of(LOG "SignedAudit")))
		return RELEASE_NO;
	switch (release_before(l->release.release, RELEASE(10, 9, 0))) {
	case RELEASE_YES:
		return RELEASE_NO;
	case RELEASE_NO:
		return RELEASE_YES;
	default:
		return RELEASE_MAYBE;
	}
}

/* lacks is an audit log's certificate. */
static void
check_audit(
    struct check_file *l, const struct cfg_line *line, const char *lacks)
{
	const struct slice log = log_of(cfg_key(line));
	const struct cfg_line *enable =
	    lint_find(l, "%.*s.enable", SLICE_ARG(log));
	const char *when = "";

	if (enable != NULL && truth_of(cfg_trim(cfg_value(enable))) == 0) {
		switch (is_read_when_off(l, log)) {
		case RELEASE_NO:
			return;
		case RELEASE_MAYBE:
			when = " (the log is off: from 10.9 on)";
			break;
		case RELEASE_YES:
			when = " (also while the log is off)";
			break;
		}
	}
	lint_at(l, line, "audit-signing", "%s is empty%s", lacks, when);
	if (*when != '\0')
		lint_depends(l);
}

static void
check_switch(
    struct check_file *l, const struct cfg_line *line, const char *lacks)
{
	static const char nickname[] = LOG "*.signedAuditCertNickname";

	/* values.c has this one. */
	if (slice_equal(
		cfg_key(line), slice_of("internaldb.ldapauth.authtype")))
		return;
	if (log_of(cfg_key(line)).size == 0)
		lint_at(l, line, "switch-alone", "%s is empty", lacks);
	else if (glob_match(slice_of(nickname), slice_of(lacks)))
		check_audit(l, line, lacks);
}

static void
check_switches(struct check_file *l)
{
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;
		char *lacks;

		if (!cfg_is_live(l->cfg, line))
			continue;
		lacks =
		    pair_lacks(l->cfg, NULL, cfg_key(line), cfg_value(line));
		if (lacks != NULL)
			check_switch(l, line, lacks);
		free(lacks);
	}
}

bool
pairs_report(const struct check_group *set, const struct cfg *clone,
    const struct edits *edits, const struct cfg_line *line)
{
	const struct slice key = cfg_key(line), value = cfg_value(line);
	char *lacks = pair_lacks(clone, NULL, key, value);
	char *still =
	    lacks == NULL ? NULL : pair_lacks(clone, edits, key, value);

	if (still != NULL)
		findings_add(set->found, check_place(clone, still),
		    "not-carried-pair",
		    "%.*s is '%.*s' in %s. This host cannot have it: the "
		    "switch needs %s, which is empty",
		    SLICE_ARG(key), SLICE_ARG(value), set->side[0].cfg->file,
		    still);
	free(lacks);
	free(still);
	return still != NULL;
}

const struct check check_pairs[] = { { .file = check_switches },
	{ .file = NULL } };
