/* SPDX-License-Identifier: MIT */
#include "check/lint.h"

#include <stdlib.h>

#include "check/lintcert.h"
#include "check/lintconn.h"
#include "check/lintinstall.h"
#include "check/lintrange.h"
#include "check/lintread.h"
#include "check/lintrole.h"
#include "check/lintvalue.h"

/* By line; of one line, errors first, and then by code. */
static int
compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->is->level != y->is->level)
		return x->is->level > y->is->level ? -1 : 1;
	if (x->is != y->is)
		return strcmp(x->is->code, y->is->code);
	return strcmp(x->text, y->text);
}

void
lint_check(struct lintfile *l)
{
	static void (*const checks[])(struct lintfile *) = { lintread_check,
		lintvalue_check, lintinstall_check, lintrole_check,
		lintrange_check, lintconn_check, lintcert_check };
	size_t before = l->found->count;

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](l);
	if (l->found->count > before)
		qsort(l->found->item + before, l->found->count - before,
		    sizeof *l->found->item, compare);
}
