#!/bin/sh
# SPDX-License-Identifier: MIT
# ocsp-swap: the manual's section 9.5.2, "Converting OCSP clones".
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/roles.sh
. "$tap_top/t/lib/roles.sh"

PATH=$tap_top/share/recipes:$PATH
printf 'cs.type=OCSP\nocsp.store.defStore.class=x\n' >master
{ cat master; echo ocsp.store.defStore.refreshInSec=14400; } >clone
cat >ca <<-\END
cs.type=CA
ca.crl.MasterCRL.class=C
ca.crl.MasterCRL.description=D
ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.host=o1.example.com
ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.pluginName=OCSPPublisher
ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.port=8443
ca.publish.rule.instance.ocsprule-o1-example-com-8443.publisher=OCSPPublisher-o1-example-com-8443
END

# three: fresh instances, of which o1 is the master; all run
three () {
	none o1 o2 ca1
	instance o1 master o1.example.com
	instance o2 clone o2.example.com
	instance ca1 ca ca1.example.com
	run o1 o2 ca1
}

# swap OPTION...
# shellcheck disable=SC2086 # words
swap () {
	rm -f log
	ocsp-swap $dir_less --stop './server stop "$1"' \
	    --start './server start "$1"' --log log "$@"
}

it 'changes nothing where one of them is no OCSP responder' <<-\EOF
	three
	gives 2 swap o1 ca1
	gives 0 swap -n o1 o2
	grep 'would: stop the server of o1.example.com' err
	test "$(grep -c '^# clonekit edits' out)" -eq 2
	gives 2 swap o1 o2 ca1
	gives 2 swap o1 o1
	all_old o1 o2 ca1
	exits 1 test -e history
EOF

it 'changes the roles of both, and the new master starts first' <<-\EOF
	gives 0 swap o1 o2
	cfgrole --columns=role o1 o2 >got
	printf 'clone\nmaster\n' | same - got
	printf '%s\n' 'stop o1 master' 'stop o2 clone' 'start o2 master' \
	    'start o1 clone' | same - history
	grep 'next: the CA must send its CRLs to o2.example.com' err
	gives 0 ocsp-swap --undo log
	all_old o1 o2 ca1
EOF

it 'has the CA send its CRLs to the new master, and takes all back' <<-\EOF
	three
	gives 1 swap --ca ca1 o1 o2
	sed 's/o1-example/o2-example/g; s/o1\.example/o2.example/' ca1.old |
	    sort >want
	sort ca1/conf/ca/CS.cfg | same want -
	sed 's/ [a-z]*$//' history >got
	printf '%s\n' 'stop o1' 'stop o2' 'start o2' 'start o1' 'stop ca1' \
	    'start ca1' | same - got
	grep 'the CRL was not compared with the directory' err
	gives 0 ocsp-swap --undo log
	all_old o1 o2 ca1
EOF

it 'leaves a dead master alone, once it is fenced' <<-\EOF
	three
	./server stop o1
	rm history
	gives 1 swap --dead o1 o2
	grep 'refused: o1.example.com could come back' err
	gives 0 swap --dead --fenced o1.example.com o1 o2
	same o1.old o1/conf/ocsp/CS.cfg
	cfgrole --columns=role o2 >got
	echo master | same - got
	grep 'next: before o1.example.com runs again, make it a clone' err
EOF

tap_done
