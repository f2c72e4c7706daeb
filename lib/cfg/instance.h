/* SPDX-License-Identifier: MIT */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Where an instance keeps its CS.cfg, and whether its server runs
 * [dogtag 1.1].
 */

/*
 * The file that operand means: itself, or for a directory the CS.cfg of the
 * instance there, in the layouts
 *
 *	DIR/conf/SUB/CS.cfg, DIR/SUB/conf/CS.cfg, DIR/SUB/CS.cfg	(10, 11)
 *	DIR/conf/CS.cfg, DIR/CS.cfg					(8, 9)
 *
 * subsystem may be NULL when there is only one.  A new string; NULL: none or
 * several; reported.
 */
char *instance_file(const char *operand, const char *subsystem);

/* Is there a CS.cfg in the directory at all? */
bool instance_is_in(const char *directory);

enum instance_state {
	INSTANCE_STOPPED,
	INSTANCE_RUNS,
	INSTANCE_UNKNOWN, /* /proc is not there, or hides processes */
};

/*
 * Does a server run whose CS.cfg is this very file, by device and inode?  It
 * is found by its -Dcatalina.base= in /proc; *pid is its process.
 */
enum instance_state instance_state(const struct stat *file, int *pid);

/*
 * How to restart the server that reads file, to be told to people:
 * "systemctl restart pki-tomcatd@NAME.service", or in other words where the
 * path does not name the instance.  A new string.
 */
char *instance_restart(const char *file);

#endif
