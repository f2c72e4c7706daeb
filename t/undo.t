#!/bin/sh
# SPDX-License-Identifier: MIT
# The backups of edits in place: how many, their names, and the way back.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# strace and the leak checker both want to trace.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS

# -- what it leaves --------------------------------------------------------

it 'keeps five backups, named by the time, the last one last' <<-\EOF
	fresh
	before=$(date +%Y%m%dT%H%M%S)
	for i in 10 11 12 13 14 15 16
	do
		exits 0 cfgset -i CS.cfg a=$i
	done
	after=$(date +%Y%m%dT%H%M%S)
	backups >list
	cat list
	test "$(wc -l <list)" -eq 5
	stamp='[0-9]\{8\}T[0-9]\{6\}'
	exits 1 grep -v "^\./CS\.cfg\.clonekit\.$stamp\.[0-9]\{6\}Z\$" list
	{
		echo "./CS.cfg.clonekit.$before"
		cat list
		echo "./CS.cfg.clonekit.$after.999999Z"
	} >in-time
	sort -c in-time
	for backup in $(cat list)
	do
		sed -n 's/^a=//p' "$backup"
	done >got
	printf '%s\n' 11 12 13 14 15 >want
	same want got
EOF

it 'lists the backups, the newest first, and what was changed after each' <<-\EOF
	fresh
	exits 0 cfgset -i CS.cfg a=5
	exits 0 cfgset -i CS.cfg a=6 n.w=1
	exits 0 cfgset -i CS.cfg n.w=2
	gives 0 cfgpatch --undo --list CS.cfg
	cut -f 2 out >keys
	printf '%s\n' n.w 'a n.w' a | same - keys
	backups | sort -r | sed 's|^\./||' >names
	cut -f 1 out >got
	same names got
	exits 0 cfgpatch --undo --list --columns keys --header CS.cfg |
	    head -1 | grep -x keys
	exits 0 grep '^n.w=2$' CS.cfg
EOF

it 'undoes to the backup that is named, and says so where there is none' <<-\EOF
	fresh
	for i in 5 6 7 8
	do
		exits 0 cfgset -i CS.cfg a=$i
	done
	cfgpatch --undo --list CS.cfg | sed -n '3s/\t.*//p' >name
	gives 0 cfgpatch --undo CS.cfg "$(cat name)"
	exits 0 grep '^a=5$' CS.cfg
	# What it replaced is a backup in its turn.
	gives 0 cfgpatch --undo CS.cfg
	exits 0 grep '^a=8$' CS.cfg
	# Its path is as good, wherever that leads.
	gives 0 cfgpatch --undo CS.cfg "./$(cat name)"
	exits 0 grep '^a=5$' CS.cfg
	cp CS.cfg before
	for none in CS.cfg CS.cfg.clonekit.20260101T000000.000000Z old ''
	do
		gives 2 cfgpatch --undo CS.cfg "$none"
		echo "cfgpatch: 'CS.cfg' has no backup '$none' (cfgpatch" \
		    '--undo --list prints their names)' | same - err
		same before CS.cfg
	done
EOF

it 'prints what it would undo, and does nothing' <<-\EOF
	fresh
	exits 0 cfgset -i CS.cfg a=5
	cp CS.cfg before
	backups >names
	gives 0 cfgpatch --undo -n CS.cfg
	mv out wanted
	same before CS.cfg
	backups | same names -
	gives 0 cfgpatch --undo CS.cfg
	same wanted out
	same ../old CS.cfg
EOF

# The server takes a new range while it runs.
it 'does not give back the numbers that a server has taken meanwhile' <<-\EOF
	fresh
	printf '%s\n' dbs.beginSerialNumber=1 dbs.endSerialNumber=ff >>CS.cfg
	exits 0 cfgset -i CS.cfg a=5 >edits
	sed -i 's/^\(dbs.endSerialNumber\)=.*/\1=1fe/' CS.cfg
	cp CS.cfg before
	for n in '' -n
	do
		gives 1 cfgpatch --undo $n CS.cfg
		same before CS.cfg
		same /dev/null out
		test "$(wc -l <err)" -eq 1
		grep "CS.cfg: refused: the server has written 'dbs.endSer" err
		sed -n 's/.*: \(cfgpatch -i -R .* EDITS\), with.*/\1/p' err >run
	done
	# As printed.
	mv edits EDITS
	gives 0 sh -ex ./run
	exits 0 grep '^dbs.endSerialNumber=1fe$' CS.cfg
	exits 1 grep '^a=5$' CS.cfg
	cfgpatch --undo --list CS.cfg | sed -n '$s/\t.*//p' >first
	gives 0 cfgpatch --undo --force CS.cfg "$(cat first)"
	exits 1 grep 1fe CS.cfg
	# Wherever the file is.
	mkdir "it's here"
	mv CS.cfg "it's here"
	exits 0 cfgset -i "it's here" a=6 >EDITS
	sed -i 's/^\(dbs.endSerialNumber\)=.*/\1=1fe/' "it's here/CS.cfg"
	gives 1 cfgpatch --undo "it's here"
	sed -n 's/.*: \(cfgpatch -i -R .* EDITS\), with.*/\1/p' err >run
	gives 0 sh -ex ./run
	exits 1 grep '^a=6$' "it's here/CS.cfg"
	exits 0 grep '^dbs.endSerialNumber=1fe$' "it's here/CS.cfg"
EOF

it 'takes no backup that is dated in the future, and makes room for others' <<-\EOF
	fresh
	for stamp in 20990101T000000.999999 99999999T999999.999999 \
	    20261301T000000.000000 00000000T000000.000000
	do
		echo a=planted >CS.cfg.clonekit.${stamp}Z
	done
	exits 0 cfgset -i CS.cfg a=5
	exits 0 cfgset -i CS.cfg a=6
	gives 0 cfgpatch --undo CS.cfg
	exits 0 grep '^a=5$' CS.cfg
	grep "passed over 4 files with the name of a backup, such as 'CS.cfg" \
	    err
	grep -l planted CS.cfg.clonekit.* >got
	test "$(wc -l <got)" -eq 4
	# The one that is named is passed over for the reason that is given.
	mkdir CS.cfg.clonekit.00000000T000000.000001Z
	rm CS.cfg.clonekit.00000000T000000.000000Z
	gives 0 cfgpatch --undo CS.cfg
	grep "such as '.*.clonekit.00000000T000000.000001Z': it is not a" err
EOF

it 'takes no backup that is a link, a pipe or a directory' <<-\EOF
	fresh
	exits 0 cfgset -i CS.cfg a=5
	echo a=secret >../secret
	ln -s ../secret CS.cfg.clonekit.20260901T000000.000000Z
	mkfifo CS.cfg.clonekit.20260902T000000.000000Z
	mkdir CS.cfg.clonekit.20260903T000000.000000Z
	gives 0 cfgpatch --undo CS.cfg
	same ../old CS.cfg
	find . -name 'CS.cfg.clonekit*' -type f -exec rm {} +
	gives 2 cfgpatch --undo CS.cfg
	sed 1d err >last
	echo "cfgpatch: 'CS.cfg' has no backup to go back to" | same - last
	same ../old CS.cfg
EOF

it 'counts no file of another name as a backup' <<-\EOF
	fresh
	for name in CS.cfg.clonekit CS.cfg.clonekit.old \
	    CS.cfg.clonekit.20200101T000000Z \
	    CS.cfg.clonekit.20200101T000000.000000Z.gz \
	    CS.cfg.bak.clonekit.20200101T000000.000000Z
	do
		echo a=other >"$name"
	done
	ls -A >../before
	exits 2 cfgpatch --undo CS.cfg
	for i in 1 2 3 4 5 6
	do
		exits 0 cfgset -i CS.cfg b=$i.
	done
	ls -A | grep -v '^CS\.cfg\.clonekit\.2[0-9T]*\.[0-9]\{6\}Z$' >../after
	same ../before ../after
EOF

it 'undoes, and undoes that' <<-\EOF
	fresh
	printf '# a comment\r\nz : 1\n\na=1\nb=2\n c=3' >CS.cfg
	cp CS.cfg first
	exits 0 cfgset -i CS.cfg a=9 z=2 -d b
	cp CS.cfg second
	gives 0 cfgpatch --undo CS.cfg
	mv out edits
	same first CS.cfg
	test "$(stat -c %a CS.cfg)" = 660
	sed -n 1p err | grep "^cfgpatch: 'CS.cfg' is as it was in '$PWD/CS.cfg\."
	exits 0 cfgpatch -R CS.cfg edits >got
	same second got
	exits 0 cfgpatch --undo CS.cfg
	same second CS.cfg
	exits 0 cfgpatch --undo CS.cfg
	same first CS.cfg
EOF

it 'says that there is nothing to undo' <<-\EOF
	fresh
	gives 2 cfgpatch --undo CS.cfg
	same /dev/null out
	echo "cfgpatch: 'CS.cfg' has no backup to go back to" >want
	same want err
	same ../old CS.cfg
EOF

it 'writes nothing when the backup is what is there' <<-\EOF
	fresh
	exits 0 cfgpatch -i CS.cfg ../edits
	cat ../old >CS.cfg
	stat -c '%i %y' CS.cfg >before
	exits 0 cfgpatch --undo CS.cfg >got
	printf '%s\n' '# clonekit edits 1' . >want
	same want got
	stat -c '%i %y' CS.cfg >after
	same before after
	test "$(backups | wc -l)" -eq 1
EOF

it 'does not go back further where the list of backups breaks off' <<-\EOF
	needs strace
	fresh
	for i in 5 6 7 8 9
	do
		exits 0 cfgset -i CS.cfg a=$i
	done
	rm "$(backups | head -n 1)" "$(backups | sed -n 2p)"
	cp CS.cfg ../now
	sed s/a=9/a=8/ ../now >../want
	awk 'BEGIN { for (i = 0; i < 3000; i++) print "file." i }' |
	    xargs touch
	broken=0 number=0 status=
	until test "$status" = missed
	do
		number=$((number + 1)) status=0
		strace -o ../trace -e trace=getdents64 \
		    -e inject=getdents64:error=EIO:when=$number \
		    cfgpatch --undo --force CS.cfg >../out 2>../err || status=$?
		case $status in
		0)
			same ../want CS.cfg
			cat ../now >CS.cfg
			rm "$(backups | tail -n 1)" ;;
		*)
			test $status -eq 2
			grep 'cannot list the backups' ../err
			same ../now CS.cfg
			broken=$((broken + 1)) ;;
		esac
		grep -q INJECTED ../trace || status=missed
	done
	test $broken -gt 2
EOF

tap_done
