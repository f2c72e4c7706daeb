/* SPDX-License-Identifier: MIT */
#include "check/lintvalue.h"

#include <stdlib.h>
#include <strings.h>

#include "check/lintread.h"
#include "util/glob.h"

enum kind { TEXT, BOOLEAN, INTEGER };

#define KEY(last, pattern, kind) { (last), sizeof(last) - 1, (pattern), (kind) }

/* What the server reads with getBoolean() and getInteger(), by last
 * component; ascending [dogtag 2.2, 4.1, 6.1, 9]. */
static const struct typed {
	const char *last;
	size_t size;
	const char *pattern;
	enum kind kind;
} typed[] = {
	KEY("allowExtensions", "ca.crl.*.allowExtensions", BOOLEAN),
	KEY("alwaysUpdate", "ca.crl.*.alwaysUpdate", BOOLEAN),
	KEY("archivalRequired", "ca.connector.*.archivalRequired", BOOLEAN),
	KEY("autoUpdateInterval", "ca.crl.*.autoUpdateInterval", INTEGER),
	KEY("caCertsOnly", "ca.crl.*.caCertsOnly", BOOLEAN),
	KEY("cacheUpdateInterval", "ca.crl.*.cacheUpdateInterval", INTEGER),
	KEY("certRevocationCheck", "ca.connector.*.certRevocationCheck",
	    BOOLEAN),
	KEY("certStatusUpdateInterval", "ca.certStatusUpdateInterval", INTEGER),
	KEY("collisionRecoveryRegenerations",
	    "dbs.collisionRecoveryRegenerations", INTEGER),
	KEY("collisionRecoverySteps", "dbs.collisionRecoverySteps", INTEGER),
	KEY("countMod", "ca.crl.*.countMod", INTEGER),
	KEY("doCloning", "internaldb.doCloning", BOOLEAN),
	KEY("effectiveAtStart", "ca.crl.*.autoUpdateInterval.effectiveAtStart",
	    BOOLEAN),
	KEY("enable", "ca.**.enable", BOOLEAN),
	KEY("enableCRLCache", "ca.crl.*.enableCRLCache", BOOLEAN),
	KEY("enableCRLUpdates", "ca.crl.*.enableCRLUpdates", BOOLEAN),
	KEY("enableCacheRecovery", "ca.crl.*.enableCacheRecovery", BOOLEAN),
	KEY("enableCacheTesting", "ca.crl.*.enableCacheTesting", BOOLEAN),
	KEY("enableDailyUpdates", "ca.crl.*.enableDailyUpdates", BOOLEAN),
	KEY("enableRandomSerialNumbers", "dbs.enableRandomSerialNumbers",
	    BOOLEAN),
	KEY("enableSerialManagement", "dbs.enableSerialManagement", BOOLEAN),
	KEY("enableSerialNumberRecovery", "dbs.enableSerialNumberRecovery",
	    BOOLEAN),
	KEY("enableUpdateInterval", "ca.crl.*.enableUpdateInterval", BOOLEAN),
	KEY("enabled", "jobsScheduler.**.enabled", BOOLEAN),
	KEY("errorIfDown", "internaldb.errorIfDown", BOOLEAN),
	KEY("extendedNextUpdate", "ca.crl.*.extendedNextUpdate", BOOLEAN),
	KEY("followReferrals", "internaldb.ldapconn.followReferrals", BOOLEAN),
	KEY("forbidCustomFutureThisUpdateValue",
	    "ca.crl.*.forbidCustomFutureThisUpdateValue", BOOLEAN),
	KEY("forceModeChange", "dbs.forceModeChange", BOOLEAN),
	KEY("includeExpiredCerts", "ca.crl.*.includeExpiredCerts", BOOLEAN),
	KEY("includeExpiredCertsOneExtraTime",
	    "ca.crl.*.includeExpiredCertsOneExtraTime", BOOLEAN),
	KEY("keyStatusUpdateInterval", "kra.keyStatusUpdateInterval", INTEGER),
	KEY("length", "dbs.*.id.length", INTEGER),
	KEY("listenToCloneModifications", "ca.listenToCloneModifications",
	    BOOLEAN),
	KEY("local", "ca.connector.*.local", BOOLEAN),
	KEY("maxConns", "internaldb.maxConns", INTEGER),
	KEY("maxHttpConns", "ca.connector.*.maxHttpConns", INTEGER),
	KEY("minConns", "internaldb.minConns", INTEGER),
	KEY("minHttpConns", "ca.connector.*.minHttpConns", INTEGER),
	KEY("minUpdateInterval", "ca.crl.*.minUpdateInterval", INTEGER),
	KEY("minimumRandomBits", "dbs.minimumRandomBits", INTEGER),
	KEY("nextAsThisUpdateExtension", "ca.crl.*.nextAsThisUpdateExtension",
	    INTEGER),
	KEY("nextUpdateGracePeriod", "ca.crl.*.nextUpdateGracePeriod", INTEGER),
	KEY("noCRLIfNoRevokedCert", "ca.crl.*.noCRLIfNoRevokedCert", BOOLEAN),
	KEY("numConns", "ocsp.store.*.numConns", INTEGER),
	KEY("pageSize", "ca.crl.pageSize", INTEGER),
	KEY("port", "internaldb.ldapconn.port", INTEGER),
	KEY("profileCertsOnly", "ca.crl.*.profileCertsOnly", BOOLEAN),
	KEY("publishOnStart", "ca.crl.*.publishOnStart", BOOLEAN),
	KEY("radix", "dbs.*.id.radix", INTEGER),
	KEY("refreshInSec", "ocsp.store.*.refreshInSec", INTEGER),
	KEY("resendInterval", "ca.connector.*.resendInterval", INTEGER),
	KEY("saveMemory", "ca.crl.*.saveMemory", BOOLEAN),
	KEY("secureConn", "internaldb.ldapconn.secureConn", BOOLEAN),
	KEY("serialNumberUpdateInterval", "ca.serialNumberUpdateInterval",
	    INTEGER),
	KEY("timeout", "ca.connector.*.timeout", INTEGER),
	KEY("transitMaxRecords", "ca.transitMaxRecords", INTEGER),
	KEY("transitRecordPageSize", "ca.transitRecordPageSize", INTEGER),
	KEY("unexpectedExceptionLoopMax", "ca.crl.*.unexpectedExceptionLoopMax",
	    INTEGER),
	KEY("unexpectedExceptionWaitTime",
	    "ca.crl.*.unexpectedExceptionWaitTime", INTEGER),
	KEY("updateSchema", "ca.crl.*.updateSchema", INTEGER),
	KEY("version", "internaldb.ldapconn.version", INTEGER),
};
#define TYPED (sizeof typed / sizeof *typed)

static struct slice
last_component(struct slice key)
{
	const char *dot = memrchr(key.at, '.', key.size);

	if (dot == NULL)
		return key;
	return (struct slice){ dot + 1, key.size - (size_t)(dot + 1 - key.at) };
}

static int
compare_typed(const void *key, const void *item)
{
	const struct slice *last = key;
	const struct typed *t = item;
	size_t size = strlen(t->last);
	int order =
	    memcmp(last->at, t->last, last->size < size ? last->size : size);

	return order != 0 ? order : (last->size > size) - (last->size < size);
}

static enum kind
kind_of(struct slice key)
{
	struct slice last = last_component(key);
	const struct typed *t =
	    bsearch(&last, typed, TYPED, sizeof *typed, compare_typed);

	return t != NULL && glob_match(slice_of(t->pattern), key) ? t->kind
								  : TEXT;
}

/* -- keys in the wrong case ------------------------------------------------ */

/* Role keys that typed[] has not; the connector's are lintconn's. */
static const char *const exact[] = { "master.ca.agent.host",
	"master.ca.agent.port", "ocsp.storeId", "machineName", "cs.type" };

static bool
is_case_of(struct slice key, struct slice right)
{
	return key.size == right.size && !slice_is(key, right) &&
	       strncasecmp(key.at, right.at, key.size) == 0;
}

/* With the pattern's own case in place of its parts; a '*' stands for what
 * the key has. */
static bool
is_case_of_pattern(struct slice key, const char *pattern)
{
	const char *star = strchr(pattern, '*');
	struct slice head, tail = slice_of(pattern);
	struct slice rest = key;

	if (star == NULL)
		return is_case_of(key, tail);
	head = (struct slice){ pattern, (size_t)(star - pattern) };
	tail = slice_of(strrchr(pattern, '*') + 1);
	if (key.size <= head.size + tail.size ||
	    strncasecmp(key.at, head.at, head.size) != 0)
		return false;
	rest.at += key.size - tail.size;
	rest.size = tail.size;
	if (strncasecmp(rest.at, tail.at, tail.size) != 0 ||
	    (memcmp(key.at, head.at, head.size) == 0 && slice_is(rest, tail)))
		return false;
	rest = (struct slice){ key.at + head.size,
		key.size - head.size - tail.size };
	return strstr(pattern, "**") != NULL ||
	       memchr(rest.at, '.', rest.size) == NULL;
}

/* Most keys have another end than any of these: that is seen first. */
static bool
may_be_typed(struct slice last)
{
	return last.size >= 4 && last.size <= 33;
}

static void
check_case(struct lintfile *l, const struct cfg_line *line)
{
	struct slice key = cfg_key(line), last = last_component(key);

	if (!may_be_typed(last))
		return;
	for (size_t i = 0; i < TYPED; i++)
		if (typed[i].size == last.size &&
		    (*typed[i].last | 0x20) == (*last.at | 0x20) &&
		    strncasecmp(typed[i].pattern, "ca.connector", 12) != 0 &&
		    is_case_of_pattern(key, typed[i].pattern))
			lint_at(l, line, LINT_KEY_CASE, "it is %s",
			    typed[i].pattern);
	for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
		if (is_case_of(key, slice_of(exact[i])))
			lint_at(l, line, LINT_KEY_CASE, "it is %s", exact[i]);
}

static bool
is_boolean(struct slice s)
{
	return (s.size == 4 && strncasecmp(s.at, "true", 4) == 0) ||
	       (s.size == 5 && strncasecmp(s.at, "false", 5) == 0);
}

static bool
is_digits(struct slice s)
{
	for (size_t i = 0; i < s.size; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.size != 0;
}

/* Integer.parseInt() */
static bool
is_integer(struct slice s)
{
	bool minus = s.size != 0 && *s.at == '-';
	unsigned long long number = 0;

	if (s.size != 0 && (*s.at == '-' || *s.at == '+')) {
		s.at++;
		s.size--;
	}
	if (!is_digits(s))
		return false;
	for (size_t i = 0; i < s.size && number < 1ULL << 40; i++)
		number = 10 * number + (unsigned char)(s.at[i] - '0');
	return number <= 2147483647ULL + minus;
}

/* -- checks of one line ---------------------------------------------------- */

static void
check_typed(struct lintfile *l, const struct cfg_line *line, enum kind kind)
{
	struct slice value = cfg_value(line), trimmed = cfg_trim(value);
	bool good = kind == BOOLEAN ? is_boolean(trimmed) : is_integer(trimmed);

	if (value.size == 0)
		return;
	if (!good) {
		lint_at(l, line,
		    kind == BOOLEAN ? LINT_BOOL_VALUE : LINT_INT_VALUE, "%s",
		    lint_shown(l, line));
	} else if (trimmed.size != value.size) {
		lint_at(l, line,
		    kind == BOOLEAN ? LINT_BOOL_BLANK : LINT_INT_BLANK, "%s",
		    lint_shown(l, line));
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
	if (is_boolean(trimmed)) {
		lint_at(l, line, LINT_BOOL_BLANK, "%s", lint_shown(l, line));
		lint_fix(l, line, trimmed);
	} else {
		lint_at(l, line, LINT_READ_TRAIL, NULL);
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

/* A quick look before the list of secrets is gone through. */
static bool
may_be_secret(struct slice last)
{
	static const char *const parts[] = { "pass", "pwd", "pin", "secret",
		"bindpw", "_key" };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		for (size_t at = 0, size = strlen(parts[i]);
		     at + size <= last.size; at++)
			if ((last.at[at] | 0x20) == (*parts[i] | 0x20) &&
			    strncasecmp(last.at + at, parts[i], size) == 0)
				return true;
	return false;
}

static void
check_secret(struct lintfile *l, const struct cfg_line *line)
{
	struct slice last = last_component(cfg_key(line));

	if (line->value_size == 0 || !may_be_secret(last) ||
	    !rules_is_secret(l->rules, cfg_key(line)))
		return;
	lint_at(l, line,
	    memmem(last.at, last.size, "_key", 4) != NULL ? LINT_KEYSET
							  : LINT_PASSWORD,
	    NULL);
}

static void
check_unread(struct lintfile *l, const struct cfg_line *line)
{
	const struct rule *rule;

	if (*cfg_key(line).at != 'O')
		return;
	rule = rules_unread(l->rules, cfg_key(line));
	if (rule == NULL)
		return;
	lint_at(l, line, LINT_UNREAD_KEY, "%.*s", SLICE_FMT(rule->remark));
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

	if (slice_is(last_component(key), slice_of("ldap")) &&
	    slice_is(cfg_value(line), slice_of("internaldb")))
		lint_at(l, line, LINT_REF_LDAP, NULL);
	if (key.size > 19)
		return;
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		if (slice_is(key, slice_of(stores[i])))
			lint_at(
			    l, line, LINT_REF_KEY, "%s", lint_shown(l, line));
}

static void
check_line(struct lintfile *l, const struct cfg_line *line)
{
	struct slice key = cfg_key(line);
	enum kind kind;

	if (key.size == 0 || *key.at == '#' || lintread_is_comment(key))
		return;
	if (has_assignment(cfg_value(line))) {
		lint_at(l, line, LINT_JOINED, "%s", lint_shown(l, line));
		return;
	}
	kind = kind_of(key);
	if (kind != TEXT)
		check_typed(l, line, kind);
	else
		check_trail(l, line);
	if (kind == TEXT)
		check_case(l, line);
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
