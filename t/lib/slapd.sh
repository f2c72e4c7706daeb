# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# slapd.sh - real directories for tests; read it after tap.sh
#
#	directory NAME [LDIF [GLOBAL [DATABASE]]]
#			a server with the suffix o=ca and what is in LDIF, on
#			loopback ports; GLOBAL and DATABASE are lines of its
#			slapd.conf.  ./NAME.url is its URL, ./NAME.ldaps,
#			./NAME.ldapi and ./NAME.port are there, too
#	slapd_stop NAME	stop it; all are stopped when the test ends
#	slapd_kill NAME	without warning
#	slapd_again NAME
#			start it once more, where it was
#	tls_material	./ca.pem, once, and what slapd shows of it: good.pem,
#			expired.pem, other.pem (of another host), client.pem,
#			with their .key; ./wrong-ca.pem is of another CA
#	domain_ldif SUFFIX
#			a security domain, and ./hosts, what domainls says of it
#	$directory_manager, ./dm
#			who may do all, and the file with the password
#
# libldap takes "localhost" for the machine's own name when it looks at a
# certificate, so the address serves.  A copy of slapd runs, since some systems
# confine the original to its own directories.

directory_manager='cn=Directory Manager,o=ca'
echo Secret.123 >dm
slapd_bin=$tap_home/slapd
cp "$(PATH=$PATH:/usr/sbin:/usr/lib/openldap command -v slapd)" "$slapd_bin" ||
	exit 1

# Its ports are free when it has ended, and not when its file is gone: until
# then it would share them with the next.  The process may stay as a zombie.
slapd_gone () {
	for _ in $(seq 500)
	do
		case $(ps -o stat= -p "$1") in
		'' | Z*) return 0 ;;
		esac
		sleep .02
	done
	return 1
}

slapd_stop () {
	slapd_pid=$(cat "$tap_home/slapd-$1.pid")
	kill "$slapd_pid"
	slapd_gone "$slapd_pid"
}

slapd_kill () {
	slapd_pid=$(cat "$tap_home/slapd-$1.pid")
	kill -9 "$slapd_pid"
	slapd_gone "$slapd_pid"
	rm "$tap_home/slapd-$1.pid"
}

slapd_stop_all () {
	for slapd_file in "$tap_home"/slapd-*.pid
	do
		test -e "$slapd_file" || continue
		kill -9 "$(cat "$slapd_file")" 2>/dev/null
	done
}
trap 'slapd_stop_all; rm -rf "$tap_home"' EXIT

# Below those that the system gives to connections, so that a server that was
# stopped finds its own free when it starts again.
free_ports () {
	perl -MIO::Socket::INET -e 'while (@s < $ARGV[0]) {
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
		    LocalPort => 12000 + int rand 20000, Listen => 1) or next;
		push @s, $s;
		print $s->sockport, "\n" }' "$1"
}

slapd_schemas () {
	for slapd_at in /etc/ldap/schema /etc/openldap/schema
	do
		test -d $slapd_at || continue
		printf "include $slapd_at/%s.schema\n" core cosine inetorgperson
	done
	echo "include $tap_top/share/sample/dogtag.schema"
}

slapd_modules () {
	for slapd_at in /usr/lib/ldap /usr/lib64/openldap
	do
		test -e $slapd_at/back_mdb.so || continue
		printf '%s\n' "modulepath $slapd_at" 'moduleload back_mdb' \
		    'moduleload retcode'
	done
}

slapd_conf () {
	slapd_schemas
	slapd_modules
	echo "pidfile $tap_home/slapd-$1.pid"
	if test -e "$1.pem"
	then
		printf "TLSCACertificateFile $PWD/%s\n" ca.pem
		printf "TLSCertificateFile $PWD/%s\n" "$1.pem"
		printf "TLSCertificateKeyFile $PWD/%s\n" "$1.key"
		echo 'TLSVerifyClient try'
	fi
	printf '%s\n' "$2" 'database mdb' 'suffix "o=ca"' \
	    "rootdn \"$directory_manager\"" "rootpw $(cat dm)" \
	    "directory $PWD/$1" "maxsize ${slapd_maxsize:-268435456}" \
	    dbnosync "$3"
}

slapd_base () {
	printf '%s\n' 'dn: o=ca' 'objectClass: organization' 'o: ca' ''
}

directory () {
	mkdir "$1"
	slapd_conf "$1" "$3" "$4" >"$1.conf"
	slapd_base >"$1.ldif"
	test -z "$2" || cat "$2" >>"$1.ldif"
	"$slapd_bin" -T add -q -f "$1.conf" -l "$1.ldif" || return
	free_ports 2 >"$1.ports"
	{ read -r slapd_plain; read -r slapd_tls; } <"$1.ports"
	echo "$slapd_plain" >"$1.port"
	echo "ldap://127.0.0.1:$slapd_plain" >"$1.url"
	echo "ldaps://127.0.0.1:$slapd_tls" >"$1.ldaps"
	echo "ldapi://$(printf %s "$PWD/$1.sock" | sed 's|/|%2f|g')" >"$1.ldapi"
	slapd_again "$1"
}

# PIDFILE PORT...: until it takes connections
slapd_listens () {
	perl -MIO::Socket::INET -e '$file = shift;
	for (1 .. 500) {
		select undef, undef, undef, .02;
		next unless -s $file;
		exit unless grep { !IO::Socket::INET->new("127.0.0.1:$_") }
		    @ARGV }
	exit 1' "$@"
}

# It goes into the background by itself a little before it listens.  The file of
# one that was killed may be there still.
slapd_started () {
	rm -f "$tap_home/slapd-$1.pid"
	"$slapd_bin" -f "$1.conf" -h "$slapd_urls" </dev/null >"$1.log" 2>&1 ||
		return
	set -- "$1" "$(cat "$1.port")"
	test ! -e "$1.pem" || set -- "$@" "$(sed 's/.*://' "$1.ldaps")"
	slapd_name=$1
	shift
	slapd_listens "$tap_home/slapd-$slapd_name.pid" "$@"
}

# A connection of another test may hold the port for a while, and the old slapd
# its database.
slapd_again () {
	slapd_urls="$(cat "$1.url") $(cat "$1.ldapi")"
	test ! -e "$1.pem" || slapd_urls="$slapd_urls $(cat "$1.ldaps")"
	for slapd_tries in $(seq 40)
	do
		! slapd_started "$1" || return 0
		sleep .25
	done
	echo "$1 does not start after $slapd_tries tries"
	cat "$1.log"
	return 1
}

# NAME SUBJECT EXTENSION OPTION...: a certificate of ca.pem.
tls_cert () {
	tls_name=$1 tls_subject=$2 tls_extension=$3
	shift 3
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$tls_name.key" -out csr -subj "$tls_subject"
	echo "$tls_extension" >ext
	openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial \
	    -extfile ext -out "$tls_name.pem" "$@"
}

tls_material () {
	test ! -e ca.pem || return 0
	for tls_name in ca wrong-ca
	do
		openssl req -x509 -newkey ec \
		    -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		    -keyout $tls_name.key -out $tls_name.pem \
		    -subj /O=EXAMPLE/CN=$tls_name
	done
	tls_cert good /CN=localhost \
	    'subjectAltName=DNS:localhost,IP:127.0.0.1' -days 30
	tls_cert other /CN=localhost 'subjectAltName=DNS:other.example' -days 30
	tls_cert client /CN=reader extendedKeyUsage=clientAuth -days 30
	tls_cert expired /CN=localhost \
	    'subjectAltName=DNS:localhost,IP:127.0.0.1' -days -1
} 2>/dev/null

domain_ldif () {
	domain_at="ou=Security Domain,$1"
	printf '%s\n' "dn: $domain_at" 'objectClass: pkiSecurityDomain' \
	    'ou: Security Domain' 'name: EXAMPLE' ''
	for domain_type in CA KRA
	do
		printf '%s\n' "dn: cn=${domain_type}List,$domain_at" \
		    'objectClass: pkiSecurityGroup' "cn: ${domain_type}List" ''
	done
	: >hosts
	for domain_line in 'CA ca1 FALSE TRUE' 'CA ca2 TRUE FALSE' \
	    'KRA kra1 FALSE FALSE'
	do
		# shellcheck disable=SC2086 # words
		set -- $domain_line
		printf '%s\n' "dn: cn=$2:8443,cn=$1List,$domain_at" \
		    'objectClass: top' 'objectClass: pkiSubsystem' \
		    "cn: $2:8443" "host: $2" 'SecurePort: 8443' \
		    'SecureAgentPort: 8444' 'SecureAdminPort: 8445' \
		    'SecureEEClientAuthPort: 8446' 'UnSecurePort: 8080' \
		    "Clone: $3" "DomainManager: $4" "SubsystemName: $1 1" ''
		printf '%s\t' "$1" "$2" 8443 8444 8445 8446 8080 \
		    "$(echo "$3" | tr A-Z a-z)" "$(echo "$4" | tr A-Z a-z)" \
		    >>hosts
		echo "$1 1" >>hosts
	done
}
