/* SPDX-License-Identifier: MIT */
#include "check/liveplan.h"

static int
count_one(void *arg, const struct entry *entry)
{
	(void)entry;
	++*(size_t *)arg;
	return 0;
}

static int
count(struct csdir *dir, size_t *entries)
{
	static const char *const none[] = { "1.1", NULL };
	const struct source_query query = { .attributes = none,
		.absent_is_empty = true };

	*entries = 0;
	return liveset_search(dir, &query, count_one, entries);
}

static void
add(struct liveset *live, const char *code, const char *what)
{
	findings_add(live->found, plan_at(live->plan, live->ds.line),
	    code, "'%s' is %s %s", live->planned.base, what,
	    source_name(live->planned.source));
}

/* It would take away what is there [pkispawn's setup_database]. */
static void
check_absent(struct liveset *live, size_t entries)
{
	if (entries == 0)
		return;
	add(live, "plan-suffix-there",
	    plan_is_off(live->plan, "pki_ds_remove_data") ?
		"there already, where pkispawn stops: at" :
		"there already, and pkispawn would remove it: at");
}

static int
check_present(struct liveset *live, size_t entries)
{
	const struct plan *plan = live->plan;
	size_t own;

	if (entries == 0) {
		add(live, "plan-suffix-missing",
		    "to be replicated already, and is not at");
		return 0;
	}
	if (plan_sets_up_ds(plan) &&
	    !plan_is_off(plan, "pki_ds_create_new_db"))
		add(live, "plan-suffix-lost",
		    "made anew without pki_ds_setup=False or "
		    "pki_ds_create_new_db=False: pkispawn would remove the "
		    "replica at");
	if (count(&live->side[0].dir, &own) < 0)
		return -1;
	if (own == entries)
		return 0;
	findings_add(live->found, plan_at(plan, live->ds.line),
	    "plan-suffix-differs",
	    "%zu entries of '%s' at %s, and %zu at %s", entries,
	    live->planned.base, source_name(live->planned.source), own,
	    source_name(live->side[0].dir.source));
	findings_fix(live->found, "ldapcmp %s %s",
	    findings_word(live->found, source_name(live->side[0].dir.source)),
	    findings_word(live->found, source_name(live->planned.source)));
	return 0;
}

int
liveplan_check(struct liveset *live)
{
	size_t entries;

	if (live->planned.source == NULL)
		return 0;
	if (count(&live->planned, &entries) < 0)
		return -1;
	if (!plan_replicates(live->plan))
		return check_present(live, entries);
	check_absent(live, entries);
	return 0;
}
