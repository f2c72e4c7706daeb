/* SPDX-License-Identifier: MIT */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "cfg/cfg.h"
#include "cfg/edits.h"
#include "cfg/setting.h"
#include "check/findings.h"
#include "nss/nssdb.h"
#include "pki/csdir.h"
#include "pki/hostrelease.h"
#include "pki/keydb.h"
#include "pki/replica.h"
#include "pki/spawn.h"
#include "pki/suffix.h"
#include "pki/tags.h"
#include "x509/cert.h"

/*
 * What is checked, and the checks: a table for each subject.  A row has one
 * function, whose argument says what it needs; engine.h runs the rows.
 *
 * To add a check: an entry in share/lists/findings (and make findings-page),
 * a function in the file of the subject, a row in t/breaks.  The function is a
 * row of the table, or is called by one that looks at the same thing: a check
 * of one key belongs to check_installation() in values.c, or to its subject.
 */

/* One CS.cfg by itself. */
struct check_file {
	const struct cfg *cfg;
	const struct settings *rules;
	const struct nsscerts *database; /* NULL: none is given */
	struct hostrelease release; /* zeroed: as the file says */
	bool by_release; /* does what was found depend on it? */
	int64_t now; /* seconds since 1970 */
	struct findings *found;
	struct edits *edits; /* what --fix makes; NULL: not asked for */
};

struct check_host {
	const struct cfg *cfg;
	const struct tags *tags;
	const struct keydb *shelf; /* its certificates; NULL: not known */
	struct hostrelease release; /* zeroed: as the file says */
};

/* The hosts of one subsystem: same type, suffix and issuer.  The first is taken
 * for the master [dogtag 6, 7, 9]. */
struct check_group {
	struct check_host *side;
	size_t count;
	const struct settings *rules;
	bool planned; /* one more clone is to be made of the master */
	struct findings *found;
};

/* A clone that is planned, by the override file for pkispawn. */
struct plan {
	struct spawn *file;
	const struct check_group *group; /* of the master */
	const struct cfg *master;
	const struct tags *tags; /* the master's */
	const char *port; /* its secure one; NULL: not known */
	struct release release; /* of the clone's pkispawn */
	struct cfg *const *other; /* CS.cfg of other subsystems */
	size_t others;
	char section[8]; /* "CA" */
	struct findings *found;
};

/* Its Directory Server: pki_ds_url, or else the older four. */
struct plan_ds {
	char *host, *port; /* NULL: not known */
	size_t line;
	bool secure;
};

struct check_server {
	const struct check_host *is;
	struct csdir dir; /* its source is NULL: not reached */
	size_t server;	  /* in replicas, where there is a source */
	bool reached;	  /* its servers answered, or were not asked to */
};

/* The Directory Servers of a group. */
struct check_servers {
	const struct check_group *set;
	const char *subsystem; /* the group's: "ca" */
	const struct ldapopt *options;
	const struct plan *plan; /* of one more clone; NULL: none */
	bool probe;		 /* is the network looked at, too? */

	struct check_server *side; /* as in set */
	struct plan_ds ds;	   /* plan's Directory Server */
	struct csdir planned;	   /* the same; its source is NULL: not read */
	struct replicas replicas;
	struct replica_id_ranges ranges;
	struct findings *found;
};

/* servers() returns -1 where a directory cannot be read: reported.  probe()
 * only makes connections, before any directory is opened. */
struct check {
	void (*file)(struct check_file *file);
	void (*group)(const struct check_group *group);
	void (*plan)(const struct plan *plan);
	void (*probe)(struct check_servers *servers);
	int (*servers)(struct check_servers *servers);
};

/* Each ends with a row without a function. */
extern const struct check check_syntax[], check_values[], check_directory[],
    check_ranges[], check_roles[], check_connectors[], check_drift[],
    check_replication[], check_schema[], check_domain[], check_certs[],
    check_crl[], check_spawn[], check_reach[], check_pairs[], check_release[];

/* Goes through the rows of several tables; the list of them ends with NULL. */
struct check_cursor {
	const struct check *const *subject;
	size_t row;
};

/* NULL: that was the last one. */
const struct check *check_row(struct check_cursor *at);

/* What is found at line (NULL: the file), as "KEY: BRIEF: details"; with fmt
 * NULL there are no details. */
void lint_at(struct check_file *l, const struct cfg_line *line,
    const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The same at the live line of key; at the file when there is none. */
void lint_key(struct check_file *l, const char *key, const char *code,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* What was found last depends on the release, which is then printed, too. */
void lint_depends(struct check_file *l);

/* The one safe fix of line: another value; or (value.at NULL) no such key. */
void lint_fix(struct check_file *l, const struct cfg_line *line,
    struct slice value);

/* A value to be shown in quotes: cut, and no secret.  Valid until the findings
 * are released. */
const char *lint_shown(struct check_file *l, const struct cfg_line *line);

/* The live line of a key put together as by printf; NULL: none. */
const struct cfg_line *lint_find(const struct check_file *l, const char *fmt,
    ...) PRINTF_LIKE(2, 3);

/* Where key stands in cfg; the file as a whole, if it does not. */
struct findings_place check_place(const struct cfg *cfg, const char *key);

/* Is it the CS.cfg of a subsystem of this type: "ca", "kra", ...? */
bool check_is_type(const struct cfg *cfg, const char *type);

/* The copy of a certificate in CS.cfg (SUBSYSTEM.TAG.cert, until 11.4), parsed
 * from *der; both are the caller's to release.  -1: no copy, or not a
 * certificate, which cfglint reports. */
int check_cert_copy(struct cert *cert, struct buf *der, const struct cfg *cfg,
    const char *subsystem, const char *tag);

/* Is it a file, so that a command can be named that changes it? */
bool check_is_file(const struct cfg *cfg);

/* The last finding is fixed by cfgmerge with these options, from the master to
 * clone. */
void check_fix_by_merge(const struct check_group *set, const struct cfg *clone,
    const char *options);

/* A plan of one more clone of group, for a pkispawn of that release (NULL: the
 * master's); without port and other.  All is borrowed. */
void plan_begin(struct plan *plan, struct spawn *file,
    const struct check_group *group, const struct release *release);

/* The value of key; NULL: it is not in the file, or not to be known.  *line
 * is 0 or where it is. */
const char *plan_get(const struct plan *plan, const char *key, size_t *line);

/* Is a value true, as pkispawn takes it? */
bool plan_is_true(const char *text);

struct findings_place plan_at(const struct plan *plan, size_t line);

/* Is a parameter set to what pkispawn takes for false?  By default these are
 * true. */
bool plan_is_off(const struct plan *plan, const char *key);

/* Does pkispawn see to the directory, its replication and ranges? */
bool plan_sets_up_ds(const struct plan *plan);

/* Does it see to the replication, of those? */
bool plan_replicates(const struct plan *plan);

/* Does it make the database, having removed the one that is there? */
bool plan_makes_database(const struct plan *plan);

/* Has the file a section for the subsystem?  That and other sections which
 * pkispawn does not know are reported. */
bool plan_has_section(const struct plan *plan);

/* By pki_ds_url alone, or by the four alone. */
void plan_read_ds(const struct plan *plan, bool url, struct plan_ds *ds);

/* By which pkispawn of that release goes. */
void plan_find_ds(const struct plan *plan, struct plan_ds *ds);
void plan_ds_release(struct plan_ds *ds);

/* Calls take() for each entry that query gives, until take() returns -1, which
 * it has reported.  0, or -1: reported. */
int check_search(struct csdir *dir, const struct source_query *query,
    int (*take)(void *arg, const struct entry *entry), void *arg);

/*
 * What one subject asks another.
 */

/* Is it a comment to people that survives rewriting: a key _000, or with a
 * colon before it, as shipped? */
bool syntax_is_comment(struct slice key);

/* Does directory compare this key of two files? */
bool directory_compares(struct slice key);

/* Does the CA make CRLs?  A file that says nothing about it is a master's. */
bool roles_makes_crls(const struct cfg *cfg);

/* Reports the switch that line of the master turns on, where it cannot come to
 * clone with edits.  False: it can. */
bool pairs_report(const struct check_group *set, const struct cfg *clone,
    const struct edits *edits, const struct cfg_line *line);

/* The one CA that makes CRLs; NULL: none does, or several, or these are no
 * CAs. */
const struct cfg *roles_crl_master(const struct check_group *set);

/* Is a missing publisher reported of these two, so that their ca.publish
 * families need not be compared? */
bool connectors_report_publisher(const struct check_group *set,
    const struct cfg *a, const struct cfg *b);

#endif
