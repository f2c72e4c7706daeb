#!/bin/sh
# SPDX-License-Identifier: MIT
# p12check finds what a clone will lack, and what importers trip over.
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

# ARG...: as whoever runs this, since there may be a pkiuser here.
p12check_as_me () {
	p12check --user "$(id -un)" -w pw "$@"
}

# CODE...: what `check` says is of these codes, whatever their order.
finds () {
	finds_status=0
	test $# -eq 0 || finds_status=1
	gives "$finds_status" check
	exits 1 grep '^p12check: ' err
	sed 's/^[^ ]*: [a-z]*: \([a-z0-9-]*\): .*/\1/' out | sort -u >codes
	printf '%s\n' "$@" | sort -u | sed '/^$/d' >want
	same want codes
}

# CODE: it says but infos, and one of this code.
tells () {
	gives 0 check
	exits 1 grep -v ': info: ' out
	grep ": info: $1: " out
}

check () {
	# shellcheck disable=SC2086 # options
	p12check_as_me $options p12 CS.cfg
}

# OPTION...: a bundle of p12export's, in p12.
bundle () {
	p12export -d alias -p alias.pw -w pw --iterations=100000 --force \
	    -o p12 "$@" >export.out 2>&1 || { cat export.out; return 1; }
}

options=''

it 'has nothing to say of a bundle that p12export made for a clone' <<-\EOF
	echo P12.Secret >pw
	database sql alias secret
	cert alias ca -t CTu,Cu,Cu -k ec -q nistp256 -v 120
	cert alias sub -c ca -t u,u,u -k ec -q nistp256
	cert alias "ocsp's" -c ca -t u,u,u -k ec -q nistp256 -s CN=ocsp
	cert alias audit -c ca -t u,u,Pu -k ec -q nistp256
	cert alias server -c ca -t u,u,u -k ec -q nistp256
	cat >CS.cfg <<-END
	ca.audit_signing.nickname=audit
	ca.ocsp_signing.nickname=ocsp's
	ca.signing.nickname=ca
	ca.signing.tokenname=internal
	ca.sslserver.nickname=server
	ca.subsystem.nickname=sub
	cs.type=CA
	END
	cp CS.cfg good.cfg
	bundle --clone-of CS.cfg
	finds
	p12check_as_me p12 >out
	test ! -s out
	p12check -w pw - CS.cfg <p12 >out
	test ! -s out
	p12check_as_me p12 - <CS.cfg >out
	test ! -s out
	mkfifo pipe
	cat p12 >pipe &
	p12check -w pw pipe CS.cfg >out
	test ! -s out
EOF

it 'names each certificate that is not there, at its line of CS.cfg' <<-\EOF
	sed 's/=ca$/=caSigning/; s/=audit$/=nobody/' good.cfg >CS.cfg
	finds missing not-needed
	grep "^CS.cfg:3: error: missing: 'caSigning' (signing) is not in p12" out
	grep "^CS.cfg:1: error: missing: 'nobody' (audit_signing) " out
	grep -c ': p12export --force -w pw -o p12 --clone-of CS.cfg -d alias$' \
	    out >count
	test "$(cat count)" -eq 2
	grep -v audit_signing good.cfg >CS.cfg
	tells not-needed
	grep -v ca.signing.nick good.cfg >CS.cfg
	finds nickname-missing not-needed
	sed 's/^ca\.\([a-z_]*\)\.nick/ca.cert.\1.nick/; s/=sub/=none/' \
	    good.cfg >CS.cfg
	finds missing not-needed
	grep '^CS.cfg:6: error: missing: ' out
EOF

it 'and what is on a token is not missing' <<-\EOF
	sed 's/=internal/=HSM/; s/=ca$/=on hsm/' good.cfg >CS.cfg
	tells on-token
	grep "^CS.cfg:3: info: on-token: 'on hsm' (signing) .* 'HSM'" out
EOF

it 'misses each private key' <<-\EOF
	cp good.cfg CS.cfg
	bundle --clone-of CS.cfg --no-keys
	finds no-key
	test "$(wc -l <out)" -eq 4
	grep "^CS.cfg:2: error: no-key: 'ocsp's' (ocsp_signing) is in p12" out
EOF

it 'compares key IDs with those of CS.cfg, and says how to mend them' <<-\EOF
	bundle --clone-of CS.cfg
	nssls --keys --columns key-id,nickname alias >list
	keyid list >ids
	{
		sed -n 's/\(.*\)	ca$/cloning.signing.privkey.id=\1/p' ids
		sed -n 's/\(.*\)	sub$/cloning.subsystem.privkey.id =\1/p' ids
	} >lines
	test "$(wc -l <lines)" -eq 2
	cat good.cfg lines >CS.cfg
	finds
	sed 's/\(signing.*=\).*/\1-12345678901234567890123456789012345678a/' \
	    lines | cat good.cfg - >CS.cfg
	finds key-id
	id=$(sed -n 's/	ca$//p' list)
	echo "CS.cfg:8: error: key-id: 'cloning.signing.privkey.id' is not" \
	    "the key of 'ca', whose ID is $id:" \
	    "nssls --keys alias | cfgrekey -i CS.cfg" >want
	same want out
	sed 's/=.*/=x/' lines | cat good.cfg - >CS.cfg
	finds bad-key-id
EOF

it 'finds the flags that a subsystem does without' <<-\EOF
	cp good.cfg CS.cfg
	certutil -M -d alias -f alias.pw -n audit -t ,,
	certutil -M -d alias -f alias.pw -n sub -t CT,C,C
	bundle --clone-of CS.cfg
	finds trust trust-exceeds
	grep "^p12: error: trust: 'audit' has the trust flags 'u,u,u', and" out
	grep ": asowner alias certutil -M -d alias -n audit -t ,,P -f /dev/s" \
	    out
	grep "^p12: warning: trust-exceeds: 'sub' .* -n sub -t ,, -f .* && p12export " \
	    out
	certutil -M -d alias -f alias.pw -n ca -t ,,
	certutil -M -d alias -f alias.pw -n sub -t ,,
	certutil -M -d alias -f alias.pw -n audit -t ,,P
	bundle --clone-of CS.cfg
	finds trust no-trusted-root
	test "$(grep -c no-trusted-root out)" -eq 1
	certutil -M -d alias -f alias.pw -n ca -t CT,C,C
	bundle --clone-of CS.cfg
	finds
EOF

it 'the commands that fix do fix' <<-\EOF
	certutil -M -d alias -f alias.pw -n audit -t ,,
	bundle --clone-of CS.cfg
	finds trust
	sed 's/.*: \(asowner\)/\1/; s/PASSWORD\.txt/alias.pw/
	    s/$/ -p alias.pw/' out >fix
	sh -ex fix
	finds
EOF

it 'has an eye on dates' <<-\EOF
	options=--expires-within=30
	finds
	options=--expires-within=200
	finds expires-soon
	exits 1 grep "'ca'" out
	options=''
	database sql dates secret
	cert dates ca -t CTu,Cu,Cu -k ec -q nistp256 -w -24 -v 120
	cert dates past -c ca -k ec -q nistp256 -t u,u,u -w -12 -v 6
	cert dates audit -c ca -k ec -q nistp256 -t u,u,Pu -w 3
	sed 's/=sub$/=past/; /ocsp/d' good.cfg >CS.cfg
	echo 'ca.ocsp_signing.nickname=past' >>CS.cfg
	p12export -d dates -p dates.pw -w pw --iterations=100000 --force \
	    -o p12 ca past audit >export.out 2>&1
	finds expired not-yet-valid
	grep "^p12: error: expired: 'past' expired 20[0-9T:-]*Z: renew it" out
	grep "^p12: error: not-yet-valid: 'audit' is valid from 20" out
	echo cs.type=KRA >CS.cfg
	gives 1 check
	grep "^p12: warning: expired-other: 'past' expired" out
	grep "^p12: warning: not-yet-valid-other: 'audit' is valid" out
EOF

it "warns of the master's own TLS key, and tells of others" <<-\EOF
	cp good.cfg CS.cfg
	cert alias other -c ca -t u,u,u -k ec -q nistp256
	bundle
	finds sslserver not-needed
	grep "^CS.cfg:5: warning: sslserver: 'server' and its key are in" out
	grep "^p12: info: not-needed: 'other' and its key: no clone of" out
EOF

it 'knows of old certificates under a nickname' <<-\EOF
	sleep 1
	cert alias sub -c ca -t u,u,u -k ec -q nistp256 -w 0 -v 5
	bundle --clone-of CS.cfg --superseded
	tells superseded
EOF

it 'finds weak rounds, and PBMAC1' <<-\EOF
	bundle --clone-of CS.cfg --iterations=2000
	finds weak-rounds weak-mac
	grep "^p12: warning: weak-rounds: 4 of 4 keys .* 2000 rounds" out
	bundle --clone-of CS.cfg --for=fips
	finds pbmac1
	grep ": p12export .* --for=pki$" out
EOF

it 'is silent about SHA-1 as the digest of a MAC, as pki 10 writes it' <<-\EOF
	bundle --clone-of CS.cfg
	openssl pkcs12 -in p12 -passin file:pw -nodes -out all.pem
	check () {
		p12check_as_me p12 >out
		cat out
	}
	openssl pkcs12 -export -in all.pem -out p12 -passout file:pw \
	    -name ca -iter 100000 -macalg sha1
	gives 1 check
	exits 1 grep -E 'mac|salt' out
	openssl pkcs12 -export -in all.pem -out p12 -passout file:pw \
	    -name ca -iter 100000 -macalg md5
	gives 1 check
	grep '^p12: error: foreign-mac: its MAC is made with MD5, which' out
EOF

# OPTION...: a bundle of openssl's, of 100000 rounds.
by_openssl () {
	openssl pkcs12 -export -out p12 -passout file:pw -iter 100000 "$@"
}

# NAME: NAME.pem, self-signed, CN=ca, and NAME.key.
self_sign () {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	    -nodes -keyout "$1.key" -out "$1.pem" -subj /CN=ca -days 30
}

check_alone () {
	check () {
		p12check_as_me p12
	}
}

it 'finds what stops importers in bundles of other programs' <<-\EOF
	self_sign old
	sleep 1.1
	self_sign new
	check_alone
	by_openssl -in new.pem -inkey new.key -name ca
	finds
	by_openssl -in new.pem -inkey new.key -name ca -nomac
	finds no-mac
	by_openssl -in new.pem -inkey new.key -name ca -keypbe NONE
	finds plain-key
	by_openssl -in new.pem -inkey new.key -name ca -certpbe PBE-SHA1-3DES
	finds weak-encryption
	grep '^p12: warning: weak-encryption: its certificates' out
	by_openssl -in new.pem -inkey new.key -name ca -legacy \
	    -certpbe PBE-SHA1-RC2-40
	finds old-encryption weak-encryption
	grep '^p12: error: .* PBE-SHA1-RC2-40, which stops pkispawn' out
	by_openssl -in new.pem -inkey new.key -name ca \
	    -keypbe CAMELLIA-128-CBC
	finds foreign-encryption
	by_openssl -in new.pem -inkey new.key -name ca -certfile new.pem \
	    -caname ca
	finds key-lost no-trust
	by_openssl -in old.pem -inkey old.key -name ca -certfile new.pem \
	    -caname ca
	finds old-first no-trust
	by_openssl -inkey new.key -nocerts -name ca
	finds no-key-id empty
	by_openssl -in new.pem -inkey new.key
	finds no-nickname
	by_openssl -in new.pem -inkey new.key -name 'token:ca'
	finds colon
EOF

it 'finds the chain broken' <<-\EOF
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout leaf.key -out leaf.csr -subj /CN=leaf
	openssl x509 -req -in leaf.csr -CA new.pem -CAkey new.key -days 9 \
	    -set_serial 7 -out leaf.pem
	check_alone
	by_openssl -in leaf.pem -inkey leaf.key -name leaf
	finds no-issuer
	grep "^p12: error: no-issuer: 'leaf': its issuer .*: 'CN=ca': asown" out
	by_openssl -in leaf.pem -inkey leaf.key -name leaf \
	    -certfile old.pem -caname old
	finds no-issuer no-trust
	by_openssl -in leaf.pem -inkey leaf.key -name leaf \
	    -certfile new.pem -caname new
	finds no-trust
EOF

# signed DIGEST: leaf.pem, signed by ca.pem
signed () {
	openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 9 \
	    -set_serial 7 "$1" -out leaf.pem
	by_openssl -in leaf.pem -inkey leaf.key -name leaf -certfile ca.pem \
	    -caname ca
}

it 'names signatures that are not believed, but not of a root by itself' <<-\EOF
	check_alone
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
	    -subj /CN=ca -days 30 -md5
	by_openssl -in ca.pem -inkey ca.key -name ca
	finds
	signed -sha256
	finds no-trust
	signed -sha1
	finds no-trust sha1-signature
	grep "^p12: info: sha1-signature: 'leaf' is signed with SHA-1, " out
	signed -md5
	finds no-trust weak-signature
	grep "^p12: error: weak-signature: 'leaf' is signed with MD5, " out
	openssl req -x509 -newkey rsa:512 -nodes -keyout ca.key -out ca.pem \
	    -subj /CN=ca -days 30
	signed -sha256
	finds no-trust weak-signature
	grep "'leaf' is signed by a key of 512 bits (1023 at least), " out
EOF

it 'a name cannot forge a line, nor a command; JSON has it as it is' <<-\EOF
	name=$(printf "x'; rm p12\np12: info: y:\033[m")
	by_openssl -in leaf.pem -inkey leaf.key -name "$name" -iter 2000
	gives 1 p12check_as_me p12
	test "$(wc -l <out)" -ge 3
	exits 1 grep -v '^p12: [a-z]*: [a-z-]*: ' out
	exits 1 grep '^p12: info' out
	exits 1 grep 'x.; rm.*: p12export .*rm p12' out
	exits 1 grep "$(printf '\033')" out
	cp p12 "it's"
	gives 1 p12check --user "$(id -un)" --json -w pw "it's"
	grep '^{"file":"it.s","line":null,"level":"error","code":"no-issuer"' \
	    out
	grep '"text":".x.; rm p12\\np12: info: y:\\u001b' out
	grep -F "p12export --force -w pw -o 'it'\\\\''s' -d alias" out
EOF

it 'says who else may read it, and to whom it is closed' <<-\EOF
	root
	bundle --clone-of CS.cfg
	mkdir open
	chmod 755 open "$tap_home" "$tap_home/scratch"
	cp p12 open/p12
	check () {
		p12check --user nobody -w pw open/p12
	}
	group=$(id -gn nobody)
	chown nobody open/p12
	finds
	chgrp 12345 open/p12
	chmod 644 open/p12
	finds open-to-all open-to-group
	grep '^open/p12: warning: open-to-all: .*: chmod o= open/p12$' out
	chgrp "$group" open/p12
	chmod 640 open/p12
	finds
	chown root:root open/p12
	chmod 600 open/p12
	finds unreadable
	echo 'open/p12: error: unreadable: nobody cannot read the file (owner 0:0,' \
	    'mode 0600), and the server imports no keys:' \
	    "chown -h nobody:$group open/p12" >want
	same want out
	chown nobody open/p12
	chmod 200 open/p12
	finds unreadable
	grep ': chmod u+r open/p12$' out
	chmod 600 open/p12
	chmod 700 open
	finds unreachable
	grep ": setfacl -m u:nobody:x .*/open$" out
	chmod 711 open
	finds
EOF

it 'an ACL counts' <<-\EOF
	root
	needs setfacl
	able ACLs setfacl -m u:nobody:r open/p12
	check () {
		p12check --user nobody -w pw open/p12
	}
	chown root:root open/p12
	setfacl -b open/p12
	chmod 600 open/p12
	finds unreadable
	setfacl -m u:nobody:r open/p12
	finds
	setfacl -m u:nobody:-,m::r open/p12
	finds unreadable
EOF

it 'the label is to be that of the database beside it' <<-\EOF
	root
	label=system_u:object_r:pki_tomcat_cert_t:s0
	able 'right to label' setfattr -n security.selinux -v $label \
	    alias/cert9.db
	cp p12 alias/p12
	check () {
		p12check_as_me alias/p12
	}
	setfattr -n security.selinux -v system_u:object_r:nfs_t:s0 alias/p12
	finds label
	echo 'alias/p12: error: label: the SELinux label is nfs_t:s0, and that of' \
	    'cert9.db in the same directory is pki_tomcat_cert_t:s0:' \
	    'the policy may forbid the server to read the file:' \
	    'restorecon -v alias/p12' >want
	same want out
	setfattr -n security.selinux \
	    -v unconfined_u:object_r:pki_tomcat_cert_t:s0 alias/p12
	finds
	rm alias/p12
EOF

it 'takes an instance, and tells its subsystems apart' <<-\EOF
	mkdir -p inst/conf/ca inst/conf/kra
	cp good.cfg inst/conf/ca/CS.cfg
	bundle --clone-of CS.cfg
	gives 0 p12check_as_me p12 inst
	echo cs.type=KRA >inst/conf/kra/CS.cfg
	gives 2 p12check_as_me p12 inst
	grep 'several subsystems' err
	gives 0 p12check_as_me --subsystem=ca p12 inst
	gives 1 p12check_as_me --subsystem=kra p12 inst
	grep 'inst/conf/kra/CS.cfg: error: nickname-missing: ' out
EOF

it 'is trouble with a wrong password, a damaged bundle, no user' <<-\EOF
	echo wrong >wrong
	gives 2 p12check -w wrong p12 CS.cfg
	test ! -s out
	grep '^p12check: p12: wrong password$' err
	gives 2 p12check -w missing p12 CS.cfg
	head -c 900 p12 >cut
	gives 2 p12check -w pw cut CS.cfg
	test ! -s out
	gives 2 p12check -w pw p12 missing
	gives 2 p12check -w pw --user=no-such-user p12 CS.cfg
	echo "p12check: no such user: 'no-such-user'" >want
	same want err
	echo a=b >other.cfg
	gives 2 p12check -w pw p12 other.cfg
	gives 2 p12check -w pw --max-rounds=1000 p12 CS.cfg
	grep rounds err
	gives 2 p12check -w - - CS.cfg
	gives 2 p12check -w pw - - <p12
	grep 'only one of' err
	gives 2 setsid p12check p12 CS.cfg
	grep 'no terminal' err
EOF

it 'knows the bundles of a real deployment' <<-\EOF
	test -n "$CLONEKIT_FIXTURES" || exit 0
	dogtag=$CLONEKIT_FIXTURES/dogtag
	cp "$dogtag/p12/password.txt" pw
	for p12 in ca-certs kra-certs ca1-PKCS12Export
	do
		cp "$dogtag/p12/$p12.p12" .
		chmod 600 $p12.p12
	done
	ca=$(echo "$dogtag"/1-*/ca1/ca-CS.cfg)
	kra=$(echo "$dogtag"/2-*/kra1/kra-CS.cfg)
	check () {
		p12check_as_me $real
	}
	real="ca-certs.p12 $ca"
	finds weak-rounds
	real="kra-certs.p12 $kra"
	finds weak-rounds
	real="ca1-PKCS12Export.p12 $ca"
	finds weak-rounds sslserver
	real="ca-certs.p12 $kra"
	finds weak-rounds missing not-needed
EOF

tap_done
