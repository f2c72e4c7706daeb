#!/bin/sh
# SPDX-License-Identifier: MIT
# A server that runs would overwrite an edit: its CS.cfg is not edited, by
# whatever name.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source-path=SCRIPTDIR source=lib/await.sh
. "$tap_top/t/lib/await.sh"

# The servers read from here: they end with this script, if not before.
mkfifo ../end
exec 9<>../end

# PID: has the shell become it?
# shellcheck disable=SC2317 # called in the bodies
is_server () {
	tr '\0' '\n' <"/proc/$1/cmdline" | grep -q '^start$'
}

# server DIR: start a process that looks like DIR's server; sets $server
# shellcheck disable=SC2317
server () {
	sh -c 'read -r end' java -Dfile.encoding=UTF-8 "-Dcatalina.base=$1" \
	    org.apache.catalina.startup.Bootstrap start \
	    <"$tap_home/end" 9>&- &
	server=$!
	await is_server $server
}

# refuses CMD...: does not edit, and names the server's process
# shellcheck disable=SC2317
refuses () {
	gives 2 "$@"
	same /dev/null out
	test "$(wc -l <err)" -eq 1
	grep "^[a-z]*: '.*' belongs to a running server (process $server), which\
 would overwrite the edit: stop it first (--force edits all the same)\$" err
}

it 'does not edit it by the path, the link beside it, or the directory' <<-\EOF
	fresh
	mkdir -p inst/conf/ca inst/ca
	mv CS.cfg inst/conf/ca
	ln -s ../conf/ca inst/ca/conf
	server "$PWD/inst"
	refuses cfgpatch -i inst/conf/ca/CS.cfg ../edits
	refuses cfgpatch -i inst/ca/conf/CS.cfg ../edits
	refuses cfgpatch -i "$PWD/inst/./ca/../conf/ca/CS.cfg" ../edits
	refuses cfgpatch -i inst ../edits
	cd inst/ca/conf
	refuses cfgpatch -i CS.cfg ../../../../edits
	kill $server
	rm out err
	same ../../../../old CS.cfg
	test "$(ls -A)" = CS.cfg
EOF

it 'does not edit it by another link to it' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	ln inst/conf/ca/CS.cfg hard
	ln -s inst/conf/ca/CS.cfg soft
	ln -s soft softer
	server "$PWD/inst"
	refuses cfgpatch -i hard ../edits
	refuses cfgpatch -i soft ../edits
	refuses cfgpatch -i softer ../edits
	kill $server
	same ../old hard
EOF

it 'does not edit it where it is mounted' <<-\EOF
	able 'right to mount' unshare -m true
	fresh
	mkdir -p inst/conf/ca there
	mv CS.cfg inst/conf/ca
	touch file
	server "$PWD/inst"
	refuses unshare -m sh -c 'mount --bind inst/conf/ca/CS.cfg file &&
	    cfgpatch -i file ../edits'
	refuses unshare -m sh -c 'mount --bind inst/conf/ca there &&
	    cfgpatch -i there/CS.cfg ../edits'
	kill $server
	same ../old inst/conf/ca/CS.cfg
EOF

# PID: has the shell in another name space become it?
# shellcheck disable=SC2317 # called in the bodies
is_moved () {
	tr '\0' '\n' <"/proc/$1/cmdline" | sed -n 3p | grep -qx 'read -r end'
}

it 'edits what has its path where a server in another name space runs' <<-\EOF
	root
	able 'right to mount' unshare -m true
	for conf in directory link
	do
		fresh
		mkdir -p inst etc/ca elsewhere/ca
		cp CS.cfg elsewhere/ca
		mv CS.cfg etc/ca
		there=$PWD/etc
		if test $conf = link
		then
			ln -s "$PWD/etc" inst/conf
		else
			mv etc inst/conf
			there=$PWD/inst/conf
		fi
		unshare -m sh -c 'mount --bind elsewhere "$1" && shift &&
		    exec "$@"' - "$there" sh -c 'read -r end' java \
		    "-Dcatalina.base=$PWD/inst" Bootstrap start \
		    <"$tap_home/end" 9>&- &
		server=$!
		await is_moved $server
		# What that server reads is refused; what is here is not its.
		refuses cfgpatch -i elsewhere/ca/CS.cfg ../edits
		gives 0 cfgpatch -i inst ../edits
		same ../new inst/conf/ca/CS.cfg
		kill $server
	done
EOF

it 'does not edit one that the server reads by a link' <<-\EOF
	fresh
	mkdir -p etc/ca inst
	mv CS.cfg etc/ca
	ln -s ../etc inst/conf
	ln -s inst again
	server "$PWD/again"
	refuses cfgpatch -i etc/ca/CS.cfg ../edits
	kill $server
EOF

it 'does not edit one of the old layout' <<-\EOF
	fresh
	mkdir -p inst/conf
	mv CS.cfg inst/conf
	server "$PWD/inst"
	refuses cfgpatch -i inst/conf/CS.cfg ../edits
	refuses cfgpatch -i inst ../edits
	kill $server
EOF

it 'prints no edits with -n that it would not make' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	gives 0 cfgpatch -i -n inst ../edits
	gives 0 cfgrole --server inst
	printf 'stopped\t\t\t\t\tinst\n' | same - out
	server "$PWD/inst"
	refuses cfgpatch -i -n inst ../edits
	gives 0 cfgpatch -i --check inst ../edits
	gives 0 cfgrole --server inst ../old
	printf '%s\t%s\t\t\t\t%s\n' runs $server inst stopped '' ../old |
	    same - out
	kill $server
EOF

it 'does not edit any subsystem of the instance' <<-\EOF
	fresh
	for sub in ca kra ocsp tks tps
	do
		mkdir -p inst/conf/$sub
		cp CS.cfg inst/conf/$sub
	done
	server "$PWD/inst"
	for sub in ca kra ocsp tks tps
	do
		refuses cfgpatch -i inst/conf/$sub/CS.cfg ../edits
		refuses cfgpatch -i --subsystem $sub inst ../edits
	done
	kill $server
EOF

it 'does not edit one of a server in a container' <<-\EOF
	able 'right to mount' unshare -m true
	fresh
	mkdir -p inst/conf/ca inside
	mv CS.cfg inst/conf/ca
	unshare -m sh -c 'mount --bind inst inside && exec sh -c "
	    echo \$\$ >pid; read -r end" java "-Dcatalina.base=$PWD/inside"' \
	    <"$tap_home/end" 9>&- &
	await test -s pid
	server=$(cat pid)
	refuses cfgpatch -i inst/conf/ca/CS.cfg ../edits
	kill $server
EOF

it 'is as firm in all that edits in place' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	exits 0 cfgset -i inst a=0
	server "$PWD/inst"
	refuses cfgset -i inst a=9
	refuses cfgpatch --undo inst
	echo a=7 >master
	refuses cfgmerge -i -p a --from master inst
	kill $server
	test "$(sed -n 's/^a=//p' inst/conf/ca/CS.cfg)" = 0
EOF

it 'edits it all the same with --force' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	server "$PWD/inst"
	gives 0 cfgpatch -i --force inst ../edits
	same ../new inst/conf/ca/CS.cfg
	gives 0 cfgpatch --undo --force inst
	same ../old inst/conf/ca/CS.cfg
	kill $server
EOF

it 'does all that leaves the file alone' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	server "$PWD/inst"
	gives 0 cfgpatch inst ../edits
	same ../new out
	gives 0 cfgpatch -n inst ../edits
	same ../edits out
	gives 0 cfgpatch --check inst ../edits
	gives 0 cfgset inst a=9
	same ../edits out
	gives 0 cfgset -i inst a=1
	same /dev/null err
	kill $server
	same ../old inst/conf/ca/CS.cfg
EOF

it 'edits a copy, and the file of another instance' <<-\EOF
	fresh
	mkdir -p inst/conf/ca inst2/conf/ca
	cp CS.cfg inst2/conf/ca
	cp CS.cfg inst/conf/ca
	cp CS.cfg inst/conf/ca/CS.cfg.copy
	server "$PWD/inst"
	gives 0 cfgpatch -i CS.cfg ../edits
	gives 0 cfgpatch -i inst2 ../edits
	gives 0 cfgpatch -i inst/conf/ca/CS.cfg.copy ../edits
	kill $server
EOF

it 'edits it when the server has stopped' <<-\EOF
	fresh
	mkdir -p inst/conf/ca
	mv CS.cfg inst/conf/ca
	server "$PWD/inst"
	refuses cfgpatch -i inst ../edits
	kill $server
	wait $server || :
	gives 0 cfgpatch -i inst ../edits
	same ../new inst/conf/ca/CS.cfg
EOF

it 'does not edit, and says why, where there is no /proc' <<-\EOF
	# Sanitizers and valgrind do not start there.
	plain_build cfgpatch || exit 0
	able 'right to mount' unshare -m true
	fresh
	gives 2 unshare -m sh -c 'mount -t tmpfs tmpfs /proc &&
	    cfgpatch -i CS.cfg ../edits'
	same /dev/null out
	echo "cfgpatch: cannot tell from /proc whether the server of 'CS.cfg'" \
	    'runs: be root, or be sure and use --force' >want
	same want err
	same ../old CS.cfg
	test -z "$(backups)"
	gives 0 unshare -m sh -c 'mount -t tmpfs tmpfs /proc &&
	    cfgpatch -i --force CS.cfg ../edits'
	same ../new CS.cfg
EOF

# The processes of a name space of its own: hidepid= is for all of a /proc.
for hidepid in 1 2
do
	it "does not edit where /proc hides processes, hidepid=$hidepid" <<-\EOF
		root
		needs setpriv
		able 'right to mount' unshare --pid --fork --mount true
		fresh
		chmod 711 "$tap_home" ..
		cp "$(command -v cfgpatch)" ../edits .
		chmod 755 cfgpatch
		chown 12345:12345 . CS.cfg edits
		cat >hidden <<-\END
			mount -t proc -o "hidepid=$1" proc /proc || exit
			shift
			setpriv --reuid=12345 --regid=12345 --clear-groups \
			    ./cfgpatch -i "$@" CS.cfg edits
		END
		gives 2 unshare --pid --fork --mount sh hidden $hidepid
		same /dev/null out
		grep "^cfgpatch: cannot tell from /proc whether the server" err
		test "$(wc -l <err)" -eq 1
		same ../old CS.cfg
		gives 0 unshare --pid --fork --mount sh hidden $hidepid --force
		same ../new CS.cfg
		cp ../old CS.cfg
		gives 0 unshare --pid --fork --mount sh hidden 0
		same ../new CS.cfg
	EOF
done

tap_done
