/* SPDX-License-Identifier: MIT */
#include "check/plankeys.h"

#include <stdlib.h>

#include "util/mem.h"

/* pkispawn's default is random from 11.5 on, legacy before. */
static void
check_generator(const struct plan *p, const char *kind)
{
	char *from = mem_printf("dbs.%s.id.generator", kind);
	char *key = mem_printf("pki_%s_id_generator", kind);
	struct slice own = cfg_string(p->master, from);
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (own.at == NULL)
		own = slice_of("legacy");
	if (text != NULL && !slice_equal(own, slice_of(text)))
		findings_add(p->found, plan_at(p, line),
		    "plan-generator", "%s is '%s', and the master's '%.*s'",
		    key, text, SLICE_ARG(own));
	else if (line == 0 && !slice_equal(own, slice_of("random")))
		findings_add(p->found, plan_at(p, 0),
		    "plan-generator-default",
		    "no %s: the master's is '%.*s', "
		    "and 11.5's default 'random'",
		    key, SLICE_ARG(own));
	free(from);
	free(key);
}

/* Where pkispawn leaves the directory alone, it asks for no ranges [7.1]. */
static void
check_ranges(const struct plan *p, const char *kind)
{
	char *from = mem_printf("dbs.%s.id.generator", kind);
	size_t line;

	plan_get(p, "pki_ds_setup", &line);
	if (!plan_sets_up_ds(p) &&
	    !slice_equal(cfg_string(p->master, from), slice_of("random")))
		findings_add(p->found, plan_at(p, line),
		    "plan-no-ranges",
		    "without pki_ds_setup no ranges are "
		    "asked for: the clone's %s numbers have to be set by hand",
		    kind);
	free(from);
}

static void
check_generators(const struct plan *p)
{
	bool ca = strcmp(p->tags->subsystem, "ca") == 0;

	if (!ca && strcmp(p->tags->subsystem, "kra") != 0)
		return;
	check_ranges(p, ca ? "cert" : "key");
	check_ranges(p, "request");
	check_generator(p, ca ? "cert" : "key");
	check_generator(p, "request");
}

/* pkispawn's name of a tag. */
static const char *
parameter_of(const struct plan *p, const struct tag *tag)
{
	if (strcmp(tag->name, "signing") != 0)
		return tag->name;
	return strcmp(p->tags->subsystem, "ca") == 0 ? "ca_signing"
						     : "ocsp_signing";
}

/* The nickname that pkispawn gives by itself [5.3], a new string. */
static char *
default_name(const struct plan *p, const struct tag *tag)
{
	static const struct {
		const char *tag, *name;
	} names[] = { { "subsystem", "subsystemCert" },
		{ "ocsp_signing", "ocspSigningCert" },
		{ "audit_signing", "auditSigningCert" },
		{ "transport", "transportCert" },
		{ "storage", "storageCert" } };
	const char *name = strcmp(p->tags->subsystem, "ca") == 0
			       ? "caSigningCert"
			       : "ocspSigningCert";
	bool shared = strcmp(tag->name, "subsystem") == 0;
	size_t line;
	const char *instance = plan_get(p, "pki_instance_name", &line);

	if (instance == NULL && line != 0)
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(tag->name, names[i].tag) == 0)
			name = names[i].name;
	return mem_printf("%s cert-%s%s%s", name,
	    instance != NULL ? instance : "pki-tomcat", shared ? "" : " ",
	    shared ? "" : p->section);
}

static void
check_nickname(const struct plan *p, const struct tag *tag)
{
	char *key = mem_printf("pki_%s_nickname", parameter_of(p, tag));
	size_t line;
	const char *text = plan_get(p, key, &line);
	char *name = line != 0 ? NULL : default_name(p, tag);

	if (text == NULL)
		text = name;
	if (text != NULL && tag->nickname != NULL &&
	    !(tag->optional && *text == '\0') &&
	    strcmp(text, tag->nickname) != 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-nickname", "%s is '%s'%s, and the master's '%s'", key,
		    text, line == 0 ? " by default" : "", tag->nickname);
	free(name);
	free(key);
}

/* Of a token the clone's keys are there already: no bundle [7.2]. */
static void
check_token(const struct plan *p, const char *token)
{
	static const char *const bundle[] = { "pki_clone_pkcs12_path",
		"pki_clone_pkcs12_password" };
	size_t line;
	const char *text = plan_get(p, "pki_token_name", &line);

	if (text != NULL && strcmp(text, token) != 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-token", "the token is '%s', and the master's '%s'",
		    text, token);
	else if (text == NULL && line == 0)
		findings_add(p->found, plan_at(p, 0),
		    "plan-token-missing",
		    "no pki_token_name: the master's "
		    "keys are in '%s'",
		    token);
	for (size_t i = 0; i < sizeof bundle / sizeof *bundle; i++) {
		text = plan_get(p, bundle[i], &line);
		if (text != NULL && *text != '\0')
			findings_add(p->found, plan_at(p, line),
			    "plan-token-pkcs12",
			    "with keys in a token, %s "
			    "must not be set",
			    bundle[i]);
	}
}

static void
check_bundle(const struct plan *p)
{
	size_t line, other;
	const char *text = plan_get(p, "pki_clone_pkcs12_path", &line);

	plan_get(p, "pki_server_pkcs12_path", &other);
	if (other == 0 && (line == 0 || (text != NULL && *text == '\0')))
		findings_add(p->found, plan_at(p, line),
		    "plan-pkcs12",
		    "no pki_clone_pkcs12_path: the clone needs "
		    "the master's keys");
	if (plan_is_true(plan_get(p, "pki_hsm_enable", &line)))
		findings_add(p->found, plan_at(p, line),
		    "plan-token-other", "the master's keys are in no token");
}

static void
check_keys(const struct plan *p)
{
	const char *token = NULL;

	for (size_t i = 0; i < p->tags->count; i++) {
		check_nickname(p, &p->tags->tag[i]);
		if (p->tags->tag[i].token != NULL)
			token = p->tags->tag[i].token;
	}
	if (token != NULL)
		check_token(p, token);
	else
		check_bundle(p);
}

void
plankeys_check(const struct plan *p)
{
	check_generators(p);
	check_keys(p);
}
