/* SPDX-License-Identifier: MIT */
#include "dir/ldapconn.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_LIBCRYPTO
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/parallel.h"
#include "util/password.h"
#include "util/path.h"
#include "util/str.h"
#include "util/tcp.h"

/*
 * Why a server is not reached: libldap has one error for a host without an
 * address, a port where no one listens, and a certificate that is not the
 * right one.  So it is tried once more without it, and without a password, to
 * tell it to people.
 */
struct ldapwhy {
	const char *url, *ca_file; /* NULL: what the system trusts */
	bool starttls;
	int timeout; /* seconds */
};

static void
check(const struct ldapopt *o)
{
	if (o->timeout < 1)
		cli_usage("--timeout: not a positive number: '%d'",
		    o->timeout);
	if (o->mechanism != NULL && strcasecmp(o->mechanism, "EXTERNAL") != 0 &&
	    strcasecmp(o->mechanism, "GSSAPI") != 0)
		cli_usage("--mechanism: neither EXTERNAL nor GSSAPI: '%s'",
		    o->mechanism);
	if (o->mechanism != NULL && o->bind_dn != NULL)
		cli_usage("--bind-dn and --mechanism are two ways to bind");
	if (o->password_file != NULL && o->bind_dn == NULL)
		cli_usage("--password-file needs --bind-dn");
	if ((o->cert_file != NULL) != (o->key_file != NULL))
		cli_usage("--cert-file and --key-file need each other");
}

static int
ask(struct ldapopt *o)
{
	char *prompt = mem_printf("Password of %s", o->bind_dn);
	int status = password_ask(&o->password, prompt, false);

	free(prompt);
	return status == 0 ? 0 :
	    fail("the bind as '%s' wants a password (-y FILE)", o->bind_dn);
}

int
ldapopt_begin(struct ldapopt *o)
{
	int status;

	check(o);
	if (o->bind_dn == NULL)
		return 0;
	status = o->password_file == NULL ? ask(o) :
	    password_of(&o->password, o->password_file, "internaldb");
	/* A DN without a password is nobody to a server: RFC 4513, 5.1.2. */
	if (status == 0 && o->password.size == 0)
		status = fail("the password of '%s' is empty", o->bind_dn);
	if (status < 0)
		ldapopt_release(o);
	return status;
}

void
ldapopt_release(struct ldapopt *o)
{
	secret_release(&o->password);
}

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

/* A new string; NULL: so far all is well, and it is something else. */
static char *
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

static void
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

/* True where the time was over.  Also for one that was never begun. */
static bool
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

/*
 * What is freed from now on is overwritten, or no more: libldap has no other
 * way to be rid of the password in a request.
 */
static void
overwrite_freed(bool on)
{
#ifdef M_PERTURB
	mallopt(M_PERTURB, on ? 0x5a : 0);
#else
	(void)on;
#endif
}

/* Before anything else of libldap. */
static void
set_up(void)
{
	setenv("LDAPNOINIT", "1", 1);
	cli_outlive_pipes();
}

int
ldapconn_fail(const struct ldapconn *conn, const char *what, int error,
    const char *said)
{
	const char *text = ldap_err2string(error);

	if (said == NULL || *said == '\0' || strcmp(said, text) == 0)
		return fail("%s: %s: '%s'", conn->name, what, text);
	return fail("%s: %s: '%s: %s'", conn->name, what, text, said);
}

int
ldapconn_fail_last(const struct ldapconn *conn, const char *what)
{
	int error = LDAP_OTHER, status;
	char *said = NULL;

	ldap_get_option(conn->ld, LDAP_OPT_RESULT_CODE, &error);
	ldap_get_option(conn->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
	status = ldapconn_fail(conn, what, error, said);
	ldap_memfree(said);
	return status;
}

static int
late(const struct ldapconn *conn, const char *what)
{
	return fail("%s: %s: 'no answer within %d s'", conn->name, what,
	    conn->timeout);
}

int
ldapconn_result(struct ldapconn *conn, int id, bool all,
    LDAPMessage **message, const char *what)
{
	struct timeval most = { .tv_sec = conn->timeout };
	int type = ldap_result(conn->ld, id, all ? LDAP_MSG_ALL : LDAP_MSG_ONE,
	    &most, message);

	if (type > 0)
		return type;
	if (type < 0)
		return ldapconn_fail_last(conn, what);
	ldap_abandon_ext(conn->ld, id, NULL, NULL);
	return late(conn, what);
}

static int
take_url(struct ldapconn *conn, const char *url)
{
	const char *authority = strstr(url, "://") + 3;
	size_t size = strcspn(authority, "/?");
	LDAPURLDesc *parts = NULL;
	int status = 0;

	/* Of such a URL nothing is told: there may be a password in it. */
	if (memchr(authority, '@', size) != NULL)
		return fail("a URL with a user in it is not taken: use "
			    "--bind-dn");
	conn->name = mem_dup(url, (size_t)(authority - url) + size);
	if (ldap_url_parse(url, &parts) != LDAP_URL_SUCCESS)
		return fail("%s: not the URL of a directory", conn->name);
	if (strchr(url, '?') != NULL)
		status = fail("%s: a URL with '?': only scheme, host, port "
			      "and base can be given", conn->name);
	else if (parts->lud_dn != NULL && *parts->lud_dn != '\0')
		conn->base = mem_dup(parts->lud_dn, strlen(parts->lud_dn));
	ldap_free_urldesc(parts);
	return status;
}

static int
set(const struct ldapconn *conn, int option, const void *value,
    const char *what)
{
	if (ldap_set_option(conn->ld, option, value) == LDAP_OPT_SUCCESS)
		return 0;
	return fail("%s: libldap refuses %s", conn->name, what);
}

/*
 * libldap opens files by name, and has one error for all that may be wrong
 * with TLS.  So each is opened here, and libldap is given the descriptor's
 * name; *fd is open until it has read the file.
 */
static int
set_file(const struct ldapconn *conn, int option, const char *file,
    const char *what, int *fd)
{
	char *name;
	int status;

	if (file == NULL)
		return 0;
	*fd = path_open_named(file);
	if (*fd < 0)
		return -1;
	name = path_of_descriptor(*fd);
	status = set(conn, option, name, what);
	free(name);
	return status;
}

static int
set_files(const struct ldapconn *conn, const struct ldapopt *o, int fd[3])
{
	const int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;

	if (set(conn, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand, "TLS") < 0 ||
	    set_file(conn, LDAP_OPT_X_TLS_CACERTFILE, o->ca_file,
		"--ca-file", &fd[0]) < 0 ||
	    set_file(conn, LDAP_OPT_X_TLS_CERTFILE, o->cert_file,
		"--cert-file", &fd[1]) < 0 ||
	    set_file(conn, LDAP_OPT_X_TLS_KEYFILE, o->key_file,
		"--key-file", &fd[2]) < 0)
		return -1;
#ifdef LDAP_OPT_X_TLS_REQUIRE_SAN
	/* The CN is asked only where there are no names besides. */
	if (set(conn, LDAP_OPT_X_TLS_REQUIRE_SAN,
	    &(const int){ LDAP_OPT_X_TLS_TRY }, "TLS") < 0)
		return -1;
#endif
	if (ldap_set_option(conn->ld, LDAP_OPT_X_TLS_NEWCTX, &client) ==
	    LDAP_OPT_SUCCESS)
		return 0;
	return fail("%s: these certificates and keys do not serve for TLS: "
		    "'%s'", conn->name, o->ca_file != NULL ? o->ca_file :
	    o->cert_file != NULL ? o->cert_file : "the system's");
}

static int
set_tls(const struct ldapconn *conn, const struct ldapopt *o)
{
	int fd[] = { -1, -1, -1 }, status = set_files(conn, o, fd);

	for (int i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return status;
}

/* The connection is there; now TLS begins, if it does. */
static int
connected(LDAP *ld, Sockbuf *sb, LDAPURLDesc *server, struct sockaddr *address,
    struct ldap_conncb *callbacks)
{
	struct ldapconn *conn = callbacks->lc_arg;
	const struct timeval most = { .tv_sec = conn->timeout },
			     none = { .tv_sec = -1 };
	int fd = -1;

	(void)server;
	(void)address;
	if (ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd) != 1)
		return -1;
	/* With a timeout of its own, libldap would not wait in the handshake
	 * but ask again and again.  Half of a TLS record must not hold us. */
	ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &none);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
	ldapwatch_begin(&conn->watch, fd, conn->timeout);
	return 0;
}

static void
disconnected(LDAP *ld, Sockbuf *sb, struct ldap_conncb *callbacks)
{
	(void)ld;
	(void)sb;
	(void)callbacks;
}

static int
set_options(struct ldapconn *conn, const struct ldapopt *o)
{
	const struct timeval most = { .tv_sec = o->timeout };
	const int version = LDAP_VERSION3, none = LDAP_NO_LIMIT,
		  never = LDAP_DEREF_NEVER;

	if (set(conn, LDAP_OPT_PROTOCOL_VERSION, &version, "LDAPv3") < 0 ||
	    set(conn, LDAP_OPT_REFERRALS, LDAP_OPT_OFF, "no referrals") < 0 ||
	    set(conn, LDAP_OPT_RESTART, LDAP_OPT_ON, "restarts") < 0 ||
	    set(conn, LDAP_OPT_DEREF, &never, "aliases as they are") < 0 ||
	    set(conn, LDAP_OPT_SIZELIMIT, &none, "no size limit") < 0 ||
	    set(conn, LDAP_OPT_TIMELIMIT, &none, "no time limit") < 0 ||
	    set(conn, LDAP_OPT_TIMEOUT, &most, "a timeout") < 0 ||
	    set(conn, LDAP_OPT_NETWORK_TIMEOUT, &most, "a timeout") < 0)
		return -1;
	conn->callbacks = (struct ldap_conncb){ connected, disconnected,
		conn };
	if (ldap_set_option(conn->ld, LDAP_OPT_CONNECT_CB,
	    &conn->callbacks) != LDAP_OPT_SUCCESS)
		return fail("%s: libldap refuses a callback", conn->name);
	/* GSSAPI: the name is the URL's, whatever DNS says of its address. */
	ldap_set_option(conn->ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
	return 0;
}

/* The connection is made when the first message is sent. */
static int
no_connection(const struct ldapconn *conn, const struct ldapopt *o)
{
	const struct ldapwhy why = { conn->name, o->ca_file, o->starttls != 0,
		o->timeout };
	char *text = ldapwhy_not(&why);
	int status = text != NULL ?
	    fail("%s: cannot connect: '%s'", conn->name, text) :
	    ldapconn_fail_last(conn, "cannot connect");

	free(text);
	return status;
}

static int
start_tls(struct ldapconn *conn, const struct ldapopt *o)
{
	int error = ldap_start_tls_s(conn->ld, NULL, NULL);

	if (ldapwatch_end(&conn->watch) || error == LDAP_TIMEOUT)
		return late(conn, "cannot start TLS");
	if (error == LDAP_SUCCESS)
		return 0;
	if (error == LDAP_SERVER_DOWN || error == LDAP_CONNECT_ERROR)
		return no_connection(conn, o);
	return ldapconn_fail_last(conn, "cannot start TLS");
}

/* GSSAPI asks for names, and takes its own for an empty one. */
static int
interact(LDAP *ld, unsigned flags, void *defaults, void *asked)
{
	(void)ld;
	(void)flags;
	(void)defaults;
	(void)asked;
	return LDAP_SUCCESS;
}

static int
bind_answer(struct ldapconn *conn, int id, const char *what)
{
	LDAPMessage *message = NULL;
	int error, got;
	char *said = NULL;

	if (ldapconn_result(conn, id, true, &message, what) < 0)
		return -1;
	got = ldap_parse_result(conn->ld, message, &error, NULL, &said, NULL,
	    NULL, 1);
	if (got != LDAP_SUCCESS)
		error = got;
	if (error != LDAP_SUCCESS)
		ldapconn_fail(conn, what, error, said);
	ldap_memfree(said);
	return error == LDAP_SUCCESS ? 0 : -1;
}

static int
bind_by_gssapi(struct ldapconn *conn)
{
	int error = ldap_sasl_interactive_bind_s(conn->ld, NULL, "GSSAPI",
	    NULL, NULL, LDAP_SASL_QUIET, interact, NULL);

	if (ldapwatch_end(&conn->watch) || error == LDAP_TIMEOUT)
		return late(conn, "cannot bind by GSSAPI");
	return error == LDAP_SUCCESS ? 0 :
	    ldapconn_fail_last(conn, "cannot bind by GSSAPI");
}

static int
bind_to(struct ldapconn *conn, const struct ldapopt *o)
{
	struct berval credentials = { o->password.size,
		(char *)o->password.at };
	const char *mechanism = LDAP_SASL_SIMPLE;
	char *what;
	int error, id = 0, status;

	if (o->mechanism != NULL && strcasecmp(o->mechanism, "GSSAPI") == 0)
		return bind_by_gssapi(conn);
	if (o->mechanism != NULL) {
		mechanism = "EXTERNAL";
		credentials = (struct berval){ 0, (char *)"" };
		what = mem_printf("cannot bind by EXTERNAL");
	} else if (o->bind_dn != NULL) {
		what = mem_printf("cannot bind as '%s'", o->bind_dn);
	} else {
		credentials = (struct berval){ 0, (char *)"" };
		what = mem_printf("cannot bind as nobody");
	}
	error = ldap_sasl_bind(conn->ld, o->bind_dn, mechanism, &credentials,
	    NULL, NULL, &id);
	if (ldapwatch_end(&conn->watch))
		status = late(conn, "cannot connect");
	else if (error == LDAP_SERVER_DOWN || error == LDAP_CONNECT_ERROR)
		status = no_connection(conn, o);
	else if (error != LDAP_SUCCESS)
		status = ldapconn_fail_last(conn, what);
	else
		status = bind_answer(conn, id, what);
	free(what);
	return status;
}

static int
connect_to(struct ldapconn *conn, const char *url, const struct ldapopt *o)
{
	int error;

	if (take_url(conn, url) < 0)
		return -1;
	if (o->starttls && strncasecmp(url, "ldap:", 5) != 0)
		return fail("%s: StartTLS is for ldap:// alone", conn->name);
	error = ldap_initialize(&conn->ld, conn->name);
	if (error != LDAP_SUCCESS)
		return ldapconn_fail(conn, "cannot connect", error, NULL);
	if (set_options(conn, o) < 0 || set_tls(conn, o) < 0)
		return -1;
	if (o->starttls && start_tls(conn, o) < 0)
		return -1;
	overwrite_freed(true);
	error = bind_to(conn, o);
	overwrite_freed(false);
	return error;
}

int
ldapconn_open(struct ldapconn *conn, const char *url,
    const struct ldapopt *options)
{
	int status;

	set_up();
	*conn = (struct ldapconn){ .timeout = options->timeout };
	status = connect_to(conn, url, options);
	if (status < 0)
		ldapconn_release(conn);
	return status;
}

void
ldapconn_release(struct ldapconn *conn)
{
	overwrite_freed(true);
	if (conn->ld != NULL)
		ldap_unbind_ext_s(conn->ld, NULL, NULL);
	overwrite_freed(false);
	free(conn->name);
	free(conn->base);
	*conn = (struct ldapconn){ 0 };
}
