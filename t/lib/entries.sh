# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# entries.sh - LDIF for tests of ldapcmp; read it after sandbox.sh
#
#	entry DN LINE...	an entry, and an empty line
#	record N [STATUS]	one of a certificate
#	says N [OPTION]...	ldapcmp's status for ./a and ./b; what it prints
#				goes to ./said with blanks for tabs; as gives

entry () {
	printf 'dn: %s\n' "$1"
	shift
	printf '%s\n' "$@" ''
}

record () {
	entry "cn=$1,ou=certificateRepository,ou=ca,o=ca" \
	    'objectClass: top' 'objectClass: certificateRecord' "cn: $1" \
	    "serialno: 02$1" "certStatus: ${2-VALID}" \
	    'metaInfo: profileId:caCert' 'metaInfo: requestId:7'
}

says () {
	says_want=$1
	shift
	gives "$says_want" ldapcmp "$@" a b
	tr '\t' ' ' <out >said
}
