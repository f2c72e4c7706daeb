#!/bin/sh
# SPDX-License-Identifier: MIT
# Bundles that no one here wrote, where CLONEKIT_FIXTURES is a directory of
# them (make check FIXTURES=DIR): p12/DATABASE/NAME.p12, beside each what pki
# 11.9 printed of it (NAME.cert-find.11.9.txt and key-find, the last line being
# its status), and NAME.keys.tsv: localKeyID, type, bits, SHA-256 of public and
# of private key.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

files=$CLONEKIT_FIXTURES/p12

# Over there, anybody may read them, of which we would warn.
cp "$files"/p12pw*.txt .
chmod 600 p12pw*.txt

# The options that a bundle needs.
options () {
	case $1 in
	*emptypw*) echo '-w p12pw-empty.txt' ;;
	*nonascii*) echo '-w p12pw-nonascii.txt' ;;
	*-nomac*) echo '--no-mac -w p12pw.txt' ;;
	*) echo '-w p12pw.txt' ;;
	esac
}

bundles () {
	find "$files" -name '*.p12' | sort
}

it 'finds the bundles' <<-\EOF
	test "$(bundles | wc -l)" -ge 60
EOF

# Where pki could not read a bundle, we can, and list its keys' certificates.
it 'lists each as pki does, or where pki cannot' <<-\EOF
	bundles | while read -r file
	do
		: "$file"
		for what in cert key
		do
			golden=${file%.p12}.$what-find.11.9.txt
			test $what = cert && keys= || keys=--keys
			gives 0 p12ls --format=pki $keys $(options "$file") \
			    "$file"
			same /dev/null err
			if test "$(tail -n 1 "$golden")" = rc=0
			then
				sed '$d' "$golden" >want
				same want out
			else
				grep '^[1-9][0-9]* entries found$' out
			fi
		done
	done
EOF

it 'says that there is no MAC, where there is none' <<-\EOF
	bundles | grep -e -nomac >some
	while read -r file
	do
		gives 2 p12ls -w p12pw.txt "$file"
		same /dev/null out
		grep ': no MAC: ' err
	done <some
EOF

it 'lists each with its keys, whose types and sizes they are' <<-\EOF
	bundles | while read -r file
	do
		: "$file"
		grep -v '^#' "${file%.p12}.keys.tsv" | cut -f 1-3 |
		    sed 's/RSAPrivateKey/rsa/; s/ECPrivateKey/ec/' >want
		gives 0 p12ls --keys --columns=key-id,type,bits \
		    $(options "$file") "$file"
		same /dev/null err
		same want out
	done
EOF

# p12ls lets no private key out: p12-keys, a unit test's like, hashes them.
it 'and they are those keys, bit for bit' <<-\EOF
	helper=$(command -v p12ls)
	helper=${helper%/*}/obj/t/unit/p12keys.t
	able 'helper' test -x "$helper"
	bundles | while read -r file
	do
		: "$file"
		set -- $(options "$file")
		while test $# -gt 1
		do
			shift
		done
		P12KEYS=$file P12KEYS_PASSWORD=$1 "$helper" >out
		grep '^#	' out | cut -f 2- >got
		grep -v '^#' "${file%.p12}.keys.tsv" | cut -f 1,4,5 >want
		same want got
	done
EOF

it 'refuses each with another password, and cut in half' <<-\EOF
	echo wrong >wrong
	bundles | grep -v -e -nomac >some
	while read -r file
	do
		: "$file"
		gives 2 p12ls -w wrong "$file"
		same /dev/null out
		grep -e ': wrong password$' -e ': wrong password, or ' err
		head -c $(($(stat -c %s "$file") / 2)) "$file" >half
		gives 2 p12ls -w p12pw.txt half
		same /dev/null out
		grep -x 'p12ls: half: not a PKCS#12 file, or damaged' err
	done <some
EOF

tap_done
