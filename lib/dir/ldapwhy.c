/* SPDX-License-Identifier: MIT */
#include "dir/ldapwhy.h"

#include <errno.h>
#include <fcntl.h>
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef WITH_LIBCRYPTO
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#include "util/mem.h"
#include "util/path.h"
#include "util/tcp.h"

static char *
try_path(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error = 0, fd;

	if (path == NULL || *path == '\0' ||
	    strlen(path) >= sizeof address.sun_path)
		return NULL;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address,
	    sizeof address) < 0)
		error = errno;
	if (fd >= 0)
		close(fd);
	return error != 0 ? mem_printf("%s", strerror(error)) : NULL;
}

#ifdef WITH_LIBCRYPTO

/* -- TLS ------------------------------------------------------------------- */

/* The request of RFC 4511, 4.14.1, with the message ID 1. */
static const char start[] = "0\035\002\001\001w\030\200\026"
			    "1.3.6.1.4.1.1466.20037";

/* What the answer is, libldap has said; here it is only taken away. */
static bool
ask_for_tls(struct tcp *tcp)
{
	const size_t size = sizeof start - 1;

	return tcp_send(tcp, start, size) == (ssize_t)size &&
	    tcp_fill(tcp) > 0;
}

static void
set_name(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
		return;
	ERR_clear_error();
	SSL_set1_host(ssl, host);
	SSL_set_tlsext_host_name(ssl, host);
}

static char *
reason(const SSL *ssl)
{
	const long verified = SSL_get_verify_result(ssl);
	const unsigned long error = ERR_peek_last_error();
	const char *text = error != 0 ? ERR_reason_error_string(error) : NULL;

	if (verified != X509_V_OK)
		text = X509_verify_cert_error_string(verified);
	return text != NULL ? mem_printf("%s", text) : NULL;
}

static char *
shake_hands(SSL_CTX *context, const struct tcp *tcp, const char *host,
    int timeout)
{
	const struct timeval most = { .tv_sec = timeout };
	SSL *ssl = SSL_new(context);
	char *why = NULL;

	if (ssl == NULL)
		return NULL;
	set_name(ssl, host);
	/* By the system's clock, since OpenSSL has none. */
	fcntl(tcp->fd, F_SETFL, 0);
	setsockopt(tcp->fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
	setsockopt(tcp->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
	if (SSL_set_fd(ssl, tcp->fd) == 1 && SSL_connect(ssl) != 1)
		why = reason(ssl);
	SSL_free(ssl);
	return why;
}

static int
load_ca(SSL_CTX *context, const char *file)
{
	int fd = path_open_named(file), loaded = 0;
	char *name;

	if (fd >= 0) {
		name = path_of_descriptor(fd);
		loaded = SSL_CTX_load_verify_file(context, name);
		free(name);
		close(fd);
	}
	return loaded;
}

static char *
try_tls(const struct ldapwhy *why, struct tcp *tcp, const char *host)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	char *text = NULL;
	int loaded;

	if (context == NULL)
		return NULL;
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	loaded = why->ca_file != NULL ? load_ca(context, why->ca_file) :
	    SSL_CTX_set_default_verify_paths(context);
	if (loaded != 1)
		text = mem_printf("no certificate in '%s'", why->ca_file !=
		    NULL ? why->ca_file : "the system's store");
	else if (!why->starttls || ask_for_tls(tcp))
		text = shake_hands(context, tcp, host, why->timeout);
	SSL_CTX_free(context);
	ERR_clear_error();
	return text;
}

#else

static char *
try_tls(const struct ldapwhy *why, struct tcp *tcp, const char *host)
{
	(void)why;
	(void)tcp;
	(void)host;
	return NULL;
}

#endif

/* -- hosts ----------------------------------------------------------------- */

static char *
try_host(const struct ldapwhy *why, const char *host, int port, bool tls)
{
	struct tcp tcp = { .fd = -1 };
	char service[16], *text = NULL;

	snprintf(service, sizeof service, "%d", port);
	tcp_limit(&tcp, (unsigned)why->timeout * 1000);
	if (tcp_connect(&tcp, host, service) < 0)
		text = mem_printf("%s", tcp.error);
	else if (tls)
		text = try_tls(why, &tcp, host);
	tcp_close(&tcp);
	return text;
}

char *
ldapwhy_not(const struct ldapwhy *why)
{
	LDAPURLDesc *parts = NULL;
	const char *host;
	char *text;

	if (ldap_url_parse(why->url, &parts) != LDAP_URL_SUCCESS)
		return NULL;
	host = parts->lud_host;
	if (strcasecmp(parts->lud_scheme, "ldapi") == 0)
		text = try_path(host);
	else
		text = try_host(why, host != NULL && *host != '\0' ? host :
		    "localhost", parts->lud_port, why->starttls ||
		    strcasecmp(parts->lud_scheme, "ldaps") == 0);
	ldap_free_urldesc(parts);
	return text;
}
