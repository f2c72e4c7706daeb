/* SPDX-License-Identifier: MIT */
#include "check/bundlefile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "check/bundletags.h"
#include "check/keyfile.h"
#include "util/mem.h"
#include "util/password.h"
#include "util/path.h"
#include "util/slurp.h"

struct commands {
	char *export, *rekey, *alias; /* parts of commands that mend */
};

/* How the bundle was, or should have been, made: of an instance, when one is
 * given, or of a database that the reader knows. */
static void
find_commands(
    struct commands *c, const struct bundlefile *p, struct findings *f)
{
	const char *file = findings_word(f, p->file);
	const char *from =
	    p->operand != NULL ? findings_word(f, p->operand) : NULL;
	char *password =
	    p->password_file != NULL
		? mem_printf("-w %s ", findings_word(f, p->password_file))
		: mem_dup("", 0);

	if (from != NULL && p->tags != NULL && path_is_directory(p->operand)) {
		c->alias = mem_printf("%s/alias", p->operand);
		c->export = mem_printf("p12export --force %s-o %s %s %s",
		    password, file, from, p->tags->subsystem);
		c->rekey = mem_printf("nssls --keys %s | cfgrekey "
				      "--subsystem=%s -i %s",
		    from, p->tags->subsystem, from);
	} else {
		c->alias = mem_dup("alias", strlen("alias"));
		c->export = mem_printf("p12export --force %s-o %s %s%s%s"
				       "-d alias",
		    password, file, from != NULL ? "--clone-of " : "",
		    from != NULL ? from : "", from != NULL ? " " : "");
		c->rekey = mem_printf("nssls --keys alias | cfgrekey -i %s",
		    from != NULL ? from : "CS.cfg");
	}
	free(password);
}

static void
check_contents(const struct bundlefile *p, const struct bundle *bundle,
    struct findings *found)
{
	static const struct tags none;
	struct commands c;
	struct bundletags want = { .bundle = bundle,
		.cfg = p->cfg,
		.tags = p->tags != NULL ? p->tags : &none,
		.now = time(NULL) };

	find_commands(&c, p, found);
	want.export = c.export;
	want.rekey = c.rekey;
	want.alias = c.alias;
	if (p->expires_within >= 0)
		want.soon = want.now + 86400 * (int64_t)p->expires_within;
	bundletags_check(&want, found);
	bundle_check(bundle, c.export, found);
	free(c.export);
	free(c.rekey);
	free(c.alias);
}

static int
check_file(const struct bundlefile *p, struct findings *found)
{
	struct keyfile_user user;
	int status;

	if (strcmp(p->file, "-") == 0)
		return 0;
	if (keyfile_user_find(&user, p->user) < 0)
		return -1;
	status = keyfile_check(p->file, &user, found);
	keyfile_user_release(&user);
	return status;
}

static int
read_password(
    const struct bundlefile *p, const struct p12 *p12, struct secret *password)
{
	char *prompt;
	int status;

	if (p->password_file != NULL)
		return password_first_line(password, p->password_file);
	prompt = mem_printf("Password of %s", p12->file);
	status = password_ask(password, prompt, false);
	free(prompt);
	return status == 0
		   ? 0
		   : fail(
			 "%s: no terminal to ask for its password on (-w FILE)",
			 p12->file);
}

/* Without a MAC, that a key opens shows that the password is right. */
static int
check_bundle(
    const struct bundlefile *p, struct p12 *p12, struct findings *found)
{
	struct secret password = { 0 };
	struct bundle bundle;
	int status = -1;

	if (read_password(p, p12, &password) == 0 &&
	    (p12->mac == P12_NO_MAC ||
		p12_check_mac(p12, secret_slice(&password)) == 0) &&
	    p12_open(p12, secret_slice(&password)) == 0 &&
	    bundle_load(&bundle, p12, secret_slice(&password)) == 0) {
		check_contents(p, &bundle, found);
		bundle_release(&bundle);
		status = 0;
	}
	secret_release(&password);
	return status;
}

int
bundlefile_check(const struct bundlefile *b, struct findings *found)
{
	struct slice text;
	struct p12 *p12;
	int status = -1;
	char *bytes;

	if (slurp(b->file, P12_LIMIT, &bytes, &text.size) < 0)
		return -1;
	text.at = bytes;
	p12 = p12_parse(slurp_name(b->file), text, b->most_rounds);
	if (p12 != NULL && check_bundle(b, p12, found) == 0)
		status = check_file(b, found);
	p12_free(p12);
	secret_free(bytes, text.size);
	return status;
}
