/* SPDX-License-Identifier: MIT */
#ifndef PKI_LOCATE_H
#define PKI_LOCATE_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Which CS.cfg an operand means, for all tools [dogtag 1.1].
 *
 * An operand is a file, "-", an instance's name as pki-server takes it, which
 * is a directory in /var/lib/pki and no file here, or a directory DIR with
 *
 *	DIR/conf/SUB/CS.cfg, DIR/SUB/conf/CS.cfg, DIR/SUB/CS.cfg	(10, 11)
 *	DIR/conf/CS.cfg, DIR/CS.cfg					(8, 9)
 *	DIR/SUB-CS.cfg						flat copies
 *	DIR/var/lib/pki/NAME/..., DIR/etc/pki/NAME/... as the first,
 *	DIR/var/lib/pki-SUB/conf/CS.cfg, DIR/etc/pki-SUB/CS.cfg	sosreport
 */

/* The operand, or the directory of the instance of this name: a new string. */
char *locate_operand(const char *operand);

/*
 * The CS.cfg; subsystem may be NULL where there is only one.  A new string;
 * NULL: none or several; reported, with what there is to choose from.
 */
char *locate_cfg(const char *operand, const char *subsystem);

/* Does an operand that is a directory, or names an instance, have a CS.cfg of
 * subsystem (NULL: any)? */
bool locate_has_cfg(const char *operand, const char *subsystem);

/* Is file the CS.cfg of a subsystem of the instance in directory? */
bool locate_is_of(const char *directory, const struct stat *file);

#endif
