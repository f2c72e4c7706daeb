/* SPDX-License-Identifier: MIT */
/* The secure ports of server.xml, by both rules. */
#include "scratch.h"

#include "pki/address.h"
#include "pki/serverxml.h"
#include "util/mem.h"

#define CONNECTOR(attributes) "<Connector " attributes "/>"
#define BOTH(port) "port='" port "' SSLEnabled='true' scheme='https'"
#define CATALINA(connectors)                                                   \
	"<Server><Service name='Catalina'>" connectors "</Service></Server>"

static const struct {
	const char *xml, *server, *tools;
} good[] = {
	{ CATALINA(CONNECTOR("port='80'") CONNECTOR(BOTH("8443"))), "8443",
	    "8443" },
	{ CATALINA(CONNECTOR(BOTH("1")) CONNECTOR(BOTH("65535"))), "65535",
	    "1" },
	{ CATALINA(CONNECTOR("port='1' scheme='https'")), "1", NULL },
	{ CATALINA(CONNECTOR("port='1' SSLEnabled='true'")), NULL, "1" },
	{ CATALINA(CONNECTOR("port='1' SSLEnabled=''")), NULL, NULL },
	{ CATALINA(CONNECTOR("port='8009' protocol='AJP/1.3' scheme='https'")
		    CONNECTOR(BOTH("2"))
			CONNECTOR("port='9' protocol='AJP/1.3'")),
	    "2", "2" },
	{ CATALINA(CONNECTOR("port='1' scheme='HTTPS'")), NULL, NULL },
	{ CATALINA(""), NULL, NULL },
	{ "<Server/>", NULL, NULL },
	{ "<Server><Service name='Other'>" CONNECTOR(BOTH("1"))
	  "</Service></Server>", NULL, NULL },
	{ "<Server><!-- " CONNECTOR(BOTH("1")) " --></Server>", NULL, NULL },
	/* A port that is none is nobody's, where it is not a secure one. */
	{ CATALINA(CONNECTOR("port='${http}'") CONNECTOR(BOTH("2"))), "2",
	    "2" },
};

static const struct {
	const char *xml, *said;
} bad[] = {
	{ "<Server>", "server.xml:" },
	{ "", "server.xml" },
	{ "Server", "server.xml:" },
	{ "<!DOCTYPE Server [<!ENTITY x '1'>]><Server/>", "server.xml" },
	{ CATALINA(CONNECTOR("SSLEnabled='true' scheme='https'")),
	    "server.xml:1: no port number: ''" },
	{ CATALINA(CONNECTOR(BOTH("${port}"))),
	    "server.xml:1: no port number: '${port}'" },
	{ CATALINA("\n" CONNECTOR(BOTH("65536"))),
	    "server.xml:2: no port number: '65536'" },
	{ CATALINA(CONNECTOR(BOTH("0"))), "server.xml:1: no port number: '0'" },
	{ CATALINA(CONNECTOR(BOTH("-1"))),
	    "server.xml:1: no port number: '-1'" },
};

static void
same(const char *got, const char *want)
{
	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, want);
}

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct serverxml xml;

		scratch_put("server.xml", good[i].xml);
		assert_int_equal(serverxml_read(&xml, "CS.cfg"), 0);
		assert_string_equal(xml.file, "server.xml");
		same(xml.server, good[i].server);
		same(xml.tools, good[i].tools);
		serverxml_release(&xml);
	}
	assert_string_equal(scratch_said(), "");
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct serverxml xml;

		scratch_put("server.xml", bad[i].xml);
		assert_int_equal(serverxml_read(&xml, "CS.cfg"), -1);
		assert_non_null(strstr(scratch_said(), bad[i].said));
	}
}

static void
test_places(void **state)
{
	static const char *const cases[][2] = {
		{ "i1/conf/server.xml", "i1/conf/ca/CS.cfg" },
		{ "i2/conf/server.xml", "i2/ca/conf/CS.cfg" },
		{ "i3/conf/server.xml", "i3/conf/CS.cfg" },
		{ "i4/server.xml", "i4/ca/CS.cfg" },
		{ "i5/conf/server.xml", "i5/ca/CS.cfg" },
	};
	struct serverxml xml;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *command = mem_printf("mkdir -p `dirname %s` `dirname %s`",
		    cases[i][0], cases[i][1]);

		assert_int_equal(system(command), 0);
		free(command);
		assert_int_equal(serverxml_read(&xml, cases[i][1]), 0);
		assert_null(xml.file);
		scratch_put(cases[i][0], good[0].xml);
		assert_int_equal(serverxml_read(&xml, cases[i][1]), 0);
		same(xml.server, "8443");
		serverxml_release(&xml);
	}
	/* Standard input has no place. */
	scratch_put("server.xml", good[0].xml);
	assert_int_equal(serverxml_read(&xml, "-"), 0);
	assert_null(xml.file);
}

static void
test_address(void **state)
{
	static const char text[] = "machineName= h \nproxy.securePort=\n";
	static const char proxied[] = "proxy.securePort=443\n";
	struct cfg *cfg = cfg_parse("unit", mem_dup(text, strlen(text)),
	    strlen(text));
	struct address at;

	(void)state;
	scratch_put("server.xml", good[1].xml);
	assert_int_equal(address_read(&at, cfg, "CS.cfg", ADDRESS_AGENT), 0);
	assert_non_null(strstr(scratch_said(), "two secure ports: '65535'"));
	assert_true(slice_equal(at.host, slice_of("h")));
	assert_true(slice_equal(at.port, slice_of("65535")));
	assert_true(slice_equal(at.other, slice_of("1")));
	assert_true(address_equal(&at, slice_of("H"), slice_of("")));
	assert_true(address_equal(&at, slice_of("H"), slice_of("65535")));
	assert_false(address_equal(&at, slice_of("h"), slice_of("1")));
	assert_false(address_equal(&at, slice_of("hh"), slice_of("65535")));
	address_release(&at);
	cfg_free(cfg);

	cfg = cfg_parse("unit", mem_dup(proxied, strlen(proxied)),
	    strlen(proxied));
	assert_int_equal(address_read(&at, cfg, "CS.cfg", ADDRESS_AGENT), 0);
	assert_true(slice_equal(at.port, slice_of("443")));
	assert_false(address_equal(&at, slice_of(""), slice_of("443")));
	address_release(&at);
	assert_int_equal(
	    address_need(&at, cfg, "CS.cfg", ADDRESS_AGENT, "--at"), -1);
	assert_string_equal(scratch_said(),
	    "CS.cfg: it has no machineName: say --at HOST:PORT\n");
	cfg_free(cfg);
}

#define SEPARATE                                                               \
	CATALINA(                                                              \
	    "<Connector name='Unsecure' port='9180'/>"                         \
	    "<Connector name='Agent' " BOTH(                                   \
		"9443") "/>"                                                   \
			"<Connector name='Admin' " BOTH(                       \
			    "9445") "/>"                                       \
				    "<Connector name='EE' " BOTH(              \
					"9444") "/>"                           \
						"<Connector "                  \
						"name='EEClientAuth' " BOTH(   \
						    "9446") "/>")
#define SHARED                                                                 \
	CATALINA("<Connector name='Secure' " BOTH("8443") "/>" CONNECTOR(      \
	    BOTH("9999")))

/* Each use by the first file or key that tells it; NULL is not told. */
static const struct {
	const char *cfg, *xml, *port[ADDRESS_USES], *from;
} told[] = {
	{ "machineName=h\n", SEPARATE, { "9443", "9444", "9445" },
	    "server.xml" },
	{ "machineName=h\ncms.version=10.5.18\n", SEPARATE,
	    { "9443", "9444", "9445" }, "server.xml" },
	{ "machineName=h\ncms.version=9.0.3\n", SHARED,
	    { "8443", "8443", "8443" }, "server.xml" },
	{ "machineName=h\ncms.version=11.6.0\n", SHARED,
	    { "9999", "9999", "9999" }, "server.xml" },
	{ "machineName=h\nproxy.securePort=443\n", SEPARATE,
	    { "443", "443", "443" }, "proxy.securePort" },
	{ "machineName=h\nservice.securePort=1\n"
	  "service.non_clientauth_securePort=2\n"
	  "pkicreate.admin_secure_port=3\n",
	    NULL, { "1", "2", "3" }, "service.securePort" },
	{ "machineName=h\npkicreate.secure_port=5\nhttps.port=6\n", NULL,
	    { "5", "5", "5" }, "pkicreate.secure_port" },
	{ "machineName=h\nhttps.port=8443\n", NULL, { "8443", "8443", "8443" },
	    "https.port" },
	/* A constant of the template. */
	{ "machineName=h\nhttps.port=8443\ncms.version=10.2.6\n", NULL,
	    { NULL, NULL, NULL }, NULL },
	{ "machineName=h\nhttps.port=8543\ncms.version=10.2.6\n", NULL,
	    { "8543", "8543", "8543" }, "https.port" },
	{ "machineName=h\nsecuritydomain.host=H\n"
	  "securitydomain.httpsadminport=7\n",
	    NULL, { "7", "7", "7" }, "securitydomain.httpsadminport" },
	{ "machineName=h\nsecuritydomain.host=other\n"
	  "securitydomain.httpsadminport=7\n",
	    NULL, { NULL, NULL, NULL }, NULL },
	{ "machineName=h\nsecuritydomain.host=h\ncms.version=8.1.0\n"
	  "securitydomain.httpsagentport=1\nsecuritydomain.httpseeport=2\n"
	  "securitydomain.httpsadminport=3\n",
	    NULL, { "1", "2", "3" }, "securitydomain.httpsagentport" },
	{ "machineName=h\nsecuritydomain.host=h\ncms.version=8.1.0\n"
	  "securitydomain.httpsadminport=3\n",
	    NULL, { NULL, NULL, "3" }, NULL },
	{ "machineName=h\nservice.securePort=x\nhttps.port=9\n", NULL,
	    { "9", "9", "9" }, "https.port" },
};

static void
test_uses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		struct cfg *cfg =
		    cfg_parse("unit", mem_dup(told[i].cfg, strlen(told[i].cfg)),
			strlen(told[i].cfg));

		scratch_put("server.xml",
		    told[i].xml != NULL ? told[i].xml : "<Server/>");
		for (int use = 0; use < ADDRESS_USES; use++) {
			const char *port = told[i].port[use];
			struct address at;

			assert_int_equal(address_read(&at, cfg, "CS.cfg",
					     (enum address_use)use),
			    0);
			assert_true(port == NULL
					? at.port.at == NULL
					: slice_equal(at.port, slice_of(port)));
			if (use == ADDRESS_AGENT)
				same(at.port_from, told[i].from);
			address_release(&at);
		}
		scratch_said();
		cfg_free(cfg);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("the server takes the last, the tools the first",
		    test_good),
		SCRATCH_TEST("a bad document is one line and -1", test_bad),
		SCRATCH_TEST("found from each layout's CS.cfg", test_places),
		SCRATCH_TEST("each use has its port", test_uses),
		SCRATCH_TEST(
		    "an address by machineName and port", test_address),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
