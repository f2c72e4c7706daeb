#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels: blocks of numbers as records, by the rules of each generator, and
# where its output goes.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"

deployment
columns=host,kind,block,begin,end,size,left

# blocks WANT ARG...: WANT, with blanks for tabs, is what is printed; warnings
# are not looked at
blocks () {
	blocks_want=$1
	shift
	rangels --columns $columns "$@" >out 2>err
	tr '\t' ' ' <out >got
	same "$blocks_want" got
}

it 'lists the blocks of a master, its clone and their directory' <<-\EOF
	cat >want <<-END
		ca1 serial current 1 268369920 268369920 268369913
		ca2 serial current 268369921 268435456 65536 65526
		ca2 serial next 268435457 536870912 268435456 268435456
		ca2 serial allocated 268435457 536870912 268435456 
		 serial free 10607613015   
		ca1 request current 1 9990000 9990000 9989995
		ca2 request current 9990001 10000000 10000 10000
		ca2 request next 10000001 20000000 10000000 10000000
		ca2 request allocated 10000001 20000000 10000000 
		 request free 20000001   
		ca1 replica current 1 95 95 95
		ca2 replica current 98 100 3 3
		 replica free 1000   
	END
	blocks want ca1.cfg ca2.cfg ds.ldif
	cp want all
EOF

it 'does so in whatever order sources are given, and of one twice' <<-\EOF
	blocks all ds.ldif ca2.cfg ca1.cfg
	blocks all ds.ldif ds.ldif ca1.cfg ca2.cfg
	blocks all ds.ldif suffix.ldif ca1.cfg ca2.cfg
EOF

it 'takes LDIF from standard input, and from a pipe' <<-\EOF
	blocks all ca1.cfg - ca2.cfg <ds.ldif
	rangels <ds.ldif >want 2>err
	sed 's/ds.ldif/(stdin)/' <want >as
	rangels - <ds.ldif >got 2>err
	same want got
	test -s got
	mkfifo fifo
	cat ds.ldif >fifo &
	rangels fifo >got 2>err
	wait
	cut -f 1-9 want >short
	cut -f 1-9 got >got.short
	same short got.short
EOF

it 'takes the directory of an instance' <<-\EOF
	mkdir -p instance/conf/ca
	cp ca1.cfg instance/conf/ca/CS.cfg
	rangels --columns host,source instance >got 2>err
	head -n 1 got | grep '^ca1	instance/conf/ca/CS.cfg:14$'
	mkdir -p instance/conf/kra
	sed 's/=CA/=KRA/' ca1.cfg >instance/conf/kra/CS.cfg
	exits 2 rangels instance >got
	exits 1 test -s got
	rangels --subsystem=kra --columns type instance >got 2>err
	test "$(sort -u got)" = KRA
EOF

it 'says in which file and line a block is' <<-\EOF
	rangels --columns block,source ca2.cfg ds.ldif >got 2>err
	at=$(line ca2.cfg dbs.nextBeginSerial)
	grep "^next	ca2.cfg:$at$" got
	at=$(line ds.ldif '^dn: cn=10000001,ou=req')
	grep "^allocated	ds.ldif:$at$" got
	at=$(line ds.ldif '^dn: ou=replica,o=ca')
	grep "^free	ds.ldif:$at$" got
EOF

it 'prints one radix, that of 16 with 0x' <<-\EOF
	rangels --radix=16 --columns begin,end,size,left ca2.cfg >got 2>err
	cat >want <<-END
		0xfff0001	0x10000000	0x10000	
		0x10000001	0x20000000	0x10000000	0x10000000
		0x986f71	0x989680	0x2710	
		0x989681	0x1312d00	0x989680	0x989680
		0x62	0x64	0x3	0x3
	END
	same want got
	exits 2 rangels --radix=8 ca2.cfg 2>err
	grep "^rangels: --radix: not 10 or 16: '8' (see --help)$" err
EOF

# cfg LINE...: of a CA
cfg () {
	printf '%s\n' cs.type=CA machineName=a internaldb.basedn=o=ca "$@"
}

it 'reads legacy2 by its prefix, and its own entries' <<-\EOF
	cfg dbs.cert.id.generator=legacy2 dbs.serialIncrement=0x12 \
	    dbs.beginSerialNumber=9 dbs.endSerialNumber=0x18 dbs.nextBeginSerialNumber=0x19 \
	    dbs.nextEndSerialNumber=0x2a >v2.cfg
	{
		range_entry 25 certificateRepository 25 42 a ranges_v2
		range_entry 13 certificateRepository 13 24 a
		ranges_entry ou=certificateRepository,ou=ca,o=ca repository \
		    'nextRange: 25'
		ranges_entry ou=certificateRepository,ou=ranges_v2,o=ca \
		    repository 'nextRange: 43'
	} >v2.ldif
	cat >want <<-END
		a serial current 9 24 16 
		a serial old 19 36 18 
		a serial next 25 42 18 18
		a serial allocated 25 42 18 
		 serial old 37   
		 serial free 43   
	END
	blocks want v2.cfg v2.ldif
	same /dev/null err
	grep -v '^a serial [cn]' want >ldif
	blocks ldif v2.ldif
EOF

it 'counts what is left where numbers are picked at random' <<-\EOF
	cfg dbs.enableRandomSerialNumbers=true dbs.beginSerialNumber=1 \
	    dbs.endSerialNumber=ffffffffffffffffffffffffffffffff >picked.cfg
	{
		ranges_entry cn=1,ou=certificateRepository,ou=ca,o=ca \
		    certificateRecord 'serialno: 011'
		ranges_entry cn=2,ou=certificateRepository,ou=ca,o=ca \
		    certificateRecord \
		    'serialno: 39340282366920938463463374607431768211455'
		ranges_entry cn=3,ou=certificateRepository,ou=ca,o=ca \
		    certificateRecord \
		    'serialno: 39340282366920938463463374607431768211456'
	} >picked.ldif
	cat >want <<-END
		340282366920938463463374607431768211455
		340282366920938463463374607431768211455
		340282366920938463463374607431768211453
	END
	rangels --columns end,size,left picked.cfg picked.ldif | tr '\t' '\n' \
	    >got
	same want got
EOF

it 'numbers of the generator random are in no block' <<-\EOF
	cfg dbs.cert.id.generator=random dbs.request.id.generator=random \
	    dbs.beginReplicaNumber=1 dbs.endReplicaNumber=95 >random.cfg
	echo 'a replica current 1 95 95 95' >want
	blocks want random.cfg
EOF

it 'reads keys and requests of a KRA' <<-\EOF
	{
		echo cs.type=KRA
		echo machineName=a
		echo internaldb.basedn='dc = kra, o=CA'
		ranges_of Serial 1 ff
		ranges_of Request 1 10
	} >kra.cfg
	{
		ranges_entry cn=9,ou=keyRepository,ou=kra,dc=kra,o=ca \
		    keyRecord 'serialno: 019'
		ranges_entry cn=1,ou=kra,ou=requests,dc=kra,o=ca request \
		    'requestId: 011'
		ranges_entry ou=keyRepository,ou=kra,dc=kra,o=ca repository \
		    'nextRange: 1000'
	} >kra.ldif
	cat >want <<-END
		a serial current 1 255 255 246
		 serial free 4096   
		a request current 1 10 10 9
	END
	blocks want kra.cfg kra.ldif
	rangels --columns type,suffix kra.ldif kra.cfg >got 2>err
	printf 'KRA\tdc=kra,o=ca\n' >one
	sort -u got >few
	same one few
EOF

it 'does not compare a CA with a KRA' <<-\EOF
	sed 's/=CA/=KRA/; s/o=ca/o=kra/' ca1.cfg >kra1.cfg
	rangels --findings ca1.cfg kra1.cfg >got
	same /dev/null got
EOF

it 'subsystems that know no suffix are compared by type' <<-\EOF
	sed /basedn/d ca1.cfg >bare1.cfg
	sed 's/=CA/=KRA/' bare1.cfg >bare2.cfg
	rangels --findings bare1.cfg bare2.cfg >got
	same /dev/null got
	exits 1 rangels --findings bare1.cfg bare1.cfg >got
	grep ': error: range-overlap: serial numbers 1 to 268369920 of ' got
EOF

it 'says of others that they have no ranges' <<-\EOF
	printf '%s\n' cs.type=OCSP dbs.beginReplicaNumber=3 >ocsp.cfg
	rangels ocsp.cfg >out 2>err
	same /dev/null out
	grep '^ocsp.cfg: info: no-ranges: ' err
	ranges_unit people o=ca >people.ldif
	exits 0 rangels --findings ocsp.cfg people.ldif >out
	grep '^people.ldif: info: no-ranges: .* 1 entries$' out
	exits 1 rangels --findings ocsp.cfg - </dev/null >out
	grep ': error: no-range-entries: ' out
	# Alone, a wrong base looks like that: nothing was seen.
	for file in people.ldif -
	do
		exits 2 rangels --findings $file </dev/null >out 2>err
		same /dev/null out
		grep '^rangels: no ranges in any source' err
	done
EOF

it 'keeps records and findings apart' <<-\EOF
	rangels ca1.cfg ca2.cfg ds.ldif >out 2>err
	exits 1 grep ' warning: ' out
	test "$(wc -l <out)" -eq 13
	grep '^ca2.cfg:[0-9]*: info: range-radix: ' err
	rangels --findings ca1.cfg ca2.cfg ds.ldif >found 2>err
	same /dev/null err
	grep '^ca2.cfg:[0-9]*: info: range-radix: ' found
	rangels --json ca1.cfg ca2.cfg ds.ldif >json 2>err
	same /dev/null err
	perl -MJSON::PP -ne '$o = decode_json($_);
	    $n{exists $o->{code} ? "finding" : "block"}++;
	    END { print "$n{block} $n{finding}\n" }' json >got
	echo "13 $(wc -l <found)" >want
	same want got
	rangels --json --findings ca1.cfg ca2.cfg ds.ldif >got
	tail -n "$(wc -l <found)" json >want
	same want got
EOF

it 'numbers are strings in JSON, and what is not known null' <<-\EOF
	rangels --json --columns begin,end,left ca2.cfg ds.ldif >got
	grep -F '{"begin":"10607613015","end":null,"left":null}' got
EOF

it 'draws each space, a row a host' <<-\EOF
	cat >want <<-END
		replica numbers of CA, o=ca
		ca1  |####################                            |
		ca2  |                          #######               |
		free |                                            ....|
	END
	rangels --plot ca1.cfg ca2.cfg ds.ldif >out 2>err
	sed -n '/^replica/,/^$/p' out >got
	head -n 1 want >title
	head -n 1 got >got.title
	same title got.title
	sed -n 's/^\(ca[12]\|free\) *|\( *\)[^ ].*/\1 \2/p' got |
	    awk '{ print $1 }' >rows
	printf '%s\n' ca1 ca2 free >want
	same want rows
	grep '^a=1 b=96 c=98 d=101 e=1000$' got
	# Each row begins where the one before ended, or later.
	awk -F '|' '/^(ca|free)/ { match($2, /[^ ]+/)
		if (RSTART < last) bad = 1
		last = RSTART + RLENGTH }
	    END { exit bad }' got
	exits 1 grep '!' got
	rangels --plot ca1.cfg ca1.cfg 2>err >out || :
	grep '^ca1 |!*|$' out
	exits 2 rangels --plot --json ca1.cfg 2>err
EOF

it 'prints nothing where one of the sources is trouble' <<-\EOF
	for bad in missing.cfg cut.ldif bad.cfg dn.ldif
	do
		printf 'dn: o=ca\nchangetype: delete\n' >cut.ldif
		echo 'internaldb.basedn=no dn' >bad.cfg
		printf 'dn: cn\nobjectClass: pkiRange\n' >dn.ldif
		exits 2 rangels ca1.cfg $bad >out 2>err
		same /dev/null out
		grep -v '^+' err >said
		test "$(wc -l <said)" -eq 1
		grep "^rangels: .*$bad" said
	done
EOF

it 'output that cannot be written is trouble' <<-\EOF
	exits 2 rangels ca1.cfg >/dev/full 2>err
	grep 'cannot write standard output: No space left' err
	exits 2 rangels --plot ca1.cfg >/dev/full
	exits 2 rangels --findings ca1.cfg ca1.cfg >/dev/full
EOF

tap_done
