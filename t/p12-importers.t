#!/bin/sh
# SPDX-License-Identifier: MIT
# What p12export writes, others take: every key, under its own nickname.
# shellcheck disable=SC2034 # bodies use it
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

tab=$(printf '\t')

# openssl shows the low byte of each UTF-16 unit: names beyond ASCII are "?".
plain_names () {
	sed 's/^\([^ ]* *[^ ]*\) .*[^ -~].*/\1 ?/' | sort
}

# "SHA-256 of the PrivateKeyInfo, nickname" of each key in a bundle, as
# openssl finds them without -legacy.
keys_of () {
	rm -rf keys.of
	mkdir keys.of
	openssl pkcs12 -in "$1" -passin "file:$2" -nocerts -nodes >keys.of/pem
	awk '/^    friendlyName: / { name = substr($0, 19) }
		/^-----BEGIN/ { file = "keys.of/" ++n; print name >(file ".name") }
		/^-----BEGIN/, /^-----END/ { print >file }' keys.of/pem
	for key in keys.of/*.name
	do
		key=${key%.name}
		openssl pkey -in "$key" -outform der >keys.of/der
		echo "$(sha256sum <keys.of/der)" "$(cat "$key.name")"
	done | plain_names
}

# The same of certificates; a nickname of none is empty.
certs_of () {
	openssl pkcs12 -in "$1" -passin "file:$2" -nokeys |
	    awk '/^Bag Attributes/ { name = "" }
		/^    friendlyName: / { name = substr($0, 19) }
		/^-----END/ { print; print name; next }
		/^-----BEGIN/, /^-----END/' >certs.of
	certs_in certs.of
}

# PEM, each certificate followed by a line with its nickname.
certs_in () {
	awk '/^-----BEGIN/ { text = "" }
		{ text = text $0 "\n" }
		/^-----END/ {
			command = "openssl x509 -noout -fingerprint -sha256"
			print text | command
			close(command)
			getline
			print
		}' "$1" | paste -d ' ' - - | plain_names
}

exports () {
	exports_name=$1 exports_pw=$2
	shift 2
	p12export -o "$exports_name.p12" -w "$exports_pw" -p db.pw \
	    --iterations 5000 "$@" db
}

# The keys of these nicknames in a database, as pk12util finds them.
keys_by_nss () {
	while read -r nickname
	do
		pk12util -o nss.p12 -n "$nickname" -d "sql:$1" -k "$2" \
		    -w pw >nss.out
		keys_of nss.p12 pw
		rm nss.p12
	done | sort
}

it 'a database with keys of all kinds has its bundles' <<-\EOF
	echo 'Secret 123' >pw
	printf 'Gehe\303\257m \342\202\254\n' >foreign.pw
	printf '%s\n' 'ca Signing - pki' ocsp 'say "hi"' \
	    "$(printf 'Pr\303\274fung \342\202\254')" \
	    "$(printf '\360\237\224\221 key')" >keyed
	database sql db secret
	{
		read -r ca && cert db "$ca" -t CTu,Cu,Cu -g 2048
		read -r ocsp && cert db "$ocsp" -c "$ca" -t u,u,u -k ec \
		    -q nistp256
		read -r quoted && cert db "$quoted" -c "$ca" -k ec \
		    -q nistp384 -t u,u,Pu -s CN=quoted
		read -r audit && cert db "$audit" -c "$ca" -k ec \
		    -q nistp521 -t u,u,u -s CN=Audit
		read -r key && cert db "$key" -c "$ca" -g 3072 -t u,u,u \
		    -s CN=Emoji
	} <keyed
	database sql other secret
	cert other root -g 2048
	certutil -L -d other -n root -a >root.pem
	certutil -A -d db -f db.pw -n 'the root' -t C,, -i root.pem
	exports plain pw
	exports sealed pw --encrypt-certs
	exports foreign foreign.pw
	exports fips pw --for fips
	keys_by_nss db db.pw <keyed >keys
	test "$(wc -l <keys)" -eq 5
	{ cat keyed; echo 'the root'; } | while read -r nickname
	do
		certutil -L -d db -n "$nickname" -a | tr -d '\r'
		echo "$nickname"
	done >all.pem
	certs_in all.pem >certs
	test "$(wc -l <certs)" -eq 6
EOF

for bundle in plain sealed foreign
do
	pw=pw
	test $bundle != foreign || pw=foreign.pw
	it "openssl without -legacy takes it: $bundle" <<-\EOF
		keys_of $bundle.p12 $pw >got
		same keys got
		certs_of $bundle.p12 $pw >got
		same certs got
	EOF

	it "pk12util takes it: $bundle" <<-\EOF
		rm -rf new new.pw new.kind
		database sql new secret
		pk12util -i $bundle.p12 -d sql:new -k new.pw -w $pw
		# An RSA key and another; pk12util takes its time for each.
		if test $bundle = plain
		then
			head -n 2 keyed | keys_by_nss new new.pw >got
			grep -E ' (ca Signing - pki|ocsp)$' keys >want
			same want got
		fi
		certutil -K -d db -f db.pw | cut -c 17-56 | sort >want
		certutil -K -d new -f new.pw | cut -c 17-56 | sort >got
		same want got
		test "$(wc -l <got)" -eq 6
		while read -r nickname
		do
			certutil -L -d new -n "$nickname" -a >got
			certutil -L -d db -n "$nickname" -a >want
			same want got
		done <keyed
		certutil -L -d new -n 'the root' -a >got
		same root.pem got
	EOF

	it "GnuTLS takes it: $bundle" <<-\EOF
		needs certtool
		certtool --p12-info --inder --infile $bundle.p12 \
		    --password "$(cat $pw)" >info
		sed -n "s/^${tab}Friendly name: //p" info | sort >got
		{ cat keyed keyed; echo 'the root'; } | sort >want
		same want got
		awk '/BEGIN ENC/ { file = "gnutls." ++n }
		    /BEGIN ENC/, /END ENC/ { print >file }' info
		for key in gnutls.*
		do
			openssl pkey -in $key -passin file:$pw -outform der |
			    sha256sum
		done | sort >got
		sed 's/-.*/-/' keys | sort >want
		same want got
	EOF

	# It takes no other password than one in ASCII.
	test $bundle != foreign || continue
	it "Java's keytool takes it: $bundle" <<-\EOF
		needs keytool
		rm -f java.p12
		keytool -importkeystore -noprompt -srckeystore $bundle.p12 \
		    -srcstoretype PKCS12 -srcstorepass:file $pw \
		    -destkeystore java.p12 -deststoretype PKCS12 \
		    -deststorepass changeit
		echo changeit >javapw
		keys_of java.p12 javapw >got
		tr A-Z a-z <keys | sort >want # as it does with aliases
		same want got
	EOF
done

it 'openssl reads a bundle for FIPS, whose MAC it cannot verify yet' <<-\EOF
	openssl pkcs12 -in fips.p12 -passin file:pw -nomacver -nokeys \
	    -nodes >got
	test "$(grep -c BEGIN got)" -eq 6
	openssl pkcs12 -in fips.p12 -passin file:pw -nomacver -nocerts \
	    -nodes >got
	test "$(grep -c BEGIN got)" -eq 5
EOF

tap_done
