#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels: ranges of two 389 Directory Servers that replicate to each other.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/live.sh
. "$tap_top/t/lib/live.sh"

# ca DIR NAME SERVER: an instance whose directory is that one
ca () {
	mkdir "$1"
	ca_at=$(ds_url "$3")
	ca_at=${ca_at#ldap://}
	{
		cat "$1.cfg"
		printf '%s\n' "internaldb.ldapconn.host=${ca_at%:*}" \
		    "internaldb.ldapconn.port=${ca_at##*:}" \
		    internaldb.ldapconn.secureConn=false \
		    internaldb.ldapauth.authtype=BasicAuth \
		    "internaldb.ldapauth.bindDN=$ds_manager" \
		    internaldb.ldapauth.bindPWPrompt=internaldb
	} >"$1/CS.cfg"
	echo "internaldb=$ds_password" >"$1/password.conf"
}

# sends on|off: both agreements
sends () {
	ds_change master o=ca toclone nsds5ReplicaEnabled "$1"
	ds_change clone o=ca tomaster nsds5ReplicaEnabled "$1"
}

# found STATUS: of both, each as its server reads it
found () (
	{ set +x; } 2>/dev/null
	gives "$1" rangels --ds --findings ca1 ca2
	same /dev/null err
)

# errors CODE: that, and no other
errors () {
	grep ": error: $1: " out
	grep ': error: ' out | grep -v ": error: $1: " >beside || :
	same /dev/null beside
}

# takes SERVER FROM TO HOST: as a CA does, the directory first
takes () {
	ds_modify "$1" <<-TAKES
	dn: ou=ca,ou=requests,o=ca
	changetype: modify
	replace: nextRange
	nextRange: $(($3 + 1))
	TAKES
	range_entry "$2" requests "$2" "$3" "$4" | ds_modify "$1" -a
}

# until_in_step STEP: a change of each, called so, has come to the other
until_in_step () {
	for one in master clone
	do
		live_unit "$one$1" | ds_modify "$one" -a
	done
	ds_wait clone "ou=master$1,o=ca"
	ds_wait master "ou=clone$1,o=ca"
}

it 'finds a pair clean that replicates' <<-\EOF
	needs ns-slapd
	deployment
	sed '/^dn: o=ca$/,/^$/d' suffix.ldif >put
	live_server master 127.0.0.1 ''
	live_server clone 127.0.0.2 ''
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	ds_agree clone o=ca tomaster master
	ds_modify master -a <put
	ds_init master o=ca toclone
	until_in_step 1
	ca ca1 ca1 master
	ca ca2 ca2 clone
	found 0
	exits 1 grep -e ': error: ' -e range-behind out
	mv out want
	gives 0 rangels -D "$ds_manager" -y "$ds_home/pw" --findings ca1 ca2 \
	    "$(ds_url master)/o=ca" "$(ds_url clone)/o=ca"
	same want out
EOF

it 'reads of a server what is in its LDIF, and who replicates' <<-\EOF
	columns=host,type,kind,block,begin,end,left
	rangels --columns $columns ca1.cfg ca2.cfg ds.ldif >want
	gives 0 rangels --ds --used --columns $columns ca1 ca2
	same want out
EOF

it 'a block that one took, on its way to the other, is no error' <<-\EOF
	sends off
	takes master 20000001 30000000 ca1
	printf '%s\n' dbs.nextBeginRequestNumber=20000001 \
	    dbs.nextEndRequestNumber=30000000 >>ca1/CS.cfg
	found 1
	exits 1 grep ': error: ' out
	grep ': warning: range-behind: ' out
	(sleep 0.1; sends on) &
	for n in 1 2 3 4 5
	do
		rangels --ds --findings ca1 ca2 >out 2>err || :
		same /dev/null err
		grep -v ': info: ' out | grep -v ': range-behind: ' >beside || :
		same /dev/null beside
	done
	wait
	until_in_step 2
	found 0
	exits 1 grep range-behind out
EOF

it 'finds an overlap that was made where nothing was sent' <<-\EOF
	sends off
	range_entry 29999990 requests 29999990 29999999 ca2 | ds_modify clone -a
	found 1
	errors range-overlap
	grep "^$(ds_url clone)/cn=29999990,.*: error: range-overlap: " out
	sends on
	until_in_step 3
	found 1
	errors range-overlap
	# An error is read twice, and what is ignored is so both times.
	grep ': info: range-gap: ' out
	gives 1 rangels --ds --findings --ignore range-gap ca1 ca2
	errors range-overlap
	exits 1 grep range-gap out
	ldapdelete -x -H "$(ds_url clone)" -D "$ds_manager" -y "$ds_home/pw" \
	    cn=29999990,ou=requests,ou=ranges,o=ca
	until_in_step 4
	found 0
EOF

# id SERVER AGREEMENT NUMBER: let it be that replica; it has none, or one
id () {
	for dn in ${2:+"cn=$2,cn=replica"} cn=replica
	do
		ldapdelete -x -H "$(ds_url "$1")" -D "$ds_manager" \
		    -y "$ds_home/pw" "$dn,cn=\"o=ca\",cn=mapping tree,cn=config"
	done
	ds_replica "$1" o=ca "$3"
}

it 'finds a block that both took while nothing was sent' <<-\EOF
	sends off
	takes master 30000001 40000000 ca1
	takes clone 30000001 40000000 ca2
	found 1
	errors range-overlap
	sends on
	until_in_step 5
	gives 1 rangels --ds --findings ca1 ca2
	grep '^ldap://.*nsuniqueid=.*: error: range-conflict: ' out
EOF

it 'reads the IDs of replicas where they are' <<-\EOF
	id clone tomaster 96
	gives 1 rangels --ds --findings ca1 ca2
	grep ': error: replica-id-twice: ' out
	id clone '' 50
	gives 1 rangels --ds --findings ca1 ca2
	exits 1 grep ': error: replica-id-twice: ' out
	grep ': error: replica-id-unassigned: ' out
EOF

tap_done
