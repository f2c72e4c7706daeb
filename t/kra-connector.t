#!/bin/sh
# SPDX-License-Identifier: MIT
# The KRA connector of a master brought to its clones: Planning, Installation
# and Deployment Guide, section 9.3, "Updating CA-KRA connector information
# after cloning".
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

# connector KEY=VALUE...: the connector with these settings instead
connector () {
	printf 'ca.connector.KRA.%s\n' enable=true host=kra1.example.com \
	    local=false 'nickName=subsystemCert cert-master' port=8443 \
	    timeout=30 transportCert=MIIDbDCCAlSgAwIBAgI= \
	    uri=/kra/agent/kra/connector >all
	for setting
	do
		grep -v "^ca.connector.KRA.${setting%%=*}=" all >rest || :
		printf 'ca.connector.KRA.%s\n' "$setting" >>rest
		mv rest all
	done
	sort all
}

# host_and_port OF: what connector a file would give a clone
host_and_port () {
	cfgget -l -p 'ca.connector.KRA.host' -p 'ca.connector.KRA.port' "$1"
}

edits >nothing

own='ca.subsystem.nickname=subsystemCert cert-clone'

it "brings the whole connector, with the clone's own certificate" <<-\EOF
	connector >master
	echo "$own" >clone
	connector 'nickName=subsystemCert cert-clone' | sed 's/^/+/' >lines
	{ echo '# clonekit edits 1'; cat lines; echo .; } >want
	merges want --kra --from master clone
	merges want --all --from master clone
	merges want -p ca.connector. --from master clone
	merges want -p ca.connector.KRA.uri --from master clone
	merges nothing --crl --from master clone
	exits 0 cfgpatch clone want >merged
	merges nothing --kra --from master merged
EOF

it "puts the token before the nickname, unless it is NSS's own" <<-\EOF
	connector >master
	for token in '' internal 'Internal Key Storage Token' hsm
	do
		printf '%s\n' "$own" "ca.subsystem.tokenname=$token" >clone
		gives 0 cfgmerge --kra --from master clone
		case $token in
		hsm)
			line='hsm:subsystemCert cert-clone' ;;
		*)
			line='subsystemCert cert-clone' ;;
		esac
		grep nickName out >nickname
		echo "+ca.connector.KRA.nickName=$line" >want
		same want nickname
	done
EOF

it 'says so where there is no certificate to name' <<-\EOF
	connector >master
	: >clone
	gives 0 cfgmerge --kra --from master clone
	exits 1 grep nickName out
	echo 'cfgmerge: clone: no ca.subsystem.nickname: the connector gets' \
	    'no nickName' >want
	same want err
EOF

it "leaves the clone's nickName and clientCiphers" <<-\EOF
	connector timeout=60 clientCiphers=MASTER >master
	connector 'nickName=mine' clientCiphers=CLONE >clone
	edits -ca.connector.KRA.timeout=30 +ca.connector.KRA.timeout=60 >want
	merges want --kra --from master clone
	connector nickName=mine >clone
	merges want --kra --from master clone
EOF

it "leaves comment keys, which look like the connector's" <<-\EOF
	{
		connector
		echo 'ca.connector._005=## ca.connector.KRA.clientCiphers=M'
		echo 'ca.connector.KRA._000=## M'
	} >master
	{
		connector
		echo 'ca.connector._005=## ca.connector.KRA.clientCiphers=C'
	} >clone
	merges nothing --kra --from master clone
	merges nothing --all --from master clone
EOF

# Columns: host and port of the master, of the clone, and then of the merge.
it 'unites the hosts, in the order that the master has them' <<-\EOF
	tr '|' '\t' >cases <<-\END
	k1|8443|k1|8443|k1|8443
	k1|8443|k1|9443|k1:8443 k1:9443|9443
	k1|8443|k2|8443|k1:8443 k2:8443|8443
	k1:8443 k2:8443|8443|k1|8443|k1:8443 k2:8443|8443
	k1:8443 k2:8443|8443|k2|8444|k1:8443 k2:8443 k2:8444|8444
	k2:8443 k1:8443|8443|k1|8443|k2:8443 k1:8443|8443
	k1|8443|k1:8443 k2:8443|10444|k1:8443 k2:8443|10444
	k1:8443 k2:8443|8443|k2:8443 k1:8443|8443|k1:8443 k2:8443|8443
	k3:1 k1:1|1|k1:1 k2:1|2|k3:1 k1:1 k2:1|2
	k1:8443 K1:8443|8443|k1|8443|k1|8443
	END
	while IFS="$(printf '\t')" read -r h p ch cp want wantport
	do
		connector "host=$h" "port=$p" >master
		connector "host=$ch" "port=$cp" >clone
		exits 0 cfgmerge --kra --from master clone >script
		exits 0 cfgpatch clone script >merged
		host_and_port merged >got
		connector "host=$want" "port=$wantport" >wanted
		host_and_port wanted >want
		same want got
		merges nothing --kra --from master merged
	done <cases
EOF

it 'drops a host that the master had last time and has no more' <<-\EOF
	connector 'host=k1:1 k2:1' >base
	connector 'host=k2:1 k3:1' >master
	connector 'host=k1:1 k2:1 k9:1' >clone
	edits '-ca.connector.KRA.host=k1:1 k2:1 k9:1' \
	    '+ca.connector.KRA.host=k2:1 k3:1 k9:1' >want
	merges want --kra --from master --base base clone
	connector host=k2 port=1 >master
	connector 'host=k1:1 k2:1' >clone
	edits '-ca.connector.KRA.host=k1:1 k2:1' +ca.connector.KRA.host=k2 \
	    -ca.connector.KRA.port=8443 +ca.connector.KRA.port=1 >want
	merges want --kra --from master --base base clone
EOF

it 'does not bring back a host that the clone let go of' <<-\EOF
	connector 'host=k1:1 k2:1' >base
	connector 'host=k1:1 k2:1 k3:1' >master
	connector 'host=k2:1 k9:1' >clone
	edits '-ca.connector.KRA.host=k2:1 k9:1' \
	    '+ca.connector.KRA.host=k2:1 k3:1 k9:1' >want
	merges want --kra --from master --base base clone
	merges nothing --kra --from base --base base clone
EOF

it 'refuses a host list that the server cannot read' <<-\EOF
	for list in 'k1:8443  k2:8443' 'k1 k2:8443' 'k1:8443 k2' 'k1:8443 :1' \
	    'k1: k2:8443' 'k1:x k2:8443' 'k1:123456 k2:1' '[::1]:8443 k2:1'
	do
		connector "host=$list" >bad
		connector >good
		refuses 2 --kra --from bad good
		echo "cfgmerge: bad:2: 'ca.connector.KRA.host' is no list" \
		    "'HOST:PORT HOST:PORT' with one blank between them" >want
		same want err
		refuses 2 --kra --from good bad
		same want err
		refuses 2 --kra --from good --base bad good
		same want err
	done
	for host in k1:8443 https://k1 k1:8443,k2:8443
	do
		connector "host=$host" >bad
		refuses 2 --kra --from bad good
		grep "^cfgmerge: bad:2: 'ca.connector.KRA.host' is not the name" err
	done
	for port in none -1 +1 123456 '1 2'
	do
		connector "port=$port" >bad
		refuses 2 --kra --from bad good
		grep "^cfgmerge: bad:5: 'ca.connector.KRA.port' is not a port" err
	done
EOF

it 'refuses a connector of which a part is missing' <<-\EOF
	echo "$own" >clone
	for key in host port uri transportCert local
	do
		connector | grep -v "KRA.$key=" >master
		refuses 2 --kra --from master clone
		grep "'ca.connector.KRA.$key' is missing: this connector is" err
		connector "$key=" >master
		refuses 2 --kra --from master clone
		grep "^cfgmerge: master:[0-9]*: 'ca.connector.KRA.$key' is m" err
	done
EOF

it 'completes a part that the clone has, whatever the base says' <<-\EOF
	connector >master
	printf '%s\n' "$own" ca.connector.KRA.certRevocationCheck=false >clone
	connector 'nickName=subsystemCert cert-clone' | sed 's/^/+/' >lines
	{ echo '# clonekit edits 1'; cat lines; echo .; } >want
	merges want --kra --from master clone
	merges want --kra --from master --base master clone
EOF

it "refuses a KRA in the master's own instance" <<-\EOF
	for word in true TRUE
	do
		printf '%s\n' "ca.connector.KRA.local=$word" \
		    ca.connector.KRA.id=kra >master
		connector >clone
		refuses 1 --kra --from master clone
		echo "cfgmerge: master:1: 'ca.connector.KRA.local' is true:" \
		    "the KRA is in the master's own instance, and no other CA" \
		    'can reach it so' >want
		same want err
	done
EOF

it 'refuses another transport certificate, unless told to replace it' <<-\EOF
	connector transportCert=AAAA >master
	connector transportCert=BBBB >clone
	refuses 1 --kra --from master clone
	echo "cfgmerge: clone:7: 'ca.connector.KRA.transportCert' is another" \
	    "than the master's: another KRA, or a renewed certificate" \
	    '(--replace-transport-cert takes it)' >want
	same want err
	edits -ca.connector.KRA.transportCert=BBBB \
	    +ca.connector.KRA.transportCert=AAAA >want
	merges want --kra --replace-transport-cert --from master clone
	printf 'other=1\n' >>master
	refuses 1 --all --from master clone
EOF

it 'knows a certificate by its octets, not by how they are spelled' <<-\EOF
	connector transportCert=MIIDbDCCAlSgAwIBAgI= >master
	connector 'transportCert=MIIDbDCC AlSgAwIBAgI=' >clone
	merges nothing --kra --from master clone
	connector 'transportCert=MIIDbDCCAlSgAwIBAgI= ' >clone
	merges nothing --kra --from master clone
EOF

it 'merges its other settings three ways' <<-\EOF
	connector >base
	connector timeout=60 >master
	connector >clone
	edits -ca.connector.KRA.timeout=30 +ca.connector.KRA.timeout=60 >want
	merges want --kra --from master --base base clone
	merges nothing --kra --from base --base base master
	connector timeout=90 >clone
	refuses 1 --kra --from master --base base clone
	grep "^cfgmerge: clone:6: conflict: 'ca.connector.KRA.timeout' was" err
	merges nothing --kra --from master --base base --prefer clone clone
	connector | grep -v timeout >master
	edits -ca.connector.KRA.timeout=30 >want
	merges want --kra --from master --base base base
EOF

it 'takes a connector away whole that the master has no more' <<-\EOF
	connector >base
	: >master
	connector nickName=mine clientCiphers=CLONE >clone
	{ echo '# clonekit edits 1'; sed 's/^/-/' clone; echo .; } >want
	merges want --kra --from master --base base clone
	merges nothing --kra --from master clone
EOF

it 'but not one that was changed here in the meantime' <<-\EOF
	connector >base
	: >master
	for change in timeout=31 'host=kra1.example.com:8443 k9:8443' extra=1 \
	    transportCert=AAAA
	do
		connector "$change" >clone
		refuses 1 --kra --from master --base base clone
		grep '^cfgmerge: clone:[0-9]*: conflict: the connector changed here and was removed on the master (--prefer master or clone)$' err
		merges nothing --kra --from master --base base --prefer clone clone
		{ echo '# clonekit edits 1'; sed 's/^/-/' clone; echo .; } >want
		merges want --kra --from master --base base --prefer master clone
	done
EOF

it 'leaves a connector away that the clone let go of' <<-\EOF
	connector >base
	echo "$own" >clone
	merges nothing --kra --from base --base base clone
	connector timeout=31 >master
	refuses 1 --kra --from master --base base clone
	echo 'cfgmerge: master:2: conflict: the connector changed here and was' \
	    'removed on the clone (--prefer master or clone)' >want
	same want err
	merges nothing --kra --from master --base base --prefer clone clone
	connector timeout=31 'nickName=subsystemCert cert-clone' |
	    sed 's/^/+/' >lines
	{ echo '# clonekit edits 1'; cat lines; echo .; } >want
	merges want --kra --from master --base base --prefer master clone
EOF

it "refuses the manual's sample, whose lines are joined, and names them" <<-\EOF
	cat >sample <<-\END
	ca.connector.KRA.enable=true ca.connector.KRA.host=server-kra.example.com
	ca.connector.KRA.local=false ca.connector.KRA.nickName=subsystemCert cert-pki-ca
	ca.connector.KRA.port=10444 ca.connector.KRA.timeout=30
	ca.connector.KRA.transportCert=MIIDbD...ZR0Y2zA==
	ca.connector.KRA.uri=/kra/agent/kra/connector
	END
	connector >good
	for key in enable:1 local:2 port:3
	do
		echo "cfgmerge: sample:${key#*:}: 'ca.connector.KRA.${key%:*}'" \
		    'has the next setting joined to its value: each needs a' \
		    'line of its own'
	done >want
	refuses 2 --kra --from sample good
	same want err
	refuses 2 --kra --from good sample
	same want err
	refuses 2 --all --from good sample
	same want err
	merges nothing --crl --from good sample
	echo 'ca.crl.a.b=1 ca.crl.a.c=2' >sample
	refuses 2 --crl --from sample good
	echo 'a=1 master.ca.agent.host=x' >sample
	refuses 2 -p a --from sample good
EOF

it 'the same goes by a document: of the master, into the clone' <<-\EOF
	cert=$(sed -n 's/^ca.connector.KRA.transportCert=//p' \
	    "$tap_top/share/sample/master.cfg")
	connector "transportCert=$cert" >master
	echo "$own" >clone
	exits 0 cfgmerge --kra --from master clone >want
	for form in json xml
	do
		exits 0 cfgkra --format=$form master >document
		exits 0 cfgkra --from document clone >got
		same want got
	done
EOF

tap_done
