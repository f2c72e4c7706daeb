/* SPDX-License-Identifier: MIT */
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>

#include "dir/ldapconn.h"
#include "dir/source.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

/* Entries of a page.  libldap keeps no more of them than what one read of the
 * connection brings. */
#define PAGE 1000

struct ldapdb {
	struct ldapconn conn;
	const struct ldapopt *options;

	struct source_query query;
	const char *base;
	int id; /* of the search; 0: it is over */
	bool paging, failed;
	struct berval cookie;
	size_t answers, entries; /* pages that ended; entries of all */

	LDAPMessage *message; /* which the entry lies in */
	struct entry entry;
	size_t room;
};

static int
send_search(struct ldapdb *db)
{
	static const int scopes[] = {
		[SOURCE_SUBTREE] = LDAP_SCOPE_SUBTREE,
		[SOURCE_BASE] = LDAP_SCOPE_BASE,
		[SOURCE_ONE] = LDAP_SCOPE_ONELEVEL,
	};
	LDAPControl *page = NULL, *controls[] = { NULL, NULL };
	int error = LDAP_SUCCESS;

	/* Not critical: a server that does not know it sends all at once. */
	if (db->paging)
		error = ldap_create_page_control(db->conn.ld, PAGE,
		    &db->cookie, 0, &page);
	controls[0] = page;
	if (error == LDAP_SUCCESS)
		error = ldap_search_ext(db->conn.ld, db->base,
		    scopes[db->query.scope], db->query.filter,
		    (char **)db->query.attributes, 0, controls, NULL, NULL,
		    LDAP_NO_LIMIT, &db->id);
	if (page != NULL)
		ldap_control_free(page);
	if (error == LDAP_SUCCESS)
		return 0;
	db->id = 0;
	return ldapconn_fail_last(&db->conn, "cannot search");
}

static void
set_cookie(struct ldapdb *db, struct berval *cookie)
{
	ldap_memfree(db->cookie.bv_val);
	db->cookie = *cookie;
}

static void
end_search(struct ldapdb *db)
{
	ldap_msgfree(db->message);
	db->message = NULL;
	if (db->id != 0)
		ldap_abandon_ext(db->conn.ld, db->id, NULL, NULL);
	db->id = 0;
	set_cookie(db, &(struct berval){ 0, NULL });
}

static int
search(void *arg, const struct source_query *query)
{
	struct ldapdb *db = arg;

	end_search(db);
	db->failed = true;
	db->query = *query;
	db->base = query->base != NULL ? query->base :
	    db->options->base != NULL ? db->options->base : db->conn.base;
	if (db->base == NULL)
		return fail("%s: where to search is not said: --base, or "
			    "URL/DN", db->conn.name);
	db->answers = db->entries = 0;
	db->paging = query->scope != SOURCE_BASE;
	if (send_search(db) < 0)
		return -1;
	db->failed = false;
	return 0;
}

static struct slice
slice_of_ber(const struct berval *value)
{
	return (struct slice){ value->bv_val, value->bv_len };
}

static void
add_values(struct ldapdb *db, const struct berval *name,
    const struct berval *values)
{
	struct entry *e = &db->entry;

	for (; values != NULL && values->bv_val != NULL; values++) {
		MEM_GROW(e->attribute, e->attributes, db->room);
		e->attribute[e->attributes++] = (struct entry_attribute){
			slice_of_ber(name), slice_of_ber(values) };
	}
}

static int
bad_entry(const struct ldapdb *db)
{
	return fail("%s: the server sent an entry that is malformed",
	    db->conn.name);
}

/* Where it lies in the message. */
static int
take_entry(struct ldapdb *db, struct entry *entry)
{
	struct berval name = { 0, NULL }, *values = NULL;
	BerElement *ber = NULL;
	int error = ldap_get_dn_ber(db->conn.ld, db->message, &ber, &name);

	db->entry.attributes = 0;
	db->entry.dn = slice_of_ber(&name);
	while (error == LDAP_SUCCESS) {
		error = ldap_get_attribute_ber(db->conn.ld, db->message, ber,
		    &name, &values);
		if (error != LDAP_SUCCESS || name.bv_val == NULL)
			break;
		add_values(db, &name, values);
		ldap_memfree(values);
		values = NULL;
	}
	ber_free(ber, 0);
	if (error != LDAP_SUCCESS)
		return bad_entry(db);
	db->entries++;
	*entry = db->entry;
	return 1;
}

static int
refer(const struct ldapdb *db, const char *what, char **urls)
{
	return fail("%s: %s: '%s'", db->conn.name, what,
	    urls != NULL && urls[0] != NULL ? urls[0] : "");
}

static int
take_reference(const struct ldapdb *db)
{
	char **urls = NULL;
	int error = ldap_parse_reference(db->conn.ld, db->message, &urls, NULL,
	    0);

	refer(db, "a part of it is on another server",
	    error == LDAP_SUCCESS ? urls : NULL);
	ber_memvfree((void **)urls);
	return -1;
}

struct result {
	int error;
	char *said, **urls;
	LDAPControl **controls;
};

/* The search is to be made once more, without pages. */
static bool
wants_no_pages(const struct ldapdb *db, int error)
{
	return db->paging && db->answers == 0 && db->entries == 0 &&
	    (error == LDAP_UNAVAILABLE_CRITICAL_EXTENSION ||
	    error == LDAP_UNWILLING_TO_PERFORM ||
	    error == LDAP_ADMINLIMIT_EXCEEDED);
}

/* 0: that was all; 1: another page comes; -1. */
static int
next_page(struct ldapdb *db, LDAPControl **controls)
{
	LDAPControl *page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS,
	    controls, NULL);
	struct berval cookie = { 0, NULL };
	ber_int_t count;

	if (!db->paging || page == NULL)
		return 0;
	if (ldap_parse_pageresponse_control(db->conn.ld, page, &count,
	    &cookie) != LDAP_SUCCESS)
		return fail("%s: the server's answer about pages is "
			    "malformed", db->conn.name);
	set_cookie(db, &cookie);
	db->answers++;
	if (cookie.bv_len == 0)
		return 0;
	return send_search(db) < 0 ? -1 : 1;
}

static int
judge(struct ldapdb *db, const struct result *r)
{
	const char *what = db->entries == 0 ? "cannot search" :
	    "the search was cut short";

	if (r->error == LDAP_SUCCESS)
		return next_page(db, r->controls);
	if (wants_no_pages(db, r->error)) {
		db->paging = false;
		return send_search(db) < 0 ? -1 : 1;
	}
	if (r->error == LDAP_NO_SUCH_OBJECT && db->query.absent_is_empty &&
	    db->entries == 0 && db->answers == 0)
		return 0;
	if (r->error == LDAP_REFERRAL)
		return refer(db, "it is on another server", r->urls);
	return ldapconn_fail(&db->conn, what, r->error, r->said);
}

static int
take_result(struct ldapdb *db)
{
	struct result r = { 0 };
	int got = ldap_parse_result(db->conn.ld, db->message, &r.error, NULL,
	    &r.said, &r.urls, &r.controls, 0);
	int status;

	db->id = 0;
	if (got != LDAP_SUCCESS)
		status = ldapconn_fail(&db->conn, "cannot search", got, NULL);
	else
		status = judge(db, &r);
	ldap_memfree(r.said);
	ber_memvfree((void **)r.urls);
	ldap_controls_free(r.controls);
	return status;
}

static int
next(void *arg, struct entry *entry)
{
	struct ldapdb *db = arg;
	int type, status = 1;

	while (status > 0 && db->id != 0) {
		ldap_msgfree(db->message);
		db->message = NULL;
		type = ldapconn_result(&db->conn, db->id, false, &db->message,
		    db->entries == 0 ? "cannot search" :
		    "the search was cut short");
		switch (type) {
		case LDAP_RES_SEARCH_ENTRY:
			status = take_entry(db, entry);
			if (status > 0)
				return 1;
			break;
		case LDAP_RES_SEARCH_REFERENCE:
			status = take_reference(db);
			break;
		case LDAP_RES_SEARCH_RESULT:
			status = take_result(db);
			break;
		case LDAP_RES_INTERMEDIATE:
			break;
		default:
			status = -1;
		}
	}
	if (status < 0) {
		end_search(db);
		db->failed = true;
	}
	return db->failed ? -1 : 0;
}

static const char *
name(const void *arg)
{
	return ((const struct ldapdb *)arg)->conn.name;
}

static const char *
base(const void *arg)
{
	return ((const struct ldapdb *)arg)->conn.base;
}

static void
close_db(void *arg)
{
	struct ldapdb *db = arg;

	end_search(db);
	ldapconn_release(&db->conn);
	free(db->entry.attribute);
	free(db);
}

/* Connect to the server and bind; searches are made through the source. */
static struct source *
open_server(const char *url, const struct ldapopt *options)
{
	static const struct source_server server = { name, base, search, next,
		close_db };
	struct ldapdb *db = mem_zalloc(1, sizeof *db);

	if (ldapconn_open(&db->conn, url, options) < 0) {
		free(db);
		return NULL;
	}
	db->options = options;
	db->entry.file = db->conn.name;
	return source_of_server(&server, db, options);
}

struct source *
source_open(const char *operand, const struct ldapopt *options)
{
	static const struct ldapopt usual = LDAPOPT_DEFAULTS;
	FILE *in;

	if (options == NULL)
		options = &usual;
	if (source_is_url(operand))
		return open_server(operand, options);
	in = slurp_open(operand);
	return in == NULL ? NULL :
	    source_of_file(in, slurp_name(operand), options);
}
