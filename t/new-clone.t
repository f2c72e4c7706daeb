#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's sections 9.2, "Cloning a CA", 9.4.2 and 9.4.3, "Cloning KRA
# subsystems" and "Cloning TKS subsystems", as far as files go.
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

it '9.2, 1: the keys are backed up, the override file is written, both are checked' <<-\EOF
	instance ca inst
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    inst ca.p12 ca2.cfg
	p12ls -w pw --columns nickname,has-key ca.p12 >listed
	sort listed >got
	cp got listed.sorted
	sed 's/ /	/' >want <<-\END
	auditSigningCert cert-ca4-test1
	caSigningCert cert-ca4-test-master
	ocspSigningCert cert-ca4-test-master
	subsystemCert cert-ca4-test-master
	END
	cut -f 1 got | tr ' ' '\t' | same want -
	exits 1 grep -v '	yes$' got
	test "$(stat -c %a ca.p12)" = 600
	test "$(stat -c %a ca2.cfg)" = 600
	grep -qx pki_ds_url=ldap://ds2.example.com:389 ca2.cfg
	grep -qx pki_clone_pkcs12_path=ca.p12 ca2.cfg
	grep -qx pki_clone_uri=https://ca.example.com:8443 ca2.cfg
EOF

it '9.2, 2: prints that the master must listen, until it does' <<-\EOF
	sed -n 's/^next: on the master, .*: \(cfgset .*\)/\1/p' out >command
	test "$(cat command)" = \
	    "cfgset -i 'inst' ca.listenToCloneModifications=true"
	sed 's/cfgset -i/cfgset --no-log -i/' command | exits 0 sh >applied
	rm ca.p12 ca2.cfg
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    inst ca.p12 ca2.cfg
	exits 1 grep cfgset out
EOF

it '9.2, 3 to 5: prints pkispawn, the restarts and the check, in order' <<-\EOF
	grep -o '^next: .*\(pkispawn -f\|restart the\|verify-clone\)' out |
	    sed 's/.* \([a-z]* [-a-z]*\)$/\1/' >got
	printf '%s\n' 'pkispawn -f' 'restart the' 'clonekit verify-clone' |
	    same - got
EOF

it 'writes every password that it was given, and asks for the others' <<-\EOF
	instance ca with
	echo DM.Secret >dm
	echo "it's" >'domain pw'
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    --password ds=dm --password='domain=domain pw' --ca-cert /root/ca.pem \
	    with with.p12 with.cfg
	cat >want <<-END
	pki_ds_password=DM.Secret
	pki_clone_pkcs12_password=P12.Secret
	pki_security_domain_password=it's
	pki_client_pkcs12_password=@CLIENT_PASSWORD@
	pki_server_database_password=@DATABASE_PASSWORD@
	END
	grep '^pki_.*password=' with.cfg | same want -
	grep "^next: copy .* and replace there: @CLIENT_PASSWORD@ @DATABASE_PA" out
	exits 1 grep -e Secret -e "it's" out err
	for wrong in pkcs12=pw ds=missing none=pw ds
	do
		gives 2 new-clone --user "$me" -w pw --password $wrong with \
		    x.p12 x.cfg
		exits 2 ls x.p12 x.cfg
	done
EOF

it '9.4.2: a KRA, whose override file has its own names' <<-\EOF
	instance kra kra
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    --pkcs12 /root/kra.p12 kra kra.p12 kra2.cfg
	grep -qx '\[KRA\]' kra2.cfg
	grep -qx pki_ds_base_dn=o=pki-tomcat-KRA kra2.cfg
	grep -qx pki_clone_pkcs12_path=/root/kra.p12 kra2.cfg
	grep -qx 'pki_transport_nickname=ocspSigningCert cert-ca4-test-master' \
	    kra2.cfg
	grep -q '^next: .*: pkispawn .* -s KRA$' out
	exits 1 grep cfgset out
EOF

it '9.4.3: a TKS' <<-\EOF
	instance tks tks
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    tks tks.p12 tks2.cfg
	grep -qx '\[TKS\]' tks2.cfg
	test "$(p12ls -w pw --columns nickname tks.p12 | wc -l)" -ge 2
EOF

it 'reports what will not work, with status 1, and leaves both files' <<-\EOF
	rm ca.p12 ca2.cfg
	gives 1 new-clone --ds ldap://ca.example.com:389 --user "$me" -w pw \
	    inst ca.p12 ca2.cfg
	grep -q '^ca2.cfg:[0-9]*: error: ' out
	test -s ca.p12
	test -s ca2.cfg
EOF

it 'leaves nothing where half of it fails, and overwrites nothing' <<-\EOF
	gives 2 new-clone --user "$me" -w pw inst other.p12 ca2.cfg
	grep -q "'ca2.cfg' exists already" err
	gives 2 new-clone --user "$me" -w pw inst ca.p12 other.cfg
	grep -q "'ca.p12' exists already" err
	rm ca.p12 ca2.cfg
	gives 2 new-clone --user "$me" -w missing inst ca.p12 ca2.cfg
	exits 2 ls ca.p12 ca2.cfg
	echo wrong >inst/conf/password.conf
	gives 2 new-clone --user "$me" -w pw inst ca.p12 ca2.cfg
	exits 2 ls ca.p12 ca2.cfg
EOF

it 'makes no PKCS#12 file of keys on a token' <<-\EOF
	instance tks hsm
	sed -i 's/tokenname=internal/tokenname=hsm/; s/nickname=/nickname=hsm:/' \
	    hsm/conf/tks/CS.cfg
	gives 0 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    hsm hsm.p12 hsm.cfg
	exits 1 test -e hsm.p12
	grep -q "keys are on a token, so 'hsm.p12' is not made" err
	grep -q "^next: copy 'hsm.cfg' to" out
EOF

it 'takes a database that is elsewhere, with -d' <<-\EOF
	instance ca apart
	mv apart/alias elsewhere
	gives 2 new-clone --ds ldap://ds2.example.com:389 --user "$me" -w pw \
	    apart apart.p12 apart.cfg
	exits 1 test -e apart.p12
	gives 0 new-clone -d elsewhere -p apart/conf/password.conf \
	    --ds ldap://ds2.example.com:389 --user "$me" -w pw apart \
	    apart.p12 apart.cfg
	p12ls -w pw --columns nickname,has-key apart.p12 >listed
	sort listed | same listed.sorted -
EOF

tap_done
