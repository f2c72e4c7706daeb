#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck: the commands that it prints fix what it found.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"

pair 2>/dev/null
kra=ca.connector.KRA

fixes () {
	file=$1
	shift
	printf '%s\n' "$@" >changes
	it "its command fixes $(tr '\n' ' ' <changes | cut -c 1-60)" <<-\EOF
		mkdir -p fix
		cd fix
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

fixes c dbs.enableSerialManagement=false
fixes c $kra.host=server-kra.example.com
fixes c "-$kra.*"
fixes c "$kra.transportCert=$(cat sub2.b64)"
fixes m custom.setting=1 ca.custom.setting=2
fixes m ca.crl.Second.class=x ca.crl.Second.description=y
fixes m ca.publish.publisher.instance.x.host=y
fixes c "sed:/^profile.caUserCert/d"

# What has to do with CRLs.
fixes m ca.listenToCloneModifications=false
fixes m ca.certStatusUpdateInterval=0
fixes c ca.crl.MasterCRL.enableCRLUpdates=true
fixes c ca.crl.MasterCRL.enableCRLUpdates=true \
    ca.crl.MasterCRL.enableCRLCache=true ca.certStatusUpdateInterval=600

it 'its command has a word for what the files do not say' <<-\EOF
	change c master.ca.agent.host=third.example.com
	gives 1 clonecheck m c
	grep ': cfgrole -i --to=clone --redirect-from m c$' out
	change m -securitydomain.httpsadminport
	gives 1 clonecheck m c
	grep ': cfgrole -i --to=clone --redirect master.example.com:PORT c$' out
	change m 'machineName=x y'
	gives 1 clonecheck m c
	grep ": cfgrole -i --to=clone --redirect 'x y:PORT' c$" out
	pair
	cp m c fix
EOF

cat >server.xml <<-\END
	<Server><Service name="Catalina"><Connector port="8443"
	 scheme="https" SSLEnabled="true"/></Service></Server>
END
mkdir -p fix
cp server.xml fix
fixes c master.ca.agent.host=third.example.com
fixes c ca.crl.MasterCRL.enableCRLUpdates=true \
    ca.crl.MasterCRL.enableCRLCache=true ca.certStatusUpdateInterval=600 \
    '-master.ca.agent.*'

publisher=ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443
rule=ca.publish.rule.instance.ocsprule-o1-example-com-8443
set -- ca.publish.enable=true $publisher.host=o1.example.com \
    $publisher.pluginName=OCSPPublisher $publisher.port=8443 \
    $rule.enable=true $rule.publisher=OCSPPublisher-o1-example-com-8443 \
    $rule.type=crl
fixes c "$@"

it 'its command has the rule for the publisher enabled' <<-\EOF
	for line in ca.publish.enable=true $publisher.host=o1.example.com \
	    $publisher.pluginName=OCSPPublisher $publisher.port=8443 \
	    $rule.enable=true $rule.type=crl \
	    $rule.publisher=OCSPPublisher-o1-example-com-8443
	do
		change m "$line"
		change c "$line"
	done
	gives 0 clonecheck m c
	# Whoever has it disabled or does not say so, sends nothing.
	for line in $rule.enable=false "-$rule.enable" $rule.type=certs
	do
		cp m kept
		change m "$line"
		gives 1 clonecheck c m
		grep -c ': warning: publisher-missing: ' out
		sed -n 's/.*with the server stopped: cfgm/cfgm/p' out >run
		gives 0 sh -ex ./run
		gives 0 clonecheck c m
		cp kept m
		cp c kept
		change c "$line"
		gives 0 clonecheck m c
		cp kept c
	done
EOF

it 'its command makes the second of two OCSP masters a clone' <<-\EOF
	for i in 1 2
	do
		printf '%s\n' cs.type=OCSP dbs.beginReplicaNumber=$i \
		    dbs.endReplicaNumber=$i internaldb.basedn=dc=ocsp \
		    internaldb.ldapconn.host=ds$i internaldb.ldapconn.port=389 \
		    machineName=ocsp$i >"o $i"
	done
	gives 1 clonecheck 'o 1' 'o 2'
	grep ': warning: two-ocsp-masters: ' out
	sed -n 's/.*: cfgrole/cfgrole/p' out >run
	gives 0 sh -ex ./run
	clonecheck 'o 1' 'o 2' >out || test $? -eq 1
	exits 1 grep two-ocsp-masters out
EOF

tap_done
