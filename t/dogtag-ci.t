#!/bin/sh
# SPDX-License-Identifier: MIT
# What Dogtag's own CI does to check clones, with sed, grep, sort and diff
# (.github/workflows/ca-clone-test.yml, tests/ca/bin/ca-cert-range-config.sh),
# each in one pipe of these tools.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

# A primary and its clone, as pkispawn leaves them: in the server's order.
ca () {
	cat <<-END
	authType=pwd
	ca.connector._000=##
	ca.connector._001=## ca.connector.KRA.host of $1
	ca.crl.MasterCRL.class=org.dogtagpki.server.ca.CRLIssuingPoint
	ca.crl.MasterCRL.description=CA's complete Certificate Revocation List
	ca.crl.MasterCRL.enable=true
	ca.crl.MasterCRL.startingCrlNumber=0
	ca.crl.pageSize=100
	ca.signing.nickname=ca_signing
	ca.sslserver.nickname=sslserver
	ca.sslserver.tokenname=$2
	dbs.beginReplicaNumber=$3
	dbs.beginRequestNumber=$4
	dbs.beginSerialNumber=$5
	dbs.enableSerialManagement=true
	dbs.endReplicaNumber=${6}
	dbs.endRequestNumber=${7}
	dbs.endSerialNumber=${8}
	dbs.ldap=internaldb
	dbs.serialIncrement=10000000
	installDate=Sat Nov 21 ${9} UTC 2026
	internaldb.ldapconn.host=${1}ds.example.com
	internaldb.ldapconn.port=3389
	machineName=$1.example.com
	securitydomain.host=$1.example.com
	securitydomain.name=EXAMPLE
	END
}
ca primary '' 1 1 1 95 9990000 9990000 01:00:00 >primary.cfg
{
	ca secondary internal 96 9990001 9990001 100 10000000 10000000 02:00:00
	cat <<-END
	ca.certStatusUpdateInterval=0
	ca.crl.MasterCRL.enableCRLCache=false
	ca.crl.MasterCRL.enableCRLUpdates=false
	ca.listenToCloneModifications=false
	master.ca.agent.host=primary.example.com
	master.ca.agent.port=8443
	END
} | sort >secondary.cfg

# part CMD ARG...: a command in a pipe, whose status is kept in ./statuses
part () {
	part_status=0
	"$@" || part_status=$?
	echo "$1 $part_status" >>statuses
}

# all_end_with CMD STATUS...: so did the parts of the pipe
all_end_with () {
	printf '%s %s\n' "$@" | sort >want_statuses
	sort statuses >got_statuses
	rm statuses
	same want_statuses got_statuses
}

it "makes the clone's expected CS.cfg out of the primary's" <<-\EOF
	part cfgset primary.cfg -d installDate \
	    ca.certStatusUpdateInterval=0 \
	    ca.listenToCloneModifications=false \
	    ca.crl.MasterCRL.enableCRLCache=false \
	    ca.crl.MasterCRL.enableCRLUpdates=false \
	    ca.sslserver.tokenname=internal \
	    'ca.connector._001=## ca.connector.KRA.host of secondary' \
	    internaldb.ldapconn.host=secondaryds.example.com \
	    machineName=secondary.example.com \
	    securitydomain.host=secondary.example.com \
	    master.ca.agent.host=primary.example.com \
	    master.ca.agent.port=8443 |
	part cfgpatch --force primary.cfg |
	part cfgdiff -a -x installDate -x 'dbs.*Number' - secondary.cfg \
	    >differences
	all_end_with cfgset 0 cfgpatch 0 cfgdiff 0
	edits >nothing
	same nothing differences
EOF

it 'the expected file is in order, as the server would write it' <<-\EOF
	part cfgset primary.cfg ca.certStatusUpdateInterval=0 \
	    master.ca.agent.port=8443 master.ca.agent.host=primary |
	part cfgpatch primary.cfg >expected
	all_end_with cfgset 0 cfgpatch 0
	sort expected >sorted
	same sorted expected
	test "$(wc -l <expected)" -eq $(($(wc -l <primary.cfg) + 3))
EOF

it 'and a clone that is otherwise is found out' <<-\EOF
	sed s/pageSize=100/pageSize=10/ secondary.cfg >wrong.cfg
	part cfgset primary.cfg ca.certStatusUpdateInterval=0 |
	part cfgpatch primary.cfg |
	part cfgdiff -p ca.crl.pageSize -p ca.certStatus - wrong.cfg \
	    >differences
	all_end_with cfgset 0 cfgpatch 0 cfgdiff 1
	edits -ca.crl.pageSize=100 +ca.crl.pageSize=10 >want
	same want differences
EOF

it 'compares two instances without naming what differs between hosts' <<-\EOF
	mkdir -p pki/primary/conf/ca pki/secondary/conf/ca
	cp primary.cfg pki/primary/conf/ca/CS.cfg
	cp secondary.cfg pki/secondary/conf/ca/CS.cfg
	gives 0 cfgdiff pki/primary pki/secondary
	edits >nothing
	same nothing out
	echo 'cfgdiff: host-specific keys left out: 6 role, 6 range,' \
	    '3 identity, 2 host, 1 comment (-a shows them)' >want
	same want err
EOF

it 'compares with an instance elsewhere, in one pipe' <<-\EOF
	part cat pki/primary/conf/ca/CS.cfg |
	part cfgdiff - pki/secondary >differences 2>err
	all_end_with cat 0 cfgdiff 0
	same nothing differences
	sed -i s/EXAMPLE/OTHER/ pki/secondary/conf/ca/CS.cfg
	part cat pki/primary/conf/ca/CS.cfg |
	part cfgdiff - pki/secondary >differences 2>err
	all_end_with cat 0 cfgdiff 1
	edits -securitydomain.name=EXAMPLE +securitydomain.name=OTHER >want
	same want differences
EOF

it 'reads the ranges of an instance, as many as there are' <<-\EOF
	gives 0 cfgget -l -p 'dbs.*SerialNumber' pki/primary
	printf '%s\n' dbs.beginSerialNumber=1 dbs.endSerialNumber=9990000 >want
	same want out
	gives 0 cfgget -l -p 'dbs.*Number' pki/primary
	grep '^dbs.*Number' primary.cfg >want
	same want out
	gives 1 cfgget dbs.nextBeginSerialNumber pki/primary
	same /dev/null out
	gives 0 cfgget --default none dbs.nextBeginSerialNumber pki/primary
	echo none >want
	same want out
EOF

it 'compares the ranges of two instances in one pipe' <<-\EOF
	part cfgget -l -p 'dbs.*Number' pki/primary |
	part cfgdiff -a --json - secondary.cfg >ranges
	all_end_with cfgget 0 cfgdiff 1
	grep '"key": *"dbs.beginSerialNumber"' ranges >line
	grep '"old": *"1"' line
	grep '"new": *"9990001"' line
EOF

it 'sets the ranges of a test, which takes force, in one pipe' <<-\EOF
	part cfgset primary.cfg dbs.beginSerialNumber=9 \
	    dbs.nextBeginSerialNumber=20 |
	part cfgpatch --force primary.cfg |
	part cfgget -l -p 'dbs.*SerialNumber' - >got
	all_end_with cfgset 0 cfgpatch 0 cfgget 0
	printf '%s\n' dbs.beginSerialNumber=9 dbs.endSerialNumber=9990000 \
	    dbs.nextBeginSerialNumber=20 >want
	same want got
	part cfgset primary.cfg dbs.beginSerialNumber=9 |
	part cfgpatch primary.cfg >got
	all_end_with cfgset 0 cfgpatch 1
	same /dev/null got
EOF

tap_done
