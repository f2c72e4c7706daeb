#!/bin/sh
# SPDX-License-Identifier: MIT
# ocsp-swap: the manual's section 9.5.2, "Converting OCSP clones".
. "${0%/*}/tap.sh"

PATH=$tap_top/share/recipes:$PATH
printf 'cs.type=OCSP\nocsp.store.defStore.class=x\n' >old.cfg
{ cat old.cfg; echo ocsp.store.defStore.refreshInSec=14400; } >new.cfg
cp old.cfg master
cp new.cfg clone
printf 'cs.type=KRA\n' >kra.cfg

it 'changes nothing where one of them is no OCSP responder' <<-\EOF
	exits 1 ocsp-swap --stop 'echo stop' old.cfg kra.cfg >out 2>err
	same master old.cfg
	exits 1 grep '^stop' err
EOF

it 'changes the roles of both, and the new master starts first' <<-\EOF
	ocsp-swap --stop 'echo stop' --start='echo start' old.cfg new.cfg >out 2>err
	same clone old.cfg
	same master new.cfg
	grep '^st' err >got
	printf '%s\n' 'stop old.cfg' 'stop new.cfg' 'start new.cfg' \
	    'start old.cfg' | same - got
EOF

it 'gives the old master its role back when the new one cannot be changed' <<-\EOF
	printf '#!/bin/sh\ncase $1 in n*) rm "$1"; mkdir "$1" ;; esac\n' >spoil
	chmod +x spoil
	cp master old.cfg
	cp clone n.cfg
	exits 2 ocsp-swap --stop ./spoil --start='echo start' old.cfg n.cfg \
	    >out 2>err
	grep -q "ocsp-swap: 'old.cfg' gets its role back" err
	same master old.cfg
	grep '^start' err >got
	printf '%s\n' 'start n.cfg' 'start old.cfg' | same - got
EOF

it 'leaves a dead master alone' <<-\EOF
	rmdir n.cfg
	cp clone n.cfg
	ocsp-swap --dead --stop 'echo stop' --start='echo start' old.cfg n.cfg \
	    >out 2>err
	same master old.cfg
	same master n.cfg
	grep '^st' err >got
	printf '%s\n' 'stop n.cfg' 'start n.cfg' | same - got
	grep -q 'next: before the old master runs again' err
EOF

tap_done
