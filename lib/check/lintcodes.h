/* SPDX-License-Identifier: MIT */
#ifndef LINTCODES_H
#define LINTCODES_H

#include "check/findings.h"

/*
 * What lint knows to find in a CS.cfg: each code with its level, a line, and
 * the server's own message of it.  The reasons are in check/lintwhy.h.
 *
 *	const struct lintcode *code = lintcode_find("CRL-NPE");
 *
 * Codes never change their meaning; new ones may come.
 */

enum lint_id {
	LINT_READ_INDENT,
	LINT_READ_BANG,
	LINT_READ_BLANK,
	LINT_READ_COLON,
	LINT_READ_SPLIT,
	LINT_READ_NODELIM,
	LINT_READ_SLASH,
	LINT_READ_JOIN,
	LINT_READ_JOIN_INDENT,
	LINT_READ_JOIN_KEY,
	LINT_READ_TRAIL,
	LINT_READ_BREAK,
	LINT_READ_NBSP,
	LINT_READ_UTF8,
	LINT_READ_BOM,
	LINT_READ_CR,
	LINT_READ_ESC,
	LINT_READ_CTRL,
	LINT_SPACED,
	LINT_COMMENTS,
	LINT_DUP_KEY,
	LINT_DUP_SAME,
	LINT_JOINED,
	LINT_BOOL_BLANK,
	LINT_BOOL_VALUE,
	LINT_INT_BLANK,
	LINT_INT_VALUE,
	LINT_KEY_CASE,
	LINT_REF_KEY,
	LINT_REF_LDAP,
	LINT_PREOP,
	LINT_NOT_WRITABLE,
	LINT_CS_STATE,
	LINT_MACHINE,
	LINT_DS_LIST,
	LINT_DS_AUTH,
	LINT_PROXY_PORT,
	LINT_PASSWORD,
	LINT_KEYSET,
	LINT_UNREAD_KEY,
	LINT_PRUNE_RSN,
	LINT_CRL_NPE,
	LINT_CRL_LISTEN,
	LINT_CRL_INTERVAL,
	LINT_CRL_CLASS,
	LINT_CRL_DESC,
	LINT_CRL_CACHE,
	LINT_CRL_MIXED,
	LINT_CRL_SPLIT,
	LINT_ROLE_MIXED,
	LINT_CRL_DEAF,
	LINT_CRL_ALG,
	LINT_CRL_PUBLISH,
	LINT_AGENT_HALF,
	LINT_AGENT_NONE,
	LINT_AGENT_PORT,
	LINT_AGENT_SELF,
	LINT_SERIAL_OFF,
	LINT_OCSP_CLASS,
	LINT_OCSP_STORE,
	LINT_RANGE_PREFIX,
	LINT_RANGE_DIGITS,
	LINT_RANGE_BARE,
	LINT_RANGE_ORDER,
	LINT_RANGE_HALF,
	LINT_RANGE_OVERLAP,
	LINT_RANGE_LEFT,
	LINT_RANGE_REPLICA,
	LINT_RANGE_LOW,
	LINT_RANGE_STEP,
	LINT_RANGE_MANAGE,
	LINT_RANGE_NAME,
	LINT_GENERATOR,
	LINT_CONN_PART,
	LINT_CONN_HOSTS,
	LINT_CONN_PORT,
	LINT_CONN_NOCERT,
	LINT_CONN_CERT,
	LINT_CONN_EXPIRED,
	LINT_CONN_CASE,
	LINT_CONN_NICK,
	LINT_CONN_OFF,
	LINT_CONN_CLA,
	LINT_CERT_BAD,
	LINT_REQ_BAD,
	LINT_CERT_EXPIRED,
	LINT_CERT_EARLY,
	LINT_KEY_ID,
	LINT_KEY_SPELL,
	LINT_KEY_STALE,
	LINT_NICK_TWO,
	LINT_NICK_UNIT,
	LINT_NICK_NONE,
	LINT_ALIAS_NICK,
	LINT_ALIAS_CERT,
	LINT_ALIAS_KEY,
	LINT_ALIAS_EXPIRED,
	LINT_CODES
};

struct lintcode {
	const char *name; /* upper case, words joined by '-' */
	enum findings_level level;
	const char *brief;   /* follows "KEY: " in a finding */
	const char *message; /* in a log or on a terminal; NULL: none */
};

extern const struct lintcode lintcodes[LINT_CODES];

/* By name, in either case; NULL: there is none. */
const struct lintcode *lintcode_find(const char *name);

/*
 * The next code after last (NULL: the first) of whose message text speaks: it
 * has the whole message in it, or is a piece of it.  NULL: no more.
 */
const struct lintcode *lintcode_explains(const struct lintcode *last,
    const char *text);

#endif
