/* SPDX-License-Identifier: MIT */
/*
 * clonecheck - what is wrong between a master and its clones?
 *
 * in:	the CS.cfg of each, and the key databases beside them
 * out:	findings: FILE:LINE: level: code: text
 */
#include <stdlib.h>
#include <unistd.h>

#include "cfg/instance.h"
#include "check/clonecert.h"
#include "check/clonerange.h"
#include "util/cli.h"
#include "util/mem.h"

/* The database beside a CS.cfg, or above it as in an instance. */
static char *
find_alias(const char *file)
{
	static const char *const places[] = { "alias", "../alias",
		"../../alias" };
	const char *slash = strrchr(file, '/');
	size_t size = slash != NULL ? (size_t)(slash - file) + 1 : 0;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *path = mem_printf("%.*s%s", (int)size, file, places[i]);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

struct operand {
	char *file, *alias;
	struct cfg *cfg;
};

static int
read_side(struct clone_side *side, struct operand *o, const char *operand,
    const char *subsystem)
{
	o->file = instance_file(operand, subsystem);
	o->cfg = o->file != NULL ? cfg_read(o->file) : NULL;
	if (o->cfg == NULL)
		return -1;
	o->alias = find_alias(o->file);
	*side = (struct clone_side){ o->cfg, o->alias };
	return 0;
}

static int
run(const char **operands, size_t count, const char *subsystem, bool json)
{
	struct clone_side *side = mem_zalloc(count, sizeof *side);
	struct operand *own = mem_zalloc(count, sizeof *own);
	struct findings found = { 0 };
	int status = 0;

	for (size_t i = 0; i < count && status == 0; i++)
		status = read_side(&side[i], &own[i], operands[i],
		    subsystem);
	if (status == 0) {
		clone_check(side, count, &found);
		clonerange_check(side, count, &found);
		status = clonecert_check(side, count, &found);
	}
	if (status == 0) {
		findings_print(&found, json);
		status = findings_are_bad(&found) ? EXIT_NO : EXIT_YES;
	} else {
		status = EXIT_TROUBLE;
	}
	findings_release(&found);
	for (size_t i = 0; i < count; i++) {
		cfg_free(own[i].cfg);
		free(own[i].file);
		free(own[i].alias);
	}
	free(own);
	free(side);
	return status;
}

int
main(int argc, char **argv)
{
	char *subsystem = NULL;
	int json = 0;
	size_t count = 0;
	const struct poptOption options[] = {
		{ "subsystem", '\0', POPT_ARG_STRING, &subsystem, 0,
		  "which one, of instances that have several", "NAME" },
		{ "json", '\0', POPT_ARG_NONE, &json, 0,
		  "one JSON object a line", NULL },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "MASTER CLONE [PEER...]", "\
Each is a CS.cfg or an instance directory.  Example:\n\
\n\
  clonecheck ca1/CS.cfg ca2/CS.cfg\n\
\n\
Status: 0 nothing to mend; 1 findings from warning up; 2 trouble.\n", 1, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	while (operands[count] != NULL)
		count++;
	return run(operands, count, subsystem, json != 0);
}
