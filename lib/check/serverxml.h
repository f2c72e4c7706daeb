/* SPDX-License-Identifier: MIT */
#ifndef SERVERXML_H
#define SERVERXML_H

/*
 * The secure port of an instance, out of the server.xml that lies beside a
 * CS.cfg, or above it as in an instance [dogtag 9].
 */

/*
 * A new string in *port, NULL where there is no server.xml or no secure
 * connector in it; -1: there is one that cannot be read, reported.
 */
int serverxml_port(char **port, const char *cs_cfg);

#endif
