# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# matrix.sh - databases of many makes, and their keys as pk12util finds them;
# read it after tap.sh and nss.sh
#
#	pairs FILE		the pairs of values of two factors that occur in
#				a table, one a line: "1=sql 2=secret"
#	make_row KIND PASSWORD TYPE SHAPE COUNT
#				that database, ./row: COUNT keys of a TYPE, one
#				of which is of a SHAPE; ./nicknames of its keys
#	golden			./golden: the private keys of ./nicknames, as
#				pk12util exports them one by one
#	exports FILE [OPTION...]	p12export of ./row
#	keys_in BUNDLE		its private keys, each PKCS#8 as a line of
#				base64, sorted; the bundle's password is in ./pw
#	ids_of DIR, certutil_ids DIR
#				the IDs of its keys that have certificates

pairs () {
	awk '{
		for (i = 1; i < NF; i++)
			for (j = i + 1; j <= NF; j++)
				print i "=" $i, j "=" $j
	}' "$1" | sort -u
}

key_options () {
	case $1 in
	rsa*) echo "-k rsa -g ${1#rsa}" ;;
	p*) echo "-k ec -q nist$1" ;;
	esac
}

# KIND PASSWORD TYPE COUNT: a database in ./base-..., once: rows share it.
base () {
	base=base-$1-$2-$3-$4
	test ! -d "$base" || return 0
	if test "$2" = none
	then
		database "$1" "$base" ''
	else
		database "$1" "$base" "$2"
	fi
	mkdir "$base.golden"
	awk -v n="$4" -v options="$(key_options "$3")" \
	    -v where="-d $1:$base -f $base.pw" 'BEGIN {
		for (i = 1; i <= n; i++)
			print "-S " where " -z noise -n key-" i " -s CN=key-" i,
			    "-x -t u,u,u -w -1 -v 12 -m", 1000 + i, options
	}' >batch
	test ! -s batch || certutil -B -d "$1:$base" -f "$base.pw" -i batch \
	    >batch.out 2>&1 || { tail batch.out; return 1; }
}

# The newest key of these, and what is peculiar about it.
shape () {
	shape_key=$(key_options "$2")
	# shellcheck disable=SC2086 # options
	case $1 in
	renewed)
		cert row renewed -t CTu,Cu,Cu $shape_key -v 12 -w -1
		cert row renewed -t CTu,Cu,Cu -k renewed -v 24
		# Here with a new key, which makes one more.
		if test "$3" -gt 1
		then
			cert row key-1 -t u,u,u $shape_key -v 24
			rm -f row.golden/key-1
		fi
		echo renewed
		;;
	orphan)
		cert row orphaned -t u,u,Pu $shape_key
		certutil -G -d "$(cat row.kind):row" -f row.pw -z noise \
		    $shape_key >nss.out 2>&1
		echo orphaned
		;;
	chain-only)
		chain "$2"
		echo leaf
		;;
	non-ascii)
		cert row 'Подпись — é€' -t u,u,u $shape_key -s CN=foreign
		echo 'Подпись — é€'
		;;
	quoted)
		cert row 'say "hi" \ '"it's" -t u,u,u $shape_key -s CN=quoted
		echo 'say "hi" \ '"it's"
		;;
	esac
}

# A certificate whose issuers are here without their keys.
chain () {
	chain_key=$(key_options "$1")
	chain_at=$(cat row.kind):row
	if test ! -d authority
	then
		database sql authority ''
		cert authority root -t CTu,Cu,Cu -k ec -q nistp256
		cert authority sub -c root -t CTu,Cu,Cu -k ec -q nistp256
		certutil -L -d sql:authority -n root -r >root.der
		certutil -L -d sql:authority -n sub -r >sub.der
	fi
	certutil -A -d "$chain_at" -f row.pw -n root -t CT,C,C -i root.der
	certutil -A -d "$chain_at" -f row.pw -n sub -t ,, -i sub.der
	# shellcheck disable=SC2086 # options
	certutil -R -d "$chain_at" -f row.pw -z noise -s CN=leaf $chain_key \
	    -o leaf.csr >nss.out 2>&1
	certutil -C -d sql:authority -f authority.pw -c sub -i leaf.csr \
	    -o leaf.der -m 77
	certutil -A -d "$chain_at" -f row.pw -n leaf -t u,u,u -i leaf.der
}

make_row () {
	base "$1" "$2" "$3" $(($5 - 1))
	rm -rf row row.*
	for suffix in '' .pw .kind .golden
	do
		cp -R "$base$suffix" "row$suffix"
	done
	seq -f 'key-%.0f' $(($5 - 1)) >nicknames
	shape "$4" "$3" "$5" >>nicknames
}

exports () {
	exports_file=$1
	shift
	p12export -o "$exports_file" --force -p row.pw -w pw \
	    --iterations 1000 "$@" "$(cat row.kind):row"
}

keys_in () {
	openssl pkcs12 -in "$1" -passin file:pw -nomacver -nocerts -nodes \
	    -out keys.pem 2>keys.err || { cat keys.err >&2; return 1; }
	awk '/^-----BEGIN/ { text = ""; next }
		/^-----END/ { print text; next }
		{ text = text $0 }' keys.pem | sort -u
}

# Rows of a base ask for the same keys, unless one has been renewed.
remember () {
	test "$(wc -l <"row.golden/$1")" -ne 1 ||
	    cp "row.golden/$1" "$base.golden"
}

golden () {
	while read -r nickname
	do
		if test ! -e "row.golden/$nickname"
		then
			pk12util -o nss.p12 -C NONE -n "$nickname" \
			    -d "$(cat row.kind):row" -k row.pw -w pw >nss.out
			keys_in nss.p12 >"row.golden/$nickname"
			test -s "row.golden/$nickname"
			rm nss.p12
			case $nickname in
			key-*) remember "$nickname" ;;
			esac
		fi
		cat "row.golden/$nickname"
	done <nicknames >golden.all
	sort -u golden.all >golden
}

ids_of () {
	nssls --keys --columns=state,key-id "$(cat "$1.kind"):$1" |
	    awk '$1 != "orphan" { print $2 }' | sort
}

certutil_ids () {
	certutil -K -d "$(cat "$1.kind"):$1" -f "$1.pw" >nss.out
	sed -n '/(orphan)$/d
	    s/^<[ 0-9]*> *[a-zA-Z]* *\([0-9a-f]*\) .*/\1/p' nss.out | sort
}
