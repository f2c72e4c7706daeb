#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck finds each break of a pair, and nothing in a good one.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

# HOST CRL SERIALS REQUESTS REPLICAS
side () {
	cat <<-END
	ca.connector.KRA.host=kra1:8443 kra2:8443
	ca.connector.KRA.transportCert=AAAA
	ca.crl.MasterCRL.enableCRLUpdates=$2
	ca.listenToCloneModifications=$2
	ca.subsystem.nickname=sub
	cs.type=CA
	dbs.beginReplicaNumber=${5%-*}
	dbs.beginRequestNumber=${4%-*}
	dbs.beginSerialNumber=${3%-*}
	dbs.enableSerialManagement=true
	dbs.endReplicaNumber=${5#*-}
	dbs.endRequestNumber=${4#*-}
	dbs.endSerialNumber=${3#*-}
	internaldb.basedn=dc=ca
	internaldb.ldapconn.host=ds$1
	internaldb.ldapconn.port=389
	internaldb.ldapconn.secureConn=false
	securitydomain.name=EXAMPLE
	END
}

pair () {
	side 1 true 1-9 1-99 1-95 >m
	side 2 false a-12 100-199 96-100 >c
}

it 'has nothing to say of a good pair' <<-\EOF
	pair
	gives 0 clonecheck m c
	test ! -s out
EOF

it 'compares the certificates of both databases, by nickname' <<-\EOF
	able certutil command -v certutil
	mkdir m1 c1
	side 1 true 1-9 1-99 1-95 >m1/CS.cfg
	side 2 false a-12 100-199 96-100 >c1/CS.cfg
	database sql m1/alias ''
	database sql c1/alias ''
	cert m1/alias sub -t u,u,u -k ec -q nistp256
	gives 1 clonecheck m1 c1
	grep '^c1/alias: error: cert-missing: ' out
	cert c1/alias sub -t u,u,u -k ec -q nistp256
	gives 1 clonecheck m1 c1
	grep '^c1/alias: error: cert-rekeyed: ' out
	rm -r c1/alias
	cp -r m1/alias c1/alias
	gives 0 clonecheck m1 c1
EOF

# -- where files are -----------------------------------------------------------

# quiet OPERAND...: nothing to say, and all was read.
quiet () {
	gives 0 clonecheck "$@"
	test ! -s out
}

it 'takes instances of either layout, copies and sosreports' <<-\EOF
	pair
	for at in conf/ca/CS.cfg ca/conf/CS.cfg ca/CS.cfg ca-CS.cfg \
	    conf/CS.cfg CS.cfg etc/pki/pki-tomcat/ca/CS.cfg \
	    var/lib/pki/x/conf/ca/CS.cfg var/lib/pki/x/ca/conf/CS.cfg \
	    etc/pki-ca/CS.cfg var/lib/pki-ca/conf/CS.cfg
	do
		rm -rf t1 t2
		mkdir t1 t2
		mkdir -p "$(dirname "t1/$at")" "$(dirname "t2/$at")"
		cp m "t1/$at"
		cp c "t2/$at"
		quiet t1 t2
		quiet t1 c
		echo ca.custom=1 >>"t1/$at"
		gives 1 clonecheck t1 t2
		grep "^t2/$at: warning: not-carried: " out
	done
EOF

it 'of several subsystems takes the one that the master has' <<-\EOF
	pair
	rm -rf i1 i2
	mkdir -p i1/conf/ca i1/conf/kra i2/ca/conf i2/kra/conf
	cp m i1/conf/ca/CS.cfg
	cp c i2/ca/conf/CS.cfg
	sed 's/^cs.type=CA/cs.type=KRA/; /connector/d' m >i1/conf/kra/CS.cfg
	sed 's/^cs.type=CA/cs.type=KRA/; /connector/d' c >i2/kra/conf/CS.cfg
	gives 2 clonecheck i1 i2
	grep "'i1' has several subsystems (ca, kra): " err
	quiet --subsystem ca i1 i2
	quiet --subsystem kra i1 i2
	quiet i1/conf/kra/CS.cfg i2
	gives 2 clonecheck --subsystem tks i1 i2
	grep "'i1' has no CS.cfg of a subsystem 'tks'" err
	mkdir -p s/etc/pki/a/ca s/etc/pki/b/ca
	cp m s/etc/pki/a/ca/CS.cfg
	cp m s/etc/pki/b/ca/CS.cfg
	gives 2 clonecheck s
	grep 'has several instances' err
EOF

it 'finds databases, also those of a sosreport, and its listings' <<-\EOF
	needs certutil
	pair
	rm -rf s1 s2 db1 db2
	mkdir -p s1/etc/pki/x/ca s2/etc/pki/x/ca s1/sos_commands/ipa \
	    s2/sos_commands/ipa s2/var/lib/pki/x
	cp m s1/etc/pki/x/ca/CS.cfg
	cp c s2/etc/pki/x/ca/CS.cfg
	database sql db1 ''
	database sql db2 ''
	cert db1 sub -t u,u,u -k ec -q nistp256
	certutil -L -d sql:db1 \
	    >s1/sos_commands/ipa/certutil_-L_-d_.var.lib.pki.x.alias
	certutil -L -d sql:db2 \
	    >s2/sos_commands/ipa/certutil_-L_-d_.var.lib.pki.x.alias
	gives 1 clonecheck s1 s2
	grep '^s2/sos_commands/.*: error: cert-missing: ' out
	cp -R db1 s2/var/lib/pki/x/alias
	quiet s1 s2
	quiet --db db1 --peer-db db1 m c
	gives 1 clonecheck --db db1 --peer-db db2 m c
	grep '^db2: error: cert-missing: ' out
	gives 2 clonecheck --db m m
	grep '^clonecheck: m:1: no line of certutil -L or -K: ' err
	: >empty
	gives 2 clonecheck --db empty m
	gives 2 clonecheck --peer-db db1 m
	gives 2 clonecheck --db missing m
EOF

# -- the bundle ----------------------------------------------------------------

it 'says of a bundle what p12check does' <<-\EOF
	pair
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=sub -days 9 \
	    -keyout k.pem -out c.pem
	openssl pkcs12 -export -inkey k.pem -in c.pem -name sub -out b.p12 \
	    -passout pass:pw
	echo pw >pw
	gives 1 p12check -w pw b.p12 m
	mv out want
	gives 1 clonecheck --pkcs12 b.p12 -w pw m c
	same want out
	gives 1 p12check --json -w pw b.p12 m
	mv out want
	gives 1 clonecheck --json --pkcs12 b.p12 -w pw m c
	same want out
	echo wrong >pw
	gives 2 clonecheck --pkcs12 b.p12 -w pw m c
	test ! -s out
	gives 2 clonecheck -w pw m c
EOF

it 'as JSON, with the command that fixes it' <<-\EOF
	pair
	sed 's/Management=true/Management=false/' c >broken
	gives 1 clonecheck --json m broken
	cat >want <<-\END
	{"file":"broken","line":"10","level":"error","code":"serial-management","text":"dbs.enableSerialManagement is not true: when its range is used up, the server can give out no number. Fix with the server stopped","fix":"cfgset -i broken dbs.enableSerialManagement=true"}
	END
	same want out
EOF

it 'gives no half an answer' <<-\EOF
	pair
	exits 2 clonecheck m missing >out 2>err
	test ! -s out
	grep -q 'clonecheck: .*missing' err
	gives 0 clonecheck m - <c
	gives 2 clonecheck - - <c
	gives 2 clonecheck --override - - <c
	gives 2 clonecheck --db - m - <c
EOF

tap_done
