/* SPDX-License-Identifier: MIT */
#include "pki/domainsearch.h"

#include "pki/domain.h"

int
domain_search(struct domain *domain, struct source *source)
{
	static const struct source_query query = {
		.filter = "(|(objectClass=pkiSecurityDomain)"
			  "(objectClass=pkiSubsystem))",
	};
	struct domain_reading r;
	struct entry entry;
	int status;

	domain_begin(&r, domain, source_name(source));
	if (source_search(source, &query) < 0)
		return -1;
	while ((status = source_next(source, &entry)) > 0)
		if (domain_take_entry(&r, &entry) < 0) {
			status = -1;
			break;
		}
	return domain_end(&r, status);
}
