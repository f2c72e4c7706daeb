#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls: what CRLs say, whether it is signed, and what is in them.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"

at='--at 2026-06-01'

it 'makes what the tests are about' <<-\EOF
	ca ca keyCertSign,cRLSign -newkey rsa:2048
	ca other cRLSign -newkey rsa:2048
	ca nosign keyCertSign -key ca.key
	ca ec cRLSign -newkey ec -pkeyopt ec_paramgen_curve:P-256
	ca ed cRLSign -newkey ed25519
	openssl req -x509 -key ca.key -out stranger.pem -subj /CN=else
	crl a number=7 point=http://x/ next=365 <<-\END
	10 5 reason=1
	-5 6.5
	ff00 7 reason=6 hold=1.2.840.10040.2.3 since=3
	11 8 reason=99
	END
EOF

it 'prints what a CRL says of itself, and its entries' <<-\EOF
	cat >want <<-\END
	# file: a
	# issuer: CN=CA
	# number: 7
	# this-update: 2026-04-11T00:00:00Z
	# next-update: 2027-01-01T00:00:00Z
	# state: current
	# signature-algorithm: sha256WithRSAEncryption
	# signature: not verified
	# issuing-point: URI:http://x/
	# entries: 4
	END
	{
		printf '0x10\t2026-01-06T00:00:00Z\tkeyCompromise\t\t\t\n'
		printf '%s\t2026-01-07T12:00:00Z\t\t\t\t\n' -0x5
		printf '0xff00\t2026-01-08T00:00:00Z\tcertificateHold\t'
		printf '2026-01-04T00:00:00Z\tholdInstructionReject\t\n'
		printf '0x11\t2026-01-09T00:00:00Z\t99\t\t\t\n'
	} >records
	exits 0 crlls $at a >got
	cat want records >both
	same both got
	exits 0 crlls $at --summary a >got
	same want got
	exits 0 crlls $at --entries a >got
	same records got
	exits 0 crlls $at <a >got
	sed 's/^# file: a/# file: <stdin>/' both >want
	same want got
EOF

it 'reads PEM of each label, with text before it, and pipes' <<-\EOF
	openssl crl -inform DER -in a -text -out a.pem
	sed 's/X509 CRL/CERTIFICATE REVOCATION LIST/; s/$/\r/' a.pem >dogtag.pem
	for file in a.pem dogtag.pem
	do
		exits 0 crlls --entries $file >got
		same records got
	done
	mkfifo pipe
	cat a.pem >pipe &
	exits 0 crlls --entries pipe >got
	same records got
	cat a >pipe &
	exits 0 crlls --entries - <pipe >got
	same records got
EOF

it 'refuses PEM that is damaged' <<-\EOF
	{ cat a.pem; echo more; } >bad1
	sed 's/^-----END.*//' a.pem >bad2
	sed '/^-----BEGIN/a !' a.pem >bad3
	echo '<html>' >bad4
	: >bad5
	for n in 1 2 3 4 5
	do
		exits 2 crlls bad$n >out 2>err
		exits 1 test -s out
		grep "^crlls: bad$n: " err
		test "$(grep -c '^crlls: ' err)" -eq 1
	done
EOF

it 'says objects in JSON, that of the CRL first' <<-\EOF
	exits 0 crlls $at --json a >got
	test "$(wc -l <got)" -eq 5
	head -n 1 got >first
	grep '"number":"7","delta-base":null,' first
	grep '^{"serial":"0x10","date":"2026-01-06T00:00:00Z",' got
	exits 0 crlls --entries --header --columns serial,reason a >got
	head -n 1 got >first
	printf 'serial\treason\n' >want
	same want first
	exits 0 crlls --entries --table a >got
	grep '^serial  *date ' got
EOF

it 'verifies RSA, PSS, ECDSA and Ed25519' <<-\EOF
	for how in sha256 sha384 pss
	do
		echo '1 1' | crl $how sign=$how
		exits 0 crlls --issuer ca.pem $how >got
		grep '^# signature: verified' got
	done
	"$make_crl" ec.key ec.pem sign=ecdsa </dev/null >ecdsa
	exits 0 crlls -i ec.pem ecdsa >got
	grep '^# signature: verified' got
	"$make_crl" ed.key ed.pem sign=ed25519 </dev/null >ed25519
	exits 0 crlls -i ed.pem ed25519 >got
	grep '^# signature: verified' got
	cat other.pem ec.pem ca.pem >all.pem
	exits 0 crlls -i all.pem a >got
	openssl x509 -in ca.pem -outform DER -out ca.der
	exits 0 crlls -i ca.der a >got
	exits 0 crlls -i ca.pem <a >got
	grep '^# signature: verified' got
EOF

it 'believes no signature with MD5 or MD2, nor one of a tiny key' <<-\EOF
	refuses () {
		exits 2 crlls "$@" >out 2>err
		exits 1 test -s out
		grep '^crlls: ' err >said
		same want said
	}
	for how in MD5:md5 MD5:pss-md5 MD2:md2
	do
		echo '1 1' | crl weak sign=${how#*:}
		echo "crlls: weak: not to be trusted: signed with ${how%:*}" \
		    >want
		refuses -i ca.pem weak
		refuses -i ca.pem weak a
		refuses -i ca.pem --delta weak a
		# Nobody asked whether it is signed.
		exits 0 crlls weak >got
		grep '^# signature: not verified' got
	done
	for bits in 512 1022
	do
		ca small cRLSign -newkey rsa:$bits
		"$make_crl" small.key small.pem </dev/null >weak
		echo 'crlls: weak: not to be trusted: signed by a key of' \
		    "$bits bits (1023 at least)" >want
		refuses -i small.pem weak
		# Nor is it where a key of another is there, too.
		cat other.pem small.pem ec.pem >all.pem
		refuses -i all.pem weak
	done
	ca small cRLSign -newkey ec -pkeyopt ec_paramgen_curve:secp112r1
	"$make_crl" small.key small.pem sign=ecdsa </dev/null >weak
	echo 'crlls: weak: not to be trusted: signed by a key of 112 bits' \
	    '(160 at least)' >want
	refuses -i small.pem weak
EOF

it 'believes what older CAs sign: SHA-1, and keys of 1024 bits' <<-\EOF
	echo '1 1' | crl old sign=sha1
	exits 0 crlls -i ca.pem old >got
	grep '^# signature: verified' got
	ca small cRLSign -newkey rsa:1024
	"$make_crl" small.key small.pem sign=sha1 </dev/null >old
	exits 0 crlls -i small.pem old >got
	grep '^# signature: verified' got
	grep '^# signature-algorithm: sha1WithRSAEncryption' got
EOF

it 'prints nothing of what is not signed by its issuer' <<-\EOF
	fails () {
		exits 2 crlls "$@" >out 2>err
		exits 1 test -s out
		test "$(grep -c '^crlls: ' err)" -eq 1
	}
	for file in a ed25519 ecdsa pss
	do
		fails -i other.pem $file
		grep "^crlls: $file: not signed by the key of 'CN=CA'" err
	done
	fails -i stranger.pem a
	grep "^crlls: stranger.pem: no certificate of the CRL's issuer" err
	fails -i nosign.pem a
	grep "the key of 'CN=CA' is not for signing CRLs" err
	fails -i a.pem a
	grep '^crlls: a.pem: no certificate in it' err
	# One entry is another: 0x10 becomes 0x12.
	cp a b
	offset=$(openssl asn1parse -inform DER -in a |
	    awk -F: '/INTEGER.*:10$/ { print $1 + 2 }')
	printf '\022' | dd of=b bs=1 seek=$offset conv=notrunc
	exits 0 crlls --has 0x12 b >out
	fails -i ca.pem b
	fails -i ca.pem --has 0x99 b
EOF

it 'refuses what is no strict DER' <<-\EOF
	{ cat a; echo; } >bad1
	head -c -1 a >bad2
	head -c 100 a >bad3
	crl bad4 other=1 </dev/null
	crl bad5 version=1 number=1 </dev/null
	echo '1 1 raw=30030603551d15' | crl bad6
	echo '1 1 reason=1 reason=1' | crl bad7
	echo "7f$(printf '%0130d' 0) 1" | crl bad8
	for n in 1 2 3 4 5 6 7 8
	do
		exits 2 crlls bad$n >out 2>err
		exits 1 test -s out
		test "$(grep -c '^crlls: bad' err)" -eq 1
	done
	grep '^crlls: bad8: entry 1: serial number' err
	# What is good beside them.
	crl good version=1 next=none </dev/null
	exits 0 crlls good >out
	exits 1 grep next-update out
EOF

it 'tells whether certificates are revoked' <<-\EOF
	for serial in 16 0x10 0XfF00 ff:00 -5 -0x05
	do
		exits 0 crlls --entries --has=$serial a >got
		test "$(wc -l <got)" -eq 1
	done
	exits 1 crlls --entries --has 10 a >got 2>err
	exits 1 test -s got
	grep "^crlls: a: not in this CRL: '10'" err
	exits 0 crlls --has 16 --has 17 a >got
	exits 1 crlls --has 16 --has 99 a >got
	for serial in 10: 1x '' ' 1' +1 - 0x 123:4 "$(printf '9%0200d' 0)"
	do
		exits 2 crlls --has="$serial" a 2>err
		grep '^crlls: --has: not a serial number' err
	done
EOF

it 'does not answer from what it does not understand' <<-\EOF
	echo '1 1' | crl c1 critical=1.2.3.4
	echo '1 1 critical=1.2.3.5' | crl c2
	for n in 1 2
	do
		exits 0 crlls c$n >got
		grep '^# critical: 1.2.3.' got
		exits 2 crlls --has 1 c$n >out 2>err
		exits 1 test -s out
		grep "a critical extension is not understood: 1.2.3." err
	done
EOF

it 'knows when a CRL is stale' <<-\EOF
	exits 0 crlls --stale --summary --at 2026-12-31T23:59:59Z a >got
	exits 0 crlls --stale --summary --at 2027-01-01T00:00:00Z a >got
	exits 1 crlls --stale --summary --at 2027-01-01T00:00:01Z a >got
	grep '^# state: stale' got
	exits 0 crlls --stale --at 2026-01-01 a >got
	grep '^# state: future' got
	exits 0 crlls --stale --at 2100-01-01 good >got
	exits 2 crlls --at tomorrow a 2>err
EOF

it 'refuses options that do not go together' <<-\EOF
	exits 2 crlls --has 1 --stale a
	exits 2 crlls --has 1 a a
	exits 2 crlls --stale a a
	exits 2 crlls --delta a a a
	exits 2 crlls --summary --entries a
	exits 2 crlls --table --json a
	exits 2 crlls --timeout 0 a
EOF

it 'names the issuers of an indirect CRL' <<-\EOF
	crl indirect indirect=1 only=1 <<-\END
	1 1
	1 2 issuer=Other
	2 3
	3 4 issuer=CA
	END
	exits 0 crlls indirect >out
	grep '^# issuing-point: only user certificates; indirect' out
	exits 0 crlls --entries --columns serial,issuer indirect >got
	printf '0x%s\t%s\n' 1 '' 1 CN=Other 2 CN=Other 3 '' >want
	same want got
EOF

it 'lists as openssl does, a CRL that openssl made' <<-\EOF
	: >index
	n=0
	for reason in '' keyCompromise CACompromise affiliationChanged \
	    superseded cessationOfOperation certificateHold removeFromCRL \
	    holdInstruction,holdInstructionReject keyTime,20260101000000Z \
	    CAkeyTime,20260102000000Z
	do
		n=$((n + 1))
		printf 'R\t301231235959Z\t2611011200%02dZ%s\t%02X\tunknown\t/CN=%d\n' \
		    $n "${reason:+,$reason}" $((n * 20)) $n >>index
	done
	echo 1234 >number
	cat >cnf <<-\END
	[ca]
	default_ca = a
	[a]
	database = index
	crlnumber = number
	default_md = sha384
	default_crl_days = 30
	crl_extensions = e
	[e]
	authorityKeyIdentifier = keyid
	END
	openssl ca -config cnf -keyfile ca.key -cert ca.pem -gencrl -out o.crl
	openssl crl -in o.crl -noout -text >text
	grep -c 'Serial Number' text >want
	exits 0 crlls -i ca.pem --summary o.crl >got
	sed -n 's/^# entries: //p' got >count
	same want count
	grep '^# number: 4660' got
	awk '/Serial Number/ { printf "0x%s\n", tolower($3) }' text |
	    sed 's/0x0/0x/' >want
	exits 0 crlls --entries --columns serial o.crl >got
	same want got
	exits 0 crlls --entries --columns reason,hold,invalid-since o.crl >got
	printf '%s\t\t\n' '' keyCompromise cACompromise affiliationChanged \
	    superseded cessationOfOperation certificateHold removeFromCRL \
	    >want
	printf 'certificateHold\tholdInstructionReject\t\n' >>want
	printf 'keyCompromise\t\t2026-01-01T00:00:00Z\n' >>want
	printf 'cACompromise\t\t2026-01-02T00:00:00Z\n' >>want
	same want got
EOF

tap_done
