#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgrole: the states that pkispawn, ipa-crlgen-manage and the manual's 9.5
# leave a CS.cfg in, one a test: its role, and what is missing as a note.
. "${0%/*}/tap.sh"

number=0

# state TITLE SUBSYSTEM ROLE: on stdin are lines of CS.cfg, a line "--", and
# the notes, each without what stands before it.
state () {
	number=$((number + 1))
	file=state$number.cfg
	echo "cs.type=$2" >$file
	awk -v cfg=$file -v notes=notes$number '
	    BEGIN { printf "" >notes } /^--$/ { on = 1; next }
	    { print >>(on ? notes : cfg) }'
	status=0
	test "$3" != mixed || status=1
	it "$1" <<-EOF
		exits $status cfgrole $file >out 2>err
		printf '%s\\t%s\\t%s\\n' "$(echo "$2" | tr A-Z a-z)" $3 $file |
		    same - out
		sed -n 's/^cfgrole: $file: //p' err >got
		same notes$number got
	EOF
}

# point NAME CACHE UPDATES: an issuing point, on
point () {
	printf "ca.crl.$1.%s\n" class=com.netscape.ca.CRLIssuingPoint \
	    "description=CA's complete CRL" enable=true \
	    "enableCRLCache=$2" "enableCRLUpdates=$3"
}
deaf="'ca.listenToCloneModifications': certificates revoked on a clone stay out of the CRL until its cache is cleared"
redirected="'master.ca.agent.port': a CA with a redirect counts as a clone on its pages"
alone="'master.ca.agent.port': agents are not redirected to the master"
inert="'OCSP.Responder.store.defStore.refreshInSec': no server reads it: ocsp.store.defStore.refreshInSec is the key"

# -- pkispawn -------------------------------------------------------------------

state 'pkispawn: a first CA, which has no role key at all' CA master <<EOF
$(point MasterCRL true true)
--
$deaf
EOF

state 'pkispawn: a clone of it' CA clone <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
ca.listenToCloneModifications=false
master.ca.agent.host=ca1.example.com
master.ca.agent.port=8443
--
EOF

state 'pkispawn: a clone, of a pki_clone_uri without a port' CA clone <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
ca.listenToCloneModifications=false
master.ca.agent.host=ca1.example.com
master.ca.agent.port=None
--
'master.ca.agent.port': pkispawn's word for no port
EOF

state 'pkispawn: pki_master_crl_enable=False makes no CRLs, by one key' CA master <<EOF
$(point MasterCRL true true | sed 's/enable=true/enable=false/')
--
$deaf
no issuing point is on: it makes no CRL
EOF

state 'a clone to which the console added an issuing point' CA mixed <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
$(point Users true true)
ca.listenToCloneModifications=false
master.ca.agent.host=ca1.example.com
master.ca.agent.port=8443
--
'ca.certStatusUpdateInterval' is a clone's: '0'
'ca.crl.MasterCRL.enableCRLCache' is a clone's: 'false'
'ca.crl.MasterCRL.enableCRLUpdates' is a clone's: 'false'
'ca.crl.Users.enableCRLCache' is a master's: 'true'
'ca.crl.Users.enableCRLUpdates' is a master's: 'true'
EOF

state 'pkispawn: an OCSP responder' OCSP master <<EOF
ocsp.store.defStore.class=com.netscape.cms.ocsp.DefStore
--
EOF

state 'pkispawn: a clone of it' OCSP clone <<EOF
ocsp.store.defStore.class=com.netscape.cms.ocsp.DefStore
ocsp.store.defStore.refreshInSec=14400
--
EOF

# -- FreeIPA --------------------------------------------------------------------

state 'ipa-crlgen-manage disable, on a master: no redirect' CA clone <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
ca.listenToCloneModifications=false
--
$alone
EOF

state 'ipa-crlgen-manage enable, on a clone: the redirect stays' CA master <<EOF
$(point MasterCRL true true)
ca.listenToCloneModifications=true
master.ca.agent.host=ca1.example.com
master.ca.agent.port=443
--
$redirected
EOF

state 'ipa-crlgen-manage enable, on a former master' CA master <<EOF
$(point MasterCRL true true)
ca.listenToCloneModifications=true
--
EOF

# -- the manual's 9.5.1 ---------------------------------------------------------

state '9.2: a master that listens' CA master <<EOF
$(point MasterCRL true true)
ca.listenToCloneModifications=true
--
EOF

state '9.5.1, step 3: the old master' CA clone <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
$(point Delta false false)
ca.listenToCloneModifications=false
master.ca.agent.host=ca2.example.com
master.ca.agent.port=8443
--
EOF

state '9.5.1, step 6: the new master, its redirect removed' CA master <<EOF
ca.certStatusUpdateInterval=600
$(point MasterCRL true true)
ca.listenToCloneModifications=true
--
EOF

state '9.5.1, step 6: the redirect "disabled" by a name' CA master <<EOF
ca.certStatusUpdateInterval=600
$(point MasterCRL true true)
ca.listenToCloneModifications=true
master.ca.agent.host=ca2.example.com
master.ca.agent.port=8443
--
$redirected
EOF

state '9.5.1, step 6: the port was blanked, the host forgotten' CA master <<EOF
ca.certStatusUpdateInterval=600
$(point MasterCRL true true)
ca.listenToCloneModifications=true
master.ca.agent.host=ca2.example.com
master.ca.agent.port=
--
'master.ca.agent.port': a host without a port redirects nothing
EOF

state '9.5.1, step 6 b: copied after step 3, the flags as they were' CA mixed <<EOF
ca.certStatusUpdateInterval=600
$(point MasterCRL false false)
ca.listenToCloneModifications=true
--
'ca.certStatusUpdateInterval' is a master's: '600'
'ca.crl.MasterCRL.enableCRLCache' is a clone's: 'false'
'ca.crl.MasterCRL.enableCRLUpdates' is a clone's: 'false'
EOF

state '9.5.1, step 6 a without b: no issuing point is left' CA clone <<EOF
ca.certStatusUpdateInterval=0
ca.listenToCloneModifications=false
--
$alone
EOF

state '9.5.1: IssuingPointId, taken at its word' CA clone <<EOF
ca.certStatusUpdateInterval=0
ca.crl.IssuingPointId.enableCRLCache=false
ca.crl.IssuingPointId.enableCRLUpdates=false
$(point MasterCRL false false)
ca.listenToCloneModifications=false
--
$alone
issuing point 'IssuingPointId' has no 'class': the server does not start
EOF

state '9.5.1: a new master that forgot the interval (it would fail)' CA mixed <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL true true)
ca.listenToCloneModifications=true
--
'ca.certStatusUpdateInterval' is a clone's: '0'
'ca.crl.MasterCRL.enableCRLCache' is a master's: 'true'
'ca.crl.MasterCRL.enableCRLUpdates' is a master's: 'true'
EOF

state '9.5.1: a clone that was left listening' CA clone <<EOF
ca.certStatusUpdateInterval=0
$(point MasterCRL false false)
ca.listenToCloneModifications=true
master.ca.agent.host=ca1.example.com
master.ca.agent.port=8443
--
'ca.listenToCloneModifications': nothing listens where the interval is 0
EOF

# -- the manual's 9.5.2 ---------------------------------------------------------

state '9.5.2, step 3: the old master is one still' OCSP master <<EOF
OCSP.Responder.store.defStore.refreshInSec=21600
--
$inert
EOF

state '9.5.2, step 6: and the clone a clone' OCSP clone <<EOF
OCSP.Responder.store.defStore.refreshInSec=15000
ocsp.store.defStore.refreshInSec=14400
--
$inert
EOF

state '9.5.2, by the key that is read' OCSP clone <<EOF
ocsp.store.defStore.refreshInSec=21600
--
EOF

state 'a negative refresh is none' OCSP master <<EOF
ocsp.store.defStore.refreshInSec=-1
--
EOF

# -- the master is dead ---------------------------------------------------------

cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .

it 'dead master: its file says master still, which is a warning' <<-\EOF
	cfgrole -m --from master.cfg clone.cfg >out 2>err
	grep -qx 'cfgrole: master.cfg: warning: it is a master still: it must not start before it is made a clone' err
	grep -qx '+ca.crl.MasterCRL.enableCRLUpdates=true' out
EOF

it 'dead master: a backup that the server left will do' <<-\EOF
	mkdir -p dead/conf/ca/archives
	cp master.cfg dead/conf/ca/archives/CS.cfg.bak.20261121010203
	cfgrole -m --from master.cfg clone.cfg 2>err >want
	cfgrole -m --from dead/conf/ca/archives/CS.cfg.bak.20261121010203 \
	    clone.cfg >out 2>err
	same want out
	grep -q 'CS.cfg.bak.20261121010203: warning: it is a master still' err
	exits 2 cfgrole -m --from dead clone.cfg >out 2>err
	exits 1 test -s out
EOF

it 'dead master: nothing of it is left but what the clone has' <<-\EOF
	cfgrole -m clone.cfg >out 2>err
	cfgpatch clone.cfg out >new.cfg
	cfgrole new.cfg >out 2>err
	printf 'ca\tmaster\tnew.cfg\n' | same - out
EOF

tap_done
