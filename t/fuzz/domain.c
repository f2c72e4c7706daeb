/* SPDX-License-Identifier: MIT */
/* Of any security domain that is taken, each host is there once, with what a
 * host has. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dir/domain.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const struct domain_host *a, const struct domain_host *b)
{
	for (size_t i = DOMAIN_TYPE; i <= DOMAIN_SECURE_PORT; i++)
		if (!slice_is(a->field[i], b->field[i]))
			return false;
	return true;
}

static void
check(struct slice input)
{
	char *text = mem_dup(input.at, input.size);
	struct domain domain;

	if (domain_parse(&domain, "f",
	    (struct slice){ text, input.size }) == 0) {
		for (size_t i = 0; i < domain.hosts; i++) {
			const struct domain_host *host = &domain.host[i];

			assert(host->field[DOMAIN_TYPE].size != 0);
			assert(host->field[DOMAIN_HOST].size != 0);
			assert(host->field[DOMAIN_SECURE_PORT].size != 0);
			for (size_t n = 0; n < i; n++)
				assert(!same(host, &domain.host[n]));
		}
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
