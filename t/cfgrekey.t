#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgrekey: the manual's section 9.6, "Cloning a CA that has been re-keyed".
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/rekey.sh"

cp "$tap_top/share/sample/certutil-K.txt" listing
cat >step1 <<-\END
	cloning.signing.privkey.id     =-4d798441aa7230910d4e1c39fa132ea228d5d1bc
	cloning.ocsp_signing.privkey.id =-3e23e743e0ddd88f2a7c6f69fa9f9bcebef1a60
	cloning.subsystem.privkey.id     =-c3c1b3b4e8f5dd6d2bdefd07581c0b15529536
	cloning.sslserver.privkey.id    =3023d30245804a4fab42be209ebb0dc683423a8f
	cloning.audit_signing.privkey.id=2fe35d9d46b373efabe9ef01b8436667a70df096
END
# Its step 4, but with the blanks of step 1, two of which it lost by hand.
cat >step4 <<-\END
	cloning.signing.privkey.id     =-584f6bb4847c688d65b373650c563d4690b6390d
	cloning.ocsp_signing.privkey.id =6006094af3e5d02aaa91426594ca66cb53e73ac0
	cloning.subsystem.privkey.id     =-297b25c640b0d8765c0362bddfba690ba8752d27
	cloning.sslserver.privkey.id    =-5712283d4a36b0ecebb3532669dba8751cf481bd
	cloning.audit_signing.privkey.id=2fe35d9d46b373efabe9ef01b8436667a70df096
END
printf '# clonekit edits 1\n.\n' >nothing

# The five lines of $1 in the midst of everything that a CS.cfg may have.
in_a_large_file () {
	printf '# Comment with cloning.signing.privkey.id=1\r\n'
	printf '  leading =  blanks  \n\n!also a comment\\\n'
	awk 'BEGIN { for (i = 0; i < 1500; i++)
		print "auths.impl." i ".class=com.netscape.cms." i }'
	sed -n 1,3p "$1"
	printf 'name : folded \\\n   cloning.subsystem.privkey.id=2\n'
	printf 'latin=\351\r\n'
	sed -n '4,$p' "$1"
	printf 'cloning.signing.privkey.idx=7\nno.line.end = kept '
}

it 'turns the lines of step 1 into those of step 4, and no other byte' <<-\EOF
	cp step1 CS.cfg
	keyid listing >ids
	cfgrekey -i --no-log CS.cfg <ids >edits 2>err
	same step4 CS.cfg
	test "$(grep -c "^cfgrekey: CS.cfg:[1-5]: 'cloning\.[a-z_]*\.privkey\.id': no nickname in the file: assuming '.* cert-ca4-test.*', the name in the manual$" err)" -eq 5
EOF

it 'does so in the midst of a large file' <<-\EOF
	rm CS.cfg.clonekit.*
	in_a_large_file step1 >CS.cfg
	in_a_large_file step4 >want
	cp CS.cfg before
	cfgrekey -i --no-log CS.cfg <ids >edits 2>err
	same want CS.cfg
	# The edits say what was done, and the backup is of before.
	test "$(grep -c '^-cloning' edits)" -eq 4
	test "$(grep -c '^+cloning' edits)" -eq 4
	set -- CS.cfg.clonekit.*
	same before "$1"
	cfgpatch --no-log --undo CS.cfg >made
	same before CS.cfg
	rm CS.cfg.clonekit.*
EOF

it 'has nothing to do the second time' <<-\EOF
	cp step1 CS.cfg
	cfgrekey -i --no-log CS.cfg ids >edits 2>err
	ls -i CS.cfg >inode
	cfgrekey -i --no-log CS.cfg ids >got 2>err
	same nothing got
	ls -i CS.cfg >got
	same inode got
	cfgrekey CS.cfg ids >got 2>err
	same nothing got
EOF

it 'reads what certutil prints, too' <<-\EOF
	cp step1 CS.cfg
	cfgrekey CS.cfg <ids >want 2>err
	cfgrekey CS.cfg <listing >got 2>err
	same want got
	cfgrekey CS.cfg listing >got 2>err
	same want got
	cfgrekey CS.cfg - <listing >got 2>err
	same want got
	same step1 CS.cfg
EOF

it 'makes edits that cfgpatch applies' <<-\EOF
	cfgpatch CS.cfg want >got
	same step4 got
EOF

it 'shows tag, nickname, both IDs and what is stale' <<-\EOF
	printf '%s\n' ca.cert.a.nickname=a ca.cert.b.nickname=b \
	    ca.cert.c.nickname=c ca.cert.d.nickname=d \
	    "cloning.a.privkey.id=$AB" "cloning.b.privkey.id = -1" \
	    cloning.c.privkey.id=2 preop.cert.d.privkey.id=3 >CS.cfg
	printf '%s\t%s\n' "$A" a "$B" b "$A" d "$B" d >list
	exits 1 cfgrekey --header CS.cfg list >got
	tr '|' '\t' >want <<-END
	tag|nickname|file-id|list-id|state|key
	a|a|$AB|$AB|same|cloning.a.privkey.id
	b|b|-1|$B|stale|cloning.b.privkey.id
	c|c|2||missing|cloning.c.privkey.id
	d|d|3|$AB|ambiguous|preop.cert.d.privkey.id
	END
	same want got
	exits 1 cfgrekey --table --columns tag,state CS.cfg list >got
	cat >want <<-\END
	tag  state
	a    same
	b    stale
	c    missing
	d    ambiguous
	END
	same want got
	exits 1 cfgrekey --json --columns state,tag,list-id CS.cfg list >got
	sed -n 2p got >second
	echo '{"state":"stale","tag":"b","list-id":"'"$B"'"}' >want
	same want second
	test "$(wc -l <got)" -eq 4
EOF

it 'says 0 when all that it shows is the same' <<-\EOF
	for how in --table --json --header --columns=tag
	do
		cfgrekey $how step4 listing >got
		test -s got
		exits 1 cfgrekey $how step1 listing >got
		test -s got
	done
	cfgrekey --columns tag,nickname,state step4 listing >got
	grep -x 'sslserver	sslserverCert cert-ca4-test1	same' got
EOF

it 'only looks, or only edits' <<-\EOF
	cp step1 CS.cfg
	exits 2 cfgrekey -i --table CS.cfg listing >got 2>err
	grep "^cfgrekey: --in-place cannot be combined with --table" err
	exits 2 cfgrekey --columns tag,colour CS.cfg listing >got 2>err
	exits 2 cfgrekey -i >got 2>err
	exits 2 cfgrekey --no-such CS.cfg listing >got 2>err
	grep "^cfgrekey: .*--no-such" err
	same step1 CS.cfg
EOF

it 'makes no edits when a tag has no key, unless told' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 ca.cert.subsystem.nickname=gone \
	    cloning.subsystem.privkey.id=2 >CS.cfg
	printf '%s\tnick\n' "$A" >list
	cp CS.cfg before
	exits 1 cfgrekey -i --no-log CS.cfg list >edits 2>err
	exits 1 test -s edits
	same before CS.cfg
	grep "^cfgrekey: CS.cfg:4: 'cloning.subsystem.privkey.id': the list has no key named 'gone'$" err
	cfgrekey --partial -i --no-log CS.cfg list >edits 2>err
	sed "2s/1\$/$AB/" before >want
	same want CS.cfg
	grep "named 'gone'$" err
EOF

it 'names what else is of the old key, and leaves it' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 \
	    cloning.signing.pubkey.modulus=x \
	    cloning.signing.pubkey.exponent=x \
	    cloning.signing.pubkey.encoded=x \
	    cloning.signing.keytype=rsa \
	    cloning.signing.dn=CN=x \
	    cloning.subsystem.pubkey.modulus=x >CS.cfg
	cfgrekey CS.cfg list >edits 2>err
	cat >want <<-\END
	cfgrekey: CS.cfg:3: 'cloning.signing.pubkey.modulus' belongs to the old key
	cfgrekey: CS.cfg:4: 'cloning.signing.pubkey.exponent' belongs to the old key
	cfgrekey: CS.cfg:5: 'cloning.signing.pubkey.encoded' belongs to the old key
	cfgrekey: CS.cfg:6: 'cloning.signing.keytype' belongs to the old key
	END
	said want
	test "$(grep -c '^[+-]' edits)" -eq 2
	# Not when the ID is the same.
	sed -i "s/id=1/id=$AB/" CS.cfg
	cfgrekey CS.cfg list >edits 2>err
	exits 1 test -s err
EOF

it 'wants a list with keys in it' <<-\EOF
	cp step1 CS.cfg
	for list in '' 'certutil: no keys found' "$(heading HSM)"
	do
		printf '%s\n' "$list" >list
		exits 2 cfgrekey -i --no-log CS.cfg list >edits 2>err
		echo 'cfgrekey: list: no key in the list' >want
		said want
		exits 1 test -s edits
	done
	exits 2 cfgrekey CS.cfg </dev/null >edits 2>err
	echo 'cfgrekey: <stdin>: no key in the list' >want
	said want
	same step1 CS.cfg
EOF

it 'wants each line of it good, and changes nothing' <<-\EOF
	for line in nonsense 'zz	x' "1$A	x" "-$A	x" '< 0> rsa' \
	    '< 0> rsa      a7b   x' '	x'
	do
		cat listing >list
		printf '%s\n' "$line" >>list
		exits 2 cfgrekey -i --no-log CS.cfg list >edits 2>err
		grep '^cfgrekey: list:8: not a key ID with its nickname: ' err
		test "$(grep -c '^cfgrekey: ' err)" -eq 1
		exits 1 test -s edits
		same step1 CS.cfg
	done
	exits 2 cfgrekey CS.cfg missing >edits 2>err
	echo "cfgrekey: cannot open 'missing': No such file or directory" >want
	said want
	exits 2 cfgrekey missing listing >edits 2>err
	grep '^cfgrekey: .*missing' err
	exits 2 cfgrekey - >edits 2>err <listing
	grep '^cfgrekey: FILE and IDS cannot both be standard input' err
EOF

it 'says that later versions keep no IDs' <<-\EOF
	echo cs.type=CA >CS.cfg
	cfgrekey CS.cfg listing >got 2>err
	same nothing got
	echo 'cfgrekey: CS.cfg: no private key IDs: Dogtag 10.9 and later keep none' >want
	said want
	cfgrekey --table CS.cfg listing >got
EOF

it 'notices that its output is lost' <<-\EOF
	cp step1 CS.cfg
	exits 2 cfgrekey CS.cfg listing >/dev/full 2>err
	grep 'cannot write standard output: No space left' err
	exits 2 cfgrekey --table CS.cfg listing >/dev/full
	exits 2 cfgrekey --help >/dev/full
EOF

# NICKNAME: a new key and a certificate with it.
certify () {
	serial=$((serial + 1))
	head -c 64 /dev/urandom >noise
	certutil -S -d sql:db -f pw -z noise -n "$1" -s "CN=$1" -x \
	    -t CTu,Cu,Cu -m "$serial" -k rsa -g 2048
}

# The base64 of each certificate of a nickname, one a line.
certificates () {
	certutil -L -d sql:db -n "$1" -a >pem
	awk '/^-----BEGIN/ { text = ""; next }
	     /^-----END/ { print text; next }
	     { sub(/\r$/, ""); text = text $0 }' pem
}

it 'puts a re-keyed database right, from end to end' <<-\EOF
	needs certutil
	# Without OpenSSL cfgrekey does not look into certificates, and there is
	# no crlls.
	needs crlls
	mkdir db
	echo secret >pw
	certutil -N -d sql:db -f pw
	serial=0
	certify 'caSigningCert cert-x CA'
	certify 'subsystemCert cert-x'
	certutil -K -d sql:db -f pw >before
	certificates 'caSigningCert cert-x CA' >old
	printf '%s\n' 'ca.cert.signing.nickname=caSigningCert cert-x CA' \
	    'ca.cert.subsystem.nickname=subsystemCert cert-x' \
	    "ca.signing.cert=$(cat old)" \
	    'cloning.signing.privkey.id = 1' \
	    'cloning.subsystem.privkey.id = 1' >CS.cfg
	cfgrekey -i --no-log CS.cfg before >edits
	# What the server had before the key was changed.
	sed -n 's/^cloning.signing.privkey.id = //p' CS.cfg >id
	keyid -r id >octets
	grep -F -f octets before

	certify 'caSigningCert cert-x CA'
	certutil -K -d sql:db -f pw >after
	test "$(grep -c 'caSigningCert' after)" -eq 2
	certificates 'caSigningCert cert-x CA' >all
	grep -v -x -F -f old all >new
	grep caSigningCert after >two
	grep -v -F -f octets two >rekeyed
	keyid rekeyed >line
	cut -f 1 line >wanted

	# Two keys and the old certificate: the old key.
	cfgrekey CS.cfg after >got
	same nothing got
	# No certificate: which one cannot be told.
	sed '/^ca.signing.cert/d' CS.cfg >bare.cfg
	exits 1 cfgrekey bare.cfg after >got 2>err
	grep "two keys are named 'caSigningCert cert-x CA'" err
	# The new certificate: the new key.
	sed "s|^ca.signing.cert=.*|ca.signing.cert=$(cat new)|" CS.cfg >moved
	mv moved CS.cfg
	sed "s/^\(cloning.signing.privkey.id = \).*/\1$(cat wanted)/" \
	    CS.cfg >want
	keyid after >ids
	cfgrekey -i --no-log CS.cfg <ids >edits
	same want CS.cfg
	cfgrekey --table CS.cfg after >got
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	# Old keys of the same names are in the lists, too.
	it 'finds the key of each certificate in the extra files' <<-\EOF
		count=0
		for f in "$CLONEKIT_FIXTURES"/dogtag/*/*/certutil.txt
		do
			cat "${f%/*}"/*-CS.cfg >CS.cfg
			sed -n '/^< *[0-9]*>/p' "$f" >list
			sed 's/[0-9a-f]\{40\}/0123456789012345678901234567890123456789/' \
			    list >old
			cat old list >both
			sed -n 's/^[a-z]*\.\([a-z_]*\)\.cert=..*/\1/p' CS.cfg >tags
			while read -r tag
			do
				echo "cloning.$tag.privkey.id = 1" >>CS.cfg
			done <tags
			cfgrekey CS.cfg list >want 2>err
			cfgrekey CS.cfg both >got 2>err
			same want got
			sed -n 's/^+cloning.*= //p' got >bigints
			keyid -r bigints >ids
			test "$(wc -l <ids)" -eq "$(wc -l <tags)"
			while read -r id
			do
				grep -F "$id" list
			done <ids
			# The same by way of keyid, whose lines have no heading.
			keyid both >list
			cfgrekey CS.cfg list >got 2>err
			same want got
			count=$((count + 1))
		done
		test "$count" -gt 0
	EOF
fi

tap_done
