/* SPDX-License-Identifier: MIT */
#ifndef UTIL_PARALLEL_H
#define UTIL_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Run job(arg, i) for each i below count, on all the cores that this process
 * may use; return when all are done.  Jobs share nothing but what they lock;
 * they report nothing, but note what failed.  progress, unless NULL, is called
 * in the caller's thread about ten times a second with how many are done.
 */
typedef void parallel_job(void *arg, size_t i);
typedef void parallel_progress(void *arg, size_t done, size_t count);

void parallel_run(parallel_job *job, void *arg, size_t count,
    parallel_progress *progress);

/*
 * Does another thread of this process run?  Who starts one in another way
 * counts it, with +1 before and -1 after.
 */
bool parallel_is_running(void);
void parallel_count(int change);

#endif
