/* SPDX-License-Identifier: MIT */
#include "dir/ldapwhy.h"

#include <errno.h>
#include <fcntl.h>
#include <ldap.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"

/* 0, or errno. */
static int
try_address(const struct sockaddr *address, socklen_t size, int timeout)
{
	int error = 0, fd = socket(address->sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t error_size = sizeof error;
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int got;

	if (fd < 0)
		return errno;
	if (connect(fd, address, size) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		got = poll(&ready, 1, timeout * 1000);
		error = got < 0 ? errno : ETIMEDOUT;
		if (got > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error,
		    &error_size) < 0)
			error = errno;
	}
	close(fd);
	return error;
}

static char *
try_host(const char *host, int port, int timeout)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	char service[16];
	int error;

	snprintf(service, sizeof service, "%d", port);
	error = getaddrinfo(host, service, &hints, &list);
	if (error != 0)
		return mem_printf("%s", error == EAI_SYSTEM ?
		    strerror(errno) : gai_strerror(error));
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		error = try_address(a->ai_addr, a->ai_addrlen, timeout);
		if (error == 0)
			break;
	}
	freeaddrinfo(list);
	return error != 0 ? mem_printf("%s", strerror(error)) : NULL;
}

static char *
try_path(const char *path, int timeout)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	if (path == NULL || *path == '\0' ||
	    strlen(path) >= sizeof address.sun_path)
		return NULL;
	memcpy(address.sun_path, path, strlen(path));
	error = try_address((struct sockaddr *)&address, sizeof address,
	    timeout);
	return error != 0 ? mem_printf("%s", strerror(error)) : NULL;
}

char *
ldapwhy_no_connection(const char *url, int timeout)
{
	LDAPURLDesc *parts = NULL;
	const char *host;
	char *why;

	if (ldap_url_parse(url, &parts) != LDAP_URL_SUCCESS)
		return NULL;
	host = parts->lud_host;
	if (strcasecmp(parts->lud_scheme, "ldapi") == 0)
		why = try_path(host, timeout);
	else
		why = try_host(host != NULL && *host != '\0' ? host :
		    "localhost", parts->lud_port, timeout);
	ldap_free_urldesc(parts);
	return why;
}
