#!/bin/sh
# SPDX-License-Identifier: MIT
# What a tool leaves in its memory when it is done: no password, no key.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"
. "$tap_top/t/lib/slapd.sh"

if ! plain_build p12export
then
	echo '1..0 # SKIP a debugger would see sanitizers or valgrind, too'
	exit 0
fi

needles=$tap_top/t/lib/needles

hex () {
	od -An -v -tx1 | tr -d ' \n'
}

# KEY.PEM NAME: the secret numbers of a key, as lines "NAME-WHAT HEX".
numbers () {
	openssl pkey -in "$1" -noout -text |
	    awk -v name="$2" '
		/^[a-zA-Z]/ { what = ""; n = split($0, word, /[ :]/) }
		/^(privateExponent|prime[12]|exponent[12]|coefficient|priv):/ {
			what = word[1]; next }
		what != "" { gsub(/[ :]/, ""); text[what] = text[what] $0 }
		END { for (what in text) {
			sub(/^00/, "", text[what])
			print name "-" what, text[what] } }'
}

# WHERE COMMAND...: ./core, all that it has mapped, when it comes to this
# system call; and ./wiped, what was in the secrets that it gave back so far.
core_at () {
	core_where=$1 core_tool=$(command -v "$2")
	shift 2
	rm -f core wiped stdout
	: >wiped
	cat >gdb.script <<-END
	set debuginfod enabled off
	set pagination off
	set breakpoint pending on
	set use-coredump-filter off
	set dump-excluded-mappings on
	break secret_release
	commands
	silent
	if s->size
	append binary memory wiped s->at s->at+s->size
	end
	continue
	end
	catch syscall $core_where
	run $* >stdout 2>stderr
	gcore core
	kill
	END
	A_VARIABLE='no secret' SHELL=/bin/sh gdb -nx -batch -x gdb.script "$core_tool" \
	    >gdb.out 2>&1 </dev/null
	tail -n 3 gdb.out
	cat stderr
	test -s core
}

# SECRET...: were these wiped, and is none of any left?
clean () {
	"$needles" secrets wiped >found
	printf '%s\n' "$@" | sort >want
	sort -u found >got
	comm -23 want got >missed
	same /dev/null missed
	"$needles" secrets core >found
	same /dev/null found
	# It is a core of the whole process: what is no secret is in it.
	grep -a -q 'A_VARIABLE=no secret' core
}

debugger () {
	root
	needs gdb
	able 'right to trace' gdb -nx -batch -ex starti -ex kill \
	    "$(command -v true)"
}

# Two passwords of which no part is a word in a library.
db_password=qX7zuJ0bKw5vT9cYh2Gf8eRmLp4nDs3A
p12_password=Zr5jUq8xWk1yOb6tVg3iNd9aMf2sHc7E
keys='rsa-privateExponent rsa-prime1 rsa-prime2 rsa-exponent1 rsa-exponent2
rsa-coefficient ec-priv'
rsa=${keys% *}

it 'databases and a bundle with an RSA key and one on a curve' <<-\EOF
	needs openssl
	for kind in sql dbm
	do
		database $kind $kind $db_password
		cert $kind rsa -t CTu,Cu,Cu -g 2048
		test $kind = dbm ||
		    cert $kind ec -c rsa -t u,u,u -k ec -q nistp384
	done
	echo $p12_password >pw
	for kind in sql dbm
	do
		p12export -o $kind.p12 -w pw -p $kind.pw --iterations 1000 $kind
		openssl pkcs12 -in $kind.p12 -passin file:pw -nocerts -nodes >pem
		rm -f key.*
		awk '/^-----BEGIN/ { file = "key." ++n }
			/^-----BEGIN/, /^-----END/ { print >file }' pem
		{
			numbers key.1 rsa
			test ! -e key.2 || numbers key.2 ec
			printf 'db-password %s\n' "$(printf %s $db_password | hex)"
			printf 'p12-password %s\n' \
			    "$(printf %s $p12_password | hex)"
		} >$kind.secrets
	done
	rm key.* pem
	cp sql.secrets secrets
	cut -d ' ' -f 1 secrets | sort >got
	printf '%s\n' $keys db-password p12-password | sort >want
	same want got
EOF

it 'what is looked for is found while p12export has it' <<-\EOF
	debugger
	core_at renameat2 p12export -o none.p12 -w pw -p sql.pw \
	    --iterations 1000 sql
	test ! -e none.p12
	"$needles" secrets core >found
	cut -d ' ' -f 1 found | sort -u >got
	printf '%s\n' $keys | sort >want
	same want got
EOF

it 'is found in every form: backwards, in UTF-16, in the key of an HMAC' <<-\EOF
	needs python3
	echo "x-password $(printf abcdefgh | hex)" >x
	echo "x-key $(printf ABCDEFGH | hex)" >>x
	printf '\0a\0b\0c\0dHGFEDCBA' >hay
	printf abcdefgh | tr a-h 'WTURSPQ^' >>hay
	"$needles" x hay >got
	printf 'x-%s\n' 'password in UTF-16' 'password in HMAC'"'s inner pad" \
	    'key backwards' >want
	same want got
EOF

it 'nssls --verify leaves nothing' <<-\EOF
	debugger
	core_at exit_group nssls --verify -p sql.pw sql
	test "$(wc -l <stdout)" -eq 2
	clean $keys db-password
	core_at exit_group nssls --keys --verify -p sql.pw sql
	clean $keys db-password
EOF

it 'p12export leaves nothing' <<-\EOF
	debugger
	core_at exit_group p12export -o x.p12 -w pw -p sql.pw \
	    --iterations 1000 sql
	clean $keys db-password p12-password
	core_at exit_group p12export --force -o x.p12 -w pw -p sql.pw \
	    --iterations 1000 --for=fips --encrypt-certs sql
	clean $keys db-password p12-password
	p12ls -w pw x.p12 >got
	test "$(wc -l <got)" -eq 2
EOF

it 'p12export of a database of the old kind leaves nothing' <<-\EOF
	debugger
	cp dbm.secrets secrets
	core_at exit_group p12export --force -o x.p12 -w pw -p dbm.pw \
	    --iterations 1000 dbm
	clean $rsa db-password p12-password
	core_at exit_group nssls --keys --verify -p dbm.pw dbm
	cp sql.secrets secrets
EOF

it 'p12export that fails leaves nothing' <<-\EOF
	debugger
	# A name without room for that of a temporary is found out late.
	core_at exit_group p12export -o "$(printf %0250d 1)" -w pw -p sql.pw \
	    --iterations 1000 sql
	grep "cannot create a file beside '.*01': File name too long" stderr
	clean $keys db-password p12-password
	core_at exit_group p12export -o none.p12 -w sql.pw -p pw sql
	grep "wrong password in 'pw'" stderr
	clean p12-password
	core_at exit_group p12export --force -o x.p12 -w missing -p sql.pw sql
	grep "cannot open 'missing'" stderr
	clean db-password
EOF

it 'p12ls leaves nothing, with the right password or a wrong one' <<-\EOF
	debugger
	core_at exit_group p12ls --keys -w pw sql.p12
	test "$(wc -l <stdout)" -eq 2
	clean $keys p12-password
	core_at exit_group p12ls -w pw sql.p12
	clean p12-password
	core_at exit_group p12ls -w sql.pw sql.p12
	same /dev/null stdout
	clean db-password
EOF

it 'p12check leaves nothing' <<-\EOF
	debugger
	core_at exit_group p12check -w pw sql.p12
	clean $keys p12-password
EOF

it 'domainls leaves nothing, with the right password or a wrong one' <<-\EOF
	debugger
	tls_material
	cp good.pem ds.pem
	cp good.key ds.key
	echo $db_password >dm
	domain_ldif o=ca >domain.ldif
	directory ds domain.ldif
	printf 'ds-password %s\n' "$(printf %s $db_password | hex)" >secrets
	core_at exit_group domainls -D "'$directory_manager'" -y dm \
	    "$(cat ds.url)/o=ca"
	same hosts stdout
	clean ds-password
	core_at exit_group domainls -D "'$directory_manager'" -y dm -Z \
	    --ca-file ca.pem "$(cat ds.url)/o=ca"
	same hosts stdout
	clean ds-password
	core_at exit_group domainls -D cn=none,o=ca -y dm "$(cat ds.url)/o=ca"
	same /dev/null stdout
	clean ds-password
	cp sql.secrets secrets
EOF

it 'makes no core, and lets nobody else trace it' <<-\EOF
	root
	needs prlimit
	needs strace
	mkfifo pipe
	ulimit -c unlimited
	for tool in 'p12export -o none.p12 -p sql.pw sql' 'p12ls sql.p12' \
	    'p12check sql.p12' 'nssls --verify sql -p pipe #'
	do
		tool=${tool%#}
		case $tool in
		nssls*) $tool >out 2>err & ;;
		*) $tool -w pipe >out 2>err & ;;
		esac
		pid=$!
		# It waits for the pipe's other end.
		exec 3>pipe
		prlimit --pid $pid --core --noheadings --output SOFT,HARD >got
		tr -s ' ' <got | sed 's/^ //; s/ $//' >limits
		echo '0 0' >want
		tr '\0' ' ' </proc/$pid/cmdline >line
		kill $pid
		exec 3>&-
		wait $pid || :
		same want limits
		grep pipe line
		exits 1 grep -e "$db_password" -e "$p12_password" line
	done
	strace -f -o trace -e trace=prctl p12ls -w pw sql.p12 >out
	grep 'prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) *= 0' trace
EOF

it 'there is no option that takes a password itself' <<-\EOF
	for tool in nssls p12export p12ls p12check domainls
	do
		$tool --help >help
		grep '^  -' help | grep -i -e password -e 'pass=' >options
		test -s options
		exits 1 grep -v -e '=FILE' options
	done
EOF

tap_done
