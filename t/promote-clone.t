#!/bin/sh
# SPDX-License-Identifier: MIT
# promote-clone: the manual's section 9.5.1, "Converting CA clones and masters".
. "${0%/*}/tap.sh"

PATH=$tap_top/share/recipes:$PATH
cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .
sed 's/^machineName=.*/machineName=third.example.com/' clone.cfg >third.cfg
cat >server <<-\END
	#!/bin/sh
	echo "$1 ${2##*/} $(cfgrole --columns=role "$2" 2>/dev/null)" >>log
END
chmod +x server

it 'sees first whether it can be done, and changes nothing then' <<-\EOF
	promote-clone -n --redirect clone.example.com:8443 master.cfg clone.cfg >out 2>err
	cmp "$tap_top/share/sample/master.cfg" master.cfg
	exits 1 promote-clone --redirect h:1 --stop './server stop' third.cfg clone.cfg \
	    master.cfg >out 2>err
	grep -q 'master.cfg: another CRL master' err
	exits 1 test -e log
	exits 2 promote-clone master.cfg >out 2>err
	for clones in 'master.cfg' './clone.cfg clone.cfg'
	do
		exits 2 promote-clone --redirect h:1 master.cfg $clones >out 2>err
		grep -q '^promote-clone: .* stands for two' err
	done
	cmp "$tap_top/share/sample/master.cfg" master.cfg
	exits 2 promote-clone --rsh true a:b c:d >out 2>err
	grep -q ^usage: err
EOF

it 'changes the roles of both, stopped, and the new master starts first' <<-\EOF
	promote-clone --redirect clone.example.com:8443 --stop './server stop' \
	    --start='./server start' master.cfg clone.cfg third.cfg >out 2>err
	cat >want <<-\END
	stop master.cfg master
	stop clone.cfg clone
	start clone.cfg master
	start master.cfg clone
	stop third.cfg clone
	start third.cfg clone
	END
	same want log
	cfgrole clone.cfg master.cfg third.cfg >out
	for file in master.cfg third.cfg
	do
		cfgget master.ca.agent.host $file >out
		echo clone.example.com | same - out
	done
	exits 1 cfgget master.ca.agent.host clone.cfg
EOF

it 'finds by itself where the new master is, from its own files' <<-\EOF
	mkdir -p inst/conf/ca
	cp "$tap_top/share/sample/clone.cfg" inst/conf/ca/CS.cfg
	echo '<Server><Service name="Catalina"><Connector port="9443"' \
	    'SSLEnabled="true" scheme="https"/></Service></Server>' \
	    >inst/conf/server.xml
	cp "$tap_top/share/sample/master.cfg" o.cfg
	promote-clone o.cfg inst >out 2>notes
	printf '%s\n' clone.example.com 9443 >want
	cfgget -p master.ca.agent. o.cfg | same want -
EOF

it 'can be undone, byte for byte' <<-\EOF
	grep -q "undo: stop, cfgpatch --undo 'clone.cfg', start" err
	for file in master clone third
	do
		cfgpatch --undo --no-log $file.cfg >out 2>notes
		test $file != third || continue
		same "$tap_top/share/sample/$file.cfg" $file.cfg
	done
EOF

it 'starts what it stopped when the new master cannot be changed' <<-\EOF
	mkdir locked
	cp "$tap_top/share/sample/clone.cfg" locked/n.cfg
	rm -f log
	# The stop command makes a directory of it.
	cat >spoil <<-\END
		#!/bin/sh
		case $1 in locked/*) rm "$1"; mkdir "$1" ;; esac
	END
	chmod +x spoil
	cp "$tap_top/share/sample/master.cfg" m.cfg
	exits 2 promote-clone --redirect h:1 --stop ./spoil \
	    --start='./server start' m.cfg locked/n.cfg >out 2>err
	grep -q "promote-clone: 'm.cfg' gets its role back" err
	same "$tap_top/share/sample/master.cfg" m.cfg
	printf 'start n.cfg\nstart m.cfg master\n' >want
	sed 's/ *$//' log | same want -
EOF

# Another host is another directory here.
cat >elsewhere <<-\END
	#!/bin/sh
	cd "$1" && shift && exec sh -c "$*"
END
chmod +x elsewhere

it 'does it on other hosts, by a command such as ssh' <<-\EOF
	for host in ca1 ca2 ca3
	do
		mkdir -p "$host/the dir"
	done
	cp "$tap_top/share/sample/master.cfg" "ca1/the dir/it's"
	cp "$tap_top/share/sample/clone.cfg" "ca2/the dir/it's"
	cp "$tap_top/share/sample/clone.cfg" "ca3/the dir/it's"
	set -- --rsh "$PWD/elsewhere" --redirect ca2.example.com:8443 \
	    --stop='echo stop >>log; echo' --start='echo start >>log; echo' \
	    "ca1:the dir/it's" "ca2:the dir/it's" "ca3:the dir/it's"
	promote-clone -n "$@" >out 2>err
	exits 1 test -s ca1/log
	promote-clone "$@" >out 2>err
	cfgrole --columns=role "ca1/the dir/it's" "ca2/the dir/it's" \
	    "ca3/the dir/it's" >out
	printf '%s\n' clone master clone | same - out
	for host in 1 2 3
	do
		printf '%s\n' stop start | same - ca$host/log
	done
	exits 2 promote-clone --rsh 'exit 255;' --redirect h:1 ca1:x ca2:x >out 2>err
EOF

it 'leaves a dead master alone, and says what must come before its return' <<-\EOF
	cp "$tap_top/share/sample/master.cfg" backup.cfg
	cp "$tap_top/share/sample/clone.cfg" n.cfg
	rm -f log
	promote-clone --dead --redirect h:1 --stop './server stop' \
	    --start='./server start' backup.cfg n.cfg >out 2>err
	same "$tap_top/share/sample/master.cfg" backup.cfg
	printf '%s\n' 'stop n.cfg clone' 'start n.cfg master' | same - log
	grep -q 'next: before the old master runs again.*-c --redirect=h:1$' err
	cfgget -p ca.crl. backup.cfg >want
	cfgget -p ca.crl. n.cfg | same want -
EOF

tap_done
