/* SPDX-License-Identifier: MIT */
#include "check/livecrl.h"

#include <stdlib.h>
#include <unistd.h>

#include "check/clonerole.h"
#include "check/crlagainst.h"
#include "pki/crlnumber.h"
#include "pki/issuing.h"
#include "pki/role.h"
#include "util/mem.h"

/* The maker's directory, or that of a clone, which has the same. */
static struct csdir *
choose(struct liveset *live, const struct cfg *maker)
{
	struct csdir *any = NULL;

	for (size_t i = 0; i < live->set->count; i++) {
		struct liveset_side *side = &live->side[i];

		if (side->dir.source != NULL &&
		    (any == NULL || side->is->cfg == maker))
			any = &side->dir;
	}
	return any;
}

static int
compare(struct liveset *live, const struct cfg *maker, struct csdir *dir,
    const char *point, int fd, const char *name)
{
	struct crlagainst a = { 0 };
	/* The findings' places name it, and last longer. */
	struct crl *crl = crl_open(fd,
	    arena_copy(&live->found->arena, slice_of(name)).at);
	int status = -1;

	if (crl != NULL && crlagainst_begin(&a, crl, maker, point) == 0 &&
	    crlagainst_run(&a, dir, NULL, NULL) == 0) {
		crlagainst_find(live->found, &a, point);
		status = 0;
	}
	crlagainst_end(&a);
	crl_free(crl);
	return status;
}

static int
check_point(struct liveset *live, const struct cfg *maker, struct csdir *dir,
    const char *point)
{
	char *name;
	int fd, status = crldir_open(dir, point, &fd, &name);

	if (status > 0)
		status = compare(live, maker, dir, point, fd, name);
	else if (status == 0)
		findings_add(live->found,
		    (struct findings_place){ maker->file, 0 },
		    "crl-none", "%s: no CRL in the directory", name);
	if (fd >= 0)
		close(fd);
	free(name);
	return status;
}

int
livecrl_check(struct liveset *live)
{
	const struct cfg *maker = clonerole_crl_master(live->set);
	struct csdir *dir;
	struct issuing points;
	int status = 0;

	if (maker == NULL || (dir = choose(live, maker)) == NULL)
		return 0;
	issuing_find(&points, maker);
	for (size_t i = 0; i < points.count && status == 0; i++) {
		char *point = mem_dup(points.name[i].at, points.name[i].size);

		if (issuing_makes(maker, points.name[i]))
			status = check_point(live, maker, dir, point);
		free(point);
	}
	issuing_release(&points);
	return status;
}
