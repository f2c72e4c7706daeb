#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels by release: how servers up to 10.10, from 10.11, and with legacy2
# count in CS.cfg and in the directory; hosts that are down, blocks that were
# handed on or lost, and deployments that have nothing to do with each other.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"

# host NAME TYPE INCREMENT LINE...: a CS.cfg; serial numbers go by INCREMENT
host () {
	host_name=$1 host_type=$2 host_step=$3
	shift 3
	printf '%s\n' "cs.type=$host_type" "machineName=$host_name" \
	    internaldb.basedn=o=ca dbs.enableSerialManagement=true \
	    "dbs.serialIncrement=$host_step" \
	    "dbs.serialCloneTransferNumber=${give:-10000}" \
	    dbs.requestIncrement=10000000 \
	    dbs.requestCloneTransferNumber=10000 "$@" >"$host_name.cfg"
}

# block BEGIN END HOST: of serial numbers, as a directory has it
block () {
	range_entry "$1" "${container:-certificateRepository}" "$1" "$2" "$3"
}

# next NUMBER
next () {
	ranges_entry "ou=${container:-certificateRepository},ou=${sub:-ca},o=ca" \
	    repository "nextRange: $1"
}

# found FILE...: what is found, but for gaps
found () {
	found_status=0
	rangels --findings --radix=16 --ignore=range-gap "$@" >got 2>err ||
	    found_status=$?
	cat got err
	test $found_status -lt 2
}

# well FILE...: nothing at all is found
well () {
	found "$@"
	same /dev/null got
}

# table of the healthy: INCREMENT, then of two blocks what the directory and what
# CS.cfg has
cat >healthy <<-\EOF
	10000000 10000001 20000000 20000000 20000001 30000000 30000000
	10000000 10000001 278435456 20000000 278435457 546870912 288435456
	1000 9001 10000 a000 10001 11000 11000
	1000 9001 13096 a000 13097 17192 14096
	a000 9001 49960 13000 49961 90920 53960
	18 13 30 2a 31 48 48
	18 13 36 2a 37 60 4e
EOF

for style in 1 2 3 4 5 6 7
do
	for type in CA KRA
	do
		it "a healthy $type of style $style has no warning" <<-EOF
			sub=\$(echo $type | tr A-Z a-z) give=9
			test $type = CA || container=keyRepository
			set -- \$(sed -n ${style}p healthy)
			host h1 $type \$1 dbs.beginSerialNumber=1 \
			    dbs.endSerialNumber=10 \
			    dbs.nextBeginSerialNumber=\$2 \
			    dbs.nextEndSerialNumber=\$4
			host h2 $type \$1 dbs.beginSerialNumber=\$5 \
			    dbs.endSerialNumber=\$7
			{ block \$2 \$3 h1; block \$5 \$6 h2
			  next \$((\$6 + 1)); } >ds.ldif
			found h1.cfg h2.cfg ds.ldif
			exits 1 grep -v ': info: range-radix: ' got
			# Where the digits are alike, nothing is to be said.
			test \$3 != \$4 || same /dev/null got
			# The blocks of the directory are those of the hosts.
			rangels --columns host,begin,end,block h1.cfg h2.cfg \
			    ds.ldif 2>/dev/null | grep 'next\$\|allocated\$' \
			    >blocks
			grep '^h1' blocks | cut -f 2,3 | sort -u >got
			test "\$(wc -l <got)" -eq 1
			# A block of a host that is down is known as well.
			rangels --columns begin,end,block h1.cfg ds.ldif \
			    2>/dev/null | grep 'allocated\$' >got
			printf '%d\t%d\tallocated\n' 0x\$2 0x\$4 0x\$5 0x\$7 |
			    same - got
		EOF
	done
done

it 'both styles stand side by side where servers were upgraded' <<-\EOF
	host h1 CA 10000000 dbs.beginSerialNumber=10000001 \
	    dbs.endSerialNumber=20000000 dbs.nextBeginSerialNumber=30000001 \
	    dbs.nextEndSerialNumber=40000000
	host h2 CA 10000000 dbs.beginSerialNumber=20000001 \
	    dbs.endSerialNumber=30000000
	{
		block 10000001 20000000 h1
		block 20000001 30000000 h2
		block 30000001 298435456 h1
		next 298435457
	} >ds.ldif
	found h1.cfg h2.cfg ds.ldif
	test "$(grep -c ': info: range-radix: ' got)" -eq 1
	exits 1 grep -v range-radix got
EOF

it 'another increment before is no finding, as long as the directory agrees' \
    <<-\EOF
	host h1 CA 10000000 dbs.beginSerialNumber=10000001 \
	    dbs.endSerialNumber=10001000
	{ block 10000001 10001000 h1; next 10001001; } >ds.ldif
	well h1.cfg ds.ldif
	{ block 10000001 10001000 h1; next 20000001; } >ds.ldif
	found h1.cfg ds.ldif
	grep '^ds.ldif:1: warning: range-size: .* 0x10000001 to 0x20000000' got
	# Of requests, too.
	container=requests
	{ block 10000001 15000000 h1; sub=x next 20000001
	  ranges_entry ou=ca,ou=requests,o=ca repository \
	    'nextRange: 20000001'; } >ds.ldif
	found h1.cfg ds.ldif
	grep '^ds.ldif:1: warning: range-size: ' got
EOF

# overlap TYPE BEGIN END FILE: h3 has it in CS.cfg
overlap () {
	host h3 "$1" 10000000 "dbs.beginSerialNumber=$2" \
	    "dbs.endSerialNumber=$3" "$5"
	found h3.cfg "$4"
}

it 'a block inside that of a host that is down is an overlap' <<-\EOF
	for end in 20000000 278435456
	do
		{ block 10000001 $end h1; next $((end + 1)); } >ca.ldif
		container=keyRepository sub=kra
		{ block 10000001 $end h1; next $((end + 1)); } >kra.ldif
		container=certificateRepository sub=ca
		for type in CA KRA
		do
			ds=$(echo $type | tr A-Z a-z).ldif
			overlap $type 12000000 1f000000 $ds
			grep '^h3.cfg:9: error: range-overlap: serial numbers 0x12000000 to' got
			grep "0x1f000000 of h3 are also in the range of h1 ($ds:1): " got
			overlap $type 1fff0000 2fff0000 $ds
			grep 'range-overlap: serial numbers 0x1fff0000 to 0x20000000 of ' got
			# In part, of a size that is handed on; not at the end.
			overlap $type 12000000 1200ffff $ds
			grep 'range-overlap: serial numbers 0x12000000 to 0x1200ffff of ' got
			# One that another host has, picked at random or not.
			overlap $type 12000000 13000000 $ds \
			    dbs.enableRandomSerialNumbers=true
			grep 'range-overlap: serial numbers 0x12000000 to 0x13000000 of ' got
			# After it there is nobody.
			overlap $type 20000001 2000ffff $ds
			exits 1 grep range-overlap got
		done
	done
EOF

it 'what a clone was handed on is none, its master up or down' <<-\EOF
	{ block 10000001 20000000 h1; next 20000001; } >ds.ldif
	overlap CA 1fff0001 20000000 ds.ldif
	same /dev/null got
	overlap CA 1ffe0001 1fff0000 ds.ldif
	same /dev/null got
	# It gives out its numbers from the first on, and may have half a block.
	overlap CA 1ffe8001 1fff0000 ds.ldif
	same /dev/null got
	# The master's own file says how much it has left, whatever that is.
	host h1 CA 10000000 dbs.beginSerialNumber=10000001 \
	    dbs.endSerialNumber=17ffffff
	overlap CA 18000000 1f000000 ds.ldif
	grep 'range-overlap: serial numbers 0x18000000 to 0x1f000000 of ' got
	found h1.cfg h3.cfg ds.ldif
	same /dev/null got
	sed -i s/17ffffff/18000000/ h1.cfg
	found h1.cfg h3.cfg ds.ldif
	test "$(grep -c 'error: range-overlap: serial numbers 0x18000000 to 0x18000000 of ' got)" \
	    -eq 1
EOF

it 'entries overlap by the numbers that hosts make of them' <<-\EOF
	host h1 CA 10000000 dbs.beginSerialNumber=1 dbs.endSerialNumber=1000
	# In decimal they do not.
	{ block 10000001 20000000 h8; block 15000001 25000000 h9
	  next 25000001; } >ds.ldif
	found h1.cfg ds.ldif
	grep 'range-overlap: serial numbers 0x15000001 to 0x20000000 of h9 .* range of h8 (' got
	# In decimal they do; 278435456 is read as 0x278435456.
	{ block 10000001 278435456 h8; block 278435456 288435455 h9
	  next 288435456; } >ds.ldif
	found h1.cfg ds.ldif
	exits 1 grep range-overlap got
EOF

# many COUNT FORM: so many entries that overlap
many () {
	awk -v n="$1" -v same="$2" 'BEGIN { for (i = 1; i <= n; i++)
	    printf "dn: cn=%d,ou=certificateRepository,ou=ranges,o=ca\n" \
		"objectClass: pkiRange\ncn: %d\nbeginRange: %d\n" \
		"endRange: %d\nhost: h%d\nSecurePort: 8443\n\n", i, i, \
		same ? 1 : i, same ? 100000 : 200000 + i, i }'
}

it 'of n blocks that overlap, each is reported once, with how many it meets' \
    <<-\EOF
	for form in 1 0
	do
		many 2000 $form >many.ldif
		exits 1 rangels --findings many.ldif >got
		test "$(grep -c range-overlap got)" -eq 1999
		test "$(grep -c ' and in 1998 other ranges: ' got)" -eq 1999
	done
	# Of two, the later one; of three where the outer ones do not meet, two.
	{ block 1 10000000 h1; block 9 10000008 h2; } >two.ldif
	exits 1 rangels --findings two.ldif >got
	test "$(grep -c range-overlap got)" -eq 1
	grep '^two.ldif:9: .*: serial numbers .* of h2 are also in the range of .*[0-9]): the' got
EOF

it 'a block ahead of its host, whose CS.cfg has no part of it, is lost' <<-\EOF
	host h1 CA 10000000 dbs.beginSerialNumber=1 dbs.endSerialNumber=fff0000
	host h2 CA 10000000 dbs.beginSerialNumber=fff0001 \
	    dbs.endSerialNumber=10000000 dbs.nextBeginSerialNumber=30000001 \
	    dbs.nextEndSerialNumber=40000000
	{ block 10000001 20000000 h2; block 20000001 30000000 h2
	  block 30000001 40000000 h2; next 40000001; } >ds.ldif
	found h1.cfg h2.cfg ds.ldif
	exits 1 grep -v ' info: range-lost: .* registered for h2, whose CS.cfg (h2.cfg:9) ' got
	test "$(wc -l <got)" -eq 2
	exits 0 rangels --findings h1.cfg h2.cfg ds.ldif >out
	# What it has used up is not ahead; a host that is down may have it.
	sed 's/fff0001/30000001/;s/=10000000$/=40000000/;/next/d' h2.cfg >later.cfg
	sed -i s/dbs.serialIncrement=.*/dbs.serialIncrement=10000000/ later.cfg
	well h1.cfg later.cfg ds.ldif
	well h1.cfg ds.ldif
	# One that it handed on to a clone is in use.
	{ block 10000001 20000000 h2; next 20000001; } >ds.ldif
	sed /next/d h2.cfg >without.cfg
	host h3 CA 10000000 dbs.beginSerialNumber=1fff0001 \
	    dbs.endSerialNumber=20000000
	well h1.cfg without.cfg h3.cfg ds.ldif
EOF

# ca NAME: lines of the CA's certificate
ca () {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout key -subj "/CN=$1" -outform DER -out der 2>/dev/null
	echo "ca.signing.cert=$(base64 der | tr -d '\n')"
}

it 'hosts of another base DN are reported, and not compared' <<-\EOF
	deployment
	sed 's/=o=ca$/=o=other/' ca1.cfg >other.cfg
	exits 1 rangels --findings --ignore=range-gap ca1.cfg other.cfg ca2.cfg \
	    ds.ldif >got
	grep -v range-radix got >few
	test "$(wc -l <few)" -eq 1
	grep "^other.cfg: warning: unrelated: the base DN is 'o=other', and in ca1.cfg" few
	# Without it, all is well; a KRA of another suffix is usual.
	sed 's/=o=ca$/=o=kra/; s/=CA/=KRA/' ca1.cfg >kra.cfg
	exits 0 rangels --findings ca1.cfg kra.cfg ca2.cfg ds.ldif >got
	exits 1 grep unrelated got
	# A directory of another one.
	sed 's/,o=ca$/,o=other/; s/nextRange: .*/nextRange: 1/' ds.ldif >other.ldif
	exits 1 rangels --findings --ignore=range-gap,range-radix ca1.cfg ca2.cfg \
	    ds.ldif other.ldif >got
	grep '^other.ldif:[0-9]*: warning: unrelated: ' got
	exits 1 grep -v '^other.ldif:' got
EOF

it 'hosts of another CA below the same base DN are not compared' <<-\EOF
	deployment
	ca one >one
	ca two >two
	for host in 1 2
	do
		cat one >>ca$host.cfg
		grep -v signing ca$host.cfg | sed "s/ca$host/west$host/" |
		    cat - two >west$host.cfg
	done
	sed 's/: ca\([12]\)$/: west\1/; s/20000001/30000001/' suffix.ldif \
	    >west.ldif
	exits 1 cmp suffix.ldif west.ldif
	for order in 'ca1.cfg ca2.cfg west1.cfg west2.cfg ds.ldif west.ldif' \
	    'west.ldif ds.ldif ca1.cfg west1.cfg ca2.cfg west2.cfg'
	do
		exits 1 rangels --findings --ignore=range-gap,range-radix \
		    $order >got
		grep "^west1.cfg: warning: unrelated: this file belongs to the CA 'CN=two', and ca1" \
		    got
		test "$(wc -l <got)" -eq 1
	done
	# Of one CA they would be the same blocks.
	sed /signing/d west1.cfg >unknown.cfg
	exits 1 rangels --findings ca1.cfg unknown.cfg ds.ldif >got
	grep 'range-overlap' got
EOF

it 'a KRA of legacy2 takes ranges where its keys are, in decimal' <<-\EOF
	host h1 KRA 0x10000000 dbs.key.id.generator=legacy2 \
	    dbs.beginSerialNumber=0x1 dbs.endSerialNumber=0x10000000
	container=keyRepository sub=kra
	{ next 10000001
	  ranges_entry ou=keyRepository,ou=ranges_v2,o=ca repository \
	    'nextRange: 268435457'; } >ds.ldif
	found h1.cfg ds.ldif
	grep '^h1.cfg:10: error: range-beyond: .* 0x989681 on (ds.ldif:1)' got
	sed -i s/10000001/268435457/ ds.ldif
	well h1.cfg ds.ldif
EOF

tap_done
