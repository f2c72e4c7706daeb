/* SPDX-License-Identifier: MIT */
#include "util/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/parallel.h"

#define NOBODY 65534

/* The owners found so far, and the process's own rights. */
static struct owner *known, own;
static bool entered;
static int dumpable;

static char *
group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return group != NULL ? mem_printf("%s", group->gr_name) :
			       mem_printf("%ju", (uintmax_t)gid);
}

static void
take_groups(struct owner *owner)
{
	int room = 64;

	do {
		owner->count = room;
		owner->groups = mem_realloc(owner->groups, (size_t)room,
		    sizeof *owner->groups);
	} while (getgrouplist(owner->name, owner->gid, owner->groups,
		     &owner->count) < 0 && (room = owner->count) > 0);
}

static struct owner *
look_up(uid_t uid, gid_t gid)
{
	struct owner *owner = mem_zalloc(1, sizeof *owner);
	const struct passwd *entry = getpwuid(uid);

	owner->uid = uid;
	owner->gid = gid;
	if (entry != NULL) {
		owner->gid = entry->pw_gid;
		owner->name = mem_printf("%s", entry->pw_name);
		take_groups(owner);
	} else {
		owner->name = mem_printf("%ju", (uintmax_t)uid);
		/* A directory that root made and gave away has root's. */
		if (gid == 0)
			owner->gid = NOBODY;
	}
	owner->group = group_name(owner->gid);
	return owner;
}

/* EINVAL: the uid or gid is not mapped in this user namespace; EPERM: we may
 * not take another's there, or have lost the right to. */
static bool
is_usable(const struct owner *owner)
{
	if (owner_enter(owner) < 0)
		return errno != EINVAL && errno != EPERM;
	owner_leave();
	return true;
}

const struct owner *
owner_find(uid_t uid, gid_t gid)
{
	struct owner *owner = known;

	while (owner != NULL && owner->uid != uid)
		owner = owner->next;
	if (owner == NULL) {
		owner = look_up(uid, gid);
		owner->usable = is_usable(owner);
		owner->next = known;
		known = owner;
	}
	return owner->usable ? owner : NULL;
}

static void
remember_own(void)
{
	if (own.groups != NULL)
		return;
	own.uid = geteuid();
	own.gid = getegid();
	own.count = getgroups(0, NULL);
	if (own.count < 0)
		own.count = 0;
	own.groups = mem_zalloc((size_t)own.count + 1, sizeof *own.groups);
	own.count = getgroups(own.count, own.groups);
	if (own.count < 0)
		die("cannot find out the groups of this process: %s",
		    strerror(errno));
}

/* How much of the owner's rights was taken: groups, gid, uid, in this order. */
enum { NOTHING, GROUPS, GID, ALL };

static int
take_rights(const struct owner *owner)
{
	int taken = NOTHING;

	if (setgroups((size_t)owner->count, owner->groups) == 0)
		taken = GROUPS;
	if (taken == GROUPS &&
	    setresgid((gid_t)-1, owner->gid, (gid_t)-1) == 0)
		taken = GID;
	if (taken == GID && setresuid((uid_t)-1, owner->uid, (uid_t)-1) == 0)
		taken = ALL;
	return taken;
}

/* The uid comes first: only root may change the rest. */
static int
take_own_back(int taken)
{
	if ((taken >= ALL && setresuid((uid_t)-1, own.uid, (uid_t)-1) < 0) ||
	    (taken >= GID && setresgid((gid_t)-1, own.gid, (gid_t)-1) < 0) ||
	    (taken >= GROUPS &&
		setgroups((size_t)own.count, own.groups) < 0))
		return -1;
	/* A change of the effective ids sets this to the system's default,
	 * which may allow a core file: secret.h decided otherwise. */
	if (dumpable == 0 || dumpable == 1)
		prctl(PR_SET_DUMPABLE, dumpable);
	return 0;
}

static void
leave(int taken)
{
	const int error = errno;

	if (take_own_back(taken) < 0)
		die("cannot take back the rights of root: %s",
		    strerror(errno));
	errno = error;
}

int
owner_enter(const struct owner *owner)
{
	int taken;

	if (owner == NULL)
		return 0;
	if (entered || parallel_is_running())
		die("internal error: rights are changed while others use them");
	remember_own();
	dumpable = prctl(PR_GET_DUMPABLE);
	taken = take_rights(owner);
	entered = taken == ALL;
	if (!entered)
		leave(taken);
	return entered ? 0 : -1;
}

void
owner_leave(void)
{
	if (!entered)
		return;
	entered = false;
	leave(ALL);
}

/* glibc's own calls change all threads, by signals: not for a handler. */
#ifdef SYS_setresuid32
#define SETGROUPS SYS_setgroups32
#define SETRESGID SYS_setresgid32
#define SETRESUID SYS_setresuid32
#else
#define SETGROUPS SYS_setgroups
#define SETRESGID SYS_setresgid
#define SETRESUID SYS_setresuid
#endif

bool
owner_drop(const struct owner *owner)
{
	if (owner == NULL)
		return true;
	/* The first two are refused where the rights are the owner's already,
	 * whom they would change nothing for. */
	if (syscall(SETGROUPS, owner->count, owner->groups) < 0 &&
	    geteuid() != owner->uid)
		return false;
	if (syscall(SETRESGID, -1, owner->gid, -1) < 0 &&
	    geteuid() != owner->uid)
		return false;
	syscall(SETRESUID, -1, owner->uid, -1);
	return geteuid() == owner->uid;
}
