#!/bin/sh
# SPDX-License-Identifier: MIT
# p12ls: what pk12util, keytool and GnuTLS write; and the text of pki
# pkcs12-cert-find, which scripts read.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/p12.sh
. "$tap_top/t/lib/p12.sh"

material
ls12='p12ls -w ../pw'
mkdir work
cd work || exit 1

# A database with ee and ca, whose trust no bundle of NSS's own has.
database () {
	test -d db && return
	mkdir db
	certutil -N -d sql:db --empty-password
	bundle in.p12
	pk12util -i in.p12 -d sql:db -k /dev/null -w ../pw
} >/dev/null 2>&1

it 'lists what pk12util writes, of indefinite length and all its ciphers' <<-\EOF
	needs pk12util
	database
	printf 'ee\tec\t256\tyes\n' >want
	for form in '-c AES-256-CBC -C AES-128-CBC' '-C NONE' '-M SHA-1' \
	    '-M SHA-512' '-c CAMELLIA-256-CBC -C CAMELLIA-128-CBC' ''
	do
		: "$form"
		rm -f b.p12
		pk12util -o b.p12 -d sql:db -n ee -k /dev/null -w ../pw $form
		test "$(head -c 2 b.p12 | od -An -tx1)" = ' 30 80'
		gives 0 $ls12 --keys --columns=nickname,type,bits,has-cert \
		    b.p12
		same want out
		gives 0 $ls12 --columns=nickname,key-id,has-key b.p12
		grep -x "ee	$(id ../ee.pem)	yes" out
		gives 2 p12ls -w ../wrong b.p12
		same /dev/null out
		echo 'p12ls: b.p12: wrong password' >wrong
		same wrong err
	done
EOF

it 'lists what pk12util wrote before PBES2' <<-\EOF
	needs pk12util
	database
	pk12util -o b.p12 -d sql:db -n ee -k /dev/null -w ../pw \
	    -c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC' \
	    -C 'PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC'
	gives 0 $ls12 --keys --columns=nickname,type,scheme b.p12
	printf 'ee\tec\tPBE-SHA1-3DES\n' >want
	same want out
	gives 0 $ls12 --extract-cert=ee b.p12
	openssl x509 -in ../ee.pem >want
	same want out
EOF

# Before 3.31 it derived keys from BMPStrings, before 3.35 a key of 32 bytes
# for each AES; NSS of today reads both.
it 'lists what pk12util wrote of PBES2 before 3.35' <<-\EOF
	for form in bmp=1 'bmp=1 safe=1' 'bmp=1 aes=128 aes-length=32' \
	    'bmp=1 aes=192 aes-length=32 safe=1' aes=128 aes=192 \
	    'aes=128 aes-length=32'
	do
		: "$form"
		"$tap_top/t/lib/make-p12" ../ee.pem mac=classic digest=sha1 \
		    shroud=../ee.key password=Secret.123 $form >b.p12
		bits=${form##*aes=}
		case $form in
		*-length=32*) bits=256 ;;
		*aes=*) bits=${bits%% *} ;;
		*) bits=256 ;;
		esac
		gives 0 $ls12 --columns=nickname,key-type,has-key b.p12
		printf 'x\tec\tyes\n' >want
		same want out
		gives 0 $ls12 --keys --columns=nickname,type,scheme b.p12
		printf 'x\tec\tPBES2 AES-%d-CBC\n' $bits >want
		same want out
		gives 2 p12ls -w ../wrong b.p12
		same /dev/null out
		echo 'p12ls: b.p12: wrong password' >want
		same want err
		command -v pk12util >/dev/null || continue
		rm -rf old
		mkdir old
		certutil -N -d sql:old --empty-password
		pk12util -i b.p12 -d sql:old -k /dev/null -w ../pw
		certutil -K -d sql:old | grep ' ec .* x$'
	done
EOF

it 'a key under another password than the MAC, or of another length' <<-\EOF
	said () {
		"$tap_top/t/lib/make-p12" ../ee.pem mac=classic \
		    shroud=../ee.key "$@" >b.p12
		gives 0 $ls12 --columns=nickname b.p12
		gives 2 $ls12 --keys b.p12
		same /dev/null out
		same want err
	}
	echo "p12ls: b.p12: key 'x': under another password than the MAC, or" \
	    damaged >want
	said password=Secret.124 mac-password=Secret.123
	echo "p12ls: b.p12: key 'x': not supported: PBES2 AES-128-CBC with key" \
	    length 20 >want
	said password=Secret.123 aes=128 aes-length=20
EOF

it 'lists what pk12util writes under an empty password' <<-\EOF
	needs pk12util
	database
	printf '\n' >empty
	for form in '' '-c "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC"'
	do
		rm -f b.p12
		eval "pk12util -o b.p12 -d sql:db -n ee -k /dev/null -W '' $form"
		gives 0 p12ls -w empty --keys --columns=nickname,type b.p12
		printf 'ee\tec\n' >want
		same want out
	done
EOF

it 'names that pk12util writes: quotes, tabs, beyond the BMP' <<-\EOF
	needs pk12util
	mkdir names
	certutil -N -d sql:names --empty-password
	head -c 64 /dev/urandom >noise
	serial=1
	for name in 'ключ' 'a "quoted", name' 'tab	name' '𝄞 clef'
	do
		certutil -S -d sql:names -n "$name" -s "CN=$serial" -x \
		    -t ,, -m $serial -k ec -q nistp256 -z noise
		rm -f b.p12
		pk12util -o b.p12 -d sql:names -n "$name" -k /dev/null \
		    -w ../pw
		gives 0 $ls12 --columns=nickname b.p12
		printf '%s\n' "$name" | sed 's/\t/\\t/g' >want
		same want out
		serial=$((serial + 1))
	done
EOF

it 'lists what keytool writes' <<-\EOF
	needs keytool
	for old in false true
	do
		rm -f b.p12
		keytool -J-Dkeystore.pkcs12.legacy=$old -genkeypair \
		    -alias Server -keyalg RSA -keysize 2048 -storetype PKCS12 \
		    -dname CN=host,O=EXAMPLE -keystore b.p12 \
		    -storepass Secret.123
		gives 0 $ls12 --columns=nickname,subject,has-key b.p12
		printf 'server\tCN=host,O=EXAMPLE\tyes\n' >want
		same want out
		gives 0 $ls12 --keys --columns=nickname,type,bits b.p12
		printf 'server\trsa\t2048\n' >want
		same want out
		gives 2 p12ls -w ../wrong b.p12
		echo 'p12ls: b.p12: wrong password' >want
		same want err
	done
EOF

it 'lists what GnuTLS writes' <<-\EOF
	needs certtool
	for cipher in aes-256 aes-128 3des-pkcs12 3des rc2-40 arcfour
	do
		certtool --to-p12 --load-certificate ../ee.pem \
		    --load-privkey ../ee.key --p12-name=gnu --outder \
		    --password=Secret.123 --outfile=b.p12 \
		    --pkcs-cipher=$cipher
		gives 0 $ls12 --columns=nickname,key-type,has-key b.p12
		printf 'gnu\tec\tyes\n' >want
		same want out
		gives 0 $ls12 --keys --columns=nickname,type,bits b.p12
		printf 'gnu\tec\t256\n' >want
		same want out
	done
EOF

it 'prints what pki pkcs12-cert-find and pkcs12-key-find print' <<-\EOF
	bundle b.p12 -caname ca
	gives 0 $ls12 --format=pki b.p12
	cat >want <<-END
	---------------
	2 entries found
	---------------
	  Certificate ID: 0x$(id ../ee.pem)
	  Serial Number: 0x80
	  Friendly Name: ee
	  Subject DN: CN=ee,O=EXAMPLE
	  Issuer DN: CN=CA Signing Certificate,O=EXAMPLE
	  Has Key: true
	  Key ID: 0x$(id ../ee.pem)

	  Certificate ID: 0x$(id ../ca.pem)
	  Serial Number: 0x1
	  Friendly Name: ca
	  Subject DN: CN=CA Signing Certificate,O=EXAMPLE
	  Issuer DN: CN=CA Signing Certificate,O=EXAMPLE
	  Has Key: false
	END
	same want out
	gives 0 $ls12 --format=pki --keys b.p12
	cat >want <<-END
	---------------
	1 entries found
	---------------
	  Key ID: 0x$(id ../ee.pem)
	  Friendly Name: ee
	END
	same want out
	bundle b.p12 -keypbe NONE
	gives 0 $ls12 --format=pki --keys b.p12
	sed 's/^1/0/; 3q' want >none
	same none out
EOF

it 'the older form says Nickname, and IDs without 0x and zeros in front' <<-\EOF
	bundle b.p12
	gives 0 $ls12 --format=pki10 b.p12
	cat >want <<-END
	---------------
	2 entries found
	---------------
	  Certificate ID: $(id ../ee.pem | sed 's/^0*//')
	  Serial Number: 0x80
	  Nickname: ee
	  Subject DN: CN=ee,O=EXAMPLE
	  Issuer DN: CN=CA Signing Certificate,O=EXAMPLE
	  Has Key: true

	  Certificate ID: $(id ../ca.pem | sed 's/^0*//')
	  Serial Number: 0x1
	  Nickname: ca
	  Subject DN: CN=CA Signing Certificate,O=EXAMPLE
	  Issuer DN: CN=CA Signing Certificate,O=EXAMPLE
	  Has Key: false
	END
	same want out
EOF

# Example 2.5, less what the manual's page has lost: blanks, rules and the
# organization; the certificates' IDs are those of others.
it 'prints the example of the manual, section 2.7.2, in its form' <<-\EOF
	needs certutil
	mkdir manual
	certutil -N -d sql:manual --empty-password
	head -c 64 /dev/urandom >noise
	ca='caSigningCert cert-topology-02-CA CA'
	while IFS='|' read -r serial trust name subject
	do
		issue="-c '$ca'"
		test "$serial" -ne 1 || issue=-x
		eval "certutil -S -d sql:manual -z noise -t $trust \
		    -m $serial -k ec -q nistp256 -n '$name' $issue \
		    -s 'CN=$subject,OU=topology-02-CA,O=EXAMPLE'" </dev/null
	done <<-END
		1|CT,C,C|$ca|CA Signing Certificate
		4|,,|subsystemCert cert-topology-02-CA|Subsystem Certificate
		2|,,|ocspSigningCert cert-topology-02-CA CA|CA OCSP Signing Certificate
		5|,,P|auditSigningCert cert-topology-02-CA CA|CA Audit Signing Certificate
	END
	rm -f b.p12
	p12export -d manual -p /dev/null -w ../pw -o b.p12 --iterations=10 \
	    'subsystemCert cert-topology-02-CA' "$ca" \
	    'ocspSigningCert cert-topology-02-CA CA' \
	    'auditSigningCert cert-topology-02-CA CA'
	gives 0 $ls12 --format=pki10 b.p12
	sed 's/^  //; /^---/d; s/O=EXAMPLE$//; s/[0-9a-f]\{37,40\}$/.../' out >got
	cat >want <<-\END
	4 entries found
	Certificate ID: ...
	Serial Number: 0x4
	Nickname: subsystemCert cert-topology-02-CA
	Subject DN: CN=Subsystem Certificate,OU=topology-02-CA,
	Issuer DN: CN=CA Signing Certificate,OU=topology-02-CA,
	Trust Flags: u,u,u
	Has Key: true

	Certificate ID: ...
	Serial Number: 0x1
	Nickname: caSigningCert cert-topology-02-CA CA
	Subject DN: CN=CA Signing Certificate,OU=topology-02-CA,
	Issuer DN: CN=CA Signing Certificate,OU=topology-02-CA,
	Trust Flags: CTu,Cu,Cu
	Has Key: true

	Certificate ID: ...
	Serial Number: 0x2
	Nickname: ocspSigningCert cert-topology-02-CA CA
	Subject DN: CN=CA OCSP Signing Certificate,OU=topology-02-CA,
	Issuer DN: CN=CA Signing Certificate,OU=topology-02-CA,
	Trust Flags: u,u,u
	Has Key: true

	Certificate ID: ...
	Serial Number: 0x5
	Nickname: auditSigningCert cert-topology-02-CA CA
	Subject DN: CN=CA Audit Signing Certificate,OU=topology-02-CA,
	Issuer DN: CN=CA Signing Certificate,OU=topology-02-CA,
	Trust Flags: u,u,Pu
	Has Key: true
	END
	same want got
EOF

it 'lists what p12export writes, PBMAC1 and trust flags too' <<-\EOF
	needs pk12util
	database
	certutil -M -d sql:db -n ee -t u,u,Pu
	certutil -K -d sql:db | sed -n 's/^< 0> ec *\([0-9a-f]*\) .*/\1/p' >id
	for form in '' --for=fips --encrypt-certs '--for=fips --encrypt-certs'
	do
		: "$form"
		rm -f b.p12
		p12export -d db -p /dev/null -w ../pw -o b.p12 --iterations=10 \
		    $form ee
		gives 0 $ls12 --columns=nickname,trust,key-id,has-key b.p12
		grep -x "ee	u,u,Pu	$(cat id)	yes" out
		gives 0 $ls12 --keys b.p12
		printf "$(cat id)\tee\tec\t256\tPBES2 AES-256-CBC\t10\tyes\n" \
		    >want
		same want out
		gives 2 p12ls -w ../wrong b.p12
		same /dev/null out
		echo 'p12ls: b.p12: wrong password' >want
		same want err
	done
EOF

it 'a name cannot forge lines, in any form' <<-\EOF
	evil=$(printf 'x\n  Has Key: false\033[2J')
	openssl req -x509 -key ../ca.key -utf8 -out evil.pem -days 1 \
	    -subj "/CN=$evil" -set_serial 1
	openssl pkcs12 -export -in evil.pem -inkey ../ca.key -name "$evil" \
	    -passout file:../pw -out b.p12
	gives 0 $ls12 --format=pki b.p12
	test "$(grep -c '^  Has Key' out)" -eq 1
	grep -Fx '  Subject DN: CN=x\0A  Has Key: false\1B[2J' out
	grep -Fx '  Friendly Name: x\0A  Has Key: false\1B[2J' out
	gives 0 $ls12 b.p12
	test "$(wc -l <out)" -eq 1
	gives 0 $ls12 --format=pki --keys b.p12
	grep -Fx '  Friendly Name: x\0A  Has Key: false\1B[2J' out
EOF

it 'makes up the name that pki makes up, e-mail addresses too' <<-\EOF
	openssl req -x509 -key ../ca.key -out mail.pem -days 1 -set_serial 1 \
	    -subj '/C=US/O=a, b/CN=x+UID=u/emailAddress=a@example.com' \
	    -multivalue-rdn
	openssl pkcs12 -export -in mail.pem -inkey ../ca.key \
	    -passout file:../pw -out b.p12
	gives 0 $ls12 --format=pki b.p12
	grep -Fx '  Friendly Name: a@example.com - x - a, b - US' out
	grep -Fx '  Subject DN: E=a@example.com,CN=x+UID=u,O=a\, b,C=US' out
	gives 0 $ls12 --extract-cert='a@example.com - x - a, b - US' b.p12
	openssl x509 -in mail.pem >want
	same want out
	gives 0 $ls12 --columns=nickname,subject b.p12
	printf '\tE=a@example.com,CN=x+UID=u,O=a\\\\, b,C=US\n' >want
	same want out
EOF

tap_done
