#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck --override: one break at a time of what pkispawn is to make a
# clone by, as clonecheck-breaks.t does it; key databases, and listings of
# them; and that no code is left that no break has.
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
	    --password ds=pw "$1" | sed 's/=@[A-Z0-9_]*@$/=x/'
}
plan m >plan
check='clonecheck --override plan m' files='m plan server.xml'

it 'what clonecfg writes is good' <<-\EOF
	gives 0 clonecheck --override plan m
	test ! -s out
	sed 's|//ds2|//ds3|' plan >plan3
	gives 0 clonecheck --override plan3 m c
	test ! -s out
	gives 1 clonecheck --override plan m c
	grep '^plan:[0-9]*: error: plan-ds-same: .* as in c$' out
EOF

it 'a password is not told, nor where it is bad' <<-\EOF
	sed 's/^pki_ds_password=.*/pki_ds_password=secret%1/' plan >bad
	gives 1 clonecheck --override bad m
	exits 1 grep secret out err
	echo 'secret' >>bad
	gives 2 clonecheck --override bad m
	exits 1 grep secret out err
	grep "^clonecheck: bad:$(wc -l <bad): neither section nor key=value" err
EOF

breaks plan-subsystem error plan '' '' 'sed:s/^\[CA\]/[KRA]/'
breaks plan-no-clone error plan pki_clone '' pki_clone=False
breaks plan-no-clone error plan '' '' -pki_clone
breaks plan-excluded error plan pki_external '' pki_external=True
breaks plan-excluded error plan pki_standalone '' pki_standalone=True
breaks plan-missing error plan '' '' -pki_security_domain_password
breaks plan-percent error plan pki_ds_password '' 'pki_ds_password=a%b'
breaks plan-percent error plan pki_ds_database '' 'pki_ds_database=a%(b'
breaks plan-placeholder error plan pki_ds_password '' \
    pki_ds_password=@DS_PASSWORD@
breaks plan-uri warning plan pki_clone_uri '' \
    pki_clone_uri=https://third.example.com:8443
breaks plan-uri warning plan pki_master_hostname '' -pki_clone_uri \
    pki_master_hostname=third.example.com
breaks plan-uri-form error plan pki_clone_uri '' \
    pki_clone_uri=master.example.com
breaks plan-uri-none error plan pki_clone_uri '' \
    pki_clone_uri=https://master.example.com
breaks plan-uri-port warning plan pki_clone_uri '' \
    pki_clone_uri=https://master.example.com:8080
breaks plan-uri-port warning plan pki_clone_uri '' p=80 \
    'pki_clone_uri=https://master.example.com:%(p)s80'
breaks plan-ds-same error plan pki_ds_url '' \
    pki_ds_url=ldap://ds1.example.com:389
breaks plan-ds-same error plan pki_ds_url '' pki_ds_url=ldap://ds1.example.com
breaks plan-ds-same error plan pki_ds_hostname '' -pki_ds_url \
    pki_ds_hostname=ds1.example.com pki_ds_ldap_port=389
breaks plan-ds-localhost warning plan pki_ds_url '' \
    pki_ds_url=ldap://localhost:389
breaks plan-ds-localhost warning plan pki_ds_url '' \
    'pki_ds_url=ldap://[::1]:389'
breaks plan-ds-security warning plan pki_ds_url '' \
    pki_ds_url=ldaps://ds2.example.com
breaks plan-ds-security warning plan pki_ds_hostname '' -pki_ds_url \
    pki_ds_hostname=ds2.example.com pki_ds_secure_connection=True
breaks plan-base-dn error plan pki_ds_base_dn '' pki_ds_base_dn=dc=other
breaks plan-database info plan pki_ds_database '' pki_ds_database=other
breaks plan-security-value error plan pki_clone_replication_security '' \
    pki_clone_replication_security=True
breaks plan-generator error plan pki_cert_id_generator '' \
    pki_cert_id_generator=random
breaks plan-generator error plan pki_request_id_generator '' \
    pki_request_id_generator=legacy2
breaks plan-generator-default info plan '' '' -pki_cert_id_generator
breaks plan-no-ranges warning plan pki_ds_setup '' pki_ds_setup=False
breaks plan-nickname error plan pki_subsystem_nickname '' \
    pki_subsystem_nickname=x
breaks plan-nickname error plan '' '' -pki_ca_signing_nickname
breaks plan-pkcs12 error plan '' '' -pki_clone_pkcs12_path
breaks plan-pkcs12 error plan pki_clone_pkcs12_path '' pki_clone_pkcs12_path=
breaks plan-token-other error plan pki_hsm_enable '' pki_hsm_enable=True
breaks range-left error m dbs.endReplicaNumber '' dbs.endReplicaNumber=4
breaks range-left error m dbs.endSerialNumber '' dbs.endSerialNumber=fff
breaks plan-security warning m:plan pki_clone_replication_security \
    plan-ds-security internaldb.ldapconn.secureConn=true

# Of keys in a token there is no bundle.
cp m h
change h ca.signing.tokenname=hsm ca.subsystem.tokenname=hsm \
    ca.ocsp_signing.tokenname=hsm ca.audit_signing.tokenname=hsm
plan h >hplan
files='h hplan server.xml' check='clonecheck --override hplan h'
it 'what clonecfg writes of keys in a token is good' <<-\EOF
	gives 0 clonecheck --override hplan h
	test ! -s out
EOF
breaks plan-token error hplan pki_token_name '' pki_token_name=other
breaks plan-token-missing error hplan '' '' -pki_token_name
breaks plan-token-pkcs12 error hplan pki_clone_pkcs12_path '' \
    pki_clone_pkcs12_path=/root/ca.p12
breaks plan-token-pkcs12 error hplan pki_clone_pkcs12_password '' \
    pki_clone_pkcs12_password=x

# A second clone of a responder.
printf '%s\n' cs.type=OCSP internaldb.ldapconn.host=ds1 machineName=o1 \
    'ocsp.signing.nickname=sign' 'ocsp.subsystem.nickname=sub' >o1
printf '%s\n' cs.type=OCSP internaldb.ldapconn.host=ds2 machineName=o2 \
    'ocsp.signing.nickname=sign' 'ocsp.subsystem.nickname=sub' \
    ocsp.store.defStore.refreshInSec=9 >o2
plan o1 | sed 's|ldap://ds2.example.com|ldap://ds3|' >oplan
it 'replica-again: one more clone of a responder' <<-\EOF
	code=replica-again
	gives 0 clonecheck --override oplan o1
	gives 1 clonecheck --override oplan o1 o2
	grep "^o1: warning: $code: " out
EOF

# -- files that ConfigParser refuses -------------------------------------------

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

# -- key databases -------------------------------------------------------------

# known DIR CERT NICKNAME TRUST [nokey]
known () {
	test -d "$1" || {
		mkdir "$1"
		certutil -N -d "sql:$1" --empty-password
	}
	if test -z "$5"
	then
		openssl pkcs12 -export -in "../$2.pem" -inkey "../$6sub.key" \
		    -name "$3" -passout pass:x -out known.p12
		pk12util -i known.p12 -d "sql:$1" -W x
		certutil -M -d "sql:$1" -n "$3" -t "$4"
	else
		certutil -A -d "sql:$1" -n "$3" -t "$4" -i "../$2.pem"
	fi
}

# differs CODE LEVEL: as databases, as listings, and as both.
differs () {
	gives 1 clonecheck --db ma --peer-db ca m c
	cat out
	grep "^ca: $2: $1: " out
	test "$(grep -vc ': info: ' out)" -eq 1
	certutil -L -d sql:ca >l
	certutil -K -d sql:ca >>l || :
	certutil -L -d sql:ma >ml
	certutil -K -d sql:ma >>ml || :
}
sub=$(cfgget ca.subsystem.nickname m)

it 'cert-missing, key-missing: of databases and of listings' <<-\EOF
	needs certutil
	needs pk12util
	mkdir d1
	cd d1
	grep -v privkey.id ../m >m
	grep -v privkey.id ../c >c
	known ma sub1 "$sub" u,u,u
	mkdir ca
	certutil -N -d sql:ca --empty-password
	differs cert-missing error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: cert-missing: ' out
	known ca sub1 "$sub" , nokey
	differs key-missing error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: key-missing: ' out
EOF

it 'cert-trust, cert-renewed, cert-rekeyed: of real certificates' <<-\EOF
	mkdir d2
	cd d2
	grep -v privkey.id ../m >m
	grep -v privkey.id ../c >c
	known ma sub1 "$sub" u,u,u
	cp -R ma ca
	gives 0 clonecheck --db ma --peer-db ca m c
	certutil -M -d sql:ca -n "$sub" -t ,,P
	differs cert-trust warning
	gives 1 clonecheck --db ml --peer-db l m c
	grep "^l: warning: cert-trust: .*'u,u,Pu', and 'u,u,u' in ml" out
	rm -r ca
	known ca sub2 "$sub" u,u,u
	differs cert-renewed error
	grep "'$sub' is 0x2, but 0x1 in ma: renewed on one side only" out
	gives 0 clonecheck --db ml --peer-db l m c
	rm -r ca
	cp ../other.key ../xsub.key
	known ca sub3 "$sub" u,u,u '' x
	differs cert-rekeyed error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: cert-rekeyed: ' out
	gives 1 clonecheck --db ma --peer-db l m c
	grep '^l: error: cert-rekeyed: ' out
EOF

it 'key-id: of a re-keyed database, with the command that mends it' <<-\EOF
	mkdir d3
	cd d3
	grep -v privkey.id ../m >m
	cp m c
	known ma sub1 "$sub" u,u,u
	nssls --keys ma >ids
	change m "cloning.subsystem.privkey.id=$(keyid ids | cut -f 1)"
	gives 0 clonecheck --db ma m
	test ! -s out
	change m cloning.subsystem.privkey.id=1
	gives 1 clonecheck --db ma m
	grep '^m:[0-9]*: error: key-id: ' out
	grep ': nssls --keys ma | cfgrekey -i m$' out
	nssls --keys ma | cfgrekey -i --force m >edits
	gives 0 clonecheck --db ma m
EOF

tap_done
