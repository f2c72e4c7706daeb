/* SPDX-License-Identifier: MIT */
#ifndef DOMAINDOC_H
#define DOMAINDOC_H

#include "dir/domain.h"

/*
 * Documents of a security domain:
 *
 * - JSON of domainInfo: subsystems and hosts by name (11), Subsystem and Host
 *   (10.2), the same in a DomainInfo (10.1);
 * - its XML (10): Subsystem and Host, from 10.8 on all of it once more as
 *   subsystems and hosts: a host counts once;
 * - XML of getDomainXML: CAList and its like, also within an XMLResponse.
 *
 * text has a NUL after it.  -1: reported.
 */

int domaindoc_json(struct domain_reading *r, struct slice text);
int domaindoc_xml(struct domain_reading *r, struct slice text);

#endif
