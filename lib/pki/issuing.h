/* SPDX-License-Identifier: MIT */
#ifndef PKI_ISSUING_H
#define PKI_ISSUING_H

#include "cfg/cfg.h"

/*
 * The CRL issuing points of a CA: as the server has it, every <ip> of a live
 * key ca.crl.<ip>.<something> [dogtag 2.3].  ca.crl.pageSize and the comment
 * keys ca.crl._NNN are none.
 *
 *	struct issuing points;
 *
 *	issuing_find(&points, cfg);
 *	... points.name[i] ...
 *	issuing_release(&points);
 */

#define ISSUING_PREFIX "ca.crl."

struct issuing {
	const struct cfg *cfg;
	struct slice *name; /* in the file's order */
	size_t count, room;
};

/* The names borrow from cfg. */
void issuing_find(struct issuing *points, const struct cfg *cfg);
void issuing_release(struct issuing *points);

/* "ca.crl.<ip>.<what>", a new string. */
char *issuing_key(struct slice point, const char *what);

/* Its value, as cfg_string() has it. */
struct slice issuing_value(const struct cfg *cfg, struct slice point,
    const char *what);

/* The same as setting_bool() and setting_integer() have it. */
bool issuing_bool(const struct cfg *cfg, struct slice point, const char *what);

long issuing_integer(const struct cfg *cfg, struct slice point,
    const char *what);

/* Does it make CRLs: is it on, and are its CRLUpdates enabled? */
bool issuing_makes(const struct cfg *cfg, struct slice point);

/* The first of the keys that the server wants of a point and this one lacks
 * (class, description), or NULL. */
const char *issuing_lacks(const struct cfg *cfg, struct slice point);

/* The key that a signing algorithm wants: "RSA" of "SHA256withRSA" and of
 * "SHA256withRSA/PSS"; at NULL: not known. */
struct slice issuing_key_kind(struct slice algorithm);

#endif
