/* SPDX-License-Identifier: MIT */
#include "pki/suffix.h"

#include <stdlib.h>

#include "dir/dn.h"
#include "pki/address.h"
#include "pki/locate.h"
#include "util/mem.h"

#define SUFFIX "internaldb.basedn"
#define DATABASE "internaldb.database"
#define USER "internaldb.ldapauth.bindDN"

/* FreeIPA's suffix of all of its Dogtag. */
#define IPA "o=ipaca"

/* The normal form of a name; empty where it is none. */
static struct buf
name_of(struct slice dn)
{
	struct buf name = { 0 };

	if (dn.size == 0 || dn_normalise(dn, &name) < 0)
		name.size = 0;
	return name;
}

/* Proper, both known. */
static bool
is_below(const struct buf *name, const struct buf *base)
{
	return name->size != 0 && base->size != 0 &&
	       dn_depth(buf_slice(name), buf_slice(base)) > 0;
}

/* In 11.6 and later, cs.type is not in the file. */
static bool
is_type(const struct cfg *cfg, const struct cfg *other)
{
	return strcmp(setting_subsystem_of(cfg), setting_subsystem_of(other)) ==
	       0;
}

static char *
inside(const struct cfg *cfg, struct slice base, const char *what)
{
	const struct slice own = cfg_string(cfg, SUFFIX);
	const struct slice database = cfg_string(cfg, DATABASE);

	return mem_printf("its suffix '%.*s' (database '%.*s') is inside of "
			  "'%.*s', %s",
	    SLICE_ARG(own), SLICE_ARG(database), SLICE_ARG(base), what);
}

/* The other subsystem has the database, too, or the suffix above. */
static char *
by_other(const struct cfg *cfg, const struct buf *own, const struct cfg *other)
{
	struct slice base = cfg_string(other, SUFFIX);
	const struct slice database = cfg_string(cfg, DATABASE);
	struct buf name;
	bool same, above, below;
	char *text = NULL, *what;

	if (other == cfg || is_type(cfg, other) ||
	    !address_same_server(cfg, other))
		return NULL;
	name = name_of(base);
	same = database.size != 0 &&
	       slice_equal_nocase(database, cfg_string(other, DATABASE));
	above = is_below(own, &name);
	below = is_below(&name, own);
	what = mem_printf("that of the subsystem '%s' in %s",
	    setting_subsystem_of(other), other->file);
	if (above)
		text = inside(cfg, base, what);
	else if (same && !below)
		text = mem_printf("its database '%.*s' has '%.*s', too, %s",
		    SLICE_ARG(database), SLICE_ARG(base), what);
	free(what);
	buf_release(&name);
	return text;
}

/* What is behind the first two parts of uid=pkidbuser,ou=people,SUFFIX. */
static struct slice
suffix_of_user(struct slice user)
{
	return dn_parent(dn_parent(user));
}

static char *
by_user(const struct cfg *cfg, const struct buf *own)
{
	struct buf user = name_of(cfg_string(cfg, USER));
	struct buf base = { 0 };
	char *text = NULL;

	if (user.size != 0)
		buf_add(&base, suffix_of_user(buf_slice(&user)));
	if (is_below(own, &base))
		text = inside(cfg, buf_slice(&base),
		    "where the user is that it binds as");
	buf_release(&base);
	buf_release(&user);
	return text;
}

static char *
by_name(const struct cfg *cfg, bool ipa)
{
	const struct slice database = cfg_string(cfg, DATABASE);

	if (ipa)
		return mem_printf("its suffix '%.*s' is FreeIPA's, which "
				  "replicates it",
		    SLICE_ARG(cfg_string(cfg, SUFFIX)));
	if (slice_equal_nocase(database, slice_of("userRoot")))
		return mem_printf("its database '%.*s' is the Directory "
				  "Server's own first one",
		    SLICE_ARG(database));
	return NULL;
}

static const char *
command_of(const struct cfg *cfg)
{
	static const char *const commands[][2] = {
		{ "ca", "ipa-ca-install" },
		{ "kra", "ipa-kra-install" },
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(setting_subsystem_of(cfg), commands[i][0]) == 0)
			return commands[i][1];
	return NULL;
}

bool
suffix_find_owner(struct suffix_owner *owner, const struct cfg *cfg,
    struct cfg *const *other, size_t others)
{
	struct buf own = name_of(cfg_string(cfg, SUFFIX));
	char *text = NULL;

	*owner = (struct suffix_owner){ .ipa = own.size != 0 &&
					       dn_within(buf_slice(&own),
						   slice_of(IPA)) };
	for (size_t i = 0; i < others && text == NULL; i++)
		text = by_other(cfg, &own, other[i]);
	if (text == NULL)
		text = by_user(cfg, &own);
	if (text == NULL)
		text = by_name(cfg, owner->ipa);
	owner->text = text;
	if (owner->ipa)
		owner->command = command_of(cfg);
	buf_release(&own);
	return text != NULL;
}

void
suffix_owner_release(struct suffix_owner *owner)
{
	free(owner->text);
	*owner = (struct suffix_owner){ 0 };
}

/* The same file is found from several directories above it. */
static bool
is_known(const struct suffix_others *others, const char *file)
{
	for (size_t i = 0; i < others->count; i++)
		if (strcmp(others->path[i], file) == 0)
			return true;
	return false;
}

/* That of one more subsystem, if the directory has it. */
static int
add_one(struct suffix_others *others, const char *directory, const char *name,
    const char *path)
{
	char *file;
	struct cfg *cfg;

	if (!locate_has_cfg(directory, name))
		return 0;
	file = locate_cfg(directory, name);
	if (file == NULL)
		return -1;
	if (strcmp(file, path) == 0 || is_known(others, file)) {
		free(file);
		return 0;
	}
	cfg = cfg_read_found(file);
	if (cfg == NULL) {
		free(file);
		return -1;
	}
	others->path[others->count] = file;
	others->cfg[others->count++] = cfg;
	return 0;
}

static int
add(struct suffix_others *others, const char *directory, const char *path)
{
	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++)
		if (add_one(others, directory, setting_subsystem[i], path) < 0)
			return -1;
	return 0;
}

/* The path without its last components. */
static char *
above(const char *path, int levels)
{
	const char *end = path + strlen(path);

	while (levels-- > 0) {
		while (end > path && end[-1] != '/')
			end--;
		while (end > path + 1 && end[-1] == '/')
			end--;
	}
	return end == path ? mem_printf("%s", ".")
			   : mem_dup(path, (size_t)(end - path));
}

/* Of DIR/conf/SUB/CS.cfg and DIR/SUB/CS.cfg it is two or three levels above; of
 * flat copies, one. */
int
suffix_read_others(struct suffix_others *others, const char *path)
{
	char *last = NULL;
	int status = 0;

	*others = (struct suffix_others){ 0 };
	if (strcmp(path, "-") == 0)
		return 0;
	for (int levels = 1; levels <= SUFFIX_LEVELS && status == 0; levels++) {
		char *directory = above(path, levels);

		if (last == NULL || strcmp(directory, last) != 0)
			status = add(others, directory, path);
		free(last);
		last = directory;
	}
	free(last);
	if (status < 0)
		suffix_others_release(others);
	return status;
}

void
suffix_others_release(struct suffix_others *others)
{
	for (size_t i = 0; i < others->count; i++) {
		cfg_free(others->cfg[i]);
		free(others->path[i]);
	}
	*others = (struct suffix_others){ 0 };
}
