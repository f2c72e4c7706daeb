#!/bin/sh
# SPDX-License-Identifier: MIT
# A writer that fails or dies at whatever point leaves the old file or the
# new one, and what it leaves besides the next run clears.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# The calls from the first one that names CS.cfg on, as CALL and the NUMBER
# that strace's when= means.
# shellcheck disable=SC2317 # called in the bodies
list_calls () {
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/& \1/p' "$1" | awk '
	/CS\.cfg/ && !/ execve$/ { on = 1 }
	{ number[$NF]++ }
	on { print $NF, number[$NF] }'
}

# hit_all FAULT [STEP]: each call, one after another; or, unless LONG, each
# STEPth, and all that change something.  exit_group() and the waking of threads
# (futex, on which libc aborts) cannot fail, and brk() does not say by an error
# that it did.
# shellcheck disable=SC2317 # called in the bodies
hit_all () {
	case $1 in
	error=*) grep -v -e '^exit_group ' -e '^brk ' -e '^futex ' ;;
	*) cat ;;
	esac | awk -v step="${2-1}" -v long="${LONG-}" '
	long != "" || NR % step == 0 ||
	/^(fsync|linkat|renameat2|unlinkat|write|fchmod|fchown|fsetxattr|flock) /' |
	    sed "s/\$/ $1/" | xargs -P 2 -n 3 "$tap_top/t/lib/fault"
}

if ! plain_build cfgpatch
then
	echo '1..0 # SKIP strace would trace sanitizers or valgrind, too'
	exit 0
fi

# A server may be any process there is: let there be the same ones each time.
# Where that is not allowed, do without the look at them.
ALONE='' COMMAND=''
for how in '' '--map-root-user'
do
	try="unshare $how --pid --fork --mount-proc"
	if test -z "$ALONE" && $try true 2>/dev/null
	then
		ALONE=$try
	fi
done
edit="cfgpatch -i CS.cfg $tap_home/scratch/edits" undo='cfgpatch --undo CS.cfg'
if test -z "$ALONE"
then
	edit="$edit --force" undo="$undo --force"
fi
export ALONE COMMAND

it 'edits a file of 90 KB, and every system call is seen' <<-\EOF
	needs strace
	needs getfattr
	# Others do not see the arguments of a process that guards itself.
	test -n "$ALONE" || root
	big_cfg >old
	sed 's/\(Interval=\)600/\10/; s/\(Updates=\)true/\1false/' old >new
	exits 0 cfgdiff -a --edits old new >edits
	chmod 660 old
	test "$(id -u)" -ne 0 || chown 65534:65534 old
	chmod g+s old
	# One thing more to keep, where the file system can.
	setfattr -n user.note -v kept old || :
	what_it_is old | sed 's/# file: old/# file: CS.cfg/' >old.is

	mkdir -p clean/case
	cp --preserve=all old clean/case/CS.cfg
	cd clean/case
	exits 0 $ALONE strace -f -o ../trace $edit >../got
	cd ..
	same ../edits got
	same ../new case/CS.cfg
	list_calls trace >../calls
	# All is on disk before it is there, and its name before it is done.
	sed -n 's/ .*//; /^fsync$/p; /^linkat$/p; /^renameat2$/p' ../calls >got
	printf '%s\n' fsync fsync linkat renameat2 fsync >want
	same want got
EOF

for fault in error=EIO 'error=ENOSPC 6' 'error=EACCES 6' signal=SIGKILL
do
	it "keeps the old file or the new one with ${fault% *} at each call" <<-\EOF
		needs strace
		needs getfattr
		COMMAND=$edit
		hit_all $fault <calls >broken
		same /dev/null broken
	EOF
done

it "sees every system call where root works with the owner's rights" <<-\EOF
	needs strace
	root
	mkdir -p theirs/clean/case
	chmod 711 "$tap_home" "$tap_home/scratch"
	cp --preserve=all old new edits old.is theirs
	cd theirs
	chown 65534:65534 clean/case
	cp --preserve=all old clean/case/CS.cfg
	cd clean/case
	exits 0 $ALONE strace -f -o ../trace $edit >../got
	cd ..
	same ../edits got
	list_calls trace >../calls
	grep '^setresuid ' ../calls
EOF

for fault in error=EIO error=EPERM signal=SIGKILL
do
	it "and keeps the old file or the new one with $fault at each" <<-\EOF
		needs strace
		needs getfattr
		root
		OWNER=65534:65534
		export OWNER
		COMMAND=$edit
		cd theirs
		hit_all $fault 6 <calls >broken
		same /dev/null broken
	EOF
done

it 'undoes an edit, and every system call is seen' <<-\EOF
	needs strace
	needs getfattr
	mkdir -p undo/clean/case
	cp --preserve=all new undo/old
	cp --preserve=all old undo/new
	cd undo
	what_it_is old | sed 's/# file: old/# file: CS.cfg/' >old.is
	cp new CS.cfg.clonekit.20200101T000000.000000Z
	cp --preserve=all old clean/case/CS.cfg
	cp CS.cfg.* clean/case
	cd clean/case
	exits 0 $ALONE strace -f -o ../trace $undo >../../edits
	same ../../new CS.cfg
	list_calls ../trace >../../calls
EOF

for fault in error=EIO signal=SIGKILL
do
	it "undoes it or keeps it with $fault at each call" <<-\EOF
		needs strace
		needs getfattr
		COMMAND=$undo
		cd undo
		hit_all $fault 6 <calls >broken
		same /dev/null broken
	EOF
done

it 'keeps the old file on a full disk, and says so in a line' <<-\EOF
	able 'right to mount' unshare -m mount -t tmpfs -o size=96k tmpfs .
	mkdir disk
	unshare -m sh -ex <<-\END
	mount -t tmpfs -o size=96k tmpfs disk
	cp old disk/CS.cfg
	status=0
	cfgpatch -i disk/CS.cfg edits >out 2>err || status=$?
	echo $status >status
	ls -A disk >left
	cp disk/CS.cfg after
	END
	test "$(cat status)" -eq 2
	same old after
	same /dev/null out
	echo "cfgpatch: cannot write beside '$PWD/disk/CS.cfg':" \
	    'No space left on device' >want
	same want err
	echo CS.cfg >want
	same want left
EOF

it 'keeps the old file where a size limit cuts the new one' <<-\EOF
	mkdir limit
	cp old limit/CS.cfg
	( ulimit -f 80 && exits 2 cfgpatch -i limit/CS.cfg edits ) >out 2>err
	same old limit/CS.cfg
	same /dev/null out
	grep "^cfgpatch: cannot write beside '.*': File too large\$" err
	test "$(ls -A limit)" = CS.cfg
	exits 0 cfgpatch -i limit/CS.cfg edits
	same new limit/CS.cfg
EOF

it 'clears what a killed writer left, and nothing of anybody else' <<-\EOF
	mkdir dead
	cp old dead/CS.cfg
	cd dead
	: >.CS.cfg.clonekit-abc123
	: >.CS.cfg.clonekit-abc1234
	: >.CS.cfg.swp
	: >.other.clonekit-abc123
	exits 0 cfgpatch -i CS.cfg ../edits
	test ! -e .CS.cfg.clonekit-abc123
	test -e .CS.cfg.clonekit-abc1234
	test -e .CS.cfg.swp
	test -e .other.clonekit-abc123
EOF

for signal in HUP INT TERM
do
	it "removes its temporary when it dies by SIG$signal" <<-\EOF
		needs strace
		rm -rf dying
		mkdir dying
		cp old dying/CS.cfg
		cd dying
		status=0
		strace -o ../trace -e trace=fsync \
		    -e inject=fsync:signal=SIG$signal:when=1 \
		    cfgpatch -i CS.cfg ../edits || status=$?
		test "$status" -gt 128
		same ../old CS.cfg
		test "$(ls -A)" = CS.cfg
	EOF
done

it 'goes on where nohup told it to ignore a SIGHUP' <<-\EOF
	needs strace
	mkdir hangup
	cp old hangup/CS.cfg
	cd hangup
	trap '' HUP
	exits 0 strace -o ../trace -e trace=fsync \
	    -e inject=fsync:signal=SIGHUP:when=1 cfgpatch -i CS.cfg ../edits
	grep SIGHUP ../trace
	same ../new CS.cfg
EOF

tap_done
