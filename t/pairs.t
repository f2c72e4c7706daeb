#!/bin/sh
# SPDX-License-Identifier: MIT
# A switch and the key that it is nothing without: both, or neither.
# shellcheck disable=SC2034,SC2119,SC2317
. "${0%/*}/tap.sh"

printf '# clonekit edits 1\n.\n' >../nothing

# host FILE SUBSYSTEM KEY=VALUE...
host () {
	file=$1 type=$2
	shift 2
	{
		printf 'cs.type=%s\nmachineName=%s\n' "$type" "${file%.cfg}"
		printf 'internaldb.ldapconn.host=%s\n' "${file%.cfg}"
		printf '%s.cert.list=\n' "$(echo "$type" | tr '[:upper:]' '[:lower:]')"
		printf '%s\n' "$@"
	} >"$file"
}

log=log.instance.SignedAudit

for row in CA:ca_audit KRA:NHSM:kra TPS:tps OCSP:x
do
	it "${row%%:*}: signing of the audit log does not come alone" <<-EOF
		sub=$(echo "${row%%:*}" | tr '[:upper:]' '[:lower:]')
		host m.cfg ${row%%:*} \$log.enable=true \$log.logSigning=true \
		    \$log.signedAuditCertNickname=${row#*:} \
		    \$sub.audit_signing.nickname=x
		for lack in \$log.signedAuditCertNickname= \
		    \$log.signedAuditCertNickname=HSM: \
		    \$log.signedAuditCertNickname=there\ \$sub.audit_signing.nickname= \
		    \$log.level=1
		do
			host c.cfg ${row%%:*} \$log.enable=true \
			    \$log.logSigning=false \
			    "\${lack% *}" "\${lack#* }"
			cfgmerge --all --from m.cfg c.cfg >got 2>err
			exits 1 grep logSigning got
			grep "^cfgmerge: c.cfg:[0-9]*: '\$log.logSigning' is" err
			cfgmerge -p log. --from m.cfg c.cfg >got 2>err
			exits 1 grep logSigning got
			exits 1 clonecheck m.cfg c.cfg >got
			grep "warning: not-carried-pair: \$log.logSigning" got
			exits 1 grep 'cfgmerge' got
		done
		sed 's/logSigning=.*/logSigning=false/' m.cfg >m.last
		cfgmerge --all --from m.cfg --base m.last c.cfg >got 2>err
		same ../nothing got
		grep "'\$log.logSigning' is not merged" err
	EOF
done

it 'it comes where the clone has a certificate' <<-\EOF
	host m.cfg CA $log.logSigning=true $log.signedAuditCertNickname=one
	host c.cfg CA $log.logSigning=false $log.signedAuditCertNickname=two
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	printf '%s\n' '# clonekit edits 1' -$log.logSigning=false \
	    +$log.logSigning=true . >want
	same want got
	same /dev/null err
	exits 1 clonecheck m.cfg c.cfg >got
	grep 'not-carried: 1 keys of log ' got
EOF

it 'signing is turned off without any certificate' <<-\EOF
	host m.cfg CA $log.logSigning=false $log.signedAuditCertNickname=one
	host c.cfg CA $log.logSigning=true $log.signedAuditCertNickname=
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep "^+$log.logSigning=false" got
	same /dev/null err
EOF

it 'a login with a certificate does not come without its nickname' <<-\EOF
	for key in auths.instance.UserDir.ldap ca.publish.ldappublish.ldap \
	    auths.instance.Other.ldap
	do
		host m.cfg CA $key.ldapauth.authtype=SslClientAuth \
		    $key.ldapauth.clientCertNickname=one $key.ldapconn.port=636
		host c.cfg CA $key.ldapauth.authtype=BasicAuth
		cfgmerge --all --from m.cfg c.cfg >got 2>err
		printf '%s\n' '# clonekit edits 1' +$key.ldapconn.port=636 . \
		    >want
		same want got
		grep "'$key.ldapauth.authtype' is not merged: at 'SslClientA" err
		echo $key.ldapauth.clientCertNickname=two >>c.cfg
		cfgmerge --all --from m.cfg c.cfg >got 2>err
		grep "^+$key.ldapauth.authtype=SslClientAuth" got
		same /dev/null err
	done
EOF

it 'a publisher comes with its nickname, or not by half' <<-\EOF
	key=ca.publish.publisher.instance.O
	host m.cfg CA $key.enableClientAuth=true $key.nickName=one
	host c.cfg CA ca.publish.enable=true
	cfgmerge -p $key. --from m.cfg c.cfg >got 2>err
	test "$(grep -c "^+$key" got)" -eq 2
	cfgmerge -p $key.enable --from m.cfg c.cfg >got 2>err
	same ../nothing got
	grep "it needs '$key.nickName', which is empty here" err
EOF

it 'keys made on the server, and the connector that makes them' <<-\EOF
	key=op.enroll.userKey.keyGen.encryption.serverKeygen
	host m.cfg TPS $key.enable=true $key.drm.conn=kra1
	host c.cfg TPS $key.enable=false
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep "^+$key.enable=true" got
	grep "^+$key.drm.conn=kra1" got
	same /dev/null err
	exits 1 clonecheck m.cfg c.cfg >got
	grep ' not-carried: 2 keys of op ' got
	cfgmerge -p $key.enable --from m.cfg c.cfg >got 2>err
	same ../nothing got
	grep "needs '$key.drm.conn'" err
EOF

it 'a switch that the clone has on keeps what it needs' <<-\EOF
	key=ca.publish.publisher.instance.O
	host m.last CA $key.nickName=one $key.port=1
	host m.cfg CA $key.port=1
	host c.cfg CA $key.nickName=one $key.port=1 $key.enableClientAuth=true
	cfgmerge --all --from m.cfg --base m.last c.cfg >got 2>err
	same ../nothing got
	grep "'$key.enableClientAuth' is not merged: at 'true' it needs" err
	sed -i /enableClientAuth/d c.cfg
	cfgmerge --all --from m.cfg --base m.last c.cfg >got 2>err
	grep "^-$key.nickName=one" got
	same /dev/null err
EOF

it 'config-sync does not turn it on either' <<-\EOF
	mkdir stub
	printf '#!/bin/sh\n' >stub/logger
	chmod +x stub/logger
	PATH=$PWD/stub:$tap_top/share/recipes:$PATH
	host m.cfg KRA $log.logSigning=false $log.signedAuditCertNickname=one
	host c.cfg KRA $log.logSigning=false $log.signedAuditCertNickname=
	config-sync --state "$PWD/state" --fetch 'cat %s' c.cfg=m.cfg >got 2>err
	host m.cfg KRA $log.logSigning=true $log.signedAuditCertNickname=one \
	    kra.x=1
	config-sync --state "$PWD/state" --fetch 'cat %s' c.cfg=m.cfg >got 2>err
	grep "'$log.logSigning' is not merged" err
	grep '^kra.x=1$' c.cfg
	grep "^$log.logSigning=false$" c.cfg
EOF

it 'the log line of a server that did not start is explained' <<-\EOF
	for sub in CA KRA
	do
		cfglint --explain "Unable to start $sub engine: Property \
log.instance.SignedAudit.signedAuditCertNickname missing value" >got
		grep '^audit-signing: error: ' got
	done
EOF

it 'a password that is a path is shown, set and found to be none' <<-\EOF
	host m.cfg TPS auth.instance.1.bindPWD=/etc/pki/tps/password.conf
	host c.cfg TPS auth.instance.1.bindPWD=/srv/pki-tps/conf/password.conf \
	    x.y.password=/etc/dirsrv/pin.txt
	cfglint c.cfg >got
	same /dev/null got
	cfgset c.cfg auth.instance.1.bindPWD=/etc/pki/two/password.conf >got
	grep '^+auth.instance.1.bindPWD=/etc/pki/two/password.conf$' got
	exits 1 cfgdiff -a m.cfg c.cfg >got 2>/dev/null
	grep '^+x.y.password=/etc/dirsrv/pin.txt$' got
	exits 1 cfgdiff -a --json m.cfg c.cfg >got 2>/dev/null
	grep '/srv/pki-tps/conf/password.conf' got
	exits 2 cfgset c.cfg x.y.password=/Secret1 2>err
	exits 2 cfgset c.cfg 'x.y.password=/Sec ret/1' 2>err
	sed 's,=/etc/dirsrv/pin.txt,=Secret1,' c.cfg >secret.cfg
	exits 1 cfglint secret.cfg >got
	grep 'warning: password: x.y.password' got
	exits 1 cfgdiff c.cfg secret.cfg >got 2>err
	grep '^[*]x.y.password$' got
	exits 1 grep -e Secret1 -e pin.txt got err
EOF

it 'a connector of a TPS is not on without the nickname of a certificate' <<-\EOF
	tks=tps.connector.tks1
	host m.cfg TPS $tks.enable=true $tks.host=tks $tks.nickName=x
	host c.cfg TPS x=y
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep "^+$tks.host=tks" got
	exits 1 grep "$tks.enable" got
	grep "'$tks.enable' is not merged: .* '$tks.nickName'" err
	exits 1 clonecheck m.cfg c.cfg >got
	grep "not-carried-pair: $tks.enable" got
	host c.cfg TPS $tks.enable=true $tks.host=tks
	exits 1 cfglint c.cfg >got
	grep "switch-alone: $tks.enable: .*: $tks.nickName is empty" got
	cfglint --explain 'nickName not found in config' | grep '^switch-alone'
EOF

for row in CA:cert:legacy2:0x KRA:key:random: CA:cert:random:
do
	type=${row%%:*} kind=${row#*:}
	new=${kind#*:} kind=${kind%%:*}
	hex=${new#*:} new=${new%%:*}
	it "$type: nothing of the generator $new comes to a host of legacy" <<-EOF
		serial=dbs.serial
		host m.cfg $type dbs.$kind.id.generator=$new \
		    dbs.$kind.id.length=128 dbs.$kind.id.radix=16 \
		    \${serial}Increment=${hex}12 \${serial}LowWaterMark=${hex}9 \
		    \${serial}CloneTransferNumber=${hex}9 \
		    \${serial}RangeDN=ou=x,ou=ranges_v2 dbs.ldap=internaldb
		host c.cfg $type \${serial}Increment=12 \${serial}LowWaterMark=8 \
		    \${serial}RangeDN=ou=x,ou=ranges
		echo '+dbs.ldap=internaldb' >want
		cfgmerge --all --from m.cfg c.cfg >got 2>err
		sed -n '/^[-+]/p' got >lines
		same want lines
		grep '^cfgmerge: c.cfg: it makes numbers in another way than m' err
		cfgmerge --all --from c.cfg m.cfg >got 2>err
		same ../nothing got
		grep '^cfgmerge: m.cfg: it makes numbers in another way' err
		exits 1 cfgdiff c.cfg m.cfg >got 2>err
		sed -n '/^[-+]/p' got >lines
		same want lines
		grep ' generator (-a shows them)' err
		exits 1 clonecheck m.cfg c.cfg >got
		grep "generator: dbs.$kind.* is 'legacy' here and '$new' in " got
		exits 1 grep 'dbs.serial' got
	EOF
done

it 'what belongs to the generator comes to a host with the same one' <<-\EOF
	host m.cfg CA dbs.cert.id.generator=legacy2 dbs.serialIncrement=0x20
	host c.cfg CA dbs.cert.id.generator=legacy2 dbs.serialIncrement=0x10
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep '^+dbs.serialIncrement=0x20$' got
	host m.cfg CA dbs.serialIncrement=20
	host c.cfg CA dbs.cert.id.generator=legacy dbs.serialIncrement=10
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep '^+dbs.serialIncrement=20$' got
EOF

it 'a three-way merge does not move a host to the generator of its master' <<-\EOF
	host m.last KRA dbs.serialIncrement=10
	host m.cfg KRA dbs.key.id.generator=random
	host c.cfg KRA dbs.serialIncrement=10
	cfgmerge --all --from m.cfg --base m.last c.cfg >got 2>err
	same ../nothing got
	grep '2 keys of that are not merged' err
EOF

tap_done
