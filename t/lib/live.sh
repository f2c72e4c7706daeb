# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# live.sh - a CA and its clone with their Directory Servers, which replicate;
# read it after sandbox.sh, clone.sh and ds.sh
#
#	live_schema [-CLASS]	Dogtag's schema as 389-ds has it; less a class
#	live_server NAME ADDRESS [-CLASS [HOST [tls]]]
#				one that knows it, with an empty suffix o=ca;
#				./ca.pem is to be trusted, $tls_port its port
#	live_pair		./m and ./c as of clone.sh's pair, and the
#				servers master and clone that they mean; ./pw
#	live_domain HOST PORT CLONE MANAGER
#				its entry in the security domain, as LDIF
#	live_user CERT DESCRIPTION SUBJECT
#				uid=pkidbuser, as LDIF
#	live_put NAME		LDIF of entries, whether they are there or not
#	live STATUS [OPTION...]	what clonecheck says of m and c, with --ds
#	finds LEVEL CODE TEXT [OTHER...]
#				that, and that it says nothing worse than
#				information beside it but the OTHERs
#
# 127.0.0.1 is a name of a host itself, and so a finding; 2130706433 is the
# same address, and none.

# shellcheck disable=SC2034,SC2154 # bodies use them; ds.sh sets ds_home
live_master=2130706433 live_clone=2130706434

# slapd's form has names for the beginnings of numbers, and folds lines.
live_schema () {
	echo 'dn: cn=schema'
	awk -v less="${1#-}" '
	/^#/ || /^objectidentifier/ { next }
	/^[ \t]/ { sub(/^[ \t]+/, " "); all = all $0; next }
	{ put(); all = $0 }
	END { put() }
	function put() {
		sub(/^attributetype \( at:/, "attributeTypes: ( 1.1.99.1.",
		    all)
		sub(/^objectclass \( oc:/, "objectClasses: ( 1.1.99.2.", all)
		if (all != "" && (less == "" ||
		    index(all, "NAME '"'"'" less "'"'"'") == 0))
			print all
		all = ""
	}' "$tap_top/share/sample/dogtag.schema"
}

live_server () {
	ds_make "$1" "$2" "${4:-$2}" && { test -z "${5-}" || live_tls "$1"; } &&
	    live_schema "$3" >"$ds_home/$1/config/schema/98dogtag.ldif" &&
	    ds_start "$1" && ds_suffix "$1" o=ca ca
}

# It wants a key database; what it shows is in the name of its HOST.
live_tls () {
	live_name=$(cat "$ds_home/$1/name")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout tls.key -subj "/CN=$live_name" -out ca.pem -days 9 \
	    -addext "subjectAltName=DNS:$live_name" &&
	openssl pkcs12 -export -in ca.pem -inkey tls.key -passout pass:x \
	    -name Server-Cert -out tls.p12 &&
	certutil -N -d "sql:$ds_home/$1/certs" --empty-password &&
	pk12util -i tls.p12 -d "sql:$ds_home/$1/certs" -W x &&
	certutil -M -d "sql:$ds_home/$1/certs" -n Server-Cert -t CTu,u,u ||
	    return
	tls_port=$(ds_free "$(sed 's|.*//||; s|:.*||' "$ds_home/$1/url")")
	sed -i "s/^nsslapd-port:.*/&\\nnsslapd-securePort: $tls_port/
	    s/^nsslapd-port:.*/&\\nnsslapd-security: on/" \
	    "$ds_home/$1/config/dse.ldif"
}

live_domain () {
	cat <<-END
	dn: cn=$1:$2,cn=CAList,ou=Security Domain,o=ca
	objectClass: top
	objectClass: pkiSubsystem
	cn: $1:$2
	host: $1
	SecurePort: $2
	SecureAdminPort: $2
	Clone: $3
	DomainManager: $4
	SubsystemName: CA $1 $2

	END
}

live_user () {
	cat <<-END
	dn: uid=pkidbuser,ou=people,o=ca
	objectClass: top
	objectClass: person
	objectClass: organizationalPerson
	objectClass: inetOrgPerson
	uid: pkidbuser
	sn: pkidbuser
	cn: pkidbuser
	description: $2
	seeAlso: $3
	userCertificate;binary:: $(cat "$1.b64")

	END
}

live_base () {
	cat <<-END
	dn: ou=people,o=ca
	objectClass: organizationalUnit
	ou: people

	dn: ou=Security Domain,o=ca
	objectClass: pkiSecurityDomain
	ou: Security Domain
	name: EXAMPLE

	dn: cn=CAList,ou=Security Domain,o=ca
	objectClass: pkiSecurityGroup
	cn: CAList

	END
	live_domain $live_master "$master_port" FALSE TRUE
	live_domain $live_clone "$clone_port" TRUE TRUE
	live_user sub1 '2;1;CN=sub;CN=sub' CN=sub
}

live_put () {
	cat >put.ldif
	sed -n 's/^dn: //p' put.ldif >put.dns
	ldapdelete -c -x -H "$(ds_url "$1")" -D "$ds_manager" -y "$ds_home/pw" \
	    -f put.dns >put.log 2>&1 || :
	ds_modify "$1" -a <put.ldif
}

live_cfg () {
	live_at=$(ds_url "$3")
	live_at=${live_at##*:}
	change "$1" -passwordFile internaldb.basedn=o=ca internaldb.ldapconn.host="$2" \
	    internaldb.ldapconn.port="$live_at" machineName="$2" \
	    securitydomain.host="$2" securitydomain.httpsadminport="$live_at" \
	    proxy.securePort="$live_at"
}

live_pair () {
	pair 2>/dev/null
	live_server master 127.0.0.1 '' $live_master &&
	    master_port=$ds_port &&
	    live_server clone 127.0.0.2 '' $live_clone &&
	    clone_port=$ds_port || return
	live_cfg m $live_master master
	live_cfg c $live_clone clone
	change c master.ca.agent.host=$live_master
	echo "internaldb=$ds_password" >password.conf
	cp "$ds_home/pw" pw
	live_base | ds_modify master -a
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	ds_agree clone o=ca tomaster master
	ds_init master o=ca toclone || return
	live_unit one | ds_modify master -a
	live_unit two | ds_modify clone -a
	ds_wait clone ou=one,o=ca && ds_wait master ou=two,o=ca
}

live_unit () {
	printf '%s\n' "dn: ou=$1,o=ca" 'objectClass: organizationalUnit' \
	    "ou: $1"
}

live () {
	live_want=$1
	shift
	gives "$live_want" clonecheck --ds "$@" m c
}

finds () {
	level=$1 code=$2 text=$3
	shift 3
	cat out err
	test ! -s err
	grep "^[^ ]*: $level: $code: .*$text" out || return
	grep -v -e ': info: ' -e ": $code: " out >rest || :
	for other
	do
		grep -v ": $other: " rest >less || :
		mv less rest
	done
	same /dev/null rest
}
