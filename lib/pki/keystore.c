/* SPDX-License-Identifier: MIT */
#include "pki/keystore.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/password.h"
#include "util/path.h"

static bool
is_there(const char *directory, const char *prefix, const char *name)
{
	char *path = mem_printf("%s/%s%s", directory, prefix, name);
	struct stat st;
	/* One that may not be looked at is there: opening it tells why. */
	bool there = path_stat_named(path, &st) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR);

	free(path);
	return there;
}

static bool
has_database(const char *directory, const char *prefix)
{
	static const char *const names[] = { "cert9.db", "key4.db", "cert8.db",
		"key3.db", "cert7.db" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_there(directory, prefix, names[i]))
			return true;
	return false;
}

static char *
password_conf(const char *instance)
{
	static const char *const names[] = { "conf/password.conf",
		"password.conf" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_there(instance, "", names[i]))
			return mem_printf("%s/%s", instance, names[i]);
	return NULL;
}

int
keystore_open(struct keystore *store, const char *operand,
    const struct keystore_options *options)
{
	const char *prefix = options->prefix != NULL ? options->prefix : "";
	const char *directory = operand != NULL ? operand : options->directory;
	struct nssopen where = { .most_rounds = (unsigned long)
		options->most_rounds };
	char *alias;

	*store = (struct keystore){ .options = options };
	if (directory == NULL)
		cli_usage("no directory is given");
	if (operand != NULL && options->directory != NULL)
		cli_usage("the directory is given twice: '%s' and '%s'",
		    options->directory, operand);
	if (options->most_rounds < 1)
		cli_usage("--max-rounds: not a positive number: '%d'",
		    options->most_rounds);
	alias = mem_printf("%s/alias", directory);
	if (!has_database(directory, prefix) && has_database(alias, prefix)) {
		store->instance = mem_dup(directory, strlen(directory));
		store->password_conf = password_conf(directory);
		directory = alias;
	}
	where.directory = directory;
	where.cert_prefix = where.key_prefix = prefix;
	store->db = nssopen(&where);
	free(alias);
	if (store->db != NULL)
		return 0;
	keystore_close(store);
	return -1;
}

void
keystore_close(struct keystore *store)
{
	nssdb_free(store->db);
	free(store->instance);
	free(store->password_conf);
	*store = (struct keystore){ 0 };
}

/* The file that the caller names, or the instance's own. */
static int
login_with_file(struct keystore *store, const char *named)
{
	const char *file = named != NULL ? named : store->password_conf;
	enum nssdb_login result = NSSDB_WRONG;
	struct password_candidates list;

	if ((named != NULL ? password_candidates(&list, named) :
		password_candidates_found(&list, file)) < 0)
		return -1;
	for (size_t i = 0; i < list.count && result == NSSDB_WRONG; i++)
		result = nssdb_login(store->db,
		    secret_slice(&list.password[i]));
	password_candidates_release(&list);
	if (result == NSSDB_WRONG)
		return fail("%s: wrong password in '%s'", store->db->directory,
		    file);
	return result == NSSDB_TROUBLE ? -1 : 0;
}

static int
login_at_terminal(struct keystore *store)
{
	char *prompt = mem_printf("Password of the database in %s",
	    store->db->directory);
	struct secret password = { 0 };
	enum nssdb_login result = NSSDB_TROUBLE;

	if (password_ask(&password, prompt, false) < 0)
		fail("%s: the keys want a password (-p FILE)",
		    store->db->directory);
	else
		result = nssdb_login(store->db, secret_slice(&password));
	secret_release(&password);
	free(prompt);
	if (result == NSSDB_WRONG)
		return fail("%s: wrong password", store->db->directory);
	return result == NSSDB_TROUBLE ? -1 : 0;
}

int
keystore_login(struct keystore *store)
{
	const char *file = store->options->password_file;
	enum nssdb_login result;

	if (store->db->logged_in || !store->db->objects.initialised)
		return 0;
	if (file != NULL || store->password_conf != NULL)
		return login_with_file(store, file);
	result = nssdb_login(store->db, (struct slice){ "", 0 });
	if (result == NSSDB_WRONG)
		return login_at_terminal(store);
	return result == NSSDB_TROUBLE ? -1 : 0;
}
