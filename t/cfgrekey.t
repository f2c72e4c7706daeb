#!/bin/sh
# cfgrekey: the manual's section 9.6, "Cloning a CA that has been re-keyed".
. "${0%/*}/tap.sh"

A=a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3
AB=-584f6bb4847c688d65b373650c563d4690b6390d
B=6006094af3e5d02aaa91426594ca66cb53e73ac0
export A AB B
cp "$tap_top/share/sample/certutil-K.txt" listing
cat >step1 <<-\END
	cloning.signing.privkey.id     =-4d798441aa7230910d4e1c39fa132ea228d5d1bc
	cloning.ocsp_signing.privkey.id =-3e23e743e0ddd88f2a7c6f69fa9f9bcebef1a60
	cloning.subsystem.privkey.id     =-c3c1b3b4e8f5dd6d2bdefd07581c0b15529536
	cloning.sslserver.privkey.id    =3023d30245804a4fab42be209ebb0dc683423a8f
	cloning.audit_signing.privkey.id=2fe35d9d46b373efabe9ef01b8436667a70df096
END
cat >step4 <<-\END
	cloning.signing.privkey.id     =-584f6bb4847c688d65b373650c563d4690b6390d
	cloning.ocsp_signing.privkey.id =6006094af3e5d02aaa91426594ca66cb53e73ac0
	cloning.subsystem.privkey.id     =-297b25c640b0d8765c0362bddfba690ba8752d27
	cloning.sslserver.privkey.id    =-5712283d4a36b0ecebb3532669dba8751cf481bd
	cloning.audit_signing.privkey.id=2fe35d9d46b373efabe9ef01b8436667a70df096
END

it 'turns the lines of step 1 into those of step 4, and no other byte' <<-\EOF
	{ printf '# c\r\n'; cat step1; printf 'z : x \\\n  y'; } >CS.cfg
	{ printf '# c\r\n'; cat step4; printf 'z : x \\\n  y'; } >want
	keyid listing >ids
	cfgrekey -i --no-log CS.cfg <ids >edits 2>err
	same want CS.cfg
	test "$(grep -c "by the manual's name" err)" -eq 5
	ls CS.cfg.clonekit.*
EOF

it 'has nothing to do the second time, and reads certutil itself' <<-\EOF
	cfgrekey -i --no-log CS.cfg listing >got 2>err
	printf '# clonekit edits 1\n.\n' >edits
	same edits got
	same want CS.cfg
EOF

it 'shows tag, nickname, both IDs and what is stale' <<-\EOF
	cp step1 CS.cfg
	exits 1 cfgrekey --columns tag,nickname,file-id,list-id,state \
	    CS.cfg listing >got
	printf '%s\t%s\t%s\t%s\t%s\n' \
	    signing 'caSigningCert cert-ca4-test-master' \
	    -4d798441aa7230910d4e1c39fa132ea228d5d1bc $AB stale >want
	head -n 1 got >first
	same want first
	tail -n 1 got >last
	grep "same$" last
	cp step4 CS.cfg
	cfgrekey --table CS.cfg listing >got
	cfgrekey --json CS.cfg listing >got
	grep '"tag":"signing","nickname":"caSigningCert.*"state":"same"' got
	exits 2 cfgrekey -i --table CS.cfg listing 2>err
EOF

# NICKNAME-LINE...: does it name key A of "nick", among others?
names () {
	printf '%s\n' "$@" 'cloning.signing.privkey.id=1' >CS.cfg
	printf "$B\tother\n$A\tnick\n" >ids
	cfgrekey CS.cfg ids >edits
	grep "^+cloning.signing.privkey.id=$AB" edits
}

it 'finds the nickname wherever a version kept it' <<-\EOF
	names ca.cert.signing.nickname=nick
	names kra.cert.signing.nickname=nick
	names cloning.signing.nickname=nick
	names ca.signing.nickname=nick ca.signing.tokenname=internal
	names ca.cert.signing.nickname=nick ca.signing.nickname=other
	printf '%s\n' ca.cert.signing.nickname=gone \
	    cloning.signing.privkey.id=1 >CS.cfg
	exits 1 cfgrekey CS.cfg ids >edits 2>err
	! test -s edits
	grep "^cfgrekey: CS.cfg:2: 'cloning.signing.privkey.id': no key in the list is called 'gone'" err
EOF

it 'edits preop.cert, too, and IDs of a KRA' <<-\EOF
	printf '%s\n' kra.cert.transport.nickname=nick \
	    preop.cert.transport.privkey.id=1 \
	    cloning.transport.privkey.id=2 >CS.cfg
	cfgrekey CS.cfg ids >edits
	test "$(grep -c "^+.*=$AB" edits)" -eq 2
EOF

it 'tells tokens apart' <<-\EOF
	cat >list <<-END
	certutil: Checking token "NSS Certificate DB" in slot "s"
	< 0> rsa      $B   NSS Certificate DB:nick
	certutil: Checking token "HSM" in slot "t"
	< 0> rsa      $A   HSM:nick
	END
	printf '%s\n' ca.cert.signing.nickname=HSM:nick \
	    cloning.signing.privkey.id=1 >CS.cfg
	cfgrekey CS.cfg list >edits
	grep "^+cloning.signing.privkey.id=$AB" edits
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 >CS.cfg
	cfgrekey CS.cfg list >edits
	grep "^+cloning.signing.privkey.id=$B" edits
	printf '%s\n' ca.signing.nickname=nick ca.signing.tokenname=HSM \
	    cloning.signing.privkey.id=1 >CS.cfg
	cfgrekey CS.cfg list >edits
	grep "^+cloning.signing.privkey.id=$AB" edits
EOF

it 'reads IDs in either spelling' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 >CS.cfg
	for id in $A $AB 0x$A
	do
		printf '%s\tnick\n' $id >ids
		cfgrekey CS.cfg ids >edits
		grep "^+cloning.signing.privkey.id=$AB" edits
	done
	printf 'f\tnick\n' >ids
	cfgrekey CS.cfg ids >edits
	grep '^+cloning.signing.privkey.id=f$' edits
EOF

# KEY: a certificate of a new key, and the key's ID as NSS has it.
certificate () {
	openssl req -x509 -newkey "$@" -nodes -keyout key.pem -subj /CN=x \
	    -out cert.pem 2>/dev/null
	openssl x509 -in cert.pem -outform der | base64 -w0 >cert
	case $1 in
	rsa*)
		openssl rsa -in key.pem -noout -modulus 2>/dev/null |
		    sed 's/.*=//' | tr -d '\n' | perl -pe '$_ = pack("H*", $_)'
		;;
	*)
		openssl pkey -in key.pem -pubout -outform der 2>/dev/null |
		    tail -c 65
		;;
	esac | sha1sum | cut -d' ' -f1 >id
}

it 'takes of two keys the one that the certificate in the file is for' <<-\EOF
	needs openssl
	for kind in 'rsa:2048' 'ec -pkeyopt ec_paramgen_curve:prime256v1'
	do
		certificate $kind
		printf '%s\n' ca.cert.signing.nickname=nick \
		    "ca.signing.cert=$(cat cert)" \
		    cloning.signing.privkey.id=1 >CS.cfg
		printf '%s\tnick\n' $B "$(cat id)" $A >ids
		cfgrekey CS.cfg ids >edits
		keyid id >want
		grep -x -e "+cloning.signing.privkey.id=$(cat want)" edits
	done
EOF

it 'else the one that the list marks, else it names both' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 >CS.cfg
	printf '%s\n' "$B	nick" "$A	nick	current" >ids
	cfgrekey CS.cfg ids >edits
	grep "^+cloning.signing.privkey.id=$AB" edits
	printf '%s\n' "$B	nick" "$A	nick" >ids
	exits 1 cfgrekey CS.cfg ids >edits 2>err
	! test -s edits
	grep "^cfgrekey: CS.cfg:2: .*$B and $A" err
	exits 1 cfgrekey --columns state CS.cfg ids >got
	echo ambiguous >want
	same want got
EOF

it 'makes no edits when a tag has no key, unless told' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 ca.cert.subsystem.nickname=gone \
	    cloning.subsystem.privkey.id=2 >CS.cfg
	printf '%s\tnick\n' $A >ids
	cp CS.cfg before
	exits 1 cfgrekey -i --no-log CS.cfg ids >edits 2>err
	same before CS.cfg
	grep "CS.cfg:4: .*subsystem.*'gone'" err
	cfgrekey --partial CS.cfg ids >edits 2>err
	test "$(grep -c '^+' edits)" -eq 1
EOF

it 'names what else is of the old key' <<-\EOF
	printf '%s\n' ca.cert.signing.nickname=nick \
	    cloning.signing.privkey.id=1 cloning.signing.pubkey.modulus=x \
	    cloning.signing.keytype=rsa >CS.cfg
	cfgrekey CS.cfg ids >edits 2>err
	grep "CS.cfg:3: 'cloning.signing.pubkey.modulus' is of the old key" err
	grep "CS.cfg:4: 'cloning.signing.keytype' is of the old key" err
	test "$(grep -c '^+' edits)" -eq 1
EOF

it 'wants a list with keys in it, and each line good' <<-\EOF
	for list in 'certutil: no keys found' '' 'nonsense' "$A	ca
	zz	x"
	do
		printf '%s\n' "$list" >ids
		exits 2 cfgrekey CS.cfg ids >edits 2>err
		grep '^cfgrekey: ids:' err
		! test -s edits
	done
	exits 2 cfgrekey CS.cfg missing 2>err
	exits 2 cfgrekey - 2>err <listing
	grep 'cannot both be standard input' err
EOF

it 'says that later versions keep no IDs' <<-\EOF
	echo cs.type=CA >CS.cfg
	cfgrekey CS.cfg listing >edits 2>err
	grep 'Dogtag 10.9 and later keep none' err
EOF

it 'notices that its output is lost' <<-\EOF
	cp step1 CS.cfg
	exits 2 cfgrekey CS.cfg listing >/dev/full
	exits 2 cfgrekey --table CS.cfg listing >/dev/full
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	it 'finds the key of each certificate in the extra files' <<-\EOF
		for f in "$CLONEKIT_FIXTURES"/dogtag/*/*/certutil.txt
		do
			cfg=$(ls "${f%/*}"/*-CS.cfg)
			sed -n '/certutil -K/,$p' "$f" | sed 1d >list
			cp "$cfg" CS.cfg
			chmod u+w CS.cfg
			for tag in signing subsystem audit_signing transport
			do
				grep -q "^[a-z]*\.$tag\.cert=" CS.cfg || continue
				echo "cloning.$tag.privkey.id=1" >>CS.cfg
			done
			# An old key of each name, which the certificates rule out.
			sed 's/^<\(...\) \([a-z]*\) *[0-9a-f]*/<\1 \2      0123456789012345678901234567890123456789/' \
			    list >old
			cat old list >both
			cfgrekey CS.cfg both >edits 2>err || { cat err; exit 1; }
			sed -n 's/^+.*=//p' edits | keyid -r >ids
			test -s ids
			while read -r id
			do
				grep -q " $id " list
			done <ids
		done
	EOF
fi

tap_done
