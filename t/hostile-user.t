#!/bin/sh
# SPDX-License-Identifier: MIT
# Root's tools on the files of a hostile user: an instance belongs to the
# account of a web server.  Whatever that user plants there, it gains nothing:
# no file of root's read, written, made or removed, no code run as root, no
# tool that hangs.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2016,SC2154
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
PATH=$tap_top/share/recipes:$PATH
sample=$tap_top/share/sample

if test "$(id -u)" -ne 0
then
	it 'needs root, who is the one to be protected' <<-\EOF
		root
	EOF
	tap_done
fi

user=17171
secret='root:$6$secret-that-only-root-knows'
chmod 711 "$tap_home" "$tap_home/scratch"

as_user () {
	setpriv --reuid $user --regid $user --clear-groups "$@"
}

# A new directory with root's files in root/ and the user's instance in inst/.
fresh_instance () {
	cd "$(mktemp -d ./XXXXXX)" || return
	chmod 711 .
	mkdir -m 700 root
	echo "$secret" >root/secret
	printf 'ca.x=1\n17 * * * * root run-parts\n' >root/crontab
	printf 'bundle.password\n' >root/pw
	printf 'ca.x=1\nca.y=2\n' >root/master.cfg
	cp -p root/crontab open.cfg
	chmod 644 open.cfg
	mkdir -p inst/conf/ca inst/alias
	cp "$sample"/nssdb/* inst/alias
	cp "$sample/master.cfg" inst/conf/ca/CS.cfg
	echo internal=Secret.123 >inst/conf/password.conf
	cat >inst/conf/server.xml <<-END
	<Server><Service name="Catalina"><Connector port="8443"
	 scheme="https" SSLEnabled="true"/></Service></Server>
	END
	chmod 600 inst/alias/* inst/conf/ca/CS.cfg inst/conf/password.conf
	chown -hR $user:$user inst
	root_is >before
}

# All that is root's here.
root_is () {
	find root open.cfg -printf '%p %y %m %U:%G %l ' -type f -exec cat {} \; \
	    -o -printf '\n'
}

# Nothing of root's has changed, and nothing of it is the user's now.
unharmed () {
	root_is | same before - || return
	leaked=$(find inst -type f -exec grep -lF "$secret" {} +) || :
	test -z "$leaked"
}

# Every tool that edits a file in place, on the file $1.
writers () {
	cat <<-END
	cfgset -i --no-log $1 ca.y=2
	cfgpatch -i --no-log $1 edits
	cfgpatch --undo --no-log $1
	cfgmerge -i --no-log --all --from root/master.cfg $1
	cfgrole -i --no-log --to clone --redirect other.example.com:8443 $1
	cfgrekey -i --no-log $1 ids
	cfgkra -i --no-log --add kra.example.com:8443 $1
	cfglint --fix -i --no-log $1
	END
	printf '# clonekit edits 1\n+ca.z=3\n.\n' >edits
	printf '%040d\tnickname\n' 1 >ids
}

# -- links ----------------------------------------------------------------

it "edits no file of root's that a link in the instance leads to" <<-\EOF
	for file in root/crontab open.cfg
	do
		fresh_instance
		target=$PWD/$file
		as_user ln -sf "$target" inst/conf/ca/CS.cfg
		writers inst/conf/ca/CS.cfg >commands
		while read -r command
		do
			gives 2 timeout 600 $command </dev/null
			test "$(wc -l <err)" -eq 1
			# No advice to give the file away.
			exits 1 grep chown err
			unharmed
		done <commands
		test "$(wc -l <commands)" -eq 8
		cd ..
	done
EOF

it "edits nothing below a directory of root's that a link leads to" <<-\EOF
	fresh_instance
	mkdir root/ca open.d
	cp root/crontab root/ca/CS.cfg
	cp open.cfg open.d/CS.cfg
	chmod 755 open.d
	root_is >before
	for directory in root/ca open.d
	do
		rm -rf inst/conf/ca
		as_user ln -s "$PWD/$directory" inst/conf/ca
		writers inst/conf/ca/CS.cfg >commands
		while read -r command
		do
			gives 2 timeout 600 $command </dev/null
		done <commands
		gives 2 cfgset -i --no-log inst a=b
	done
	unharmed
	same open.cfg open.d/CS.cfg
	test "$(ls open.d)" = CS.cfg
EOF

it 'follows the links that pkispawn makes, of each release' <<-\EOF
	fresh_instance
	mkdir -p etc/pki/pki-tomcat/ca var/log/pki/pki-tomcat usr/share/pki
	echo shared >usr/share/pki/catalina.properties
	chmod -R go+rX etc var usr
	mv inst/alias etc/pki/pki-tomcat
	mv inst/conf/ca/CS.cfg etc/pki/pki-tomcat/ca
	mv inst/conf/password.conf inst/conf/server.xml etc/pki/pki-tomcat
	ln -s "$PWD/usr/share/pki/catalina.properties" etc/pki/pki-tomcat
	chown -hR $user:$user etc/pki/pki-tomcat var/log/pki/pki-tomcat
	# 10 and 11: /var/lib/pki/NAME
	new=var/lib/pki/pki-tomcat
	mkdir -p $new/ca
	ln -s "$PWD/etc/pki/pki-tomcat" $new/conf
	ln -s "$PWD/etc/pki/pki-tomcat/alias" $new/alias
	ln -s "$PWD/var/log/pki/pki-tomcat" $new/logs
	ln -s "$PWD/etc/pki/pki-tomcat/ca" $new/ca/conf
	# 8 and 9: /var/lib/NAME
	old=var/lib/pki-ca
	mkdir -p etc/pki-ca $old
	cp "$sample/master.cfg" etc/pki-ca/CS.cfg
	cp -r "$sample/nssdb" $old/alias
	cp etc/pki/pki-tomcat/password.conf etc/pki-ca
	ln -s "$PWD/etc/pki-ca" $old/conf
	chown -hR $user:$user $new $old etc/pki-ca
	chmod -R go+rX var etc
	for operand in $new $new/conf/ca/CS.cfg $new/ca/conf/CS.cfg $old \
	    $old/conf/CS.cfg
	do
		exits 0 cfgget cs.type "$operand" >got
		echo CA | same - got
		exits 0 cfgset -i --no-log "$operand" ca.y="$operand" >got
		exits 0 cfgget ca.y "$operand" >got
		echo "$operand" | same - got
		exits 0 cfgpatch --undo --no-log "$operand" >got
	done
	for operand in $new $old
	do
		exits 0 nssls "$operand" >got
		test "$(wc -l <got)" -ge 5
		rm -f x.p12
		gives 0 p12export --iterations 1000 -w root/pw -o x.p12 \
		    "$operand" ca
		exits 0 p12check -w root/pw --user root x.p12 "$operand" >got ||
		    exits 1 grep ': error: un' got
	done
	test -L $new/conf
	test -L $new/ca/conf
	test "$(stat -c %u:%g etc/pki/pki-tomcat/ca/CS.cfg)" = $user:$user
	test "$(stat -c %u:%g etc/pki-ca/CS.cfg)" = $user:$user
EOF

it "exports no keys of another database, through links in alias/" <<-\EOF
	fresh_instance
	mv inst/alias root/alias
	chown -R 0:0 root/alias
	as_user mkdir inst/alias
	as_user ln -s "$PWD/root/alias/cert9.db" "$PWD/root/alias/key4.db" \
	    inst/alias
	root_is >before
	gives 2 p12export --iterations 1000 -w root/pw -o inst/x.p12 inst ca
	grep 'Permission denied' err
	gives 2 nssls inst
	gives 2 backup-keys --subsystem ca -w root/pw inst inst/x.p12
	exits 1 test -e inst/x.p12
	rm -r inst/alias
	as_user ln -s "$PWD/root/alias" inst/alias
	gives 2 p12export --iterations 1000 -w root/pw -o inst/x.p12 inst ca
	gives 2 backup-keys --subsystem ca -w root/pw inst inst/x.p12
	exits 1 test -e inst/x.p12
	unharmed
EOF

it "sends no secret of root's to the server that a CS.cfg names" <<-\EOF
	fresh_instance
	rm inst/conf/password.conf
	echo "internaldb=$secret" >root/secret
	root_is >before
	sed -i -e "s|^passwordFile=.*|passwordFile=$PWD/root/secret|" \
	    -e 's/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=127.0.0.1/' \
	    -e 's/^internaldb.ldapconn.port=.*/internaldb.ldapconn.port=1/' \
	    inst/conf/ca/CS.cfg
	chown $user:$user inst/conf/ca/CS.cfg
	exits 0 grep ^passwordFile= inst/conf/ca/CS.cfg
	gives 2 domainls inst
	grep "secret' with the rights of $user: Permission denied" err
	unharmed
EOF

it "follows what a user's file names with that user's rights, wherever it is" <<-\EOF
	fresh_instance
	mkdir root/ca open.d
	echo "internaldb=$secret" >root/secret
	sed -e "s|^passwordFile=.*|passwordFile=$PWD/root/secret|" \
	    -e 's/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=127.0.0.1/' \
	    -e 's/^internaldb.ldapconn.port=.*/internaldb.ldapconn.port=1/' \
	    "$sample/master.cfg" >open.d/CS.cfg
	chown $user:$user open.d/CS.cfg
	chmod 755 open.d
	root_is >before
	gives 2 domainls open.d/CS.cfg
	grep "secret' with the rights of $user: Permission denied" err
	sed -i 's|^passwordFile=.*|passwordFile=../root/secret|' open.d/CS.cfg
	chown $user:$user open.d/CS.cfg
	gives 2 domainls open.d/CS.cfg
	grep "secret' with the rights of $user: Permission denied" err
	unharmed
EOF

it "takes root's group from no directory" <<-\EOF
	fresh_instance
	echo ca.x=1 >root.cfg
	chmod 640 root.cfg
	chgrp -R 0 inst
	as_user ln -sf "$PWD/root.cfg" inst/conf/ca/CS.cfg
	gives 2 cfgget ca.x inst
	grep "with the rights of $user: Permission denied" err
EOF

it 'follows no link of a user whom this container does not know' <<-\EOF
	needs capsh
	fresh_instance
	chmod -R go+rX inst
	cp open.cfg root.cfg
	chmod 600 root.cfg
	# One that knows root alone, where there can be one; or one whose root
	# cannot be anybody else.
	cat >in-container <<-END
	#!/bin/sh
	exec unshare --user --map-root-user "\$@"
	END
	chmod 755 in-container
	./in-container true || cat >in-container <<-END
	#!/bin/sh
	exec capsh --drop=cap_setuid,cap_setgid -- -c 'exec "\$@"' sh "\$@"
	END
	gives 0 ./in-container cfgget cs.type inst
	echo CA | same - out
	cp -a inst linked
	as_user ln -sf "$PWD/root.cfg" inst/conf/ca/CS.cfg
	gives 2 ./in-container cfgget ca.x inst
	grep 'of a user who does not exist in this container$' err
	gives 2 ./in-container cfgset -i --no-log inst a=b
	gives 2 ./in-container cfgset -i --no-log linked a=b
	gives 2 capsh --drop=cap_setuid,cap_setgid -- -c \
	    'cfgget ca.x inst'
	unharmed
EOF

# -- what is moved while a tool works ---------------------------------------

# Hold the lock of the directory until a tool waits for it, then put another
# directory in its place.
cat >swap <<\EOF
#!/usr/bin/perl
use strict;
use warnings;
use Fcntl qw(:flock);
my ($conf, $kind, $target) = @ARGV;
open my $lock, '<', "$conf/ca" or die;
flock $lock, LOCK_EX or die;
open my $ready, '>', "$conf/ready" or die;
close $ready;
for (1 .. 6000) {
	last if -e "$conf/waits";
	select undef, undef, undef, 0.01;
}
rename "$conf/ca", "$conf/ca.x" or die;
mkdir "$conf/ca";
if ($kind eq 'fifo') {
	system 'mkfifo', "$conf/ca/CS.cfg";
} elsif ($kind eq 'link') {
	symlink $target, "$conf/ca/CS.cfg";
} else {
	rmdir "$conf/ca";
	symlink $target, "$conf/ca";
}
EOF
chmod 755 swap

it 'notices that the directory was exchanged while it waited' <<-\EOF
	for kind in fifo link directory
	do
		fresh_instance
		target=$PWD/root/secret
		test $kind != directory || target=$PWD/root
		cp inst/conf/ca/CS.cfg copy
		as_user perl "$tap_home/scratch/swap" inst/conf $kind \
		    "$target" &
		until test -e inst/conf/ready
		do
			sleep 0.05
		done
		cfgset -i --no-log --lock-wait 60 inst/conf/ca/CS.cfg ca.y=2 \
		    >out 2>err &
		tool=$!
		# It has opened the directory, and cannot lock it.
		until ls -l /proc/$tool/fd | grep -q 'inst/conf/ca$'
		do
			sleep 0.05
		done
		as_user touch inst/conf/waits
		timeout 600 tail -s 0.1 --pid=$tool -f /dev/null ||
		    kill -KILL $tool
		got=0
		wait $tool || got=$?
		wait
		test $got -eq 2
		test "$(wc -l <err)" -eq 1
		grep 'was moved by another program meanwhile' err
		same copy inst/conf/ca.x/CS.cfg
		test "$(ls -A inst/conf/ca.x)" = CS.cfg
		unharmed
		cd ..
	done
EOF

# exchange A B: the user does it.
exchange () {
	as_user sh -c 'mv -T "$1" "$1.x" && mv -T "$2" "$1" && mv -T "$1.x" "$2"' \
	    exchange "$1" "$2"
}

# stopped N: wait until $tool, which strace watches, stands still for the Nth
# time, or has ended.
stopped () {
	while test "$(grep -c 'stopped by SIGSTOP' trace)" -ne "$1" &&
	    test -e /proc/$tool/exe
	do
		sleep 0.05
	done
}

# stop_at CALL COMMAND...: until it stands still, as $tool, after its first CALL
stop_at () {
	stop_call=$1
	shift
	: >trace
	strace -D -qq -o trace -e trace="$stop_call" \
	    -e inject="$stop_call":signal=STOP:when=1 "$@" >out 2>err &
	tool=$!
	stopped 1
}

it 'writes what it has read in the place that it was read from' <<-\EOF
	needs strace
	able 'plain build' plain_build cfgset
	for other in evil evil/CS.cfg evil/file
	do
		for back in yes ''
		do
			fresh_instance
			as_user mkdir inst/conf/evil
			as_user ln -s "$PWD/root/secret" inst/conf/evil/CS.cfg
			as_user sh -c 'echo ca.y=1 >inst/conf/evil/file'
			one=inst/conf/ca
			test $other = evil || one=$one/CS.cfg
			cp inst/conf/ca/CS.cfg copy
			>trace
			# With the file open, and with the new one written.
			strace -D -qq -o trace -e trace=getdents64,fsync \
			    -e inject=getdents64:signal=STOP:when=1 \
			    -e inject=fsync:signal=STOP:when=1 \
			    cfgset -i --no-log inst/conf/ca/CS.cfg ca.y=2 \
			    >out 2>err &
			tool=$!
			stopped 1
			exchange $one inst/conf/$other
			kill -CONT $tool
			stopped 2
			test -z "$back" || exchange $one inst/conf/$other
			kill -CONT $tool || :
			got=0
			wait $tool || got=$?
			unharmed
			if test -n "$back"
			then
				test $got -eq 0
				exits 0 grep -x ca.y=2 inst/conf/ca/CS.cfg
				grep -vx ca.y=2 inst/conf/ca/CS.cfg |
				    same copy -
			else
				test $got -eq 2
				grep 'by another program meanwhile' err
				exchange $one inst/conf/$other
				same copy inst/conf/ca/CS.cfg
			fi
			test -L inst/conf/evil/CS.cfg
			echo ca.y=1 | same - inst/conf/evil/file
			cd ..
		done
	done
EOF

it 'replaces no other file than the one that it has kept' <<-\EOF
	needs strace
	able 'plain build' plain_build cfgset
	fresh_instance
	cp inst/conf/ca/CS.cfg copy
	# Of the same size and time.
	as_user sh -c 'tr 1 2 <inst/conf/ca/CS.cfg >inst/conf/file'
	as_user touch -r inst/conf/ca/CS.cfg inst/conf/file
	cp inst/conf/file other
	# With the old file under its second name.
	stop_at linkat cfgset -i --no-log inst/conf/ca/CS.cfg ca.y=2
	exchange inst/conf/ca/CS.cfg inst/conf/file
	kill -CONT $tool
	exits 2 wait $tool
	grep 'was changed or replaced by another program meanwhile' err
	same other inst/conf/ca/CS.cfg
	same copy inst/conf/file
	test "$(ls -A inst/conf/ca)" = CS.cfg
	unharmed
EOF

it 'loses no file that is moved there after its last look' <<-\EOF
	needs strace
	able 'plain build' plain_build cfgset
	able 'such system call' strace -o trace -e newfstatat true
	fresh_instance
	as_user sh -c 'echo ca.y=1 >inst/conf/file'
	cp -a inst copy
	# All that it asks about the file, until it renames.
	exits 0 strace -o trace -P CS.cfg \
	    -e trace='newfstatat,?renameat,renameat2' \
	    cfgset -i --no-log inst/conf/ca/CS.cfg ca.y=2 >out
	last=$(sed -n '/renameat/q; /newfstatat/p' trace | wc -l)
	test "$last" -ge 2
	rm -rf inst
	mv copy inst
	cp inst/conf/ca/CS.cfg old
	>trace
	strace -D -qq -o trace -P CS.cfg -e trace=newfstatat \
	    -e inject=newfstatat:signal=STOP:when="$last" \
	    cfgset -i --no-log inst/conf/ca/CS.cfg ca.y=2 >out 2>err &
	tool=$!
	stopped 1
	exchange inst/conf/ca/CS.cfg inst/conf/file
	kill -CONT $tool
	exits 2 wait $tool
	echo "cfgset: '$PWD/inst/conf/ca/CS.cfg' was changed or replaced" \
	    'by another program meanwhile: it was left alone, try again' |
	    same - err
	echo ca.y=1 | same - inst/conf/ca/CS.cfg
	same old inst/conf/file
	test "$(ls -A inst/conf/ca)" = CS.cfg
	unharmed
EOF

it 'tells that another file is there as soon as it has written its own' <<-\EOF
	needs strace
	able 'plain build' plain_build cfgset
	fresh_instance
	as_user sh -c 'echo ca.y=1 >inst/conf/file'
	stop_at '?renameat,renameat2' \
	    cfgset -i --no-log inst/conf/ca/CS.cfg ca.y=2
	exchange inst/conf/ca/CS.cfg inst/conf/file
	kill -CONT $tool
	exits 2 wait $tool
	grep 'replaced by another program as soon as it was written' err
	echo ca.y=1 | same - inst/conf/ca/CS.cfg
	exits 0 grep -x ca.y=2 inst/conf/file
	unharmed
EOF

it 'reads no link that was put in the place of a file meanwhile' <<-\EOF
	needs strace
	able 'plain build' plain_build cfgmerge
	able 'such system call' strace -o trace -e newfstatat true
	fresh_instance
	mkdir -m 777 open.d
	cp root/master.cfg open.d/new.cfg
	as_user ln -s "$PWD/root/master.cfg" open.d/link
	set -- strace -D -qq -o trace -P new.cfg -e trace=newfstatat
	command='cfgmerge --all --from open.d/new.cfg inst'
	exits 0 "$@" $command >out
	# When it has seen for the last time that the file is no link.
	last=$(grep -c newfstatat trace)
	>trace
	"$@" -e inject=newfstatat:signal=STOP:when="$last" $command \
	    >out 2>err &
	tool=$!
	stopped 1
	as_user mv open.d/link open.d/new.cfg
	kill -CONT $tool
	exits 2 wait $tool
	same /dev/null out
	echo "cfgmerge: 'open.d/new.cfg' is not a regular file" | same - err
	unharmed
EOF

it 'holds what it promises while all is exchanged at random' <<-\EOF
	mkdir -m 711 race
	cd race
	# At full size, there are 2000 of each of the 13 commands.
	runs=1000
	test -z "${LONG-}" || runs=15000
	test -z "${SLOW-}" || runs=100
	for seed in 1 2
	do
		"$tap_top/t/lib/hostile-race" "$runs" $seed "$sample" \
		    >out.$seed 2>&1 &
	done
	wait
	cat out.*
	exits 1 grep -h '^run' out.*
	# They are races, some of which are won, and others lost.
	exits 0 grep -h '^# cfgset: status 0: .* status 2: ' out.*
	for tool in cfgset cfgpatch cfgmerge p12export backup-keys new-clone \
	    rekey-fix kra-sync config-sync
	do
		exits 0 grep -h "^# $tool: " out.*
	done
EOF

# -- backups ----------------------------------------------------------------

it 'undoes to no backup that was planted' <<-\EOF
	fresh_instance
	cp inst/conf/ca/CS.cfg first
	exits 0 cfgset -i --no-log inst ca.y=2 >out
	backup=inst/conf/ca/CS.cfg.clonekit
	as_user ln -s "$PWD/root/secret" $backup.20261101T000000.000000Z
	as_user ln -s "$PWD/root/secret" $backup.99990101T000000.000000Z
	as_user mkfifo $backup.99990101T000001.000000Z
	as_user sh -c "echo a=b >$backup.99990101T000002.000000Z"
	# A root-owned one could only be another file's.
	cp open.cfg $backup.20261101T000001.000000Z
	gives 0 timeout 600 cfgpatch --undo --no-log inst
	same first inst/conf/ca/CS.cfg
	grep 'passed over 5 files with the name of a backup' err
	unharmed
EOF

# -- pipes ------------------------------------------------------------------

it 'does not wait for a pipe in an instance, whoever owns it' <<-\EOF
	fresh_instance
	for file in conf/ca/CS.cfg conf/password.conf conf/server.xml \
	    alias/pkcs11.txt alias/key4.db alias/cert9.db external_certs.conf
	do
		cp -a inst pipes
		rm -f pipes/$file
		mkfifo pipes/$file
		chown $user:$user pipes/$file
		cp -a pipes roots
		chown -R 0:0 roots
		for i in pipes roots
		do
			while read -r command
			do
				rm -f b.p12
				got=0
				timeout 600 $command >out 2>err </dev/null ||
				    got=$?
				test $got -ne 124
			done <<-END
			cfglint $i
			cfgget ca.x $i
			clonecheck $i $i
			nssls $i
			p12export --iterations=1000 -w root/pw -o b.p12 $i ca
			clonecfg $i
			cfgset -i --no-log $i k=v
			cfgrole $i
			cfgkra $i
			rangels $i
			domainls $i
			rekey-fix -n $i
			END
		done
		rm -r pipes roots
	done
EOF

it 'takes no pipe of an instance for an empty file' <<-\EOF
	fresh_instance
	while read -r file command
	do
		cp -a inst pipes
		rm -f pipes/$file
		mkfifo pipes/$file
		chown $user:$user pipes/$file
		gives 2 timeout 600 $command
		grep "/${file##*/}' is not a regular file\$" err
		test -p pipes/$file
		rm -r pipes
	done <<-\END
	conf/ca/CS.cfg cfgget ca.x pipes
	conf/ca/CS.cfg cfglint pipes
	conf/ca/CS.cfg cfgset -i --no-log pipes k=v
	conf/password.conf p12export --iterations=1000 -w root/pw -o b.p12 pipes ca
	conf/server.xml clonecfg pipes
	alias/pkcs11.txt nssls pipes
	alias/key4.db nssls pipes
	alias/cert9.db nssls pipes
	END
EOF

it 'reads pipes that the caller alone decides about' <<-\EOF
	fresh_instance
	mkfifo root/pipe
	cat root/master.cfg >root/pipe &
	exits 0 cfgmerge --all --from root/pipe inst >out
	wait
	grep '^+ca.y=2' out
	exec 7<root/master.cfg
	exits 0 cfgmerge --all --from /dev/fd/7 inst >out
	exec 7<&-
	grep '^+ca.y=2' out
	cat root/master.cfg | cfgmerge --all --from - inst >out
	grep '^+ca.y=2' out
	cat root/master.cfg | cfgmerge --all --from /dev/stdin inst >out
	grep '^+ca.y=2' out
	bash -c 'cfgmerge --all --from <(cat root/master.cfg) inst' >out
	grep '^+ca.y=2' out
	bash -c 'p12export --iterations 1000 -w <(cat root/pw) -o b.p12 inst ca' \
	    >out
	test -s b.p12
	exits 0 cfgdiff /dev/null /dev/null >out
	# And none that the user decides about.
	as_user mkfifo inst/pipe
	gives 2 timeout 600 cfgmerge --all --from inst/pipe root/master.cfg
	echo "cfgmerge: 'inst/pipe' is not a regular file" | same - err
	gives 2 timeout 600 p12ls -w inst/pipe b.p12
	gives 2 timeout 600 crlls inst/pipe
EOF

# -- files of root's in the instance ----------------------------------------

it "reads a file of root's only if the owner of its directory could" <<-\EOF
	fresh_instance
	cp inst/conf/ca/CS.cfg copy
	# Restored by cp: for all to read, or for none.
	cp copy inst/conf/ca/CS.cfg.new
	mv -f inst/conf/ca/CS.cfg.new inst/conf/ca/CS.cfg
	chmod 600 inst/conf/ca/CS.cfg
	for command in 'cfgget cs.type inst' 'cfglint inst' \
	    'cfgset -i --no-log inst a=b'
	do
		gives 2 $command
		grep "belongs to root, and $user, who owns its directory, can" \
		    err
		# Of a link, it is the link that is given away.
		grep ": chown -h $user:$user .*inst/conf/ca/CS.cfg\$" err
		test "$(wc -l <err)" -eq 1
	done
	# Hardened: root:pkiuser 0640.
	chown 0:$user inst/conf/ca/CS.cfg
	chmod 640 inst/conf/ca/CS.cfg
	exits 0 cfgget cs.type inst >out
	gives 1 cfglint inst
	grep 'not-writable' out
	gives 2 cfgset -i --no-log inst a=b
	grep "belongs to root, so that $user cannot write it: chown -h" err
	# Root's, and for the group to write: neither the one nor the other.
	chmod 660 inst/conf/ca/CS.cfg
	gives 2 cfgget cs.type inst
	grep 'belongs to root, and others can write it (mode 0660): chown -h' err
	chown $user:$user inst/conf/ca/CS.cfg
	exits 0 cfgset -i --no-log inst a=b >out
	chown 0:0 inst/conf/password.conf
	gives 2 p12export --iterations 1000 -w root/pw -o x.p12 inst ca
	grep "password.conf' belongs to root, and $user" err
	# A third user's is nobody's to read here.
	chown 12345 inst/conf/password.conf
	chmod 644 inst/conf/password.conf
	gives 2 p12export --iterations 1000 -w root/pw -o x.p12 inst ca
	grep 'belongs to uid 12345, and its directory to' err
	unharmed
EOF

it "keeps owner, foreign group, mode, ACL and attributes, root's too" <<-\EOF
	needs setfacl
	needs setfattr
	fresh_instance
	chown $user:54321 inst/conf/ca/CS.cfg
	chmod 660 inst/conf/ca/CS.cfg
	able 'ACLs' setfacl -m u:12345:rw inst/conf/ca/CS.cfg
	able 'user attributes' setfattr -n user.note -v mine inst/conf/ca/CS.cfg
	able 'trusted attributes' setfattr -n trusted.note -v roots \
	    inst/conf/ca/CS.cfg
	able 'right to label' setfattr -n security.selinux \
	    -v system_u:object_r:pki_tomcat_etc_rw_t:s0 inst/conf/ca/CS.cfg
	what_it_is inst/conf/ca/CS.cfg >was
	grep trusted.note was
	exits 0 cfgset -i --no-log inst ca.y=2 >out
	what_it_is inst/conf/ca/CS.cfg | same was -
	exits 0 cfgpatch --undo --no-log inst >out
	what_it_is inst/conf/ca/CS.cfg | same was -
	# The same of root's own instance, and by the user on the user's.
	cp -a inst roots
	chown -R 0:0 roots
	chown 0:54321 roots/conf/ca/CS.cfg
	rm -f roots/conf/ca/CS.cfg.*
	what_it_is roots/conf/ca/CS.cfg >was
	exits 0 cfgset -i --no-log roots ca.y=3 >out
	what_it_is roots/conf/ca/CS.cfg | same was -
	chgrp $user inst/conf/ca/CS.cfg
	setfattr -x trusted.note inst/conf/ca/CS.cfg
	setfattr -x security.selinux inst/conf/ca/CS.cfg
	what_it_is inst/conf/ca/CS.cfg >was
	cp "$(command -v cfgset)" .
	chmod 755 cfgset
	exits 0 as_user ./cfgset -i --force --no-log inst ca.y=4 >out
	what_it_is inst/conf/ca/CS.cfg | same was -
EOF

# -- directories that several can write --------------------------------------

it 'uses /tmp as root, and what others have in it as they do' <<-\EOF
	fresh_instance
	mkdir -m 1777 tmp
	cp inst/conf/ca/CS.cfg tmp/roots.cfg
	exits 0 cfgset -i --no-log tmp/roots.cfg ca.y=2 >out
	test "$(stat -c %u tmp/roots.cfg)" -eq 0
	cp inst/conf/ca/CS.cfg tmp/theirs.cfg
	chown $user:$user tmp/theirs.cfg
	exits 0 cfgset -i --no-log tmp/theirs.cfg ca.y=2 >out
	test "$(stat -c %u tmp/theirs.cfg)" -eq $user
	as_user ln -s "$PWD/root/secret" tmp/link.cfg
	as_user ln -s "$PWD/root/new.p12" tmp/x.p12
	gives 2 cfgget ca.x tmp/link.cfg
	gives 2 cfgset -i --no-log tmp/link.cfg ca.x=2
	gives 2 p12export --iterations 1000 -w root/pw -o tmp/x.p12 inst ca
	gives 2 p12export --force --iterations 1000 -w root/pw -o tmp/x.p12 \
	    inst ca
	exits 0 p12export --iterations 1000 -w root/pw -o tmp/y.p12 inst ca >out
	test "$(stat -c '%u %a' tmp/y.p12)" = '0 600'
	# A file that the user has put there would stay the user's.
	as_user touch tmp/z.p12
	gives 2 p12export --force --iterations 1000 -w root/pw -o tmp/z.p12 \
	    inst ca
	grep "z.p12' belongs to $user, and its directory to root: remove" err
	gives 2 backup-keys --force --subsystem ca -w root/pw inst tmp/z.p12
	test "$(stat -c '%u %s' tmp/z.p12)" = "$user 0"
	unharmed
EOF

it 'writes nothing where others can write and delete' <<-\EOF
	fresh_instance
	mkdir -m 777 open.d
	cp inst/conf/ca/CS.cfg open.d/CS.cfg
	ln -s CS.cfg open.d/link.cfg
	exits 0 cfgget cs.type open.d/CS.cfg >out
	gives 2 cfgget cs.type open.d/link.cfg
	grep "symbolic link in a directory of root's that others can write" err
	gives 2 cfgset -i --no-log open.d/CS.cfg ca.y=2
	grep 'in a directory of root.s that others can write: ' err
	gives 2 p12export --iterations 1000 -w root/pw -o open.d/x.p12 inst ca
	test "$(ls open.d)" = "$(printf '%s\n' CS.cfg link.cfg)"
	chmod 775 open.d
	gives 2 cfgset -i --no-log open.d/CS.cfg ca.y=2
	chmod 755 open.d
	exits 0 cfgset -i --no-log open.d/CS.cfg ca.y=2 >out
EOF

# -- recipes ----------------------------------------------------------------

it "runs no module that the user names, or runs it as the user" <<-\EOF
	needs certutil
	fresh_instance
	cat >evil.c <<-END
	#include <stdio.h>
	#include <unistd.h>
	__attribute__((constructor)) static void
	go(void)
	{
		FILE *f = fopen("$PWD/inst/ran", "a");

		if (f != NULL) {
			fprintf(f, "%d %d %d\\n", (int)geteuid(),
			    (int)getuid(), (int)getsid(0) == (int)getpid());
			fclose(f);
		}
	}
	END
	cc -shared -fPIC -o evil.so evil.c
	chmod 755 evil.so
	cat >inst/alias/pkcs11.txt <<-END
	library=
	name=NSS Internal PKCS #11 Module
	parameters=configdir='sql:$PWD/inst/alias'
	NSS=Flags=internal,critical

	library=$PWD/evil.so
	name=HSM

	END
	chown $user:$user inst/alias/pkcs11.txt
	# It does run where certutil is run as it is.
	as_user certutil -L -d inst/alias >out
	test -s inst/ran
	rm inst/ran
	rekey-fix -n inst >out 2>err || :
	backup-keys --subsystem ca -w root/pw inst x.p12 >out 2>err || :
	new-clone --subsystem ca -w root/pw inst y.p12 y.cfg >out 2>err || :
	nssls inst >out 2>err || :
	cfglint --db inst inst >out 2>err || :
	clonecheck inst inst >out 2>err || :
	exits 1 test -e inst/ran
	gives 2 rekey-fix -n --token HSM inst
	exits 0 test -s inst/ran
	sort -u inst/ran >got
	echo "$user $user 1" | same - got
	unharmed

	# All may be root's but what certutil loads.
	tried () {
		rm -f inst/ran
		gives 2 rekey-fix -n --token HSM "$1"
		grep "^asowner: .*$2" err
		exits 1 test -e inst/ran
	}
	chown 0:0 inst inst/alias/*
	chown 0:$user inst/alias
	for mode in 770 1777
	do
		chmod $mode inst/alias
		tried inst 'users other than root can write'
	done
	chown 0:0 inst/alias
	chmod 755 inst/alias
	chown $user inst/alias/pkcs11.txt
	tried inst "pkcs11.txt' belongs to $user"

	# A colon does not end a scheme in the name of an instance.
	mkdir -p x/alias
	chown -R $user inst
	mv inst inst:x
	mkdir inst
	chown $user inst
	gives 2 rekey-fix -n --token HSM inst:x
	gives 2 rekey-fix -n --token HSM -d sql:inst:x/alias inst:x
	sort -u inst/ran >got
	echo "$user $user 1" | same - got
	mv inst/ran .
	mv inst:x sql:x
	gives 2 rekey-fix -n --token HSM sql:x
	sort -u inst/ran >got
	echo "$user $user 1" | same - got
	unharmed
EOF

# A certutil that keeps what it gets.
keeping_certutil () {
	mkdir -m 755 stub
	cat >stub/certutil <<-\END
	#!/bin/sh
	id -u >>inst/ran
	cat >>inst/ran
	END
	chmod 755 stub/certutil
}

it "gives nothing to a token's certutil but its password" <<-\EOF
	fresh_instance
	keeping_certutil
	rekey () {
		PATH=$PWD/stub:$PATH gives 2 timeout 600 rekey-fix -n --token HSM "$@"
	}
	ran () {
		printf '%s\n' $user "$@" | same - inst/ran
		rm inst/ran
	}
	echo "hardware-HSM=token" >inst/conf/password.conf
	echo lines for root >root/list
	rekey inst <root/list
	ran token
	as_user sh -c 'echo theirs >inst/conf/pw'
	rekey -p inst/conf/pw inst <root/list
	ran theirs
	rekey -p root/pw inst <root/list
	ran bundle.password
	# What root has opened is for root to choose.
	echo piped | rekey -p /dev/stdin inst
	ran piped
	PATH=$PWD/stub:$PATH gives 2 bash -c \
	    'rekey-fix -n --token HSM -p <(echo substituted) inst'
	ran substituted
	as_user ln -sf "$PWD/root/secret" inst/conf/pw
	rekey -p inst/conf/pw inst
	grep '^asowner: cannot open' err
	as_user rm inst/conf/pw
	as_user mkfifo inst/conf/pw
	rekey -p inst/conf/pw inst
	grep "^asowner: 'inst/conf/pw' is not a regular file" err
	exits 1 test -e inst/ran
	as_user mv inst/conf/pw inst/conf/password.conf
	rekey inst <root/list
	grep "^asowner: .*password.conf' is not a regular file" err
	as_user ln -sf "$PWD/root/secret" inst/conf/password.conf
	rekey inst <root/list
	grep '^asowner: cannot find' err
	rm root/list
	unharmed
EOF

it "gives root's standard input to no command of a recipe" <<-\EOF
	fresh_instance
	mkdir stub
	for command in grep restorecon rm
	do
		cat >stub/$command <<-END
		#!/bin/sh
		test "\$(id -u)" -ne $user || cat >>"$PWD/inst/ran"
		exec $(command -v $command || echo true) "\$@"
		END
	done
	printf '#!/bin/sh\n' >stub/selinuxenabled
	chmod -R 755 stub
	echo "$secret" >root/list
	as_user mkdir inst/out
	PATH=$PWD/stub:$PATH gives 1 new-clone --subsystem ca -w root/pw inst \
	    inst/out/x.p12 inst/out/o.cfg <root/list
	(
		PATH=$PWD/stub:$PATH name=test
		. "$tap_top/share/recipes/common.sh"
		remove inst/out/o.cfg <root/list
	)
	exits 1 test -e inst/out/o.cfg
	exits 0 test -e inst/ran
	exits 1 test -s inst/ran
	rm root/list
	unharmed
EOF

it "removes what is another user's in a directory of root's" <<-\EOF
	fresh_instance
	(
		name=test
		. "$tap_top/share/recipes/common.sh"
		: >root/x.p12
		chown $user root/x.p12
		remove root/x.p12
		as_user ln -s "$PWD/root" inst/out
		remove inst/out/secret
	)
	unharmed
EOF

it 'makes no file through a link, and takes no command for a host name' <<-\EOF
	fresh_instance
	as_user ln -s "$PWD/root/zz.sh" inst/override.cfg
	as_user ln -s "$PWD/root/zz.p12" inst/x.p12
	gives 2 new-clone --subsystem ca -w root/pw inst inst/ca.p12 inst/override.cfg
	gives 2 new-clone --subsystem ca -w root/pw inst inst/x.p12 inst/o.cfg
	gives 2 backup-keys --subsystem ca -w root/pw inst inst/x.p12
	gives 2 backup-keys --force --subsystem ca -w root/pw inst inst/x.p12
	gives 2 clonecfg -o inst/override.cfg inst
	gives 2 clonecfg --force -o inst/override.cfg inst
	for name in ca.p12 o.cfg
	do
		exits 1 test -e inst/$name
	done
	unharmed
	while read -r key value
	do
		grep -v "^$key=" "$sample/master.cfg" >inst/conf/ca/CS.cfg
		printf '%s=%b\n' "$key" "$value" >>inst/conf/ca/CS.cfg
		gives 2 clonecfg -o root/o.cfg inst
		same /dev/null out
		grep "^clonecfg: inst/conf/ca/CS.cfg:[0-9]*: .*$key" err
		exits 1 test -e root/o.cfg
	done <<-\END
	machineName $(id>RAN)
	machineName ca.example.com;id
	securitydomain.host -oProxyCommand=id
	securitydomain.httpsadminport 8443x
	proxy.securePort 99999
	securitydomain.name x\033[2Jpki_ds_password=stolen
	internaldb.database x\033[2Jpki_backup_keys=True
	END
	# For the server, too, CR is the end of the line.
	grep -v '^securitydomain.name=' "$sample/master.cfg" \
	    >inst/conf/ca/CS.cfg
	printf 'securitydomain.name=x\rpki_ds_password=stolen\n' \
	    >>inst/conf/ca/CS.cfg
	gives 0 clonecfg -o root/o.cfg inst
	exits 1 grep stolen root/o.cfg
	rm root/o.cfg
EOF

it 'takes nothing that a CS.cfg says for an option or a command' <<-\EOF
	fresh_instance
	cp inst/conf/ca/CS.cfg copy
	for type in "--output=$PWD/root/evil" CA\\033 'CA;id' '-x' ''
	do
		{ grep -v '^cs.type=' copy; echo "cs.type=$type"; } \
		    >inst/conf/ca/CS.cfg
		gives 2 backup-keys -w root/pw inst x.p12
		gives 2 new-clone -w root/pw inst x.p12 o.cfg
		exits 1 test -e x.p12
		exits 1 test -e o.cfg
	done
	# The unit that somebody is told to restart.
	for name in 'x;id>RAN;' '-x' 'a b'
	do
		mkdir -p "etc/pki/$name/ca"
		cp copy "etc/pki/$name/ca/CS.cfg"
		chown -R $user:$user "etc/pki/$name"
		gives 0 cfgset -i --no-log "etc/pki/$name/ca/CS.cfg" ca.y=2
		grep 'restart the server that reads it' err
	done
	unharmed
EOF

it "refuses a host name that is an option to the command that goes there" <<-\EOF
	fresh_instance
	cp -a inst other
	for recipe in 'promote-clone --redirect=ca2.example.com:8443' ocsp-swap
	do
		gives 2 $recipe --rsh 'touch ran; echo' -- \
		    -oProxyCommand=id:inst other:inst
		grep "not a host name: '-oProxyCommand=id'" err
		exits 1 test -e ran
	done
EOF

it 'keeps no state where others can write' <<-\EOF
	fresh_instance
	as_user mkdir -m 700 inst/state
	mkdir -m 777 open.d
	for state in inst/state open.d
	do
		gives 2 nightly-check --state $state true
		grep -e 'users can write in' -e 'belongs to another user' err
		gives 2 config-sync --state $state --fetch cat \
		    "$PWD/inst/conf/ca/CS.cfg=$PWD/root/master.cfg"
		grep -e 'users can write in' -e 'belongs to another user' err
		test -z "$(ls $state)"
	done
	as_user rmdir inst/state
	as_user ln -s "$PWD/root" inst/state
	gives 2 nightly-check --state inst/state --name check false
	gives 2 nightly-check --state inst/made/state --name check false
	exits 1 test -e inst/made
	unharmed
	# Nor is what root has made looked at by where it leads alone.
	ln -s "$PWD/inst/state" root/link
	root_is >before
	gives 2 nightly-check --state root/link --name check false
	unharmed
	gives 1 nightly-check --state root/new/state --name check false
	test "$(stat -c %a root/new/state)" = 700
EOF

# A p12export that waits until it may go on.
slow_export () {
	mkdir -p slow
	cat >slow/p12export <<-END
	#!/bin/sh
	touch "$PWD/began"
	until test -e "$PWD/go"
	do
		sleep 0.05
	done
	exec "$(command -v p12export)" "\$@"
	END
	chmod 755 slow/p12export
}

it 'removes no file that another run has made' <<-\EOF
	fresh_instance
	slow_export
	for recipe in backup-keys new-clone
	do
		rm -f began go
		set -- --subsystem ca -w root/pw inst ca.p12
		test $recipe = backup-keys || set -- "$@" o2.cfg
		PATH=$PWD/slow:$PATH $recipe "$@" >out2 2>err2 &
		slow=$!
		until test -e began
		do
			sleep 0.05
		done
		# While it works on the bundle, another recipe is refused.
		for name in ca.p12 ./inst/../ca.p12 "$PWD/ca.p12"
		do
			gives 2 backup-keys --subsystem ca -w root/pw inst "$name"
			grep "another recipe is running on '$name'" err
		done
		# By hand it can be made, and stays.
		exits 0 p12export --iterations 1000 -w root/pw -o ca.p12 inst \
		    ca >out
		touch go
		exits 2 wait $slow
		test -s ca.p12
		exits 1 test -e o2.cfg
		# The same where the slow run is interrupted.
		rm -f began go
		PATH=$PWD/slow:$PATH $recipe "$@" >out2 2>err2 &
		slow=$!
		until test -e began
		do
			sleep 0.05
		done
		kill -TERM $slow
		touch go
		exits 2 wait $slow
		test -s ca.p12
		exits 1 test -e o2.cfg
		rm ca.p12
	done
EOF

it 'puts no password into a file' <<-\EOF
	fresh_instance
	mkdir stub tmp
	# All of the recipe, whatever part of it has called; certutil is in a
	# session of its own.
	printf '#!/bin/sh\nkill -9 0\n' >stub/certutil
	cp stub/certutil stub/nssls
	cat >stub/asowner <<-END
	#!/bin/sh
	case \$* in
	*certutil*) touch "$PWD/asked"; kill -9 0 ;;
	esac
	exec "$(command -v asowner)" "\$@"
	END
	chmod 755 stub/*
	echo 'hardware-HSM=token.password' >>inst/conf/password.conf
	for arguments in '-n inst' '-n --token HSM inst'
	do
		TMPDIR=$PWD/tmp PATH=$PWD/stub:$PATH \
		    exits 137 setsid -w rekey-fix $arguments >out 2>&1
		# It had begun.
		test "$(ls tmp)"
		exits 1 grep -rF -e Secret.123 -e token.password tmp
		rm -r tmp/*
	done
	test -e asked
EOF

# -- outputs ----------------------------------------------------------------

it 'leaves no bundle where the status is 2, and gives the reason' <<-\EOF
	fresh_instance
	set -- p12export --iterations=1000 -w root/pw
	"$@" -o a.p12 inst ca >/dev/full 2>err || got=$?
	test "$got" -eq 2
	grep 'cannot write standard output: No space left on device' err
	exits 1 test -e a.p12
	"$@" -o - inst ca >/dev/full 2>err || got=$?
	test "$got" -eq 2
	grep 'cannot write standard output: No space left on device' err
	test -z "$(find . -name '.*clonekit*')"
EOF

it 'leaves no bundle that may not be on disk' <<-\EOF
	needs strace
	able 'plain build' plain_build p12export
	fresh_instance
	set -- p12export --iterations=1000 -w root/pw
	gives 2 strace -f -qq -o trace -e trace=fsync \
	    -e inject=fsync:error=EIO:when=2 "$@" -o b.p12 inst ca
	grep INJECTED trace
	exits 1 test -e b.p12
	# One that was to be replaced is what it was.
	echo old >c.p12
	gives 2 strace -f -qq -o trace -e trace=fsync \
	    -e inject=fsync:error=EIO:when=2 "$@" --force -o c.p12 inst ca
	grep INJECTED trace
	echo old | same - c.p12
	exits 0 "$@" --force -o c.p12 inst ca >out
	exits 0 p12ls -w root/pw c.p12 >out
	test -z "$(find . -name '.*clonekit*')"
EOF

it 'takes no name, and takes none back, that another file has got' <<-\EOF
	needs strace
	able 'plain build' plain_build p12export
	fresh_instance
	# With the bundle written, and with it in place.
	while read -r call output
	do
		rm -f b.p12
		echo other >file
		>trace
		strace -D -qq -o trace -e trace=$call \
		    -e inject=$call:signal=STOP:when=1 \
		    p12export --iterations=1000 -w root/pw -o b.p12 inst ca \
		    >$output 2>err &
		tool=$!
		stopped 1
		mv file b.p12
		kill -CONT $tool
		exits 2 wait $tool
		echo other | same - b.p12
		test -z "$(find . -name '.*clonekit*')"
	done <<-\END
	fsync out
	renameat2 /dev/full
	END
EOF

it 'warns of a password file that every user can read or change' <<-\EOF
	fresh_instance
	chmod 644 root/pw
	gives 0 p12export --iterations=1000 -w root/pw -o a.p12 inst ca
	grep '^p12export: root/pw: every user can read this password file (m' \
	    err
	chmod 622 root/pw
	gives 0 p12ls -w root/pw a.p12
	grep 'every user can change this password file (mode 0622): chmod' err
	# By the time that somebody runs it, the user may have put a link there.
	as_user sh -c 'echo bundle.password >inst/pw'
	chmod 644 inst/pw
	gives 0 p12ls -w inst/pw a.p12
	grep ': asowner inst/pw chmod o= inst/pw$' err
	chmod 640 root/pw
	gives 0 p12ls -w root/pw a.p12
	same /dev/null err
EOF

tap_done
