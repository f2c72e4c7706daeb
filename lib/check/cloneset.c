/* SPDX-License-Identifier: MIT */
#include "check/cloneset.h"

struct findings_place
cloneset_place(const struct cfg *cfg, const char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

bool
cloneset_is(const struct cfg *cfg, const char *type)
{
	return strcmp(setting_subsystem_of(cfg), type) == 0;
}

bool
cloneset_is_file(const struct cfg *cfg)
{
	return strcmp(cfg->file, "<stdin>") != 0;
}

void
cloneset_fix_by_merge(
    const struct cloneset *set, const struct cfg *clone, const char *options)
{
	const struct cfg *master = set->side[0].cfg;

	if (cloneset_is_file(master) && cloneset_is_file(clone))
		findings_fix(set->found, "cfgmerge -i %s --from %s %s",
		    options, findings_word(set->found, master->file),
		    findings_word(set->found, clone->file));
}
