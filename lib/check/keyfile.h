/* SPDX-License-Identifier: MIT */
#ifndef KEYFILE_H
#define KEYFILE_H

#include <sys/types.h>

#include "check/findings.h"

/*
 * A file with keys: can the server read it, and nobody else?  Owner, mode,
 * ACL, the directories above it, and the SELinux label, which is to be that of
 * the key database where the file lies beside one.
 */

struct keyfile_user {
	char *name;  /* NULL: there is nobody to ask for */
	char *group; /* his primary one */
	uid_t uid;
	gid_t *gid; /* all of his groups */
	int gids;
};

/* The user of that name; for NULL, pkiuser, where there is one.  -1: no such
 * user; reported. */
int keyfile_user_find(struct keyfile_user *user, const char *name);
void keyfile_user_release(struct keyfile_user *user);

/* -1: the file cannot be looked at; reported. */
int keyfile_check(const char *path, const struct keyfile_user *user,
    struct findings *found);

#endif
