/* SPDX-License-Identifier: MIT */
/*
 * replls - list the replicas of a deployment, and what is wrong between them
 *
 * in:	URLs of 389 Directory Servers, or LDIF of their cn=config and suffixes
 * out:	records, one a replica, agreement, RUV element or conflict; findings
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check/replication.h"
#include "pki/csdir.h"
#include "pki/replica.h"
#include "pki/replread.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/record.h"
#include "util/tcp.h"

enum field {
	KIND,
	SERVER,
	SUFFIX,
	ID,
	NAME,
	PEER,
	TRANSPORT,
	STATE,
	LAG,
	UPDATED,
	TEXT,
	FIELDS
};

static const struct record_column columns[] = {
	[KIND] = { "kind", "replica, agreement, element or conflict" },
	[SERVER] = { "server", "host and port, or the source" },
	[SUFFIX] = { "suffix", "suffix that is replicated" },
	[ID] = { "id", "the replica ID" },
	[NAME] = { "name", "agreement, or entry in conflict" },
	[PEER] = { "peer", "host and port of the other server" },
	[TRANSPORT] = { "transport", "LDAP, SSL or TLS" },
	[STATE] = { "state", "supplier; green, amber, red, disabled" },
	[LAG] = { "lag", "how many seconds behind; -: has no change" },
	[UPDATED] = { "updated", "time of the last update, in UTC" },
	[TEXT] = { "text", "last change, or status of the server" },
	[FIELDS] = { NULL, NULL }
};

struct options {
	struct catalogue_options asked;
	struct ldapopt ldap;
	struct record_format format;
	char **ids, *domain, *subsystem;
	int max_lag, wait, dot, findings;
};

struct run {
	const struct options *options;
	const char **operand;
	struct replicas all;
	struct replica_id_ranges ranges;
	struct arena arena; /* of what is printed */
	bool live; /* all are servers, and can be asked again */
};

/* Have two CS.cfg files one directory, without a replica? */
static bool
has_shared(const struct replicas *all)
{
	for (size_t i = 0; i < all->servers; i++)
		if (all->server[i].is_again)
			return true;
	return false;
}

static int
collect(struct run *run)
{
	bool is_server;

	replicas_release(&run->all);
	run->live = true;
	if (run->options->domain != NULL &&
	    replread_domain(&run->all, run->options->domain) < 0)
		return -1;
	for (const char **operand = run->operand; *operand != NULL; operand++) {
		if (replread(&run->all, *operand, run->options->subsystem,
			&run->options->ldap, &is_server) < 0) {
			/* What the others tell is not lost with one that is
			 * down; a bad file is an error of the call. */
			if (!is_server)
				return -1;
			run->all.is_partial = true;
		}
		run->live = run->live && is_server;
	}
	if (replread_end(&run->all) < 0)
		run->all.is_partial = true;
	if (run->all.count != 0 || has_shared(&run->all))
		return 0;
	return run->all.is_partial
		   ? -1
		   : fail("no replica in any source: give " CSDIR_FORMS);
}

PRINTF_LIKE(2, 3)
static struct slice
text(struct run *run, const char *fmt, ...)
{
	char *made = NULL;
	struct slice kept;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&made, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	kept = arena_copy(&run->arena, slice_of(made));
	free(made);
	return kept;
}

static struct slice
address(struct run *run, const struct endpoint *at)
{
	struct slice kept;
	char *made;

	if (at->host.at == NULL)
		return at->host;
	made = endpoint_text(at);
	kept = arena_copy(&run->arena, slice_of(made));
	free(made);
	return kept;
}

/* 20261121030645Z, as 2026-11-21T03:06:45Z; what never was, as nothing. */
static struct slice
utc(struct run *run, struct slice time)
{
	if (time.size != 15 || slice_starts(time, slice_of("1970")))
		return (struct slice){ NULL, 0 };
	return text(run, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", time.at, time.at + 4,
	    time.at + 6, time.at + 8, time.at + 10, time.at + 12);
}

static void
put_replica(struct run *run, struct records *out, struct slice *field,
    const struct replica *replica)
{
	field[KIND] = slice_of("replica");
	field[ID] = replica->has_id ? text(run, "%u", replica->id)
				    : (struct slice){ NULL, 0 };
	field[STATE] = slice_of(replica->supplier        ? "supplier"
				: replica->is_hub        ? "hub"
				: replica->is_configured ? "consumer"
							 : "");
	records_put(out, field);
}

static const char *const states[] = { [TOPOLOGY_UNKNOWN] = "",
	[TOPOLOGY_GREEN] = "green",
	[TOPOLOGY_AMBER] = "amber",
	[TOPOLOGY_RED] = "red",
	[TOPOLOGY_DISABLED] = "disabled" };

static void
put_agreements(struct run *run, struct records *out, const struct slice *start,
    const struct replica *replica)
{
	for (size_t i = 0; i < replica->agreements; i++) {
		const struct replica_agreement *is = &replica->agreement[i];
		struct slice field[FIELDS];

		memcpy(field, start, sizeof field);
		field[KIND] = slice_of("agreement");
		field[NAME] = is->name;
		field[PEER] = address(run, &is->to);
		field[TRANSPORT] = is->transport;
		field[STATE] = slice_of(states[topology_state(is)]);
		field[UPDATED] = utc(run, is->updated);
		field[TEXT] = is->status;
		records_put(out, field);
	}
}

static void
put_elements(struct run *run, struct records *out, const struct slice *start,
    const struct replica *replica)
{
	for (size_t i = 0; i < replica->elements; i++) {
		const struct ruv_element *is = &replica->element[i].is;
		long lag = topology_lag(&run->all, replica, is->replica);
		struct slice field[FIELDS];
		char csn[CSN_TEXT_SIZE], when[32];
		time_t seconds = (time_t)is->max.seconds;
		struct tm tm;

		memcpy(field, start, sizeof field);
		field[KIND] = slice_of("element");
		field[ID] = text(run, "%u", is->replica);
		field[PEER] = address(run, &replica->element[i].at);
		field[LAG] = lag < 0 ? slice_of("-") : text(run, "%ld", lag);
		if (is->has_csn) {
			csn_print(&is->max, csn);
			field[TEXT] = text(run, "%s", csn);
			gmtime_r(&seconds, &tm);
			strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
			field[UPDATED] = text(run, "%s", when);
		}
		records_put(out, field);
	}
}

/* As its replicas are called, which may be in several files. */
static struct slice
server_name(struct run *run, size_t server)
{
	for (size_t i = 0; i < run->all.count; i++)
		if (run->all.replica[i].server == server)
			return slice_of(topology_name(
			    &run->all, &run->all.replica[i], &run->arena));
	return slice_of(run->all.server[server].name);
}

static void
put_conflicts(struct run *run, struct records *out)
{
	for (size_t i = 0; i < run->all.traces; i++) {
		const struct replica_trace *trace = &run->all.trace[i];
		struct slice field[FIELDS] = { { NULL, 0 } };

		if (trace->kind != REPLICA_CONFLICT)
			continue;
		field[KIND] = slice_of("conflict");
		field[SERVER] = server_name(run, trace->server);
		field[NAME] = trace->text;
		field[TEXT] = trace->more;
		records_put(out, field);
	}
}

static int
put_records(struct run *run)
{
	struct records out;

	if (records_begin(&out, columns, &run->options->format) < 0)
		return -1;
	for (size_t i = 0; i < run->all.count; i++) {
		const struct replica *replica = &run->all.replica[i];
		struct slice start[FIELDS] = { { NULL, 0 } };
		struct slice field[FIELDS];

		start[SERVER] =
		    slice_of(topology_name(&run->all, replica, &run->arena));
		start[SUFFIX] = replica->root;
		memcpy(field, start, sizeof field);
		put_replica(run, &out, field, replica);
		put_agreements(run, &out, start, replica);
		put_elements(run, &out, start, replica);
	}
	put_conflicts(run, &out);
	records_end(&out);
	return 0;
}

/* A text in quotes, as Graphviz has it. */
static struct slice
quoted(struct run *run, struct slice s)
{
	struct buf out = { 0 };
	struct slice kept;

	buf_putc(&out, '"');
	for (size_t i = 0; i < s.size; i++) {
		if (s.at[i] == '"' || s.at[i] == '\\')
			buf_putc(&out, '\\');
		buf_putc(&out, s.at[i]);
	}
	buf_putc(&out, '"');
	kept = arena_copy(&run->arena, buf_slice(&out));
	buf_release(&out);
	return kept;
}

/* What an agreement leads to, by the name of the replica if that is known. */
static struct slice
peer_of(struct run *run, const struct replica *replica,
    const struct replica_agreement *to)
{
	const struct replica *peer =
	    replicas_led_to(&run->all, replica->suffix, to);

	return quoted(run, peer == NULL ? address(run, &to->to)
					: slice_of(topology_name(
					      &run->all, peer, &run->arena)));
}

static void
put_dot(struct run *run)
{
	static const char *const colours[] = { [TOPOLOGY_UNKNOWN] = "black",
		[TOPOLOGY_GREEN] = "black",
		[TOPOLOGY_AMBER] = "orange",
		[TOPOLOGY_RED] = "red",
		[TOPOLOGY_DISABLED] = "grey" };

	puts("digraph replication {");
	for (size_t i = 0; i < run->all.count; i++) {
		const struct replica *replica = &run->all.replica[i];
		struct slice name = quoted(run,
		    slice_of(topology_name(&run->all, replica, &run->arena)));
		struct slice suffix = quoted(run, replica->root);

		printf("\t%.*s;\n", SLICE_ARG(name));
		for (size_t k = 0; k < replica->agreements; k++) {
			const struct replica_agreement *to =
			    &replica->agreement[k];
			struct slice peer = peer_of(run, replica, to);

			printf("\t%.*s -> %.*s [label=%.*s, color=%s];\n",
			    SLICE_ARG(name), SLICE_ARG(peer), SLICE_ARG(suffix),
			    colours[topology_state(to)]);
		}
	}
	puts("}");
}

static bool
answers(const struct replica_agreement *to, int seconds, struct tcp *tcp)
{
	int got;

	tcp_limit(tcp, (unsigned)seconds * 1000);
	got = tcp_connect(tcp, to->to.host.at, to->to.port.at);
	tcp_close(tcp);
	return got == 0;
}

/* Hosts of agreements that are none of the servers asked. */
static void
probe(struct run *run, struct findings *found)
{
	struct tcp tcp = { .fd = -1 };

	for (size_t i = 0; i < run->all.count; i++) {
		const struct replica *replica = &run->all.replica[i];

		for (size_t k = 0; k < replica->agreements; k++) {
			const struct replica_agreement *to =
			    &replica->agreement[k];
			if (replicas_led_to(&run->all, replica->suffix, to) !=
				NULL ||
			    answers(to, run->options->ldap.timeout, &tcp))
				continue;
			findings_add(found,
			    (struct findings_place){
				to->place.file, to->place.line },
			    "no-answer",
			    "cannot connect to %.*s:%.*s, where the agreement "
			    "'%.*s' leads: %s",
			    SLICE_ARG(to->to.host), SLICE_ARG(to->to.port),
			    SLICE_ARG(to->name), tcp.error);
		}
	}
}

/* Ask again, once a second, until all is in step or the time is over. */
static int
wait_for_step(struct run *run, const struct topology *topology)
{
	const struct timespec second = { .tv_sec = 1 };
	struct timespec now;
	time_t end;

	if (run->options->wait != 0 && !run->live)
		return fail("--wait is for servers, which can be asked again");
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + run->options->wait;
	while (now.tv_sec < end && !run->all.is_partial &&
	       !topology_in_step(topology)) {
		nanosleep(&second, NULL);
		if (collect(run) < 0)
			return -1;
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return 0;
}

/* A source that is a CS.cfg says this, too. */
static int
read_ids(struct run *run)
{
	for (char **ids = run->options->ids; ids != NULL && *ids != NULL; ids++)
		if (replread_ids(&run->ranges, *ids, run->options->subsystem) <
		    0)
			return -1;
	for (const char **is = run->operand; *is != NULL; is++)
		if (csdir_is_server(*is) && !source_is_url(*is) &&
		    replread_ids(&run->ranges, *is, run->options->subsystem) <
			0)
			return -1;
	return 0;
}

static int
run_all(struct run *run)
{
	const struct options *o = run->options;
	const struct topology topology = { .all = &run->all,
		.ranges = &run->ranges,
		.max_lag = (unsigned)o->max_lag };
	struct findings found = { 0 };
	int status = -1;

	if (collect(run) < 0 || read_ids(run) < 0 ||
	    wait_for_step(run, &topology) < 0)
		return -1;
	topology_check(&topology, &found);
	if (run->live)
		probe(run, &found);
	if (o->dot)
		put_dot(run);
	else if (!o->findings && put_records(run) < 0)
		goto out;
	if (o->findings || o->format.json)
		findings_print(&found, o->format.json);
	else
		findings_tell(&found);
	if (!run->all.is_partial)
		status = findings_status(&found);
out:
	findings_release(&found);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { .ldap = LDAPOPT_DEFAULTS };
	const struct poptOption options[] = {
		{ "domain", '\0', POPT_ARG_STRING, &o.domain, 0,
		    "security domain, in any form that domainls reads",
		    "FILE" },
		{ "ids", '\0', POPT_ARG_ARGV, &o.ids, 0,
		    "CS.cfg or instance whose replica IDs must not be in use",
		    "CS.cfg" },
		{ "max-lag", '\0', POPT_ARG_INT, &o.max_lag, 0,
		    "accept that replicas are so far behind (0)", "SECONDS" },
		{ "wait", '\0', POPT_ARG_INT, &o.wait, 0,
		    "wait until all replicas are in step, up to SECONDS",
		    "SECONDS" },
		{ "findings", '\0', POPT_ARG_NONE, &o.findings, 0,
		    "print only findings, on standard output", NULL },
		{ "dot", '\0', POPT_ARG_NONE, &o.dot, 0,
		    "print the topology for Graphviz", NULL },
		{ "subsystem", '\0', POPT_ARG_STRING, &o.subsystem, 0,
		    "subsystem of an instance: ca, kra, ...", "NAME" },
		CATALOGUE_OPTIONS(o.asked), LDAPOPT_OPTIONS(o.ldap),
		RECORD_OPTIONS(o.format), CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "SOURCE...", "\
SOURCE is the URL of a server, a CS.cfg or instance that names the server, or\n\
LDIF of cn=config, RUVs and suffixes.  Example:\n\
\n\
  replls -D 'cn=Directory Manager' -y pw --table ldap://ds1 ldap://ds2\n\
\n\
Status: 0 no warnings or errors found; 1 some found; 2 error.\n",
		0, -1 };
	struct run run = { .options = &o };
	int status;

	run.operand = cli_parse(argc, argv, options, &help);
	if (catalogue_answers(&o.asked, &status))
		return status;
	cli_need(run.operand, 1);
	if (o.max_lag < 0 || o.wait < 0)
		cli_usage("--max-lag and --wait: not a number of seconds");
	if (o.dot && (o.findings || o.format.json || o.format.table))
		cli_usage("--dot cannot be used with --findings, --json or "
			  "--table");
	if (ldapopt_begin(&o.ldap) < 0)
		return STATUS_ERROR;
	status = run_all(&run);
	ldapopt_release(&o.ldap);
	replicas_release(&run.all);
	free(run.ranges.at);
	arena_release(&run.ranges.arena);
	arena_release(&run.arena);
	return status < 0 ? STATUS_ERROR : status;
}
