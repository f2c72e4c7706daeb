#!/bin/sh
# SPDX-License-Identifier: MIT
# The CA that other tests promote, t/lib/agent-page, does what a live pair of
# Dogtag's did: its CRLs lack what happened while it did not listen.  One
# directory serves both CAs, since those of the live pair, which replicated,
# were the same at each step.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source-path=SCRIPTDIR source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source-path=SCRIPTDIR source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"
# shellcheck source-path=SCRIPTDIR source=lib/promotion.sh
. "$tap_top/t/lib/promotion.sh"

inst1=ca1/pki-tomcat inst2=ca2/pki-tomcat
point='<crlIssuingPoint>MasterCRL</crlIssuingPoint>'
clear=clearCRLCache=true

# says HEADER COMMAND...: an answer in XML, with just this in its header
says () {
	says_header=$1
	shift
	"$@" >answer
	cat answer
	grep -q "<xml><header>$says_header</header><fixed/>" answer
}

# made HOST [NAME=VALUE...]: a CRL is made, and that is said
made () {
	made_host=$1
	shift
	says "$point<time>[0-9]*</time>" ask_crl "$made_host" xml=true \
	    waitForUpdate=true "$@"
}

# differs [missing|extra SERIAL]...: the directory's CRL, serial by serial
differs () {
	crlls --entries --columns verdict,serial --against $inst1 \
	    >found 2>err || test $? -eq 1
	tr '\t' ' ' <found | sort >got
	: >want
	test $# -eq 0 || printf '%s 0x%x\n' "$@" | sort >want
	same want got
}

number_is () {
	crl_number "$(cat ds.url)" >got
	echo "$1" | same - got
}

# point_has NAME VALUE: in the entry of the issuing point
point_has () {
	promotion_point "$(cat ds.url)" "$1" >entry
	cat entry
	grep -qx "$1: $2" entry
}

# master HOST and clone HOST: what the manual's section 9.5 has changed
master () {
	set_cfg "$1" ca.certStatusUpdateInterval=600 \
	    ca.listenToCloneModifications=true \
	    ca.crl.MasterCRL.enableCRLCache=true \
	    ca.crl.MasterCRL.enableCRLUpdates=true
}

clone () {
	set_cfg "$1" ca.certStatusUpdateInterval=0 \
	    ca.listenToCloneModifications=false \
	    ca.crl.MasterCRL.enableCRLCache=false \
	    ca.crl.MasterCRL.enableCRLUpdates=false
}

it 'makes two instances that the tools take for what they are' <<-\EOF
	{
		echo 16 REVOKED 20261101 reason=1
		echo 32 REVOKED 20260106 expires=20260301
		seq 17 30 | sed 's/$/ VALID -/'
	} | promotion_ldif >records
	directory ds records
	promotion "$(cat ds.url)" "$(cat ds.url)"
	cfgrole $inst1 $inst2 >out
	printf 'ca\tmaster\t%s\nca\tclone\t%s\n' $inst1 $inst2 | same - out
	echo 0 | tee $inst1/slow >$inst2/slow
	gives 3 pki ca1 status
	gives 0 pki ca1 stop --wait
	gives 1 env PKI_HOME=ca1 "$tap_top/t/lib/pki-server" start none
	for command in start stop
	do
		gives 0 "$tap_top/t/lib/pki-server" $command --help
		grep -e --wait out
	done
EOF

it 'starts, and is found as a running server' <<-\EOF
	touch ca1/history
	gives 0 pki ca1 start --wait
	gives 1 pki ca1 start --wait
	gives 0 pki ca1 status
	gives 0 cfgrole --server $inst1
	printf 'runs\t%s\t' "$(cat $inst1/pid)" >want
	head -c "$(wc -c <want)" out | same want -
	gives 2 cfgset -i $inst1 a=1
	grep 'belongs to a running server' err
	ready ca1
	promotion_get ca1 /ca/admin/ca/getStatus >out
	printf '{"Response":{"State":"1","Type":"CA","Status":"running",%s' \
	    '"Version":"11.3.1"}}' | same - out
	gives 0 pki ca1 stop --wait
	gives 3 pki ca1 status
	printf '%s pki-tomcat\n' start stop | same - ca1/history
	rm ca1/history
EOF

it 'takes connections before it is ready' <<-\EOF
	touch $inst1/no-ready $inst1/xml
	pki ca1 start --wait
	promotion_get ca1 /ca/admin/ca/getStatus >out
	grep '<Status>starting</Status><Version>10.5.18</Version></XMLR' out
	says "$point<crlUpdate>notInitialized</crlUpdate>" \
	    ask_crl ca1 xml=true waitForUpdate=true
	rm $inst1/no-ready
	ready ca1
	promotion_get ca1 /ca/admin/ca/getStatus >out
	grep '<XMLResponse><State>1</State><Type>CA</Type><Status>running<' out
	rm $inst1/xml
	promotion_get ca1 /ca/admin/ca/getStatus >out
	grep '"Status":"running"' out
	down ca1
	echo 100000 >$inst1/slow
	pki ca1 start --wait
	promotion_get ca1 /ca/admin/ca/getStatus >out
	grep '"Status":"starting"' out
	down ca1
	echo 0 >$inst1/slow
	up ca1
EOF

it 'makes a CRL of what is revoked and not expired' <<-\EOF
	made ca1
	number_is 1
	gives 0 crlls --numbers $inst1
	printf 'MasterCRL\t1\t0\n' | same - out
	differs
	crl_of "$(cat ds.url)" >crl
	gives 0 crlls --issuer ca.pem --entries --columns serial,reason crl
	printf '0x10\tkeyCompromise\n' | same - out
	revoke ca1 17
	point_has firstUnsaved 17
	made ca1 crlIssuingPoint=Other
	number_is 2
	point_has firstUnsaved -1
	point_has crlNumber 012
	point_has crlSize 012
	differs
EOF

it 'lacks what was revoked while it did not listen (4a)' <<-\EOF
	up ca2
	down ca1
	set_cfg ca1 ca.listenToCloneModifications=false
	up ca1
	revoke ca2 18
	made ca1
	made ca1
	number_is 4
	differs missing 18
EOF

it 'says when a CRL is scheduled, and when a clone makes none' <<-\EOF
	says "$point<crlUpdate>Scheduled</crlUpdate>" \
	    ask_crl ca1 xml=true $clear
	await grep -q '^CRL 5 3' $inst1/logs/console
	differs
	says "$point<crlUpdate>notInitialized</crlUpdate>" \
	    ask_crl ca2 xml=true waitForUpdate=true $clear
	says "$point<crlUpdate>notInitialized</crlUpdate>" \
	    ask_crl ca2 xml=true
	number_is 5
EOF

it 'answers without a certificate, in HTML, and to GET' <<-\EOF
	url=/ca/agent/ca/updateCRL?crlIssuingPoint=MasterCRL
	url="$url&waitForUpdate=true"
	promotion_get ca1 "$url&xml=true" >out
	grep '<unexpectedError>..*</unexpectedError><requestStatus>7<' out
	number_is 5
	promotion_get ca1 "$url" -D head --cert agent.pem --key agent.key >out
	grep -i '^content-type: text/html' head
	grep '^header.time = "[0-9]*";$' out
	exits 1 grep -e '<time>' -e '^header.crlUpdate' out
	for state in Success Scheduled inProgress Disabled notInitialized
	do
		grep "header.crlUpdate == '$state'" out
	done
	says "$point<time>[0-9]*</time>" promotion_get ca1 "$url&xml=true" \
	    --cert agent.pem --key agent.key
	number_is 7
EOF

it 'says that it has published where publishing is on' <<-\EOF
	down ca1
	set_cfg ca1 ca.publish.enable=true
	up ca1
	says "$point<crlPublished>Success</crlPublished><time>[0-9]*</time>" \
	    ask_crl ca1 xml=true waitForUpdate=true
	set_cfg ca1 ca.publish.enable=false
EOF

it 'fetches nothing by a start that listens (4b), but hears (4c)' <<-\EOF
	revoke ca2 19
	down ca1
	set_cfg ca1 ca.listenToCloneModifications=true
	up ca1
	made ca1
	differs missing 19
	revoke ca2 20
	heard ca1 20 REVOKED
	made ca1
	differs missing 19
EOF

it 'lacks what was revoked while it was stopped (4d, 4e)' <<-\EOF
	down ca1
	revoke ca2 21
	up ca1
	touch $inst1/keep-cache
	made ca1 $clear
	differs missing 19 missing 21
	rm $inst1/keep-cache
	made ca1
	differs missing 19 missing 21
	made ca1 $clear
	differs
EOF

it 'reads the directory where it has no cache (5)' <<-\EOF
	down ca1
	revoke ca2 22
	set_cfg ca1 ca.crl.MasterCRL.enableCRLCache=false
	up ca1
	made ca1
	differs
	down ca1
	set_cfg ca1 ca.crl.MasterCRL.enableCRLCache=true
	up ca1
	made ca1
	differs
EOF

it 'lacks it in the CRLs of a clone that was promoted, too (2, 3)' <<-\EOF
	down ca1
	revoke ca2 23
	down ca2
	clone ca1
	master ca2
	last=$(crl_number "$(cat ds.url)")
	echo 1 >$inst2/schedule
	up ca2
	await grep -q "^CRL $((last + 1)) " $inst2/logs/console
	rm $inst2/schedule
	differs missing 23
	made ca2
	differs missing 23
	made ca2 $clear
	differs
EOF

it 'forgets what it heard when it is killed before a CRL (6a)' <<-\EOF
	up ca1
	revoke ca1 24
	heard ca2 24 REVOKED
	crash ca2
	down ca1
	clone ca2
	master ca1
	up ca1
	point_has firstUnsaved -1
	made ca1
	differs missing 24
	made ca1 $clear
	differs
EOF

it 'recovers what was revoked at the master itself (6c)' <<-\EOF
	revoke ca1 25
	crash ca1
	point_has firstUnsaved 25
	up ca1
	grep '^recovering the CRL cache' $inst1/logs/console
	made ca1
	differs
EOF

it 'keeps what was released while no master ran (7b)' <<-\EOF
	up ca2
	hold ca2 26
	heard ca1 26 REVOKED
	down ca1
	release ca2 26
	down ca2
	clone ca1
	master ca2
	up ca2
	made ca2
	differs extra 26
	crl_of "$(cat ds.url)" >crl
	gives 0 crlls --has 26 crl
	grep certificateHold out
	made ca2 $clear
	differs
EOF

it 'hears what is held and what is released while it runs' <<-\EOF
	up ca1
	hold ca1 28
	heard ca2 28 REVOKED
	made ca2
	differs
	crl_of "$(cat ds.url)" >crl
	gives 0 crlls --has 28 crl
	release ca1 28
	heard ca2 28 VALID
	made ca2
	differs
	crl_of "$(cat ds.url)" >crl
	gives 1 crlls --has 28 crl
EOF

it 'hangs when it clears its cache with an interval of 0 (8a, 8b, 8c)' <<-\EOF
	down ca2
	set_cfg ca2 ca.certStatusUpdateInterval=0
	up ca2
	revoke ca1 29
	made ca2
	differs missing 29
	last=$(crl_number "$(cat ds.url)")
	promotion_get ca2 /ca/agent/ca/updateCRL -D head --cert agent.pem \
	    --key agent.key -d xml=true -d waitForUpdate=true -d $clear >out
	grep ' 200 ' head
	grep -i '^content-type: text/html' head
	grep 'NullPointerException.*certStatusUpdateTask' out
	exits 1 grep '<time>' out
	for more in $clear crlIssuingPoint=MasterCRL waitForUpdate=false
	do
		says "$point<crlUpdate>inProgress</crlUpdate>" ask_crl ca2 \
		    xml=true waitForUpdate=true $more
	done
	number_is "$last"
	down ca2
	set_cfg ca2 ca.certStatusUpdateInterval=600
	up ca2
	made ca2
	differs missing 29
	made ca2 $clear
	differs
EOF

it 'ends by itself when the test does' <<-\EOF
	one=$(cat $inst1/pid) two=$(cat $inst2/pid)
	touch ca1/end
	await gone "$one"
	mv ca2 elsewhere
	await gone "$two"
EOF

tap_done
