#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck --override: what clonecfg writes is good, and what ConfigParser
# refuses is refused.  Faults one by one: t/breaks/plan.tsv.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"

pair 2>/dev/null
cat >server.xml <<-\EOF
	<Server><Service name="Catalina">
	<Connector port="8080" protocol="HTTP/1.1"/>
	<Connector port="8443" SSLEnabled="true" scheme="https"/>
	</Service></Server>
EOF
echo 'all%of%them' >pw

# plan MASTER: a good one of it, by clonecfg, and filled in.
plan () {
	clonecfg --ds ldap://ds2.example.com --pkcs12 /root/ca.p12 \
	    --ca-cert /root/ca.pem --password ds=pw "$1" | sed 's/=@[A-Z0-9_]*@$/=x/'
}
plan m >plan

it 'what clonecfg writes is good' <<-\EOF
	gives 0 clonecheck --override plan m
	test ! -s out
	sed 's|=ds2|=ds3|' plan >plan3
	gives 0 clonecheck --override plan3 m c
	test ! -s out
	gives 1 clonecheck --override plan m c
	grep '^plan:[0-9]*: error: plan-ds-same: .* as in c: ' out
EOF

it 'a password is not told, nor where it is bad' <<-\EOF
	sed 's/^pki_ds_password=.*/pki_ds_password=secret%%1/' plan >bad
	gives 1 clonecheck --override bad m
	exits 1 grep secret out err
	echo 'secret' >>bad
	gives 2 clonecheck --override bad m
	exits 1 grep secret out err
	grep "^clonecheck: bad:$(wc -l <bad): neither section nor key=value" err
EOF

# Of keys in a token there is no bundle.
cp m h
change h ca.signing.tokenname=hsm ca.subsystem.tokenname=hsm \
    ca.ocsp_signing.tokenname=hsm ca.audit_signing.tokenname=hsm
plan h >hplan
it 'what clonecfg writes of keys in a token is good' <<-\EOF
	gives 0 clonecheck --override hplan h
	test ! -s out
EOF

# A second clone of a responder.
printf '%s\n' cs.type=OCSP internaldb.ldapconn.host=ds1 machineName=o1 \
    'ocsp.signing.nickname=sign' 'ocsp.subsystem.nickname=sub' >o1
printf '%s\n' cs.type=OCSP internaldb.ldapconn.host=ds2 machineName=o2 \
    'ocsp.signing.nickname=sign' 'ocsp.subsystem.nickname=sub' \
    ocsp.store.defStore.refreshInSec=9 >o2
plan o1 | sed 's|ds2.example.com|ds3|' >oplan
it 'replica-again: one more clone of a responder' <<-\EOF
	code=replica-again
	gives 0 clonecheck --override oplan o1
	gives 1 clonecheck --override oplan o1 o2
	grep "^o1: warning: $code: " out
EOF

it 'the sections that all subsystems share are enough' <<-\EOF
	sed 's/^\[CA]$/[Tomcat]/' plan >shared
	for release in 10.2 10.8 11.3
	do
		clonecheck --override shared --for-release $release m >out || :
		exits 1 grep plan-subsystem out
	done
	sed 's/^\[CA]$/[DEFAULT]/' plan >shared
	clonecheck --override shared --for-release 10.8 m >out || :
	exits 1 grep plan-subsystem out
	printf '[KRA]\npki_admin_uid=x\n' >>shared
	gives 1 clonecheck --override shared --for-release 10.8 m
	grep 'error: plan-subsystem: no section \[CA]: ' out
EOF

it 'a base DN is the same in other letters, but for releases up to 10.8' <<-\EOF
	sed 's/^pki_ds_base_dn=o=/pki_ds_base_dn=O = /' plan >upper
	gives 0 clonecheck --override upper --for-release 10.10 m
	gives 1 clonecheck --override upper --for-release 10.5 m
	grep ': error: plan-base-dn: ' out
	sed 's/^pki_ds_base_dn=/&ou=x,/' plan >other
	gives 1 clonecheck --override other --for-release 10.10 m
	grep ': error: plan-base-dn: ' out
EOF

# The server takes them from the master; pkispawn looks for two in the bundle.
it 'nicknames count from 10.9 on, and two of them from 10.3.5 on' <<-\EOF
	grep -v '_nickname=' plan >bare
	sed 's/_nickname=/&other/' plan >wrong
	for file in bare wrong
	do
		gives 0 clonecheck --override $file --for-release 10.2.6 m
		gives 1 clonecheck --override $file --for-release 10.5 m
		grep -c 'error: plan-nickname: ' out | grep -x 2
		grep -c -E 'ca_signing_nickname|audit_signing_nick' out |
		    grep -x 2
		gives 1 clonecheck --override $file --for-release 10.10 m
		grep -c 'error: plan-nickname: ' out | grep -x 4
	done
	sed 's/^\(pki_audit_signing_nickname=\).*/\1/' plan >none
	gives 1 clonecheck --override none --for-release 11.5 m
	grep "error: plan-nickname: pki_audit_signing_nickname is ''" out
	clonecheck --override none --for-release 11.6 m >out || :
	exits 1 grep nickname out
EOF

it 'refuses what ConfigParser refuses, by line' <<-\EOF
	bad () {
		printf "$2" >bad.cfg
		gives 2 clonecheck --override bad.cfg m
		test ! -s out
		grep "^clonecheck: bad.cfg:$1: " err
		test "$(wc -l <err)" -eq 1
	}
	bad 1 'a=b\n'
	bad 2 '[CA]\nword\n'
	bad 3 '[CA]\na=b\na=c\n'
	bad 3 '[CA]\na=b\n[CA]\n'
	bad 2 '[CA]\n=b\n'
	needs python3
	for file in plan hplan oplan
	do
		python3 -c 'import configparser, sys
	configparser.ConfigParser().read_file(open(sys.argv[1]))' $file
	done
EOF

tap_done
