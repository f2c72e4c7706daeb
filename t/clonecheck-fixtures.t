#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck on files that no one here wrote, where CLONEKIT_FIXTURES is a
# directory of them (fixtures.t says what is in it): what a real deployment
# has, and pki-healthcheck does not see, is found, and nothing else.
# What bodies use looks unused: they are here-documents.
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

# Copies: nothing here is to touch the files themselves.
for stage in 1 2 3
do
	cp -R "$CLONEKIT_FIXTURES"/dogtag/$stage-* $stage
done
cp -R "$CLONEKIT_FIXTURES"/dogtag/overrides "$CLONEKIT_FIXTURES"/dogtag/p12 .

# codes STATUS OPERAND...: "FILE LEVEL CODE" of each finding, sorted.
codes () {
	gives "$@"
	sed 's/^\([^:]*\)\(:[0-9]*\)*: \([a-z]*\): \([a-z0-9-]*\): .*/\1 \3 \4/' \
	    out | sort >got
}

# pkispawn never writes ca.listenToCloneModifications on a master.
it 'stage 1: the master of a fresh clone does not listen to it' <<-\EOF
	codes 1 clonecheck 1/ca1 1/ca2
	echo '1/ca1/ca-CS.cfg warning crl-not-listening' | same - got
EOF

it 'stage 2: a clone has no connector, and no publisher' <<-\EOF
	codes 1 clonecheck 2/ca1 2/ca2
	printf '%s\n' '2/ca1/ca-CS.cfg warning crl-not-listening' \
	    '2/ca2/ca-CS.cfg info not-carried-crl' \
	    '2/ca2/ca-CS.cfg warning connector-missing' >want
	same want got
	codes 0 clonecheck 2/kra1 2/kra2
	same /dev/null got
	codes 0 clonecheck 2/ocsp1 2/ocsp2
	same /dev/null got
EOF

it 'stage 3: two radices, and a CRL master that does not publish' <<-\EOF
	codes 1 clonecheck 3/ca1 3/ca2 3/ca3
	printf '%s\n' '3/ca2/ca-CS.cfg warning crl-not-listening' \
	    '3/ca2/ca-CS.cfg warning publisher-missing' \
	    '3/ca3/ca-CS.cfg info not-carried-crl' \
	    '3/ca3/ca-CS.cfg info range-radix' \
	    '3/ca3/ca-CS.cfg warning connector-missing' >want
	same want got
	line=$(grep -n '^dbs.nextBeginSerialNumber=' 3/ca3/ca-CS.cfg)
	grep "^3/ca3/ca-CS.cfg:${line%%:*}: info: range-radix: " out
	codes 0 clonecheck 3/kra1 3/kra2
	same /dev/null got
	codes 0 clonecheck 3/ocsp1 3/ocsp2
	same /dev/null got
EOF

it 'what it says to do leaves the clone with nothing to do' <<-\EOF
	cp -R 2 mended
	gives 1 clonecheck mended/ca1 mended/ca2
	sed 's/.*: cfg/cfg/' out >run
	test "$(wc -l <run)" -eq 3
	sh -ex ./run
	codes 0 clonecheck mended/ca1 mended/ca2
	same /dev/null got
EOF

it 'the override files by which they were made are good' <<-\EOF
	gives 0 clonecheck --override overrides/ca2.cfg 1/ca1
	gives 0 clonecheck --override overrides/kra2.cfg 2/kra1
	gives 0 clonecheck --override overrides/ocsp2.cfg 2/ocsp1
	gives 1 clonecheck --override overrides/ocsp2.cfg 2/ocsp1 2/ocsp2
	grep ': warning: replica-again: ' out
	gives 1 clonecheck --override overrides/kra2.cfg 1/ca1
	grep '^overrides/kra2.cfg: error: plan-subsystem: ' out
EOF

it 'the bundles are good but for who may read them' <<-\EOF
	chmod 600 p12/*
	for bundle in ca-certs ca1-PKCS12Export
	do
		clonecheck --json --pkcs12 p12/$bundle.p12 \
		    -w p12/password.txt 1/ca1 >out || test $? -eq 1
		grep -v -e '"info"' -e '"mode' -e '"owner' out >rest || :
		exits 1 grep '"error"' rest
	done
EOF

it 'all hosts of a stage at once give the findings of each subsystem' <<-\EOF
	for stage in 2 3
	do
		cas="$stage/ca1 $stage/ca2"
		test $stage = 2 || cas="$cas $stage/ca3"
		for hosts in "$cas" "$stage/kra1 $stage/kra2" \
		    "$stage/ocsp1 $stage/ocsp2"
		do
			clonecheck $hosts || test $? -eq 1
		done | sort >want
		test -s want
		gives 1 clonecheck $cas $stage/kra1 $stage/kra2 $stage/ocsp1 \
		    $stage/ocsp2
		sort out | same want -
	done
	# A fix across subsystems, as it was printed, changes nothing.
	cp 3/kra1/kra-CS.cfg before
	gives 2 cfgmerge -i --kra --from 3/ca1 3/kra1
	same before 3/kra1/kra-CS.cfg
EOF

it 'listings say what the databases do' <<-\EOF
	for stage in 1 2 3
	do
		clonecheck $stage/ca1 $stage/ca2 >want || test $? -eq 1
		clonecheck --db $stage/ca1/certutil.txt \
		    --peer-db $stage/ca2/certutil.txt \
		    $stage/ca1 $stage/ca2 >out || test $? -eq 1
		same want out
	done
	gives 1 clonecheck --db 2/ca1/certutil.txt \
	    --peer-db 2/kra2/certutil.txt 2/ca1 2/ca2
	grep '^2/kra2/certutil.txt: error: cert-missing: ' out
EOF

it 'finds a certificate that was renewed on one side only' <<-\EOF
	needs certutil
	password=$(head -n 1 p12/password.txt)
	bundle=p12/ca1-PKCS12Export.p12
	nickname='subsystemCert cert-pki-tomcat'
	openssl pkcs12 -in $bundle -passin "pass:$password" -nodes >all.pem
	# One file each, by what stands before it.
	awk '/friendlyName: / { sub(/.*friendlyName: /, ""); name = $0 }
	     /-----BEGIN/ { on = 1; file = (/KEY/ ? "key-" : "crt-") name
		gsub(/[ :]/, "_", file) }
	     on { print >file }  /-----END/ { on = 0; close(file) }' all.pem
	key=$(ls key-*subsystemCert*)
	old=$(ls crt-*subsystemCert*)
	ca=$(ls crt-*caSigningCert*)
	openssl x509 -in "$old" -x509toreq -signkey "$key" -out new.csr
	openssl x509 -req -in new.csr -CA "$ca" -set_serial 4096 -days 700 \
	    -CAkey "$(ls key-*caSigningCert*)" -out new.pem
	cp -R 1 renewed
	sed -n 's/^internal=//p' renewed/ca1/password.conf >db.pw
	certutil -A -d sql:renewed/ca1/alias -n "$nickname" -t u,u,u \
	    -f db.pw -i new.pem
	codes 1 clonecheck renewed/ca1 renewed/ca2
	printf '%s\n' 'renewed/ca1/ca-CS.cfg warning crl-not-listening' \
	    'renewed/ca2/alias error cert-renewed' >want
	same want got
	grep "'$nickname' is 0x[0-9a-f]*, but 0x1000 in renewed/ca1/alias" out
EOF

tap_done
