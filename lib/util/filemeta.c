/* SPDX-License-Identifier: MIT */
#include "util/filemeta.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"

#define ACL "system.posix_acl_access"
#define LIST_ROOM ((size_t)64 * 1024) /* XATTR_LIST_MAX */

/* The kernel makes the first two from the contents, and takes the third away
 * when the contents change; a copy would be wrong. */
static bool
is_of_contents(const char *attribute)
{
	return strcmp(attribute, "security.ima") == 0 ||
	    strcmp(attribute, "security.evm") == 0 ||
	    strcmp(attribute, "security.capability") == 0;
}

static bool
has_same(int fd, const char *attribute, const char *value, size_t size)
{
	char *mine = mem_alloc(size);
	bool same = fgetxattr(fd, attribute, mine, size) == (ssize_t)size &&
	    memcmp(mine, value, size) == 0;

	free(mine);
	return same;
}

static int
copy_attribute(int fd, int from, const char *attribute, const char *path)
{
	ssize_t size = fgetxattr(from, attribute, NULL, 0);
	char *value = mem_alloc(size > 0 ? (size_t)size : 1);
	int status = 0;

	if (size < 0)
		goto cannot;
	size = fgetxattr(from, attribute, value, (size_t)size);
	if (size < 0)
		goto cannot;
	/* Setting a label is a right of its own: not asked for if needless. */
	if (!has_same(fd, attribute, value, (size_t)size) &&
	    fsetxattr(fd, attribute, value, (size_t)size, 0) < 0)
		goto cannot;
out:
	free(value);
	return status;
cannot:
	status = fail_errno("cannot keep '%s' of '%s'", attribute, path);
	goto out;
}

static int
copy_attributes(int fd, int from, const char *path)
{
	char *list = mem_alloc(LIST_ROOM);
	ssize_t size = flistxattr(from, list, LIST_ROOM);
	bool acl = false;
	int status = 0;

	if (size < 0 && errno != ENOTSUP)
		status = fail_errno("cannot list the attributes of '%s'", path);
	for (char *a = list; status == 0 && a < list + size;
	     a += strlen(a) + 1) {
		if (is_of_contents(a))
			continue;
		acl = acl || strcmp(a, ACL) == 0;
		status = copy_attribute(fd, from, a, path);
	}
	/* A directory's default ACL is not the file's. */
	if (status == 0 && !acl && fremovexattr(fd, ACL) < 0 &&
	    errno != ENODATA && errno != ENOTSUP)
		status = fail_errno("cannot keep '%s' of '%s'", ACL, path);
	free(list);
	return status;
}

int
filemeta_copy(int fd, int from, const char *path)
{
	struct stat old, new;

	if (fstat(from, &old) < 0 || fstat(fd, &new) < 0)
		return fail_errno("cannot read owner and mode of '%s'", path);
	/* Owner before mode: chown() may clear mode bits. */
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(fd, old.st_uid, old.st_gid) < 0)
		return fail_errno("cannot keep owner %u and group %u of '%s'",
		    old.st_uid, old.st_gid, path);
	if (copy_attributes(fd, from, path) < 0)
		return -1;
	if (fchmod(fd, old.st_mode & 07777) < 0)
		return fail_errno("cannot keep the mode of '%s'", path);
	return 0;
}
