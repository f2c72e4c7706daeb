/* SPDX-License-Identifier: MIT */
#ifndef PKI_RANGEREAD_H
#define PKI_RANGEREAD_H

#include "dir/ldapconn.h"
#include "pki/csdir.h"
#include "pki/ranges.h"

/*
 * The ranges of a deployment from operands: CS.cfg files, instances, LDIF and
 * servers.
 *
 *	struct rangeread r = { .all = &all, .ldap = &ldap, .asked = &asked,
 *		.take = &hooks, .arg = arg };
 *
 *	if (rangeread_all(&r, operands) < 0)
 *		return STATUS_ERROR;
 *	ranges_settle(&all);
 *
 * Files are read before directories: a block that is taken meanwhile is in the
 * directory before it is in the file.
 */

/* What a tool does with each; any may be NULL.  -1: reported, and all ends. */
struct rangeread_hooks {
	/* A CS.cfg that was added; with *keep it is the tool's to free, before
	 * the model is released.
	 * operand is as it was given. */
	int (*cfg)(void *arg, struct cfg *cfg, const char *operand,
	    bool has_ranges, bool *keep);
	/* An entry that was added, of a directory of that number; the ranges
	 * from first on are its. */
	int (*entry)(
	    void *arg, const struct entry *entry, size_t source, size_t first);
	/* A directory that was read: how many of its entries were of use. */
	int (*directory)(void *arg, struct csdir *dir, const char *operand,
	    size_t source, size_t entries, size_t useful);
};

struct rangeread_options {
	char *subsystem;
	int ds, used; /* flags */
};

#define RANGEREAD_OPTIONS(o)                                                   \
	{ "ds", '\0', POPT_ARG_NONE, &(o).ds, 0,                               \
	  "read the directory of each CS.cfg, too", NULL },                    \
	{ "used", '\0', POPT_ARG_NONE, &(o).used, 0,                           \
	  "ask servers for all numbers that were given out", NULL },           \
	{ "subsystem", '\0', POPT_ARG_STRING, &(o).subsystem, 0,               \
	  "which one, of instances that have several", "NAME" }

struct rangeread {
	struct ranges *all;
	const struct ldapopt *ldap;
	const struct rangeread_options *asked;
	const struct rangeread_hooks *take;
	void *arg;

	size_t sources; /* directories that were read; the first is 1 */
	bool live; /* one is a server, or a server may write a file */
	bool once; /* one cannot be read again: standard input, a pipe */
};

int rangeread_all(struct rangeread *r, const char **operands);

#endif
