#!/bin/sh
# SPDX-License-Identifier: MIT
# rangefix: plans of ranges that do not overlap, what they refuse, and one that
# is applied to files and a real directory.  That no plan lets a number be given
# out twice is t/unit/rangefix.c's.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

deployment

# silent: nothing in ./err but what sh -x has there
silent () {
	sed '/^+/d' err >own
	same /dev/null own
}

# healthy FILE...: nothing is to be done
healthy () {
	exits 0 rangefix "$@" >out 2>err
	same /dev/null out
	silent
}

# planned FILE...: there is a plan, in ./out
planned () {
	exits 1 rangefix "$@" >out 2>err
	silent
}

# refused TEXT FILE...: in one line, and nothing is printed
refused () {
	refused_text=$1
	shift
	exits 2 rangefix "$@" >out 2>err
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep "^rangefix: .*$refused_text" said
}

# set_keys FILE KEY=VALUE...: another FILE; without a value, the key goes
set_keys () {
	set_file=$1
	shift
	for set_key
	do
		sed -i "/^${set_key%%=*}=/d" "$set_file"
		case $set_key in
		*=) ;;
		*) echo "$set_key" >>"$set_file" ;;
		esac
	done
}

# without TEXT LDIF: the entries that do not have it
without () {
	awk -v text="$1" 'BEGIN { RS = ""; ORS = "\n\n" } !index($0, text)' "$2"
}

# copies: of the deployment, to be broken: a.cfg, b.cfg, d.ldif
copies () {
	cp ca1.cfg a.cfg
	cp ca2.cfg b.cfg
	cp ds.ldif d.ldif
}

it 'has nothing to do where all is well' <<-\EOF
	healthy ca1.cfg ca2.cfg ds.ldif
	healthy ds.ldif ca2.cfg suffix.ldif ca1.cfg
	# As releases up to 10.10 count, too.
	sed 's/^endRange: 278435456/endRange: 20000000/
	    s/^nextRange: 278435457/nextRange: 20000001/' ds.ldif >old.ldif
	healthy ca1.cfg ca2.cfg old.ldif
EOF

it 'what two hosts have, neither keeps' <<-\EOF
	copies
	set_keys b.cfg dbs.beginRequestNumber=9000000
	planned a.cfg b.cfg d.ldif
	grep '^+dbs.beginRequestNumber=20000001$' out
	grep '^+dbs.endRequestNumber=30000000$' out
	grep '^+dbs.beginRequestNumber=30000001$' out
	grep '^+dbs.endRequestNumber=40000000$' out
	# Its next block is nobody else's; serial numbers are in order.
	exits 1 grep 'nextBegin\|Serial' out
	grep -A 6 '^dn: ou=ca,ou=requests,o=ca$' out >got
	cat >want <<-END
		dn: ou=ca,ou=requests,o=ca
		changetype: modify
		delete: nextRange
		nextRange: 20000001
		-
		add: nextRange
		nextRange: 40000001
	END
	same want got
	sed -n '/^dn: cn=30000001,/,/^$/p' out >got
	cat >want <<-END
		dn: cn=30000001,ou=requests,ou=ranges,o=ca
		changetype: add
		objectClass: top
		objectClass: pkiRange
		cn: 30000001
		beginRange: 30000001
		endRange: 40000000
		host: ca2
		SecurePort: 8443
		
	END
	same want got
EOF

it 'says in which order: stop, the directory, the files, start, check' <<-\EOF
	copies
	set_keys b.cfg dbs.beginRequestNumber=9000000
	mkdir -p etc/pki/one/ca etc/pki/two/ca
	mv a.cfg etc/pki/one/ca/CS.cfg
	mv b.cfg etc/pki/two/ca/CS.cfg
	ln -s "$PWD/etc" here
	planned here/pki/one/ca/CS.cfg "$PWD"/etc/pki/two/ca/CS.cfg d.ldif
	grep -n '^# [0-9]\. \|^dn: \|^# clonekit edits\|^#    pki-server' out |
	    sed 's/^[0-9]*://' >got
	cat >want <<-END
		# 1. Stop the servers:
		#    pki-server stop INSTANCE	# on ca1
		#    pki-server stop two	# on ca2
		# 2. Change the directory of d.ldif:
		dn: ou=ca,ou=requests,o=ca
		dn: cn=20000001,ou=requests,ou=ranges,o=ca
		dn: cn=30000001,ou=requests,ou=ranges,o=ca
		# 3. Edit the CS.cfg of ca1:
		# clonekit edits 1
		# 4. Edit the CS.cfg of ca2:
		# clonekit edits 1
		# 5. Start the servers:
		#    pki-server start INSTANCE	# on ca1
		#    pki-server start two	# on ca2
		# 6. Check:
	END
	same want got
EOF

it 'new serial numbers have digits that both sides read alike' <<-\EOF
	for release in 9.0.20 10.8.3 11.6.0
	do
		copies
		# A number that nobody has a range for.
		set_keys a.cfg cms.product.version=$release \
		    dbs.endSerialNumber=fff8000
		set_keys b.cfg cms.product.version=$release
		ranges_entry \
		    cn=305441741,ou=certificateRepository,ou=ca,o=ca \
		    certificateRecord 'serialno: 1111060000000' >>d.ldif
		planned a.cfg b.cfg d.ldif
		# 11060000000 is 0x29339dd00.
		begin=$(sed -n 's/^+dbs.beginSerialNumber=//p' out | head -n 1)
		exits 1 grep '^+dbs.beginSerial.*=.*[a-f]' out
		test $((0x$begin)) -gt 11060000000
		grep "^dn: cn=$begin,ou=certificateRepository,ou=ranges" out
		end=$(sed -n "/^cn: $begin/,/^host/s/^endRange: //p" out)
		test $release = 9.0.20 && step=10000000 || step=268435456
		test $((end - begin + 1)) -eq $step
		last=$(sed -n 's/^+dbs.endSerialNumber=//p' out | head -n 1)
		test $((0x$last - 0x$begin + 1)) -eq $((0x10000000))
	done
EOF

it 'raises nextRange alone where it is too low' <<-\EOF
	copies
	sed -i 's/^nextRange: 20000001/nextRange: 20000000/' d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^nextRange: 20000000$' out
	# The block that reaches beyond it may be somebody else's by now.
	grep '^-dbs.nextBeginRequestNumber=10000001$' out
	copies
	sed -i 's/^nextRange: 1000$/nextRange: 50/' d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^+dbs.beginReplicaNumber=101$' out
	# Of two directories, the one that is behind.
	copies
	sed 's/^nextRange: 1000$/nextRange: 1100/' suffix.ldif >ahead.ldif
	planned a.cfg b.cfg d.ldif ahead.ldif
	test "$(grep -c '^nextRange: 1100$' out)" -eq 3
	exits 1 grep '^# clonekit edits' out
EOF

it 'next blocks: unknown, in use, half, or another host has them' <<-\EOF
	for change in \
	    'nextBeginRequestNumber=12000001 nextEndRequestNumber=20000000' \
	    nextEndRequestNumber= nextBeginRequestNumber=x
	do
		copies
		# shellcheck disable=SC2046 # words
		set_keys b.cfg $(printf 'dbs.%s ' $change)
		planned a.cfg b.cfg d.ldif
		grep '^-dbs.next' out
		exits 1 grep '^+dbs.next' out
	done
	copies
	sed -i '/^cn: 10000001/,/^$/s/^host: ca2/host: ca1/' d.ldif
	planned a.cfg b.cfg d.ldif
	test "$(grep -c '^-dbs.nextBegin' out)" -eq 2
	copies
	ranges_entry cn=10000009,ou=ca,ou=requests,o=ca request \
	    'requestId: 0810000009' >>d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^-dbs.nextBeginRequest' out
	exits 1 grep nextBeginSerial out
EOF

it 'a block that is used up and has no next one is replaced' <<-\EOF
	copies
	set_keys a.cfg dbs.beginReplicaNumber=96
	planned a.cfg b.cfg d.ldif
	grep '^+dbs.beginReplicaNumber=1000$' out
	grep '^+dbs.endReplicaNumber=1099$' out
	copies
	ranges_entry cn=9990000,ou=ca,ou=requests,o=ca request \
	    'requestId: 079990000' >>d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^+dbs.beginRequestNumber=20000001$' out
EOF

it 'a replica ID in use is not given again' <<-\EOF
	copies
	sed -i 's/^nsDS5ReplicaId: 97/nsDS5ReplicaId: 98/' d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^-dbs.beginReplicaNumber=98$' out
	copies
	sed -i 's/^nsDS5ReplicaId: 97/nsDS5ReplicaId: 65000/' d.ldif
	planned a.cfg b.cfg d.ldif
	grep '^nextRange: 65001$' out
	set_keys b.cfg dbs.beginReplicaNumber=90
	sed -i 's/^nsDS5ReplicaId: 65000/nsDS5ReplicaId: 65500/' d.ldif
	refused 'no replica IDs are left' a.cfg b.cfg d.ldif
EOF

it 'entries in conflict go, and with them what their hosts have of it' <<-\EOF
	copies
	set_keys a.cfg dbs.nextBeginRequestNumber=10000001 \
	    dbs.nextEndRequestNumber=20000000
	range_entry 10000001+nsuniqueid=1-2 requests 10000001 20000000 ca1 |
	    sed 's/^cn: .*/nsds5ReplConflict: namingConflict/' >>d.ldif
	planned a.cfg b.cfg d.ldif
	grep -A 1 '^dn: cn=10000001+nsuniqueid=1-2,' out |
	    grep '^changetype: delete$'
	test "$(grep -c '^-dbs.nextBeginRequestNumber' out)" -eq 2
EOF

it 'random serial numbers are counted anew in a new block' <<-\EOF
	copies
	for host in a b
	do
		set_keys $host.cfg dbs.enableRandomSerialNumbers=true \
		    dbs.randomSerialNumberCounter=17,1
	done
	set_keys b.cfg dbs.beginSerialNumber=fff0000
	planned a.cfg b.cfg d.ldif
	test "$(grep -c '^+dbs.randomSerialNumberCounter=-2$' out)" -eq 2
	grep 'serial: the next number is picked at random' out
EOF

it 'legacy2 writes its own form, into its own container' <<-\EOF
	for type in CA KRA
	do
		copies
		sub=$(echo $type | tr A-Z a-z)
		for host in a b
		do
			sed -i "s/^\(dbs.*Serial.*=\)/\10x/;
			    s/^\(dbs.serial[A-Z].*=\)/\10x/; s/=CA/=$type/" \
			    $host.cfg
			set_keys $host.cfg dbs.cert.id.generator=legacy2 \
			    dbs.key.id.generator=legacy2 \
			    dbs.nextBeginSerialNumber= \
			    dbs.nextEndSerialNumber=
		done
		set_keys b.cfg dbs.beginSerialNumber=0xfff0000
		sed -i "s/^dn: ou=ca,ou=req/dn: ou=$sub,ou=req/;
		    s/cn=CAList/cn=${type}List/" d.ldif
		at=ou=certificateRepository,ou=ranges_v2
		test $type = CA || at=ou=keyRepository,ou=kra
		ranges_entry $at,o=ca repository 'nextRange: 268435457' >>d.ldif
		planned a.cfg b.cfg d.ldif
		grep "^dn: $at,o=ca$" out
		grep '^+dbs.beginSerialNumber=0x[0-9a-f]*$' out
		grep '^dn: cn=[0-9]*,ou=[a-zA-Z]*,ou=ranges_v2,o=ca$' out
	done
EOF

it 'prints which number each server gives out next, and who has it' <<-\EOF
	copies
	set_keys b.cfg dbs.beginRequestNumber=9000000
	planned a.cfg b.cfg d.ldif
	grep '^# ca1 CA serial: the next number is 0x8, which no directory' out
	grep '^# ca2 CA request: .*; it gets a new range$' out
	grep '^# ca2 CA replica: the next ID is 0x62$' out
	grep -v certificateRecord d.ldif | grep -v '^objectClass: request$' \
	    >bare.ldif
	planned a.cfg b.cfg bare.ldif
	grep '^# ca1 CA serial: .* is not known without --used$' out
EOF

it 'no plan is made while a host is missing' <<-\EOF
	set_keys ca1.cfg dbs.enableSerialManagement=true
	refused "security domain's CA 'ca2' is in no source: .*--absent=ca2" \
	    ca1.cfg ds.ldif
	# The host of a range, where no domain is known.
	without pkiSubsystem ds.ldif >bare.ldif
	refused "the host of a range, 'ca2' is in no source" ca1.cfg bare.ldif
	# A removed one, which the domain does not have, is absent.
	without cn=ca2:8443,cn=CAList ds.ldif >left.ldif
	healthy ca1.cfg left.ldif
	# Replicas, by a RUV, an agreement, a configuration.
	{
		cat ds.ldif
		printf '%s\n' \
		    "dn: nsuniqueid=ffffffff-ffffffff-ffffffff-ffffffff,o=ca" \
		    'objectClass: nsTombstone' \
		    'nsds50ruv: {replicageneration} 6a000000000000600000' \
		    'nsds50ruv: {replica 97 ldap://ds7:389}' ''
	} >ruv.ldif
	refused "ruv.ldif:[0-9]*: the replica on 'ds7' is in no" \
	    ca1.cfg ca2.cfg ruv.ldif
	{
		cat ds.ldif
		printf '%s\n' \
		    'dn: cn=to7,cn=replica,cn=o\3Dca,cn=mapping tree,cn=config' \
		    'objectClass: nsds5replicationagreement' 'cn: to7' \
		    'nsDS5ReplicaRoot: o=ca' 'nsDS5ReplicaHost: ds7' \
		    'nsDS5ReplicaPort: 389' ''
	} >agreement.ldif
	refused "the replica on 'ds7' is in no source" ca1.cfg ca2.cfg \
	    agreement.ldif
	for ldif in ruv agreement
	do
		planned --absent=ds7 ca1.cfg ca2.cfg $ldif.ldif
		cp ca2.cfg with.cfg
		echo internaldb.ldapconn.host=ds7 >>with.cfg
		echo internaldb.ldapconn.port=389 >>with.cfg
		healthy ca1.cfg with.cfg $ldif.ldif
	done
EOF

it 'an absent host keeps what it has, and one block more' <<-\EOF
	planned --absent=ca2 ca1.cfg ds.ldif
	exits 1 grep '^# clonekit edits' out
	exits 1 grep 'pki-server' out
	grep -A 8 '^dn: cn=20000001,ou=requests,ou=ranges' out >got
	grep '^host: ca2$' got
	grep '^SecurePort: 0$' got
	sed -n '/^dn: cn=/,/^$/p' out | grep -v '^changetype' >more
	sed 's/^nextRange: 278435457/nextRange: 546870913/
	    s/^nextRange: 20000001/nextRange: 30000001/
	    s/^nextRange: 1000/nextRange: 1100/' ds.ldif | cat - more >ds2.ldif
	healthy --absent=ca2 ca1.cfg ds2.ldif
	exits 0 rangels --findings ca1.cfg ds2.ldif
	refused 'no source has such a host' --absent=ca7 ca1.cfg ca2.cfg ds.ldif
	refused 'is among the sources' --absent=ca1 ca1.cfg ca2.cfg ds.ldif
EOF

it 'no plan is made of what cannot be known' <<-\EOF
	refused 'no CS.cfg is given' ds.ldif
	refused 'no directory that was given has nextRange' ca1.cfg ca2.cfg
	copies
	sed -i '/^nextRange: 1000$/d' d.ldif
	refused 'nextRange for its replica numbers' a.cfg b.cfg d.ldif
	refused "'ca1.cfg' is given twice" ca1.cfg ca1.cfg ca2.cfg ds.ldif
	copies
	set_keys b.cfg dbs.request.id.generator=random
	refused 'make them alike first' a.cfg b.cfg d.ldif
	for change in 's/^beginRange: 10000001/beginRange: 10000002/' \
	    's/^endRange: 20000000/endRange: 1/' \
	    's/^endRange: 20000000/endRange: x/'
	do
		copies
		sed -i "$change" d.ldif
		refused 'd.ldif:[0-9]*: it is not certain which numbers' \
		    a.cfg b.cfg d.ldif
	done
	refused 'no entries' a.cfg b.cfg - </dev/null
	exits 2 rangefix 2>err
EOF

it 'writes LDIF and edits into files of their own' <<-\EOF
	copies
	set_keys b.cfg dbs.beginRequestNumber=9000000 'machineName=b;x/y'
	sed -i 's/: ca2$/: b;x\/y/' d.ldif
	mkdir parts
	exits 1 rangefix -o parts a.cfg b.cfg d.ldif >out 2>err
	ls parts >got
	printf '%s\n' 1-ca1.edits 1.ldif 2-b_x_y.edits | same - got
	exits 1 grep '^[^#]' out
	grep "^#    pki-server stop INSTANCE	# on 'b;x/y'$" out
	cfgpatch --force b.cfg parts/2-b_x_y.edits >patched
	grep '^dbs.beginRequestNumber=30000001$' patched
	exits 2 rangefix -o parts a.cfg b.cfg d.ldif >out 2>err
	same /dev/null out
	exits 1 rangefix --force -o parts a.cfg b.cfg d.ldif >out
	exits 2 rangefix -o nowhere a.cfg b.cfg d.ldif >out 2>err
	same /dev/null out
	exits 2 rangefix a.cfg b.cfg d.ldif >/dev/full
EOF

# end_to_end: the deployment, broken, with a server and its LDIF
end_to_end () {
	mkdir plan
	copies
	set_keys b.cfg dbs.beginSerialNumber=fff0000 \
	    dbs.nextBeginRequestNumber=9990000
	{
		cat suffix.ldif
		range_entry 15000001 requests 15000001 25000000 ca3
		ranges_host ca3 TRUE
	} >broken.ldif
	directory "$1" broken.ldif
	url=$(cat "$1.url")/o=ca
}

# modify NAME FILE: what the plan says
modify () {
	ldapmodify -x -D "$directory_manager" -y dmw \
	    -H "$(cat "$1.url")" -f "$2"
}

it 'a plan that is applied leaves nothing to find or to do' <<-\EOF
	needs ldapmodify
	tr -d '\n' <dm >dmw
	end_to_end whole
	exits 1 rangels --findings a.cfg b.cfg "$url" >found
	grep range-overlap found
	refused "CA 'ca3' is in no source" a.cfg b.cfg "$url"
	exits 1 rangefix -o plan --used --absent=ca3 a.cfg b.cfg "$url" >out
	grep "^#    ldapmodify .* -H $(cat whole.url) -f plan/1.ldif$" out
	modify whole plan/1.ldif
	cfgpatch -i --force a.cfg plan/1-ca1.edits
	cfgpatch -i --force b.cfg plan/2-ca2.edits
	exits 0 rangels --findings a.cfg b.cfg "$url" >found
	cat found
	healthy --used --absent=ca3 a.cfg b.cfg "$url"
	rm -r plan
EOF

it 'a plan may be made while a server runs, and is not applied to its file' \
    <<-\EOF
	mkdir -p inst/conf/ca
	copies
	set_keys b.cfg dbs.beginRequestNumber=9000000
	cp b.cfg inst/conf/ca/CS.cfg
	mkfifo end
	exec 9<>end
	sh -c 'read -r end' java "-Dcatalina.base=$PWD/inst" <end >log 2>&1 &
	pid=$!
	until tr '\0' '\n' <"/proc/$pid/cmdline" | grep -q '^java$'
	do
		sleep 0.05
	done
	mkdir running
	exits 1 rangefix -o running a.cfg inst d.ldif >out
	grep '^#    cfgpatch -i --force inst/conf/ca/CS.cfg running/2-' out
	cp a.cfg before.cfg
	exits 2 rangefix -i a.cfg inst d.ldif >out 2>err
	same /dev/null out
	grep "^rangefix: inst/conf/ca/CS.cfg: its server runs (process $pid)" \
	    err
	same b.cfg inst/conf/ca/CS.cfg
	same before.cfg a.cfg
	echo >&9
	wait $pid
	exits 1 rangefix -i a.cfg inst d.ldif >out
	grep '^+dbs.beginRequestNumber=30000001$' out
	grep '^dbs.beginRequestNumber=20000001$' a.cfg
	grep '^dbs.beginRequestNumber=30000001$' inst/conf/ca/CS.cfg
	ls inst/conf/ca/CS.cfg.clonekit.*
EOF

it 'a server that took a block meanwhile makes the LDIF fail as a whole' <<-\EOF
	needs ldapmodify
	tr -d '\n' <dm >dmw
	end_to_end late
	exits 1 rangefix -o plan --absent=ca3 a.cfg b.cfg "$url" >out
	head -n 7 plan/1.ldif >first
	dn=$(sed -n 1p first)
	printf '%s\n' "$dn" 'changetype: modify' 'replace: nextRange' \
	    'nextRange: 77777777' >other
	modify late other
	exits 16 modify late plan/1.ldif
	ldapsearch -x -LLL -H "$(cat late.url)" -b o=ca \
	    '(&(objectClass=pkiRange)(|(host=ca3)(SecurePort=0)))' dn >got
	test "$(grep -c '^dn:' got)" -eq 1
EOF

tap_done
