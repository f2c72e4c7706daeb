/* SPDX-License-Identifier: MIT */
#ifndef CLONECERT_H
#define CLONECERT_H

#include "check/clone.h"

/* The certificates that a clone shares with its master, by nickname, out of
 * both databases; -1: one cannot be read, reported. */
int clonecert_check(const struct clone_side *side, size_t count,
    struct findings *found);

#endif
