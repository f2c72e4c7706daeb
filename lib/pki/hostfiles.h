/* SPDX-License-Identifier: MIT */
#ifndef PKI_HOSTFILES_H
#define PKI_HOSTFILES_H

/*
 * Where one host's CS.cfg is, and its key database: of an instance, or of
 * copies taken from it.
 *
 *	struct hostfiles files;
 *
 *	if (hostfiles_find(&files, operand, "ca") < 0)
 *		return STATUS_ERROR;
 *	... files.file, files.alias ...
 *	hostfiles_release(&files);
 *
 * operand is what pki/locate.h takes.
 *
 * A database is looked for in alias/ beside the file and up to two levels
 * above it, and beside or in an instance of the tree; else a sosreport's
 * output of certutil -L serves.
 */

struct hostfiles {
	char *file;
	char *alias; /* a directory, or a listing; NULL: none is there */
};

/* subsystem may be NULL when there is only one.  -1: none, or several;
 * reported. */
int hostfiles_find(
    struct hostfiles *files, const char *operand, const char *subsystem);

void hostfiles_release(struct hostfiles *files);

/* The instance's file name, such as server.xml, of the CS.cfg at path: beside
 * it, or above it as in an instance.  A new string, or NULL: none,
 * or path is standard input. */
char *hostfiles_beside(const char *path, const char *name);

#endif
