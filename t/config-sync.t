#!/bin/sh
# A clone follows its master, run by run.
. "${0%/*}/tap.sh"
PATH=$tap_top/share/recipes:$PATH

fresh () {
	rm -rf state log master.cfg clone.cfg
	cp "$tap_top/share/sample/master.cfg" master.cfg
	cp "$tap_top/share/sample/clone.cfg" clone.cfg
}

run () {
	config-sync --state state --changed 'echo changed >>log' "$@" \
	    'cat %s' clone.cfg=master.cfg
}

it 'changes nothing the first time, and shows what differs' <<-\EOF
	fresh
	cp clone.cfg before
	run 2>err
	same before clone.cfg
	grep 'first run, nothing is changed' err
	grep '^+ca.connector.KRA.host=' err
	! test -e log
	run >out 2>err
	! test -s out
	same before clone.cfg
EOF

it 'brings over what the master changed, and only that' <<-\EOF
	cfgset -i --no-log master.cfg ca.crl.pageSize=500 machineName=other \
	    --force -d ca.scep.enable new.key=1 >edits
	run >out 2>err
	echo 500 >want
	cfgget ca.crl.pageSize clone.cfg >got
	same want got
	exits 1 cfgget ca.scep.enable clone.cfg
	test "$(cfgget new.key clone.cfg)" = 1
	test "$(cfgget machineName clone.cfg)" = clone.example.com
	exits 1 cfgget ca.connector.KRA.host clone.cfg
	test "$(cat log)" = changed
EOF

it 'runs nothing when nothing changed' <<-\EOF
	rm log
	cp clone.cfg before
	run >out
	! test -s out
	! test -e log
	same before clone.cfg
EOF

it 'keeps what the clone changed by itself' <<-\EOF
	cfgset -i --no-log clone.cfg ca.crl.pageSize=7 >edits
	cfgset -i --no-log master.cfg new.key=2 >edits
	run >out
	test "$(cfgget ca.crl.pageSize clone.cfg)" = 7
	test "$(cfgget new.key clone.cfg)" = 2
EOF

it 'lists conflicts, applies nothing, and goes on asking' <<-\EOF
	rm -f log
	cfgset -i --no-log master.cfg ca.crl.pageSize=9 new.key=3 >edits
	cp clone.cfg before
	for i in 1 2
	do
		exits 1 run >out 2>err
		grep "conflict: 'ca.crl.pageSize' was '500'" err
		same before clone.cfg
		! test -e log
	done
	run --prefer master >out
	test "$(cfgget ca.crl.pageSize clone.cfg)" = 9
	run >out
	! test -s out
EOF

it 'merges no file that came cut off, empty, too short, or not at all' <<-\EOF
	cfgset -i --no-log master.cfg new.key=4 >edits
	cp clone.cfg before
	for fetch in 'false' 'cat %s; false' ':' 'head -c 5000 %s' \
	    'head -n 20 %s' 'cat missing'
	do
		exits 2 config-sync --state state "$fetch" \
		    clone.cfg=master.cfg 2>err
		grep '^config-sync: ' err
		same before clone.cfg
	done
	run >out
	test "$(cfgget new.key clone.cfg)" = 4
EOF

it 'prints the edits with -n, and keeps nothing' <<-\EOF
	cfgset -i --no-log master.cfg new.key=5 >edits
	run -n >out
	grep '^+new.key=5' out
	test "$(cfgget new.key clone.cfg)" = 4
	run >out
	test "$(cfgget new.key clone.cfg)" = 5
EOF

it 'stops the server before the edit and starts it after, come what may' <<-\EOF
	cfgset -i --no-log master.cfg new.key=6 >edits
	rm -f log
	config-sync --state state --stop 'echo stop >>log' \
	    --start 'echo start >>log' 'cat %s' clone.cfg=master.cfg >out
	printf 'stop\nstart\n' >want
	same want log
	cfgset -i --no-log master.cfg new.key=7 >edits
	rm log
	cp clone.cfg before
	exits 2 config-sync --state state --stop 'echo stop >>log; rm clone.cfg' \
	    --start 'echo start >>log' 'cat %s' clone.cfg=master.cfg 2>err
	same want log
	cp before clone.cfg
	run >out
	test "$(cfgget new.key clone.cfg)" = 7
EOF

it 'makes good what a run that was killed left half way' <<-\EOF
	cfgset -i --no-log master.cfg new.key=8 >edits
	cp state/clone.cfg.base base
	run >out
	cp base state/clone.cfg.base
	run >out
	! test -s out
	test "$(cfgget new.key clone.cfg)" = 8
EOF

it 'follows several files, profiles too' <<-\EOF
	mkdir -p m c
	for f in a b
	do
		printf 'desc=x\nname=%s\n' $f >m/$f.cfg
		cp m/$f.cfg c/$f.cfg
	done
	two () {
		config-sync --state state2 'cat %s' c/a.cfg=m/a.cfg \
		    c/b.cfg=m/b.cfg
	}
	two 2>err
	echo desc=y >>m/b.cfg
	two >out
	test "$(cfgget desc c/b.cfg)" = y
	test "$(cfgget desc c/a.cfg)" = x
EOF

it 'takes it all the first time when told' <<-\EOF
	fresh
	run --first-merge >out
	cfgdiff clone.cfg master.cfg >out 2>err
	test "$(cat log)" = changed
EOF

it 'runs once at a time' <<-\EOF
	flock state/lock sleep 5 &
	sleep 0.3
	exits 2 run 2>err
	grep 'another run is at work' err
	kill $!
	wait
EOF

tap_done
