/* SPDX-License-Identifier: MIT */
#ifndef DIR_SERIALNO_H
#define DIR_SERIALNO_H

#include <gmp.h>

#include "util/str.h"

/*
 * Numbers as Dogtag keeps them in a directory, so that texts sort as numbers
 * do [dogtag 6.2]: how many decimal digits there are, in two digits, and the
 * digits.  "011" is 1, "0210" is 10.  serialno, requestId, crlNumber and
 * deltaNumber are so written.
 */

#define SERIALNO_SIZE 102 /* of the longest, with its NUL */

/* -1: it is none; number is as it was.  Silent. */
int serialno_parse(mpz_t number, struct slice text);

/* 0, or -1 when it is negative or has more than 99 digits. */
int serialno_print(char text[SERIALNO_SIZE], mpz_srcptr number);

#endif
