/* SPDX-License-Identifier: MIT */
/* Of any listing: what is told of a line lies in it, or in a heading. */
#include <assert.h>
#include <stdint.h>

#include "pki/keyid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
within(struct slice part, struct slice whole)
{
	if (part.at == NULL)
		return;
	assert(part.at >= whole.at);
	assert(part.at + part.size <= whole.at + whole.size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listing listing = { { NULL, 0 } };
	struct slice all = { (const char *)data, size }, rest = all;

	while (rest.size != 0) {
		const char *lf = memchr(rest.at, '\n', rest.size);
		struct slice line = { rest.at,
			lf != NULL ? (size_t)(lf - rest.at) : rest.size };
		struct listing_key key;
		struct listing_cert cert = { { NULL, 0 }, { NULL, 0 } };
		enum listing_kind kind = listing_read(&listing, line, &key);

		if (listing_read_cert(line, &cert) == LISTING_CERT) {
			within(cert.nickname, line);
			within(cert.trust, line);
			assert(cert.nickname.size != 0);
			assert(cert.nickname.size + cert.trust.size <
			    line.size);
		}
		within(key.id, line);
		within(key.nickname, line);
		within(key.name, line);
		within(key.token, all);
		if (kind == LISTING_KEY || kind == LISTING_ID)
			assert(key.id.size != 0);
		assert(key.name.size <= key.nickname.size);
		assert(!key.may_be_cut || key.id.size >= 40);
		assert(!key.quoted || key.id.size <= 40);
		rest.at += line.size + (lf != NULL);
		rest.size -= line.size + (lf != NULL);
	}
	return 0;
}
