#!/bin/sh
# SPDX-License-Identifier: MIT
# What ocspcmp does not believe, how long it waits, and what it cannot compare.
# shellcheck disable=SC2034 # used in bodies
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/ocsp.sh"

ocsp_pki >pki.log 2>&1 || { cat pki.log; exit 1; }
# Other keys for the same names: what a forger has.
mkdir forged
(cd forged && ocsp_pki) >pki.log 2>&1 || { cat pki.log; exit 1; }
ocsp_serve good -index index -rsigner ca.pem -rkey ca.key &&
ocsp_serve noeku -index index -rsigner noeku.pem -rkey noeku.key &&
ocsp_serve forger -index index -rsigner forged/ca.pem -rkey forged/ca.key &&
ocsp_serve forged -index index -rsigner forged/signer.pem \
    -rkey forged/signer.key &&
ocsp_peer peer || exit 1
good=$(ocsp_url good)
peer=$(ocsp_url peer)

# fails URL WHY - on either side and on both, an answer is no answer
fails () {
	gives 1 ocspcmp -i ca.pem "$1" "$peer" 1.pem \
	    --columns verdict,what,first-status,second-status
	printf 'first-fails\t%s\t\tgood\n' "$2" >want
	same want out
	gives 1 ocspcmp -i ca.pem "$peer" "$1" 1.pem \
	    --columns verdict,what,first-status,second-status
	printf 'second-fails\t%s\tgood\t\n' "$2" >want
	same want out
	gives 1 ocspcmp -i ca.pem "$1" "$1" 1.pem \
	    --columns verdict,what,first-status,second-status
	printf 'both-fail\t%s\t\t\n' "$2" >want
	same want out
	same /dev/null err
}

it 'believes nobody whom the issuer did not make a responder' <<-\EOF
	not_for="whose certificate is not for signing OCSP answers"
	fails "$(ocsp_url noeku)" "signed by 'CN=NoEKU,O=EXAMPLE', $not_for"
	fails "$(ocsp_url forger)" \
	    "signed by 'CN=CA,O=EXAMPLE', which 'CN=CA,O=EXAMPLE' did not issue"
	fails "$(ocsp_url forged)" \
	    "signed by 'CN=OCSP,O=EXAMPLE', which 'CN=CA,O=EXAMPLE' did not issue"
	# What the issuer certified for something else is no responder.
	fails "$peer"1 "signed by 'CN=1,O=EXAMPLE', $not_for"
EOF

# rsa_cert NAME OPTION... - NAME.pem of the CA rsa, for OCSPSigning
rsa_cert () {
	rsa_name=$1
	shift
	openssl req -new -newkey "rsa:${rsa_bits:-2048}" -nodes \
	    -keyout "$rsa_name.key" -subj "/CN=$rsa_name" -out rsa.csr &&
	echo extendedKeyUsage=OCSPSigning >rsa.ext &&
	openssl x509 -req -in rsa.csr -CA rsa.pem -CAkey rsa.key -days 9 \
	    -extfile rsa.ext -set_serial 0x3001 -out "$rsa_name.pem" "$@"
}

# fails_rsa NAME WHY - the answers of this responder of the CA rsa
fails_rsa () {
	gives 1 ocspcmp -i rsa.pem "$(ocsp_url "$1")" "$(ocsp_url "$1")" \
	    --serial 0x1001 --columns verdict,what
	printf 'both-fail\t%s\n' "$2" >want
	same want out
}

it 'believes no answer with MD5, nor one of a tiny key, at any step' <<-\EOF
	openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key \
	    -out rsa.pem -subj /CN=rsa -days 9
	rsa_cert old -sha1
	rsa_cert md5 -md5
	rsa_bits=512
	rsa_cert tiny
	openssl req -x509 -newkey rsa:512 -nodes -keyout tinyca.key \
	    -out tinyca.pem -subj /CN=rsa -days 9
	serve () {
		ocsp_name=$1
		shift
		ocsp_run $ocsp_name openssl ocsp -port 0 -index index "$@"
	}
	serve self -CA rsa.pem -rsigner rsa.pem -rkey rsa.key -rmd md5
	serve sha1 -CA rsa.pem -rsigner old.pem -rkey old.key -rmd sha1
	serve md5 -CA rsa.pem -rsigner md5.pem -rkey md5.key
	serve tiny -CA rsa.pem -rsigner tiny.pem -rkey tiny.key
	fails_rsa self 'signed with MD5'
	fails_rsa md5 "signed by 'CN=md5', whose certificate is signed with MD5"
	fails_rsa tiny 'signed by a key of 512 bits (1023 at least)'
	# Who is trusted is so by his key, whoever signed his certificate.
	gives 0 ocspcmp -i rsa.pem --responder md5.pem "$(ocsp_url md5)" \
	    "$(ocsp_url md5)" --serial 0x1001 --columns verdict
	# Older CAs sign with SHA-1.
	gives 0 ocspcmp -i rsa.pem "$(ocsp_url sha1)" "$(ocsp_url sha1)" \
	    --serial 0x1001 --columns verdict
	echo same >want
	same want out
	serve tinyca -CA tinyca.pem -rsigner tinyca.pem -rkey tinyca.key
	gives 1 ocspcmp -i tinyca.pem "$(ocsp_url tinyca)" \
	    "$(ocsp_url tinyca)" --serial 0x1001 --columns what
	echo 'signed by a key of 512 bits (1023 at least)' >want
	same want out
EOF

it 'an answer that is wrong is a record, not the end' <<-\EOF
	while IFS='|' read -r path why
	do
		fails "$peer$path" "$why"
	done <<-\END
	spoilt|the signature is wrong
	forged|the signature is wrong
	bare|the certificate of who signed the answer is not there
	another|no answer about the certificate
	twice|two answers about the certificate
	replay|the nonce is not the one that was sent
	critical|a critical extension that is not known
	backward|nextUpdate is before thisUpdate
	garbage|not an OCSP answer
	tail|an OCSP answer that is not DER
	empty|an empty answer
	unauthorized|the responder says 'unauthorized' (6)
	html|the answer is 'text/html'
	500|HTTP 500 Internal Server Error
	404|HTTP 404 Not Found
	302|HTTP 302 Found
	drop|the connection was closed without an answer
	END
EOF

it 'an answer of another time is none; openssl ocsp has status 0' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$peer" "$peer"stale 1.pem \
	    --columns verdict,what,second-status,second-next-update
	grep -Eqx 'second-fails	stale: nextUpdate was (.*Z)		\1' out
	gives 1 ocspcmp -i ca.pem "$peer"future "$peer" 1.pem \
	    --columns verdict,what
	grep -Eqx 'first-fails	of the future: thisUpdate is .*Z' out
	gives 0 ocspcmp -i ca.pem "$peer"stale "$peer"stale 1.pem \
	    --skew 90000
	openssl ocsp -issuer ca.pem -cert 1.pem -CAfile ca.pem \
	    -url "$peer"stale >said 2>&1
	grep -q 'Status times invalid' said
EOF

it 'one that both do not answer for is never the same' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$peer"empty "$peer"500 1.pem \
	    --columns verdict,what
	printf '%s\t%s\n' both-fail \
	    'an empty answer; HTTP 500 Internal Server Error' >want
	same want out
EOF

it 'says that nobody is there' <<-\EOF
	port=$(free_ports 127.0.0.1 1)
	fails "http://127.0.0.1:$port/" \
	    "cannot connect to port $port of '127.0.0.1': Connection refused"
	gives 1 ocspcmp -i ca.pem "http://no-such.invalid/" "$peer" 1.pem \
	    --columns what
	grep -q "^cannot find 'no-such.invalid': " out
EOF

it 'says what was cut off' <<-\EOF
	gives 1 ocspcmp -i ca.pem "$peer"cut "$good" 1.pem 2.pem \
	    --columns verdict,what
	test "$(grep -Ecx 'first-fails	cut off after [0-9]+ of [0-9]+ bytes' \
	    out)" -eq 2
EOF

it 'waits --timeout for an answer, and thrice at most for many' <<-\EOF
	seq 4097 4396 >numbers
	for mode in silent stall
	do
		gives 1 ocspcmp -i ca.pem "$peer$mode" "$peer" numbers \
		    --timeout 5 --columns serial,verdict,what,second-status
		test "$(wc -l <out)" -eq 300
		test "$(grep -c '	first-fails	not done within 5 s	good$' \
		    out)" -eq 3
		test "$(grep -c '	first-fails	not asked: late three times in a row	good$' \
		    out)" -eq 297
	done
EOF

it 'has nothing to compare, or nobody to ask: trouble' <<-\EOF
	cat ca.pem other.pem >chain.pem
	head -n 3 ca.pem >cut.pem
	sed '2s/^..../AAAA/' 1.pem >bad.pem
	printf '1\nno\n' >lines
	printf '\0' >zero
	: >table
	row () {
		printf '%s\t%s\n' "$1" "$2" >>table
	}
	both="$good $peer"
	row '--issuer is missing' "$both 1.pem"
	row 'no certificates to ask about' "-i ca.pem $both"
	row 'no certificates to ask about' "-i ca.pem $both /dev/null"
	row 'too few operands' "-i ca.pem $good"
	row "not a serial number: 'x'" "-i ca.pem $both -s x"
	row "not a serial number: '-1'" "-i ca.pem $both --serial=-1"
	row "not a serial number: '0x1g'" "-i ca.pem $both -s 0x1g"
	row "not a serial number: '0x'" "-i ca.pem $both -s 0x"
	row "not a serial number: '0x1$(printf %040d 0)'" \
	    "-i ca.pem $both -s 0x1$(printf %040d 0)"
	row "is not issued by 'CN=CA,O=EXAMPLE'" "-i ca.pem $both stranger.pem"
	row "is not issued by 'CN=CA,O=EXAMPLE'" "-i ca.pem $both forged/1.pem"
	row "1.pem: not the certificate of a CA: 'CN=1,O=EXAMPLE'" \
	    "-i 1.pem $both 1.pem"
	row "chain.pem: several CAs, such as 'CN=CA,O=EXAMPLE' and" \
	    "-i chain.pem $both 1.pem"
	row 'ca.key: no certificate in it' "-i ca.key $both 1.pem"
	row 'cut.pem:1: a certificate that is cut off' "-i cut.pem $both 1.pem"
	row 'bad.pem:1: a certificate that cannot be read' \
	    "-i ca.pem $both 1.pem bad.pem"
	row "lines:2: not a serial number: 'no'" "-i ca.pem $both lines"
	row 'zero: neither certificates nor serial numbers' \
	    "-i ca.pem $both zero"
	row 'https://h/: https is not spoken here' \
	    "-i ca.pem $good https://h/ 1.pem"
	row "not a URL: 'http://' is missing" "-i ca.pem $good localhost 1.pem"
	row "--timeout: not from 1 to 3600: '0'" \
	    "-i ca.pem $both 1.pem --timeout 0"
	row "--skew: negative: '-1'" "-i ca.pem $both 1.pem --skew=-1"
	row "--columns: no column 'no'" "-i ca.pem $both 1.pem --columns no"
	while IFS='	' read -r error words
	do
		# shellcheck disable=SC2086 # words
		gives 2 ocspcmp $words
		same /dev/null out
		grep -v '^+' err >said
		grep -qF -e "$error" said
		test "$(wc -l <said)" -eq 1
	done <table
EOF

it 'output that cannot be written is trouble' <<-\EOF
	exits 2 ocspcmp -i ca.pem "$good" "$peer" 1.pem >/dev/full 2>err
	grep -q 'cannot write standard output' err
EOF

tap_done
