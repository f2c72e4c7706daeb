#!/bin/sh
# SPDX-License-Identifier: MIT
# ldapcmp on dumps that no one here wrote, where CLONEKIT_FIXTURES is a
# directory of them: dogtag/STAGE/dsN-SUBSYSTEM.ldif of a master's directory
# (ds1), its clone's (ds2) and, in stage 3, that of a clone of the clone (ds3).
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

at=$CLONEKIT_FIXTURES/dogtag

it 'finds every clone the same as its master, in every stage' <<-\EOF
	count=0
	for clone in "$at"/*/ds[23]-ca.ldif "$at"/*/ds2-kra.ldif \
	    "$at"/*/ds2-ocsp.ldif
	do
		name=${clone##*/}
		gives 0 ldapcmp "${clone%/*}/ds1-${name#*-}" "$clone"
		same /dev/null out
		same /dev/null err
		exits 1 cmp -s "${clone%/*}/ds1-${name#*-}" "$clone"
		count=$((count + 1))
	done
	test $count -eq 8
EOF

it 'finds what a stage added, and nothing gone' <<-\EOF
	gives 1 ldapcmp --family certs "$at"/1-*/ds1-ca.ldif \
	    "$at"/2-*/ds2-ca.ldif
	exits 1 grep -v '^only-second	cn=[0-9]*,ou=certificateRepository' out
	before=$(grep -c 'cn=[0-9]*,ou=certificateRepository,ou=ca' \
	    "$at"/1-*/ds1-ca.ldif)
	after=$(grep -c '^dn: cn=[0-9]*,ou=certificateRepository,ou=ca' \
	    "$at"/2-*/ds2-ca.ldif)
	test "$(wc -l <out)" -eq $((after - before))
EOF

it 'sees in the CRL issuing point what moving the CRL master did' <<-\EOF
	gives 1 ldapcmp --family crl "$at"/2-*/ds1-ca.ldif \
	    "$at"/3-*/ds2-ca.ldif
	grep -q '^differs	cn=MasterCRL,.*	crlNumber$' out
	exits 1 grep -v '^differs	cn=MasterCRL,' out
EOF

it 'finds a revocation that the clone lacks, and a key that only it has' <<-\EOF
	sed 's/^certStatus: REVOKED/certStatus: VALID/' "$at"/2-*/ds2-ca.ldif \
	    >clone
	gives 1 ldapcmp --only certStatus "$at"/2-*/ds1-ca.ldif clone
	test "$(wc -l <out)" -eq 7
	sed 's/^dn: cn=1,ou=keyRepository/dn: cn=2,ou=keyRepository/' \
	    "$at"/2-*/ds2-kra.ldif >clone
	gives 1 ldapcmp --family keys "$at"/2-*/ds1-kra.ldif clone
	cut -d , -f 1,2 out >got
	printf '%s\n' 'only-first	cn=1,ou=keyRepository' \
	    'only-second	cn=2,ou=keyRepository' >want
	same want got
EOF

it 'digests of both sides have the same lines' <<-\EOF
	for side in 1 2
	do
		exits 0 ldapcmp --digest "$at"/3-*/ds$side-ca.ldif >$side
		LC_ALL=C sort -c $side
	done
	same 1 2
	test "$(wc -l <1)" -gt 200
EOF

tap_done
