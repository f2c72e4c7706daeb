/* SPDX-License-Identifier: MIT */
#ifndef LINTCERT_H
#define LINTCERT_H

#include "check/lintfile.h"

/* Certificates, requests, key IDs and nicknames in the file, held against each
 * other and, where one is given, the key database [dogtag 5]. */
void lintcert_check(struct lintfile *l);

#endif
