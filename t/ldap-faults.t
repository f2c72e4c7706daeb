#!/bin/sh
# SPDX-License-Identifier: MIT
# All that can go wrong with a directory: one line, status 2, without waiting
# for ever, and never a part of the answer.
# What bodies use looks unused: they are here-documents; numbers need no quotes.
# shellcheck disable=SC2034,SC2086,SC2119,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

tls_material
cp good.pem ds.pem
cp good.key ds.key
{ domain_ldif o=ca
  printf '%s\n' 'dn: cn=reader,o=ca' 'objectClass: person' 'cn: reader' \
      'sn: r' 'userPassword: Reader.1' ''
  printf '%s\n' 'dn: ou=away,o=ca' 'objectClass: referral' \
      'objectClass: extensibleObject' 'ou: away' \
      'ref: ldap://ds2.example/ou=away,o=ca' ''
} >domain.ldif
directory ds domain.ldif '' 'overlay retcode
retcode-parent "ou=codes,o=ca"
retcode-item "cn=3" 0x03
retcode-item "cn=11" 0x0b
retcode-item "cn=51" 0x33 text="too much to do"
retcode-item "cn=52" 0x34
retcode-item "cn=80" 0x50
retcode-item "cn=slow" 0x00 sleeptime=600' || exit 1
url=$(cat ds.url) ldaps=$(cat ds.ldaps)
# proxy PORT: one in front of it; its port is in ./PORT.proxy
proxy () {
	"$tap_top/t/lib/proxy" "$1" "$PWD/how" >"$1.proxy" </dev/null &
	echo $! >"$tap_home/slapd-proxy$1.pid"
	await test -s "$1.proxy"
}
echo whole >how
port=$(cat ds.port) tls_port=${ldaps##*:}
proxy "$port"
proxy "$tls_port"
through=ldap://127.0.0.1:$(cat "$port.proxy")
tls_through=ldaps://127.0.0.1:$(cat "$tls_port.proxy")
domain=ou=Security%20Domain,o=ca

# What is the same as the directory, but for what it has on other servers.
{ slapd_base; cat domain.ldif; } >whole.ldif
# As long as a busy machine may take for what comes before a server falls silent.
patience=5
all='domainls ldapcmp rangels replls'
# replls asks for cn=config first, which this server has none of.
readers='domainls ldapcmp rangels'

# ask TOOL ARG...: have it read a server, with what else it takes
ask () {
	ask_tool=$1
	shift
	test "$ask_tool" != ldapcmp || set -- whole.ldif "$@"
	timeout 600 "$ask_tool" "$@" >"$ask_tool.out" 2>"$ask_tool.err"
}

# one_line TOOL TEXT: nothing but that was said
one_line () {
	same /dev/null "$1.out"
	grep -v '^+' "$1.err" >words || :
	cat words
	test "$(wc -l <words)" -eq 1
	grep -qF "$1: $2" words
}

# fails TOOLS TEXT ARG...: all at once, in one line that begins with TEXT.  What
# a server does not say for ever, they give up on by themselves.
fails () {
	fails_tools=$1 fails_text=$2
	shift 2
	for tool in $fails_tools
	do
		{ got=0; ask "$tool" "$@" || got=$?; echo "$got" >"$tool.got"; } &
	done
	wait
	for tool in $fails_tools
	do
		test "$(cat "$tool.got")" -eq 2
		one_line "$tool" "$fails_text"
	done
}

it 'the directory answers, also through what breaks connections later' <<-\EOF
	for server in "$url" "$through"
	do
		exits 0 domainls -D "$directory_manager" -y dm \
		    "$server/$domain" >got
		same hosts got
	done
	exits 0 domainls --ca-file ca.pem "$tls_through/$domain" >got
	same hosts got
	exits 0 domainls -Z --ca-file ca.pem "$through/$domain" >got
	same hosts got
EOF

# cuts STEP ARG...: cut ever later, until all of the answer came through
cuts () {
	cuts_at=0 cuts_step=$1 cuts_got=2
	shift
	while test $cuts_got -ne 0
	do
		echo cut $cuts_at >how
		cuts_got=0
		ask domainls "$@" || cuts_got=$?
		test $cuts_got -eq 0 || test $cuts_got -eq 2
		test $cuts_got -eq 0 || one_line domainls ldap
		cuts_at=$((cuts_at + cuts_step))
	done
	test $cuts_at -gt 900
	same hosts domainls.out
}

it 'a connection that is cut at any byte: all of the answer, or trouble' <<-\EOF
	cuts 17 "$through/$domain"
	cuts 151 -Z --ca-file ca.pem "$through/$domain"
	cuts 151 --ca-file ca.pem "$tls_through/$domain"
EOF

it 'each phase has its words' <<-\EOF
	echo cut 0 >how
	fails "$all" "$through: cannot bind as nobody: " "$through/$domain"
	# A bind's answer has 14 bytes.
	echo cut 14 >how
	fails "$all" "$through: cannot search: " "$through/$domain"
	echo cut 600 >how
	fails "$readers" "$through: the search was cut short: " \
	    "$through/$domain"
EOF

it 'a server that falls silent, at each phase' <<-\EOF
	while IFS='|' read -r at who text
	do
		echo stall $at >how
		fails "$who" "$through: $text: 'no answer within $patience s'" \
		    --timeout $patience "$through/$domain"
	done <<-END
	0|$all|cannot bind as nobody
	14|$all|cannot search
	600|$readers|the search was cut short
	END
	tls_text="cannot start TLS: 'no answer within $patience s'"
	for at in 0 20
	do
		echo stall $at >how
		fails "$all" "$through: $tls_text" --timeout $patience \
		    -Z --ca-file ca.pem "$through/$domain"
	done
	echo stall 100 >how
	fails "$all" "$tls_through: cannot connect: 'no answer" \
	    --timeout $patience --ca-file ca.pem "$tls_through/$domain"
	# Within what came after the handshake.
	echo stall 1600 >how
	fails "$readers" "$tls_through: " --timeout $patience --ca-file ca.pem \
	    "$tls_through/$domain"
EOF

it 'a server that is killed, at each phase' <<-\EOF
	while IFS='|' read -r at who text
	do
		for killer in $who
		do
			echo kill $at "$(cat "$tap_home/slapd-ds.pid")" >how
			fails $killer "$through: $text" "$through/$domain"
			fails $killer "$url: cannot connect: '" "$url/$domain"
			grep -q 'Connection refused' words
			slapd_again ds
		done
	done <<-END
	0|$all|cannot
	14|$all|cannot search
	600|$readers|the search was cut short
	END
	exits 0 domainls "$url/$domain" >got
	same hosts got
EOF

it 'certificates: expired, of another CA, of another host' <<-\EOF
	while read -r name ca text
	do
		cp "$name.pem" tls.pem
		cp "$name.key" tls.key
		directory tls
		for options in "-Z $(cat tls.url)" "$(cat tls.ldaps)"
		do
			set -- $options
			fails "$all" "ldap" --ca-file $ca "$@"/o=ca
			for tool in $all
			do
				grep -qF ": cannot connect: '$text'" $tool.err
			done
		done
		slapd_stop tls
		rm -r tls tls.*
	done <<-\END
	expired ca.pem certificate has expired
	other ca.pem IP address mismatch
	good wrong-ca.pem self-signed certificate in certificate chain
	END
	fails "$all" "$ldaps: cannot connect: 'no certificate in 'dm''" \
	    --ca-file dm "$ldaps/o=ca"
EOF

it 'StartTLS that is not offered, TLS that is none' <<-\EOF
	directory plain
	plain=$(cat plain.url)
	fails "$all" "$plain: cannot start TLS: 'Protocol error" \
	    -Z "$plain/o=ca"
	ldaps=ldaps${plain#ldap}
	fails "$all" "$ldaps: cannot connect: '" "$ldaps/o=ca"
	slapd_stop plain
EOF

it 'hosts and sockets that are not there' <<-\EOF
	fails "$all" "ldap://nowhere.invalid: cannot connect: '" \
	    ldap://nowhere.invalid/o=ca
	fails "$all" "ldapi://%2fno%2fsocket: cannot connect: 'No such file" \
	    ldapi://%2fno%2fsocket/o=ca
	fails "$all" 'ldap://[: not the URL of a directory' 'ldap://[/o=ca'
EOF

it 'a wrong password, and a DN that is not there' <<-\EOF
	echo Wrong.123 >wrong
	invalid="'Invalid credentials'"
	fails "$all" "$url: cannot bind as 'cn=reader,o=ca': $invalid" \
	    -D cn=reader,o=ca -y wrong "$url/o=ca"
	fails "$all" "$url: cannot bind as 'cn=none,o=ca': $invalid" \
	    -D cn=none,o=ca -y wrong "$url/o=ca"
	fails "$all" "$url: cannot bind as 'none': 'Invalid DN syntax" \
	    -D none -y wrong "$url/o=ca"
	exits 1 grep Wrong.123 *.err
EOF

it 'what the server says instead of entries' <<-\EOF
	while read -r code text
	do
		fails "$readers" "$url: cannot search: '$text" \
		    "$url/cn=$code,ou=codes,o=ca"
	done <<-\END
	3 Time limit exceeded'
	11 Administrative limit exceeded'
	51 Server is busy: too much to do'
	52 Server is unavailable'
	80 Other (e.g., implementation specific) error'
	END
	fails "$readers" "$url: cannot search: 'No such object'" \
	    "$url/ou=none,o=ca"
	fails "$readers" "$url: cannot search: 'no answer within $patience s'" \
	    --timeout $patience "$url/cn=slow,ou=codes,o=ca"
EOF

it 'referrals, and parts that are on other servers' <<-\EOF
	away=ldap://ds2.example/ou=away,o=ca
	fails "$readers" "$url: it is on another server: '$away" \
	    "$url/ou=away,o=ca"
	fails "$readers" "$url: a part of it is on another server: '$away" \
	    "$url/o=ca"
EOF

it 'a limit of the server below what there is, with pages and without' <<-\EOF
	# It would wait for what it has not answered yet.
	slapd_kill ds
	for limit in 'size=2' 'size.prtotal=2' 'size=2 size.prtotal=disabled' \
	    'size=3'
	do
		grep -v ^limits ds.conf >conf
		awk -v limit="limits anonymous $limit" '{ print }
		    /^maxsize/ { print limit }' conf >ds.conf
		slapd_again ds
		# There is less that rangels would ask for.
		fails 'domainls ldapcmp' "$url: " "$url/$domain"
		for tool in domainls ldapcmp
		do
			grep -qE ": '(Size|Administrative) limit exceeded" \
			    $tool.err
		done
		slapd_stop ds
	done
EOF

tap_done
