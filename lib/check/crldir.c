/* SPDX-License-Identifier: MIT */
#include "check/crldir.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/spool.h"

#define CRL "certificateRevocationList"

/* A descriptor at the beginning of a copy. */
static int
copy_of(struct slice crl)
{
	FILE *file = spool_file();
	int fd = -1;

	if (file == NULL)
		return -1;
	if (fwrite(crl.at, 1, crl.size, file) == crl.size &&
	    fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0)
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		fail_errno("cannot copy a CRL");
	fclose(file);
	return fd;
}

int
crldir_open(const struct csdir *dir, const char *point, int *fd, char **name)
{
	static const char *const attributes[] = { "objectClass", "cn", CRL,
		NULL };
	const struct source_query query = {
		.base = dir->base,
		.filter = "(objectClass=crlIssuingPointRecord)",
		.attributes = attributes,
	};
	struct entry entry;
	int more;

	*fd = -1;
	*name = mem_printf("%s:cn=%s", source_name(dir->source), point);
	if (source_search(dir->source, &query) < 0)
		return -1;
	while ((more = source_next(dir->source, &entry)) > 0) {
		struct slice crl = entry_value(&entry, CRL, 0);

		if (!entry_has(&entry, "objectClass",
			"crlIssuingPointRecord") ||
		    !entry_has(&entry, "cn", point))
			continue;
		if (crl.size == 0)
			return 0;
		*fd = copy_of(crl);
		return *fd < 0 ? -1 : 1;
	}
	return more;
}
