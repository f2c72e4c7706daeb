#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels on files that no one here wrote, where CLONEKIT_FIXTURES is a
# directory of them (make check FIXTURES=DIR): dogtag/STAGE/HOST/SUB-CS.cfg and
# dogtag/STAGE/DS-SUB.ldif of a CA, its clone and a clone of that, of a KRA and
# its clone.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

it 'finds no overlap, and no error at all, in any stage' <<-\EOF
	for stage in "$CLONEKIT_FIXTURES"/dogtag/[0-9]*
	do
		rangels "$stage"/*/*-CS.cfg "$stage"/*.ldif >out 2>err
		test -s out
		cat err
		exits 1 grep 'range-overlap\|: error: ' err
	done
EOF

it 'finds the same in each replica' <<-\EOF
	for stage in "$CLONEKIT_FIXTURES"/dogtag/[0-9]*
	do
		for ds in "$stage"/ds?-ca.ldif
		do
			rangels --columns host,kind,block,begin,end,left \
			    "$stage"/ca?/ca-CS.cfg "$ds" 2>err | sort \
			    >"got-${ds##*/}"
			test -s "got-${ds##*/}"
			same got-ds1-ca.ldif "got-${ds##*/}"
		done
	done
EOF

it 'of a clean pair says nothing from warning up, and its radix as info' <<-\EOF
	cd "$CLONEKIT_FIXTURES"/dogtag/1-*
	exits 0 rangels --findings ca?/ca-CS.cfg ds?-ca.ldif >"$tap_home/found"
	exits 1 grep -E ' (warning|error): ' "$tap_home/found"
	grep '/ca-CS.cfg:[0-9]*: info: range-radix: ' "$tap_home/found"
EOF

# broken CODE DIR FILE SED: the files of stage 3, with one edited so
broken () {
	rm -rf broken
	cp -R "$CLONEKIT_FIXTURES"/dogtag/3-* broken
	sed "$3" "$CLONEKIT_FIXTURES"/dogtag/3-*/"$2" >"broken/$2"
	exits 1 cmp "$CLONEKIT_FIXTURES"/dogtag/3-*/"$2" "broken/$2"
	exits 1 rangels --findings broken/ca?/ca-CS.cfg broken/*-ca.ldif \
	    broken/*-ca-ruv.ldif >found
	grep "^broken/$2:[0-9]*: error: $1: " found
}

it 'finds breaks made in them' <<-\EOF
	broken range-overlap ca2/ca-CS.cfg 's/\(beginSerialNumber=\).*/\1fff0000/'
	broken range-overlap ca3/ca-CS.cfg 's/\(beginRequestNumber=\).*/\119979999/'
	broken range-overlap ca3/ca-CS.cfg 's/\(beginReplicaNumber=\).*/\11080/'
	broken range-overlap ds1-ca.ldif 's/^beginRange: 278435457/beginRange: 278435458/'
	broken generator ca3/ca-CS.cfg '$adbs.cert.id.generator=legacy2'
	broken range-half ca3/ca-CS.cfg /nextEndSerial/d
	broken range-next ds1-ca.ldif 's/^nextRange: 30000001/nextRange: 20000001/'
	broken range-unrecorded ca2/ca-CS.cfg 's/\(nextBeginReplicaNumber=\).*/\11010/'
	broken range-owner ca3/ca-CS.cfg 's/^machineName=.*/machineName=ca9.example.com/'
	broken replica-id-twice ds3-ca-ruv.ldif 's/^nsDS5ReplicaId: 1090/nsDS5ReplicaId: 97/'
	broken range-name ds2-ca.ldif 's/^beginRange: 1000$/beginRange: 1001/'
EOF

it 'of a current range that is read in hexadecimal says so, as info' <<-\EOF
	rm -rf broken
	cp -R "$CLONEKIT_FIXTURES"/dogtag/3-* broken
	sed '/nextBeginSerial/d;/nextEndSerial/d;s/\(beginSerialNumber=\).*/\110000001/;s/\(endSerialNumber=\).*/\11ffe0000/' \
	    "$CLONEKIT_FIXTURES"/dogtag/3-*/ca2/ca-CS.cfg >broken/ca2/ca-CS.cfg
	rangels --findings broken/ca?/ca-CS.cfg broken/*-ca.ldif >found || :
	grep '^broken/ca2/ca-CS.cfg:[0-9]*: info: range-radix: .* in decimal' \
	    found
EOF

tap_done
