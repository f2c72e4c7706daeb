#!/bin/sh
# SPDX-License-Identifier: MIT
# p12export: what of a database is in the bundle, and what is said of the rest.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

ec='-k ec -q nistp256'
echo P12.Secret >pw
echo secret >dbpw

# FILE ARG...: a new bundle; what is said of it is in err.
exports () {
	exports_file=$1
	shift
	rm -f "$exports_file"
	gives 0 p12export -o "$exports_file" -w pw --iterations 1000 "$@"
}

# FILE NICKNAME|TRUST|HAS-KEY...: these certificates, in this order, and no
# other key than theirs.
holds () {
	p12ls -w pw --columns nickname,trust,has-key "$1" >got
	p12ls -w pw --keys --columns nickname "$1" >keys
	shift
	if test $# -eq 0
	then
		set -- ''
		: >want
	else
		printf '%s\n' "$@" | tr '|' '\t' >want
	fi
	same want got
	test "$(grep -c 'yes$' want)" -eq "$(wc -l <keys)"
}

# LINE...: all that was said, in this order, each after "p12export: ".
said () {
	grep '^p12export: ' err | sed 's/^p12export: //' >said || :
	printf '%s\n' "$@" >want
	same want said
}

silent () {
	grep '^p12export: ' err >said || :
	same /dev/null said
}

left='db: not exported:'

it 'takes all certificates, their keys and trust flags, like PKCS12Export' <<-\EOF
	database sql db secret
	database sql other secret
	cert other root $ec
	certutil -L -d other -n root -a >root.pem
	cert db ca -t CTu,Cu,Cu $ec
	cert db 'ocsp signing' -c ca -g 1024 -t u,u,u
	cert db audit -c ca $ec -t u,u,Pu
	cert db sslserver -c ca $ec -t u,u,u
	certutil -A -d db -f db.pw -n root -t ,, -i root.pem
	exports all.p12 -p db.pw db
	silent
	same /dev/null out
	holds all.p12 'ca|CTu,Cu,Cu|yes' 'ocsp signing|u,u,u|yes' \
	    'audit|u,u,Pu|yes' 'sslserver|u,u,u|yes' 'root|,,|no'
EOF

it "takes PKCS12Export's letters, and makes 600000 rounds" <<-\EOF
	gives 0 p12export -d db -p db.pw -w pw -o letters.p12 -debug
	same /dev/null out
	said "adding 'ca'" "adding 'ocsp signing'" "adding 'audit'" \
	    "adding 'sslserver'" "adding 'root'"
	p12ls -w pw letters.p12 >got
	p12ls -w pw all.p12 >want
	same want got
	p12ls -w pw --keys --columns scheme,rounds letters.p12 | sort -u >got
	printf 'PBES2 AES-256-CBC\t600000\n' >want
	same want got
	openssl pkcs12 -in letters.p12 -passin file:pw -info -noout 2>info
	grep '^MAC: sha256, Iteration 600000$' info
EOF

it 'gives keys and certificates the IDs that certutil -K has' <<-\EOF
	certutil -K -d db -f db.pw | sed 's/.*\([0-9a-f]\{40\}\).*/\1/' |
	    grep -v ' ' | sort >want
	p12ls -w pw --keys --columns key-id all.p12 | sort >got
	same want got
	test "$(wc -l <got)" -eq 4
	p12ls -w pw --columns key-id all.p12 | grep . | sort >got
	same want got
EOF

it 'takes nicknames and the certificates above them, without their keys' <<-\EOF
	exports some.p12 -p db.pw db audit
	holds some.p12 'audit|u,u,Pu|yes' 'ca|CT,C,C|no'
	said "$left the key of 'ca'" "$left 'ocsp signing' and its key" \
	    "$left 'sslserver' and its key"
	exports some.p12 -p db.pw -d db audit ca audit
	holds some.p12 'audit|u,u,Pu|yes' 'ca|CTu,Cu,Cu|yes'
	exports some.p12 -p db.pw db root
	holds some.p12 'root|,,|no'
	gives 2 p12export -o none.p12 -w pw -p db.pw db ca nobody noone
	said "db: no certificate is called 'nobody'" \
	    "db: no certificate is called 'noone'"
	test ! -e none.p12
EOF

it 'tells with -debug what is not taken' <<-\EOF
	exports some.p12 -p db.pw --debug db audit
	grep "^p12export: adding 'audit'" err
	grep "^p12export: not exported: 'root'" err
	exits 1 grep -e secret -e P12 err
EOF

it 'takes certificates only, when told' <<-\EOF
	exports only.p12 -p db.pw --no-keys db
	holds only.p12 'ca|CT,C,C|no' 'ocsp signing|,,|no' 'audit|,,P|no' \
	    'sslserver|,,|no' 'root|,,|no'
	silent
EOF

it 'makes a valid bundle of an empty database' <<-\EOF
	database sql empty secret
	exports empty.p12 -p empty.pw empty
	holds empty.p12
	silent
	openssl pkcs12 -in empty.p12 -passin file:pw >got
	same /dev/null got
	database sql blank ''
	exports empty.p12 blank
	holds empty.p12
EOF

it 'finds the password without a file where it is empty' <<-\EOF
	database sql open ''
	cert open ca -t CTu,Cu,Cu $ec
	exports open.p12 open
	holds open.p12 'ca|CTu,Cu,Cu|yes'
	gives 2 setsid p12export -o none.p12 -w pw db
	said 'db: the keys want a password (-p FILE)'
	gives 2 p12export -o none.p12 -w pw -p pw db
	said "db: wrong password in 'pw'"
	test ! -e none.p12
EOF

it 'takes databases of the old kind, and such with prefixes' <<-\EOF
	database dbm old secret
	cert old ca -t CTu,Cu,Cu -g 1024
	exports old.p12 -p old.pw old
	holds old.p12 'ca|CTu,Cu,Cu|yes'
	mkdir prefixed
	for name in cert9.db key4.db
	do
		cp open/$name prefixed/my-$name
	done
	exports prefixed.p12 -P my- prefixed
	holds prefixed.p12 'ca|CTu,Cu,Cu|yes'
EOF

# -- what is left out is named ----------------------------------------------

it 'names a key without a certificate' <<-\EOF
	cp -R open orphan
	certutil -G -d orphan -z noise $ec >log 2>&1
	exports orphan.p12 orphan
	holds orphan.p12 'ca|CTu,Cu,Cu|yes'
	id=$(nssls --keys --columns state,key-id orphan | sed -n 's/^orphan.//p')
	test ${#id} -eq 40
	said "orphan: not exported: key $id (ec) without a certificate"
EOF

it 'names symmetric keys' <<-\EOF
	needs symkeyutil
	cp -R open symmetric
	: >none
	for name in master second
	do
		symkeyutil -K -d symmetric -f none -t aes -s 16 -n $name
	done
	exports symmetric.p12 symmetric
	holds symmetric.p12 'ca|CTu,Cu,Cu|yes'
	tks="(tkstool exports a TKS's master keys)"
	said "symmetric: not exported: symmetric key 'master' $tks" \
	    "symmetric: not exported: symmetric key 'second' $tks"
EOF

it 'names the tokens that pkcs11.txt has' <<-\EOF
	cp -R open hsm
	printf '\nlibrary=/opt/hsm/lib.so\nname=Luna\n' >>hsm/pkcs11.txt
	exports hsm.p12 hsm
	holds hsm.p12 'ca|CTu,Cu,Cu|yes'
	said "hsm: not exported: keys on the token of 'Luna'\
 (/opt/hsm/lib.so): give the clone the same\
 token, by its vendor's means"
EOF

it 'takes the current one of a nickname, and names the superseded' <<-\EOF
	database sql renewed ''
	cert renewed ca -t CTu,Cu,Cu $ec -v 24 -w -1
	serial=$(nssls --columns serial renewed)
	cert renewed leaf -c ca -t u,u,u $ec
	cert renewed ca -t CTu,Cu,Cu $ec -v 48
	exports renewed.p12 renewed
	holds renewed.p12 'leaf|u,u,u|yes' 'ca|CTu,Cu,Cu|yes'
	said "renewed: not exported: superseded 'ca' (serial $serial)\
 and its key"
	p12ls -w pw --columns nickname,serial renewed.p12 >got
	exits 1 grep "^ca.$serial$" got
EOF

it 'puts the superseded behind the current, when told' <<-\EOF
	exports renewed.p12 --superseded renewed
	holds renewed.p12 'leaf|u,u,u|yes' 'ca|CTu,Cu,Cu|yes' \
	    'ca|CTu,Cu,Cu|yes'
	silent
	serial=$(nssls --columns nickname,serial renewed | sed -n 's/^ca.//p')
	p12ls -w pw --columns nickname,serial renewed.p12 |
	    sed -n 's/^ca.//p' >got
	echo "$serial" | sort -r >want
	test "$(wc -l <want)" -eq 2
	head -n 1 got >first
	p12ls -w pw --columns nickname,serial,not-after renewed.p12 |
	    grep ^ca | sort -k 3 | tail -n 1 | cut -f 2 >want
	same want first
	exports one.p12 --superseded renewed ca
	holds one.p12 'ca|CTu,Cu,Cu|yes' 'ca|CTu,Cu,Cu|yes'
EOF

it 'puts a superseded issuer behind the current one of its nickname' <<-\EOF
	exports chain.p12 renewed leaf ca
	holds chain.p12 'leaf|u,u,u|yes' 'ca|CTu,Cu,Cu|yes' 'ca|CT,C,C|no'
	exports leaf.p12 renewed leaf
	holds leaf.p12 'leaf|u,u,u|yes' 'ca|CT,C,C|no'
	p12ls -w pw --columns nickname,serial leaf.p12 | tail -n 1 >want
	p12ls -w pw --columns nickname,serial chain.p12 | tail -n 1 >got
	same want got
EOF

it 'takes a key once that two certificates have' <<-\EOF
	cp -R open shared
	certutil -S -d shared -z noise -n again -k ca -s CN=ca -x -t u,u,u \
	    -m 7777 -v 24 >log 2>&1
	certutil -L -d shared >list
	exports shared.p12 --superseded shared
	p12ls -w pw --keys --columns key-id shared.p12 >got
	test "$(wc -l <got)" -eq 1
	p12ls -w pw --columns key-id,has-key shared.p12 | sort -u >got
	test "$(wc -l <got)" -eq 1
	test "$(p12ls -w pw shared.p12 | wc -l)" -eq 2
EOF

# -- names -------------------------------------------------------------------

it 'exports nicknames right that importers garble, and warns' <<-\EOF
	database sql names ''
	key=$(printf '\360\237\224\221 key')
	signing=$(printf 'Pr\303\274fung \342\202\254')
	cert names with:colon $ec -s CN=colon
	cert names "$key" $ec -s CN=emoji
	cert names "$signing" $ec -s CN=foreign
	exports names.p12 names
	holds names.p12 'with:colon|u,u,u|yes' "$key|u,u,u|yes" \
	    "$signing|u,u,u|yes"
	silent
	grep "^names: warning: colon: 'with:colon': pki takes" err
	grep "^names: error: beyond-bmp: '$key' has a character" err
	test "$(grep -c '^names: ' err)" -eq 2
	p12ls -w pw --keys --columns nickname names.p12 >got
	printf '%s\n' with:colon "$key" "$signing" >want
	same want got
	exports one.p12 names "$signing"
	holds one.p12 "$signing|u,u,u|yes"
EOF

it 'reports trust flags of two versions of NSS, and a key that is marked' <<-\EOF
	needs sqlite3
	database sql two ''
	cert two sub -t CTu,Cu,Cu $ec -s CN=sub
	exports two.p12 two
	exits 1 grep '^two: ' err
	# As NSS has it since 3.114, with the flags of a server that is not
	# trusted.
	sqlite3 two/cert9.db 'alter table nssPublic add column a62c' \
	    "insert into nssPublic (id, a0, a1, a81, a82, a62c) select 777777,
		x'0000000b', a1, a81, a82, x'00000003' from nssPublic
		where a0 = x'ce534353'"
	sqlite3 two/key4.db "update nssPrivate set a162 = x'00'"
	# Nobody signed the new flags.
	exports two.p12 --force two
	grep "^two: warning: trust-two: 'sub': the trust flags are 'pu" err
	grep "^two: info: key-marked: 'sub': " err
	holds two.p12 'sub|pu,u,u|yes'
EOF

it 'a certificate without a nickname does not stop it' <<-\EOF
	cp -R db nameless
	sqlite3 nameless/cert9.db "update nssPublic set a3 = x'a5005a'
	    where cast(a3 as text) = 'audit'"
	exports nameless.p12 -p db.pw nameless
	silent
	holds nameless.p12 'ca|CTu,Cu,Cu|yes' 'ocsp signing|u,u,u|yes' \
	    '|u,u,Pu|yes' 'sslserver|u,u,u|yes' 'root|,,|no'
	exports nameless.p12 -p db.pw --for rhcs9 nameless
EOF

it 'takes a password beyond ASCII' <<-\EOF
	printf 'Geheim \303\274\342\202\254 \n' >foreign.pw
	gives 0 p12export -o foreign.p12 -w foreign.pw --iterations 1000 open
	openssl pkcs12 -in foreign.p12 -passin file:foreign.pw -nodes >pem
	test "$(grep -c BEGIN pem)" -eq 2
	printf 'Geheim \303\274\342\202\254\n' >short.pw
	exits 1 openssl pkcs12 -in foreign.p12 -passin file:short.pw -noout
EOF

# -- what is proved ----------------------------------------------------------

it 'a key that cannot be read is trouble, but with --no-keys' <<-\EOF
	cp -R db broken
	sqlite3 broken/key4.db "update nssPrivate set a123 = x'0102'
	    where a123 is not null"
	gives 2 p12export -o broken.p12 -w pw -p db.pw broken
	said "broken: the private key (rsa) of 'ocsp signing' cannot be read:\
 the database is damaged"
	test ! -e broken.p12
	exports broken.p12 -p db.pw --no-keys broken
	exports broken.p12 -p db.pw broken audit
	holds broken.p12 'audit|u,u,Pu|yes' 'ca|CT,C,C|no'
EOF

it "a key that is another certificate's is trouble" <<-\EOF
	cp -R db swapped
	nssls --keys --columns nickname,key-id db >ids
	a=$(sed -n 's/^ca\t//p' ids)
	b=$(sed -n 's/^audit\t//p' ids)
	sqlite3 swapped/key4.db "update nssPrivate set a102 = x'00'
	    where a102 = x'$a'; update nssPrivate set a102 = x'$a'
	    where a102 = x'$b'; update nssPrivate set a102 = x'$b'
	    where a102 = x'00'"
	gives 2 p12export -o swapped.p12 -w pw -p db.pw swapped ca
	said "swapped: the private key (ec) of 'ca' is not its certificate's:\
 the database is damaged"
	test ! -e swapped.p12
	exports swapped.p12 -p db.pw swapped sslserver
EOF

it 'trust flags that somebody changed are trouble, but with --force' <<-\EOF
	cp -R db tampered
	sqlite3 tampered/cert9.db "update nssPublic set ace536358 = x'ce534352'
	    where ace536358 = x'ce534353' and a82 = (select a82
	    from nssPublic where cast(a3 as text) = 'audit')"
	certutil -L -d tampered | grep '^audit .*Cu,u,Pu'
	wrong="tampered: the trust flags 'Cu,u,Pu' of 'audit' have a wrong\
 signature: somebody changed them without the password"
	gives 2 p12export -o tampered.p12 -w pw -p db.pw tampered
	said "$wrong (certutil -M sets them anew; --force exports them)"
	test ! -e tampered.p12
	gives 2 p12export -o tampered.p12 -w pw -p db.pw --no-keys tampered
	grep "'C,,P' of 'audit' have a wrong signature" err
	test ! -e tampered.p12
	exports tampered.p12 -p db.pw --force tampered
	said "$wrong"
	p12ls -w pw --columns nickname,trust tampered.p12 >got
	grep "^audit	Cu,u,Pu$" got
	exports tampered.p12 -p db.pw tampered sslserver
EOF

it 'refuses a database that asks for too many rounds' <<-\EOF
	gives 2 p12export -o rounds.p12 -w pw -p db.pw --max-rounds 1 db
	said "db: the password's record asks for more than 1 rounds\
 (see --max-rounds)"
	test ! -e rounds.p12
EOF

it 'not one byte or time of the database changes, which is read-only' <<-\EOF
	cp -R db locked
	touch -a -d '2020-01-01' locked/*
	chmod 400 locked/*
	chmod 500 locked
	sha256sum locked/* >sums
	# Reading the sums was not reading by the tool.
	touch -a -d '2020-01-01' locked/*
	find locked -mindepth 1 -printf '%p %A@ %T@ %C@ %s %i %m\n' |
	    sort >before
	exports locked.p12 -p db.pw locked
	find locked -mindepth 1 -printf '%p %A@ %T@ %C@ %s %i %m\n' |
	    sort >after
	chmod 700 locked
	same before after
	sha256sum -c sums
	p12ls -w pw locked.p12 >got
	p12ls -w pw all.p12 >want
	same want got
EOF

tap_done
