#!/bin/sh
# SPDX-License-Identifier: MIT
# All that can go wrong with a directory: one line, status 2, in bounded time,
# and never a part of the answer.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2154,SC2317
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
retcode-item "cn=slow" 0x00 sleeptime=4' || exit 1
url=$(cat ds.url) ldaps=$(cat ds.ldaps)
# proxy PORT: one in front of it; its port is in ./PORT.proxy
proxy () {
	"$tap_top/t/lib/proxy" "$1" "$PWD/how" >"$1.proxy" </dev/null &
	echo $! >"$tap_home/slapd-proxy$1.pid"
	until test -s "$1.proxy"
	do
		sleep 0.02
	done
}
echo whole >how
port=$(cat ds.port) tls_port=${ldaps##*:}
proxy "$port"
proxy "$tls_port"
through=ldap://127.0.0.1:$(cat "$port.proxy")
tls_through=ldaps://127.0.0.1:$(cat "$tls_port.proxy")
domain=ou=Security%20Domain,o=ca

# one_line TEXT: nothing but that was said
one_line () {
	same /dev/null out
	grep -v '^+' err >words || :
	test "$(wc -l <words)" -eq 1
	grep -qF "domainls: $1" words
}

# fails TEXT ARG...: in one line that begins with TEXT, in time
fails () {
	fails_text=$1
	shift
	gives 2 timeout 20 domainls "$@"
	one_line "$fails_text"
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
		timeout 20 domainls "$@" >out 2>err || cuts_got=$?
		test $cuts_got -eq 0 || test $cuts_got -eq 2
		test $cuts_got -eq 0 || one_line ldap
		cuts_at=$((cuts_at + cuts_step))
	done
	test $cuts_at -gt 900
	same hosts out
}

it 'a connection that is cut at any byte: all of the answer, or trouble' <<-\EOF
	cuts 17 "$through/$domain"
	cuts 151 -Z --ca-file ca.pem "$through/$domain"
	cuts 151 --ca-file ca.pem "$tls_through/$domain"
EOF

it 'each phase has its words' <<-\EOF
	echo cut 0 >how
	fails "$through: cannot bind as nobody: " "$through/$domain"
	# A bind's answer has 14 bytes.
	echo cut 14 >how
	fails "$through: cannot search: " "$through/$domain"
	echo cut 600 >how
	fails "$through: the search was cut short: " "$through/$domain"
EOF

it 'a server that falls silent, at each phase' <<-\EOF
	while read -r at text
	do
		echo stall $at >how
		fails "$through: $text: 'no answer within 2 s'" --timeout 2 \
		    "$through/$domain"
	done <<-\END
	0 cannot bind as nobody
	14 cannot search
	600 the search was cut short
	END
	for at in 0 20
	do
		echo stall $at >how
		fails "$through: cannot start TLS: 'no answer within 2 s'" \
		    --timeout 2 -Z --ca-file ca.pem "$through/$domain"
	done
	echo stall 100 >how
	fails "$tls_through: cannot connect: 'no answer within 2 s'" \
	    --timeout 2 --ca-file ca.pem "$tls_through/$domain"
	# Within what came after the handshake.
	echo stall 1600 >how
	fails "$tls_through: " --timeout 2 --ca-file ca.pem \
	    "$tls_through/$domain"
EOF

it 'a server that is killed, at each phase' <<-\EOF
	while read -r at text
	do
		echo kill $at "$(cat "$tap_home/slapd-ds.pid")" >how
		fails "$through: $text" "$through/$domain"
		fails "$url: cannot connect: '" "$url/$domain"
		grep -q 'Connection refused' words
		slapd_again ds
	done <<-\END
	0 cannot
	14 cannot search
	600 the search was cut short
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
			fails "ldap" --ca-file $ca "$@"/o=ca
			grep -qF ": cannot connect: '$text'" words
		done
		slapd_stop tls
		rm -r tls tls.*
	done <<-\END
	expired ca.pem certificate has expired
	other ca.pem IP address mismatch
	good wrong-ca.pem self-signed certificate in certificate chain
	END
	fails "$ldaps: cannot connect: 'no certificate in 'dm''" \
	    --ca-file dm "$ldaps/o=ca"
EOF

it 'StartTLS that is not offered, TLS that is none' <<-\EOF
	directory plain
	plain=$(cat plain.url)
	fails "$plain: cannot start TLS: 'Protocol error" -Z "$plain/o=ca"
	fails "ldaps${plain#ldap}: cannot connect: '" "ldaps${plain#ldap}/o=ca"
	slapd_stop plain
EOF

it 'hosts and sockets that are not there' <<-\EOF
	fails "ldap://nowhere.invalid: cannot connect: '" \
	    ldap://nowhere.invalid/o=ca
	fails "ldapi://%2fno%2fsocket: cannot connect: 'No such file" \
	    ldapi://%2fno%2fsocket/o=ca
	fails 'ldap://[: not the URL of a directory' 'ldap://[/o=ca'
EOF

it 'a wrong password, and a DN that is not there' <<-\EOF
	echo Wrong.123 >wrong
	fails "$url: cannot bind as 'cn=reader,o=ca': 'Invalid credentials'" \
	    -D cn=reader,o=ca -y wrong "$url/o=ca"
	fails "$url: cannot bind as 'cn=none,o=ca': 'Invalid credentials'" \
	    -D cn=none,o=ca -y wrong "$url/o=ca"
	fails "$url: cannot bind as 'none': 'Invalid DN syntax" \
	    -D none -y wrong "$url/o=ca"
	exits 1 grep Wrong.123 err
EOF

it 'what the server says instead of entries' <<-\EOF
	while read -r code text
	do
		fails "$url: cannot search: '$text" "$url/cn=$code,ou=codes,o=ca"
	done <<-\END
	3 Time limit exceeded'
	11 Administrative limit exceeded'
	51 Server is busy: too much to do'
	52 Server is unavailable'
	80 Other (e.g., implementation specific) error'
	END
	fails "$url: cannot search: 'No such object'" "$url/ou=none,o=ca"
	fails "$url: cannot search: 'no answer within 2 s'" --timeout 2 \
	    "$url/cn=slow,ou=codes,o=ca"
EOF

it 'referrals, and parts that are on other servers' <<-\EOF
	fails "$url: it is on another server: 'ldap://ds2.example/ou=away,o=ca" \
	    "$url/ou=away,o=ca"
	fails "$url: a part of it is on another server: 'ldap://ds2.example/" \
	    "$url/o=ca"
EOF

it 'a limit of the server below what there is, with pages and without' <<-\EOF
	slapd_stop ds
	for limit in 'size=2' 'size.prtotal=2' 'size=2 size.prtotal=disabled' \
	    'size=3'
	do
		grep -v ^limits ds.conf >conf
		awk -v limit="limits anonymous $limit" '{ print }
		    /^maxsize/ { print limit }' conf >ds.conf
		slapd_again ds
		fails "$url: " "$url/$domain"
		grep -qE ": '(Size|Administrative) limit exceeded" words
		slapd_stop ds
	done
EOF

tap_done
