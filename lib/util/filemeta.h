/* SPDX-License-Identifier: MIT */
#ifndef UTIL_FILEMETA_H
#define UTIL_FILEMETA_H

/*
 * Give the open file fd what the open file from has: owner, mode, POSIX ACL,
 * SELinux label and all other extended attributes.  path is for messages.
 * Returns 0, or -1 having reported what could not be kept: a CS.cfg with
 * another label is one that the server may not read.
 */
int filemeta_copy(int fd, int from, const char *path);

#endif
