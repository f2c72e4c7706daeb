#!/bin/sh
# SPDX-License-Identifier: MIT
# ldapcmp between two 389 Directory Servers that replicate: in step, cut apart,
# joined again, and with an entry in conflict.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"

# person N [MAIL]: an entry to add
person () {
	printf '%s\n' "dn: uid=$1,o=ca" 'objectClass: inetOrgPerson' \
	    "uid: $1" "cn: $1" "sn: of $1" "mail: ${2-$1@example.com}" \
	    'userPassword: Secret.123' ''
}

# live STATUS OPTION...: master and clone; the records to ./said
live () {
	live_want=$1
	shift
	gives "$live_want" ldapcmp -D "$ds_manager" -y "$ds_home/pw" "$@" \
	    -b o=ca "$(ds_url master)" "$(ds_url clone)"
	tr '\t' ' ' <out >said
}

# link on|off: the agreements
link () {
	ds_change master o=ca toclone nsds5ReplicaEnabled "$1"
	ds_change clone o=ca tomaster nsds5ReplicaEnabled "$1"
}

{
	ds_start master 127.0.0.1
	ds_start clone 127.0.0.2
	ds_suffix master o=ca ca
	ds_suffix clone o=ca ca
	n=0
	while test $n -lt 60
	do
		n=$((n + 1))
		person $n
	done >people
	ds_modify master -a <people
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	ds_agree clone o=ca tomaster master
	ds_init master o=ca toclone
} >setup 2>&1 || { cat setup; exit 1; }

# What is asked of the master through this is in ./asked.
echo whole >how
mkdir "$ds_home/proxy"
"$tap_top/t/lib/proxy" "$(ds_url master | sed 's/.*://')" "$PWD/how" \
    "$PWD/asked" >"$ds_home/proxy/port" </dev/null &
echo $! >"$ds_home/proxy/pid"
await test -s "$ds_home/proxy/port"
echo "ldap://127.0.0.1:$(cat "$ds_home/proxy/port")" >"$ds_home/proxy/url"

it 'finds a master and its clone the same' <<-\EOF
	person both >one
	ds_modify clone -a <one
	ds_wait master uid=both,o=ca
	live 0
	same /dev/null out
	live 0 --only nsUniqueId,mail
	live 1 --only nsUniqueId,entryid
	grep -q 'entryid$' said
	exits 1 grep -v 'entryid$' said
EOF

it 'finds what each side has alone while the link is cut' <<-\EOF
	link off
	person master-only >one
	ds_modify master -a <one
	person clone-only >one
	ds_modify clone -a <one
	printf '%s\n' 'dn: uid=7,o=ca' 'changetype: modify' 'replace: mail' \
	    'mail: new@example.com' '' 'dn: uid=8,o=ca' 'changetype: delete' \
	    '' 'dn: uid=9,o=ca' 'changetype: modify' 'replace: userPassword' \
	    'userPassword: Other.123' >change
	ds_modify clone <change
	live 1
	cat >want <<-END
	differs uid=7,o=ca mail
	only-first uid=8,o=ca
	differs uid=9,o=ca userPassword
	only-second uid=clone-only,o=ca
	only-first uid=master-only,o=ca
	END
	same want said
	live 1 --values
	exits 1 grep -E 'Secret.123|PBKDF2|[{]' said
	live 1 --settle 2
	same want said
EOF

it 'has no difference when the link is there again in time' <<-\EOF
	# What differs is asked for by name once all of both was seen.
	{ await grep -aiq 'uid=7,o=ca' asked; link on; } &
	gives 0 ldapcmp -D "$ds_manager" -y "$ds_home/pw" --settle 600 \
	    -b o=ca "$(ds_url proxy)" "$(ds_url clone)"
	wait $!
	same /dev/null out
	grep -q '^ldapcmp: 5 entries differed first' err
EOF

# SERVER
has_conflict () {
	ds_search "$1" -b o=ca '(objectClass=ldapSubentry)' 1.1 >subs
	grep -q nsuniqueid= subs
}

it 'sees entries in conflict, which other searches do not show' <<-\EOF
	link off
	person twin m@example.com >one
	ds_modify master -a <one
	person twin c@example.com >one
	ds_modify clone -a <one
	link on
	for server in master clone
	do
		await has_conflict $server
	done
	live 0 --settle 600
	ds_search master -b o=ca >dump
	exits 1 grep -q '^dn: nsuniqueid=' dump
	exits 1 ldapcmp -D "$ds_manager" -y "$ds_home/pw" -b o=ca \
	    --ignore aci "$(ds_url master)" dump >out
	grep -q '^only-first	nsuniqueid=.*+uid=twin,o=ca$' out
EOF

# An entry of a task that is over goes after a while.
exported () {
	ds_search master -s base nsTaskExitCode \
	    -b cn=all,cn=export,cn=tasks,cn=config >task || return 0
	grep -q '^nsTaskExitCode: 0' task
}

it 'finds a server the same as what it exports, tombstones and all' <<-\EOF
	printf '%s\n' 'dn: uid=5,o=ca' 'changetype: modify' 'delete: mail' '' \
	    'dn: uid=6,o=ca' 'changetype: modify' 'add: mail' \
	    'mail: more@example.com' '' 'dn: uid=6,o=ca' \
	    'changetype: modify' 'delete: mail' 'mail: 6@example.com' \
	    >change
	ds_modify master <change
	live 0 --settle 600
	ds_modify master -a <<-END
	dn: cn=all,cn=export,cn=tasks,cn=config
	objectClass: extensibleObject
	cn: all
	nsInstance: ca
	nsExportReplica: true
	nsFilename: $ds_home/master/ldif/all.ldif
	END
	await exported
	for what in nstombstone ';vucsn-' ';deleted'
	do
		grep -qi "$what" "$ds_home/master/ldif/all.ldif"
	done
	gives 0 ldapcmp -D "$ds_manager" -y "$ds_home/pw" -b o=ca \
	    "$(ds_url clone)" "$ds_home/master/ldif/all.ldif"
	same /dev/null out
	sed 's/^uid: 4$/uid: 4x/; s/^\(uid;.*: 4\)$/\1x/' \
	    "$ds_home/master/ldif/all.ldif" >changed
	exits 1 ldapcmp -D "$ds_manager" -y "$ds_home/pw" -b o=ca \
	    "$(ds_url clone)" changed >out
	printf 'differs\tuid=4,o=ca\tuid\n' >want
	same want out
EOF

tap_done
