/* SPDX-License-Identifier: MIT */
#include "dir/ldapconn.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "dir/ldapopt.h"
#include "dir/ldapwhy.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/str.h"

/* -- libldap --------------------------------------------------------------- */

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

/* -- the URL --------------------------------------------------------------- */

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
		status = fail("%s: of a URL, scheme, host, port and base are "
			      "taken, and no more", conn->name);
	else if (parts->lud_dn != NULL && *parts->lud_dn != '\0')
		conn->base = mem_dup(parts->lud_dn, strlen(parts->lud_dn));
	ldap_free_urldesc(parts);
	return status;
}

/* -- options --------------------------------------------------------------- */

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

/* -- connect --------------------------------------------------------------- */

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

/* -- bind ------------------------------------------------------------------ */

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
