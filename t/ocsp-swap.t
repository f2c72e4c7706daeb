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

it 'has the CA send its CRLs to the new master, and takes all back if it cannot' <<-\EOF
	mkdir -p o1 o2
	for host in o1 o2
	do
		echo '<Server><Service name="Catalina"><Connector port="8443"' \
		    'SSLEnabled="true" scheme="https"/></Service></Server>' \
		    >$host/server.xml
	done
	{ cat master; echo machineName=o1.example.com; } >o1/CS.cfg
	{ cat clone; echo machineName=o2.example.com; } >o2/CS.cfg
	cat >ca.cfg <<-\END
	cs.type=CA
	ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.host=o1.example.com
	ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.pluginName=OCSPPublisher
	ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443.port=8443
	ca.publish.rule.instance.ocsprule-o1-example-com-8443.publisher=OCSPPublisher-o1-example-com-8443
	END
	cp ca.cfg ca.old
	cp o1/CS.cfg o1.old
	cp o2/CS.cfg o2.old
	printf '#!/bin/sh\ncase $1 in ca*) chmod 0 "$1"; rm "$1"; mkdir "$1" ;; esac\n' >spoil
	exits 2 ocsp-swap --ca ca.cfg --stop ./spoil --start 'echo start' \
	    o1/CS.cfg o2/CS.cfg >out 2>err
	same o1.old o1/CS.cfg
	same o2.old o2/CS.cfg
	grep -q '^start ca.cfg' err
	rmdir ca.cfg
	cp ca.old ca.cfg
	ocsp-swap --ca ca.cfg --stop 'echo stop' --start 'echo start' \
	    o1/CS.cfg o2/CS.cfg >out 2>err
	sed 's/o1-example/o2-example/g; s/o1\.example/o2.example/' ca.old | sort >want
	sort ca.cfg | same want -
	grep '^st' err >got
	printf '%s\n' 'stop o1/CS.cfg' 'stop o2/CS.cfg' 'stop ca.cfg' \
	    'start o2/CS.cfg' 'start ca.cfg' 'start o1/CS.cfg' | same - got
	exits 2 ocsp-swap --rsh x --ca ca.cfg a b >out 2>err
EOF

tap_done
