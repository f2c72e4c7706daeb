/* SPDX-License-Identifier: MIT */
/* Documents that were cut off, at each byte: refused, or the whole answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pki/conndoc.h"
#include "pki/domain.h"
#include "util/mem.h"

/* Long enough that most cuts are within its base64: a certificate of CN=u. */
#define CERTIFICATE                                                            \
	"MIIBbTCCAROgAwIBAgIUfLn8fLDlQyCL83QSSI5L5pu3HqAwCgYIKoZIzj0EAwIw"     \
	"DDEKMAgGA1UEAwwBdTAeFw0yNjExMjExMjM5MzlaFw0zNjExMTgxMjM5MzlaMAwx"     \
	"CjAIBgNVBAMMAXUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASNHwUKFtI+pnPv"     \
	"AALqNY/80hil/Mv8K93RriAElfCn2tmyE8XLHSPkIf9PI4yT6iutorty/i+geH3n"     \
	"VEv9TdUOo1MwUTAdBgNVHQ4EFgQU8sQuPIIydsmlEFirlkmLJF9Ocs4wHwYDVR0j"     \
	"BBgwFoAU8sQuPIIydsmlEFirlkmLJF9Ocs4wDwYDVR0TAQH/BAUwAwEB/zAKBggq"     \
	"hkjOPQQDAgNIADBFAiAz78W80ylQBXh5s25tPIt7tEWPKxuT/7S0QuuI1h0KVQIh"     \
	"AMtOmVpafxos7ZrJQmb7JdGFnnP66ByDiLM3QyvT3GvD"

static const char *const connectors[] = {
	"{\"host\": \"kra1\", \"port\": \"8443\",\n"
	" \"transportCert\": \"" CERTIFICATE "\",\n"
	" \"uri\": \"/kra\", \"enable\": \"true\"}\n",
	"<?xml version=\"1.0\"?>\n<kraConnectorInfo><host>kra1</host>"
	"<port>8443</port><transportCert>" CERTIFICATE "</transportCert>"
	"<uri>/kra</uri><enable>true</enable></kraConnectorInfo>\n",
};

#define ENTRY(host)                                                            \
	"dn: cn=" host ":8443,cn=CAList,ou=Security Domain,dc=x\n"             \
	"objectClass: pkiSubsystem\ncn: " host ":8443\nHost: " host "\n"       \
	"SecurePort: 8443\nSubsystemName:: Q0EgaDE=\nClone: TRUE\n"

static const struct {
	const char *text;
	size_t hosts;
} domains[] = {
	{ "{\"id\":\"X\",\"subsystems\":{\"CA\":{\"id\":\"CA\",\"hosts\":{"
	  "\"a\":{\"id\":\"a\",\"Hostname\":\"h1\",\"SecurePort\":\"8443\","
	  "\"Clone\":\"FALSE\"},\"b\":{\"id\":\"b\",\"Hostname\":\"h2\","
	  "\"SecurePort\":\"8443\"}}}}}\n",
	    2 },
	{ "{\"id\":\"X\",\"Subsystem\":[{\"id\":\"CA\",\"Host\":[{\"id\":"
	  "\"a\",\"Hostname\":\"h1\",\"SecurePort\":\"1\"},{\"id\":\"b\","
	  "\"Hostname\":\"h2\",\"SecurePort\":\"2\"}]}]}\n",
	    2 },
	{ "<DomainInfo id=\"X\"><Subsystem id=\"CA\">"
	  "<Host id=\"a\"><Hostname>h1</Hostname><SecurePort>1</SecurePort>"
	  "</Host><Host id=\"b\"><Hostname>h2</Hostname>"
	  "<SecurePort>2</SecurePort></Host></Subsystem></DomainInfo>\n",
	    2 },
	{ "<XMLResponse><DomainInfo><Name>X</Name><CAList><CA><Host>h1</Host>"
	  "<SecurePort>1</SecurePort></CA><CA><Host>h2</Host>"
	  "<SecurePort>2</SecurePort></CA><SubsystemCount>2</SubsystemCount>"
	  "</CAList></DomainInfo></XMLResponse>\n",
	    2 },
};

/* A copy of its own, so that a sanitizer sees a byte too far. */
static struct slice
cut(const char *text, size_t size)
{
	return (struct slice){ mem_dup(text, size), size };
}

static void
test_connectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++) {
		size_t whole = strlen(connectors[i]);

		for (size_t size = 0; size <= whole; size++) {
			struct slice text = cut(connectors[i], size);
			struct conndoc doc;
			int result = conndoc_parse(&doc, "cut", text);

			/* Less its last newline it is whole. */
			if (result != (size >= whole - 1 ? 0 : -1))
				fail_msg("connector %zu at %zu", i, size);
			if (result == 0)
				conndoc_release(&doc);
			free((void *)text.at);
		}
	}
}

static int
read_domain(struct domain *domain, struct slice text)
{
	FILE *in = text.size == 0 ? fopen("/dev/null", "r") :
	    fmemopen((void *)text.at, text.size, "r");
	int status;

	assert_non_null(in);
	status = domain_read_stream(domain, in, "cut");
	fclose(in);
	return status;
}

static void
test_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
		size_t whole = strlen(domains[i].text);

		for (size_t size = 0; size <= whole; size++) {
			struct slice text = cut(domains[i].text, size);
			struct domain domain;
			int result = read_domain(&domain, text);

			if (result != (size >= whole - 1 ? 0 : -1))
				fail_msg("domain %zu at %zu", i, size);
			if (result == 0) {
				assert_int_equal(
				    domain.hosts, domains[i].hosts);
				domain_release(&domain);
			}
			free((void *)text.at);
		}
	}
}

/* LDIF has no end of its own: an entry that was cut before it says that it is
 * a host is passed over; what is taken is whole. */
static size_t
hosts_of_ldif(const char *ldif, size_t size)
{
	struct slice text = cut(ldif, size);
	struct domain domain;
	size_t hosts = 0;

	if (read_domain(&domain, text) == 0) {
		hosts = domain.hosts;
		for (size_t i = 0; i < hosts; i++) {
			assert_true(
			    slice_equal(domain.host[i].field[DOMAIN_HOST],
				slice_of(i == 0 ? "h1" : "h2")));
			assert_non_null(
			    domain.host[i].field[DOMAIN_SECURE_PORT].at);
		}
		domain_release(&domain);
	}
	free((void *)text.at);
	return hosts;
}

static void
test_ldif(void **state)
{
	static const char ldif[] = ENTRY("h1") "\n" ENTRY("h2");

	size_t first = strlen(ENTRY("h1")), whole = sizeof ldif - 1;

	(void)state;
	for (size_t size = 0; size < whole; size++)
		assert_true(hosts_of_ldif(ldif, size) <= (size > first) + 1U);
	assert_int_equal(hosts_of_ldif(ldif, first), 1);
	assert_int_equal(hosts_of_ldif(ldif, whole), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connectors),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_ldif),
	};

	/* What is wrong with a document is told, each time. */
	if (freopen("/dev/null", "w", stderr) == NULL)
		return EXIT_FAILURE;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
