#!/bin/sh
# SPDX-License-Identifier: MIT
# A command that root runs on another user's files gets that user's rights, and
# nothing of root's.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# A directory of user 12345, who has no name and no groups.
chmod 711 "$tap_home" "$tap_home/scratch"
mkdir theirs ours
printf 'text\n' >theirs/file
test "$(id -u)" -ne 0 || chown -R 12345:54321 theirs

it 'runs a command as it is where nobody else is concerned' <<-\EOF
	exits 0 asowner ours id -u >got
	id -u | same - got
	exits 7 asowner ours sh -c 'exit 7'
	exits 0 asowner ours env >got
	exits 0 env >want
	grep -v '^_=' want | sort >want.sorted
	grep -v '^_=' got | sort >got.sorted
	same want.sorted got.sorted
EOF

it 'has all ids of the owner, no groups, and gets no others' <<-\EOF
	root
	exits 0 asowner theirs sh -c \
	    'grep -E "^(Uid|Gid|Groups|NoNewPrivs):" /proc/self/status' >got
	tr -s '\t ' ' ' <got >squeezed
	printf '%s\n' 'Uid: 12345 12345 12345 12345' \
	    'Gid: 54321 54321 54321 54321' 'Groups: 54321' 'NoNewPrivs: 1' |
	    sed 's/Groups: 54321/Groups: /' | sed 's/ $//' >want
	sed 's/ $//' squeezed | same want -
EOF

it "has the groups of an owner who has a name" <<-\EOF
	root
	mkdir named
	chown nobody named
	exits 0 asowner named id >got
	id nobody >want
	same want got
EOF

it 'is decided by the first directory that root does not own' <<-\EOF
	root
	mkdir -p theirs/roots
	: >theirs/roots/file
	chmod 755 theirs theirs/roots
	exits 0 asowner theirs/roots/file id -u >got
	echo 12345 | same - got
	(cd theirs/roots && exits 0 asowner . id -u) >got
	echo 12345 | same - got
	# A file in a directory of root's is root's to use.
	cp theirs/file ours
	chown 12345 ours/file
	exits 0 asowner ours/file id -u >got
	echo 0 | same - got
EOF

it 'has a session of its own, and no file and no terminal of the caller' <<-\EOF
	root
	exec 7<ours
	exits 0 asowner theirs sh -c 'ls /proc/self/fd; ps -o tty= -p $$;
	    test "$(ps -o sid= -p $$)" -eq $$ && echo leads' >got
	exec 7<&-
	printf '%s\n' 0 1 2 3 '?' leads >want
	tr -d ' ' <got | same want -
EOF

it 'keeps few variables, and those that are asked for' <<-\EOF
	root
	SECRET=1 TOKEN=2 LANG=C exits 0 asowner -e TOKEN theirs env >got
	exits 1 grep SECRET got
	grep '^TOKEN=2$' got
	grep '^PATH=' got
	grep '^HOME=/$' got
	grep '^USER=12345$' got
EOF

it 'passes its streams on, and the status' <<-\EOF
	root
	echo from outside >in
	gives 3 asowner theirs sh -c \
	    'cat; cat /dev/stdin; echo words >&2; exit 3' <in
	same in out
	echo words | same - err
	head -c 3000000 /dev/zero | exits 0 asowner theirs wc -c >got
	echo 3000000 | same - got
	head -c 3000000 /dev/urandom >in
	gives 0 asowner theirs cat <in
	same in out
	exits 137 asowner theirs sh -c 'kill -9 $$'
EOF

it 'lets no control character through to standard error' <<-\EOF
	root
	exits 0 asowner theirs printf '\033]0;title\007\033[31m\n' >out
	printf '\033]0;title\007\033[31m\n' | same - out
	gives 0 asowner theirs sh -c 'printf "\033[31mred\n" >&2'
	echo '?[31mred' | same - err
EOF

it 'stops what does not end, and what it has started' <<-\EOF
	root
	gives 2 asowner --timeout 1 theirs sh -c 'sleep 1000 & echo $!; sleep 1000'
	echo "asowner: 'sh' was stopped after 1 s (see --timeout)" | same - err
	# Killed, if perhaps not yet buried.
	ps -o stat= -p "$(cat out)" >state || :
	exits 1 grep -v '^Z' state
	# What has left the session holds nothing up.
	gives 2 asowner -t 1 theirs sh -c 'setsid sleep 20 & sleep 1000'
	gives 2 asowner theirs cat /dev/zero
	grep "'cat' writes more than" err
EOF

it 'says what cannot be run, in a line' <<-\EOF
	gives 2 asowner ours no-such-command
	echo "asowner: cannot run 'no-such-command': No such file or directory" |
	    same - err
	gives 2 asowner missing/file id
	grep "^asowner: cannot find 'missing/file': No such file" err
	gives 2 asowner -t 0 ours id
	gives 2 asowner ours
EOF

it 'does nothing where the rights cannot be changed' <<-\EOF
	root
	needs capsh
	gives 2 capsh --drop=cap_setuid,cap_setgid -- -c \
	    "asowner theirs touch made"
	grep '^asowner: .*12345: Operation not permitted' err
	test ! -e made
EOF

tap_done
