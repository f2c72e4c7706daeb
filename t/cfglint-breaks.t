#!/bin/sh
# SPDX-License-Identifier: MIT
# cfglint: one break at a time in a good CS.cfg, each found by its code, in
# its line, and nothing worse beside it.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317,SC1003,SC2016
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# A certificate of NAME for DAYS, in base64; its request; its key's ID.
certificate () {
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -days "$2" \
	    -keyout "$1.key" -out "$1.pem" 2>/dev/null
	openssl x509 -in "$1.pem" -outform DER | base64 -w 0 >"$1.b64"
	openssl req -new -key "$1.key" -subj "/CN=$1" -outform DER |
	    base64 -w 0 >"$1.req"
	openssl x509 -in "$1.pem" -noout -modulus | sed 's/.*=//' |
	    tr -d '\n' | tr A-F a-f | sed 's/../\\x&/g' >"$1.hex"
	# shellcheck disable=SC2059
	env printf "$(cat "$1.hex")" | openssl sha1 -r | cut -d ' ' -f 1 |
	    keyid >"$1.id"
}

certificate signing 30
certificate other 30
# Long past: 2000-01-01.
cat >old.cnf <<-\EOF_CNF
	[ca]
	default_ca=d
	[d]
	database=index
	new_certs_dir=.
	serial=serial
	default_md=sha256
	policy=p
	[p]
	commonName=supplied
EOF_CNF
: >index
echo 01 >serial
openssl req -new -key other.key -subj /CN=old -out old.csr
openssl ca -batch -config old.cnf -selfsign -keyfile other.key -in old.csr \
    -startdate 20000101000000Z -enddate 20010101000000Z -notext \
    -out old.pem 2>/dev/null
openssl x509 -in old.pem -outform DER | base64 -w 0 >old.b64
openssl ca -batch -config old.cnf -selfsign -keyfile other.key -in old.csr \
    -subj /CN=early -startdate 20900101000000Z -enddate 20910101000000Z \
    -notext -out early.pem 2>/dev/null
openssl x509 -in early.pem -outform DER | base64 -w 0 >early.b64

cat >good <<EOF
ca.cert.list=signing
ca.cert.signing.nickname=caSigningCert
ca.certStatusUpdateInterval=600
ca.connector.KRA.enable=true
ca.connector.KRA.host=kra1.example.com:8443 kra2.example.com:8443
ca.connector.KRA.local=false
ca.connector.KRA.nickName=subsystemCert
ca.connector.KRA.port=8443
ca.connector.KRA.timeout=30
ca.connector.KRA.transportCert=$(cat other.b64)
ca.connector.KRA.uri=/kra/agent/kra/connector
ca.crl.MasterCRL.cacheUpdateInterval=15
ca.crl.MasterCRL.class=com.netscape.ca.CRLIssuingPoint
ca.crl.MasterCRL.description=CA's complete Certificate Revocation List
ca.crl.MasterCRL.enable=true
ca.crl.MasterCRL.enableCRLCache=true
ca.crl.MasterCRL.enableCRLUpdates=true
ca.crl.Second.class=com.netscape.ca.CRLIssuingPoint
ca.crl.Second.description=another one
ca.crl.pageSize=100
ca.listenToCloneModifications=true
ca.publish.enable=true
ca.signing.cert=$(cat signing.b64)
ca.signing.certreq=$(cat signing.req)
ca.signing.nickname=caSigningCert
ca.signing.tokenname=internal
cloning.signing.privkey.id=$(cat signing.id)
cs.state=1
cs.type=CA
dbs.beginReplicaNumber=1
dbs.beginRequestNumber=1
dbs.beginSerialNumber=1
dbs.enableSerialManagement=true
dbs.endReplicaNumber=95
dbs.endRequestNumber=9990000
dbs.endSerialNumber=fff0000
dbs.nextBeginSerialNumber=10000001
dbs.nextEndSerialNumber=20000000
dbs.requestCloneTransferNumber=10000
dbs.requestIncrement=10000000
dbs.requestLowWaterMark=2000000
dbs.serialCloneTransferNumber=10000
dbs.serialIncrement=10000000
dbs.serialLowWaterMark=2000000
internaldb.ldapconn.host=ds1.example.com
internaldb.ldapconn.port=389
jobsScheduler.job.pruning.enabled=false
machineName=ca1.example.com
ocsp.store.defStore.class=com.netscape.cms.ocsp.DefStore
ocsp.storeId=defStore
EOF
last=$(wc -l <good)
others=

it 'the good one is good' <<-\EOF
	exits 0 cfglint good >out
	same /dev/null out
EOF

it 'nothing of what is like a break, but none' <<-\EOF
	hex=$(tr -d '\\\\x' <signing.hex)
	{
		cat good
		cat <<-END
			ca.connector.CLA.enable=false
			ca.connector.CLA.host=ca0.example.com
			cloning.signing.keytype=rsa
			cloning.signing.pubkey.encoded=3082${hex}0203010001
			cloning.signing.pubkey.exponent=010001
			cloning.signing.pubkey.modulus=00$hex
			internaldb.ldapauth.authtype=BasicAuth
			proxy.securePort=443
			proxy.unsecurePort=
		END
	} >like
	exits 0 cfglint like >out
	same /dev/null out
	sed 's/exponent=.*/exponent=65537/; s/modulus=.*/modulus=MIIBxyz=/' \
	    like >other
	exits 0 cfglint other >out
	same /dev/null out
	sed 's/modulus=00/modulus=01/' like >unlike
	exits 1 cfglint unlike >out
	grep -q ': warning: key-stale: cloning.signing.pubkey.modulus: ' out
EOF

# found CODE LINE: in "broken"; besides it, nothing from warning up unless the
# break brings more with it, which OTHERS names.
found () {
	code=$1 line=$2
	status=0
	cfglint broken >out || status=$?
	level=$(cfglint --codes | sed -n "s/^$code	\([a-z]*\)	.*/\1/p")
	grep -q "^broken:$line: $level: $code: " out || { cat out; return 1; }
	case $level in
	info) test "$status" -eq 0 ;;
	*) test "$status" -eq 1 ;;
	esac || return 1
	grep -v -e ": $code: " -e ': info: ' out >rest || :
	for other in $others
	do
		grep -v ": $other: " rest >less || :
		mv less rest
	done
	same /dev/null rest
}

# breaks CODE KEY|LINE SED-SCRIPT [OTHER-CODE...]
count=0
breaks () {
	code=$1 where=$2 script=$3
	shift 3
	count=$((count + 1))
	echo "$code" >>"$tap_home/codes"
	case $where in
	new) line=$((last + 1)) ;;
	[0-9]*) line=$where ;;
	*) line=$(grep -n "^$where=" good | cut -d : -f 1) ;;
	esac
	printf '%s\n' "$script" >"script$count"
	it "$code: $(printf '%s' "$script" | tr '\n\t' '  ' | cut -c 1-60)" <<-EOF
		sed -f script$count good >broken
		exits 1 cmp -s good broken
		others='$*'
		found $code $line
	EOF
}

# add CODE TEXT [OTHER-CODE...]: a line at the end, in printf's spelling.
add () {
	code=$1 text=$2
	shift 2
	count=$((count + 1))
	echo "$code" >>"$tap_home/codes"
	{
		cat good
		env printf "$text\n"
	} >added$count
	it "$code: $(printf '%s' "$text" | tr '\\' '/' | cut -c 1-60)" <<-EOF
		cp added$count broken
		others='$*'
		found $code $((last + 1))
	EOF
}

ip=ca.crl.MasterCRL
kra=ca.connector.KRA

add read-indent '  # comment'
add read-bang '! c=d'
add read-blank '   ' read-nodelim
add read-colon 'a.b:c=d'
add read-split 'a.b c=d'
add read-nodelim 'a.b'
add read-slash 'a.b=c\\\\'
add read-join-indent 'a.b=c\\\n  d'
add read-join-key 'a.b\\\n=d'
add read-break 'a.b=c\vd'
add read-break 'a.b=c\xe2\x80\xa8d'
add read-nbsp 'a.b=c\xc2\xa0'
add read-utf8 'a.b=\xe9t\xe9'
add read-utf8 '# \xe9t\xe9'
breaks read-bom 1 '1s/^/\xef\xbb\xbf/'
breaks read-cr 1 's/$/\r/'
add read-esc 'a\\=b=c'
add read-ctrl 'a.b=c\001'
breaks dup-key 1 "\$a\\
ca.cert.list=signing,subsystem" nick-none
add dup-same 'a=b\na=b'
breaks joined $kra.enable "s/^$kra.enable=true/& $kra.class=x/"
add joined 'a.b=hostnamemaster.ca.agent.port=1'
breaks bool-blank $ip.enable "s/^$ip.enable=true/& /"
add bool-blank 'some.key=false\t'
breaks bool-value $ip.enableCRLCache "s/^$ip.enableCRLCache=true/&d/"
breaks int-blank ca.certStatusUpdateInterval 's/=600/& /'
# Hexadecimal of "legacy" is read by getString(), which trims.
breaks int-blank dbs.beginSerialNumber \
    's/^\(dbs.*[bB]egin.*SerialNumber=\|dbs.*[eE]nd.*SerialNumber=\)/&0x/
    s/^dbs.beginSerialNumber=.*/& /; $a\
dbs.cert.id.generator=legacy2'
breaks int-value internaldb.ldapconn.port 's/=389/=ldap/'
breaks int-value ca.crl.pageSize 's/^ca.crl.pageSize=100/&00000000/'
add int-value 'dbs.cert.id.radix=hex'
add int-blank 'ca.crl.Second.unexpectedExceptionLoopMax=10 '
add bool-value 'internaldb.ldapconn.followReferrals=on'
add ref-key 'ca.crl='
add preop 'preop.pin.x=1\npreop.y=2'
breaks cs-state cs.state 's/^cs.state=1/cs.state=0/'
breaks machine machineName 's/^machineName=.*/machineName=localhost/'
breaks ds-list internaldb.ldapconn.host 's/=ds1.example.com/& ds2:389/'
add ds-auth 'internaldb.ldapauth.authtype=SslClientAuth'
add ds-auth 'internaldb.ldapauth.authtype=sasl'
add proxy-port 'proxy.securePort=https'
add proxy-port 'proxy.unsecurePort=65536'
add proxy-port 'proxy.unsecurePort=443\nproxy.securePort=443'
add password 'internaldb.ldapauth.password=x'
add keyset 'tks.defKeySet.auth_key=#40#41'
add key-case 'ca.CertStatusUpdateInterval=0'
add key-case 'ca.crl.Second.EnableCRLUpdates=true'
add key-case 'master.ca.agent.Host=x'
add unread-key 'OCSP.Responder.store.defStore.refreshInSec=21600'
breaks prune-rsn jobsScheduler.job.pruning.enabled \
    '/pruning.enabled/s/false/true/'
breaks crl-npe $ip.enableCRLUpdates 's/=600/=0/' crl-listen
breaks crl-listen ca.listenToCloneModifications \
    's/=600/=0/; s/\(enableCRL[A-Z][a-z]*\)=true/\1=false/
    s/^ca.crl.pageSize=.*/ca.crl.Second.enable=false/'
breaks crl-interval ca.certStatusUpdateInterval 's/=600/=-600/'
breaks crl-class $ip.cacheUpdateInterval "s/^$ip.class/x/"
breaks crl-desc ca.crl.Second.class '/^ca.crl.Second.desc/d'
breaks crl-cache $ip.enableCRLCache 's/CRLUpdates=true/CRLUpdates=false/' \
    crl-split
breaks crl-split $ip.enableCRLUpdates 's/CRLUpdates=true/CRLUpdates=false/
    s/CRLCache=true/CRLCache=false/'
breaks role-mixed ca.certStatusUpdateInterval \
    's/\(enableCRL[A-Z][a-z]*\)=true/\1=false/
    s/^ca.crl.pageSize=.*/ca.crl.Second.enable=false/'
breaks crl-not-listening ca.listenToCloneModifications \
    's/^\(ca.listen.*\)=true/\1=false/'
breaks crl-alg new '$a\
ca.crl.Second.signingAlgorithm=SHA256withEC\
ca.signing.defaultSigningAlgorithm=SHA512withRSA/PSS'
breaks crl-publish ca.publish.enable 's/^\(ca.publish.enable\)=.*/\1=false/'
add crl-mixed 'master.ca.agent.host=b\nmaster.ca.agent.port=8443'
add agent-half 'master.ca.agent.host=b'
add agent-half 'master.ca.agent.port=8443'
add agent-none 'master.ca.agent.port=None\nmaster.ca.agent.host=b' crl-mixed
add agent-port 'master.ca.agent.port=https\nmaster.ca.agent.host=b' crl-mixed
add agent-self 'master.ca.agent.host=CA1.example.com\nmaster.ca.agent.port=1'
add serial-off 'ca.serialNumberUpdateInterval=0'
breaks ocsp-class new '$a\
ocsp.store.ldapStore.numConns=0'
breaks ocsp-store ocsp.storeId 's/^ocsp.storeId=.*/ocsp.storeId=ldapStore/'
breaks range-prefix dbs.beginSerialNumber 's/^dbs.beginSerialNumber=/&0x/'
breaks range-digits dbs.endSerialNumber 's/^dbs.endSerialNumber=/&g/'
breaks range-digits dbs.endRequestNumber 's/^dbs.endRequestNumber=/&a/'
breaks range-digits dbs.endSerialNumber '$a\
dbs.cert.id.generator=legacy2'
breaks range-bare dbs.endSerialNumber 's/=fff0000$/=99990000/
    s/^\(dbs.*SerialNumber=\)\([12]0000.*\)/\10x\2/; $a\
dbs.cert.id.generator=legacy2'
breaks range-prefix dbs.beginReplicaNumber 's/^dbs.beginReplicaNumber=/&0x/'
breaks range-digits dbs.endSerialNumber '$a\
dbs.cert.id.radix=10'
breaks range-replica dbs.endReplicaNumber \
    's/^\(dbs.endReplicaNumber\)=.*/\1=4/; $a\
dbs.replicaCloneTransferNumber=5'
breaks range-depleted dbs.endReplicaNumber 's/^dbs.endReplicaNumber=95/&/
    s/=95$/=1/'
breaks range-depleted dbs.nextEndSerialNumber 's/=20000000$/=10000001/'
breaks range-half dbs.nextBeginSerialNumber '/^dbs.nextEndS/d'
breaks range-overlap dbs.nextBeginSerialNumber 's/=10000001/=fff0000/'
breaks range-short dbs.endRequestNumber 's/=9990000/=9999/'
breaks range-low dbs.serialLowWaterMark 's/^\(dbs.serialLow.*=\).*/\1f0000000/'
breaks range-step dbs.serialCloneTransferNumber \
    's/^\(dbs.serialClone.*=\).*/\1f0000001/' range-short
breaks range-manage dbs.enableSerialManagement \
    's/^\(dbs.enableS.*=\).*/\1false/; $a\
subsystem.select=Clone'
add range-key 'beginSerialNumber=1'
add range-key 'ca.nextEndRequestNumber=1'
add range-key 'dbs.nextRange=1'
add generator-unknown 'dbs.request.id.generator=sequential'
breaks conn-part $kra.host "/^$kra.local/d"
breaks conn-hosts $kra.host 's/:8443 kra2/:8443  kra2/'
breaks conn-hosts $kra.host 's/:8443 kra2/ kra2/'
breaks conn-port $kra.port "s/^$kra.port=8443/$kra.port=none/"
breaks conn-nocert $kra.host "/^$kra.transportCert/d"
breaks conn-cert $kra.transportCert "s/^$kra.transportCert=/&-----BEGIN/"
breaks conn-expired $kra.transportCert \
    "s|^$kra.transportCert=.*|$kra.transportCert=$(cat old.b64)|"
breaks conn-case $kra.nickName "s/^$kra.nickName/$kra.nickname/"
breaks conn-nick $kra.nickName '$a\
ca.subsystem.nickname=another'
breaks conn-off $kra.enable "s/^$kra.enable=true/$kra.enable=false/"
add conn-cla 'ca.connector.CLA.host=ca0.example.com'
breaks cert-bad ca.signing.cert 's/^ca.signing.cert=/&AAAA/'
breaks req-bad ca.signing.certreq 's/^ca.signing.certreq=/&*/'
breaks cert-expired ca.signing.cert \
    "s|^ca.signing.cert=.*|ca.signing.cert=$(cat old.b64)|" key-id
add cert-expired "ca.admin.cert=$(cat old.b64)"
add cert-bad 'ca.admin.cert=AAAA'
breaks cert-early ca.signing.cert \
    "s|^ca.signing.cert=.*|ca.signing.cert=$(cat early.b64)|" key-id
breaks cert-early $kra.transportCert \
    "s|^$kra.transportCert=.*|$kra.transportCert=$(cat early.b64)|"
breaks key-id cloning.signing.privkey.id 's/^ca.cert.list=signing/ca.cert.list=/
    s/^\(cloning.*=\).*/\1'"$(cat other.id)/"
breaks key-id cloning.signing.privkey.id \
    "s/^\(cloning.*=\).*/\1$(cat other.id)/"
breaks key-spell cloning.signing.privkey.id 's/^\(cloning.*=\).*/\1xyz/'
for script in pubkey.modulus=abc123 pubkey.modulus=-ff pubkey.exponent=3 \
    pubkey.encoded=30820122 keytype=ecc
do
	add key-stale "cloning.signing.$script"
	add key-stale "preop.cert.signing.$script" preop
done
breaks nick-unit new '$a\
log.instance.SignedAudit.signedAuditCertNickname=another\
ca.audit_signing.nickname=auditSigningCert'
breaks nick-two ca.cert.signing.nickname \
    's/^\(ca.cert.signing.nickname=\).*/\1another/'
breaks nick-unit new '$a\
ca.signing.certnickname=another'
breaks nick-none ca.cert.list '/nickname=caSigningCert/d'

# The database's: nothing needs its password.
it 'alias-nick, alias-cert, alias-key, alias-expired: a renewed database' <<-\EOF
	needs certutil
	needs pk12util
	mkdir db
	certutil -N -d sql:db --empty-password
	openssl pkcs12 -export -in signing.pem -inkey signing.key \
	    -name caSigningCert -passout pass:x -out signing.p12
	pk12util -i signing.p12 -d sql:db -W x
	exits 0 cfglint --db db good >out
	same /dev/null out
	sed 's/=caSigningCert/=caSigningCert 2/' good >broken
	exits 1 cfglint --db db broken >out
	grep -q '^broken:25: error: alias-nick: ca.signing.nickname: .*: .caSigningCert 2.$' out
	sed "s|^ca.signing.cert=.*|ca.signing.cert=$(cat other.b64)|" good >broken
	exits 1 cfglint --db db broken >out
	grep -q '^broken:23: error: alias-cert: ca.signing.cert: ' out
	mkdir db2
	certutil -N -d sql:db2 --empty-password
	certutil -A -d sql:db2 -n caSigningCert -t ,, -i old.pem
	exits 1 cfglint --db db2 good >out
	grep -q '^good:25: error: alias-key: ca.signing.nickname: ' out
	grep -q '^good:25: warning: alias-expired: ca.signing.nickname: ' out
	{
		cat good
		echo log.instance.SignedAudit.logSigning=true
		echo log.instance.SignedAudit.signedAuditCertNickname=audit
	} >broken
	exits 1 cfglint --db db broken >out
	grep -q ":$((last + 2)): error: alias-nick: log.instance.Sig" out
	sed -i 's/logSigning=true/logSigning=false/' broken
	exits 0 cfglint --db db broken >out
	printf '%s\n' alias-nick alias-cert alias-key alias-expired >>../codes
EOF

it 'a file that its directory is not of the owner of' <<-\EOF
	test "$(id -u)" -eq 0 || echo not-writable >>../codes
	root
	mkdir theirs
	cp good theirs/CS.cfg
	chmod 640 theirs/CS.cfg
	chown 12345:54321 theirs
	chown 0:54321 theirs/CS.cfg
	gives 1 cfglint theirs/CS.cfg
	grep '^theirs/CS.cfg: warning: not-writable: .*: chown -h 12345:54321 it' out
	echo not-writable >>../codes
	chown 12345:54321 theirs/CS.cfg
	exits 0 cfglint theirs/CS.cfg
EOF

tap_done
