/* SPDX-License-Identifier: MIT */
#ifndef PKI_INSTANCE_H
#define PKI_INSTANCE_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Does the server of an instance run, and how is it restarted [dogtag 1.1]?
 */

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
 * The name of the instance that file, a CS.cfg, is of by its path; NULL: it is
 * in no usual place, or the name is none that a shell takes as it stands.  A
 * new string.
 */
char *instance_name(const char *file);

/*
 * How to restart the server that reads file, to be told to people:
 * "systemctl restart pki-tomcatd@NAME.service", or in other words where the
 * path does not name the instance.  A new string.
 */
char *instance_restart(const char *file);

#endif
