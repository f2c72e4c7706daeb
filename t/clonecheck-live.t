#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck --ds and --live against two 389 Directory Servers that replicate:
# one break at a time.  The network and planned clones: clonecheck-reach.t.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/live.sh
. "$tap_top/t/lib/live.sh"

if ! command -v ns-slapd >/dev/null
then
	it 'asks a real Directory Server' <<-\EOF
		needs ns-slapd
	EOF
	tap_done
fi

live_pair >setup 2>&1 || sed 's/^/# /' setup

cp m m.good
cp c c.good

# good: as it was, in files and entries
good () {
	cp m.good m
	cp c.good c
	live_base | grep -A 99 '^dn: cn=.*:' | put
}

# put: entries from standard input, seen by both
put () {
	live_put master
	echo x >>puts
	live_unit "put$(wc -l <puts)" | ds_modify master -a
	ds_wait clone "ou=put$(wc -l <puts),o=ca"
}

it 'a good pair is good' <<-\EOF
	live 0
	exits 1 grep -v ': info: ' out
	live 0 -D "$ds_manager" -y pw
	exits 1 grep -v ': info: ' out
	live 0 --live
	exits 1 grep -v ': info: ' out
	gives 0 clonecheck --ds m
	exits 1 grep -v ': info: ' out
EOF

# -- replication -----------------------------------------------------------------

it "finds what replls finds: an ID of the clone's own range" <<-\EOF
	change c dbs.beginReplicaNumber=97
	live 1
	finds error id-unassigned 'replica ID 97, which is in the range 97 to 100.*'
	good
EOF

it 'replica-missing, duplicate-id, generation: with a third server' <<-\EOF
	live_server third 127.0.0.3 -authority 2130706435
	cp c p
	live_cfg p 2130706435 third
	change p securitydomain.host=$live_clone \
	    securitydomain.httpsadminport=$clone_port
	gives 1 clonecheck --ds m p
	finds error replica-missing "no replica of 'o=ca' on ldap://213.*" \
	    db-user-missing domain-host schema-missing
	ds_replica third o=ca 96
	gives 1 clonecheck --ds m p
	finds error duplicate-id 'both have replica ID 96 of o=ca.*' \
	    db-user-missing domain-host schema-missing generation no-ruv \
	    never-sent
EOF

# -- schema ------------------------------------------------------------------------

it 'schema-missing: a class that entries of a CA need' <<-\EOF
	gives 1 clonecheck --ds m p
	finds error schema-missing 'are not known: authority' \
	    db-user-missing domain-host duplicate-id generation no-ruv \
	    never-sent
	exits 1 grep -e schema-differs out
EOF

it 'schema-differs: a class of the own; other attributes' <<-\EOF
	ds_modify third <<-END
	dn: cn=schema
	changetype: modify
	add: objectClasses
	objectClasses: ( 1.1.99.2.10 NAME 'cmsuser' SUP top STRUCTURAL MUST usertype MAY ( userstate \$ host ) )
	END
	ds_modify master <<-END
	dn: cn=schema
	changetype: modify
	add: objectClasses
	objectClasses: ( 1.1.99.2.99 NAME 'ownClass' DESC 'NAME of it' SUP top MAY cn )
	END
	gives 1 clonecheck --ds m p
	finds warning schema-differs "other attributes than .*: cmsuser" \
	    schema-missing db-user-missing domain-host duplicate-id \
	    generation no-ruv never-sent
	grep "schema-differs: classes and .* not known: ownclass$" out
EOF

# -- the security domain --------------------------------------------------------------

it 'domain-host: a clone that it does not have' <<-\EOF
	live_domain $live_clone $clone_port TRUE TRUE | put
	live 0
	ldapdelete -x -H "$(ds_url master)" -D "$ds_manager" -y pw "$(live_domain \
	    $live_clone $clone_port TRUE TRUE | sed -n 's/^dn: //p')"
	live 1
	finds error domain-host "does not list the CA '$live_clone'"
	grep "^c:$(grep -n ^machineName c | cut -d : -f 1): error: domain-host" out
	good
EOF

it 'domain-host: it is asked at a host that it does not have' <<-\EOF
	change c securitydomain.host=2130706436
	live 1
	finds error domain-host "'2130706436', which is not a CA in ldap://.*"
	good
EOF

it 'domain-port: others are led to another one' <<-\EOF
	live_domain $live_clone $clone_port TRUE TRUE |
	    sed 's/^SecurePort: .*/SecurePort: 9443/' | put
	live 1
	finds error domain-port "port 9443 for $live_clone, whose secure port is $clone_port: .*"
	live_domain $live_clone $clone_port TRUE TRUE |
	    sed 's/^SecureAdminPort: .*/SecureAdminPort: 9444/' | put
	live 1
	finds error domain-port "is $clone_port, and the port of '$live_clone' is 9444 in .*"
	good
EOF

it 'domain-clone: a clone that was entered as a master' <<-\EOF
	live_domain $live_clone $clone_port FALSE TRUE | put
	live 1
	finds warning domain-clone "Clone is false in .*"
	grep 'domain-clone: Clone is false in .* and for another one' out
	change c -subsystem.select
	live 1
	finds warning domain-clone 'for this CA and for another one: .*'
	good
EOF

it 'domain-manager: it is asked at a host that does not manage it' <<-\EOF
	live_domain $live_clone $clone_port TRUE FALSE | put
	live 1
	finds warning domain-manager "has no DomainManager=TRUE in .*"
	good
EOF

it 'domain-other: another domain' <<-\EOF
	change c securitydomain.name=OTHER
	change m securitydomain.name=OTHER
	live 1
	finds warning domain-other "is 'OTHER', and the domain in .* is 'EXAMPLE'"
	good
EOF

# -- the subsystem's user -----------------------------------------------------------------

ssl () {
	change m internaldb.ldapauth.authtype=SslClientAuth
	change c internaldb.ldapauth.authtype=SslClientAuth
	live 2
	grep "^clonecheck: m: the server binds by 'SslClientAuth': " err
	live 1 -D "$ds_manager" -y pw
}

it 'db-user-cert: after a renewal it has the old certificate' <<-\EOF
	live_user sub2 '2;2;CN=sub;CN=sub' CN=sub | put
	live 1
	finds warning db-user-cert \
	    "serial numbers '0x2', and the .* 'subsystemCert .*' has 0x1" \
	    db-user-description
	grep "number '2', and .* has 0x1$" out
	ssl
	finds error db-user-login "has 0x1"
	good
EOF

it 'db-user-cert: of the database, where there is one' <<-\EOF
	needs certutil
	openssl pkcs12 -export -in sub2.pem -inkey sub.key -passout pass:x \
	    -name "$(cfgget ca.subsystem.nickname m)" -out known.p12
	mkdir alias
	certutil -N -d sql:alias --empty-password
	pk12util -i known.p12 -d sql:alias -W x
	certutil -M -d sql:alias -n "$(cfgget ca.subsystem.nickname m)" \
	    -t u,u,u
	change m -cloning.subsystem.privkey.id
	change c -cloning.subsystem.privkey.id
	live 1 --db alias --peer-db alias
	finds warning db-user-cert "'0x1', and .* has 0x2" db-user-description
	mv alias other
	good
EOF

it 'db-user-description: it names another certificate' <<-\EOF
	live_user sub1 '2;7;CN=sub;CN=sub' CN=sub | put
	live 1
	finds warning db-user-description \
	    "is '2;7;CN=sub;CN=sub', and .* has 2;0x1;CN=sub;CN=sub"
	live_user sub1 '2;1;CN=CA;CN=sub' CN=sub | put
	live 1
	finds warning db-user-description "is '2;1;CN=CA.*"
	live_user sub1 '2;1;cn=sub; CN=sub' CN=sub | put
	live 0
	good
EOF

it 'db-user-subject: its seeAlso is another name' <<-\EOF
	live_user sub1 '2;1;CN=sub;CN=sub' CN=other | put
	live 1
	finds warning db-user-subject "is 'CN=other', and .* has CN=sub"
	ssl
	finds error db-user-login "has CN=sub"
	good
EOF

it 'db-user-missing: nobody there' <<-\EOF
	ldapdelete -x -H "$(ds_url master)" -D "$ds_manager" -y pw \
	    uid=pkidbuser,ou=people,o=ca
	live 0
	finds info db-user-missing "no entry 'uid=pkidbuser,ou=people,o=ca': .*"
	ssl
	finds error db-user-login "no entry 'uid=pkidbuser,ou=people,o=ca': .*"
	good
EOF

# -- how replication is secured ------------------------------------------------------------

it 'agreement-security: one way by TLS, and back without' <<-\EOF
	ds_change clone o=ca tomaster nsDS5ReplicaTransportInfo TLS
	live 1
	finds warning agreement-security \
	    "'toclone' sends by LDAP, and 'tomaster' sends back by TLS: one .*" \
	    agreement-failed
	ds_change clone o=ca tomaster nsDS5ReplicaTransportInfo LDAP
EOF

# -- the CRL ---------------------------------------------------------------------------------

it 'crl-none, crl-incomplete, crl-extra: the CRL lacks what is revoked' <<-\EOF
	ca ca keyCertSign,cRLSign -newkey ec -pkeyopt ec_paramgen_curve:P-256
	live 0
	finds info crl-none ':cn=MasterCRL: the directory has no CRL yet.*'
	{
		repository o=ca <<-\END | sed '1,/^$/d'
		16 REVOKED 20260106 reason=1
		17 VALID -
		18 REVOKED 20260107 reason=4
		END
		printf 'dn: ou=crlIssuingPoints,ou=ca,o=ca\n'
		printf 'objectClass: organizationalUnit\n'
		printf 'ou: crlIssuingPoints\n\n'
	} | put
	crl all number=12 sign=ecdsa <<-\END
	10 5 reason=1
	12 6 reason=4
	END
	issuing_point o=ca all | put
	live 0
	exits 1 grep crl- out
	crl one number=13 sign=ecdsa <<-\END
	10 5 reason=1
	11 6
	END
	issuing_point o=ca one | put
	live 1
	finds error crl-incomplete 'CRL number 13 lacks 1 certificates' \
	    crl-extra
	finds error crl-extra 'CRL number 13 has 1 certificates' \
	    crl-incomplete
	exits 0 grep ':cn=MasterCRL: .*clearCRLCache' out
	# verify-clone looks at it, too, without being told of a CRL.
	gives 1 "$tap_top/share/recipes/verify-clone" --wait 1 m c
	grep '^differs: the CRL has every revoked certificate' out
	# Whoever makes them: it is one directory.
	change m ca.crl.MasterCRL.enableCRLUpdates=false \
	    ca.crl.MasterCRL.enableCRLCache=false ca.certStatusUpdateInterval=0
	live 1
	exits 1 grep crl-incomplete out
	good
EOF

# -- trouble ---------------------------------------------------------------------------------

it 'a directory that cannot be read is trouble' <<-\EOF
	echo internaldb=wrong >password.conf
	live 2
	grep '^clonecheck: ldap://2130706433:[0-9]*: ' err
	test "$(wc -l <err)" -eq 1
	exits 1 test -s out
	live 2 --live
	rm password.conf
	live 2
	grep '^clonecheck: m: no password.conf of it is here' err
	live 2 -D "$ds_manager" -y /nonexistent
	test "$(wc -l <err)" -eq 1
	gives 2 clonecheck --ds -y pw m
	gives 2 clonecheck -D "$ds_manager" -y pw m
	gives 2 clonecheck --ds - <m
	ds_signal KILL clone
	live 2 -D "$ds_manager" -y pw
	grep '^clonecheck: ldap://2130706434:[0-9]*: ' err
	test "$(wc -l <err)" -eq 1
	live 1 --live -D "$ds_manager" -y pw
	grep '^c:[0-9]*: error: ds-unreachable: the Directory Server: ' out
	test ! -s err
EOF

tap_done
