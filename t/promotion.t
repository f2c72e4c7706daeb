#!/bin/sh
# SPDX-License-Identifier: MIT
# promote-clone on two hosts: two 389 Directory Servers that replicate to each
# other, and a CA with an agent page and a CRL cache at each.  What was revoked
# while nobody listened is in the CRL at the end, or the status is not 0; and
# wherever the run is killed, there are never two masters.
# The directories lack Dogtag's schema, and do without.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/ocsp.sh
. "$tap_top/t/lib/ocsp.sh"
# shellcheck source=lib/promotion.sh
. "$tap_top/t/lib/promotion.sh"
trap 'ocsp_stop; promotion_stop; ds_stop_all; rm -rf "$tap_home"' EXIT

promotion_programs promote-clone pki-server
# What is kept from night to night stays here, too.
printf '#!/bin/sh\nexec "%s" --state "%s" "$@"\n' \
    "$tap_top/share/recipes/nightly-check" "$PWD/nights" >bin/nightly-check
chmod +x bin/nightly-check

# promote OPTION... OLD NEW
promote () {
	rm -f log
	promote-clone --rsh "$PWD/elsewhere" --password-file "$PWD/pw" \
	    --ca-file ca.pem --log log "$@"
}

as_agent='--agent-cert agent.pem --agent-key agent.key'

# runs_as_master HOST
runs_as_master () {
	pid=$(cat "$1/pki-tomcat/pid" 2>/dev/null) &&
	    kill -0 "$pid" 2>/dev/null &&
	    grep -q '^ca.crl.MasterCRL.enableCRLUpdates=true' \
	    "$1/pki-tomcat/conf/ca/CS.cfg" && kill -0 "$pid" 2>/dev/null
}

# watch: writes to ./two whenever two masters run
watch () (
	{ set +x; } 2>/dev/null
	# Nobody may be left to tell it.
	until test -e stop-watching || ! test -e ca1
	do
		if runs_as_master ca1 && runs_as_master ca2 &&
		    runs_as_master ca1
		then
			date >>two
		fi
		sleep 0.1
	done
)

# not_two: has the watcher looked, and seen one at most?
not_two () {
	exits 1 test -e two
}

# is_whole HOST: its CRL has all that is revoked, and nothing else
is_whole () {
	crlls --entries --against "$1/pki-tomcat" >found
	same /dev/null found
}

# master_is NEW OLD: by their files, and both run
master_is () {
	cfgrole --columns=role "$1/pki-tomcat" "$2/pki-tomcat" >got 2>err
	printf 'master\nclone\n' | same - got
	cfgrole --server --columns=server "$1/pki-tomcat" "$2/pki-tomcat" |
	    sort -u >got
	echo runs | same - got
}

it 'starts two directories and two CAs' <<-\EOF
	needs ns-slapd
	needs curl
	promotion_replicas
	up ca1
	up ca2
	revoke ca1 16
	ask_crl ca1 xml=true waitForUpdate=true >answer
	cat answer
	is_whole ca1
	watch &
EOF

# A body is a process of its own: what the first one set is set again.
directory_manager=$ds_manager
promotion_home=$PWD

it 'leaves nothing out that was revoked while the master was down' <<-\EOF
	down ca1
	revoke ca2 17
	hold ca2 18
	gives 0 promote -n $as_agent ca1:pki-tomcat ca2:pki-tomcat
	exits 1 test -e log
	gives 0 promote $as_agent ca1:pki-tomcat ca2:pki-tomcat || {
		cat err
		false
	}
	is_whole ca2
	grep 'ca2.localhost is the master: MasterCRL has CRL number' err
	grep 'ca1.localhost is a clone' err
	sort err | uniq -d | same /dev/null -
	cfgrole --columns=role ca2/pki-tomcat ca1/pki-tomcat >got 2>roles
	printf 'master\nclone\n' | same - got
	sed -n 's/^.* from cron: \(.*\) (on ca2.localhost)$/\1/p' \
	    err >night
	(cd ca2 && gives 0 sh ../night)
	grep "'crlls': first run, status 0" ca2/out
	# It did not run before, and was not started.
	cfgrole --server --columns=server ca1/pki-tomcat >got
	echo stopped | same - got
	up ca1
	not_two
EOF

it 'says what is missing where the cache was not cleared, and goes on' <<-\EOF
	down ca2
	revoke ca1 19
	: >ca1/pki-tomcat/keep-cache
	gives 1 promote $as_agent ca2:pki-tomcat ca1:pki-tomcat
	grep '^0x13	missing	' out
	grep 'ca1.localhost: .*error: crl-incomplete' err
	grep "to go on: clonekit promote-clone --continue '$PWD/log'" err
	rm ca1/pki-tomcat/keep-cache
	sed -n 's/^promote-clone: to go on: //p' err >go-on
	gives 0 sh go-on
	is_whole ca1
	up ca2
	master_is ca1 ca2
	not_two
EOF

it 'prints the command for an agent, and wants it run' <<-\EOF
	down ca1
	revoke ca2 20
	gives 1 promote ca1:pki-tomcat ca2:pki-tomcat
	grep 'MasterCRL: no new CRL since number' err
	cp agent.pem AGENT.pem
	cp agent.key AGENT.key
	sed -n 's/^promote-clone: \(curl .*\)/\1/p' err | tail -n 1 >ask
	sh ask >answer 2>asked
	grep '<time>' answer
	gives 0 promote-clone --continue log
	is_whole ca2
	up ca1
	master_is ca2 ca1
	not_two
EOF

it 'reads every answer that the agent page gives' <<-\EOF
	# Nobody that it knows
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout x.key \
	    -out x.pem -days 3 2>openssl.err
	revoke ca1 21
	gives 2 promote --agent-cert x.pem --agent-key x.key ca2:pki-tomcat \
	    ca1:pki-tomcat
	grep 'ca1.localhost: .*agent' err
	# What somebody has set wrong since is not ours, unless it is accepted.
	cp ca1/pki-tomcat/conf/ca/CS.cfg right.cfg
	wrong () {
		set_cfg ca1 "$@"
		down ca1
		up ca1
		gives 1 promote-clone --continue log $as_agent
		grep 'ca1.localhost: .*--accept file-new goes on' err
		gives 2 promote-clone --continue log --wait 2 $as_agent \
		    --accept file-new
	}
	wrong ca.crl.MasterCRL.enableCRLUpdates=false
	grep 'MasterCRL: no CRL: it makes no CRLs' err
	cp right.cfg ca1/pki-tomcat/conf/ca/CS.cfg
	wrong ca.certStatusUpdateInterval=0 ca.listenToCloneModifications=true
	grep 'MasterCRL: no CRL: the server failed with a NullPointer' err
	gives 2 promote-clone --continue log --wait 2 $as_agent \
	    --accept file-new
	grep 'MasterCRL: another update is running, or hangs' err
	cp right.cfg ca1/pki-tomcat/conf/ca/CS.cfg
	down ca1
	up ca1
	gives 0 promote-clone --continue log $as_agent
	is_whole ca1
	master_is ca1 ca2
	not_two
EOF

it 'never lets a CRL number be used again' <<-\EOF
	crl last.crl number=99 </dev/null
	gives 0 promote -n $as_agent --crl last.crl ca1:pki-tomcat \
	    ca2:pki-tomcat
	grep 'would: raise the CRL number in the directory of ca2' err
	grep 'crlNumber: 0299' err
	test "$(crl_number "$(ds_url clone)")" -lt 99
	gives 0 promote $as_agent --crl last.crl ca1:pki-tomcat ca2:pki-tomcat
	test "$(crl_number "$(ds_url clone)")" -ge 100
	is_whole ca2
	master_is ca2 ca1
	not_two
EOF

it 'is done when the responders know the new CRL' <<-\EOF
	for serial in $(seq 16 21)
	do
		ocsp_entry "$(printf %02X "$serial")" 261101000000Z
	done >index
	ocsp_serve responder -index index -rsigner ca.pem -rkey ca.key -ndays 1
	revoke ca1 22
	gives 1 promote --wait 3 $as_agent --ocsp "$(ocsp_url responder)" \
	    --issuer ca.pem ca2:pki-tomcat ca1:pki-tomcat
	grep 'ca1.localhost: .*: error: ocsp-' err
	ocsp_entry 16 261101000000Z >>index
	gives 0 promote-clone --continue log
	is_whole ca1
	master_is ca1 ca2
	not_two
EOF

it 'leaves a CA of FreeIPA to its own command, and prints what that lacks' <<-\EOF
	cp ca2/pki-tomcat/conf/ca/CS.cfg kept.cfg
	set_cfg ca2 internaldb.basedn=o=ipaca
	gives 1 promote --agent-cert agent.pem --agent-key agent.key \
	    ca1:pki-tomcat ca2:pki-tomcat
	cp kept.cfg ca2/pki-tomcat/conf/ca/CS.cfg
	cp err printed
	exits 1 test -e log
	# t/promotion-commands.t runs them.
	{
		echo 'on ca1.localhost: ipa-crlgen-manage disable'
		echo 'on ca2.localhost: systemctl stop' \
		    pki-tomcatd@pki-tomcat.service
		echo 'on ca2.localhost: cfgset -i --subsystem ca' \
		    '-d master.ca.agent.host -d master.ca.agent.port' \
		    "'pki-tomcat' ca.certStatusUpdateInterval=600" \
		    ca.listenToCloneModifications=true
		echo 'on ca2.localhost: ipa-crlgen-manage enable'
	} >want
	sed -n 's/^promote-clone: \(on .*\)/\1/p' printed | same want -
	master_is ca1 ca2
	# On the master, for what it prints of the other one.
	sed -n 's/^promote-clone: \(curl .*\)/\1/p' printed |
	    sed "s|$(cut -d : -f 3 ca2.https)/|$(cut -d : -f 3 ca1.https)/|;
	    s/ca2/ca1/" >ask
	gives 0 sh ask
	grep '<time>' out
	sed -n 's/^promote-clone: \(crlls .*\)   (on ca2.localhost)$/\1/p' \
	    printed >compare
	(cd ca1 && gives 0 sh ../compare)
	grep '^# number: ' ca1/out
	exits 1 grep -v '^# ' ca1/out
EOF

it 'takes no name of an issuing point that a shell could misread' <<-\EOF
	printf '%s\n' 'dn: cn=x$(id),ou=crlIssuingPoints,ou=ca,o=ca' \
	    'objectClass: crlIssuingPointRecord' 'cn: x$(id)' \
	    'crlNumber: 015' | ds_modify clone -a
	for ca in ca1 ca2
	do
		cp $ca/pki-tomcat/conf/ca/CS.cfg $ca.kept
		sed -n 's/^ca\.crl\.MasterCRL\./ca.crl.x$(id)./p' $ca.kept \
		    >>$ca/pki-tomcat/conf/ca/CS.cfg
	done
	gives 1 promote -n $as_agent ca1:pki-tomcat ca2:pki-tomcat
	grep "refused: ca2.localhost: not the name of an issuing point" err
	for ca in ca1 ca2
	do
		cp $ca.kept $ca/pki-tomcat/conf/ca/CS.cfg
	done
	echo 'dn: cn=x$(id),ou=crlIssuingPoints,ou=ca,o=ca
	changetype: delete' | sed 's/^	//' | ds_modify clone
EOF

it 'waits until the directories have the same changes, or refuses' <<-\EOF
	ds_change master o=ca toclone nsds5ReplicaEnabled off
	for how in '' -n
	do
		gives 1 promote $how --wait 5 $as_agent ca1:pki-tomcat \
		    ca2:pki-tomcat
		grep 'refused: the directories do not have the same' err
		master_is ca1 ca2
		exits 1 test -e log
	done
	ds_change master o=ca toclone nsds5ReplicaEnabled on
EOF

# kill_at STEP: when the log says that it begins
kill_at () (
	{ set +x; } 2>/dev/null
	until grep -qs "^begin $1 " log
	do
		sleep 0.02
	done
	# Wherever it is by then, or at its end.
	test -z "${LONG-}" || sleep "0.$(($(date +%N | tr -d 0 | cut -c 1-2) % 9))"
	kill -9 "$(sed -n 's/^# begun .* process //p' log)" ||
	    test -n "${LONG-}"
)

# finish HOW: what it had begun ends by itself, and holds the lock until then
finish_by () {
	while :
	do
		got=0
		promote-clone "--$1" log >out 2>err || got=$?
		grep -q 'another recipe is running' err || break
		sleep 0.2
	done
	return "$got"
}

# killed STEP HOW OLD NEW: and finished by --undo or --continue
killed () {
	echo "killed at $1, then --$2: $3 to $4"
	old=$3 new=$4
	revoke "$new" "$serial"
	serial=$((serial + 1))
	rm -f log
	kill_at "$1" &
	killer=$!
	promote $as_agent "$old:pki-tomcat" "$new:pki-tomcat" >out 2>err || :
	wait $killer
	if finish_by "$2"
	then
		case $2 in
		undo) master_is "$old" "$new" ;;
		continue) master_is "$new" "$old"; is_whole "$new" ;;
		esac
	else
		# A CRL was made: what is printed promotes the old one back.
		cat err
		test "$2" = undo
		grep 'Promote the old master instead' err
		sed -n 's/^promote-clone: \(clonekit promote-clone .*\)/\1/p' err >back
		gives 0 promote-clone --continue log
		master_is "$new" "$old"
		gives 0 sh back
		master_is "$old" "$new"
		is_whole "$old"
	fi
	not_two
}

it 'finishes by --undo and by --continue, wherever it is killed' <<-\EOF
	serial=25
	for step in stop-old stop-new settle edit-old edit-new start-new crl \
	    start-old verify
	do
		for how in undo continue
		do
			# All of them take minutes.
			case ${LONG-},$step,$how in
			[!,]*) ;;
			,edit-old,undo | ,start-new,continue | ,crl,undo) ;;
			*) continue ;;
			esac
			if runs_as_master ca1
			then
				killed $step $how ca1 ca2
			else
				killed $step $how ca2 ca1
			fi
		done
	done
EOF

it 'has looked all the time, and never seen two masters' <<-\EOF
	: >stop-watching
	exits 1 test -e two
	# It would have.
	rm stop-watching
	cp ca1/pki-tomcat/conf/ca/CS.cfg ca1.cfg
	cp ca2/pki-tomcat/conf/ca/CS.cfg ca2.cfg
	for ca in ca1 ca2
	do
		set_cfg $ca ca.crl.MasterCRL.enableCRLUpdates=true
	done
	watch &
	await test -e two
	: >stop-watching
	wait
EOF

tap_done
