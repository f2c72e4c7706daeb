#!/bin/sh
# SPDX-License-Identifier: MIT
# Which key of a list cfgrekey takes for a tag of CS.cfg.
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/rekey.sh"

printf '# clonekit edits 1\n.\n' >nothing

# LINE...: do these name A's "nick" and not B's "other"?
names () {
	printf '%s\n' "$@" 'cloning.signing.privkey.id=1' >CS.cfg
	printf '%s\t%s\n' "$B" other "$A" nick >ids
	cfgrekey CS.cfg ids >edits 2>err
	grep -x -e "+cloning.signing.privkey.id=$AB" edits
	exits 1 test -s err
}

it 'finds the nickname wherever a version kept it' <<-\EOF
	for subsystem in ca kra ocsp tks tps
	do
		names "$subsystem.cert.signing.nickname=nick"
		names "$subsystem.signing.nickname = nick"
	done
	names cloning.signing.nickname=nick
	names ca.signing.nickname=nick ca.signing.tokenname=internal
	names ca.cert.signing.nickname=nick cloning.signing.nickname=other
	names cloning.signing.nickname=nick ca.signing.nickname=other
	names ca.cert.signing.nickname= cloning.signing.nickname=nick
EOF

it 'takes no other key when the file has a nickname' <<-\EOF
	printf '%s\n' 'ca.cert.signing.nickname=gone' \
	    'cloning.signing.privkey.id=1' >CS.cfg
	printf '%s\t%s\n' "$A" 'caSigningCert cert-x CA' >list
	exits 1 cfgrekey CS.cfg list >edits 2>err
	exits 1 test -s edits
	cat >want <<-\END
	cfgrekey: CS.cfg:2: 'cloning.signing.privkey.id': the list has no key named 'gone'
	cfgrekey: CS.cfg: no edits (--partial edits the other keys)
	END
	said want
EOF

it 'takes the names of the manual as a last resort, and warns' <<-\EOF
	echo cloning.signing.privkey.id=1 >CS.cfg
	cfgrekey CS.cfg list >edits 2>err
	grep -x -e "+cloning.signing.privkey.id=$AB" edits
	cat >want <<-\END
	cfgrekey: CS.cfg:1: 'cloning.signing.privkey.id': no nickname in the file: assuming 'caSigningCert cert-x CA', the name in the manual
	END
	said want
	echo cloning.storage.privkey.id=1 >CS.cfg
	exits 1 cfgrekey CS.cfg list >edits 2>err
	exits 1 test -s edits
	grep "no nickname in the file, and the list has no key with the name in the manual$" err
EOF

it 'edits preop.cert, too, and IDs of a KRA' <<-\EOF
	printf '%s\n' kra.cert.transport.nickname=nick \
	    preop.cert.transport.privkey.id=1 \
	    cloning.transport.privkey.id=2 >CS.cfg
	cfgrekey CS.cfg ids >got
	cat >want <<-END
	# clonekit edits 1
	-preop.cert.transport.privkey.id=1
	+preop.cert.transport.privkey.id=$AB
	-cloning.transport.privkey.id=2
	+cloning.transport.privkey.id=$AB
	.
	END
	same want got
EOF

# ID, LINE...: do these name ID of "list"?
picks () {
	wanted=$1
	shift
	printf '%s\n' "$@" 'cloning.signing.privkey.id=1' >CS.cfg
	cfgrekey CS.cfg list >edits
	grep -x -e "+cloning.signing.privkey.id=$wanted" edits
}

two_tokens () {
	heading 'NSS Certificate DB'
	key "$B" 'NSS Certificate DB:nick'
	heading HSM
	key "$A" HSM:nick
}

it 'tells tokens apart in what certutil -K -h all lists' <<-\EOF
	two_tokens >list
	for pass in with-prefix without
	do
		picks "$AB" ca.cert.signing.nickname=HSM:nick
		picks "$B" ca.cert.signing.nickname=nick
		picks "$AB" ca.signing.nickname=nick ca.signing.tokenname=HSM
		picks "$B" ca.signing.nickname=nick \
		    ca.signing.tokenname=internal
		picks "$B" ca.signing.nickname=nick \
		    'ca.signing.tokenname=Internal Key Storage Token'
		# NSS of other versions puts no token before nicknames.
		sed 's/   [A-Z][^:]*:nick/   nick/' list >bare
		mv bare list
	done
EOF

# keyid has no headings: what was before nicknames stays there.
it 'tells tokens apart in what keyid makes of it' <<-\EOF
	two_tokens >certutil
	keyid certutil >list
	picks "$AB" ca.cert.signing.nickname=HSM:nick
	picks "$B" ca.cert.signing.nickname=nick
	picks "$AB" ca.signing.nickname=nick ca.signing.tokenname=HSM
	picks "$B" ca.signing.nickname=nick ca.signing.tokenname=internal
	sed 's/nick$/caSigningCert cert-x/; /HSM/d' list >one
	mv one list
	picks "$B" cs.type=CA
EOF

it 'takes no other token for the one in the file' <<-\EOF
	{ heading HSM; key "$A" HSM:nick; } >list
	for nickname in nick OTHER:nick SM:nick HSM2:nick
	do
		printf '%s\n' "ca.cert.signing.nickname=$nickname" \
		    cloning.signing.privkey.id=1 >CS.cfg
		exits 1 cfgrekey CS.cfg list >edits 2>err
		exits 1 test -s edits
	done
EOF

it 'reads IDs in either spelling' <<-\EOF
	for id in "$A" "$AB" "0x$A" "$(echo "$A" | tr a-f A-F)"
	do
		printf '%s\tnick\n' "$id" >list
		picks "$AB" ca.cert.signing.nickname=nick
	done
	# Fewer digits are a BigInteger; 40 without the top bit are both.
	printf 'f\tnick\n' >list
	picks f ca.cert.signing.nickname=nick
	printf '%s\tnick\r\n' "$B" >list
	picks "$B" ca.cert.signing.nickname=nick
	# The manual's 39 digits, whose octets have a zero in front.
	id=-3e23e743e0ddd88f2a7c6f69fa9f9bcebef1a60
	printf '%s\tnick\n' "$id" >list
	picks "$id" ca.cert.signing.nickname=nick
	printf 'fc1dc18bc1f222770d583909605606431410e5a0\tnick\n' >list
	picks "$id" ca.cert.signing.nickname=nick
EOF

it 'reads IDs that certutil quotes' <<-\EOF
	{
		heading HSM
		key '"key one"' HSM:nick
		key '(no CKA_ID)' HSM:none
		key "$B" '(orphan)'
	} >list
	picks 6b6579206f6e65 ca.cert.signing.nickname=HSM:nick
	printf '%s\n' ca.cert.signing.nickname=HSM:none \
	    cloning.signing.privkey.id=1 >CS.cfg
	exits 1 cfgrekey CS.cfg list >edits 2>err
	cat >want <<-\END
	cfgrekey: list:3: skipped, for want of an ID: '< 0> rsa      (no CKA_ID)   HSM:none'
	cfgrekey: CS.cfg:2: 'cloning.signing.privkey.id': the list has no key named 'HSM:none'
	cfgrekey: CS.cfg: no edits (--partial edits the other keys)
	END
	said want
EOF

it "says that certutil may have cut a token's ID" <<-\EOF
	{ heading HSM; key "$B" HSM:nick; } >list
	for how in '' --columns=state
	do
		for id in 1 "$B" "${B}01"
		do
			printf '%s\n' ca.cert.signing.nickname=HSM:nick \
			    "cloning.signing.privkey.id=$id" >CS.cfg
			cfgrekey $how CS.cfg list >got 2>err || test $? -eq 1
			echo "cfgrekey: CS.cfg:2: 'cloning.signing.privkey.id': certutil shows at most 20 bytes of an ID: that of 'nick' on token 'HSM' may be longer" >want
			said want
		done
	done
	# The last one began as the list has it.
	echo same >want
	same want got
	cfgrekey CS.cfg list >got
	same nothing got
	# Nothing of the kind is said of NSS's own, whose IDs are not cut.
	sed -i 's/HSM/NSS Certificate DB/' list
	sed -i 's/HSM://; s/01$//' CS.cfg
	cfgrekey CS.cfg list >got 2>err
	same nothing got
	exits 1 test -s err
EOF

# The server would read them as a number of 21 bytes.
it "takes certutil's octets in the file for stale" <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    "cloning.signing.privkey.id=$A" >CS.cfg
	printf '%s\tnick\n' "$A" >list
	exits 1 cfgrekey --columns state CS.cfg list >got
	echo stale >want
	same want got
	cfgrekey -i --no-log CS.cfg list >edits
	grep -x -e "cloning.signing.privkey.id=$AB" CS.cfg
EOF

# A certificate of a new key, in "cert", and the ID that NSS gives the key,
# SHA-1 of modulus or point, in "id".
certificate () {
	openssl req -x509 -newkey "$@" -nodes -keyout key.pem -subj /CN=x \
	    -out cert.pem
	openssl x509 -in cert.pem -outform der | base64 | tr -d '\n' >cert
	case $1 in
	rsa*) # 30..., 02 82 01 01 00 modulus, 02 03 01 00 01
		openssl rsa -in key.pem -RSAPublicKey_out -outform der |
		    tail -c 261 | head -c 256
		;;
	*)	openssl pkey -in key.pem -pubout -outform der | tail -c 65 ;;
	esac | sha1sum | cut -d' ' -f1 >id
}

it 'takes of two keys the one that the certificate in the file is for' <<-\EOF
	needs openssl
	for kind in rsa:2048 'ec -pkeyopt ec_paramgen_curve:prime256v1'
	do
		certificate $kind
		keyid id >bigint
		set -- ca.cert.signing.nickname=nick "ca.signing.cert=$(cat cert)"
		printf '%s\tnick\n' "$B" "$(cat id)" "$A" >list
		picks "$(cat bigint)" "$@"
		printf '%s\tnick\n' "$(cat id)" "$A" >list
		picks "$(cat bigint)" "$@"
		# It has more to say than a mark.
		printf '%s\tnick\t%s\n' "$A" current "$(cat id)" old >list
		picks "$(cat bigint)" "$@"
		# It is no reason to take a key of another name.
		printf '%s\t%s\n' "$A" nick "$(cat id)" other >list
		picks "$AB" "$@"
		# It proves that a token's ID is whole.
		{ heading HSM; key "$(cat id)" HSM:nick; } >list
		shift
		picks "$(cat bigint)" ca.cert.signing.nickname=HSM:nick "$@" \
		    2>err
		exits 1 grep 'may be longer' err
	done
EOF

it 'else the one that the list marks' <<-\EOF
	printf '%s\tnick\t%s\n' "$B" old "$A" current >list
	picks "$AB" ca.cert.signing.nickname=nick
	picks "$AB" ca.cert.signing.nickname=nick ca.signing.cert=MIIB
	printf '%s\tnick\n' "$A" "$AB" "$A" >list
	picks "$AB" ca.cert.signing.nickname=nick
EOF

it 'else it names both, and makes no edits' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick ca.cert.b.nickname=b \
	    cloning.signing.privkey.id=1 cloning.b.privkey.id=1 >CS.cfg
	cp CS.cfg before
	cat >want <<-END
	cfgrekey: CS.cfg:3: 'cloning.signing.privkey.id': two keys are named 'nick' ($B) and 'nick' ($A), and the file has a certificate of neither: remove the wrong one from the list
	cfgrekey: CS.cfg: no edits
	END
	for mark in '' '	current'
	do
		printf '%s\n' "$B	nick$mark" "$A	nick$mark" \
		    "$A	b" >list
		exits 1 cfgrekey CS.cfg list >edits 2>err
		exits 1 test -s edits
		said want
		exits 1 cfgrekey --partial -i --no-log CS.cfg list >edits 2>err
		exits 1 test -s edits
		said want
	done
	same before CS.cfg
	exits 1 cfgrekey --columns state CS.cfg list >got
	printf 'ambiguous\nstale\n' >want
	same want got
EOF

tap_done
