#!/bin/sh
# keyid: the manual's values (section 9.6, "Cloning a CA that has been
# re-keyed"), upstream's vectors, and all that certutil -K can print.
. "${0%/*}/tap.sh"

cat >manual <<-\END
	certutil: Checking token "NSS Certificate DB" in slot "NSS User Private Key and Certificate Services"
	Enter Password or Pin for "NSS Certificate DB":
	< 0> rsa      a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3   caSigningCert cert-ca4-test-master
	< 1> rsa      6006094af3e5d02aaa91426594ca66cb53e73ac0   ocspSigningCert cert-ca4-test-master
	< 2> rsa      d684da39bf4f2789a3fc9d42204596f4578ad2d9   subsystemCert cert-ca4-test-master
	< 3> rsa      a8edd7c2b5c94f13144cacd99624578ae30b7e43   sslserverCert cert-ca4-test1
	< 4> rsa      2fe35d9d46b373efabe9ef01b8436667a70df096   auditSigningCert cert-ca4-test1
END

it 'turns the manual'"'"'s listing into BigIntegers and nicknames' <<-\EOF
	keyid manual >got
	tr '|' '\t' >want <<-\END
	-584f6bb4847c688d65b373650c563d4690b6390d|caSigningCert cert-ca4-test-master
	6006094af3e5d02aaa91426594ca66cb53e73ac0|ocspSigningCert cert-ca4-test-master
	-297b25c640b0d8765c0362bddfba690ba8752d27|subsystemCert cert-ca4-test-master
	-5712283d4a36b0ecebb3532669dba8751cf481bd|sslserverCert cert-ca4-test1
	2fe35d9d46b373efabe9ef01b8436667a70df096|auditSigningCert cert-ca4-test1
	END
	same want got
EOF

it 'takes the manual'"'"'s five old values back to octets, and forth' <<-\EOF
	printf '%s\n' -4d798441aa7230910d4e1c39fa132ea228d5d1bc \
	    -3e23e743e0ddd88f2a7c6f69fa9f9bcebef1a60 \
	    -c3c1b3b4e8f5dd6d2bdefd07581c0b15529536 \
	    3023d30245804a4fab42be209ebb0dc683423a8f \
	    2fe35d9d46b373efabe9ef01b8436667a70df096 >bigints
	printf '%s\n' b2867bbe558dcf6ef2b1e3c605ecd15dd72a2e44 \
	    fc1dc18bc1f222770d583909605606431410e5a0 \
	    ff3c3e4c4b170a2292d42102f8a7e3f4eaad6aca \
	    3023d30245804a4fab42be209ebb0dc683423a8f \
	    2fe35d9d46b373efabe9ef01b8436667a70df096 >octets
	keyid -r bigints >got
	same octets got
	keyid octets >got
	same bigints got
EOF

it 'knows the eight vectors of KeyIDCodecTest' <<-\EOF
	cat >vectors <<-\END
	0000000000000000000000000000000000000000 0
	000000000000000018604db6c7a073ff08338650 18604db6c7a073ff08338650
	446ed35d7e811e7f73d0d1f220afc60083deba74 446ed35d7e811e7f73d0d1f220afc60083deba74
	7fffffffffffffffffffffffffffffffffffffff 7fffffffffffffffffffffffffffffffffffffff
	ffffffffffffffffffffffffffffffffffffffff -1
	ffffffffffffffffceb42c026f8ac01c9782ca73 -314bd3fd90753fe3687d358d
	e91f694a9e7c753cd7aa533cf5f6195d26523ee0 -16e096b561838ac32855acc30a09e6a2d9adc120
	8000000000000000000000000000000000000000 -8000000000000000000000000000000000000000
	END
	cut -d' ' -f1 vectors >octets
	cut -d' ' -f2 vectors >bigints
	keyid octets >got
	same bigints got
	keyid --reverse bigints >got
	same octets got
EOF

it 'agrees with Python on random IDs' <<-\EOF
	needs python3
	python3 -c '
	import random
	random.seed(7)
	with open("octets", "w") as o, open("want", "w") as w:
	    for i in range(5000):
	        b = random.randbytes(random.choice([20, 20, 19]))
	        b = b"\xff" * (20 - len(b)) + b if i % 2 else b.rjust(20, b"\0")
	        print(b.hex(), file=o)
	        print(format(int.from_bytes(b, "big", signed=True), "x"), file=w)
	'
	keyid octets >got
	same want got
	keyid -r got >back
	same octets back
EOF

it 'takes upper case and 0x, and gives lower case without' <<-\EOF
	printf '%s\n' 0xA7B0944B7B8397729A4C8C9AF3A9C2B96F49C6F3 \
	    0X6006094AF3E5D02AAA91426594CA66CB53E73AC0 >in
	printf '%s\n' -584f6bb4847c688d65b373650c563d4690b6390d \
	    6006094af3e5d02aaa91426594ca66cb53e73ac0 >want
	keyid in >got
	same want got
	printf '%s\n' -0X584F6BB4847C688D65B373650C563D4690B6390D >in
	keyid -r in >got
	echo a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3 >want
	same want got
EOF

it 'takes an ID, a tab and a nickname, and CRLF' <<-\EOF
	printf 'a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3\tca cert\r\n\r\n' >in
	printf -- '-584f6bb4847c688d65b373650c563d4690b6390d\tca cert\n' >want
	keyid in >got
	same want got
	keyid -r want >got
	printf 'a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3\tca cert\n' >want
	same want got
EOF

it 'turns down a BigInteger that lost its zeros, rather than another ID' <<-\EOF
	echo 3c1b3b4e8f5dd6d2bdefd07581c0b155295360 | exits 2 keyid >got 2>err
	exits 1 test -s got
	grep '^keyid: <stdin>:1: not a key ID of 40 hexadecimal digits: .3c1b' err
	echo c3c1b3b4e8f5dd6d2bdefd07581c0b15529536 |
	    exits 2 keyid -b 20 >got 2>err
EOF

it 'turns down what no 160 bits hold, signs and letters' <<-\EOF
	for bad in a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3 \
	    -8000000000000000000000000000000000000001 \
	    10000000000000000000000000000000000000000 \
	    +1 --1 - 0x 1g '1 2' 1.0
	do
		echo "$bad" | exits 2 keyid -r >got 2>err
		grep '^keyid: <stdin>:1: not a BigInteger of 160 bits: ' err
		exits 1 test -s got
	done
	for bad in zz 0x12 xyz0 a7b0944b7b8397729a4c8c9af3a9c2b96f49c6g3 \
	    ' a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f' \
	    -584f6bb4847c688d65b373650c563d4690b6390d
	do
		echo "$bad" | exits 2 keyid >got 2>err
		grep '^keyid: <stdin>:1: not a key ID of 40 hex' err
	done
EOF

it 'reports every bad line and prints none of the good ones' <<-\EOF
	printf '%s\n' a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3 one \
	    6006094af3e5d02aaa91426594ca66cb53e73ac0 two >in
	exits 2 keyid in manual >got 2>err
	exits 1 test -s got
	test "$(grep -c '^keyid: in:[24]: ' err)" -eq 2
EOF

it 'reads several tokens, orphans, and prompts that share a line' <<-\EOF
	cat >in <<-\END
	certutil: Checking token "NSS Generic Crypto Services" in slot "NSS Internal Cryptographic Services"
	certutil: no keys found
	Enter Password or Pin for "NSS Certificate DB":certutil: Checking token "NSS Certificate DB" in slot "NSS User Private Key and Certificate Services"
	Enter Password or Pin for "NSS Certificate DB":< 0> rsa      a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3   NSS Certificate DB:ca cert
	<11> ec       6006094af3e5d02aaa91426594ca66cb53e73ac0   (orphan)
	Enter Password or Pin for "a "b":certutil: Checking token "a "b" in slot "x"
	END
	tr '|' '\t' >want <<-\END
	-584f6bb4847c688d65b373650c563d4690b6390d|NSS Certificate DB:ca cert
	6006094af3e5d02aaa91426594ca66cb53e73ac0|(orphan)
	END
	keyid in >got 2>err
	same want got
	exits 1 grep '^keyid' err
EOF

it 'reads IDs of any width from certutil, and text in quotes' <<-\EOF
	cat >in <<-\END
	certutil: Checking token "NSS Certificate DB" in slot "x"
	< 0> rsa      "caKey"                                    ca "1"
	< 1> rsa      80                                         b
	END
	printf '63614b6579\t%s\n' 'ca "1"' >want
	printf -- '-80\tb\n' >>want
	keyid in >got
	same want got
EOF

it 'does not guess where a quoted ID ends, nor what it was' <<-\EOF
	for bad in '"caKey" ca "1"' '"a "b"   ca' '""   ca' \
	    "$(printf '"caK\303\251"%34sca' '')"
	do
		echo "< 0> rsa      $bad" | exits 2 keyid >got 2>err
		grep '^keyid: <stdin>:1: not a line of certutil -K' err
		exits 1 test -s got
	done
	printf '< 0> rsa      %-42.42s %s\n' '"a "b"' ca >in
	printf '6120 22 62\tca\n' | tr -d ' ' >want
	keyid in >got
	same want got
	echo '< 0> rsa      "caKey" ca' >in
	printf '63614b6579\tca\n' >want
	keyid in >got
	same want got
EOF

it 'warns where an ID of another token may be cut' <<-\EOF
	cat >in <<-\END
	certutil: Checking token "NHSM-CONN-XC" in slot "nShield"
	< 0> rsa      a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3   NHSM-CONN-XC:ca
	< 1> rsa      a7b0944b                                   NHSM-CONN-XC:kra
	END
	keyid in >got 2>err
	test "$(wc -l <got)" -eq 2
	test "$(grep -c '^keyid: in:[0-9]*: certutil shows at most 20 bytes' err)" -eq 1
	grep "^keyid: in:2: .*on token 'NHSM-CONN-XC' may be longer" err
EOF

it 'knows that IDs which are text are cut at 40 characters' <<-\EOF
	nine=$(printf '%039d' 0)
	{
		echo 'certutil: Checking token "HSM" in slot "nShield"'
		printf '< 0> rsa      "%s"  HSM:ca\n' "$nine"
		printf '< 1> rsa      "%s" HSM:kra\n' "${nine}1"
		echo 'certutil: Checking token "NSS FIPS 140-2 Certificate DB" in slot "x"'
		printf '< 0> rsa      "%s" ca\n' "${nine}1"
	} >in
	keyid in >got 2>err
	test "$(wc -l <got)" -eq 3
	echo "keyid: in:3: certutil shows at most 40 characters of an ID: this one on token 'HSM' may be longer" >want
	grep '^keyid' err >said
	same want said
EOF

it 'cannot convert a key without an ID, or half a line' <<-\EOF
	echo '< 0> rsa      (no CKA_ID)   ca' | exits 2 keyid 2>err
	grep "^keyid: <stdin>:1: this key has no ID: 'ca'" err
	for bad in '< 0> rsa' '< 0>' '<' '< 0> rsa      a7b   ca' \
	    '< 0> rsa      "abc   ca'
	do
		echo "$bad" | exits 2 keyid >got 2>err
		grep '^keyid: <stdin>:1: not a ' err
		exits 1 test -s got
	done
	exits 2 keyid -r manual 2>err
	grep "^keyid: manual:3: .* in certutil's spelling already" err
EOF

it 'converts other widths when told' <<-\EOF
	echo ff80 | keyid --bytes 2 >got
	echo -80 >want
	same want got
	keyid -r --bytes 32 want >got
	printf '%062d%s\n' 0 80 | tr 0 f | sed 's/8f$/80/' >want
	same want got
	for bad in 0 -1 513 x
	do
		exits 2 keyid --bytes "$bad" manual 2>err
		grep '^keyid: .*(see --help)' err
	done
EOF

it 'says where IDs are read from when one is an operand' <<-\EOF
	exits 2 keyid a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3 2>err
	grep "^keyid: no file 'a7b0.*': IDs are read from standard input" err
	exits 2 keyid -r -- -584f6bb4847c688d65b373650c563d4690b6390d 2>err
	grep '^keyid: no file .*echo ID | keyid -r)$' err
	exits 2 keyid 0XA7B0944B7B8397729A4C8C9AF3A9C2B96F49C6F3 2>err
	grep '^keyid: no file .*(echo ID | keyid)$' err
	exits 2 keyid -r -584f6bb4847c688d65b373650c563d4690b6390d 2>err
	grep "^keyid: no option '-584f.*(echo ID | keyid -r)$" err
	test "$(grep -c ^keyid: err)" -eq 1
	exits 2 keyid beef 2>err
	grep "^keyid: cannot open 'beef': No such file" err
	cp manual a7b0944b
	keyid a7b0944b >got
	test "$(wc -l <got)" -eq 5
EOF

it 'turns down what it cannot read' <<-\EOF
	exits 2 keyid . missing 2>err
	grep "^keyid: cannot read '.': Is a directory" err
	grep "^keyid: cannot open 'missing': No such file" err
	printf 'a7b0\0\n' | exits 2 keyid 2>err
	grep '^keyid: <stdin>:1: NUL byte' err
EOF

it 'says that there are no keys, but not of one token of several' <<-\EOF
	echo 'certutil: no keys found' | keyid >got 2>err
	exits 1 test -s got
	grep '^keyid: no keys found$' err
	keyid </dev/null >got 2>err
	exits 1 test -s got
	grep '^keyid: no keys found$' err
	echo 'certutil: no keys found' | keyid - manual >got 2>err
	test "$(wc -l <got)" -eq 5
	exits 1 grep '^keyid' err
	echo 'certutil: no key found' | exits 2 keyid >got 2>err
	exits 1 test -s got
EOF

it 'notices that its output is lost' <<-\EOF
	exits 2 keyid manual >/dev/full 2>err
	grep 'cannot write standard output: No space left' err
EOF

it 'reads what a real certutil prints' <<-\EOF
	needs certutil
	mkdir db
	printf 'pw\n' >pw
	head -c 64 /dev/urandom >noise
	certutil -N -d sql:db -f pw
	certutil -S -d sql:db -f pw -z noise -n 'ca "x" cert' -s CN=x -x -t ,, \
	    -k ec -q nistp256
	certutil -G -d sql:db -f pw -z noise -k rsa -g 1024
	certutil -K -d sql:db -f pw >listing
	keyid listing >got
	test "$(wc -l <got)" -eq 2
	grep 'ca "x" cert$' got
	cut -f1 got | keyid -r >octets
	sed -n 's/^<.*> [a-z]* *\([0-9a-f]*\).*/\1/p' listing >want
	same want octets
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	it 'reads the extra listings' <<-\EOF
		for f in "$CLONEKIT_FIXTURES"/dogtag/*/*/certutil.txt
		do
			sed -n '/certutil -K/,$p' "$f" | sed 1d >listing
			keyid listing >got
			test "$(wc -l <got)" -eq "$(grep -c '^<' listing)"
		done
	EOF
fi

tap_done
