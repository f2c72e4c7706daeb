/* SPDX-License-Identifier: MIT */
#include "dir/ldapopt.h"

#include <stdlib.h>
#include <strings.h>

#include "key/password.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"

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
