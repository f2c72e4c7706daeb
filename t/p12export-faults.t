#!/bin/sh
# SPDX-License-Identifier: MIT
# A p12export that fails or dies at whatever point leaves no file or the whole
# one, the old one or the new one, and the next run clears the rest.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

if ! plain_build p12export
then
	echo '1..0 # SKIP strace would trace sanitizers or valgrind, too'
	exit 0
fi

# On one core there is one thread, whose calls are always the same.
core=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
make_it="p12export -o out/x.p12 -w ../pw -p ../dbpw --iterations 1 ../db"

# The calls since the output's directory was opened, as CALL and the NUMBER
# that strace's when= means.
list_calls () {
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/& \1/p' "$1" | awk '
	/"\.", O_RDONLY.*O_DIRECTORY/ && !/O_PATH/ { on = 1 }
	{ number[$NF]++ }
	on { print $NF, number[$NF] }'
}

# hit_all FAULT [STEP]: each call, one after another; or, unless LONG, each
# STEPth, and all that change something.  exit_group() cannot fail, brk() does
# not say by an error that it did, and a futex() that fails is an abort of the
# C library.
hit_all () {
	case $1 in
	error=*) grep -v -e '^exit_group ' -e '^brk ' -e '^futex ' ;;
	*) cat ;;
	esac | awk -v step="${2-1}" -v long="${LONG-}" '
	long != "" || NR % step == 0 ||
	/^(fsync|renameat2|unlinkat|write|fchmod|fchown|fsetxattr|flock) /' |
	    sed "s/\$/ $1/" |
	    taskset -c "$core" xargs -n 3 "$tap_top/t/lib/fault-export"
}

it 'makes a bundle, and every system call of it is seen' <<-\EOF
	needs strace
	needs taskset
	echo P12.Secret >pw
	echo secret >dbpw
	database sql db secret
	cert db ca -t CTu,Cu,Cu -k ec -q nistp256
	cert db signing -c ca -t u,u,u -g 1024
	mkdir new force
	for name in pw dbpw db
	do
		ln -s ../$name new
		ln -s ../$name force
	done
	mkdir -p new/clean/out
	cd new/clean
	exits 0 taskset -c $core strace -f -o ../trace $make_it
	p12ls -w ../pw out/x.p12 >../list
	test "$(wc -l <../list)" -eq 2
	cp -p out/x.p12 ../../force/old
	cd ..
	list_calls trace >calls
	test "$(wc -l <calls)" -gt 15
	# All is on disk before it is there, and its name before it is done.
	sed -n 's/ .*//; /^fsync$/p; /^linkat$/p; /^renameat/p' calls >got
	printf '%s\n' fsync renameat2 fsync >want
	same want got
	cp list ../force
EOF

for fault in error=EIO 'error=ENOSPC 6' 'error=EACCES 6' signal=SIGKILL
do
	it "makes it whole or not at all with ${fault% *} at each call" <<-\EOF
		needs strace
		cd new
		COMMAND=$make_it
		export COMMAND
		hit_all $fault <calls >broken
		same /dev/null broken
	EOF
done

it 'replaces a bundle, and every system call is seen' <<-\EOF
	needs strace
	cd force
	mkdir -p clean/out
	cp -p old clean/out/x.p12
	cd clean
	exits 0 taskset -c $core strace -f -o ../trace $make_it --force
	p12ls -w ../pw out/x.p12 >got
	same ../list got
	exits 1 cmp -s out/x.p12 ../old
	list_calls ../trace >../calls
	grep '^renameat2 ' ../calls
EOF

for fault in error=EIO 'error=ENOSPC 6' 'error=EACCES 6' signal=SIGKILL
do
	it "leaves the old or the new one with ${fault% *} at each call" <<-\EOF
		needs strace
		cd force
		COMMAND="$make_it --force"
		export COMMAND
		hit_all $fault <calls >broken
		same /dev/null broken
	EOF
done

it 'leaves no file on a full disk, and says so in a line' <<-\EOF
	able 'right to mount' unshare -m mount -t tmpfs -o size=96k tmpfs .
	mkdir disk
	export12="p12export -w pw -p dbpw --iterations 1 -o disk/x.p12"
	export export12
	unshare -m sh -ex <<-\END
	mount -t tmpfs -o size=96k tmpfs disk
	cp force/old disk/old.p12
	cat /dev/zero >disk/filler || :
	status=0
	$export12 db 2>err || status=$?
	ls -A disk >left
	rm disk/filler
	cp disk/old.p12 disk/x.p12
	cat /dev/zero >disk/filler || :
	$export12 --force db 2>err2 || status=$status,$?
	cmp disk/old.p12 disk/x.p12
	ls -A disk >left2
	rm disk/filler
	$export12 --force db
	p12ls -w pw disk/x.p12 >listed
	echo $status >status
	END
	test "$(cat status)" = 2,2
	echo "p12export: cannot write beside '$PWD/disk/x.p12':" \
	    'No space left on device' >want
	same want err
	same want err2
	printf '%s\n' filler old.p12 >want
	same want left
	printf '%s\n' filler old.p12 x.p12 >want
	same want left2
	same new/list listed
EOF

it 'leaves no file where a size limit cuts it' <<-\EOF
	mkdir limit
	export12="p12export -w pw -p dbpw --iterations 1 -o limit/x.p12"
	( ulimit -f 2 && exits 2 $export12 db ) 2>err
	grep "^p12export: cannot write beside '.*': File too large\$" err
	test -z "$(ls -A limit)"
	cp force/old limit/x.p12
	( ulimit -f 2 && exits 2 $export12 --force db ) 2>err
	same force/old limit/x.p12
	test "$(ls -A limit)" = x.p12
EOF

it 'standard output that ends early is trouble' <<-\EOF
	exits 2 p12export -w pw -p dbpw --iterations 1 -o - db >/dev/full 2>err
	grep '^p12export: cannot write standard output: No space' err
	( ulimit -f 2 && trap '' XFSZ &&
	    exits 2 p12export -w pw -p dbpw --iterations 1 -o - db >cut ) 2>err
	grep '^p12export: cannot write standard output: File too large' err
EOF

for signal in HUP INT TERM
do
	it "removes its temporary when it dies by SIG$signal" <<-\EOF
		needs strace
		rm -rf dying
		mkdir -p dying/out
		ln -s ../pw ../dbpw ../db dying
		mkdir dying/run
		cd dying/run
		mkdir out
		status=0
		strace -f -o ../trace -e trace=fsync \
		    -e inject=fsync:signal=SIG$signal:when=1 \
		    $make_it || status=$?
		test "$status" -gt 128
		grep "SIG$signal" ../trace
		test -z "$(ls -A out)"
	EOF
done

it 'of five at once for one file one makes it, and is told of it' <<-\EOF
	mkdir race
	jobs=
	for i in 1 2 3 4 5
	do
		p12export -w pw -p dbpw --iterations 1 -o race/x.p12 db \
		    2>race.$i &
		jobs="$jobs $!"
	done
	done=0
	for job in $jobs
	do
		status=0
		wait $job || status=$?
		test $status -eq 2 || done=$((done + 1))
		test $status -eq 2 || test $status -eq 0
	done
	test $done -eq 1
	test "$(cat race.* | wc -l)" -eq 4
	p12ls -w pw race/x.p12 >got
	same new/list got
	test "$(ls -A race)" = x.p12
EOF

tap_done
