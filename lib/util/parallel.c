/* SPDX-License-Identifier: MIT */
#include "util/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#define MOST_THREADS 64

static atomic_int running;

bool
parallel_is_running(void)
{
	return atomic_load(&running) != 0;
}

void
parallel_count(int change)
{
	atomic_fetch_add(&running, change);
}

struct crew {
	parallel_job *job;
	void *arg;
	size_t count;
	atomic_size_t next, done;
};

static void *
work(void *p)
{
	struct crew *crew = p;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next, 1)) < crew->count) {
		crew->job(crew->arg, i);
		atomic_fetch_add(&crew->done, 1);
	}
	return NULL;
}

static size_t
cores(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof set, &set) < 0)
		return 1;
	count = CPU_COUNT(&set);
	return count > MOST_THREADS ? MOST_THREADS : (size_t)count;
}

static void
watch(struct crew *crew, parallel_progress *progress)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	size_t done;

	while ((done = atomic_load(&crew->done)) < crew->count) {
		progress(crew->arg, done, crew->count);
		nanosleep(&pause, NULL);
	}
	progress(crew->arg, crew->count, crew->count);
}

void
parallel_run(parallel_job *job, void *arg, size_t count,
    parallel_progress *progress)
{
	struct crew crew = { .job = job, .arg = arg, .count = count };
	pthread_t thread[MOST_THREADS];
	size_t want = cores(), have = 0;

	if (want > count)
		want = count;
	parallel_count(1);
	/* This thread works, too, unless it has to watch. */
	while (have < want - (progress == NULL && want != 0) &&
	    pthread_create(&thread[have], NULL, work, &crew) == 0)
		have++;
	if (progress != NULL && have != 0)
		watch(&crew, progress);
	else
		work(&crew);
	while (have != 0)
		pthread_join(thread[--have], NULL);
	parallel_count(-1);
}
