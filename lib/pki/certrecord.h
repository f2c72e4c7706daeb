/* SPDX-License-Identifier: MIT */
#ifndef PKI_CERTRECORD_H
#define PKI_CERTRECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "dir/entry.h"
#include "x509/serial.h"

/*
 * The record that a CA keeps of a certificate in its directory: an entry of
 * objectClass certificateRecord below ou=certificateRepository [dogtag 10].
 */

enum certrecord_status {
	CERTRECORD_VALID, /* or not yet valid, or of a status not known here */
	CERTRECORD_EXPIRED,
	CERTRECORD_REVOKED,
	CERTRECORD_REVOKED_EXPIRED,
};

#define CERTRECORD_NO_TIME INT64_MIN

struct certrecord {
	/* Content octets of the serial number, as an INTEGER has them. */
	unsigned char octets[SERIAL_MOST];
	size_t size;
	enum certrecord_status status;
	int reason; /* crl.h */
	/* Seconds since 1970, or CERTRECORD_NO_TIME. */
	int64_t revoked, expires, modified;
	const struct entry *entry; /* borrowed */
};

/* The attributes that certrecord_read() and the functions below look at. */
extern const char *const certrecord_attributes[];

/* 1: record is filled; 0: an entry of another kind; -1: a record whose serial
 * number, or whose time of revocation, cannot be read: reported. */
int certrecord_read(struct certrecord *record, const struct entry *entry);

/* Is the certificate a CA's? */
bool certrecord_is_ca(const struct certrecord *record);

/* Was it made by this profile? */
bool certrecord_has_profile(const struct certrecord *record,
    struct slice profile);

#endif
