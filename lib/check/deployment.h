/* SPDX-License-Identifier: MIT */
#ifndef CHECK_DEPLOYMENT_H
#define CHECK_DEPLOYMENT_H

#include "check/check.h"
#include "pki/hostfiles.h"

/*
 * The hosts that a user names, read, and in groups of those that are to be
 * clones of each other: one subsystem type, one suffix, one issuer.
 *
 *	struct deployment d = { .operand = operands, .count = count,
 *		.rules = rules, .release = release_any, .found = &found };
 *
 *	if (deployment_read(&d) < 0)
 *		return STATUS_ERROR;
 *	for (size_t i = 0; i < d.groups; i++)
 *		engine_group(&d.group[i]);
 *	deployment_release(&d);
 *
 * The first operand is in the first group, and hosts keep their order.
 */

struct deployment_host {
	struct hostfiles files;
	struct cfg *cfg;
	struct hostrelease release;
	struct tags tags;
	struct keydb shelf;
	bool has_shelf;
	char *issuer; /* of its subsystem: NULL: not known */
	struct buf suffix; /* in normal form; empty: not known */
};

struct deployment {
	/* What is asked for; borrowed. */
	const char **operand;
	size_t count;
	const char *subsystem; /* of operands that have several; or NULL */
	const char *db; /* the first one's database or listing; or NULL */
	char **peer_db;	       /* the others', in order; or NULL */
	const struct settings *rules;
	struct release release; /* of all hosts; release_any: not given */
	bool planned; /* one more clone is to be made of the first */
	struct findings *found;

	struct deployment_host *host;
	struct check_group *group;
	size_t groups;
};

/* 0, or -1: a file cannot be read, or is of no subsystem that has clones;
 * reported.  To be released in any case. */
int deployment_read(struct deployment *d);

void deployment_release(struct deployment *d);

/* The directories of a group that were reached, opened: for engine_servers().
 * -1: reported. */
int deployment_open_servers(struct check_servers *servers);

/* What follows from servers->set, and room for each of its hosts. */
void deployment_begin_servers(struct check_servers *servers);

/* After the findings, whose places are of it. */
void deployment_close_servers(struct check_servers *servers);

#endif
