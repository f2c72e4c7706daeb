#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's section 9.3 by a recipe.
. "${0%/*}/tap.sh"
PATH=$tap_top/share/recipes:$PATH

cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .
grep '^ca.connector.KRA\.' master.cfg >connector
printf 'stop\nstart\n' >both

it 'brings the connector to two clones, stopping their server once' <<-\EOF
	cp clone.cfg one.cfg
	cp clone.cfg two.cfg
	kra-sync --from master.cfg --stop 'echo stop >>log' \
	    --start 'echo start >>log' one.cfg two.cfg >edits 2>err
	for clone in one two
	do
		grep '^ca.connector.KRA\.' $clone.cfg >got
		same connector got
	done
	# A script for each.
	head -n 10 edits >first
	cfgpatch clone.cfg first >want
	same want one.cfg
	same want two.cfg
	same both log
EOF

it 'stops nothing when nothing is to change' <<-\EOF
	rm -f log
	cp one.cfg before
	kra-sync --from=master.cfg --stop='echo stop >>log' \
	    --start='echo start >>log' one.cfg two.cfg >edits
	exits 1 test -e log
	exits 1 test -s edits
	same before one.cfg
EOF

it 'edits while the server is stopped, not before or after' <<-\EOF
	cp clone.cfg one.cfg
	kra-sync --from master.cfg --stop 'cp one.cfg at-stop' \
	    --start 'cp one.cfg at-start' one.cfg >edits 2>err
	same clone.cfg at-stop
	same one.cfg at-start
	grep '^ca.connector.KRA.host=' at-start
EOF

it 'fetches the master by a command, and shows with -n' <<-\EOF
	cp clone.cfg one.cfg
	rm -f log
	kra-sync -n --fetch 'cat master.cfg' --stop 'echo stop >>log' \
	    one.cfg >edits 2>err
	test "$(grep -c '^+ca.connector.KRA' edits)" -eq 8
	echo "kra-sync: edits for 'one.cfg':" >want
	same want err
	same clone.cfg one.cfg
	exits 1 test -e log
	kra-sync --fetch 'cat master.cfg' one.cfg >edits 2>err
	grep '^ca.connector.KRA\.' one.cfg >got
	same connector got
EOF

it 'does not take half a file, an empty one, or a failed fetch' <<-\EOF
	cp clone.cfg one.cfg
	exits 2 kra-sync --fetch 'head -c 5000 master.cfg' one.cfg 2>err
	grep '^kra-sync: the fetched file is not whole' err
	exits 2 kra-sync --fetch : one.cfg 2>err
	grep '^kra-sync: the fetched file is empty' err
	exits 2 kra-sync --fetch 'cat master.cfg; exit 1' one.cfg 2>err
	grep '^kra-sync: the fetch command failed' err
	# Cut at the end of a line, within the connector.
	exits 2 kra-sync --fetch "sed '/KRA.nickName/q' master.cfg" \
	    one.cfg 2>err
	grep 'this connector is not whole' err
	same clone.cfg one.cfg
EOF

it 'finds the CA of an instance that has a KRA, too' <<-\EOF
	mkdir -p inst/conf/ca inst/conf/kra
	cp clone.cfg inst/conf/ca/CS.cfg
	echo cs.type=KRA >inst/conf/kra/CS.cfg
	kra-sync --from master.cfg inst >edits 2>err
	grep '^ca.connector.KRA\.' inst/conf/ca/CS.cfg >got
	same connector got
	test "$(cat inst/conf/kra/CS.cfg)" = cs.type=KRA
EOF

it 'refuses one clone, and does the other' <<-\EOF
	sed 's/^\(ca.connector.KRA.transportCert=\).*/\1QUJD/' master.cfg >one.cfg
	cp one.cfg before
	cp clone.cfg two.cfg
	exits 1 kra-sync --from master.cfg one.cfg two.cfg >edits 2>err
	grep transportCert err
	same before one.cfg
	grep '^ca.connector.KRA\.' two.cfg >got
	same connector got
	kra-sync --replace-transport-cert --from master.cfg one.cfg \
	    >edits 2>err
	same master.cfg one.cfg
EOF

it 'is trouble for a clone that is not there, and does the other' <<-\EOF
	cp clone.cfg two.cfg
	exits 2 kra-sync --from master.cfg missing.cfg two.cfg >edits 2>err
	grep "'missing.cfg'.*No such file" err
	grep '^ca.connector.KRA.host=' two.cfg
EOF

it 'starts the server again when an edit fails' <<-\EOF
	rm -f log
	cp clone.cfg one.cfg
	exits 2 kra-sync --from master.cfg --stop 'rm one.cfg; echo stop >>log' \
	    --start 'echo start >>log' one.cfg >edits 2>err
	same both log
EOF

it 'leaves alone what the server wrote as it stopped' <<-\EOF
	cp clone.cfg one.cfg
	printf '%s\n' ca.connector.KRA.enable=false >more
	exits 1 kra-sync --from master.cfg --stop 'cat more >>one.cfg' \
	    one.cfg >edits 2>err
	cat clone.cfg more >want
	same want one.cfg
EOF

it 'does not edit when stop fails, and says when start does' <<-\EOF
	rm -f log
	cp clone.cfg one.cfg
	exits 2 kra-sync --from master.cfg --stop 'echo stop >>log; exit 1' \
	    --start 'echo start >>log' one.cfg >edits 2>err
	grep '^kra-sync: the stop command failed' err
	same both log
	same clone.cfg one.cfg
	exits 2 kra-sync --from master.cfg --start 'exit 1' one.cfg \
	    >edits 2>err
	grep '^kra-sync: the start command failed' err
EOF

it 'starts the server again when it is interrupted' <<-\EOF
	rm -f log
	cp clone.cfg one.cfg
	exits 2 kra-sync --from master.cfg \
	    --stop 'echo stop >>log; kill -TERM $PPID' \
	    --start 'echo start >>log' one.cfg >edits 2>err
	same both log
	same clone.cfg one.cfg
EOF

it 'wants a master, and one only' <<-\EOF
	exits 2 kra-sync one.cfg 2>err
	grep '(see --help)$' err
	exits 2 kra-sync --from 2>err
	grep '(see --help)$' err
	exits 2 kra-sync --from master.cfg --fetch 'cat master.cfg' \
	    one.cfg 2>err
	grep '(see --help)$' err
EOF

tap_done
