# SPDX-License-Identifier: MIT
# ds.sh - 389 Directory Servers of a test, on loopback addresses
#
#	. "$tap_top/t/lib/ds.sh"
#
#	ds_start master 127.0.0.1	# $ds_port, ds_url master
#	ds_start clone 127.0.0.2
#	ds_suffix master o=ca ca
#	ds_suffix clone o=ca ca
#	ds_replica master o=ca 96
#	ds_replica clone o=ca 97
#	ds_agree master o=ca toclone clone
#	ds_agree clone o=ca tomaster master
#	ds_init master o=ca toclone	# all of master's entries to clone
#
# A server lives in $ds_home/NAME and is stopped when the test ends.  No
# dscreate: what it writes is the package's own template of dse.ldif, filled
# in, which takes a second less than ten.  They run as the user of the test.

# shellcheck source-path=SCRIPTDIR source=await.sh
. "$tap_top/t/lib/await.sh"

# shellcheck disable=SC2154 # tap.sh sets tap_home
ds_home=$tap_home/ds ds_port=${ds_port-}
ds_password=Secret.123
ds_manager='cn=Directory Manager'
mkdir -p "$ds_home"
printf %s "$ds_password" >"$ds_home/pw"
trap 'ds_stop_all; rm -rf "$tap_home"' EXIT

# ds_free ADDRESS - a port that nobody listens at
ds_free () {
	free_ports "$1" 1
}

ds_url () {
	cat "$ds_home/$1/url"
}

ds_answers () {
	test -s "$ds_home/$1/pid" &&
	    ds_search "$1" -b '' -s base 1.1 >"$ds_home/$1/said" 2>&1
}

ds_answers_or_gone () {
	ds_answers "$1" || { test -s "$ds_home/$1/pid" &&
	    gone "$(cat "$ds_home/$1/pid")"; }
}

# ds_ports NAME - others than it has, since somebody took one of those
ds_ports () {
	ds_at=$(ds_url "$1") ds_at=${ds_at#ldap://}
	ds_port=$(ds_free "${ds_at%:*}") tls_port=$(ds_free "${ds_at%:*}")
	echo "ldap://${ds_at%:*}:$ds_port" >"$ds_home/$1/url"
	sed -i -e "s/^nsslapd-port:.*/nsslapd-port: $ds_port/" \
	    -e "s/^nsslapd-securePort:.*/nsslapd-securePort: $tls_port/" \
	    "$ds_home/$1/config/dse.ldif"
}

# ds_start NAME [ADDRESS] - make it, if it is not there, and start it.  It looks
# at its ports before it goes into the background.
ds_start () {
	test -d "$ds_home/$1" || ds_make "$1" "${2:-127.0.0.1}"
	for _ in 1 2 3 4 5
	do
		! ns-slapd -D "$ds_home/$1/config" -i "$ds_home/$1/pid" \
		    >"$ds_home/$1/started" 2>&1 || break
		ds_ports "$1"
	done
	! await ds_answers_or_gone "$1" || ! ds_answers "$1" || return 0
	echo "$1 does not start" >&2
	cat "$ds_home/$1/started" "$ds_home/$1/said" \
	    "$ds_home/$1/log/errors" >&2
	return 1
}

# ds_make NAME ADDRESS [HOST] - it calls itself HOST, and so do its peers
ds_make () {
	ds_dir=$ds_home/$1
	mkdir "$ds_dir" && (cd "$ds_dir" && mkdir -p lock tmp certs ldif bak \
	    run inst log config/schema db) || return
	ds_port=$(ds_free "$2") || return
	echo "ldap://$2:$ds_port" >"$ds_dir/url"
	test -z "${3-}" || echo "$3" >"$ds_dir/name"
	cp /etc/dirsrv/config/* "$ds_dir/config" &&
	    cp /etc/dirsrv/schema/* "$ds_dir/config/schema" &&
	sed -e "s|%schema_dir%|$ds_dir/config/schema|" \
	    -e "s,%\(lock\|tmp\|ldif\|bak\|run\|inst\|log\)_dir%,$ds_dir/\1," \
	    -e "s|%cert_dir%|$ds_dir/certs|" \
	    -e "s|%config_dir%|$ds_dir/config|" \
	    -e "s|%db_dir%|$ds_dir/db|" \
	    -e "s|%db_home_dir%|$ds_dir/db|" -e 's|%db_lib%|bdb|' \
	    -e "s|%fqdn%|${3:-localhost}|" -e "s|%ds_port%|$ds_port|" \
	    -e "s|%ds_user%|$(id -un)|" -e "s|%rootdn%|$ds_manager|" \
	    -e "s|%ds_passwd%|$ds_password|" -e 's|%ldapi_enabled%|on|' \
	    -e "s|%ldapi%|$ds_dir/ldapi|" -e 's|%ldapi_autobind%|on|' \
	    -e 's|%ds_suffix%|o=none|' \
	    -e "s|^nsslapd-port:.*|&\nnsslapd-listenhost: $2|" \
	    -e 's|^nsslapd-rootpw:|nsslapd-rootpwstoragescheme: CLEAR\n&|' \
	    /usr/share/dirsrv/data/template-dse.ldif \
	    >"$ds_dir/config/dse.ldif"
}

# ds_search NAME [ldapsearch's arguments]
ds_search () {
	ds_at=$1
	shift
	ldapsearch -x -LLL -o ldif-wrap=no -H "$(ds_url "$ds_at")" \
	    -D "$ds_manager" -y "$ds_home/pw" "$@"
}

# ds_modify NAME [-a] - changes, or entries to add, from standard input
ds_modify () {
	ds_at=$1
	shift
	ldapmodify -x -H "$(ds_url "$ds_at")" -D "$ds_manager" \
	    -y "$ds_home/pw" "$@" >"$ds_home/$ds_at/changed"
}

# ds_suffix NAME SUFFIX BACKEND [no-root] - a database, and its first entry
ds_suffix () {
	ds_modify "$1" -a <<-END
	dn: cn=$3,cn=ldbm database,cn=plugins,cn=config
	objectClass: top
	objectClass: extensibleObject
	objectClass: nsBackendInstance
	nsslapd-suffix: $2
	cn: $3

	dn: cn="$2",cn=mapping tree,cn=config
	objectClass: top
	objectClass: extensibleObject
	objectClass: nsMappingTree
	nsslapd-state: backend
	nsslapd-backend: $3
	cn: $2
	END
	test -n "${4-}" || ds_modify "$1" -a <<-END
	dn: $2
	objectClass: top
	objectClass: organization
	o: ${2#o=}
	END
}

# ds_replica NAME SUFFIX ID - let it send and take changes
ds_replica () {
	ds_search "$1" -b 'cn=replication manager,cn=config' -s base 1.1 \
	    >"$ds_home/$1/said" 2>&1 || ds_modify "$1" -a <<-END
	dn: cn=replication manager,cn=config
	objectClass: top
	objectClass: person
	cn: replication manager
	sn: manager
	userPassword: $ds_password
	END
	ds_modify "$1" -a <<-END
	dn: cn=replica,cn="$2",cn=mapping tree,cn=config
	objectClass: top
	objectClass: nsDS5Replica
	cn: replica
	nsDS5ReplicaRoot: $2
	nsDS5ReplicaId: $3
	nsDS5ReplicaType: 3
	nsDS5Flags: 1
	nsDS5ReplicaBindDN: cn=replication manager,cn=config
	END
}

# ds_agree NAME SUFFIX AGREEMENT TO - send NAME's changes TO another
ds_agree () {
	ds_to=$(ds_url "$4")
	ds_to=${ds_to#ldap://}
	test ! -e "$ds_home/$4/name" ||
	    ds_to=$(cat "$ds_home/$4/name"):${ds_to##*:}
	ds_modify "$1" -a <<-END
	dn: cn=$3,cn=replica,cn="$2",cn=mapping tree,cn=config
	objectClass: top
	objectClass: nsDS5ReplicationAgreement
	cn: $3
	description: $3
	nsDS5ReplicaRoot: $2
	nsDS5ReplicaHost: ${ds_to%:*}
	nsDS5ReplicaPort: ${ds_to##*:}
	nsDS5ReplicaTransportInfo: LDAP
	nsDS5ReplicaBindMethod: SIMPLE
	nsDS5ReplicaBindDN: cn=replication manager,cn=config
	nsDS5ReplicaCredentials: $ds_password
	END
}

# ds_change NAME SUFFIX AGREEMENT ATTRIBUTE VALUE - of the agreement
ds_change () {
	ds_modify "$1" <<-END
	dn: cn=$3,cn=replica,cn="$2",cn=mapping tree,cn=config
	changetype: modify
	replace: $4
	$4: $5
	END
}

# ds_init NAME SUFFIX AGREEMENT - all of NAME's entries, and wait for the end
ds_init () {
	ds_change "$1" "$2" "$3" nsds5BeginReplicaRefresh start || return
	await ds_initialized "$@" && ! grep 'Error ([^0]' "$ds_home/$1/init" >&2
}

# NAME SUFFIX AGREEMENT: is that over, well or not?
ds_initialized () {
	ds_search "$1" -s base \
	    -b "cn=$3,cn=replica,cn=\"$2\",cn=mapping tree,cn=config" \
	    nsds5BeginReplicaRefresh nsds5ReplicaLastInitStatus \
	    >"$ds_home/$1/init"
	! grep -q 'Error ([^0]' "$ds_home/$1/init" || return 0
	! grep -qi '^nsds5BeginReplicaRefresh' "$ds_home/$1/init" &&
	    grep -q 'Error (0) Total update succeeded' "$ds_home/$1/init"
}

# ds_wait NAME DN - until it is there
ds_wait () {
	await ds_has "$@"
}

ds_has () {
	ds_search "$1" -b "$2" -s base 1.1 >"$ds_home/$1/said" 2>&1
}

# ds_stop NAME - in order, which takes some seconds
ds_stop () {
	ds_signal TERM "$1"
	await gone "$(cat "$ds_home/$1/pid")"
	rm -f "$ds_home/$1/pid"
}

ds_signal () {
	kill -"$1" "$(cat "$ds_home/$2/pid")" 2>/dev/null
}

# What a test leaves behind is removed, so nobody waits for the end.
ds_stop_all () {
	for ds_one in "$ds_home"/*/pid
	do
		test ! -e "$ds_one" ||
		    ds_signal KILL "$(basename "${ds_one%/pid}")" || :
	done
}
