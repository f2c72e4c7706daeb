#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck: one break at a time in a good pair, each found by its code, in
# its file and line, and nothing worse beside it; what differs and means
# nothing is not found.  Breaks of what is planned: clonecheck-breaks-2.t.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"

pair 2>/dev/null
cp c p
change p internaldb.ldapconn.host=ds3.example.com dbs.beginReplicaNumber=1000 \
    dbs.endReplicaNumber=1099 dbs.beginRequestNumber=20000001 \
    dbs.endRequestNumber=30000000 dbs.beginSerialNumber=20000001 \
    dbs.endSerialNumber=30000000 machineName=peer.example.com
files='m c p' check='clonecheck m c'

it 'the good ones are good' <<-\EOF
	gives 0 clonecheck m c
	test ! -s out
	gives 0 clonecheck m c p
	test ! -s out
	gives 0 clonecheck m
	test ! -s out
EOF

ds=internaldb.ldapconn
crl=ca.crl.MasterCRL
kra=ca.connector.KRA

breaks ds-same error c $ds.host '' $ds.host=ds1.example.com
breaks ds-same error c $ds.host '' $ds.host=ds1.example.com -$ds.port
for host in localhost LocalHost localhost.localdomain localhost4 localhost6 \
    127.0.0.1 127.8.9.1 ::1 '[::1]:389' 'ds2.example.com:389 localhost:389'
do
	breaks ds-localhost warning c $ds.host '' "$ds.host=$host"
done
breaks ds-security warning c $ds.secureConn '' $ds.secureConn=true
breaks base-dn error c internaldb.basedn '' internaldb.basedn=o=other
breaks other-subsystem error c cs.type '' cs.type=KRA
breaks domain-name warning c securitydomain.name '' securitydomain.name=OTHER
breaks generator error c dbs.cert.id.generator '' \
    dbs.cert.id.generator=random
breaks generator error c dbs.request.id.generator '' \
    dbs.request.id.generator=random
breaks generator error c dbs.cert.id.generator range-overlap \
    dbs.cert.id.generator=legacy2 dbs.beginSerialNumber=0xfff0001 \
    dbs.endSerialNumber=0x10000000
breaks radix error c dbs.cert.id.radix 'range-digits range-overlap' \
    dbs.cert.id.radix=10
breaks serial-management error c dbs.enableSerialManagement '' \
    dbs.enableSerialManagement=false
breaks serial-management error m dbs.enableSerialManagement '' \
    -dbs.enableSerialManagement

breaks range-half error c dbs.beginSerialNumber '' -dbs.endSerialNumber
breaks range-half error c dbs.endReplicaNumber '' -dbs.beginReplicaNumber
breaks range-digits error c dbs.beginSerialNumber '' \
    dbs.beginSerialNumber=0xfff0001
breaks range-digits error c dbs.beginRequestNumber '' \
    dbs.beginRequestNumber=fff0001
breaks range-depleted error c dbs.beginSerialNumber '' \
    dbs.beginSerialNumber=10000000
breaks range-ends info c dbs.beginSerialNumber '' \
    dbs.beginSerialNumber=10000000 dbs.nextBeginSerialNumber=20000001 \
    dbs.nextEndSerialNumber=30000000
breaks range-overlap error c dbs.beginSerialNumber '' \
    dbs.beginSerialNumber=fff0000
breaks range-overlap error c dbs.beginRequestNumber '' \
    dbs.beginRequestNumber=9990000
breaks range-overlap error c dbs.beginReplicaNumber '' \
    dbs.beginReplicaNumber=95
breaks range-overlap error c dbs.nextBeginSerialNumber '' \
    dbs.nextBeginSerialNumber=10000000 dbs.nextEndSerialNumber=20000000
breaks range-radix info c dbs.nextBeginSerialNumber '' \
    dbs.nextBeginSerialNumber=268435457 dbs.nextEndSerialNumber=278435456
breaks range-short info m dbs.endRequestNumber '' dbs.endRequestNumber=5000

breaks two-crl-masters error c $crl.enableCRLUpdates '' \
    $crl.enableCRLUpdates=true
breaks two-crl-masters error c $crl.enableCRLUpdates '' \
    $crl.enableCRLUpdates=true $crl.enableCRLCache=true \
    ca.certStatusUpdateInterval=600 '-master.ca.agent.*'
breaks no-crl-master error m '' '' $crl.enableCRLUpdates=false \
    $crl.enableCRLCache=false ca.certStatusUpdateInterval=0 \
    ca.listenToCloneModifications=false
breaks crl-not-listening warning m ca.listenToCloneModifications '' \
    ca.listenToCloneModifications=false
breaks crl-not-listening warning m '' '' -ca.listenToCloneModifications
breaks crl-listening-idle error m ca.certStatusUpdateInterval '' \
    ca.certStatusUpdateInterval=0
breaks crl-listening-idle error m ca.certStatusUpdateInterval '' \
    ca.certStatusUpdateInterval=00
breaks redirect warning c master.ca.agent.host '' \
    master.ca.agent.host=third.example.com
breaks connector-missing warning c '' '' "-$kra.*"
breaks connector-missing warning m '' '' "-$kra.*"
breaks connector-hosts warning c $kra.host '' \
    $kra.host=server-kra.example.com:8443
breaks connector-hosts warning m:c $kra.host '' \
    $kra.host=server-kra.example.com
breaks connector-enable warning c $kra.enable '' $kra.enable=false
breaks transport-cert error c $kra.transportCert '' \
    "$kra.transportCert=$(cat sub2.b64)"
breaks not-carried warning c auths.revocationChecking.enabled '' \
    auths.revocationChecking.enabled=maybe
breaks not-carried warning m:c '' '' custom.setting=1
breaks not-carried-crl info c ca.publish.queue.saveStatus '' \
    ca.publish.queue.saveStatus=1
breaks not-carried-crl info m:c '' '' ca.crl.Second.class=x
o=ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443
breaks publisher-missing warning c:m ca.publish.enable '' \
    ca.publish.enable=true $o.pluginName=OCSPPublisher \
    $o.host=o1.example.com $o.port=8443
breaks clone-only info c custom.setting '' custom.setting=1
breaks nickname warning c ca.subsystem.nickname '' ca.subsystem.nickname=x
breaks nickname warning c ca.cert.signing.nickname '' -ca.signing.nickname \
    ca.cert.signing.nickname=x
breaks token warning c ca.subsystem.tokenname '' ca.subsystem.tokenname=hsm
breaks key-id-other error c cloning.signing.privkey.id '' \
    cloning.signing.privkey.id=1
breaks cert-renewed error c ca.subsystem.cert '' \
    "ca.subsystem.cert=$(cat sub2.b64)"
breaks cert-rekeyed error c ca.subsystem.cert '' \
    "ca.subsystem.cert=$(cat sub3.b64)"

# Peers: the break is in the third file, or between the second and it.
check='clonecheck m c p'
breaks ds-same error p $ds.host '' $ds.host=ds2.example.com
breaks range-overlap error p dbs.beginRequestNumber '' \
    dbs.beginRequestNumber=9999999
breaks range-radix info p dbs.beginSerialNumber '' \
    dbs.beginSerialNumber=268435457 dbs.endSerialNumber=278435456
breaks two-crl-masters error p $crl.enableCRLUpdates '' \
    $crl.enableCRLUpdates=true
breaks redirect warning p master.ca.agent.host '' \
    master.ca.agent.host=clone.example.com

# OCSP: no ranges, and roles of their own.
ocsp () {
	cat <<-END
	cs.type=OCSP
	dbs.beginReplicaNumber=$2
	internaldb.basedn=dc=ocsp
	internaldb.ldapconn.host=ds$1
	internaldb.ldapconn.port=389
	machineName=ocsp$1
	END
	test "$1" = 1 || echo ocsp.store.defStore.refreshInSec=14400
}
ocsp 1 1 >o1
ocsp 2 3 >o2
ocsp 3 4 >o3
files='o1 o2 o3' check='clonecheck o1 o2 o3'
it 'good responders are good' <<-\EOF
	gives 0 clonecheck o1 o2 o3
	test ! -s out
EOF
breaks two-ocsp-masters warning o2 '' '' -ocsp.store.defStore.refreshInSec
breaks two-ocsp-masters warning o2 ocsp.store.defStore.refreshInSec '' \
    ocsp.store.defStore.refreshInSec=0
breaks replica-id error o3 dbs.beginReplicaNumber '' dbs.beginReplicaNumber=2
breaks replica-id error o3 dbs.beginReplicaNumber '' dbs.beginReplicaNumber=3

# -- what is told to do --------------------------------------------------------

mends () {
	file=$1
	shift
	printf '%s\n' "$@" >changes
	it "its command mends $(tr '\n' ' ' <changes | cut -c 1-60)" <<-\EOF
		mkdir -p mend
		cd mend
		cp ../m ../c .
		while read -r line; do change $file "$line"; done <../changes
		exits 1 cmp -s $file ../$file
		clonecheck m c >out || test $? -eq 1
		sed 's/.*: cfg/cfg/' out >run
		grep -q '^cfg' run
		sh -ex ./run
		gives 0 clonecheck m c
		test ! -s out
	EOF
}

mends c dbs.enableSerialManagement=false
mends c $kra.host=server-kra.example.com
mends c "-$kra.*"
mends c "$kra.transportCert=$(cat sub2.b64)"
mends m custom.setting=1 ca.custom.setting=2
mends m ca.crl.Second.class=x ca.crl.Second.description=y
mends m ca.publish.publisher.instance.x.host=y
mends c "sed:/^profile.caUserCert/d"

# -- what means nothing --------------------------------------------------------

nothing () {
	printf '%s\n' "$@" >changes
	it "is silent on $(tr '\n' ' ' <changes | cut -c 1-60)" <<-\EOF
		cp c quiet
		while read -r line; do change quiet "$line"; done <changes
		exits 1 cmp -s c quiet
		gives 0 clonecheck m quiet
		test ! -s out
		gives 0 clonecheck m quiet p
		test ! -s out
	EOF
}

nothing ca.sslserver.tokenname=internal
nothing 'ca.signing.tokenname=Internal Key Storage Token'
nothing auths.instance.flatFileAuth.authAttributes=PWD \
    auths.instance.flatFileAuth.deferOnFailure=true \
    auths.instance.flatFileAuth.keyAttributes=UID
nothing 'ca.subsystem.newNickname=x' 'ca.sslserver.newNickname=y'
nothing 'installDate=never'
nothing 'cmsgateway._017=## https://elsewhere:8443/ca'
nothing ca.sslserver.cert=AAAA ca.sslserver.certreq=AAAA
nothing ca.sslserver.nickname=x ca.cert.sslserver.nickname=x
nothing securitydomain.select=new securitydomain.host=elsewhere
nothing "-subsystem.select"
nothing proxy.securePort=443
nothing $kra.host='clone-kra.example.com:8443 server-kra.example.com:8443'
nothing $kra.enable=TRUE
nothing dbs.nextBeginSerialNumber=10000001 dbs.nextEndSerialNumber=20000000
nothing internaldb.database=other
nothing ca.listenToCloneModifications=true

tap_done
