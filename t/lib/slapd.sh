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

# shellcheck source-path=SCRIPTDIR source=await.sh
. "$tap_top/t/lib/await.sh"

directory_manager='cn=Directory Manager,o=ca'
echo Secret.123 >dm
slapd_bin=$tap_home/slapd
cp "$(PATH=$PATH:/usr/sbin:/usr/lib/openldap command -v slapd)" "$slapd_bin" ||
	exit 1

# Its ports are free when it has ended, and not when its file is gone: until
# then it would share them with the next.
slapd_stop () {
	slapd_pid=$(cat "$tap_home/slapd-$1.pid")
	kill "$slapd_pid"
	await gone "$slapd_pid"
	rm "$tap_home/slapd-$1.pid"
}

slapd_kill () {
	slapd_pid=$(cat "$tap_home/slapd-$1.pid")
	kill -9 "$slapd_pid"
	await gone "$slapd_pid"
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

# Others take ports, too: those that were free may not be so any more.
directory () {
	mkdir "$1"
	slapd_conf "$1" "$3" "$4" >"$1.conf"
	slapd_base >"$1.ldif"
	test -z "$2" || cat "$2" >>"$1.ldif"
	"$slapd_bin" -T add -q -f "$1.conf" -l "$1.ldif" || return
	for _ in 1 2 3 4 5
	do
		free_ports 127.0.0.1 2 >"$1.ports"
		{ read -r slapd_plain; read -r slapd_tls; } <"$1.ports"
		echo "$slapd_plain" >"$1.port"
		echo "ldap://127.0.0.1:$slapd_plain" >"$1.url"
		echo "ldaps://127.0.0.1:$slapd_tls" >"$1.ldaps"
		echo "ldapi://$(printf %s "$PWD/$1.sock" |
		    sed 's|/|%2f|g')" >"$1.ldapi"
		! slapd_again "$1" || return 0
	done
	return 1
}

# Does it take connections?  It listens at its URLs in their order.
slapd_listens () {
	perl -MIO::Socket::UNIX -e \
	    'exit !IO::Socket::UNIX->new(Peer => $ARGV[0])' "$1.sock"
}

slapd_listens_or_gone () {
	slapd_listens "$1" || gone "$2"
}

# NAME URLS: with -d it stays the process that is started, which is nobody's
# child here.
slapd_started () {
	( "$slapd_bin" -d 0 -f "$1.conf" -h "$2" </dev/null >"$1.log" 2>&1 &
	  echo $! >"$tap_home/slapd-$1.pid" )
	slapd_pid=$(cat "$tap_home/slapd-$1.pid")
	await slapd_listens_or_gone "$1" "$slapd_pid" && ! gone "$slapd_pid"
}

# A connection of another test may hold the port for a while, and the old slapd
# its database.
slapd_again () {
	slapd_urls=$(cat "$1.url")
	test ! -e "$1.pem" || slapd_urls="$slapd_urls $(cat "$1.ldaps")"
	for slapd_tries in $(seq 40)
	do
		! slapd_started "$1" "$slapd_urls $(cat "$1.ldapi")" || return 0
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
