/* SPDX-License-Identifier: MIT */
#include "check/lintvalue.h"

#include "check/lintread.h"

/* The connector's keys are lintconn's. */
static void
check_case(struct lintfile *l, const struct cfg_line *line)
{
	const struct slice right = setting_spelling(cfg_key(line));

	if (right.at != NULL && !slice_starts(right, slice_of("ca.connector.")))
		lint_at(l, line, "key-case", "it is %.*s", SLICE_ARG(right));
}

static void
check_typed(struct lintfile *l, const struct cfg_line *line, bool boolean)
{
	struct slice value = cfg_value(line), trimmed = cfg_trim(value);
	long number;
	bool good = boolean ? truth_of(trimmed) >= 0 :
			      setting_number(trimmed, &number);

	if (value.size == 0)
		return;
	if (!good) {
		lint_at(l, line, boolean ? "bool-value" : "int-value",
		    "%s", lint_shown(l, line));
	} else if (trimmed.size != value.size) {
		lint_at(l, line, boolean ? "bool-blank" : "int-blank",
		    "%s", lint_shown(l, line));
		lint_fix(l, line, trimmed);
	}
}

/* Of unknown keys only what can be nothing but a boolean is told. */
static void
check_trail(struct lintfile *l, const struct cfg_line *line)
{
	struct slice value = cfg_value(line), trimmed = cfg_trim(value);

	if (value.size == trimmed.size ||
	    (unsigned char)value.at[value.size - 1] > ' ')
		return;
	if (truth_of(trimmed) >= 0) {
		lint_at(l, line, "bool-blank", "%s", lint_shown(l, line));
		lint_fix(l, line, trimmed);
	}
}

/* Families of the manual's samples, which no other value has in it. */
static bool
has_assignment(struct slice value)
{
	static const char *const heads[] = { "ca.connector.", "ca.crl.",
		"master.ca.", "ca.certStatusUpdateInterval",
		"ca.listenToCloneModifications", "OCSP.Responder.",
		"ocsp.store.", "cloning.", "dbs.", "internaldb.", "kra." };

	if (value.size < 8 || memchr(value.at, '=', value.size) == NULL)
		return false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t size = strlen(heads[i]);
		const char *at = memmem(value.at, value.size, heads[i], size);
		const char *end = value.at + value.size;

		if (at == NULL || memchr(at, '=', (size_t)(end - at)) == NULL)
			continue;
		if (i < 3 || at == value.at || at[-1] == ' ')
			return true;
	}
	return false;
}

static void
check_secret(struct lintfile *l, const struct cfg_line *line)
{
	struct slice last = setting_last(cfg_key(line));

	if (line->value_size == 0 ||
	    !settings_is_secret(l->rules, cfg_key(line)))
		return;
	lint_at(l, line,
	    memmem(last.at, last.size, "_key", 4) != NULL ? "keyset"
							  : "password",
	    NULL);
}

static void
check_unread(struct lintfile *l, const struct cfg_line *line)
{
	const struct setting *rule =
	    settings_unread(l->rules, cfg_key(line));

	if (rule == NULL)
		return;
	lint_at(l, line, "unread-key", "%.*s", SLICE_ARG(rule->remark));
	lint_fix(l, line, (struct slice){ 0 });
}

static void
check_reference(struct lintfile *l, const struct cfg_line *line)
{
	static const char *const stores[] = { "ca", "ca.connector",
		"ca.connector.KRA", "ca.crl", "ca.crl.MasterCRL", "ca.publish",
		"ca.signing", "dbs", "internaldb", "internaldb.ldapconn", "kra",
		"ocsp", "ocsp.store" };
	struct slice key = cfg_key(line);

	if (key.size > 19)
		return;
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		if (slice_equal(key, slice_of(stores[i])))
			lint_at(
			    l, line, "ref-key", "%s", lint_shown(l, line));
}

static void
check_line(struct lintfile *l, const struct cfg_line *line)
{
	struct slice key = cfg_key(line);
	const struct setting *row;

	if (key.size == 0 || *key.at == '#' || lintread_is_comment(key))
		return;
	if (has_assignment(cfg_value(line))) {
		lint_at(l, line, "joined", "%s", lint_shown(l, line));
		return;
	}
	row = setting_find(key);
	if (row != NULL && (row->type == SETTING_BOOLEAN ||
	    row->type == SETTING_INTEGER)) {
		check_typed(l, line, row->type == SETTING_BOOLEAN);
	} else {
		check_trail(l, line);
		check_case(l, line);
	}
	check_secret(l, line);
	check_unread(l, line);
	check_reference(l, line);
}

void
lintvalue_check(struct lintfile *l)
{
	for (uint32_t i = 0; i < l->cfg->lines; i++)
		if (cfg_is_live(l->cfg, l->cfg->line + i))
			check_line(l, l->cfg->line + i);
}
