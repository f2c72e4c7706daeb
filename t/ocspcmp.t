#!/bin/sh
# SPDX-License-Identifier: MIT
# ocspcmp compares two responders: openssl ocsp, and one that answers as told.
# shellcheck disable=SC2034 # used in bodies
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/ocsp.sh"

ocsp_pki >pki.log 2>&1 || { cat pki.log; exit 1; }
by_ca='-rsigner ca.pem -rkey ca.key -ndays 1'
# A clone that has not heard of a revocation, nor of a certificate.
{
	ocsp_entry 1001
	ocsp_entry 1002
	ocsp_entry 1003 261102000000Z,keyCompromise
} >index.late
sed 's/keyCompromise/superseded/' index >index.reason
# shellcheck disable=SC2086 # words
ocsp_serve first -index index $by_ca &&
ocsp_serve second -index index $by_ca &&
ocsp_serve late -index index.late $by_ca &&
ocsp_serve reason -index index.reason $by_ca &&
ocsp_serve delegate -index index -rsigner signer.pem -rkey signer.key \
    -ndays 1 &&
ocsp_peer peer || exit 1
first=$(ocsp_url first)
second=$(ocsp_url second)
peer=$(ocsp_url peer)

it 'finds that two responders answer the same' <<-\EOF
	gives 0 ocspcmp --issuer ca.pem "$first" "$second" 1.pem 2.pem \
	    --columns serial,verdict,what,first-status,second-status,subject
	printf '%s\t%s\t\t%s\t%s\t%s\n' \
	    0x1001 same good good CN=1,O=EXAMPLE \
	    0x1002 same revoked revoked CN=2,O=EXAMPLE >want
	same want out
	same /dev/null err
EOF

it 'tells when and why a certificate was revoked, and who says so' <<-\EOF
	gives 0 ocspcmp -i ca.pem "$first" "$second" -s 0x1002 --header \
	    --columns first-revoked,second-reason,first-responder,second-nonce
	printf '%s\t%s\t%s\t%s\n' first-revoked second-reason \
	    first-responder second-nonce 2026-11-01T00:00:00Z keyCompromise \
	    CN=CA,O=EXAMPLE true >want
	same want out
	gives 0 ocspcmp -i ca.pem "$first" "$second" -s 0x1002 \
	    --columns first-this-update,first-next-update,first-signer
	grep -Eqx '(20..-..-..T..:..:..Z	){2}0x[0-9a-f]+' out
	gives 0 ocspcmp -i ca.pem "$first" "$second" -s 0x1001 --json \
	    --columns serial,what,first-revoked,subject
	echo '{"serial":"0x1001","what":null,"first-revoked":null,"subject":null}' \
	    >want
	same want out
EOF

it 'takes the CA that issued the certificates from a file of several' <<-\EOF
	ocsp_ca root '/O=EXAMPLE/CN=Root'
	# The CA as the root and as a renewal of itself have it.
	openssl req -new -key ca.key -subj "$(openssl x509 -in ca.pem -noout \
	    -subject -nameopt compat | sed 's/^subject= *//')" -out cross.csr
	echo basicConstraints=critical,CA:TRUE >cross.ext
	openssl x509 -req -in cross.csr -CA root.pem -CAkey root.key \
	    -set_serial 77 -days 3650 -extfile cross.ext -out cross.pem
	test "$(openssl x509 -in cross.pem -noout -subject)" = \
	    "$(openssl x509 -in ca.pem -noout -subject)"
	for chain in 'root cross' 'cross root' 'ca cross root' '1 root ca cross' \
	    '2 ca'
	do
		for name in $chain
		do
			cat "$name.pem"
		done >issuers.pem
		gives 0 ocspcmp -i issuers.pem "$first" "$second" 1.pem 2.pem \
		    --columns serial,verdict
		printf '%s\tsame\n' 0x1001 0x1002 | same - out
	done
EOF

it 'takes certificates, PEM and DER, and numbers, decimal and hex' <<-\EOF
	openssl x509 -in 3.pem -outform DER -out 3.der
	{ echo text around; openssl x509 -in 1.pem -text; cat 2.pem; } >two
	printf '# numbers\n\n4097\n0X1002\r\n0x0000001003\tgood\n' >numbers
	gives 0 ocspcmp -i ca.pem "$first" "$second" -s 4099 -s 0x1002 two \
	    3.der numbers --columns serial
	printf '%s\n' 0x1003 0x1002 0x1001 0x1002 0x1003 \
	    0x1001 0x1002 0x1003 >want
	same want out
	gives 0 ocspcmp -i ca.pem "$first" "$second" - --columns serial \
	    <numbers
	printf '%s\n' 0x1001 0x1002 0x1003 >want
	same want out
	gives 0 ocspcmp -i ca.pem "$first" "$second" - --columns serial <two
	printf '%s\n' 0x1001 0x1002 >want
	same want out
	openssl x509 -in ca.pem -outform DER -out ca.der
	gives 0 ocspcmp -i ca.der "$first" "$second" 1.pem
EOF

# differs URL SERIAL WHAT STATUS
differs () {
	gives 1 ocspcmp -i ca.pem "$first" "$1" -s "$2" \
	    --columns verdict,what,second-status
	printf 'differs\t%s\t%s\n' "$3" "$4" >want
	same want out
}

it 'finds another status; openssl ocsp has status 0 for each' <<-\EOF
	late=$(ocsp_url late)
	for n in 1 2 3
	do
		for url in "$first" "$late"
		do
			openssl ocsp -issuer ca.pem -cert $n.pem -url "$url" \
			    -CAfile ca.pem >said 2>&1
		done
	done
	differs "$late" 0x1002 status good
	differs "$late" 0x1003 status revoked
	gives 0 ocspcmp -i ca.pem "$first" "$late" 1.pem
	gives 1 ocspcmp -i ca.pem "$first" "$late" 1.pem 2.pem 3.pem \
	    --columns serial,verdict
	printf '%s\t%s\n' 0x1001 same 0x1002 differs 0x1003 differs >want
	same want out
EOF

it 'finds another reason, time of revocation, and responder' <<-\EOF
	differs "$(ocsp_url reason)" 0x1002 reason revoked
	differs "$(ocsp_url delegate)" 0x1001 responder good
	gives 1 ocspcmp -i ca.pem "$peer"revoked "$peer"revoked/earlier \
	    1.pem --columns what
	echo revoked >want
	same want out
EOF

it 'an unknown is no same: from one side it differs, from both it is' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$first" "$second" 4.pem \
	    --columns verdict,what,first-status,second-status
	printf 'unknown\t\tunknown\tunknown\n' >want
	same want out
	openssl ocsp -issuer ca.pem -cert 4.pem -url "$first" \
	    -CAfile ca.pem >said 2>&1
	grep -q ': unknown' said
	gives 1 ocspcmp -i ca.pem "$peer" "$peer"unknown 4.pem \
	    --columns verdict,what
	printf 'differs\tstatus\n' >want
	same want out
EOF

it 'finds times that are further from each other than --skew' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$peer" "$peer"older/shorter 1.pem \
	    --columns what
	echo this-update,next-update >want
	same want out
	gives 1 ocspcmp -i ca.pem "$peer" "$peer"older/shorter 1.pem \
	    --columns what --skew 3000
	echo this-update >want
	same want out
	gives 0 ocspcmp -i ca.pem "$peer" "$peer"older/shorter 1.pem \
	    --skew 8000
	# None at all, as Dogtag's, is another one than some.
	gives 1 ocspcmp -i ca.pem "$peer" "$peer"open 1.pem --columns what
	echo next-update >want
	same want out
	gives 0 ocspcmp -i ca.pem "$peer"open "$peer"open 1.pem
EOF

it 'lets differ what is ignored, and not the status' <<-\EOF
	gives 0 ocspcmp -i ca.pem "$first" "$(ocsp_url delegate)" 1.pem \
	    --ignore responder
	gives 0 ocspcmp -i ca.pem "$peer" "$peer"older/shorter 1.pem \
	    --ignore this-update --ignore next-update
	gives 0 ocspcmp -i ca.pem "$first" "$(ocsp_url reason)" 2.pem \
	    --ignore reason
	gives 0 ocspcmp -i ca.pem "$peer"revoked "$peer"revoked/earlier \
	    1.pem --ignore revoked
	gives 2 ocspcmp -i ca.pem "$first" "$second" 1.pem --ignore status
	grep -q "^ocspcmp: --ignore: not revoked, .*: 'status'" err
EOF

it 'says which answers were not made for its question' <<-\EOF
	gives 0 ocspcmp -i ca.pem "$peer" "$peer"nononce 1.pem \
	    --columns first-nonce,second-nonce
	printf 'true\tfalse\n' >want
	same want out
	gives 0 ocspcmp -i ca.pem "$peer" "$peer" 1.pem --no-nonce \
	    --columns first-nonce,second-nonce
	printf 'false\tfalse\n' >want
	same want out
EOF

it 'asks by another hash' <<-\EOF
	for hash in sha256 SHA384
	do
		gives 0 ocspcmp -i ca.pem "$peer" "$peer" 1.pem --hash $hash
	done
	gives 2 ocspcmp -i ca.pem "$peer" "$peer" 1.pem --hash no-such
	grep -q "^ocspcmp: no such hash: 'no-such'" err
EOF

it 'trusts a responder of another CA only when told' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$peer"stranger "$peer"stranger 1.pem \
	    --columns verdict
	echo both-fail >want
	same want out
	gives 0 ocspcmp -i ca.pem "$peer"stranger "$peer"stranger 1.pem \
	    --responder stranger.pem
	# Then its certificate need not be in the answer.
	gives 0 ocspcmp -i ca.pem "$peer"stranger/bare "$peer"stranger/bare \
	    1.pem --responder stranger.pem
EOF

it 'asks hundreds on one connection, where the server keeps it' <<-\EOF
	seq 1 300 >numbers
	ocsp_counts peer >before
	gives 0 ocspcmp -i ca.pem "$peer" "$peer" numbers --columns serial
	test "$(wc -l <out)" -eq 300
	ocsp_counts peer >after
	read -r connections requests <before
	read -r connections_after requests_after <after
	test $((requests_after - requests)) -eq 600
	# Two of ours, and the one that asks for these numbers.
	test $((connections_after - connections)) -eq 3
	gives 0 ocspcmp -i ca.pem "$peer"once "$peer" -s 1 -s 2 -s 3
EOF

tap_done
