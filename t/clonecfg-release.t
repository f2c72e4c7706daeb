#!/bin/sh
# SPDX-License-Identifier: MIT
# pkispawn's files by the release that is to read them: what clonecfg writes, and
# what clonecheck --override finds.  Faults one by one: t/breaks/plan.tsv.
# shellcheck disable=SC2016,SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# master TYPE [VERSION]: a master's CS.cfg, of an instance pki-tomcat
master () {
	type=$1 lower=$(echo "$1" | tr A-Z a-z)
	echo "cs.type=$type"
	test -z "${2-}" || echo "cms.version=$2"
	case $type in
	CA) tags='caSigningCert:signing ocspSigningCert:ocsp_signing' ;;
	KRA) tags='transportCert:transport storageCert:storage' ;;
	OCSP) tags='ocspSigningCert:signing' ;;
	*) tags= ;;
	esac
	for tag in $tags auditSigningCert:audit_signing
	do
		echo "$lower.${tag#*:}.nickname=${tag%:*} cert-pki-tomcat $type"
	done
	cat <<-END
	$lower.subsystem.nickname=subsystemCert cert-pki-tomcat
	internaldb.basedn=o=pki-tomcat-$type
	internaldb.database=pki-tomcat-$type
	internaldb.ldapauth.bindDN=uid=pkidbuser,ou=people,o=pki-tomcat-CA
	internaldb.ldapconn.host=ds1.example.com
	internaldb.ldapconn.port=389
	internaldb.ldapconn.secureConn=false
	machineName=h1.example.com
	service.securePort=8443
	END
}

# plan RELEASE MASTER: what clonecfg writes for it, filled in
plan () {
	clonecfg ${1:+--for-release "$1"} --ds ldap://ds2.example.com:389 \
	    --pkcs12 /root/x.p12 --ca-cert /root/ca.pem "$2" |
	    sed 's/=@[A-Z0-9_]*@$/=x/'
}

it 'what clonecfg writes is good for each release and subsystem' <<-\EOF
	for type in CA KRA OCSP TKS
	do
		master $type >m
		for release in 10.2.6 rhcs9 10.8 RHCS10 11.3.1 11.5 11.7.1 ''
		do
			plan "$release" m >plan
			gives 0 clonecheck ${release:+--for-release $release} \
			    --override plan m
			grep -v '^$' out >>noise || :
		done
	done
	test ! -s noise
EOF

it 'says which release it is for: the master'\''s, if nothing else is said' <<-\EOF
	master CA 10.8.3 >m
	gives 0 clonecfg m
	grep -qx '# for Dogtag 10.8.3 or later, before 11.3' out
	gives 0 clonecfg --for-release 11.6 m
	grep -qx '# for Dogtag 11.6' out
	master CA >m
	gives 0 clonecfg m
	grep -qx '# for Dogtag 10.2 or later' out
	for tool in 'clonecfg' 'clonecheck --override plan'
	do
		exits 2 $tool --for-release x m >out 2>err
		grep -q -- "--for-release: not a release, .*'x'" err
	done
	exits 2 clonecheck --for-release 11.6 m >out 2>err
	grep -q -- '--for-release is for --override' err
EOF

it 'releases without pkispawn are refused in words' <<-\EOF
	for version in 1.3.0 8.1.0 9.0.3
	do
		master CA $version >old
		gives 2 clonecfg old
		test ! -s out
		grep "^clonecfg: old: Dogtag $version has no pkispawn" err
		gives 2 clonecheck --override plan old
		test ! -s out
		grep "^clonecheck: plan: Dogtag $version has no pkispawn" err
	done
	for release in rhcs7 rhcs8 9.0
	do
		gives 2 clonecfg --for-release $release m
		test ! -s out
	done
	# The clone's host has a later one.
	gives 0 clonecfg --for-release 10.5 old
EOF

# What pkispawn makes of a password.
cat >"$tap_home/read.py" <<-'END'
import configparser, sys
parser = configparser.ConfigParser()
parser.optionxform = str
parser.read(sys.argv[1])
literal = sys.argv[3:]
for name in literal:
    raw = parser.get(sys.argv[2], name, raw=True)
    parser.set(sys.argv[2], name, raw.replace('%', '%%'))
for name, value in parser.items(sys.argv[2]):
    if name.endswith('_password') or name == 'pki_pin':
        print(value)
END

it 'a password with % comes through pkispawn, in each release' <<-\EOF
	able python3 python3 -c 'import configparser'
	master KRA >m
	printf '%s\n' 'Se%cret.1%d' '%%' '%(pki_admin_password)s' '100%' >words
	while read -r word
	do
		echo "$word" >pw
		chmod 600 pw
		for release in 10.0 10.2 rhcs9 11.3.1 11.10.1 ''
		do
			set --
			for name in ds pkcs12 domain client database
			do
				set -- "$@" --password $name=pw
			done
			gives 0 clonecfg ${release:+--for-release $release} "$@" m
			case $release in
			10.0) set -- ;;
			10.2) set -- pki_ds_password pki_pin \
			    pki_security_domain_password \
			    pki_client_pkcs12_password ;;
			*) set -- pki_ds_password pki_clone_pkcs12_password \
			    pki_security_domain_password \
			    pki_client_pkcs12_password \
			    pki_server_database_password ;;
			esac
			python3 "$tap_home/read.py" out KRA "$@" >got
			test "$(wc -l <got)" -eq 5
			exits 1 grep -vxF "$word" got
		done
	done <words
	echo ' blank' >pw
	gives 2 clonecfg --password ds=pw m
	test ! -s out
EOF

it 'a % in a password is right once, and doubtful twice' <<-\EOF
	master TKS >m
	plan '' m | sed 's/^pki_ds_password=.*/pki_ds_password=a%b/' >p
	gives 0 clonecheck --override p m
	test ! -s out
	sed 's/^pki_ds_password=.*/pki_ds_password=a%%b/' p >q
	gives 1 clonecheck --override q m
	grep '^q:[0-9]*: warning: plan-literal: pki_ds_password: ' out
	test "$(wc -l <out)" -eq 1
	sed 's/^pki_sec[a-z_]*password=.*/pki_security_domain_password=%(pki_admin_password)s/' \
	    p >q
	gives 1 clonecheck --override q m
	grep 'plan-literal: pki_security_domain_password: ' out
	# In 10.0 it is as elsewhere.
	gives 1 clonecheck --for-release 10.0 --override p m
	grep 'plan-percent: pki_ds_password: ' out
	# Of what is no password, too.
	sed 's/^pki_ds_base_dn=.*/pki_ds_base_dn=o=a%b/' p >q
	gives 1 clonecheck --override q m
	grep plan-percent out
EOF

it 'the PKCS#12 file: needed, or not, or it depends' <<-\EOF
	for type in CA OCSP
	do
		master $type >m
		plan '' m | grep -v pkcs12_p >p
		echo pki_client_pkcs12_password=x >>p
		gives 1 clonecheck --for-release 11.4 --override p m
		grep '^p: error: plan-pkcs12: ' out
		gives 0 clonecheck --for-release 11.5 --override p m
		exits 1 grep pkcs12 out
		gives 1 clonecheck --override p m
		grep '^p: warning: plan-pkcs12-release: .* up to 11.4 ' out
	done
EOF

it 'nicknames by default, as they were in each release' <<-\EOF
	for type in CA KRA TKS
	do
		master $type >m
		plan 11.5 m | grep -v audit_signing_nickname >p
		gives 0 clonecheck --for-release 11.6 --override p m
		exits 1 grep audit out
		gives 1 clonecheck --for-release 11.7 --override p m
		grep 'plan-nickname-default: no pki_audit_signing_nickname: .* is empty' out
		gives 1 clonecheck --override p m
		grep "plan-nickname-default: .*' up to 11.6, empty from 11.7 on" out
		sed 's/cert-pki-tomcat/cert-other/' m >n
		gives 1 clonecheck --for-release rhcs10 --override p n
		grep 'error: plan-nickname: no pki_audit_signing_nickname' out
	done
	# By the instance's name in the file.
	{ echo '[DEFAULT]'; echo pki_instance_name=other; cat p; } >q
	gives 1 clonecheck --for-release 11.6 --override q n
	exits 1 grep audit out
EOF

it 'generators by default, as they were in each release' <<-\EOF
	for type in CA KRA
	do
		master $type >m
		plan '' m | grep -v id_generator >p
		gives 0 clonecheck --for-release 11.4 --override p m
		gives 1 clonecheck --for-release 11.5 --override p m
		test "$(grep -c "plan-generator-default: .* is 'random'\. " out)" -eq 2
		gives 1 clonecheck --override p m
		grep "'legacy' up to 11.4, 'random' from 11.5 on" out
		sed '$a dbs.request.id.generator=random' m >n
		gives 1 clonecheck --for-release 11.4 --override p n
		grep "generator 'random', and pkispawn's default is 'legacy'\. " out
	done
EOF

it 'the Directory Server, in the words that the release knows' <<-\EOF
	master CA >m
	plan 11.3.1 m >p
	exits 1 grep pki_ds_url p
	printf '%s\n' pki_ds_hostname=ds2.example.com pki_ds_ldap_port=389 \
	    pki_ds_secure_connection=False >want
	grep -E '^pki_ds_(host|ldap|secure)' p | sort >got
	same want got
	plan 11.6.1 m >q
	exits 1 grep -E '^pki_ds_(host|ldap|secure)' q
	grep -x pki_ds_url=ldap://ds2.example.com:389 q
	# A real 11.3.1 took its own host's, and would have removed its data.
	gives 1 clonecheck --for-release 11.3.1 --override q m
	grep '^q:[0-9]*: error: plan-ds-url: ' out
	gives 1 clonecheck --override q m
	grep '^q:[0-9]*: warning: plan-ds-url-release: .*known from 11.5' out
	gives 0 clonecheck --for-release 11.6 --override q m
	# The older words are still taken, and say so.
	gives 0 clonecheck --for-release 11.6 --override p m
	grep 'info: plan-renamed: pki_ds_hostname: .* the new name is pki_ds_url$' out
	gives 0 clonecfg --for-release rhcs9 --ds ldaps://ds2.example.com m
	grep -x pki_ds_ldaps_port=636 out
	grep -x pki_ds_secure_connection=True out
	grep -x pki_ds_secure_connection_ca_pem_file=@DS_CA_CERT@ out
	master KRA 10.5.18 >m
	gives 0 clonecfg m
	exits 1 grep pki_ds_url out
	grep -x pki_ds_hostname=@DS_HOST@ out
EOF

it 'the certificate of the CA, and how to make the file' <<-\EOF
	master CA >m
	echo instanceId=pki-ca1 >>m
	gives 0 clonecfg m
	grep -x pki_cert_chain_path=@CA_CERT@ out
	grep "^clonecfg: next: on the master: certutil -L -d /etc/pki/pki-ca1/alias -n 'caSigningCert cert-pki-tomcat CA' -a >ca.pem; " err
	gives 0 clonecfg --ca-cert /root/ca.pem m
	grep -x pki_cert_chain_path=/root/ca.pem out
	test ! -s err
	gives 0 clonecfg --for-release 10.2 m
	exits 1 grep pki_cert_chain_path out
	test ! -s err
	master KRA >m
	gives 0 clonecfg m
	grep '^clonecfg: next: on a host of the CA: ' err
	plan '' m | grep -v cert_chain >p
	gives 0 clonecheck --for-release 10.8 --override p m
	gives 1 clonecheck --for-release 11.3.1 --override p m
	grep '^p: warning: plan-cert-chain: ' out
EOF

it 'names that pkispawn does not know, with the nearest one' <<-\EOF
	master CA >m
	plan 11.6 m >good
	test "$(wc -l <good)" -eq 41
	try () {
		sed "\$a $2" good >p
		exits "$1" clonecheck --for-release "${4-11.6}" --override p m >out
		grep "^p:42: [a-z]*: $3" out
		test "$(grep -c '^p:42:' out)" -eq 1
	}
	try 1 pki_clone_ur=x 'plan-name: pki_clone_ur: .* nearest name is pki_clone_uri$'
	try 1 PKI_CLONE_URI=x 'plan-name: PKI_CLONE_URI: .* case-sensitive'
	try 1 pki_qqqqqqqqqqqqqq=x 'plan-name: pki_q*: pkispawn has no such'
	try 0 pki_pin=x 'plan-renamed: pki_pin: .* pki_server_database_password$'
	try 0 pki_existing=x 'plan-renamed: pki_existing: .*can be removed$'
	try 0 pki_tomcat_bin_link=/x \
	    'plan-name-release: .* known up to 11.3$'
	try 1 pki_http_enable=True 'plan-name-release: .* known from 11.5 on$' \
	    10.8
	# A variable of the file is nobody's error.
	sed '$a site=/root' good >p
	sed -i 's,^pki_clone_pkcs12_path=.*,pki_clone_pkcs12_path=%(site)s/x,' p
	gives 0 clonecheck --for-release 11.6 --override p m
	test ! -s out
EOF

it 'sections by the release, and where a value counts' <<-\EOF
	master KRA >m
	plan 11.6 m | sed 's/^\[KRA\]/[kra]/' >p
	gives 1 clonecheck --for-release 11.6 --override p m
	grep 'error: plan-section: .*\[kra\] (it knows \[KRA\]), .*stops$' out
	gives 0 clonecheck --for-release 11.5 --override p m
	gives 1 clonecheck --for-release 10.2 --override p m
	grep 'plan-section: .* ignores it$' out
	gives 1 clonecheck --override p m
	grep 'plan-section: .*10.3 .*10.4 to 11.5 .*11.6' out
	# default.cfg has it in a section that goes before.
	plan 11.6 m >good
	{ printf '[Tomcat]\npki_ds_setup=False\n'; cat good; } >p
	for release in 11.3 11.5 11.6 11.10.1
	do
		gives 1 clonecheck --for-release $release --override p m
		grep '^p:2: warning: plan-place: pki_ds_setup in \[Tomcat\] ' out
		exits 1 grep plan-no-ranges out
	done
	{ printf '[DEFAULT]\npki_ds_setup=False\n'; cat good; } >p
	gives 1 clonecheck --for-release 11.6 --override p m
	grep '^p:2: warning: plan-place: ' out
	sed -i 's/pki_ds_setup/pki_instance_name/; s/False/pki-tomcat/' p
	gives 0 clonecheck --for-release 11.6 --override p m
EOF

# shared TYPE SUFFIX DATABASE USER: a master that is in another's suffix
shared () {
	master "$1" | sed "s/^\(internaldb.basedn\)=.*/\1=$2/
		s/^\(internaldb.database\)=.*/\1=$3/
		s/^\(internaldb.ldapauth.bindDN\)=.*/\1=uid=pkidbuser,ou=people,$4/"
}

it 'FreeIPA: refused, with its own command; or a file that removes nothing' <<-\EOF
	for type in CA KRA
	do
		lower=$(echo $type | tr A-Z a-z)
		suffix=o=ipaca
		test $type = CA || suffix=o=kra,o=ipaca
		shared $type $suffix ipaca o=ipaca >m
		gives 2 clonecfg m
		test ! -s out
		grep "ipa-$lower-install" err
		gives 0 clonecfg --replicated-ds --ds ldaps://h3:636 m
		grep -x pki_ds_create_new_db=False out
		grep -x pki_clone_setup_replication=False out
		exits 1 grep pki_ds_setup out
		sed 's/=@[A-Z0-9_]*@$/=x/' out >p
		sed -i 's,^\(pki[a-z_]*_\(path\|file\)\)=x,\1=/x,' p
		sed -i 's/secureConn=false/secureConn=true/' m
		gives 0 clonecheck --override p m
		exits 1 grep shared out
		for key in pki_ds_create_new_db pki_clone_setup_replication
		do
			grep -v $key p >q
			gives 1 clonecheck --override q m
			grep "error: plan-database-shared: .*ipa-$lower-install" out
		done
	done
EOF

it 'makes no plan where another subsystem cannot be looked at' <<-\EOF
	shared CA o=ca ca o=ca >m
	mkdir -p inst/ca inst/kra
	cp m inst/ca/CS.cfg
	printf '[CA]\npki_clone=True\n' >p
	shared KRA o=kra kra o=kra >inst/kra/CS.cfg
	gives 0 clonecfg --subsystem ca inst
	rm inst/kra/CS.cfg
	mkfifo inst/kra/CS.cfg
	gives 2 clonecfg --subsystem ca inst
	same /dev/null out
	echo "clonecfg: 'inst/kra/CS.cfg' is not a regular file" | same - err
	gives 2 clonecheck --subsystem ca --override p inst
	same /dev/null out
	echo "clonecheck: 'inst/kra/CS.cfg' is not a regular file" | same - err
EOF

it 'several subsystems under one suffix: the database is kept' <<-\EOF
	# By the user that it binds as, who is above.
	shared KRA 'dc=kra,DC=pki, dc=test' pki 'dc=pki,dc=test' >m
	gives 0 clonecfg m
	grep -x pki_ds_create_new_db=False out
	grep -x pki_clone_setup_replication=False out
	# By the others of its instance.
	mkdir -p i/conf/ca i/conf/ocsp
	shared CA dc=ca,dc=test one dc=ca,dc=test >i/conf/ca/CS.cfg
	shared OCSP dc=ocsp,dc=test one dc=ocsp,dc=test >i/conf/ocsp/CS.cfg
	for sub in ca ocsp
	do
		gives 0 clonecfg --subsystem $sub --ds ldap://ds2 --pkcs12 /x.p12 \
		    --ca-cert /ca.pem i
		grep "^# its database 'one' has 'dc=" out
		grep -x pki_ds_create_new_db=False out
		sed 's/=@[A-Z0-9_]*@$/=x/; /_new_db/d' out >p
		gives 1 clonecheck --subsystem $sub --override p i
		grep "plan-database-shared: .*remove the database.*'one' has" out
	done
	# As operands, too; and the suffix above is its own.
	shared CA dc=test one dc=test >i/conf/ca/CS.cfg
	gives 0 clonecfg --subsystem ca i
	exits 1 grep pki_ds_create_new_db out
	cp i/conf/ca/CS.cfg ca; cp i/conf/ocsp/CS.cfg ocsp
	gives 1 clonecheck --override p ocsp ca
	grep "plan-database-shared: .* inside of 'dc=test', that of the subsystem 'ca' in ca" out
	# A Directory Server of another host has nothing to do with it.
	sed -i 's/ds1.example.com/ds9.example.com/' ca
	exits 1 clonecheck --override p ocsp ca >out
	exits 1 grep shared out
	# The usual KRA, whose user is the CA's, has a database of its own.
	master KRA >m
	gives 0 clonecfg m
	exits 1 grep pki_ds_create_new_db out
	shared TKS dc=tks userRoot dc=tks >m
	gives 0 clonecfg m
	grep -x pki_ds_create_new_db=False out
	# No release before 10.2 can keep it.
	gives 2 clonecfg --for-release 10.1 m
	test ! -s out
EOF

it 'no line of the file is of another file'\''s making' <<-\EOF
	shared CA 'dc=ca,dc=test' one dc=ca >i/conf/ca/CS.cfg
	shared OCSP 'dc=ocsp,dc=test' one dc=ocsp >i/conf/ocsp/CS.cfg
	printf 'internaldb.basedn=dc=x\\\npki_clone=False\n' >>i/conf/ca/CS.cfg
	gives 0 clonecfg --subsystem ocsp i
	exits 1 grep '^pki_clone=False' out
EOF

tap_done
