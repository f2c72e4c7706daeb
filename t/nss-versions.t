#!/bin/sh
# SPDX-License-Identifier: MIT
# Databases that no one here made, where CLONEKIT_FIXTURES is a directory of
# them (make check FIXTURES=DIR): nss-versions.tar.xz, of NSS 3.21 to 3.124,
# each with its password (pw.txt), what certutil printed of it (list.txt, for
# -L, and keys.txt, for -K without the heading) and its keys, p8/KEYID.p8;
# nss/ and dogtag/STAGE/HOST/alias, with listings, too.
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

options () {
	case $1 in
	*-prefix) echo '-P my-' ;;
	esac
}

# "KEYID BASE64" of each private key of a bundle, as OpenSSL encodes it.
keys_in () {
	openssl pkcs12 -in "$1" -passin file:p12pw -nocerts -nodes \
	    -out keys.pem
	awk '/^    localKeyID: / {
			id = tolower(substr($0, 17))
			gsub(/ /, "", id)
		}
		/^-----BEGIN/ { text = ""; next }
		/^-----END/ { print id, text; next }
		{ text = text $0 }' keys.pem | sort
}

# The same of the files, less the orphans.
keys_of () {
	# shellcheck disable=SC2046 # options
	nssls --keys --columns=state,key-id $(options "$1") "$1" >states
	sed -n '/^orphan/!s/.*	//p' states | sort -u | while read -r id
	do
		echo "$id $(base64 -w 0 "$1/p8/$id.p8")"
	done
}

exports () {
	exports_from=$1
	shift
	# shellcheck disable=SC2046 # options
	p12export -o keys.p12 -w p12pw -p "$exports_from/pw.txt" \
	    --iterations 1000 --superseded $(options "$exports_from") "$@" \
	    "$exports_from"
}

# DIR KIND LIST-OF-CERTIFICATES LIST-OF-KEYS, which has its heading line
lists () {
	gives 0 nssls --certutil "$2:$1"
	same "$3" out
	gives 0 nssls --certutil --keys "$2:$1"
	same "$4" out
}

it 'unpacks 21 databases' <<-\EOF
	mkdir versions
	tar xf "$CLONEKIT_FIXTURES/nss-versions.tar.xz" -C versions
	# Whoever packed it: a password that others can read is warned of.
	chmod -R go= versions
	ls versions >names
	test "$(wc -l <names)" -eq 21
	sha256sum versions/*/*.db >sums
	ls versions/*/list.txt >lists
	test "$(wc -l <lists)" -eq 20
	echo P12.Secret >p12pw
EOF

for path in versions/*
do
	name=${path#*/}
	it "$name: listed as certutil of its version does" <<-EOF
		if test $name != nss3124-sql-pq-ed
		then
			gives 0 nssls --certutil $(options "$path") $path
			same $path/list.txt out
		fi
		gives 0 nssls --certutil --keys $(options "$path") $path
		head -n 1 out >heading
		grep '^certutil: Checking token "NSS Certificate DB" in' heading
		sed 1d out >got
		same $path/keys.txt got
	EOF

	force=
	test $name != tampered-trust || force=--force
	test $name = nss3124-sql-pq-ed ||
	    it "$name: its keys are in the bundle, and no other" <<-EOF
		rm -f keys.p12
		exports $path $force
		keys_in keys.p12 >got
		keys_of $path >want
		test -s want
		grep -v '(orphan)$' $path/keys.txt >some
		test "\$(wc -l <want)" -eq "\$(wc -l <some)"
		same want got
	EOF

	test $name = tampered-trust ||
	    it "$name: all signatures are right" <<-EOF
		gives 0 nssls --verify -p $path/pw.txt $(options "$path") $path
		exits 1 grep signature.is err
	EOF
done

it 'trust that was tampered with is named, and not exported' <<-\EOF
	gives 1 nssls --verify -p versions/tampered-trust/pw.txt \
	    versions/tampered-trust
	grep "^nssls: versions/tampered-trust: .* 'ext 5'" err
	test "$(grep -c '^nssls:' err)" -eq 1
	rm -f keys.p12
	exits 2 exports versions/tampered-trust 2>err
	grep "^p12export: versions/tampered-trust: .* 'ext 5'" err
	exits 1 test -e keys.p12
EOF

it 'keys of kinds that no bundle holds are named' <<-\EOF
	rm -f keys.p12
	exports versions/nss3124-sql-pq-ed 2>err
	sed 's/^.\{14\}\([0-9a-f]*\) .*/\1/' \
	    versions/nss3124-sql-pq-ed/keys.txt >ids
	test "$(wc -l <ids)" -eq 5
	while read -r id
	do
		grep "^p12export: .*: not exported: key $id" err
	done <ids
EOF

it 'of two kinds in a directory, the old one is read when it is named' <<-\EOF
	path=versions/nss387-dbm-upgraded-to-sql
	gives 0 nssls --certutil $path
	grep "^nssls: $path: a database of the old kind is here, too" err
	gives 0 nssls dbm:$path
	same /dev/null err
	sort out >old
	gives 0 nssls $path
	sort out >new
	test -s old
	same old new
EOF

it 'no database has changed' <<-\EOF
	sha256sum --quiet -c sums
EOF

for path in "$CLONEKIT_FIXTURES"/nss/*
do
	it "certutil's listings: nss/${path##*/}" <<-EOF
		cp -R "$path" copy
		lists copy "$(cat "$path/FORMAT")" copy/certutil-L.txt \
		    copy/certutil-K.txt
		rm -r copy
	EOF
done

it 'certutil'"'"'s listings of each host of a deployment' <<-\EOF
	find "$CLONEKIT_FIXTURES/dogtag" -name alias | sort >aliases
	test "$(wc -l <aliases)" -ge 15
	while read -r alias
	do
		: "$alias"
		cp -R "$alias" copy
		sed '1d; /certutil -K$/,$d' \
		    "${alias%/*}/certutil.txt" >L.txt
		sed '1,/certutil -K$/d' "${alias%/*}/certutil.txt" >K.txt
		test -s K.txt
		lists copy sql L.txt K.txt
		rm -r copy
	done <aliases
EOF

tap_done
