#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's section 9.4.1, "Cloning OCSP subsystems", and the older guide's
# 10.4, which has the bundle made readable by hand.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/instance.sh
. "$tap_top/t/lib/instance.sh"
PATH=$tap_top/share/recipes:$PATH
echo P12.Secret >pw

it '9.4.1, 1 and 3: keys and override file of a responder' <<-\EOF
	instance ocsp inst
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    inst ocsp.p12 ocsp2.cfg
	grep -qx '\[OCSP\]' ocsp2.cfg
	grep -qx 'pki_ocsp_signing_nickname=ocspSigningCert cert-ca4-test-master' \
	    ocsp2.cfg
	grep -q '^next: .*: pkispawn .* -s OCSP$' out
	exits 1 grep cfgset out
EOF

it "9.4.1, 2: the manual's key on the master is no harm, and lint says so" <<-\EOF
	cp inst/conf/ocsp/CS.cfg master.cfg
	exits 0 cfgset --no-log -i inst \
	    OCSP.Responder.store.defStore.refreshInSec=15000 >edits
	exits 0 cfgrole inst >role
	grep -q '^ocsp	master' role
	exits 1 cfglint inst >found
	grep 'OCSP.Responder.store.defStore.refreshInSec' found
EOF

it '9.4.1, clone: what pkispawn writes is a clone, without it there are two masters' <<-\EOF
	sed 's/^machineName=.*/machineName=ocsp2.example.com/
	    s/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=ds2.example.com/' \
	    master.cfg >clone.cfg
	exits 1 cfgrole master.cfg clone.cfg >roles 2>err ||
	    test "$(grep -c '^ocsp	master' roles)" -eq 2
	exits 1 clonecheck master.cfg clone.cfg >found
	grep -q ': two-ocsp-masters: ' found
	exits 0 cfgrole --no-log -i -c clone.cfg >edits
	grep -qx '+ocsp.store.defStore.refreshInSec=14400' edits
	clonecheck master.cfg clone.cfg >found || :
	exits 1 grep ': two-ocsp-masters: ' found
EOF

it '10.4, 12: the key of the older guide is kept in step on request' <<-\EOF
	cp master.cfg old.cfg
	exits 0 cfgrole --no-log -i -c --manual-keys old.cfg >edits
	sed -n 's/^+//p' edits | sort >got
	printf '%s\n' OCSP.Responder.store.defStore.refreshInSec=21600 \
	    ocsp.store.defStore.refreshInSec=14400 | same - got
EOF

it '10.4, 4 to 6: owner, mode and label of the bundle come with it' <<-\EOF
	test "$(stat -c '%a %U' ocsp.p12)" = "600 $me"
	exits 0 p12check --user "$me" -w pw ocsp.p12 inst
	# The manual's chmod.
	chmod 644 ocsp.p12
	exits 1 p12check --user "$me" -w pw ocsp.p12 inst >found
	test "$(wc -l <found)" -eq 1
	# One that the server cannot read.
	root
	chown daemon ocsp.p12
	chmod 600 ocsp.p12
	exits 1 p12check --user nobody -w pw ocsp.p12 inst >found
	grep -q nobody found
EOF

it '10.4, 11: another Directory Server, the same suffix, no localhost' <<-\EOF
	for case in 'ds-same ocsp.example.com 389 o=pki-tomcat-OCSP' \
	    'base-dn ds2.example.com 389 o=other' \
	    'ds-localhost localhost 389 o=pki-tomcat-OCSP'
	do
		set -- $case
		sed "s/^machineName=.*/machineName=ocsp2.example.com/
		    s/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=$2/
		    s/^internaldb.basedn=.*/internaldb.basedn=$4/" \
		    master.cfg >clone.cfg
		exits 1 clonecheck master.cfg clone.cfg >found
		grep -q ": $1: " found
	done
	sed -i s/secureConn=false/secureConn=true/ clone.cfg
	exits 1 clonecheck master.cfg clone.cfg >found
	grep -q ': ds-security: ' found
EOF

tap_done
