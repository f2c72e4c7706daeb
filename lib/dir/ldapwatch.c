/* SPDX-License-Identifier: MIT */
#include "dir/ldapwatch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "util/parallel.h"

static void *
watch_it(void *arg)
{
	struct ldapwatch *watch = arg;
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += watch->seconds;
	pthread_mutex_lock(&watch->lock);
	while (!watch->over && error == 0)
		error = pthread_cond_timedwait(&watch->changed, &watch->lock,
		    &until);
	watch->late = !watch->over;
	pthread_mutex_unlock(&watch->lock);
	if (watch->late)
		shutdown(watch->fd, SHUT_RDWR);
	return NULL;
}

void
ldapwatch_begin(struct ldapwatch *watch, int fd, int seconds)
{
	pthread_condattr_t attributes;
	sigset_t all, was;

	/* Of its own, since libldap may close that one. */
	*watch = (struct ldapwatch){ .seconds = seconds,
		.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0) };
	if (watch->fd < 0)
		return;
	pthread_mutex_init(&watch->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	/* Signals are for the others. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	watch->runs = pthread_create(&watch->thread, NULL, watch_it,
	    watch) == 0;
	parallel_count(watch->runs ? 1 : 0);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (!watch->runs)
		close(watch->fd);
}

bool
ldapwatch_end(struct ldapwatch *watch)
{
	if (!watch->runs)
		return false;
	pthread_mutex_lock(&watch->lock);
	watch->over = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	parallel_count(-1);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->lock);
	close(watch->fd);
	watch->runs = false;
	return watch->late;
}
