#!/bin/sh
# The manual's section 9.3 by a recipe.
. "${0%/*}/tap.sh"
PATH=$tap_top/share/recipes:$PATH

cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .
grep '^ca.connector.KRA\.' master.cfg >connector

it 'brings the connector to two clones, stopping their server once' <<-\EOF
	cp clone.cfg one.cfg
	cp clone.cfg two.cfg
	kra-sync -m master.cfg -S 'echo stop >>log' -s 'echo start >>log' \
	    one.cfg two.cfg >edits 2>err
	for clone in one two
	do
		grep '^ca.connector.KRA\.' $clone.cfg >got
		same connector got
	done
	printf 'stop\nstart\n' >want
	same want log
EOF

it 'stops nothing when nothing is to change' <<-\EOF
	rm -f log
	kra-sync -m master.cfg -S 'echo stop >>log' -s 'echo start >>log' \
	    one.cfg two.cfg >edits
	! test -e log
	! test -s edits
EOF

it 'fetches the master by a command, and shows with -n' <<-\EOF
	cp clone.cfg one.cfg
	kra-sync -n -F 'cat master.cfg' one.cfg >edits
	test "$(grep -c '^+ca.connector.KRA' edits)" -eq 8
	same clone.cfg one.cfg
EOF

it 'does not take half a file, or a failed fetch' <<-\EOF
	exits 2 kra-sync -F 'head -c 5000 master.cfg' one.cfg 2>err
	grep '^kra-sync: the fetched file is cut off' err
	exits 2 kra-sync -F 'cat master.cfg; false' one.cfg 2>err
	grep '^kra-sync: the fetch command failed' err
	same clone.cfg one.cfg
EOF

it 'refuses one clone, and does the other' <<-\EOF
	sed 's/^\(ca.connector.KRA.transportCert=\).*/\1QUJD/' master.cfg >one.cfg
	cp one.cfg before
	cp clone.cfg two.cfg
	exits 1 kra-sync -m master.cfg one.cfg two.cfg >edits 2>err
	grep transportCert err
	same before one.cfg
	grep '^ca.connector.KRA\.' two.cfg >got
	same connector got
EOF

it 'starts the server again when an edit fails' <<-\EOF
	rm -f log
	cp clone.cfg one.cfg
	exits 2 kra-sync -m master.cfg -S 'rm one.cfg; echo stop >>log' \
	    -s 'echo start >>log' one.cfg >edits 2>err
	printf 'stop\nstart\n' >want
	same want log
EOF

it 'wants a master, and one only' <<-\EOF
	exits 2 kra-sync one.cfg 2>err
	grep '^usage' err
	exits 2 kra-sync -m master.cfg -F 'cat master.cfg' one.cfg 2>err
	grep '^usage' err
EOF

tap_done
