#!/bin/sh
# SPDX-License-Identifier: MIT
# replls against two 389 Directory Servers that replicate to each other.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/replicas.sh
. "$tap_top/t/lib/replicas.sh"

# ask [OPTION...]: of both
ask () (
	{ set +x; } 2>/dev/null
	replls -D "$ds_manager" -y "$ds_home/pw" --timeout 100 "$@" \
	    "$(ds_url master)" "$(ds_url clone)"
)

# unit NAME SERVER [CLASS]: an entry, made on one server
unit () {
	ds_modify "$2" -a <<-END
	dn: ou=$1,o=ca
	objectClass: organizationalUnit
	ou: $1
	END
}

it 'lists two servers that are in step' <<-\EOF
	needs ns-slapd
	ds_start master 127.0.0.1
	ds_start clone 127.0.0.2
	ds_suffix master o=ca ca
	ds_suffix clone o=ca ca
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	# An address of it, and none that it is asked at, or calls itself.
	echo 127.1 >"$ds_home/master/name"
	ds_agree clone o=ca tomaster master
	ds_init master o=ca toclone
	unit one master
	unit two clone
	gives 0 ask --wait 600 --columns kind,suffix,id,name,state,lag
	cut -f 1 out | sort | uniq -c | sed 's/^ *//' >kinds
	printf '%s\n' '2 agreement' '4 element' '2 replica' | same - kinds
	test "$(grep -c '^element.*	0$' out)" -eq 4
	exits 1 grep -v 'agreement-busy' err
	grep -q 'replica	o=ca	96		supplier' out
EOF

it 'sees what one of them lacks while an agreement is disabled' <<-\EOF
	ds_change master o=ca toclone nsds5ReplicaEnabled off
	unit three master
	gives 1 ask --findings
	grep -q 'warning: agreement-disabled: .* sends nothing to' out
	grep -q 'warning: behind: .* of changes of replica 96 of o=ca' out
	gives 1 ask --findings --wait 2
	ds_change master o=ca toclone nsds5ReplicaEnabled on
	gives 0 ask --findings --wait 600
EOF

it 'knows a server by its ID where an agreement has another name of it' <<-\EOF
	gives 0 ask --columns kind,peer
	grep -q '^agreement	127\.1:' out
	gives 0 ask --findings
	exits 1 grep one-way out
EOF

it 'tells of a suffix that is being initialised, and of the others' <<-\EOF
	# A session would set the state again.
	ds_change master o=ca toclone nsds5ReplicaEnabled off
	for state in 'referral on update' referral backend
	do
		ds_modify clone <<-END
		dn: cn="o=ca",cn=mapping tree,cn=config
		changetype: modify
		replace: nsslapd-referral
		nsslapd-referral: $(ds_url master)/o=ca
		-
		replace: nsslapd-state
		nsslapd-state: $state
		END
		test "$state" != backend || break
		gives 1 ask --findings
		grep -q '^ldap://127.0.0.2:.*: suffix-re[a-z-]*: ' out
	done
	ds_change master o=ca toclone nsds5ReplicaEnabled on
	grep -q 'warning: suffix-referral: ' out
	exits 1 grep no-ruv out
	gives 0 ask --findings --wait 600
EOF

it 'finds a conflict that was made on purpose' <<-\EOF
	ds_change master o=ca toclone nsds5ReplicaEnabled off
	ds_change clone o=ca tomaster nsds5ReplicaEnabled off
	unit same master
	unit same clone
	ds_change master o=ca toclone nsds5ReplicaEnabled on
	ds_change clone o=ca tomaster nsds5ReplicaEnabled on
	gives 1 ask --findings --wait 600
	grep -q "warning: conflict: '.*ou=same" out
EOF

it 'finds what a clone leaves behind that was stopped and never uninstalled' \
    <<-\EOF
	ds_start left 127.0.0.5
	ds_suffix left o=ca ca
	ds_replica left o=ca 98
	ds_agree master o=ca masterAgreement1-ca3-pki-tomcat left
	ds_init master o=ca masterAgreement1-ca3-pki-tomcat
	ds_agree left o=ca cloneAgreement1-ca3-pki-tomcat master
	unit gone left
	ds_wait clone ou=gone,o=ca
	ds_modify master -a <<-END
	dn: ou=csusers,cn=config
	objectClass: organizationalUnit
	ou: csusers

	dn: cn=Replication Manager masterAgreement1-ca3-pki-tomcat,ou=csusers,cn=config
	objectClass: person
	cn: Replication Manager masterAgreement1-ca3-pki-tomcat
	sn: manager
	END
	ds_signal KILL left
	rm "$ds_home/left/pid"
	domain ca1 ca2 >domain
	gives 1 ask --findings --domain domain
	grep -q "warning: agreement-leftover: agreement 'masterAgreement1-ca3-pki" out
	grep -q 'error: no-answer: cannot connect to 127.0.0.5:' out
	grep -q 'warning: ruv-leftover: replica 98 of o=ca (' out
	grep -q "warning: manager-leftover: 'cn=Replication Manager mas" out
	domain ca1 ca2 ca3 >domain
	gives 1 ask --findings --domain domain
	exits 1 grep leftover out
	grep -q 'info: id-not-given: replica 98 of o=ca' out
EOF

it 'finds the element alone once its agreement was deleted' <<-\EOF
	ds_modify master <<-END
	dn: cn=masterAgreement1-ca3-pki-tomcat,cn=replica,cn="o=ca",cn=mapping tree,cn=config
	changetype: delete
	END
	domain ca1 ca2 >domain
	gives 1 ask --findings --domain domain
	grep -q 'warning: ruv-leftover: replica 98 of o=ca' out
	exits 1 grep -e agreement-leftover -e no-answer out
	exits 1 grep -E '(never-sent|behind): .*replica 98 ' out
	needs dsconf
	sed -n 's/.*ruv-leftover.*: dsconf/dsconf/p' out >fix
	grep -q "^dsconf -D '$ds_manager' -y $ds_home/pw ldap://" fix
EOF

# cleaned: is the ID out of all RUVs, and the task over?
cleaned () {
	ask --findings >cleaned 2>&1 || test $? -eq 1
	test "$(grep -c 'replica 98 ' cleaned)" -eq 0
}

# fixed CODE: the command that fixes it works
fixed () {
	sed -n "s/.*: $1: .*: dsconf/dsconf/p" out >fix
	test "$(wc -l <fix)" -eq 1
	sh -e fix
}

it 'finds a clean task that waits for a server, and how to end it' <<-\EOF
	needs dsconf
	mkdir "$ds_home/lost"
	echo "ldap://127.0.0.6:$(ds_free 127.0.0.6)" >"$ds_home/lost/url"
	ds_agree master o=ca tolost lost
	domain ca1 ca2 >domain
	gives 1 ask --findings --domain domain
	grep -q 'info: id-not-given: replica 98 of o=ca' out
	dsconf -D "$ds_manager" -y "$ds_home/pw" "$(ds_url master)" \
	    repl-tasks cleanallruv --suffix o=ca --replica-id 98
	sleep 3
	gives 1 ask --findings --domain domain
	test "$(grep -c 'clean-running: .* replica 98 of' out)" -eq 1
	exits 1 grep -E '(id-not-given|never-sent|behind): .*replica 98 ' out
	fixed clean-running
	await cleaned
	ds_modify master <<-END
	dn: cn=tolost,cn=replica,cn="o=ca",cn=mapping tree,cn=config
	changetype: delete
	END
EOF

it 'takes a CS.cfg for the server that it names, and for its IDs' <<-\EOF
	at=$(ds_url master)
	mkdir conf
	printf '%s\n' cs.type=CA internaldb.basedn=o=ca \
	    internaldb.ldapconn.host=127.0.0.1 \
	    "internaldb.ldapconn.port=${at##*:}" \
	    internaldb.ldapconn.secureConn=false \
	    internaldb.ldapauth.authtype=BasicAuth \
	    "internaldb.ldapauth.bindDN=$ds_manager" \
	    internaldb.ldapauth.bindPWPrompt=internaldb \
	    passwordFile=conf/password.conf \
	    dbs.beginReplicaNumber=90 dbs.endReplicaNumber=96 >conf/CS.cfg
	echo "internaldb=$ds_password" >conf/password.conf
	gives 1 replls --findings --timeout 100 conf/CS.cfg
	grep -q '^conf/CS.cfg:10: error: id-unassigned: .* replica ID 96,' out
	sed -i '/endReplica/s/96/95/' conf/CS.cfg
	replls --findings --timeout 100 conf/CS.cfg >out || test $? -eq 1
	exits 1 grep id-unassigned out
	echo internaldb=wrong >conf/password.conf
	gives 2 replls --findings --timeout 100 conf/CS.cfg
	test "$(wc -l <err)" -eq 1
EOF

it 'gives up on a server that hangs' <<-\EOF
	ds_signal STOP clone
	gives 2 timeout 600 replls -D "$ds_manager" -y "$ds_home/pw" \
	    --timeout 5 "$(ds_url master)" "$(ds_url clone)"
	ds_signal CONT clone
	test "$(grep -c '^replls: ' err)" -eq 1
	grep -q "^replls: $(ds_url clone): " err
	test "$(grep -c '^replica	' out)" -eq 1
EOF

it 'finds an agreement with a host where nobody answers, one way' <<-\EOF
	mkdir "$ds_home/gone"
	echo "ldap://127.0.0.3:$(ds_free 127.0.0.3)" >"$ds_home/gone/url"
	ds_agree master o=ca togone gone
	gives 1 ask --findings
	grep -q "error: no-answer: cannot connect to 127.0.0.3:.*'togone'" out
EOF

it 'finds an ID that two have' <<-\EOF
	ds_start third 127.0.0.4
	ds_suffix third o=ca ca
	# Two CAs with one directory, in place of replication.
	for ca in ca1 ca2
	do
		mkdir $ca
		printf '%s\n' cs.type=CA internaldb.basedn=o=ca \
		    internaldb.ldapconn.host=127.0.0.4 \
		    "internaldb.ldapconn.port=$ds_port" \
		    "internaldb.ldapauth.bindDN=$ds_manager" >$ca/CS.cfg
		echo "internaldb=$ds_password" >$ca/password.conf
	done
	gives 2 replls --findings ca1/CS.cfg
	grep -q '^replls: ldap://127.0.0.4:.*: no replica in cn=config' err
	gives 1 replls --findings ca1/CS.cfg ca2/CS.cfg
	grep -q "^ca2/CS.cfg: warning: ds-same: the Directory Server is the same as that of 'ca1/CS.cfg' (ldap://127.0.0.4:$ds_port): nothing" out
	ds_replica third o=ca 97
	gives 1 replls --findings -D "$ds_manager" -y "$ds_home/pw" \
	    "$(ds_url clone)" "$(ds_url third)"
	grep -q 'error: duplicate-id: .* both have replica ID 97 of o=ca' out
	grep -q 'error: generation: ' out
EOF

it 'has status 2 where it may not look, or a server is down' <<-\EOF
	gives 2 replls "$(ds_url master)"
	test "$(wc -l <err)" -eq 1
	exits 1 test -s out
	echo wrong >wrong
	gives 2 replls -D "$ds_manager" -y wrong "$(ds_url master)"
	test "$(wc -l <err)" -eq 1
	kill -9 "$(cat "$ds_home/clone/pid")"
	gives 2 ask --findings
	test "$(wc -l <err)" -eq 1
	# What the other tells, which is about the one that is down, too.
	grep -q 'info: id-not-given: replica 9[67] of o=ca' out
	exits 1 grep ruv-leftover out
EOF

tap_done
