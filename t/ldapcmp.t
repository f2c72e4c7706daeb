#!/bin/sh
# SPDX-License-Identifier: MIT
# ldapcmp on files: what is the same however it is written, what differs, and
# what is not taken for either.  What ds-replcheck misses is among it.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/entries.sh
. "$tap_top/t/lib/entries.sh"

it 'finds what is on one side only and what differs, with status 1' <<-\EOF
	{ record 1; record 2; record 3; record 5; } >a
	{ record 1; record 2 REVOKED; record 4; record 5; } >b
	says 1
	cat >want <<-END
	differs cn=2,ou=certificateRepository,ou=ca,o=ca certStatus
	only-first cn=3,ou=certificateRepository,ou=ca,o=ca
	only-second cn=4,ou=certificateRepository,ou=ca,o=ca
	END
	same want said
	same /dev/null err
	mv a c
	mv b a
	mv c b
	says 1
	sed 's/first/x/; s/second/first/; s/x/second/' want >other
	same other said
EOF

it 'parts fields with tabs, and has no field after the last' <<-\EOF
	cut -f 1 out | sort >got
	printf '%s\n' differs only-first only-second >want
	same want got
	exits 1 grep -q "$(printf '\t')\$" out
	gives 1 ldapcmp --json a b
	head -n 1 out >got
	cat >want <<-END
	{"what":"differs","dn":"cn=2,ou=certificateRepository,ou=ca,o=ca","attribute":"certStatus"}
	END
	same want got
	sed -n 2p out >got
	grep -q '"attribute":null}' got
EOF

it 'has status 0 for the same, in any order of entries, values, names' <<-\EOF
	{ record 1; record 2; record 3; } >a
	{
		record 3
		entry 'CN=1, OU=certificateRepository, OU=ca, O=CA' \
		    'serialno: 021' 'CERTSTATUS: VALID' 'cn:: MQ==' \
		    'metainfo: requestId:7' 'metaInfo: profileId:caCert' \
		    'objectClass: certificateRecord' 'objectClass: top' \
		    'objectClass: top'
		record 2
	} >b
	says 0
	same /dev/null out
	same /dev/null err
EOF

it 'knows one name by its spellings' <<-\EOF
	while IFS='|' read -r one other
	do
		entry "$one" 'cn: x' >a
		entry "$other" 'cn: x' >b
		says 0
	done <<-\END
	cn=dc\3Dca\2Cdc\3Dx,cn=mapping tree,cn=config|cn="dc=ca,dc=x" ,cn=mapping tree,cn=config
	cn=a  b,o=x|CN=A B;O=x
	cn=1+uid=2,o=x|uid=2+cn=1,o=x
	cn=a\20,o=x|cn=a,o=x
	2.5.4.3=a,o=x|commonName=a,organizationName=x
	END
EOF

it 'compares values whole, also behind a colon, and by their case' <<-\EOF
	entry cn=1 'metaInfo: requestId:7' >a
	while IFS='|' read -r value
	do
		entry cn=1 "metaInfo: $value" >b
		says 1
		echo 'differs cn=1 metaInfo' >want
		same want said
	done <<-\END
	requestId:8
	requestid:7
	requestId:7:
	requestId
	END
	entry cn=1 'metaInfo:: cmVxdWVzdElkOjc=' >b
	says 0
	entry cn=1 'metaInfo:: cmVxdWVzdElkOjcA' >b
	says 1
EOF

it 'has a record for each attribute; with other options it is another' <<-\EOF
	entry cn=1 'a: 1' 'b: 1' 'b: 2' 'userCertificate;binary: x' \
	    'd;lang-en;x-y: 1' >a
	entry cn=1 'b: 2' 'b: 3' 'userCertificate: x' 'c: 1' \
	    'd;x-y;LANG-en: 1' >b
	says 1
	for name in a b c userCertificate 'userCertificate;binary'
	do
		echo "differs cn=1 $name"
	done >want
	same want said
EOF

it 'shows the values that one side alone has' <<-\EOF
	entry cn=1 'b: 1' 'b: 2' 'b:: AAE=' 'b:: OjpBQQ==' 'b:' >a
	entry cn=1 'b: 2' 'b: 3	4' >b
	entry cn=2 'b: 2' >>a
	says 1 --values
	sed 's/|$//' >want <<-\END
	differs cn=1 b first |
	differs cn=1 b first ::AAE=
	differs cn=1 b first 1
	differs cn=1 b first ::OjpBQQ==
	differs cn=1 b second ::Mwk0
	only-first cn=2
	END
	same want said
EOF

it 'never shows a password' <<-\EOF
	for name in userPassword USERPASSWORD 'userPassword;x-a' \
	    nsDS5ReplicaCredentials privateKeyData
	do
		entry cn=1 "$name: one-secret" >a
		entry cn=1 "$name: another-secret" >b
		for form in --header --json --table
		do
			gives 1 ldapcmp --values $form a b
			exits 1 grep -q secret out
			test "$(grep -c '(masked)' out)" -eq 2
		done
	done
EOF

it 'leaves out what each server keeps for itself, unless asked for it' <<-\EOF
	{ record 1 | sed '/^$/d'
	  printf '%s\n' 'entryusn: 7' 'nsUniqueId: 1-2' 'modifyTimestamp: 1' \
	      'nscpEntryWSI: cn;vucsn-6b01: x' 'parentID: 4' \
	      'createTimestamp;x: 3' ''; } >a
	record 1 >b
	says 0
	says 1 --only entryUSN,createtimestamp
	for name in 'createTimestamp;x' entryusn
	do
		echo "differs cn=1,ou=certificateRepository,ou=ca,o=ca $name"
	done >want
	same want said
	says 0 --only serialno
EOF

it 'leaves out what it is told to' <<-\EOF
	entry cn=1 'a: 1' 'b;x: 1' 'c: 1' >a
	entry cn=1 'a: 2' 'b;x: 2' 'c: 2' >b
	says 1 --ignore A,b
	echo 'differs cn=1 c' >want
	same want said
	says 1 --ignore a --ignore b
	same want said
	says 0 --ignore a,b --ignore c
	says 1 --only c
	same want said
EOF

it 'knows every name of the shipped list by its class' <<-\EOF
	awk '/^(local|secret) / { print $1, $2 }' \
	    "$tap_top/share/lists/attributes" >list
	test "$(wc -l <list)" -ge 50
	while read -r class name
	do
		# One that is none in LDIF.
		case $name in *'#'*) continue ;; esac
		entry cn=1 "$name: 1" >a
		entry cn=1 "$name: 2" >b
		case $class in
		local) says 0 ;;
		secret)
			says 1 --values
			grep -q masked said
			;;
		esac
	done <list
EOF

it 'passes over tombstones, and compares entries in conflict' <<-\EOF
	record 1 >b
	{ record 1
	  entry 'nsuniqueid=ffffffff-ffffffff-ffffffff-ffffffff,o=ca' \
	      'objectClass: nsTombstone' 'nsds50ruv: x'
	  entry 'nsuniqueid=1-2-3-4,cn=9,o=ca' 'objectClass: nstombstone'
	} >a
	says 0
	entry 'nsuniqueid=1-2-3-4+cn=1,o=ca' 'objectClass: top' >>a
	says 1
	echo 'only-first nsuniqueid=1-2-3-4+cn=1,o=ca' >want
	same want said
EOF

it 'compares what is within a base, and suffixes of different names' <<-\EOF
	{ record 1; record 2; entry 'cn=x,o=other' 'cn: x'; } >a
	{ record 1; record 3; } >b
	says 1 -b 'OU=ca, o=ca'
	printf '%s\n' 'only-first cn=2,ou=certificateRepository,ou=ca,o=ca' \
	    'only-second cn=3,ou=certificateRepository,ou=ca,o=ca' >want
	same want said
	{ record 1; record 2; } | sed 's/o=ca$/dc=new,dc=org/' >b
	says 0 --base o=ca --second-base dc=new,dc=org
	says 1
	test "$(wc -l <said)" -eq 5
	gives 2 ldapcmp --base o=nothing a b
	gives 2 ldapcmp --base nothing a b
	grep -q "not a DN: 'nothing'" err
EOF

it 'picks a family, wherever the suffix is' <<-\EOF
	ca=dc=ca,dc=pki
	while read -r dn class
	do
		entry "$dn,$ca" "objectClass: $class"
	done >a <<-\END
	dc=top domain
	cn=1,ou=certificateRepository,ou=ca certificateRecord
	cn=1,ou=ca,ou=requests request
	cn=1,ou=keyRepository,ou=kra keyRecord
	cn=M,ou=crlIssuingPoints,ou=ca crlIssuingPointRecord
	cn=p,ou=certificateProfiles,ou=ca certProfile
	cn=a,ou=authorities,ou=ca authority
	cn=CN-CA_O-X crlIssuingPointRecord
	ou=17952,cn=CN-CA_O-X repository
	cn=5,ou=17952,cn=CN-CA_O-X certificateRecord
	ou=replica repository
	cn=t,ou=Tokens tokenRecord
	uid=u,ou=People cmsuser
	cn=g,ou=groups groupOfUniqueNames
	END
	echo >b
	while read -r family names
	do
		says 1 --family "$family"
		sed 's/only-first //; s/,.*//' said | tr '\n' ' ' >got
		test "$(cat got)" = "$names "
	done <<-\END
	certs cn=1
	requests cn=1
	keys cn=1
	crl cn=M
	profiles cn=p
	authorities cn=a
	ocsp cn=5 cn=CN-CA_O-X ou=17952
	tokens cn=t
	users cn=g uid=u
	END
	says 1 --family certs --family requests
	test "$(wc -l <said)" -eq 2
	echo >a
	says 0 --family certs
	gives 2 ldapcmp --family cert a b
EOF

it 'takes standard input and pipes, and leaves no file behind' <<-\EOF
	{ record 1; record 2; } >a
	{ record 1; record 2 REVOKED; } >b
	says 1
	mv out want
	mkdir tmp
	TMPDIR=$PWD/tmp
	export TMPDIR
	exits 1 ldapcmp - b <a >got
	same want got
	exits 1 ldapcmp a - <b >got
	same want got
	mkfifo fifo1 fifo2
	cat b >fifo2 &
	cat a >fifo1 &
	exits 1 ldapcmp fifo1 fifo2 >got
	same want got
	exits 2 ldapcmp - - <a
	test -z "$(ls tmp)"
	# Where valgrind does not start.
	TMPDIR=$PWD/gone
	gives 2 "$(program ldapcmp)" - b <a
	grep -q "cannot make a temporary file in '.*gone': No such file" err
EOF

it 'compares with digests what is far away' <<-\EOF
	{ record 1; record 2; record 3; } >a
	{ record 4; record 2 REVOKED; record 1; } >b
	exits 0 ldapcmp --digest b >far
	exits 1 ldapcmp a far >got
	cut -f 1-2 got | tr '\t' ' ' >said
	cat >want <<-END
	differs cn=2,ou=certificateRepository,ou=ca,o=ca
	only-first cn=3,ou=certificateRepository,ou=ca,o=ca
	only-second cn=4,ou=certificaterepository,ou=ca,o=ca
	END
	same want said
	exits 1 ldapcmp - far <a >again
	same got again
	exits 0 ldapcmp b - <far >got
	exits 0 ldapcmp far far >got
	same /dev/null got
	record 3 >c
	exits 0 ldapcmp --digest c >other
	sort -m far other >merged
	exits 0 ldapcmp --digest a >near
	test "$(join -j 1 near merged | grep -c '^[0-9a-f]')" -eq 3
	{ cat b; cat c; } >all
	exits 0 ldapcmp merged all
EOF

it 'takes no digests that are not whole' <<-\EOF
	sed '$d' far >short
	sed 1d far >less
	{ cat far; record 1; } >more
	sed 's/^./x/' far >bad
	for file in short less more bad
	do
		gives 2 ldapcmp a $file
		same /dev/null out
		grep -v '^+' err >said
		test "$(wc -l <said)" -eq 1
		grep -q "^ldapcmp: $file" said
	done
EOF

it 'has status 2 for two entries of one name, and says where' <<-\EOF
	{ record 1; record 2; record 1 REVOKED; } >a
	record 1 >b
	for operands in 'a b' 'b a' '--digest a'
	do
		gives 2 ldapcmp $operands
		same /dev/null out
		grep -qx "ldapcmp: a:19: a second entry of the name .*" err
	done
	entry cn=A 'cn: A' >a
	entry 'cn=a ' 'cn: A' >>a
	gives 2 ldapcmp a b
	grep -q "a:4: a second entry of the name 'cn=a '" err
EOF

it 'has status 2 where there is nothing to compare, or no DN' <<-\EOF
	: >a
	: >b
	gives 2 ldapcmp a b
	grep -q 'no entries on either side' err
	record 1 >b
	says 1
	entry nothing 'cn: 1' >a
	gives 2 ldapcmp a b
	grep -qx "ldapcmp: a:1: not a DN: 'nothing'" err
EOF

it 'refuses options that do not go together' <<-\EOF
	record 1 >a
	for options in '' '--digest a a' '--digest --json a' '--settle=-1 a a' \
	    '--digest --values a' 'a' '-w secret a a' '--json --table a a' \
	    '--second-password-file a a a'
	do
		gives 2 ldapcmp $options
		same /dev/null out
	done
EOF

tap_done
