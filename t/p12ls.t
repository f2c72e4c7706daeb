#!/bin/sh
# SPDX-License-Identifier: MIT
# p12ls: bundles of those programs that are here, which it lists as their
# contents are; what is wrong with one is said, and nothing listed.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/p12.sh
. "$tap_top/t/lib/p12.sh"

material
names='--columns=nickname,key-id,key-type,key-size,has-key'
ls12='p12ls -w ../pw'
mkdir work
cd work || exit 1

# What ee and ca are, in the order and with the IDs of OpenSSL.
tr '|' '\t' >../listed <<-END
	ee|$(id ../ee.pem)|ec|256|yes
	ca||rsa|2048|no
END

it 'lists each form of bundle that OpenSSL writes' <<-\EOF
	for form in '' -legacy '-certpbe NONE' '-keypbe NONE' '-noenc' \
	    '-keypbe NONE -certpbe NONE' '-macalg sha1' '-macalg sha384' \
	    '-macalg sha512' '-keypbe aes-128-cbc -certpbe camellia-192-cbc' \
	    '-keypbe des-ede3-cbc' '-keypbe aria-256-cbc' \
	    '-certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-2DES -legacy' \
	    '-certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-40 -legacy' \
	    '-noiter' '-nomaciter'
	do
		: "$form"
		bundle b.p12 $form
		gives 0 $ls12 $names b.p12
		same ../listed out
		same /dev/null err
		gives 0 $ls12 --keys --columns=nickname,type,bits,has-cert b.p12
		echo 'ee	ec	256	yes' >want
		same want out
	done
EOF

it 'tells what a key is encrypted by, and how often' <<-\EOF
	for form in '-legacy|PBE-SHA1-3DES|100' '|PBES2 AES-256-CBC|100' \
	    '-keypbe camellia-128-cbc|PBES2 CAMELLIA-128-CBC|100' \
	    '-legacy -keypbe PBE-SHA1-RC2-40|PBE-SHA1-RC2-40|100' \
	    '-keypbe NONE|none|'
	do
		bundle b.p12 ${form%%|*}
		gives 0 $ls12 -k --columns=nickname,scheme,rounds b.p12
		echo "ee|${form#*|}" | tr '|' '\t' >want
		same want out
	done
EOF

it 'reads a bundle from standard input, and JSON has null for what is not' <<-\EOF
	bundle b.p12
	gives 0 $ls12 --json --columns=nickname,trust,serial,subject,issuer \
	    <b.p12
	issuer='"issuer":"CN=CA Signing Certificate,O=EXAMPLE"'
	cat >want <<-END
	{"nickname":"ee","trust":null,"serial":"0x80","subject":"CN=ee,O=EXAMPLE",$issuer}
	{"nickname":"ca","trust":null,"serial":"0x1",${issuer#\"issuer\":}}
	END
	sed -i '2s/"CN=CA/"subject":"CN=CA/; 2s/}$/,'"$issuer"'}/' want
	same want out
EOF

it 'all columns, and their values as OpenSSL gives them' <<-\EOF
	bundle b.p12
	gives 0 $ls12 --header b.p12
	sha=$(openssl x509 -in ../ee.pem -noout -fingerprint -sha256)
	from=$(openssl x509 -in ../ee.pem -noout -startdate)
	to=$(openssl x509 -in ../ee.pem -noout -enddate)
	utc=+%Y-%m-%dT%H:%M:%SZ
	{
		printf '%s\t' nickname trust key-id key-type key-size has-key \
		    serial subject issuer not-before not-after sha256
		echo state
		printf '%s\t' ee '' "$(id ../ee.pem)" ec 256 yes 0x80 \
		    CN=ee,O=EXAMPLE 'CN=CA Signing Certificate,O=EXAMPLE' \
		    "$(date -u -d "${from#*=}" $utc)" \
		    "$(date -u -d "${to#*=}" $utc)" \
		    "$(echo "${sha#*=}" | tr -d : | tr A-F a-f)"
		echo valid
	} >want
	sed 2q out >got
	same want got
EOF

it 'a wrong password, a corrupted MAC, an unknown algorithm: three messages' <<-\EOF
	for form in '' '-certpbe NONE' '-keypbe NONE'
	do
		bundle b.p12 $form
		gives 2 p12ls -w ../wrong b.p12
		same /dev/null out
		echo 'p12ls: b.p12: wrong password' >want
		same want err
		size=$(($(stat -c %s b.p12) - 20))
		{
			head -c $size b.p12
			printf '\377\376'
			tail -c 18 b.p12
		} >c.p12
		gives 2 $ls12 c.p12
		same /dev/null out
		echo 'p12ls: c.p12: corrupted: the password is right,' \
		    'but not the MAC' >want
		same want err
	done
	OPENSSL_MODULES=/nonexistent
	export OPENSSL_MODULES
	echo 'p12ls: l.p12: safe 1: not supported: RC2-40' >want
	(unset OPENSSL_MODULES; bundle l.p12 -legacy)
	gives 2 $ls12 l.p12
	same /dev/null out
	same want err
EOF

it 'where nothing is encrypted, who can tell a wrong password' <<-\EOF
	bundle b.p12 -keypbe NONE -certpbe NONE
	gives 2 p12ls -w ../wrong b.p12
	same /dev/null out
	echo 'p12ls: b.p12: wrong password, or corrupted: the MAC is not that' \
	    'of the contents' >want
	same want err
EOF

it 'lists what has no MAC only when told to' <<-\EOF
	bundle b.p12 -nomac
	gives 2 $ls12 b.p12
	same /dev/null out
	grep -x 'p12ls: b.p12: no MAC: .*' err
	gives 0 $ls12 --no-mac $names b.p12
	same ../listed out
	bundle b.p12
	gives 0 $ls12 --no-mac $names b.p12
	same ../listed out
	gives 2 p12ls -w ../wrong --no-mac b.p12
	same /dev/null out
	echo 'p12ls: b.p12: safe 1: wrong password, or damaged' >want
	same want err
EOF

it 'without rights to derive, it does not: --max-rounds' <<-\EOF
	bundle b.p12
	gives 0 $ls12 --max-rounds=100 b.p12
	gives 2 $ls12 --max-rounds=99 b.p12
	same /dev/null out
	echo 'p12ls: b.p12: MAC: 100 rounds, over the limit of 99' >want
	same want err
	bundle b.p12 -nomaciter
	gives 2 $ls12 --max-rounds=99 b.p12
	echo 'p12ls: b.p12: safe 1: 100 rounds, over the limit of 99' >want
	same want err
EOF

it 'what is no bundle, or has something after it, is refused' <<-\EOF
	bundle b.p12
	printf x | cat b.p12 - >long
	gives 2 $ls12 long
	echo 'p12ls: long: bytes after the PKCS#12 data: 1' >want
	same want err
	for file in ../ca.pem ../pw /dev/null
	do
		gives 2 $ls12 $file
		same /dev/null out
		grep -x "p12ls: $file: not a PKCS#12 file, or damaged" err
	done
	gives 2 $ls12 missing
	test -s err
EOF

it 'certificates come out as they went in, and keys do not' <<-\EOF
	bundle b.p12
	gives 0 $ls12 --extract-certs b.p12
	openssl x509 -in ../ee.pem >want
	openssl x509 -in ../ca.pem >>want
	same want out
	gives 0 $ls12 --extract-cert=ca b.p12
	openssl x509 -in ../ca.pem >want
	same want out
	gives 1 $ls12 --extract-cert=ca --extract-cert=CA b.p12
	same /dev/null out
	echo "p12ls: b.p12: no certificate has this nickname: 'CA'" >want
	same want err
	gives 2 $ls12 --extract-certs --keys b.p12
	same /dev/null out
EOF

it 'characters beyond ASCII, in names and passwords' <<-\EOF
	printf 'Пароль-€-𝄞\n' >unicode
	for form in '' -legacy
	do
		LC_ALL=C.UTF-8 openssl pkcs12 -export -in ../ca.pem \
		    -inkey ../ca.key -name 'Ключ é' -out b.p12 \
		    -passout file:unicode -iter 10 $form
		gives 0 p12ls -w unicode --columns=nickname b.p12
		printf 'Ключ é\n' >want
		same want out
		gives 0 p12ls -w unicode -k --columns=nickname,type b.p12
		printf 'Ключ é\trsa\n' >want
		same want out
	done
EOF

it 'an empty password, in each form that it has' <<-\EOF
	: >empty
	for form in '' -legacy
	do
		openssl pkcs12 -export -in ../ca.pem -inkey ../ca.key -name ca \
		    -out b.p12 -passout pass: -iter 10 $form
		gives 0 p12ls -w empty --columns=nickname b.p12
		echo ca >want
		same want out
		gives 0 p12ls -w empty -k --columns=nickname b.p12
		same want out
	done
EOF

it 'a password is the first line, blanks and all' <<-\EOF
	bundle b.p12
	printf 'Secret.123\r\nmore\n' >crlf
	printf 'Secret.123' >bare
	printf 'Secret.123 \n' >blank
	gives 0 p12ls -w crlf b.p12
	gives 0 p12ls -w bare b.p12
	gives 2 p12ls -w blank b.p12
	gives 0 p12ls -w - b.p12 <../pw
	gives 2 p12ls -w - - <../pw
	gives 2 setsid p12ls b.p12
	grep 'no terminal' err
EOF

it 'options that do not go together are refused' <<-\EOF
	bundle b.p12
	gives 2 $ls12 --format=pki11 b.p12
	gives 2 $ls12 --format=pki --json b.p12
	gives 2 $ls12 --extract-certs --format=pki b.p12
	gives 2 $ls12 --extract-certs --table b.p12
	gives 2 $ls12 --max-rounds=0 b.p12
	gives 2 $ls12 --columns=nick b.p12
	gives 2 $ls12 b.p12 b.p12
EOF

it 'no secret is left in the memory that a core file would have' <<-\EOF
	needs gdb
	able 'plain build' plain_build p12ls
	bundle b.p12
	key=$(openssl pkey -in ../ee.key -outform DER | tail -c +37 |
	    head -c 16 | od -An -v -tx1 | tr -d ' \n')
	gdb -batch -nx -ex 'set confirm off' -ex 'catch syscall exit_group' \
	    -ex 'run -w ../pw --keys b.p12 >listed' \
	    -ex 'generate-core-file core' "$(command -v p12ls)" >log 2>&1 ||
	    cat log
	grep ec listed
	od -An -v -tx1 core | tr -d ' \n' >hex
	grep -q "$(printf EXAMPLE | od -An -tx1 | tr -d ' ')" hex
	exits 1 grep -q 5365637265742e313233 hex
	exits 1 grep -q "$key" hex
EOF

tap_done
