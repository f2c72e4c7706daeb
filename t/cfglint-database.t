#!/bin/sh
# SPDX-License-Identifier: MIT
# cfglint: a CS.cfg and its key database, or its directory.  Faults of the file
# itself: t/breaks/file.tsv.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/aged.sh
. "$tap_top/t/lib/aged.sh"

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
aged other.key old 2000 2001 >old.pem
openssl x509 -in old.pem -outform DER | base64 -w 0 >old.b64

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
EOF

it 'a file that its directory is not of the owner of' <<-\EOF
	root
	mkdir theirs
	cp good theirs/CS.cfg
	chmod 640 theirs/CS.cfg
	chown 12345:54321 theirs
	chown 0:54321 theirs/CS.cfg
	gives 1 cfglint theirs/CS.cfg
	grep '^theirs/CS.cfg: warning: not-writable: .*: chown -h 12345:54321 it' out
	chown 12345:54321 theirs/CS.cfg
	exits 0 cfglint theirs/CS.cfg
EOF

tap_done
