#!/bin/sh
# SPDX-License-Identifier: MIT
# ldapcmp between servers, and between a server and files; what happens while
# it looks, and what keeps it from looking.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/entries.sh
. "$tap_top/t/lib/entries.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

# above: what is above the certificates, but not the suffix
above () {
	entry ou=ca,o=ca 'objectClass: organizationalUnit' 'ou: ca'
	entry ou=certificateRepository,ou=ca,o=ca 'objectClass: repository' \
	    'ou: certificateRepository'
}

# change N LDIF-LINE...: modify that record of server $at
change () {
	change_n=$1
	shift
	printf '%s\n' "dn: cn=$change_n,ou=certificateRepository,ou=ca,o=ca" \
	    "$@" '' |
	    ldapmodify -x -H "$(cat "$at.url")" -D "$directory_manager" \
	    -y dm >modified
}

# live STATUS OPTION...: as says, of the two servers
live () {
	live_want=$1
	shift
	gives "$live_want" ldapcmp "$@" "$(cat one.url)/o=ca" \
	    "$(cat two.url)/o=ca"
	tr '\t' ' ' <out >said
}

at=two
printf %s Secret.123 >dm
{
	above
	n=0
	while test $n -lt 2500
	do
		n=$((n + 1))
		printf '%s\n' \
		    "dn: cn=$n,ou=certificateRepository,ou=ca,o=ca" \
		    'objectClass: certificateRecord' "cn: $n" \
		    "serialno: 04$n" 'certStatus: VALID' ''
	done
} >all
{ above; sed '1,/ou: certificateRepository/d' all |
    awk 'BEGIN { RS = ""; ORS = "\n\n" } { e[NR] = $0 }
	END { for (i = NR; i; i--) print e[i] }'; } >reversed
directory one all 'sizelimit unlimited' &&
    directory two reversed 'sizelimit unlimited' || exit 1

# What is asked of two through ./through.url is in ./asked.
echo whole >how
"$tap_top/t/lib/proxy" "$(cat two.port)" "$PWD/how" "$PWD/asked" \
    >through.port </dev/null &
echo $! >"$tap_home/slapd-proxy.pid"
await test -s through.port
echo "ldap://127.0.0.1:$(cat through.port)" >through.url

# looks_again N: wait until ldapcmp asks for that record alone, which it does
# when it has seen all of both and they differ
looks_again () {
	await grep -aiq "cn=$1,ou=certificateRepository,ou=ca,o=ca" asked
}

it 'finds two servers the same, whose entries come in other orders' <<-\EOF
	ldapsearch -x -LLL -H "$(cat one.url)" -b o=ca dn >dn1
	ldapsearch -x -LLL -H "$(cat two.url)" -b o=ca dn >dn2
	exits 1 cmp -s dn1 dn2
	live 0
	same /dev/null out
	same /dev/null err
	live 0 --family certs
	live 0 --only serialno
EOF

it 'finds a server the same as its dumps, also with all that it keeps' <<-\EOF
	ldapsearch -x -LLL -H "$(cat one.url)" -b o=ca >dump
	ldapsearch -x -H "$(cat one.url)" -b o=ca '*' + >more
	grep -q entryCSN more
	for file in dump more one.ldif
	do
		gives 0 ldapcmp "$(cat two.url)/o=ca" $file
		same /dev/null out
		gives 0 ldapcmp $file --base o=ca "$(cat two.url)"
	done
	gives 0 ldapcmp - "$(cat two.url)/o=ca" <dump
EOF

it 'finds what differs, by --only also what a server keeps for itself' <<-\EOF
	change 7 'changetype: modify' 'replace: certStatus' \
	    'certStatus: REVOKED'
	change 8 'changetype: delete'
	change 9000 'changetype: add' 'objectClass: certificateRecord' \
	    'cn: 9000'
	live 1
	cat >want <<-END
	differs cn=7,ou=certificateRepository,ou=ca,o=ca certStatus
	only-first cn=8,ou=certificateRepository,ou=ca,o=ca
	only-second cn=9000,ou=certificateRepository,ou=ca,o=ca
	END
	same want said
	same /dev/null err
	for file in dump more
	do
		gives 1 ldapcmp $file "$(cat two.url)/o=ca"
		tr '\t' ' ' <out >said
		same want said
	done
	live 1 --only entryCSN
	test "$(grep -c '^differs .* entryCSN$' said)" -ge 2500
EOF

it 'binds, asks for nothing but data, and takes a base from either side' <<-\EOF
	gives 1 ldapcmp -D "$directory_manager" -y dm -b o=ca \
	    "$(cat one.url)" "$(cat two.url)"
	tr '\t' ' ' <out >said
	same want said
	gives 1 ldapcmp -D "$directory_manager" -y dm \
	    --second-bind-dn "$directory_manager" \
	    --second-password-file dm "$(cat one.url)/o=ca" \
	    --second-base ou=certificateRepository,ou=ca,o=ca "$(cat two.url)"
	# The names below the bases are others, but for the bases.
	test "$(wc -l <out)" -gt 2500
	gives 0 ldapcmp -b ou=certificateRepository,ou=ca,o=ca \
	    --second-base ou=certificateRepository,ou=ca,o=ca --only cn \
	    "$(cat one.url)" "$(cat one.url)"
EOF

it 'gives replication time, and says how many entries differed first' <<-\EOF
	: >asked
	ldapcmp --settle 600 "$(cat one.url)/o=ca" "$(cat through.url)/o=ca" \
	    >out 2>err &
	looks_again 7
	change 7 'changetype: modify' 'replace: certStatus' 'certStatus: VALID'
	change 8 'changetype: add' 'objectClass: certificateRecord' 'cn: 8' \
	    'serialno: 048' 'certStatus: VALID'
	change 9000 'changetype: delete'
	wait $!
	same /dev/null out
	grep -q '^ldapcmp: 3 entries differed first' err
EOF

it 'is quiet about what differed first, with -q' <<-\EOF
	change 9 'changetype: modify' 'replace: certStatus' 'certStatus: X'
	: >asked
	ldapcmp -q --settle 600 "$(cat one.url)/o=ca" \
	    "$(cat through.url)/o=ca" >out 2>err &
	looks_again 9
	change 9 'changetype: modify' 'replace: certStatus' 'certStatus: VALID'
	wait $!
	same /dev/null out
	same /dev/null err
EOF

it 'ends when the time is over, with what still differs' <<-\EOF
	change 5 'changetype: modify' 'replace: certStatus' 'certStatus: X'
	change 6 'changetype: modify' 'replace: certStatus' 'certStatus: X'
	: >asked
	{ looks_again 6; change 6 'changetype: modify' 'replace: certStatus' \
	    'certStatus: VALID'; } &
	start=$(date +%s)
	gives 1 ldapcmp --settle 10 "$(cat one.url)/o=ca" \
	    "$(cat through.url)/o=ca"
	test $(($(date +%s) - start)) -ge 10
	tr '\t' ' ' <out >said
	echo "differs cn=5,ou=certificateRepository,ou=ca,o=ca certStatus" >want
	same want said
	grep -q '1 entries differed first' err
	wait
EOF

it 'has digests of a server, that files and servers are compared with' <<-\EOF
	exits 0 ldapcmp --digest "$(cat one.url)/o=ca" >one.digests
	exits 0 ldapcmp --digest dump >dump.digests
	same dump.digests one.digests
	test "$(wc -l <one.digests)" -eq 2504
	tail -n 1 one.digests | tr '\t' ' ' >got
	echo '~ 2503 entries' >want
	same want got
	gives 1 ldapcmp one.digests "$(cat two.url)/o=ca"
	tr '\t' ' ' <out >said
	echo "differs cn=5,ou=certificateRepository,ou=ca,o=ca" >want
	same want said
	gives 0 ldapcmp one.digests dump
	exits 0 ldapcmp --digest "$(cat two.url)/o=ca" >two.digests
	comm -3 one.digests two.digests | cut -f 3 >got
	echo "cn=5,ou=certificaterepository,ou=ca,o=ca" >want
	grep -qxF "$(cat want)" got
EOF

# trouble TEXT OPTION...: status 2, nothing on stdout, one line with TEXT
trouble () {
	trouble_text=$1
	shift
	gives 2 ldapcmp "$@"
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep -qF -- "$trouble_text" said
}

it 'calls nothing the same that it could not read' <<-\EOF
	one=$(cat one.url) two=$(cat two.url)
	trouble 'Invalid credentials' -D "$directory_manager" -y one.port \
	    "$one/o=ca" "$two/o=ca"
	trouble 'No such object' "$one/o=ca" "$two/o=kra"
	trouble 'No such object' "$one/o=ca" "$two/ou=none,o=ca"
	trouble '--base' "$one/o=ca" "$two"
	trouble "cannot open 'gone'" "$one/o=ca" gone
	{ cat dump; echo 'search: 2'; echo 'result: 4 Size limit exceeded'; } >cut
	trouble 'cut short' "$one/o=ca" cut
	trouble 'cut short' cut "$one/o=ca"
	{ cat dump; record 1; } >twice
	trouble "a second entry of the name 'cn=1,ou=certificateRepository" \
	    "$one/o=ca" twice
	head -n 100 one.digests >short
	trouble 'it was cut off' "$one/o=ca" short
EOF

it 'takes a limit of the server for trouble, also in the second look' <<-\EOF
	sed -i 's/^sizelimit.*/sizelimit 500/' two.conf
	slapd_stop two
	slapd_again two
	trouble 'Size limit exceeded' "$(cat one.url)/o=ca" "$(cat two.url)/o=ca"
	sed -i 's/^sizelimit.*/sizelimit unlimited/' two.conf
	slapd_stop two
	slapd_again two
	live 1
EOF

it 'ends when a server goes, or does not answer' <<-\EOF
	one=$(cat one.url)/o=ca two=$(cat two.url)/o=ca
	: >asked
	ldapcmp --settle 600 "$one" "$(cat through.url)/o=ca" >out 2>err &
	looks_again 5
	slapd_kill two
	exits 2 wait $!
	same /dev/null out
	grep -q '^ldapcmp: ldap://127' err
	trouble "$(cat two.url)" "$one" "$two"
	slapd_again two
	pid=$(cat "$tap_home/slapd-two.pid")
	kill -STOP "$pid"
	trouble "$(cat two.url)" --timeout 5 "$one" "$two"
	kill -CONT "$pid"
	live 1
EOF

tap_done
