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
	grep -q ': warning: KEY-STALE: cloning.signing.pubkey.modulus: ' out
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

add READ-INDENT '  # comment'
add READ-BANG '! c=d'
add READ-BLANK '   ' READ-NODELIM
add READ-COLON 'a.b:c=d'
add READ-SPLIT 'a.b c=d'
add READ-NODELIM 'a.b'
add READ-SLASH 'a.b=c\\\\'
add READ-JOIN 'a.b=c\\\nd'
add READ-JOIN-INDENT 'a.b=c\\\n  d'
add READ-JOIN-KEY 'a.b\\\n=d'
add READ-TRAIL 'job.cron=0 0 * * 2 '
add READ-BREAK 'a.b=c\vd'
add READ-BREAK 'a.b=c\xe2\x80\xa8d'
add READ-NBSP 'a.b=c\xc2\xa0'
add READ-UTF8 'a.b=\xe9t\xe9'
add READ-UTF8 '# \xe9t\xe9'
breaks READ-BOM 1 '1s/^/\xef\xbb\xbf/'
breaks READ-CR 1 's/$/\r/'
add READ-ESC 'a\\=b=c'
add READ-CTRL 'a.b=c\001'
add SPACED 'a.b = c'
add COMMENTS '# comment'
breaks DUP-KEY 1 "\$a\\
ca.cert.list=signing,subsystem" NICK-NONE
add DUP-SAME 'a=b\na=b'
breaks JOINED $kra.enable "s/^$kra.enable=true/& $kra.class=x/"
add JOINED 'a.b=hostnamemaster.ca.agent.port=1'
breaks BOOL-BLANK $ip.enable "s/^$ip.enable=true/& /"
add BOOL-BLANK 'some.key=false\t'
breaks BOOL-VALUE $ip.enableCRLCache "s/^$ip.enableCRLCache=true/&d/"
breaks INT-BLANK ca.certStatusUpdateInterval 's/=600/& /'
# Hexadecimal of "legacy" is read by getString(), which trims.
breaks READ-TRAIL dbs.beginSerialNumber 's/^dbs.beginSerialNumber=1/& /'
breaks INT-BLANK dbs.beginSerialNumber \
    's/^\(dbs.*[bB]egin.*SerialNumber=\|dbs.*[eE]nd.*SerialNumber=\)/&0x/
    s/^dbs.beginSerialNumber=.*/& /; $a\
dbs.cert.id.generator=legacy2'
breaks INT-VALUE internaldb.ldapconn.port 's/=389/=ldap/'
breaks INT-VALUE ca.crl.pageSize 's/^ca.crl.pageSize=100/&00000000/'
add INT-VALUE 'dbs.cert.id.radix=hex'
add INT-BLANK 'ca.crl.Second.unexpectedExceptionLoopMax=10 '
add BOOL-VALUE 'internaldb.ldapconn.followReferrals=on'
add REF-KEY 'ca.crl='
add REF-LDAP 'dbs.ldap=internaldb'
add PREOP 'preop.pin.x=1\npreop.y=2'
breaks CS-STATE cs.state 's/^cs.state=1/cs.state=0/'
breaks MACHINE machineName 's/^machineName=.*/machineName=localhost/'
breaks DS-LIST internaldb.ldapconn.host 's/=ds1.example.com/& ds2:389/'
add DS-AUTH 'internaldb.ldapauth.authtype=SslClientAuth'
add DS-AUTH 'internaldb.ldapauth.authtype=sasl'
add PROXY-PORT 'proxy.securePort=https'
add PROXY-PORT 'proxy.unsecurePort=65536'
add PROXY-PORT 'proxy.unsecurePort=443\nproxy.securePort=443'
add PASSWORD 'internaldb.ldapauth.password=x'
add KEYSET 'tks.defKeySet.auth_key=#40#41'
add KEY-CASE 'ca.CertStatusUpdateInterval=0'
add KEY-CASE 'ca.crl.Second.EnableCRLUpdates=true'
add KEY-CASE 'master.ca.agent.Host=x'
add UNREAD-KEY 'OCSP.Responder.store.defStore.refreshInSec=21600'
breaks PRUNE-RSN jobsScheduler.job.pruning.enabled \
    '/pruning.enabled/s/false/true/'
breaks CRL-NPE $ip.enableCRLUpdates 's/=600/=0/' CRL-LISTEN
breaks CRL-LISTEN ca.listenToCloneModifications \
    's/=600/=0/; s/\(enableCRL[A-Z][a-z]*\)=true/\1=false/
    s/^ca.crl.pageSize=.*/ca.crl.Second.enable=false/'
breaks CRL-INTERVAL ca.certStatusUpdateInterval 's/=600/=-600/'
breaks CRL-CLASS $ip.cacheUpdateInterval "s/^$ip.class/x/"
breaks CRL-DESC ca.crl.Second.class '/^ca.crl.Second.desc/d'
breaks CRL-CACHE $ip.enableCRLCache 's/CRLUpdates=true/CRLUpdates=false/' \
    CRL-SPLIT
breaks CRL-SPLIT $ip.enableCRLUpdates 's/CRLUpdates=true/CRLUpdates=false/
    s/CRLCache=true/CRLCache=false/'
breaks ROLE-MIXED ca.certStatusUpdateInterval \
    's/\(enableCRL[A-Z][a-z]*\)=true/\1=false/
    s/^ca.crl.pageSize=.*/ca.crl.Second.enable=false/'
breaks CRL-DEAF ca.listenToCloneModifications \
    's/^\(ca.listen.*\)=true/\1=false/'
breaks CRL-ALG new '$a\
ca.crl.Second.signingAlgorithm=SHA256withEC\
ca.signing.defaultSigningAlgorithm=SHA512withRSA/PSS'
breaks CRL-PUBLISH ca.publish.enable 's/^\(ca.publish.enable\)=.*/\1=false/'
add CRL-MIXED 'master.ca.agent.host=b\nmaster.ca.agent.port=8443'
add AGENT-HALF 'master.ca.agent.host=b'
add AGENT-HALF 'master.ca.agent.port=8443'
add AGENT-NONE 'master.ca.agent.port=None\nmaster.ca.agent.host=b' CRL-MIXED
add AGENT-PORT 'master.ca.agent.port=https\nmaster.ca.agent.host=b' CRL-MIXED
add AGENT-SELF 'master.ca.agent.host=CA1.example.com\nmaster.ca.agent.port=1'
add SERIAL-OFF 'ca.serialNumberUpdateInterval=0'
breaks OCSP-CLASS new '$a\
ocsp.store.ldapStore.numConns=0'
breaks OCSP-STORE ocsp.storeId 's/^ocsp.storeId=.*/ocsp.storeId=ldapStore/'
breaks RANGE-PREFIX dbs.beginSerialNumber 's/^dbs.beginSerialNumber=/&0x/'
breaks RANGE-DIGITS dbs.endSerialNumber 's/^dbs.endSerialNumber=/&g/'
breaks RANGE-DIGITS dbs.endRequestNumber 's/^dbs.endRequestNumber=/&a/'
breaks RANGE-DIGITS dbs.endSerialNumber '$a\
dbs.cert.id.generator=legacy2'
breaks RANGE-BARE dbs.endSerialNumber 's/=fff0000$/=99990000/
    s/^\(dbs.*SerialNumber=\)\([12]0000.*\)/\10x\2/; $a\
dbs.cert.id.generator=legacy2'
breaks RANGE-PREFIX dbs.beginReplicaNumber 's/^dbs.beginReplicaNumber=/&0x/'
breaks RANGE-DIGITS dbs.endSerialNumber '$a\
dbs.cert.id.radix=10'
breaks RANGE-REPLICA dbs.endReplicaNumber \
    's/^\(dbs.endReplicaNumber\)=.*/\1=4/; $a\
dbs.replicaCloneTransferNumber=5'
breaks RANGE-ORDER dbs.endReplicaNumber 's/^dbs.endReplicaNumber=95/&/
    s/=95$/=1/'
breaks RANGE-ORDER dbs.nextEndSerialNumber 's/=20000000$/=10000001/'
breaks RANGE-HALF dbs.nextBeginSerialNumber '/^dbs.nextEndS/d'
breaks RANGE-OVERLAP dbs.nextBeginSerialNumber 's/=10000001/=fff0000/'
breaks RANGE-LEFT dbs.endRequestNumber 's/=9990000/=9999/'
breaks RANGE-LOW dbs.serialLowWaterMark 's/^\(dbs.serialLow.*=\).*/\1f0000000/'
breaks RANGE-STEP dbs.serialCloneTransferNumber \
    's/^\(dbs.serialClone.*=\).*/\1f0000001/' RANGE-LEFT
breaks RANGE-MANAGE dbs.enableSerialManagement \
    's/^\(dbs.enableS.*=\).*/\1false/; $a\
subsystem.select=Clone'
add RANGE-NAME 'beginSerialNumber=1'
add RANGE-NAME 'ca.nextEndRequestNumber=1'
add RANGE-NAME 'dbs.nextRange=1'
add GENERATOR 'dbs.request.id.generator=sequential'
breaks CONN-PART $kra.enable "/^$kra.local/d"
breaks CONN-HOSTS $kra.host 's/:8443 kra2/:8443  kra2/'
breaks CONN-HOSTS $kra.host 's/:8443 kra2/ kra2/'
breaks CONN-PORT $kra.port "s/^$kra.port=8443/$kra.port=none/"
breaks CONN-NOCERT $kra.enable "/^$kra.transportCert/d"
breaks CONN-CERT $kra.transportCert "s/^$kra.transportCert=/&-----BEGIN/"
breaks CONN-EXPIRED $kra.transportCert \
    "s|^$kra.transportCert=.*|$kra.transportCert=$(cat old.b64)|"
breaks CONN-CASE $kra.nickName "s/^$kra.nickName/$kra.nickname/"
breaks CONN-NICK $kra.nickName '$a\
ca.subsystem.nickname=another'
breaks CONN-OFF $kra.enable "s/^$kra.enable=true/$kra.enable=false/"
add CONN-CLA 'ca.connector.CLA.host=ca0.example.com'
breaks CERT-BAD ca.signing.cert 's/^ca.signing.cert=/&AAAA/'
breaks REQ-BAD ca.signing.certreq 's/^ca.signing.certreq=/&*/'
breaks CERT-EXPIRED ca.signing.cert \
    "s|^ca.signing.cert=.*|ca.signing.cert=$(cat old.b64)|" KEY-ID
add CERT-EXPIRED "ca.admin.cert=$(cat old.b64)"
add CERT-BAD 'ca.admin.cert=AAAA'
breaks CERT-EARLY ca.signing.cert \
    "s|^ca.signing.cert=.*|ca.signing.cert=$(cat early.b64)|" KEY-ID
breaks CERT-EARLY $kra.transportCert \
    "s|^$kra.transportCert=.*|$kra.transportCert=$(cat early.b64)|"
breaks KEY-ID cloning.signing.privkey.id 's/^ca.cert.list=signing/ca.cert.list=/
    s/^\(cloning.*=\).*/\1'"$(cat other.id)/"
breaks KEY-ID cloning.signing.privkey.id \
    "s/^\(cloning.*=\).*/\1$(cat other.id)/"
breaks KEY-SPELL cloning.signing.privkey.id 's/^\(cloning.*=\).*/\1xyz/'
for script in pubkey.modulus=abc123 pubkey.modulus=-ff pubkey.exponent=3 \
    pubkey.encoded=30820122 keytype=ecc
do
	add KEY-STALE "cloning.signing.$script"
	add KEY-STALE "preop.cert.signing.$script" PREOP
done
breaks NICK-UNIT new '$a\
log.instance.SignedAudit.signedAuditCertNickname=another\
ca.audit_signing.nickname=auditSigningCert'
breaks NICK-TWO ca.cert.signing.nickname \
    's/^\(ca.cert.signing.nickname=\).*/\1another/'
breaks NICK-UNIT new '$a\
ca.signing.certnickname=another'
breaks NICK-NONE ca.cert.list '/nickname=caSigningCert/d'

# The database's: nothing needs its password.
it 'ALIAS-NICK, ALIAS-CERT, ALIAS-KEY, ALIAS-EXPIRED: a renewed database' <<-\EOF
	needs certutil
	needs pk12util
	mkdir db
	certutil -N -d sql:db --empty-password
	openssl pkcs12 -export -in signing.pem -inkey signing.key \
	    -name caSigningCert -passout pass:x -out signing.p12
	pk12util -i signing.p12 -d sql:db -W x
	exits 0 cfglint --alias db good >out
	same /dev/null out
	sed 's/=caSigningCert/=caSigningCert 2/' good >broken
	exits 1 cfglint --alias db broken >out
	grep -q '^broken:25: error: ALIAS-NICK: ca.signing.nickname: .*: .caSigningCert 2.$' out
	sed "s|^ca.signing.cert=.*|ca.signing.cert=$(cat other.b64)|" good >broken
	exits 1 cfglint --alias db broken >out
	grep -q '^broken:23: error: ALIAS-CERT: ca.signing.cert: ' out
	mkdir db2
	certutil -N -d sql:db2 --empty-password
	certutil -A -d sql:db2 -n caSigningCert -t ,, -i old.pem
	exits 1 cfglint --alias db2 good >out
	grep -q '^good:25: error: ALIAS-KEY: ca.signing.nickname: ' out
	grep -q '^good:25: warning: ALIAS-EXPIRED: ca.signing.nickname: ' out
	{
		cat good
		echo log.instance.SignedAudit.logSigning=true
		echo log.instance.SignedAudit.signedAuditCertNickname=audit
	} >broken
	exits 1 cfglint --alias db broken >out
	grep -q ":$((last + 2)): error: ALIAS-NICK: log.instance.Sig" out
	sed -i 's/logSigning=true/logSigning=false/' broken
	exits 0 cfglint --alias db broken >out
	printf '%s\n' ALIAS-NICK ALIAS-CERT ALIAS-KEY ALIAS-EXPIRED >>../codes
EOF

it 'a file that its directory is not of the owner of' <<-\EOF
	test "$(id -u)" -eq 0 || echo NOT-WRITABLE >>../codes
	root
	mkdir theirs
	cp good theirs/CS.cfg
	chmod 640 theirs/CS.cfg
	chown 12345:54321 theirs
	chown 0:54321 theirs/CS.cfg
	gives 1 cfglint theirs/CS.cfg
	grep '^theirs/CS.cfg: warning: NOT-WRITABLE: .*: chown -h 12345:54321 it' out
	echo NOT-WRITABLE >>../codes
	chown 12345:54321 theirs/CS.cfg
	exits 0 cfglint theirs/CS.cfg
EOF

it 'no code is left that no break has' <<-\EOF
	cfglint --codes | cut -f 1 | grep -v ^ALIAS- | sort >want
	grep -v ^ALIAS- ../codes | sort -u >got
	same want got
	test "$(wc -l <got)" -ge 40
EOF

tap_done
