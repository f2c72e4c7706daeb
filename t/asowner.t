#!/bin/sh
# SPDX-License-Identifier: MIT
# A command that root runs on another user's files gets that user's rights, and
# nothing of root's.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/await.sh
. "$tap_top/t/lib/await.sh"

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
	# Valgrind adds variables of its own.
	sed '/^_=/d' want | sort >want.sorted
	sed '/^_=/d' got | sort >got.sorted
	if plain_build asowner
	then
		same want.sorted got.sorted
	else
		comm -23 want.sorted got.sorted >lost
		exits 1 test -s lost
	fi
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
	# Where root owns all of them, the file's owner does.
	mkdir -m 755 others
	cp theirs/file others
	chown 12345 others/file
	exits 0 asowner others/file id -u >got
	echo 12345 | same - got
	ln -s ../others/file ours/link
	exits 0 asowner ours/link id -u >got
	echo 12345 | same - got
	rm ours/link
EOF

# refused PATH: nothing runs, in one line
refused () {
	gives 2 asowner "$1" touch ran
	test ! -e ran
	test "$(wc -l <err)" -eq 1
	cat err
}

it "gives root's rights only for what nobody else can write" <<-\EOF
	root
	mkdir -m 755 db
	: >db/pkcs11.txt
	chmod 644 db/pkcs11.txt
	exits 0 asowner db id -u >got
	exits 0 asowner db/pkcs11.txt id -u >>got
	printf '0\n0\n' | same - got

	chown :12345 db
	for mode in 775 1775 777 1777
	do
		chmod "$mode" db
		refused db
		refused db/.
		refused db/../db
	done
	grep "^asowner: users other than root can write to 'db/../db' or above" err
	chmod 775 db
	refused db/pkcs11.txt
	# On the way, a sticky directory is root's.
	chmod 1775 db
	exits 0 asowner db/pkcs11.txt id -u >got
	mkdir -m 755 db/below
	exits 0 asowner db/below id -u >>got
	printf '0\n0\n' | same - got
	chmod 775 db
	refused db/below
	grep "^asowner: users other than root can write to 'db/below' or above" err
	(cd db/below && refused .)
	rm -r db/below
	chmod 755 db

	chmod 664 db/pkcs11.txt
	refused db
	grep "^asowner: 'db/pkcs11.txt' belongs to root, and others can write to it" err
	refused db/pkcs11.txt
	chmod 644 db/pkcs11.txt
	chown 12345 db/pkcs11.txt
	refused db
	grep "^asowner: 'db/pkcs11.txt' belongs to 12345, and its directory to root" err
	# What the message says helps.
	chown 12345 db
	exits 0 asowner db id -u >got
	echo 12345 | same - got
EOF

it "follows the links in a directory of root's" <<-\EOF
	root
	mkdir -m 755 linked
	ln -s ../ours/plain linked/pkcs11.txt
	exits 0 asowner linked id -u >got
	: >ours/plain
	exits 0 asowner linked id -u >>got
	printf '0\n0\n' | same - got
	ln -sf ../theirs/file linked/pkcs11.txt
	refused linked
	grep "^asowner: 'linked/pkcs11.txt' belongs to 12345, and its directory" err
	ln -sf ../theirs/missing linked/pkcs11.txt
	refused linked
EOF

it 'goes by the directory alone where only the name matters' <<-\EOF
	root
	mkdir -m 755 names
	: >names/file
	chown 12345 names/file
	exits 0 asowner --name-only names/file id -u >got
	exits 0 asowner -n names/missing id -u >>got
	printf '0\n0\n' | same - got
	exits 0 asowner -n theirs/file id -u >got
	echo 12345 | same - got
	ln -s ../theirs/file names/link
	exits 0 asowner -n names/link rm names/link
	test -e theirs/file
	chmod 1777 names
	exits 0 asowner -n names/file id -u >got
	echo 12345 | same - got
	chmod 777 names
	gives 2 asowner -n names/file rm names/file
	test -e names/file
	grep "^asowner: users other than root can write to 'names/file' or above" err
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

it "is where the owner can get by the directory's path, or in /" <<-\EOF
	root
	here=$PWD
	mkdir -p hidden/open
	chmod 700 hidden
	chmod 755 hidden/open
	echo secret >hidden/open/notes
	chmod 644 hidden/open/notes
	(cd hidden/open && gives 1 asowner "$here/theirs" cat notes)
	exits 1 grep secret hidden/open/out
	(cd hidden/open && exits 0 asowner "$here/theirs" pwd) >got
	echo / | same - got
	exits 0 asowner theirs pwd >got
	pwd | same - got
	exits 0 asowner theirs cat theirs/file >got
	echo text | same - got
	(cd theirs && exits 0 asowner . cat file) >got
	echo text | same - got
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
	# Standard input that has nothing yet is not at its end.
	perl -MFcntl -e 'pipe R, W; fcntl R, F_SETFL, O_NONBLOCK;
	    if (!fork) { open STDIN, "<&R"; close W; exec @ARGV }
	    close R; sleep 1; print W "late\n"; close W; wait;
	    exit $? >> 8' asowner theirs cat >got
	echo late | same - got
	exits 137 asowner theirs sh -c 'kill -9 $$'
EOF

it 'lets no control character through to standard error' <<-\EOF
	root
	exits 0 asowner theirs printf '\033]0;title\007\033[31m\n' >out
	printf '\033]0;title\007\033[31m\n' | same - out
	gives 0 asowner theirs sh -c 'printf "\033[31mred\n" >&2'
	echo '?[31mred' | same - err
EOF

it 'lets no U+0080 to U+009F through, in whatever pieces it comes' <<-\EOF
	root
	gives 0 asowner theirs sh -c 'printf "\302\23331m\303\233\n" >&2'
	printf '?31m\303\233\n' | same - err
	gives 0 asowner theirs sh -c 'printf "\302" >&2; sleep 0.2
	    printf "\23331m\302\302\233\302x\302" >&2'
	printf '?31m\302?\302x?' | same - err
	gives 0 asowner theirs printf '\302\233'
	printf '\302\233' | same - out
	needs script
	script -qec "asowner theirs printf '\\302\\2331m\\302\\240'" /dev/null >out
	printf '?1m\302\240' | same - out
EOF

it 'stops what does not end, and what it has started' <<-\EOF
	root
	gives 2 asowner --timeout 1 theirs sh -c 'sleep 1000 & echo $!; sleep 1000'
	echo "asowner: 'sh' was stopped after 1 s (see --timeout)" | same - err
	# Killed, if perhaps not yet buried.
	ps -o stat= -p "$(cat out)" >state || :
	exits 1 grep -v '^Z' state
	# What has left the session, too.
	gives 2 asowner -t 1 theirs sh -c 'setsid sh -c "echo \$\$
	    sleep 1000" & sleep 1000'
	await gone "$(cat out)"
	# A command that has closed its streams has not ended.
	gives 2 timeout 600 asowner -t 1 theirs sh -c 'echo $$; exec >&- 2>&-
	    exec sleep 1000'
	await gone "$(cat out)"
	echo "asowner: 'sh' was stopped after 1 s (see --timeout)" | same - err
	# One that has ended may have left its streams open.
	gives 2 timeout 600 asowner -t 1 theirs sh -c 'setsid sleep 1000 &
	    echo $!'
	await gone "$(cat out)"
	exits 0 asowner theirs sh -c 'setsid sleep 1000 >&- 2>&- & echo $!' >got
	kill "$(cat got)"
	# Nobody may be reading.
	mkfifo unread
	exec 7<>unread
	gives 2 sh -c 'exec timeout 600 asowner -t 1 theirs cat /dev/zero >&7'
	exec 7<&-
	gives 2 asowner theirs cat /dev/zero
	grep "'cat' writes more than" err
EOF

# start SCRIPT: asowner, whose process is $!, runs it until SCRIPT says a word
start () {
	rm -f started
	asowner theirs sh -c "$1" >started &
	await test -s started
}

# The owner can take out of a pipe what asowner was told of.
it 'has pipes that it does not wait for' <<-\EOF
	root
	start 'echo; exec sleep 1000'
	for fd in /proc/$!/fd/*
	do
		case $(readlink "$fd") in
		pipe:*) test "$(stat -L -c %u "$fd")" -ne 12345 ||
			grep '^flags:' "/proc/$!/fdinfo/${fd##*/}" ;;
		esac
	done >pipes
	kill $!
	cat pipes
	test "$(wc -l <pipes)" -ge 2
	exits 1 grep -v '[4-7]...$' pipes
EOF

it 'takes the command with it when it is killed' <<-\EOF
	root
	start 'echo $$; exec sleep 1000'
	kill -KILL $!
	await gone "$(cat started)"
	for signal in HUP INT QUIT TERM
	do
		rm -f started
		env --default-signal="$signal" asowner theirs sh -c \
		    'setsid sh -c "echo \$\$; sleep 1000" & sleep 1000' \
		    >started &
		await test -s started
		kill -"$signal" $!
		got=0
		wait $! || got=$?
		test "$(kill -l "$got")" = "$signal"
		await gone "$(cat started)"
	done
	start 'echo $$; exec sleep 1000'
	kill "$(cat started)"
	exits 143 wait $!
EOF

it "kills nobody else's processes" <<-\EOF
	root
	gives 2 sh -c 'setsid sleep 1000 & echo $! >kept
	    exec asowner -t 1 theirs sleep 1000'
	exits 1 gone "$(cat kept)"
	kill "$(cat kept)"
EOF

it "has none of the keys in root's session keyring" <<-\EOF
	root
	needs perl
	case $(uname -m) in
	x86_64) add=248 keyctl=250 ;;
	aarch64) add=217 keyctl=219 ;;
	*) able 'numbers of system calls' false ;;
	esac
	# JOIN_SESSION_KEYRING and a key; SEARCH and READ it.
	cat >key.pl <<-\END
	my ($does, $add, $keyctl, @command) = @ARGV;
	my ($type, $name, $text) = ("user\0", "clonekit\0", "root's");
	if ($does eq "add") {
		syscall($keyctl, 1, 0) < 0 and die "join: $!";
		syscall($add, $type, $name, $text, length $text, -3) < 0 and
		    die "add: $!";
		exec @command;
	}
	my $key = syscall($keyctl, 10, -3, $type, $name, 0);
	exit 1 if $key < 0;
	my $got = " " x 64;
	syscall($keyctl, 11, $key, $got, 64);
	print $got;
	END
	cp key.pl theirs
	chmod 644 theirs/key.pl
	able keyrings perl key.pl add "$add" "$keyctl" \
	    perl key.pl find "$add" "$keyctl"
	grep "root's" "$tap_home/able"
	exits 1 perl key.pl add "$add" "$keyctl" asowner theirs \
	    perl theirs/key.pl find "$add" "$keyctl" >got
	exits 1 test -s got
EOF

# first CMD ARG...: with the priority and the limits that root can have, some
# of which a container does not let it have
first () {
	sh -c '(ulimit -l unlimited) 2>&1 && ulimit -l unlimited
	    ulimit -c unlimited; ulimit -n 5000; exec nice -n -5 "$@"' \
	    first "$@"
}

it "gives root's priority and limits back" <<-\EOF
	root
	able 'priority to give back' first sh -c 'test "$(nice)" -eq -5 &&
	    test "$(ulimit -n)" -eq 5000 && test "$(ulimit -c)" = unlimited'
	exits 0 first asowner theirs sh -c \
	    'nice; ulimit -Hn; ulimit -n; ulimit -Hc; ulimit -Hl' >all
	grep -v 'error setting limit' all >got
	# Valgrind passes the lower limit of open files on as it found it.
	plain_build asowner || sed -i '3s/4096/1024/' got
	printf '%s\n' 0 4096 1024 0 8192 | same - got
	# What is lower stays.
	(ulimit -n 100; exits 0 nice -n 5 asowner theirs sh -c \
	    'nice; ulimit -Hn') >got
	printf '5\n100\n' | same - got
EOF

it 'is no less likely to be killed for lack of memory than others' <<-\EOF
	root
	want=$(cat /proc/self/oom_score_adj)
	test "$want" -ge 0 || want=0
	# In some containers root cannot lower it either.
	lower='printf %s -500 >/proc/self/oom_score_adj'
	if sh -c "$lower" 2>/dev/null
	then
		want=0
	else
		lower=:
	fi
	exits 0 sh -c "$lower
	    exec asowner theirs cat /proc/self/oom_score_adj" >got
	echo $want | same - got
EOF

it "gives root's real-time priorities back" <<-\EOF
	root
	first='chrt -f 1 ionice -c 1'
	$first true || first=''
	exits 0 $first asowner theirs sh -c \
	    'chrt -p $$; ionice' >got
	exits 1 grep -E 'FIFO|realtime' got
EOF

it 'reads an input file with the rights of its owner' <<-\EOF
	root
	echo secret >ours/secret
	exits 0 asowner -i ours/secret theirs cat >got
	exits 0 asowner -i ours/secret ours cat >>got
	printf 'secret\nsecret\n' | same - got
	exits 0 asowner -i theirs/file theirs cat >got
	echo text | same - got
	echo fd | exits 0 asowner -i /dev/fd/0 theirs cat >got
	echo fd | same - got
	exec 7<ours/secret
	exits 0 asowner -i /dev/fd/7 theirs cat >got
	exec 7<&-
	echo secret | same - got
	ln -s ../ours/secret theirs/link
	gives 2 timeout 600 asowner -i theirs/link theirs cat
	test ! -s out
	grep "^asowner: cannot open 'theirs/link' with the rights of 12345" err
	mkfifo theirs/fifo
	chown 12345 theirs/fifo
	gives 2 timeout 600 asowner -i theirs/fifo theirs cat
	echo "asowner: 'theirs/fifo' is not a regular file" | same - err
	gives 2 timeout 600 asowner -i theirs/fifo ours cat
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
	test "$(wc -l <err)" -eq 1
	grep "^asowner: 'theirs' belongs to uid 12345, whose rights are not" err
	test ! -e made
EOF

tap_done
