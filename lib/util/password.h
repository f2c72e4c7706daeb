/* SPDX-License-Identifier: MIT */
#ifndef UTIL_PASSWORD_H
#define UTIL_PASSWORD_H

#include <stdbool.h>

#include "util/path.h"
#include "util/secret.h"

/*
 * Passwords from files and terminals; never from argv.  A password is bytes,
 * UTF-8 by convention, 500 at most as in NSS.  Blanks belong to it, the line
 * end does not.  FILE is a file, opened as util/path.h says, "-" for standard
 * input, or /dev/fd/3 for a descriptor.  A file that others can read or write
 * is read with a warning.
 */
#define PASSWORD_MOST ((size_t)500)

/* What a file may mean for a database: the first that opens it is right. */
#define PASSWORD_CANDIDATES 4
struct password_candidates {
	struct secret password[PASSWORD_CANDIDATES];
	size_t count;
};

/*
 * The password of an NSS database out of file: the line `internal=` of an
 * instance's password.conf (PlainPasswordFile.java: blanks around name and
 * value do not count, and the last of several lines does); the line `TOKEN:`
 * of certutil's -f, token being one of NSS's names of the internal one or of
 * 389-ds's and mod_nss's; the first line as it is, which PKCS12Export takes;
 * the last one, which certutil takes [nssdb 1].  Those that the file has, in
 * this order, no two alike.  An empty file is the empty password.  Returns 0,
 * or -1 having reported why.
 */
int password_candidates(struct password_candidates *list, const char *file);

/* The same of a file that was found in an instance: it must be regular. */
int password_candidates_found(struct password_candidates *list,
    const char *file);

void password_candidates_release(struct password_candidates *list);

/* The password of a bundle: the file's first line. */
int password_first_line(struct secret *password, const char *file);

/*
 * The value of the line `name=` of a password.conf, by the rules above; where
 * file has no such line, its first line.
 */
int password_of(struct secret *password, const char *file, const char *name);

/*
 * The value of the line `name=` of a password.conf, which must be there and
 * must be a regular file: it was found beside the file from, or from names it.
 * It is opened with the rights with which from is.
 */
int password_setting(struct secret *password, const struct path *from,
    const char *file, const char *name);

/*
 * The password of the PKCS#12 file that messages call bundle: the first line
 * of file, or, where that is NULL, what the terminal answers.  Returns 0, or
 * -1 having reported why.
 */
int password_of_bundle(struct secret *password, const char *file,
    const char *bundle);

/*
 * Ask on the terminal (/dev/tty, without echo): "prompt: ".  With again, ask
 * twice until both are alike.  -1: there is no terminal, or no line of a
 * password's length comes from it; nothing is reported.
 */
int password_ask(struct secret *password, const char *prompt, bool again);

#endif
