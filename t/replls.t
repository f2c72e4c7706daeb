#!/bin/sh
# SPDX-License-Identifier: MIT
# replls on LDIF: what is listed, and each thing that can be wrong.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/replicas.sh
. "$tap_top/t/lib/replicas.sh"

# How dsconf is told to bind where the tool was given LDIF.
ds1="dsconf -D 'cn=Directory Manager' -W ldap://ds1:389"

it 'lists replicas, agreements and how far each is' <<-\EOF
	pair
	gives 0 replls --columns kind,server,suffix,id,name,peer,state,lag \
	    $files
	exits 1 test -s err
	tr ' ' '\t' >want <<-END
	replica ds1:389 o=ca 96   supplier 
	agreement ds1:389 o=ca  masterAgreement1-ca2-pki-tomcat ds2:389 green 
	element ds1:389 o=ca 96  ds1:389  0
	element ds1:389 o=ca 97  ds2:389  0
	replica ds2:389 o=ca 97   supplier 
	agreement ds2:389 o=ca  cloneAgreement1-ca2-pki-tomcat ds1:389 green 
	element ds2:389 o=ca 97  ds2:389  0
	element ds2:389 o=ca 96  ds1:389  0
	END
	same want out
	exits 0 replls --columns updated,text,transport $files >out
	grep -qx "2026-11-21T03:06:45Z	Error (0).*	LDAP" out
	grep -qx "2026-11-21T03:06:19Z	$a	" out
EOF

it 'joins what is in several files, in any order' <<-\EOF
	pair
	exits 0 replls $files >want
	exits 0 replls suffix ds2.ruv ds1.ruv ds2 ds1 >out
	sort want >sorted
	sort out | same sorted -
	cat $files >all
	cat ds1 ds1.ruv >one
	exits 0 replls one ds2 ds2.ruv >out
	sort out | same sorted -
	exits 0 replls - ds2 ds2.ruv <one >out
	sort out | same sorted -
EOF

it 'says how many seconds a replica is behind, and of whose changes' <<-\EOF
	pair
	ruv r ds2 97 97 ds2 $b 96 ds1 $older >ds2.ruv
	finds 1 'ds2.ruv:1: warning: behind: ds2:389 lacks the last 11 s of changes of replica 96 of o=ca'
	exits 1 replls --columns kind,id,lag $files >out 2>err
	grep -qx 'element	96	11' out
	grep -q behind err
	exits 0 replls --max-lag 11 $files >out
	exits 1 replls --max-lag 10 $files >out
EOF

it 'says so when it is the changes of its own that a server lacks' <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $older 97 ds2 $b >ds1.ruv
	finds 1 'ds1.ruv:1: warning: behind: ds1:389 lacks the last 11 s of changes of replica 96 of o=ca, which are its own: an older backup was restored'
EOF

it 'says so when changes never came, also within one second' <<-\EOF
	pair
	ruv r ds2 97 97 ds2 $b 96 ds1 '' >ds2.ruv
	finds 1 'ds2.ruv:1: warning: never-sent: ds2:389 has received no change of replica 96 of o=ca'
	ruv r ds2 97 97 ds2 $b >ds2.ruv
	finds 1 'ds2.ruv:1: warning: never-sent: ds2:389 has received no change of replica 96 of o=ca'
	ruv r ds2 97 97 ds2 $b 96 ds1 6b010aab0000005f0000 >ds2.ruv
	finds 1 'ds2.ruv:1: warning: behind: ds2:389 lacks the last 0 s of changes of replica 96 of o=ca'
EOF

it 'never takes for equal what it did not see' <<-\EOF
	pair
	files='ds1 ds2 ds1.ruv'
	gives 1 replls --findings $files
	grep -q 'no-ruv: the lag of o=ca on ds2 was not checked: this LDIF has no RUV\. .* ldapsearch ' out
	exits 2 replls suffix >out 2>err
	grep -q '^replls: no replica in any source' err
EOF

it 'finds other generations of the data' <<-\EOF
	pair
	generation=6b01043f000000610000
	ruv r ds2 97 97 ds2 $b 96 ds1 $a >ds2.ruv
	generation=''
	finds 1 'ds1.ruv:1: error: generation: ds1:389 and ds2:389 hold different generations of o=ca and replicate nothing: initialise one from the other'
EOF

it 'finds one ID twice, and an ID that is still to be given away' <<-\EOF
	pair
	replica r ds2 96 >ds2
	agreement r ds2 cloneAgreement1-ca2-pki-tomcat ds1 >>ds2
	ruv r ds2 96 96 ds2 $a >ds2.ruv
	gives 1 replls --findings $files
	grep -qx 'ds2:1: error: duplicate-id: ds1:389 and ds2:389 both have replica ID 96 of o=ca: the others cannot tell their changes apart' out
	pair
	printf '%s\n' cs.type=CA internaldb.basedn=O=CA \
	    dbs.beginReplicaNumber=90 dbs.endReplicaNumber=96 >CS.cfg
	gives 1 replls --findings --ids CS.cfg $files
	echo 'CS.cfg:3: error: id-unassigned: ds1:389 has replica ID 96, which is in the range 90 to 96 that this instance gives to clones: the next clone may get the same ID' |
	    same - out
	sed -i s/=96/=95/ CS.cfg
	gives 0 replls --findings --ids CS.cfg $files
EOF

it 'finds an agreement in one direction only' <<-\EOF
	pair
	replica r ds2 97 >ds2
	finds 1 'ds1:11: error: one-way: ds1:389 sends to ds2:389, which has no agreement to send back: what is changed there does not reach this server'
EOF

it 'tells busy from failed, disabled and old forms of the status' <<-\EOF
	pair
	replica r ds1 96 >ds1.start
	set -- masterAgreement1-ca2-pki-tomcat ds2
	{ cat ds1.start; agreement r ds1 "$@" 'Error (1) Replication error acquiring replica: replica busy'; } >ds1
	finds 0 'ds1:11: info: agreement-busy: ds1:389 waits before it sends to ds2:389: Error (1) Replication error acquiring replica: replica busy'
	{ cat ds1.start; agreement r ds1 "$@" "Error (-1) Problem connecting to replica - LDAP error: Can't contact LDAP server"; } >ds1
	gives 1 replls --findings $files
	grep -q "^ds1:11: error: agreement-failed: ds1:389 cannot send to ds2:389: Error (-1) Problem" out
	{ cat ds1.start; agreement r ds1 "$@" '-1 Incremental update has failed'; } >ds1
	exits 1 replls --findings $files >out
	{ cat ds1.start; agreement r ds1 "$@" '0 Replica acquired successfully'; } >ds1
	exits 0 replls --findings $files >out
	{ cat ds1.start; agreement r ds1 "$@" | sed '/^$/d'; echo nsds5ReplicaEnabled: off; } >ds1
	finds 1 'ds1:11: warning: agreement-disabled: ds1:389 sends nothing to ds2:389: the agreement is disabled'
	{ cat ds1.start; agreement r ds1 "$@" | sed '/^$/d'; echo 'nsds5replicaLastInitStatus: Error (-2) Total update aborted'; } >ds1
	finds 1 'ds1:11: warning: init-failed: ds1:389 could not initialise ds2:389: Error (-2) Total update aborted'
EOF

it 'finds what a clone that is gone left behind' <<-\EOF
	pair
	agreement r ds1 masterAgreement1-ca3-pki-tomcat ds3 >>ds1
	cat >>ds1 <<-END
	dn: cn=Replication Manager masterAgreement1-ca3-pki-tomcat,ou=csusers,cn=config
	objectClass: person
	cn: Replication Manager masterAgreement1-ca3-pki-tomcat

	END
	for host in ca2 ca3
	do
		cat >>suffix <<-END
		dn: cn=$host,ou=replica,ou=ranges,o=ca
		objectClass: pkiRange
		beginRange: 1000
		host: $host

		END
	done
	finds 1 "ds1:21: warning: agreement-leftover: agreement 'masterAgreement1-ca3-pki-tomcat' is for a clone that the security domain does not have. The supplier keeps trying to send to it. If the clone was removed, fix: $ds1 repl-agmt delete --suffix o=ca masterAgreement1-ca3-pki-tomcat" \
	    "ds1:31: warning: manager-leftover: 'cn=Replication Manager masterAgreement1-ca3-pki-tomcat,ou=csusers,cn=config' was made for a clone that the security domain does not have, and whoever knows its password can write the whole suffix: $ds1 replication delete-manager --name 'cn=Replication Manager masterAgreement1-ca3-pki-tomcat,ou=csusers,cn=config' --suffix o=ca" \
	    "suffix:18: info: range-leftover: 'cn=ca3,ou=replica,ou=ranges,o=ca' is the range of ca3, which the security domain does not have: nobody uses these numbers"
	domain ca3 >>suffix
	finds 0
EOF

it 'knows an element of a replica that is gone from one that was not given' <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 98 ds3 $a >ds1.ruv
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 98 ds3 $a >ds2.ruv
	finds 1 "ds1.ruv:1: warning: ruv-leftover: replica 98 of o=ca (ldap://ds3:389) was removed but is still in the RUV: $ds1 repl-tasks cleanallruv --suffix o=ca --replica-id 98"
	agreement r ds1 toThree ds3 >>ds1
	finds 0 'ds1.ruv:1: info: id-not-given: replica 98 of o=ca (ldap://ds3:389) is in the RUV of ds1:389, and its server was not given. Do not clean the ID; add the URL of the server'
EOF

it 'takes such an element for a leftover where its agreement is one' <<-\EOF
	pair
	agreement r ds1 masterAgreement1-ca3-pki-tomcat ds3 >>ds1
	agreement r ds1 toFour ds4 >>ds1
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 98 ds3 $a 99 ds4 '' >ds1.ruv
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 98 ds3 $a >ds2.ruv
	gives 1 replls --findings $files
	grep -q 'warning: ruv-leftover: replica 98 of o=ca (ldap://ds3:' out
	grep -q 'info: id-not-given: replica 99 of o=ca (ldap://ds4:' out
EOF

it 'knows a leftover of FreeIPA by its host' <<-\EOF
	pair
	sed 's/cn: masterAgreement1.*/cn: caTods2/' ds1 >x; mv x ds1
	sed 's/cn: cloneAgreement1.*/cn: ds2-to-ds1/' ds2 >x; mv x ds2
	domain ds1 ds2 >suffix
	finds 0
	agreement r ds1 caTods3 ds3 >>ds1
	agreement r ds1 ds1-to-ds4 ds4 >>ds1
	gives 1 replls --findings $files
	test "$(grep -c 'agreement-leftover' out)" -eq 2
	domain ds1 other >suffix
	gives 1 replls --findings $files
	exits 1 grep "'ds1-to-ds4' is for a clone" out
EOF

it 'knows the way back over TLS, IPv6 and names of any form' <<-\EOF
	pair
	for ds in ds1 ds2
	do
		sed '/^nsDS5ReplicaPort/s/389/636/
		    /^nsDS5ReplicaHost/s/$/.Example.com/
		    /^nsDS5ReplicaHost/a nsDS5ReplicaTransportInfo: SSL' \
		    $ds >x
		mv x $ds
	done
	finds 0
	pair
	sed -i 's/^nsDS5ReplicaHost: ds1/nsDS5ReplicaHost: ::1/' ds2
	sed -i 's|//ds1:|//[::1]:|' ds1.ruv ds2.ruv
	finds 0
	exits 0 replls --columns kind,server $files >out
	grep -qx 'replica	\[::1\]:389' out
EOF

it 'takes a hub and a consumer, which have no ID of their own' <<-\EOF
	pair
	for ds in ds3 ds4
	do
		replica r $ds 65535 | sed 's/Type: 3/Type: 2/' >$ds
		ruv r $ds 65535 96 ds1 $a 97 ds2 $b >$ds.ruv
		sed -i 's/Type: 3/Type: 2/' $ds.ruv
		printf '%s\n' '' 'dn: cn=config' 'objectClass: top' \
		    "nsslapd-localhost: $ds" 'nsslapd-port: 389' >>$ds.ruv
	done
	sed -i 's/^nsDS5ReplicaId.*/&\nnsDS5Flags: 1/' ds3
	agreement r ds1 toHub ds3 >>ds1
	agreement r ds3 toConsumer ds4 >>ds3
	files="$files ds3 ds3.ruv ds4 ds4.ruv"
	finds 0
	exits 0 replls --columns kind,server,id,state $files >out
	grep -qx 'replica	ds3:389		hub' out
	grep -qx 'replica	ds4:389		consumer' out
EOF

it 'reads the colour that the server gives, and no number in other words' \
    <<-\EOF
	pair
	replica r ds1 96 >ds1.start
	set -- masterAgreement1-ca2-pki-tomcat ds2
	for json in '{"state":"red","x":""}' '{ "state" : "red" }'
	do
		{ cat ds1.start; agreement r ds1 "$@" | sed '/^$/d'
		    echo "nsds5replicaLastUpdateStatusJSON: $json"; } >ds1
		gives 1 replls --findings $files
		grep -q agreement-failed out
	done
	for text in 'Error (1) Problem connecting to replica - LDAP error: Operations error' \
	    'something else'
	do
		{ cat ds1.start; agreement r ds1 "$@" "$text"; } >ds1
		gives 1 replls --findings $files
		grep -q agreement-failed out
	done
EOF

it 'takes a RUV as ldapsearch and an export have it, and one suffix' <<-\EOF
	pair
	for dn in 'cn=replica,cn=o\3Dca,cn=mapping tree,cn=config' \
	    'nsuniqueid=ffffffff-ffffffff-ffffffff-ffffffff,o=ca'
	do
		{ cat ds1; printf "dn: %s\n" "$dn"; grep nsds50ruv ds1.ruv; } >with
		gives 0 replls --findings with ds2 ds2.ruv suffix
		exits 1 test -s out
		gives 0 replls --findings -b o=ca with ds2 ds2.ruv suffix
		gives 2 replls --findings -b o=kra with ds2 ds2.ruv suffix
	done
EOF

it 'finds entries in conflict' <<-\EOF
	pair
	cat >>suffix <<-END
	dn: cn=5+nsuniqueid=aa-bb,ou=x,o=ca
	objectClass: device
	nsds5ReplConflict: namingConflict (ADD) cn=5,ou=x,o=ca

	END
	finds 1 "suffix:13: warning: conflict: 'cn=5+nsuniqueid=aa-bb,ou=x,o=ca' is a conflict entry (namingConflict (ADD) cn=5,ou=x,o=ca): programs find only the other version"
	exits 1 replls --columns kind,server,name $files >out
	grep -qx 'conflict	suffix	cn=5+nsuniqueid=aa-bb,ou=x,o=ca' out
EOF

it 'takes the security domain from a document, too' <<-\EOF
	pair
	files='ds1 ds2 ds1.ruv ds2.ruv'
	domain ca9 >domain.ldif
	gives 1 replls --findings --domain domain.ldif $files
	test "$(grep -c agreement-leftover out)" -eq 2
EOF

it 'refuses what cannot be an RUV, an ID or an agreement' <<-\EOF
	pair
	for element in '{replica 97' '{replica x} 1 2' '{replica 1} 6b' 'x' \
	    "{replica 1 u} $a" "{replica 1 u} $a $b x" '{replica 65536}'
	do
		sed "s|^nsds50ruv: {replica 97.*|nsds50ruv: $element|" \
		    ds1.ruv >bad
		gives 2 replls ds1 bad
		test "$(wc -l <err)" -eq 1
		grep -q "^replls: bad:1: no element of an RUV: '" err
		exits 1 test -s out
	done
	sed 's/^nsDS5ReplicaId: .*/nsDS5ReplicaId: 9x/' ds1 >bad
	gives 2 replls bad
	grep -q "^replls: bad:1: no replica ID: '9x'" err
	grep -v Port ds1 >bad
	gives 2 replls bad
	grep -q '^replls: bad:11: an agreement without suffix, host or p' err
EOF

it 'takes an element without URL and CSNs' <<-\EOF
	pair
	echo 'nsds50ruv: {replica 99}' | cat ds1.ruv - | grep . >with
	gives 1 replls --findings ds1 ds2 with ds2.ruv
	grep -q 'ruv-leftover: replica 99 of o=ca (no URL) was removed' out
EOF

it 'draws the topology for Graphviz, and gives JSON' <<-\EOF
	pair
	exits 0 replls --dot $files >out
	cat >want <<-END
	digraph replication {
	  "ds1:389";
	  "ds1:389" -> "ds2:389" [label="o=ca", color=black];
	  "ds2:389";
	  "ds2:389" -> "ds1:389" [label="o=ca", color=black];
	}
	END
	tr '\t' ' ' <out | sed 's/^ /  /' | same want -
	needs python3
	ruv r ds2 97 97 ds2 $b >ds2.ruv
	exits 1 replls --json $files >out
	python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert sum("kind" in row for row in rows) == 7
assert [row["code"] for row in rows if "code" in row] == ["never-sent"]' <out
	exits 2 replls --wait 1 $files >out 2>err
EOF

tap_done
