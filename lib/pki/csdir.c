/* SPDX-License-Identifier: MIT */
#include "pki/csdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki/address.h"
#include "pki/locate.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/password.h"
#include "util/path.h"
#include "util/slurp.h"

/* KEY=; LDIF and documents have something else before it.  Is a '.' in KEY, as
 * in most of a CS.cfg, and in none of a password.conf? */
static bool
is_assignment(const char *line, bool *has_dot)
{
	static const char of_key[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const size_t size = strspn(line, of_key);

	*has_dot = memchr(line, '.', size) != NULL;
	return size != 0 && line[size] == '=';
}

bool
csdir_is_cfg(const char *path)
{
	char line[4096];
	struct stat st;
	bool is_cfg = true, has_dot = false;
	FILE *in;

	if (path_stat_named(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	in = slurp_open(path);
	if (in == NULL)
		return false;
	while (is_cfg && !has_dot && fgets(line, sizeof line, in) != NULL)
		if (strchr("#! \t\r\n", *line) == NULL)
			is_cfg = is_assignment(line, &has_dot);
	fclose(in);
	return is_cfg && has_dot;
}

bool
csdir_is_server(const char *operand)
{
	char *at;
	bool is;

	if (source_is_url(operand))
		return true;
	if (strcmp(operand, "-") == 0)
		return false;
	at = locate_operand(operand);
	is = path_is_directory(at) || csdir_is_cfg(at);
	free(at);
	return is;
}

static char *
text_of(const struct cfg *cfg, const char *key)
{
	struct slice value = cfg_string(cfg, key);

	return value.size != 0 ? mem_dup(value.at, value.size) : NULL;
}

static int
missing(const struct cfg *cfg, const char *key)
{
	return fail("%s: no value of '%s'", cfg->file, key);
}

static int
read_url(struct csdir *dir, const struct cfg *cfg)
{
	struct slice host = cfg_string(cfg, ADDRESS_SERVERS);
	struct slice port = cfg_string(cfg, "internaldb.ldapconn.port");

	if (host.size == 0)
		return missing(cfg, ADDRESS_SERVERS);
	if (port.size == 0)
		return missing(cfg, "internaldb.ldapconn.port");
	/* Which of them answered would make a difference to who compares. */
	dir->url = address_directory(cfg);
	return dir->url != NULL ? 0 :
	    fail("%s: " ADDRESS_SERVERS " does not name one server: '%.*s': "
		"give the URL of one", cfg->file, SLICE_ARG(host));
}

/*
 * The password.conf beside a CS.cfg or where its instance has it, else the one
 * that the CS.cfg names; off host, that path means nothing.  NULL: none.
 */
static char *
password_conf(const struct path *cs_cfg, const struct cfg *cfg)
{
	static const char *const places[] = { "password.conf",
		"../password.conf", "../conf/password.conf",
		"../../conf/password.conf", "../../password.conf" };
	struct stat st;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (path_has(cs_cfg, places[i], &st))
			return mem_printf("%s", places[i]);
	return text_of(cfg, "passwordFile");
}

/*
 * All with the rights with which the CS.cfg is read: who writes that must not
 * have root send what is in a file of root's to a server.
 */
static int
read_password(struct csdir *dir, const struct cfg *cfg)
{
	char *prompt = text_of(cfg, "internaldb.ldapauth.bindPWPrompt");
	char *file = NULL, *shown = NULL;
	struct path cs_cfg;
	int status = -1;

	if (path_find(&cs_cfg, dir->cfg, PATH_FOLLOW) < 0) {
		path_fail(&cs_cfg, "cannot open");
		goto out;
	}
	file = password_conf(&cs_cfg, cfg);
	if (file == NULL) {
		fail("%s: no password.conf of it is here: use --bind-dn",
		    cfg->file);
		goto out;
	}
	if (password_setting(&dir->options.password, &cs_cfg, file,
		prompt != NULL ? prompt : "internaldb") < 0)
		goto out;
	if (dir->options.password.size == 0) {
		shown = path_shown_beside(&cs_cfg, file);
		fail("%s: the password of the directory is empty", shown);
		goto out;
	}
	status = 0;
out:
	path_release(&cs_cfg);
	free(prompt);
	free(file);
	free(shown);
	return status;
}

static int
read_bind(struct csdir *dir, const struct cfg *cfg)
{
	struct slice authtype =
	    cfg_string(cfg, "internaldb.ldapauth.authtype");

	if (authtype.size != 0 &&
	    !slice_equal(authtype, slice_of("BasicAuth")))
		return fail("%s: the server binds by '%.*s': use --bind-dn, or "
			    "--mechanism=EXTERNAL with --cert-file",
		    cfg->file, SLICE_ARG(authtype));
	dir->bind_dn = text_of(cfg, "internaldb.ldapauth.bindDN");
	if (dir->bind_dn == NULL)
		return missing(cfg, "internaldb.ldapauth.bindDN");
	dir->options.bind_dn = dir->bind_dn;
	return read_password(dir, cfg);
}

static int
take_cfg(struct csdir *dir, const struct cfg *cfg)
{
	int status = read_url(dir, cfg);

	if (status == 0 && dir->options.bind_dn == NULL &&
	    dir->options.mechanism == NULL)
		status = read_bind(dir, cfg);
	if (dir->options.base == NULL) {
		dir->suffix = text_of(cfg, "internaldb.basedn");
		dir->options.base = dir->suffix;
	}
	if (status == 0 && dir->options.base == NULL)
		status = missing(cfg, "internaldb.basedn");
	return status;
}

static int
read_cfg(struct csdir *dir)
{
	dir->read = cfg_read(dir->cfg);
	if (dir->read == NULL)
		return -1;
	if (cfg_string(dir->read, "cs.type").at == NULL &&
	    cfg_string(dir->read, ADDRESS_SERVERS).at == NULL &&
	    cfg_string(dir->read, "internaldb.basedn").at == NULL)
		return fail("%s: not in a known form: give %s", dir->cfg,
		    dir->options.forms);
	return take_cfg(dir, dir->read);
}

static int
find_cfg(struct csdir *dir, const char *operand, const char *subsystem)
{
	if (source_is_url(operand) || !csdir_is_server(operand))
		return 0;
	dir->cfg = locate_cfg(operand, subsystem);
	return dir->cfg != NULL ? read_cfg(dir) : -1;
}

static void
begin(struct csdir *dir, const struct ldapopt *options)
{
	*dir = (struct csdir){ .options = *options };
	/* The password in it is theirs. */
	dir->options.password = (struct secret){ NULL, 0 };
	if (dir->options.forms == NULL)
		dir->options.forms = CSDIR_FORMS;
	if (options->password.at != NULL)
		secret_set(&dir->options.password,
		    secret_slice(&options->password));
}

static int
end(struct csdir *dir)
{
	const bool names_server = dir->url != NULL;

	dir->base = dir->options.base;
	if (dir->source == NULL)
		csdir_close(dir);
	dir->names_server = names_server;
	return dir->source != NULL ? 0 : -1;
}

int
csdir_open(struct csdir *dir, const char *operand, const char *subsystem,
    const struct ldapopt *options)
{
	begin(dir, options);
	if (find_cfg(dir, operand, subsystem) == 0)
		dir->source = source_open(dir->url != NULL ? dir->url :
		    operand, &dir->options);
	return end(dir);
}

int
csdir_open_cfg(struct csdir *dir, const struct cfg *cfg,
    const struct ldapopt *options)
{
	begin(dir, options);
	dir->cfg = mem_dup(cfg->file, strlen(cfg->file));
	if (take_cfg(dir, cfg) == 0)
		dir->source = source_open(dir->url, &dir->options);
	return end(dir);
}

void
csdir_close(struct csdir *dir)
{
	source_close(dir->source);
	secret_release(&dir->options.password);
	cfg_free(dir->read);
	free(dir->cfg);
	free(dir->url);
	free(dir->bind_dn);
	free(dir->suffix);
	*dir = (struct csdir){ 0 };
}
