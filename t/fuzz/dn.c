/* SPDX-License-Identifier: MIT */
/*
 * A normal form is its own, and libldap reads the same name in it; what libldap
 * takes is taken, and is the same name however libldap spells it.
 */
#include <assert.h>
#include <ldap.h>
#include <stdint.h>
#include <stdlib.h>

#include "dir/dn.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libldap takes line ends and tabs for blanks, anywhere, ';' for a part of a
 * type, and ignores what follows the digits after '#'. */
static bool
is_its_own(struct slice dn)
{
	for (size_t i = 0; i < dn.size; i++)
		if ((unsigned char)dn.at[i] < ' ' || dn.at[i] == ';' ||
		    (dn.at[i] == '#' && (i == 0 || dn.at[i - 1] != '\\')))
			return true;
	return false;
}

/* libldap's spelling of the name, or none. */
static bool
respell(struct slice dn, struct berval *out)
{
	/* It looks one byte further. */
	char *text = mem_dup(dn.at, dn.size);
	struct berval in = { dn.size, text };
	LDAPDN parsed = NULL;
	bool done;

	done = ldap_bv2dn(&in, &parsed, LDAP_DN_FORMAT_LDAPV3) ==
	    LDAP_SUCCESS &&
	    ldap_dn2bv(parsed, out, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;
	ldap_dnfree(parsed);
	free(text);
	return done;
}

static void
check_normal(struct slice normal)
{
	struct buf again = { 0 };
	struct slice above = normal;
	size_t depth = 0;

	assert(dn_normalise(normal, &again) == 0);
	assert(slice_equal(buf_slice(&again), normal));
	buf_release(&again);
	while (above.size != 0) {
		struct slice parent = dn_parent(above);

		assert(dn_within(normal, above));
		assert(dn_within(above, parent));
		assert(parent.size < above.size && depth++ < normal.size);
		above = parent;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice dn = { (const char *)data, size };
	struct berval spelt = { 0, NULL };
	struct buf normal = { 0 }, other = { 0 };
	bool taken;

	if (size == 0)
		return 0;
	taken = dn_normalise(dn, &normal) == 0;
	if (taken)
		check_normal(buf_slice(&normal));
	if (!is_its_own(dn) && respell(dn, &spelt)) {
		assert(taken);
		assert(dn_normalise((struct slice){ spelt.bv_val,
		    spelt.bv_len }, &other) == 0);
		assert(slice_equal(buf_slice(&normal), buf_slice(&other)));
		ber_memfree(spelt.bv_val);
	}
	buf_release(&normal);
	buf_release(&other);
	return 0;
}
