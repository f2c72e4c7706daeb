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

# KEY=VALUE of the clone, or KEY alone to lack it, | LINE | LEVEL | CODE
while IFS='|' read -r change line level code
do
	it "finds $code of $change" <<-EOF
		pair
		awk -F= -v change='$change' '
		BEGIN { key = change; sub(/=.*/, "", key) }
		\$1 != key { print; next }
		change ~ /=/ { print change }' c >broken
		exits 1 cmp -s c broken
		gives 1 clonecheck m broken
		grep "^broken:$line: $level: $code: " out
	EOF
done <<'END'
internaldb.ldapconn.host=ds1|14|error|ds-same
internaldb.ldapconn.host=localhost|14|warning|ds-localhost
internaldb.ldapconn.secureConn=true|16|warning|ds-security
internaldb.basedn=dc=other|13|error|base-dn
cs.type=KRA|5|error|other-subsystem
securitydomain.name=OTHER|17|warning|domain-name
dbs.enableSerialManagement=false|9|error|serial-management
dbs.endSerialNumber|8|error|range-half
dbs.beginSerialNumber=0xa|8|error|range-digits
dbs.beginSerialNumber=12|8|warning|range-depleted
dbs.beginSerialNumber=9|8|error|range-overlap
dbs.beginRequestNumber=99|7|error|range-overlap
dbs.beginReplicaNumber=95|6|error|range-overlap
ca.crl.MasterCRL.enableCRLUpdates=true|3|error|two-crl-masters
ca.connector.KRA.host=kra1:8443|1|warning|connector-hosts
ca.connector.KRA.transportCert=AAAB|2|error|transport-cert
END

it 'misses a generator, a CRL master and a connector' <<-\EOF
	pair
	{ cat c; echo dbs.cert.id.generator=random; } >broken
	gives 1 clonecheck m broken
	grep '^broken:18: error: generator: ' out
	sed 's/Updates=true/Updates=false/' m >broken
	gives 1 clonecheck broken c
	grep '^broken: error: no-crl-master: ' out
	grep -v connector c >broken
	gives 1 clonecheck m broken
	grep '^broken: warning: connector-missing: ' out
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

it 'gives no half an answer' <<-\EOF
	pair
	exits 2 clonecheck m missing >out 2>err
	test ! -s out
	grep -q 'clonecheck: .*missing' err
	gives 0 clonecheck m - <c
EOF

tap_done
