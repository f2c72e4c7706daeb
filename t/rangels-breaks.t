#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels: one break at a time in a good deployment, each found by its code,
# in its place, and no other error beside it.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"

deployment
mkdir good
cp ca1.cfg ca2.cfg ds.ldif good

it 'finds nothing but what all deployments have in a good one' <<-\EOF
	exits 0 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	cut -d : -f 3,4 found | sort | uniq -c | sed 's/^ *//' >got
	printf '%s\n' '2  info: range-gap' '1  info: range-radix' >want
	same want got
EOF

# broken LEVEL CODE FILE REGEXP SED...: with FILE edited so, that finding
# stands where REGEXP is, and no other is worse than a good deployment's.
broken () {
	level=$1 code=$2 file=$3 at=$4
	shift 4
	cp good/* .
	sed "$@" good/$file >$file
	exits 1 cmp good/$file $file
	judge
}

# The same with text added, from standard input.
added () {
	level=$1 code=$2 file=$3 at=$4
	cp good/* .
	cat >>$file
	judge
}

judge () {
	at=$(line $file "$at")
	want=1
	test $level != info || want=0
	exits $want rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	grep "^$file:$at: $level: $code: " found
	grep -v 'info: range-gap: \|info: range-radix: ' found |
	    grep -v ": $code: " >beside || :
	same /dev/null beside
	exits $want rangels ca1.cfg ca2.cfg ds.ldif >records 2>err
	grep -v '^+' err >said
	same found said
}

it 'serial numbers of the clone are the master'"'"'s' <<-\EOF
	broken error range-overlap ca2.cfg dbs.beginSerial \
	    's/=fff0001$/=fff0000/'
	grep 'range-overlap: 268369920 to 268369920: ' found
EOF

it 'requests of the clone are the master'"'"'s' <<-\EOF
	broken error range-overlap ca2.cfg dbs.beginRequest \
	    's/=9990001$/=9000000/'
EOF

it 'replica IDs of the clone are the master'"'"'s' <<-\EOF
	broken error range-overlap ca2.cfg dbs.beginReplica \
	    's/\(beginReplicaNumber=\)98$/\194/;s/\(endReplicaNumber=\)100$/\195/'
EOF

it 'the next range shares numbers with the current one' <<-\EOF
	broken error range-overlap ca2.cfg dbs.nextBeginReq \
	    's/\(endRequestNumber=\)10000000$/\110000005/'
EOF

it 'a range of a file reaches into what the directory gave to another' <<-\EOF
	cp good/* .
	sed 's/\(endRequestNumber=\)9990000/\19980000/' good/ca1.cfg >ca1.cfg
	range_entry 9980000 requests 9980000 9980005 ca2 >>ds.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	at=$(line ds.ldif '^dn: cn=9980000')
	grep "^ca1.cfg:.* error: range-overlap: 9980000 to 9980000: " found ||
	    grep "^ds.ldif:$at: error: range-overlap: 9980000 to 9980000: " \
	    found
EOF

it 'two entries of the directory share numbers' <<-\EOF
	added error range-overlap ds.ldif '^dn: cn=278435400' \
	    <<-END
		$(range_entry 278435400 certificateRepository 278435400 \
		    278435456 ca1)
	END
EOF

it 'two directories gave one block to two hosts' <<-\EOF
	cp good/* .
	sed '/^dn: cn=10000001,ou=requests/,/^$/s/host: ca2/host: ca1/' \
	    ds.ldif >other.ldif
	exits 1 rangels --findings ds.ldif other.ldif >found
	at=$(line other.ldif 'dn: cn=10000001,ou=requests')
	grep "^other.ldif:$at: error: range-overlap: .*(ca2).* of ca1$" found ||
	    grep "^ds.ldif:$at: error: range-overlap: .*(ca1).* of ca2$" found
EOF

it 'a generator that the master does not have' <<-\EOF
	broken error generator ca2.cfg dbs.request.id.generator \
	    '$adbs.request.id.generator=random'
EOF

it 'a radix that the master does not have' <<-\EOF
	cp good/* .
	echo dbs.request.id.radix=16 >>ca2.cfg
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	grep "^ca2.cfg: error: generator: .* in another radix, " found
EOF

it 'a range that is used up, and no other' <<-\EOF
	broken error range-depleted ca2.cfg dbs.beginReplica \
	    's/\(beginReplicaNumber=\)98$/\1100/'
EOF

it 'a range that is used up, and there is another' <<-\EOF
	broken info range-ends ca2.cfg dbs.beginReq \
	    's/\(beginRequestNumber=\)9990001$/\110000000/'
EOF

it 'a range of which the last number was given out' <<-\EOF
	cp good/* .
	ranges_entry cn=9990000,ou=ca,ou=requests,o=ca request \
	    'cn: 9990000' 'requestId: 079990000' >>ds.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	grep "^ca1.cfg:$(line ca1.cfg dbs.beginReq): error: range-depleted: " \
	    found
EOF

it 'half of a next range' <<-\EOF
	cp good/* .
	sed /nextEndSerial/d good/ca2.cfg >ca2.cfg
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	at=$(line ca2.cfg nextBeginSerial)
	grep "^ca2.cfg:$at: error: range-half: " found
EOF

it 'digits of another radix' <<-\EOF
	broken error range-digits ca1.cfg dbs.beginReq \
	    's/\(endRequestNumber=\).*/\1ffff/'
EOF

it 'an entry that is not called by its begin' <<-\EOF
	broken error range-name ds.ldif '^dn: cn=10000002,ou=req' \
	    's/^dn: cn=10000001,ou=req/dn: cn=10000002,ou=req/'
EOF

it 'an entry that ends before it begins' <<-\EOF
	added error range-reversed ds.ldif '^dn: cn=15000001' <<-END
		$(range_entry 15000001 requests 15000001 15000000 ca1)
	END
EOF

it 'an entry without numbers' <<-\EOF
	added error range-digits ds.ldif '^dn: cn=x,' <<-END
		$(range_entry x requests x 30000000 ca1)
	END
EOF

it 'nextRange within what was given away' <<-\EOF
	cp good/* .
	sed 's/^nextRange: 20000001/nextRange: 20000000/' good/ds.ldif >ds.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	at=$(line ds.ldif '^dn: ou=ca,ou=requests,')
	grep "^ds.ldif:$at: error: range-next: nextRange 20000000 " found
	at=$(line ca2.cfg dbs.nextBeginReq)
	grep "^ca2.cfg:$at: error: range-beyond: " found
EOF

it 'a range of a file that the directory will give away' <<-\EOF
	broken error range-beyond ca1.cfg dbs.beginReplica \
	    's/\(endReplicaNumber=\).*/\11000/;s/\(beginReplicaNumber=\)1$/\1990/'
EOF

it 'another nextRange in another directory' <<-\EOF
	cp good/* .
	sed 's/^nextRange: 1000$/nextRange: 1100/' ds.ldif >other.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif other.ldif >found
	at=$(line ds.ldif '^dn: ou=replica,o=ca')
	grep "^ds.ldif:$at: warning: range-behind: .* has 1100: replica" found
EOF

it 'a range that replication could not place' <<-\EOF
	added error range-conflict ds.ldif '^dn: cn=20000001+nsuniqueid' <<-END
		dn: cn=20000001+nsuniqueid=a-b,ou=requests,ou=ranges,o=ca
		objectClass: pkiRange
		beginRange: 20000001
		endRange: 30000000
		host: ca1
		SecurePort: 8443
		nsds5ReplConflict: namingConflict cn=20000001,ou=requests
	END
EOF

it 'a next range that the directory knows nothing of' <<-\EOF
	broken error range-unrecorded ca1.cfg dbs.nextBeginReplica \
	    -e '$adbs.nextBeginReplicaNumber=500' \
	    -e '$adbs.nextEndReplicaNumber=599'
EOF

it 'a next range that the directory gave to another' <<-\EOF
	broken error range-owner ca2.cfg dbs.nextBeginSer \
	    's/^machineName=ca2/machineName=ca1/'
EOF

it 'a next range that is longer than the directory knows' <<-\EOF
	cp good/* .
	sed 's/^endRange: 20000000/endRange: 19999999/' good/ds.ldif >ds.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	at=$(line ca2.cfg nextBeginReq)
	grep "^ca2.cfg:$at: error: range-end: .* after 19999999" found
EOF

it 'digits that the directory counts in decimal are current' <<-\EOF
	broken info range-radix ca2.cfg dbs.beginSerial -e /nextBeginS/d \
	    -e /nextEndS/d -e 's/\(beginSerialNumber=\).*/\110000001/' \
	    -e 's/\(endSerialNumber=\).*/\120000000/'
EOF

it 'a low-water mark above the increment' <<-\EOF
	broken warning range-low ca1.cfg dbs.replicaLow \
	    's/\(replicaLowWaterMark=\).*/\1101/'
EOF

it 'more for a clone than a range has' <<-\EOF
	broken warning range-step ca1.cfg dbs.replicaClone \
	    's/\(replicaCloneTransferNumber=\).*/\1101/'
EOF

it 'a clone that asks for no new ranges' <<-\EOF
	broken error serial-management ca2.cfg enableSerialM \
	    's/\(enableSerialManagement=\).*/\1false/'
EOF

it 'one replica ID of two servers' <<-\EOF
	broken error replica-id-twice ds.ldif '^dn: cn=replica,cn=o.3Dcads2' \
	    's/^nsDS5ReplicaId: 97/nsDS5ReplicaId: 96/'
EOF

it 'a replica ID that a clone will be given' <<-\EOF
	broken error replica-id-unassigned ds.ldif \
	    '^dn: cn=replica,cn=o.3Dcads2' \
	    's/^nsDS5ReplicaId: 97/nsDS5ReplicaId: 95/'
EOF

it 'a replica ID that the directory will give away' <<-\EOF
	broken error replica-id-unassigned ds.ldif \
	    '^dn: cn=replica,cn=o.3Dcads2' \
	    's/^nsDS5ReplicaId: 97/nsDS5ReplicaId: 65000/'
EOF

it 'a range of a host that is gone' <<-\EOF
	cp good/* .
	range_entry 278435457 certificateRepository 278435457 546870912 ca3 \
	    >>ds.ldif
	sed -i 's/^nextRange: 278435457/nextRange: 546870913/' ds.ldif
	exits 1 rangels --findings ca1.cfg ca2.cfg ds.ldif >found
	at=$(line ds.ldif '^dn: cn=278435457')
	grep "^ds.ldif:$at: warning: range-host: .*: ca3:8443$" found
EOF

tap_done
