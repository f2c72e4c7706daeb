/* SPDX-License-Identifier: MIT */
#include "check/cloneset.h"

#include "cfg/diff.h"

struct findings_place
cloneset_place(const struct cfg *cfg, const char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

bool
cloneset_same(const struct cfg *a, const struct cfg *b, const char *key,
    const char *absent)
{
	struct slice x = cfg_string(a, key), y = cfg_string(b, key);

	if (x.at == NULL)
		x = slice_of(absent);
	if (y.at == NULL)
		y = slice_of(absent);
	return diff_same_value(x, y, true);
}

bool
cloneset_is(const struct cfg *cfg, const char *type)
{
	struct slice value = cfg_string(cfg, "cs.type");

	return value.at != NULL && slice_is(value, slice_of(type));
}

bool
cloneset_is_file(const struct cfg *cfg)
{
	return strcmp(cfg->file, "<stdin>") != 0;
}

void
cloneset_mend_by_merge(
    const struct cloneset *set, const struct cfg *clone, const char *options)
{
	const struct cfg *master = set->side[0].cfg;

	if (cloneset_is_file(master) && cloneset_is_file(clone))
		findings_mend(set->found, "cfgmerge -i %s --from %s %s",
		    options, findings_word(set->found, master->file),
		    findings_word(set->found, clone->file));
}
