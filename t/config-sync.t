#!/bin/sh
# SPDX-License-Identifier: MIT
# A clone follows its master, run by run.
. "${0%/*}/tap.sh"

# What is logged goes to a file here, not to the system.
mkdir ../stub
cat >../stub/logger <<-\EOF
	#!/bin/sh
	echo "$*" >>"$HOME/syslog"
EOF
chmod +x ../stub/logger
PATH=$tap_home/stub:$tap_top/share/recipes:$PATH
printf 'stop\nstart\n' >both

fresh () {
	rm -rf state log master.cfg clone.cfg
	cp "$tap_top/share/sample/master.cfg" master.cfg
	cp "$tap_top/share/sample/clone.cfg" clone.cfg
}

# KEY=VALUE..., as an administrator of the master, or the clone, sets them.
on () {
	file=$1.cfg
	shift
	cfgset -i --no-log "$file" "$@" >/dev/null 2>&1
}

run () {
	config-sync --state state --changed 'echo changed >>log' "$@" \
	    --fetch 'cat %s' clone.cfg=master.cfg
}

# One that stops and starts a server.
serve () {
	config-sync --state state --stop 'echo stop >>log' \
	    --start 'echo start >>log' "$@" --fetch 'cat %s' \
	    clone.cfg=master.cfg
}

# Nothing was said in err, but for the shell's own trace.
quiet () {
	exits 1 grep -v '^+ ' err
}

has () {
	test "$(cfgget "$1" clone.cfg)" = "$2"
}

it 'changes nothing the first time, and shows what differs' <<-\EOF
	fresh
	cp clone.cfg before
	run >out 2>err
	same before clone.cfg
	exits 1 test -s out
	grep 'first run: nothing is changed' err
	grep '^+ca.connector.KRA.host=' err
	exits 1 test -e log
	run >out 2>err
	exits 1 test -s out
	quiet
	same before clone.cfg
EOF

it 'keeps the master as it came, for its owner only' <<-\EOF
	ls state/*clone.cfg.base
	same master.cfg state/*clone.cfg.base
	ls -l state/*.base >listed
	grep '^-rw------- ' listed
	# Nothing but that and the lock is left.
	test "$(ls state | wc -l)" -eq 2
EOF

it 'brings over what the master changed, and only that' <<-\EOF
	on master ca.crl.pageSize=500 machineName=other --force \
	    -d ca.scep.enable new.key=1
	run >out 2>err
	has ca.crl.pageSize 500
	exits 1 cfgget ca.scep.enable clone.cfg
	has new.key 1
	has machineName clone.example.com
	exits 1 cfgget ca.connector.KRA.host clone.cfg
	test "$(cat log)" = changed
	line="'clone.cfg' was updated from 'master.cfg': 4 lines of edits"
	grep "^config-sync: $line\$" err
	grep -e "-t config-sync -- $line\$" ../syslog
	same master.cfg state/*clone.cfg.base
EOF

it 'runs nothing when nothing changed' <<-\EOF
	rm log
	cp clone.cfg before
	run >out 2>err
	serve >out 2>err
	exits 1 test -s out
	quiet
	exits 1 test -e log
	same before clone.cfg
EOF

it 'keeps what the clone changed by itself' <<-\EOF
	on clone ca.crl.pageSize=7
	on master new.key=2
	run >out 2>err
	has ca.crl.pageSize 7
	has new.key 2
EOF

it 'lists conflicts, applies nothing, and goes on asking' <<-\EOF
	rm -f log
	cp state/*.base base
	on master ca.crl.pageSize=9 new.key=3
	cp clone.cfg before
	for i in 1 2
	do
		exits 1 run >out 2>err
		grep "conflict: 'ca.crl.pageSize' was '500'" err
		grep "^config-sync: 'clone.cfg' was not changed" err
		exits 1 test -s out
		same before clone.cfg
		same base state/*.base
		exits 1 test -e log
	done
	grep "'clone.cfg' was not changed" ../syslog
	run --prefer master >out 2>err
	has ca.crl.pageSize 9
	has new.key 3
	run >out 2>err
	exits 1 test -s out
EOF

it 'merges no file that came cut off, empty, too short, or not at all' <<-\EOF
	on master new.key=4
	cp clone.cfg before
	cp state/*.base base
	refused () {
		exits 2 config-sync --state state --fetch "$1" \
		    clone.cfg=master.cfg >out 2>err
		grep "^config-sync: $2" err
		exits 1 test -s out
		same before clone.cfg
		same base state/*.base
	}
	refused false "'false' failed"
	refused 'cat %s; exit 1' "'cat master.cfg; exit 1' failed"
	refused 'cat missing' "'cat missing' failed"
	refused : "'master.cfg' was fetched empty"
	refused 'head -c 5000 %s' "'master.cfg' was not fetched whole: it ends"
	refused 'head -n 20 %s' "'master.cfg' was not fetched whole: it has less"
	run >out 2>err
	has new.key 4
EOF

it 'takes no such file for the first, either' <<-\EOF
	for fetch in false : 'head -c 5000 %s' 'head -n 20 %s'
	do
		exits 2 config-sync --state state0 --fetch "$fetch" \
		    clone.cfg=master.cfg 2>err
		test "$(ls state0)" = lock
	done
	# Nor keeps one to compare with a clone that is not there.
	exits 2 config-sync --state state0 --fetch 'cat %s' \
	    missing.cfg=master.cfg 2>err
	test "$(ls state0)" = lock
EOF

it 'prints the edits with -n, runs nothing, and keeps nothing' <<-\EOF
	on master new.key=5
	cp state/*.base base
	rm -f log
	run -n --stop 'echo stop >>log' --start 'echo start >>log' >out 2>err
	printf '%s\n' '# clonekit edits 1' -new.key=4 +new.key=5 . >want
	same want out
	has new.key 4
	exits 1 test -e log
	same base state/*.base
	run >out 2>err
	has new.key 5
	same want out
EOF

it 'shows no secret, and carries it' <<-\EOF
	echo x.sharedSecret=s3cret >>master.cfg
	run -n >out 2>err
	grep '^\*x.sharedSecret' out
	run >out 2>>err
	grep '^\*x.sharedSecret' out
	exits 1 grep s3cret out err ../syslog
	has x.sharedSecret s3cret
EOF

it 'stops the server before the edit and starts it after' <<-\EOF
	on master new.key=6
	rm -f log
	cp clone.cfg before
	config-sync --state state --stop 'echo stop >>log; cp clone.cfg at-stop' \
	    --start 'echo start >>log; cp clone.cfg at-start' \
	    --changed 'echo changed >>log' \
	    --fetch 'cat %s' clone.cfg=master.cfg >out 2>err
	{ cat both; echo changed; } >want
	same want log
	same before at-stop
	same clone.cfg at-start
	has new.key 6
EOF

it 'starts it again when the edit fails, or stop does' <<-\EOF
	on master new.key=7
	cp clone.cfg before
	rm log
	exits 2 serve --stop 'echo stop >>log; rm clone.cfg' \
	    --changed 'echo changed >>log' 2>err
	same both log
	cp before clone.cfg
	rm log
	exits 2 serve --stop 'echo stop >>log; exit 1' 2>err
	grep '^config-sync: the stop command failed' err
	same both log
	same before clone.cfg
	serve >out 2>err
	has new.key 7
EOF

it 'is not done while start or --changed fails' <<-\EOF
	on master new.key=8
	rm -f log
	exits 2 run --start 'exit 1' --changed 'exit 1' 2>err
	grep '^config-sync: the start command failed' err
	grep '^config-sync: the changed command failed' err
	has new.key 8
	run --start 'echo start >>log' >out 2>err
	exits 1 test -s out
	printf 'start\nchanged\n' >want
	same want log
	run --start 'echo start >>log' >out 2>err
	same want log
EOF

it 'makes good what a run left that was killed before the edit' <<-\EOF
	on master new.key=9
	rm -f log
	cp clone.cfg before
	exits 137 serve --stop 'echo stop >>log; kill -KILL $PPID' 2>err
	same before clone.cfg
	serve --changed 'echo changed >>log' >out 2>err
	has new.key 9
	printf 'stop\nstop\nstart\nchanged\n' >want
	same want log
EOF

it 'makes good what a run left that was killed after the edit' <<-\EOF
	on master new.key=10
	rm -f log
	mkdir -p cut
	for tool in sync mv
	do
		# Where the edit is made, and the base not yet renewed.
		printf '#!/bin/sh\nkill -KILL $PPID\n' >cut/$tool
	done
	chmod +x cut/*
	PATH=$PWD/cut:$PATH exits 137 serve >out 2>err
	has new.key 10
	exits 1 grep new.key=10 state/*.base
	echo stop >want
	same want log
	# Nothing is left to edit, but there is a server to start.
	serve --changed 'echo changed >>log' >out 2>err
	exits 1 test -s out
	{ cat both; echo changed; } >want
	same want log
	same master.cfg state/*clone.cfg.base
	rm log
	serve --changed 'echo changed >>log' >out 2>err
	exits 1 test -e log
EOF

it 'ends in order when it is told to' <<-\EOF
	on master new.key=11
	rm -f log
	cp clone.cfg before
	exits 2 serve --stop 'echo stop >>log; kill -TERM $PPID' 2>err
	same before clone.cfg
	same both log
	serve >out 2>err
	has new.key 11
EOF

it 'follows several files, profiles too, from a list or operands' <<-\EOF
	mkdir -p m c
	for f in a b
	do
		printf 'desc=x\nname=%s\n' $f >m/$f.cfg
		cp m/$f.cfg c/$f.cfg
	done
	printf '# what we follow\n\nc/a.cfg=m/a.cfg\nc/b.cfg=m/b.cfg' >list
	two () {
		config-sync --state state2 --changed 'echo changed >>log2' \
		    "$@"
	}
	two --files list --fetch 'cat %s' >out 2>err
	echo desc=y >>m/b.cfg
	two --files list --fetch 'cat %s' >out 2>err
	test "$(cfgget desc c/b.cfg)" = y
	test "$(cfgget desc c/a.cfg)" = x
	test "$(cat log2)" = changed
	# One that cannot be fetched does not keep back the other.
	echo desc=z >>m/b.cfg
	exits 2 two --fetch 'cat %s' c/a.cfg=m/none.cfg c/b.cfg=m/b.cfg >out 2>err
	test "$(cfgget desc c/b.cfg)" = z
	test "$(cfgget desc c/a.cfg)" = x
	exits 2 two --files missing --fetch 'cat %s' >out 2>err
	grep "^config-sync: cannot read 'missing'" err
EOF

it 'does not mix up files whose names are alike' <<-\EOF
	mkdir -p d
	printf 'k=1\nname=dir\n' >d/f.cfg
	printf 'k=1\nname=flat\n' >d_f.cfg
	cp d/f.cfg md.cfg
	cp d_f.cfg mf.cfg
	alike () {
		config-sync --state state3 --fetch 'cat %s' \
		    d/f.cfg=md.cfg d_f.cfg=mf.cfg
	}
	alike >out 2>err
	test "$(ls state3/*.base | wc -l)" -eq 2
	cfgset -i --no-log mf.cfg k=2 >/dev/null 2>&1
	alike >out 2>err
	test "$(cfgget k d_f.cfg)" = 2
	test "$(cfgget k d/f.cfg)" = 1
EOF

it 'takes the name of the file as it is' <<-\EOF
	mkdir -p 'm\n'
	printf 'k=1\n' >'m\n/a.cfg'
	printf 'k=1\n' >n.cfg
	config-sync --state state4 --fetch 'cat "%s"' 'n.cfg=m\n/a.cfg' >out 2>err
	printf 'k=2\n' >'m\n/a.cfg'
	config-sync --state state4 --fetch 'cat "%s"' 'n.cfg=m\n/a.cfg' >out 2>err
	test "$(cat n.cfg)" = k=2
EOF

it 'takes it all the first time when told' <<-\EOF
	fresh
	run --first-merge >out 2>err
	cfgdiff clone.cfg master.cfg >out 2>err
	test "$(cat log)" = changed
	run --first-merge >out 2>err
	exits 1 test -s out
EOF

it "takes the KRA's renewed certificate only when told" <<-\EOF
	renewed=ca.connector.KRA.transportCert
	sed -i "s/^\($renewed=\).*/\1QUJD/" master.cfg
	cp clone.cfg before
	cp state/*.base base
	exits 1 run >out 2>err
	grep "'$renewed' is another than the master's" err
	grep "^config-sync: 'clone.cfg' was not changed" err
	exits 1 test -s out
	same before clone.cfg
	same base state/*.base
	run --replace-transport-cert >out 2>err
	has "$renewed" QUJD
	same master.cfg state/*.base
	run --replace-transport-cert >out 2>err
	exits 1 test -s out
	run >out 2>err
	exits 1 test -s out
EOF

it 'runs once at a time' <<-\EOF
	cp clone.cfg before
	on master new.key=1
	exec 8>state/lock
	flock -n 8
	exits 2 run 2>err
	grep 'another run holds' err
	same before clone.cfg
	exec 8>&-
	run >out 2>err
	has new.key 1
EOF

it 'holds no lock for what start, or fetch, leaves running' <<-\EOF
	on master new.key=2
	config-sync --state state --start 'sleep 30 & echo $! >one' \
	    --fetch 'sleep 30 >/dev/null & echo $! >two; cat %s' \
	    clone.cfg=master.cfg >out 2>err
	has new.key 2
	exits 0 run >out 2>err
	kill $(cat one) $(cat two)
EOF

it 'wants values, a command and files' <<-\EOF
	for words in '' '--fetch cat' '--state' '--wrong cat a.cfg' a.cfg
	do
		# shellcheck disable=SC2086 # words
		exits 2 config-sync $words >out 2>err
		grep '^config-sync: .* (see --help)$' err
	done
	exits 2 config-sync --state /dev/null/x --fetch 'cat %s' clone.cfg \
	    2>err
	grep "^config-sync: cannot make '/dev/null" err
EOF

tap_done
