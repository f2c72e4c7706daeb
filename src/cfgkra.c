/* SPDX-License-Identifier: MIT */
/*
 * cfgkra - show and change the KRA connector of a CA
 *
 * in:	a CA's CS.cfg; a connector document (--from), a certificate
 *	(--transport-cert)
 * out:	the connector as JSON, XML or records; or edits of
 *	ca.connector.KRA.*
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pki/conndoc.h"
#include "pki/editfile.h"
#include "pki/role.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/record.h"
#include "util/slurp.h"

#define CERT_LIMIT ((size_t)1 << 20)

static const struct record_column columns[] = {
	{ "host", "the host of the KRA" },
	{ "port", "its port" },
	{ "enable", "whether the connector is enabled" },
	{ "timeout", "its timeout in seconds" },
	{ "uri", "the path of the URL" },
	{ NULL, NULL }
};

struct request {
	const char *from, *certificate, *format;
	char **add, **remove;
};

static int
print_records(const struct connector_hosts *hosts, const struct conndoc *doc,
    const struct record_format *format)
{
	struct records out;

	if (records_begin(&out, columns, format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < hosts->count; i++) {
		struct slice field[] = { hosts->at[i].host, hosts->at[i].port,
			doc->field[CONNDOC_ENABLE],
			doc->field[CONNDOC_TIMEOUT], doc->field[CONNDOC_URI] };

		records_put(&out, field);
	}
	records_end(&out);
	return STATUS_OK;
}

static int
look(const struct cfg *cfg, const char *kind,
    const struct record_format *format)
{
	struct connedit now;
	struct conndoc doc;
	struct buf out = { 0 };
	int status = STATUS_OK;

	if (connedit_begin(&now, cfg) < 0)
		return STATUS_ERROR;
	conndoc_of(&doc, cfg);
	if (!now.exists) {
		if (!connector_is_in(cfg))
			say("%s: there is no KRA connector", cfg->file);
		else
			connector_check(cfg);
		status = STATUS_DIFFER;
	} else if (strcmp(kind, "tsv") == 0) {
		status = print_records(&now.hosts, &doc, format);
	} else {
		(strcmp(kind, "xml") == 0 ? conndoc_add_xml :
					    conndoc_add_json)(&out, &doc);
		cli_print(buf_slice(&out));
	}
	if (now.exists)
		conndoc_say_validity(cfg->file,
		    doc.field[CONNDOC_TRANSPORT_CERT], time(NULL));
	buf_release(&out);
	conndoc_release(&doc);
	connedit_release(&now);
	return status;
}

/* Call what for each word of the lists; STATUS_DIFFER where it refuses. */
static int
each_host(struct connedit *change, char **lists,
    int (*what)(struct connedit *, const struct endpoint *))
{
	for (; lists != NULL && *lists != NULL; lists++) {
		const char *at = *lists;

		for (;;) {
			struct slice word = { at, strcspn(at, ",") };
			struct endpoint host;

			if (!connector_parse(&host, word))
				cli_usage("not HOST:PORT: '%.*s'",
				    SLICE_ARG(word));
			if (what != NULL && what(change, &host) < 0)
				return STATUS_DIFFER;
			at += word.size;
			if (*at++ == '\0')
				break;
		}
	}
	return STATUS_OK;
}

static int
remove_host(struct connedit *change, const struct endpoint *host)
{
	size_t before = change->hosts.count;

	connedit_remove(change, host);
	if (before == change->hosts.count)
		say("%s: the connector has no host '%.*s:%.*s'",
		    change->cfg->file, SLICE_ARG(host->host),
		    SLICE_ARG(host->port));
	return 0;
}

static int
read_certificate(struct buf *base64, const char *path)
{
	char *text;
	size_t size;
	int status;

	if (slurp(path, CERT_LIMIT, &text, &size) < 0)
		return -1;
	status = conndoc_add_certificate(base64, slurp_name(path),
	    (struct slice){ text, size });
	free(text);
	return status;
}

static int
apply(struct connedit *change, const struct request *wanted,
    struct conndoc *doc, struct slice certificate)
{
	int status = STATUS_OK;

	if (certificate.at != NULL &&
	    connedit_certificate(change, certificate) < 0)
		return STATUS_DIFFER;
	if (certificate.at != NULL)
		conndoc_say_validity(slurp_name(wanted->certificate),
		    certificate, time(NULL));
	if (wanted->from != NULL) {
		conndoc_say_validity(slurp_name(wanted->from),
		    doc->field[CONNDOC_TRANSPORT_CERT], time(NULL));
		status = connedit_document(change, doc,
		    slurp_name(wanted->from));
		if (status != 0)
			return status < 0 ? STATUS_DIFFER : STATUS_ERROR;
	}
	status = each_host(change, wanted->add, connedit_add);
	if (status == STATUS_OK)
		status = each_host(change, wanted->remove, remove_host);
	return status;
}

static bool
is_of_another(const struct cfg *cfg)
{
	struct role role;
	bool is;

	role_read(&role, cfg);
	is = role.subsystem[0] != '\0' && strcmp(role.subsystem, "ca") != 0;
	role_release(&role);
	return is;
}

static int
edit(struct editfile *f, const struct request *wanted, struct conndoc *doc,
    struct slice certificate)
{
	struct connedit change;
	struct edits edits = { 0 };
	int status = STATUS_ERROR;

	if (is_of_another(f->cfg)) {
		say("%s: not a CA's CS.cfg", f->cfg->file);
		return STATUS_DIFFER;
	}
	if (connedit_begin(&change, f->cfg) == 0) {
		status = apply(&change, wanted, doc, certificate);
		if (status == STATUS_OK && connedit_edits(&change, &edits) < 0)
			status = STATUS_ERROR;
		if (status == STATUS_OK)
			status = editfile_finish(f, &edits);
	}
	edits_release(&edits);
	connedit_release(&change);
	return status;
}

static int
run(const struct editfile_options *options, const char *operand,
    const struct request *wanted, const struct record_format *format)
{
	struct conndoc doc = { .arena = { NULL } };
	struct buf certificate = { 0 };
	struct editfile f;
	int status = STATUS_ERROR;

	if ((wanted->from == NULL || conndoc_read(&doc, wanted->from) == 0) &&
	    (wanted->certificate == NULL ||
		read_certificate(&certificate, wanted->certificate) == 0) &&
	    editfile_open(&f, operand, options) == 0) {
		status = wanted->format != NULL ?
		    look(f.cfg, wanted->format, format) :
		    edit(&f, wanted, &doc, buf_slice(&certificate));
		editfile_close(&f);
	}
	buf_release(&certificate);
	conndoc_release(&doc);
	return status;
}

/* What to print, where it is not edits. */
static void
check_request(struct request *wanted, const struct record_format *format,
    const struct editfile_options *options)
{
	bool edits = wanted->add != NULL || wanted->remove != NULL ||
	    wanted->from != NULL || wanted->certificate != NULL;
	bool records = format->json || format->table || format->header ||
	    format->columns != NULL;

	if (edits && (wanted->format != NULL || records))
		cli_usage("--format, --table, --json, --header and --columns "
			  "do not edit");
	if (wanted->format != NULL && strcmp(wanted->format, "json") != 0 &&
	    strcmp(wanted->format, "xml") != 0 &&
	    strcmp(wanted->format, "tsv") != 0)
		cli_usage("--format: not json, xml or tsv: '%s'",
		    wanted->format);
	if (records && wanted->format != NULL &&
	    strcmp(wanted->format, "tsv") != 0)
		cli_usage("--table, --json, --header and --columns require "
			  "--format tsv");
	if (!edits && options->in_place)
		cli_usage("--in-place requires --add, --remove, --from or "
			  "--transport-cert");
	if (!edits && wanted->format == NULL)
		wanted->format = records ? "tsv" : "json";
	each_host(NULL, wanted->add, NULL);
	each_host(NULL, wanted->remove, NULL);
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	struct record_format format = { 0 };
	struct request wanted = { .from = NULL };
	const struct poptOption options[] = {
		{ "format", '\0', POPT_ARG_STRING, &wanted.format, 0,
		  "print json (Dogtag 11), xml (Dogtag 10) or tsv", "FORM" },
		{ "add", '\0', POPT_ARG_ARGV, &wanted.add, 0,
		  "add these KRAs to the connector", "HOST:PORT,..." },
		{ "remove", '\0', POPT_ARG_ARGV, &wanted.remove, 0,
		  "remove these KRAs; with the last, the connector",
		  "HOST:PORT,..." },
		{ "from", '\0', POPT_ARG_STRING, &wanted.from, 0,
		  "take the connector from a JSON or XML document",
		  "DOCUMENT" },
		{ "transport-cert", '\0', POPT_ARG_STRING, &wanted.certificate,
		  0, "set the renewed transport certificate of the KRA",
		  "PEM" },
		EDITFILE_OPTIONS(file),
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE", "\
Prints the KRA connector in FILE, a CA's CS.cfg, or edits it.  Examples:\n\
\n\
  cfgkra CS.cfg >kra.json\n\
  cfgkra -i --add kra2.example.com:8443 CS.cfg\n\
\n\
Status: 0 done, 1 no connector or refused, 2 error.\n", 1, 1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	check_request(&wanted, &format, &file);
	if (slurp_is_stdin(operands[0]) + slurp_is_stdin(wanted.from) +
	    slurp_is_stdin(wanted.certificate) > 1)
		cli_usage("only one file can be standard input");
	return run(&file, operands[0], &wanted, &format);
}
