/* SPDX-License-Identifier: MIT */
#include "check/crldir.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/spool.h"

#define CRL "certificateRevocationList"
#define RECORD "crlIssuingPointRecord"

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
crldir_search(const struct csdir *dir, const char *const *attributes)
{
	const struct source_query query = {
		.base = dir->base,
		.filter = "(objectClass=" RECORD ")",
		.attributes = attributes,
	};

	return source_search(dir->source, &query);
}

int
crldir_next(const struct csdir *dir, struct entry *entry)
{
	int more;

	/* A file has others, too. */
	while ((more = source_next(dir->source, entry)) > 0 &&
	    !entry_has(entry, "objectClass", RECORD))
		continue;
	return more;
}

int
crldir_open(const struct csdir *dir, const char *point, int *fd, char **name)
{
	static const char *const attributes[] = { "objectClass", "cn", CRL,
		NULL };
	struct entry entry;
	int more;

	*fd = -1;
	*name = mem_printf("%s:cn=%s", source_name(dir->source), point);
	if (crldir_search(dir, attributes) < 0)
		return -1;
	while ((more = crldir_next(dir, &entry)) > 0) {
		struct slice crl = entry_value(&entry, CRL, 0);

		if (!entry_has(&entry, "cn", point))
			continue;
		if (crl.size == 0)
			return 0;
		*fd = copy_of(crl);
		return *fd < 0 ? -1 : 1;
	}
	return more;
}
