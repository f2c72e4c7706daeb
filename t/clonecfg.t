#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecfg writes what pkispawn, by Python's configparser, reads.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# What Python reads of the section: NAME=VALUE
cat >"$tap_home/parse.py" <<-'END'
import configparser, sys
parser = configparser.ConfigParser()
parser.optionxform = str
parser.read(sys.argv[1])
# As pkispawn, which takes passwords as they stand.
for name in parser[sys.argv[2]]:
    raw = name.endswith('_password')
    print(name + '=' + parser.get(sys.argv[2], name, raw=raw))
END

master () {
	cat <<-END
	ca.audit_signing.nickname=100% audit
	ca.ocsp_signing.nickname=ocsp
	ca.signing.nickname=ca
	ca.subsystem.nickname=sub
	cs.type=CA
	dbs.cert.id.generator=random
	internaldb.basedn=dc=ca,dc=example
	internaldb.database=ca
	internaldb.ldapconn.secureConn=true
	machineName=ca1.example.com
	securitydomain.host=ca1.example.com
	securitydomain.httpsadminport=9443
	securitydomain.name=EXAMPLE
	END
}

# SECTION: has python3 read ./out
parse () {
	able python3 python3 -c 'import configparser'
	python3 "$tap_home/parse.py" out "$1" >parsed
}

it 'takes what has to be equal from the master, as Python reads it' <<-\EOF
	mkdir a; cd a
	master >CS.cfg
	echo '<Server><Service name="Catalina"><Connector port="80"/><Connector port="9443"' \
	    'SSLEnabled="true" scheme="https"/></Service></Server>' >server.xml
	gives 0 clonecfg --ds ldaps://ds2:636 --pkcs12 /root/ca.p12 \
	    --for-release 11.5 CS.cfg
	parse CA
	cat >want <<-END
	pki_security_domain_hostname=ca1.example.com
	pki_security_domain_https_port=9443
	pki_security_domain_name=EXAMPLE
	pki_security_domain_user=caadmin
	pki_cert_chain_path=@CA_CERT@
	pki_ds_url=ldaps://ds2:636
	pki_ds_secure_connection_ca_pem_file=@DS_CA_CERT@
	pki_ds_base_dn=dc=ca,dc=example
	pki_ds_database=ca
	pki_clone_replication_security=SSL
	pki_clone_replicate_schema=True
	pki_subsystem_nickname=sub
	pki_ca_signing_nickname=ca
	pki_ocsp_signing_nickname=ocsp
	pki_audit_signing_nickname=100% audit
	pki_cert_id_generator=random
	pki_request_id_generator=legacy
	pki_clone=True
	pki_clone_uri=https://ca1.example.com:9443
	pki_clone_pkcs12_path=/root/ca.p12
	pki_ds_password=@DS_PASSWORD@
	pki_clone_pkcs12_password=@PKCS12_PASSWORD@
	pki_security_domain_password=@DOMAIN_PASSWORD@
	pki_client_pkcs12_password=@CLIENT_PASSWORD@
	pki_server_database_password=@DATABASE_PASSWORD@
	END
	same want parsed
EOF

it 'passwords, which come from files only, stand as they are' <<-\EOF
	mkdir b; cd b
	master >CS.cfg
	echo '50%(x)s%' >pw
	gives 0 clonecfg --password ds=pw CS.cfg
	grep -qxF 'pki_ds_password=50%(x)s%' out
	parse CA
	grep -qxF 'pki_ds_password=50%(x)s%' parsed
	exits 2 clonecfg --password other=pw CS.cfg >out 2>err
	test ! -s out
	exits 2 clonecfg --password ds=missing CS.cfg >out 2>err
	test ! -s out
	grep -q '^clonecfg: .*missing' err
EOF

# In [Tomcat], pkispawn's own defaults in [DEFAULT] or [CA] would go before.
it 'says that replication is there, in the words of each version' <<-\EOF
	mkdir c; cd c
	master >CS.cfg
	gives 0 clonecfg --replicated-ds CS.cfg
	exits 1 grep Tomcat out
	parse CA
	grep -E 'setup|_new_db|reindex|replicat' parsed >got
	printf '%s\n' pki_clone_setup_replication=False \
	    pki_ds_create_new_db=False pki_clone_reindex_data=False \
	    pki_ds_setup=False >want
	same want got
	gives 0 clonecfg --replicated-ds --for-release rhcs9 CS.cfg
	exits 1 grep pki_ds_setup out
	gives 0 clonecfg --replicated-ds --for-release 11.7.1 CS.cfg
	exits 1 grep pki_clone_reindex_data out
	grep -x pki_ds_setup=False out
	# It would remove the data.
	gives 2 clonecfg --replicated-ds --for-release 10.1 CS.cfg
	test ! -s out
	grep 'removes the clone.s database in any case' err
EOF

it 'leaves out the bundle of keys that are in a token' <<-\EOF
	mkdir d; cd d
	{ master; echo ca.signing.tokenname=HSM; } >CS.cfg
	gives 0 clonecfg CS.cfg
	exits 1 grep pki_clone_pkcs12 out
	grep -qx pki_token_name=HSM out
	grep -qx pki_ca_signing_token=HSM out
	grep -qx pki_token_password=@TOKEN_PASSWORD@ out
	echo '100%' >pin
	gives 0 clonecfg --password token=pin --pkcs12 x CS.cfg
	exits 1 grep pki_clone_pkcs12 out
	parse CA
	grep -qx 'pki_token_password=100%' parsed
EOF

it 'refuses a server.xml that is none, and a file of no subsystem' <<-\EOF
	mkdir e; cd e
	master >CS.cfg
	echo '<Server>' >server.xml
	gives 2 clonecfg CS.cfg
	test ! -s out
	grep -q 'clonecfg: server.xml' err
	echo a=b >none
	gives 2 clonecfg none
	test ! -s out
EOF

# of SUBSYSTEM TAG...: what its master's CS.cfg tells
of () {
	sub=$(echo "$1" | tr A-Z a-z)
	shift
	for tag
	do
		echo "$sub.$tag.nickname=$tag of $sub"
	done
	cat <<-END
	cs.type=$(echo "$sub" | tr a-z A-Z)
	internaldb.basedn=dc=$sub,dc=example
	internaldb.database=$sub
	machineName=$sub.example.com
	END
}

it 'every subsystem: its own section, and its own names' <<-\EOF
	mkdir f; cd f
	of ocsp signing subsystem audit_signing >ocsp
	of kra storage transport subsystem audit_signing >kra
	of tks subsystem audit_signing >tks
	of tps subsystem audit_signing >tps
	for sub in ocsp kra tks tps
	do
		gives 0 clonecfg $sub
		parse "$(echo $sub | tr a-z A-Z)"
		grep -qx "pki_ds_base_dn=dc=$sub,dc=example" parsed
		grep -qx "pki_ds_database=$sub" parsed
		grep -qx "pki_clone_replication_security=None" parsed
		grep -qx "pki_clone_uri=https://$sub.example.com:8443" parsed
		grep -qx "pki_subsystem_nickname=subsystem of $sub" parsed
		sed -n 's/_nickname=.*//p' parsed | sort | tr '\n' ' ' >>names
		grep id_generator parsed >>names || echo none >>names
	done
	cat >want <<-END
	pki_audit_signing pki_ocsp_signing pki_subsystem none
	pki_audit_signing pki_storage pki_subsystem pki_transport pki_key_id_generator=legacy
	pki_request_id_generator=legacy
	pki_audit_signing pki_subsystem none
	pki_audit_signing pki_subsystem none
	END
	same want names
EOF

it 'a KRA: generators of its keys and requests, as the master has them' <<-\EOF
	mkdir g; cd g
	{
		of kra storage transport subsystem
		echo dbs.key.id.generator=legacy2
		echo dbs.request.id.generator=random
		echo dbs.cert.id.generator=nobodys
	} >CS.cfg
	gives 0 clonecfg CS.cfg
	parse KRA
	grep -qx pki_key_id_generator=legacy2 parsed
	grep -qx pki_request_id_generator=random parsed
	exits 1 grep nobodys out
	grep -B 1 '^pki_key_id_generator' out |
	    grep -qx "# the master's dbs.key.id.generator"
EOF

it 'says that a port is a guess, where no file tells it' <<-\EOF
	mkdir h; cd h
	master | grep -v httpsadminport >CS.cfg
	gives 0 clonecfg CS.cfg
	grep -qx 'pki_clone_uri=https://ca1.example.com:8443' out
	grep -qx "# the port is a guess: no file has it" out
	grep -qx 'clonecfg: CS.cfg: it has no port, and no server.xml with a secure connector is beside it: pki_clone_uri has port 8443, which is a guess' err
	grep -v machineName CS.cfg >none.cfg
	gives 0 clonecfg none.cfg
	grep -qx 'pki_clone_uri=https://@MASTER_HOST@:8443' out
EOF

it 'of two secure ports it takes the server'"'"'s, and says both' <<-\EOF
	mkdir i; cd i
	master >CS.cfg
	echo '<Server><Service name="Catalina">' \
	    '<Connector port="8443" SSLEnabled="true" scheme="https"/>' \
	    '<Connector port="9443" SSLEnabled="true" scheme="https"/>' \
	    '</Service></Server>' >server.xml
	gives 0 clonecfg CS.cfg
	grep -qx 'pki_clone_uri=https://ca1.example.com:9443' out
	grep -qx '# pki-server has the first with SSLEnabled, 8443)' out
	grep -q "^clonecfg: server.xml: two secure ports: '9443' is taken" err
	parse CA
	echo proxy.securePort=443 >>CS.cfg
	gives 0 clonecfg CS.cfg
	grep -qx 'pki_clone_uri=https://ca1.example.com:443' out
	grep -qx "# the master's proxy.securePort" out
EOF

it 'every value has a comment that says where it comes from' <<-\EOF
	mkdir j; cd j
	master >CS.cfg
	gives 0 clonecfg --replicated-ds --pkcs12 p --ds ldap://u CS.cfg
	for pair in securitydomain.host:pki_security_domain_hostname \
	    securitydomain.httpsadminport:pki_security_domain_https_port \
	    securitydomain.name:pki_security_domain_name \
	    internaldb.basedn:pki_ds_base_dn \
	    internaldb.database:pki_ds_database \
	    dbs.cert.id.generator:pki_cert_id_generator
	do
		grep -B 1 "^${pair#*:}=" out | grep -qx "# the master's ${pair%:*}"
	done
	for key in pki_clone_setup_replication pki_clone_reindex_data pki_ds_setup
	do
		grep -B 3 "^$key=False" out | grep -q '^# '
	done
EOF

it 'takes no password that is none, and no directory that is none' <<-\EOF
	mkdir k; cd k
	master >CS.cfg
	echo >blank
	for file in blank /dev/null
	do
		exits 2 clonecfg --password ds=$file CS.cfg >out 2>err
		exits 1 test -s out
		grep -qx "clonecfg: $file: the first line is empty: no password" err
	done
	for url in ds2 ds2:389 http://ds2:389 ldap:// ldapi://x
	do
		exits 2 clonecfg --ds $url CS.cfg >out 2>err
		exits 1 test -s out
		grep -q "^clonecfg: --ds: neither ldap://.*'$url' (see --help)" err
	done
EOF

tap_done
