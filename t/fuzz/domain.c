/* SPDX-License-Identifier: MIT */
/* Of any security domain that is taken, each host is there once, with what a
 * host has; and written as JSON, it is the same domain again. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki/domain.h"
#include "util/json.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const struct domain_host *a, const struct domain_host *b)
{
	for (size_t i = DOMAIN_TYPE; i <= DOMAIN_SECURE_PORT; i++)
		if (!slice_equal(a->field[i], b->field[i]))
			return false;
	return true;
}

static const char *const names[DOMAIN_FIELDS] = {
	[DOMAIN_HOST] = "Hostname",
	[DOMAIN_SECURE_PORT] = "SecurePort",
	[DOMAIN_AGENT_PORT] = "SecureAgentPort",
	[DOMAIN_ADMIN_PORT] = "SecureAdminPort",
	[DOMAIN_EE_PORT] = "SecureEEClientAuthPort",
	[DOMAIN_PORT] = "Port",
	[DOMAIN_CLONE] = "Clone",
	[DOMAIN_MANAGER] = "DomainManager",
	[DOMAIN_NAME] = "SubsystemName",
};

static void
add_host(struct buf *out, const struct domain_host *host)
{
	buf_puts(out, "{\"id\":");
	json_add_string(out, host->field[DOMAIN_TYPE]);
	buf_puts(out, ",\"Host\":{");
	for (size_t i = DOMAIN_HOST; i < DOMAIN_FIELDS; i++) {
		if (host->field[i].at == NULL)
			continue;
		if (i != DOMAIN_HOST)
			buf_putc(out, ',');
		json_add_string(out, slice_of(names[i]));
		buf_putc(out, ':');
		json_add_string(out, host->field[i]);
	}
	buf_puts(out, "}}");
}

static int
read_domain(struct domain *domain, struct slice text)
{
	FILE *in = text.size == 0 ? fopen("/dev/null", "r") :
	    fmemopen((void *)text.at, text.size, "r");
	int status;

	assert(in != NULL);
	status = domain_read_stream(domain, in, "f");
	fclose(in);
	return status;
}

static void
again(const struct domain *domain)
{
	struct buf text = { 0 };
	struct domain back;

	buf_puts(&text, "{\"Subsystem\":[");
	for (size_t i = 0; i < domain->hosts; i++) {
		if (i != 0)
			buf_putc(&text, ',');
		add_host(&text, &domain->host[i]);
	}
	buf_puts(&text, "]}");
	assert(read_domain(&back, buf_slice(&text)) == 0);
	assert(back.hosts == domain->hosts);
	for (size_t i = 0; i < back.hosts; i++)
		for (size_t f = 0; f < DOMAIN_FIELDS; f++)
			assert(slice_equal(back.host[i].field[f],
				   domain->host[i].field[f]) &&
			    !back.host[i].field[f].at ==
				!domain->host[i].field[f].at);
	domain_release(&back);
	buf_release(&text);
}

/* LDIF may have bytes that no JSON has. */
static bool
is_document(struct slice input)
{
	while (input.size != 0 && strchr(" \t\r\n", *input.at) != NULL &&
	    *input.at != '\0') {
		input.at++;
		input.size--;
	}
	return input.size != 0 && strchr("{[<", *input.at) != NULL;
}

static void
check(struct slice input)
{
	char *text = mem_dup(input.at, input.size);
	struct domain domain;

	if (read_domain(&domain, (struct slice){ text, input.size }) == 0) {
		for (size_t i = 0; i < domain.hosts; i++) {
			const struct domain_host *host = &domain.host[i];

			assert(host->field[DOMAIN_TYPE].size != 0);
			assert(host->field[DOMAIN_HOST].size != 0);
			assert(host->field[DOMAIN_SECURE_PORT].size != 0);
			for (size_t n = 0; n < i; n++)
				assert(!same(host, &domain.host[n]));
		}
		if (is_document(input))
			again(&domain);
		domain_release(&domain);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	FILE *usual = stderr;

	if (null == NULL)
		null = fopen("/dev/null", "w");
	/* What is wrong with a document is told, each time. */
	stderr = null;
	check((struct slice){ (const char *)data, size });
	stderr = usual;
	return 0;
}
