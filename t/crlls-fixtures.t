#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls on CRLs that no one here wrote, where CLONEKIT_FIXTURES is a directory
# of them (make check FIXTURES=DIR): dogtag/crl/*.der, of a CA and of its clone
# to which the making of CRLs was moved.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

crls=$CLONEKIT_FIXTURES/dogtag/crl
ca=$CLONEKIT_FIXTURES/dogtag/3-crl-master-moved/ca1/alias/ca.crt

it 'verifies them, and lists the serial numbers that openssl lists' <<-\EOF
	for crl in "$crls"/*.der
	do
		crlls --issuer "$ca" "$crl" >out
		grep -qx '# signature: verified' out
		openssl crl -inform DER -noout -text -in "$crl" |
		    sed -n 's/^ *Serial Number: 0*/0x/p' |
		    tr A-F a-f >theirs
		crlls --entries --columns serial "$crl" >ours
		diff theirs ours
	done
EOF

it 'finds that the moved one names no certificate any more' <<-\EOF
	exits 1 crlls --entries "$crls"/MasterCRL-ca1-after-move.der \
	    "$crls"/MasterCRL-ca2-after-move.der >out
	test "$(grep -c '^removed	' out)" = 7
	exits 1 grep '^added\|^changed' out
	crlls --entries "$crls"/MasterCRL.der \
	    "$crls"/MasterCRL-ca1-after-move.der >out
	test ! -s out
EOF

it 'finds a number that went back, in the wrong order' <<-\EOF
	exits 1 crlls --summary "$crls"/MasterCRL-ca2-after-move.der \
	    "$crls"/MasterCRL.der >out
	grep -q 'number-went-back: number 2 after 3' out
EOF

tap_done
