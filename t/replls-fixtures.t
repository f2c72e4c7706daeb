#!/bin/sh
# SPDX-License-Identifier: MIT
# replls on files that no one here wrote, where CLONEKIT_FIXTURES is a
# directory of them: dogtag/STAGE/DS*.ldif of two and three servers.
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

it 'finds nothing in any stage, but a server that is not given' <<-\EOF
	for stage in "$CLONEKIT_FIXTURES"/dogtag/[0-9]*
	do
		replls --findings "$stage"/ds*.ldif >out
		same /dev/null out
	done
	replls --findings "$stage"/ds[12]*.ldif >out
	test "$(wc -l <out)" -eq 1
	grep 'info: id-not-given: replica 1090 of .*ds3.example.com:389' out
EOF

it 'finds exactly what a clone that is gone left' <<-\EOF
	cp "$CLONEKIT_FIXTURES"/dogtag/3-*/ds[12]*.ldif .
	for ds in ds?-ca.ldif
	do
		awk 'BEGIN { RS = ""; ORS = "\n\n" }
		    !(/objectClass: pkiSubsystem/ && /ca3/)' $ds >x
		mv x $ds
	done
	exits 1 replls --findings *.ldif >out
	cut -d : -f 1,3,4 out | sort >got
	cat >want <<-END
	ds1-ca-ruv.ldif: warning: ruv-leftover
	ds1-ca.ldif: info: range-leftover
	ds1-ca.ldif: info: range-leftover
	ds2-config-replication.ldif: warning: agreement-leftover
	ds2-config-replication.ldif: warning: manager-leftover
	END
	same want got
EOF

tap_done
