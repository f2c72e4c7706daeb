/* SPDX-License-Identifier: MIT */
#include "nss/nssobj.h"

#include <stdlib.h>

void
nss_objects_release(struct nss_objects *objects)
{
	free(objects->cert);
	free(objects->key);
	free(objects->secret);
	arena_release(&objects->arena);
	*objects = (struct nss_objects){ 0 };
}

const struct nss_attr *
nss_attr_find(const struct nss_object *object, uint32_t type)
{
	for (size_t i = 0; i < object->attrs; i++)
		if (object->attr[i].type == type)
			return &object->attr[i];
	return NULL;
}

struct slice
nss_attr_value(const struct nss_object *object, uint32_t type)
{
	const struct nss_attr *attr = nss_attr_find(object, type);

	return attr != NULL ? attr->value : (struct slice){ NULL, 0 };
}

bool
nss_attr_number(const struct nss_object *object, uint32_t type,
    uint32_t *number)
{
	struct slice value = nss_attr_value(object, type);
	const unsigned char *b = (const unsigned char *)value.at;

	if (value.size != 4)
		return false;
	*number = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
	return true;
}

static unsigned
bits_of(enum nss_level level)
{
	switch (level) {
	case NSS_TRUSTED_PEER:
		return CERTDB_TERMINAL | CERTDB_TRUSTED;
	case NSS_TRUSTED_CA:
		return CERTDB_VALID_CA | CERTDB_TRUSTED_CA;
	case NSS_NOT_TRUSTED:
		return CERTDB_TERMINAL;
	case NSS_VALID_CA:
		return CERTDB_VALID_CA;
	case NSS_UNKNOWN:
	case NSS_MUST_VERIFY:
		break;
	}
	return 0;
}

static char *
add_letters(char *dst, unsigned bits)
{
	if ((bits & CERTDB_VALID_CA) != 0 &&
	    (bits & (CERTDB_TRUSTED_CA | CERTDB_TRUSTED_CLIENT_CA)) == 0)
		*dst++ = 'c';
	if ((bits & CERTDB_TERMINAL) != 0 && (bits & CERTDB_TRUSTED) == 0)
		*dst++ = 'p';
	if ((bits & CERTDB_TRUSTED_CA) != 0)
		*dst++ = 'C';
	if ((bits & CERTDB_TRUSTED_CLIENT_CA) != 0)
		*dst++ = 'T';
	if ((bits & CERTDB_TRUSTED) != 0)
		*dst++ = 'P';
	if ((bits & CERTDB_USER) != 0)
		*dst++ = 'u';
	return dst;
}

/* cert_trust_from_stan_trust(): a client CA is a T of the first field. */
void
nss_trust_text(char dst[NSS_TRUST_SIZE], const struct nss_trust *trust,
    bool user)
{
	unsigned server = bits_of(trust->level[NSS_SERVER]);
	unsigned client = bits_of(trust->level[NSS_CLIENT]);
	unsigned both = user ? CERTDB_USER : 0;

	if ((client & CERTDB_TRUSTED_CA) != 0)
		client = (client & ~(unsigned)CERTDB_TRUSTED_CA) |
		    CERTDB_TRUSTED_CLIENT_CA;
	dst = add_letters(dst, server | client | both);
	*dst++ = ',';
	dst = add_letters(dst, bits_of(trust->level[NSS_EMAIL]) | both);
	*dst++ = ',';
	dst = add_letters(dst, bits_of(trust->level[NSS_CODE]) | both);
	*dst = '\0';
}
