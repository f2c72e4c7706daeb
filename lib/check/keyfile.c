/* SPDX-License-Identifier: MIT */
#include "check/keyfile.h"

#include <endian.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/path.h"

#define PKIUSER "pkiuser"

int
keyfile_user_find(struct keyfile_user *user, const char *name)
{
	const struct passwd *entry = getpwnam(name != NULL ? name : PKIUSER);
	const struct group *group;
	gid_t primary;

	*user = (struct keyfile_user){ 0 };
	if (entry == NULL)
		return name == NULL ? 0 : fail("no such user: '%s'", name);
	user->uid = entry->pw_uid;
	user->name = mem_dup(entry->pw_name, strlen(entry->pw_name));
	primary = entry->pw_gid;
	group = getgrgid(primary);
	user->group = group != NULL ?
	    mem_dup(group->gr_name, strlen(group->gr_name)) :
	    mem_printf("%u", primary);
	user->gids = 64;
	user->gid = mem_alloc((size_t)user->gids * sizeof *user->gid);
	while (getgrouplist(user->name, primary, user->gid, &user->gids) < 0)
		user->gid = mem_realloc(user->gid, (size_t)user->gids,
		    sizeof *user->gid);
	return 0;
}

void
keyfile_user_release(struct keyfile_user *user)
{
	free(user->name);
	free(user->group);
	free(user->gid);
	*user = (struct keyfile_user){ 0 };
}

static bool
is_in(const struct keyfile_user *user, gid_t gid)
{
	for (int i = 0; i < user->gids; i++)
		if (user->gid[i] == gid)
			return true;
	return false;
}

/* The value of system.posix_acl_access (linux/posix_acl_xattr.h), all little
 * endian: the version, 2, then entries. */
struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
};
struct acl {
	uint32_t version;
	struct acl_entry entry[128];
};
enum { ACL_USER = 0x02, ACL_GROUP_OBJ = 0x04, ACL_GROUP = 0x08 };

/* POSIX 1003.1e draft 17, 23.1.5, for who is not the owner: the entry of this
 * user, or any of a group of his, or else what all others may. */
static bool
acl_allows(const struct acl *acl, size_t entries, const struct stat *st,
    const struct keyfile_user *user, unsigned may)
{
	unsigned mask = (st->st_mode >> 3) & 7; /* of a file with an ACL */
	bool named = false, allowed = false;

	for (size_t i = 0; i < entries; i++) {
		const struct acl_entry *e = &acl->entry[i];
		unsigned tag = le16toh(e->tag);
		bool may_it = (le16toh(e->perm) & mask & may) == may;

		if (tag == ACL_USER && le32toh(e->id) == user->uid)
			return may_it;
		if ((tag == ACL_GROUP && is_in(user, le32toh(e->id))) ||
		    (tag == ACL_GROUP_OBJ && is_in(user, st->st_gid))) {
			named = true;
			allowed = allowed || may_it;
		}
	}
	return named ? allowed : (st->st_mode & may) == may;
}

/* may: 4 to read, 1 to pass. */
static bool
may_access(int fd, const struct stat *st, const struct keyfile_user *user,
    unsigned may)
{
	struct acl acl;
	ssize_t size = fgetxattr(fd, "system.posix_acl_access", &acl,
	    sizeof acl);

	if (user->uid == 0)
		return true;
	if (st->st_uid == user->uid)
		return ((st->st_mode >> 6) & may) == may;
	if (size > (ssize_t)sizeof acl.version)
		return acl_allows(&acl, ((size_t)size - sizeof acl.version) /
		    sizeof *acl.entry, st, user, may);
	if (is_in(user, st->st_gid))
		return ((st->st_mode >> 3) & may) == may;
	return (st->st_mode & may) == may;
}

struct check {
	struct path path;
	int fd;
	struct stat st;
	const struct keyfile_user *user;
	struct findings *found;
	struct findings_place at;
};

static void
mend_there(const struct check *c, const char *command, const char *file)
{
	struct buf mend = { 0 };

	path_put_command(&mend, &c->path, command, file);
	findings_fix(c->found, "%.*s", SLICE_ARG(buf_slice(&mend)));
	buf_release(&mend);
}

static void
check_owner(struct check *c)
{
	const struct keyfile_user *user = c->user;

	if (user->name == NULL || may_access(c->fd, &c->st, user, 4))
		return;
	findings_add(c->found, c->at, "unreadable",
	    "%s cannot read the file (owner %u:%u, mode %04o), and the "
	    "server imports no keys", user->name,
	    c->st.st_uid, c->st.st_gid, c->st.st_mode & 07777);
	if (c->st.st_uid == user->uid)
		mend_there(c, "chmod u+r", c->at.file);
	else
		findings_fix(c->found, "chown -h %s:%s %s", user->name,
		    user->group, findings_word(c->found, c->at.file));
}

/* Whether the user may pass is not known of a directory that cannot be
 * opened. */
static bool
may_pass(const char *directory, const struct keyfile_user *user)
{
	int fd = path_open_directory(directory);
	struct stat st;
	bool may = fd < 0 || fstat(fd, &st) < 0 || may_access(fd, &st, user, 1);

	if (fd >= 0)
		close(fd);
	return may;
}

/* The server goes by name through all directories above. */
static void
check_directories(struct check *c)
{
	char *above = mem_dup(c->path.real, strlen(c->path.real)), *slash;
	char *command;

	while (c->user->name != NULL &&
	    (slash = strrchr(above, '/')) != NULL && slash != above) {
		*slash = '\0';
		if (may_pass(above, c->user))
			continue;
		findings_add(c->found, c->at, "unreachable",
		    "%s cannot pass the directory '%s', and the server imports "
		    "no keys", c->user->name, above);
		command = mem_printf("setfacl -m u:%s:x", c->user->name);
		mend_there(c, command, above);
		free(command);
	}
	free(above);
}

static void
check_mode(struct check *c)
{
	unsigned mode = c->st.st_mode & 07777;
	const struct group *group;
	char gid[16];

	if ((mode & 07) != 0) {
		findings_add(c->found, c->at,
		    "open-to-all", "the file holds private keys, and every "
		    "user may %s it (mode %04o)",
		    (mode & 02) != 0 ? "write" : "read", mode);
		mend_there(c, "chmod o=", c->at.file);
	}
	if ((mode & 060) == 0 || c->st.st_gid == 0 || (c->user->name != NULL &&
		is_in(c->user, c->st.st_gid)))
		return;
	group = getgrgid(c->st.st_gid);
	snprintf(gid, sizeof gid, "%u", c->st.st_gid);
	findings_add(c->found, c->at, "open-to-group",
	    "the file holds private keys, and the group %s may %s it (mode "
	    "%04o)",
	    group != NULL ? group->gr_name : gid,
	    (mode & 020) != 0 ? "write" : "read", mode);
	mend_there(c, "chmod g=", c->at.file);
}

/* The type and the level: of "system_u:object_r:pki_tomcat_cert_t:s0", what
 * policies go by.  A new string; NULL: no label. */
static char *
label_of(int fd)
{
	char label[512], *colon;
	ssize_t size = fgetxattr(fd, "security.selinux", label,
	    sizeof label - 1);

	if (size <= 0)
		return NULL;
	label[size] = '\0';
	colon = strchr(label, ':');
	if (colon != NULL)
		colon = strchr(colon + 1, ':');
	return colon != NULL ? mem_dup(colon + 1, strlen(colon + 1)) : NULL;
}

/* The label of a file in the same directory: likewise. */
static char *
label_beside(const struct path *path, const char *name)
{
	int fd = path_openat(path, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
	    0);
	char *label = fd >= 0 ? label_of(fd) : NULL;

	if (fd >= 0)
		close(fd);
	return label;
}

static void
check_label(struct check *c)
{
	static const char *const names[] = { "cert9.db", "cert8.db" };
	char *should = NULL, *is;
	const char *name = NULL;

	for (size_t i = 0; should == NULL && i < sizeof names / sizeof *names;
	     i++) {
		name = names[i];
		should = label_beside(&c->path, name);
	}
	is = should != NULL ? label_of(c->fd) : NULL;
	if (should != NULL && (is == NULL || strcmp(is, should) != 0)) {
		findings_add(c->found, c->at, "label",
		    "the SELinux label is %s, and that of %s in the same "
		    "directory is %s: the policy may forbid the server to "
		    "read the file",
		    is != NULL ? is : "absent", name, should);
		mend_there(c, "restorecon -v", c->at.file);
	}
	free(is);
	free(should);
}

int
keyfile_check(const char *path, const struct keyfile_user *user,
    struct findings *found)
{
	struct check c = { .fd = -1, .user = user, .found = found,
		.at = { path, 0 } };
	int status = 0;

	if (path_find(&c.path, path, PATH_FOLLOW) < 0 ||
	    path_stat(&c.path, &c.st) < 0) {
		status = path_fail(&c.path, "cannot look at");
		goto out;
	}
	/* A pipe is nobody else's. */
	if (!S_ISREG(c.st.st_mode) || c.path.in_proc)
		goto out;
	c.fd = path_open_regular(&c.path);
	if (c.fd < 0 || fstat(c.fd, &c.st) < 0) {
		status = -1;
		goto out;
	}
	check_owner(&c);
	check_directories(&c);
	check_mode(&c);
	check_label(&c);
out:
	if (c.fd >= 0)
		close(c.fd);
	path_release(&c.path);
	return status;
}
