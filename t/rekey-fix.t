#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's section 9.6 by a recipe, on a database that was re-keyed.
. "${0%/*}/tap.sh"
PATH=$tap_top/share/recipes:$PATH

# NAME SERIAL: a key, and a certificate for it, of that nickname.  The first
# begins a month before the second, whichever second they are made in.
certify () {
	certutil -S -d sql:inst/alias -f pw -z noise -n "$1" -s "CN=$1" \
	    -m "$2" -w "$(($2 - 2))" -x -t ,, -k ec -q nistp256
}

# NAME [NTH]: the ID of that name's key, as CS.cfg spells it.
id () {
	grep " [^ ]*$1\$" listing >lines
	sed -n "${2:-1}p" lines | keyid | cut -f1
}

# An instance whose CA certificate is on its second key.
make_instance () {
	mkdir -p inst/conf/ca inst/alias
	printf 'internal=pw\nreplicationdb=x\n' >inst/conf/password.conf
	printf 'pw\n' >pw
	head -c 64 /dev/urandom >noise
	certutil -N -d sql:inst/alias -f pw
	for name in old ca sub
	do
		certify $name 1
	done
	certutil -K -d sql:inst/alias -f pw >listing
	cat >inst/conf/ca/CS.cfg <<-END
	ca.cert.signing.nickname=ca
	ca.cert.subsystem.nickname=sub
	cloning.signing.privkey.id     =$(id old)
	cloning.subsystem.privkey.id=$(id sub)
	cs.type=CA
	END
	sed "s/^\(cloning.signing.privkey.id *=\).*/\1$(id ca)/" \
	    inst/conf/ca/CS.cfg >want
}

it 'shows the table and the edits, and makes none with -n' <<-\EOF
	needs certutil
	make_instance
	cp inst/conf/ca/CS.cfg before
	rekey-fix -n inst >edits 2>err
	same before inst/conf/ca/CS.cfg
	{
		echo '# clonekit edits 1'
		grep '^cloning.signing' before | sed 's/^/-/'
		grep '^cloning.signing' want | sed 's/^/+/'
		echo .
	} >script
	same script edits
	grep '^signing .*stale' err
	grep '^subsystem .*same' err
EOF

it 'puts the new ID in place of the old, and nothing else' <<-\EOF
	needs certutil
	rekey-fix inst >made 2>err
	same edits made
	same want inst/conf/ca/CS.cfg
	grep 'systemctl restart\|restart the server' err
EOF

it 'has nothing to do the second time' <<-\EOF
	needs certutil
	rekey-fix inst >made 2>err
	test "$(wc -l <made)" -eq 2
	same want inst/conf/ca/CS.cfg
	ls inst/conf/ca/CS.cfg.clonekit.* >backups
	test "$(wc -l <backups)" -eq 1
EOF

it 'finds database and password from where CS.cfg is' <<-\EOF
	needs certutil
	cp before inst/conf/ca/CS.cfg
	rekey-fix inst/conf/ca/CS.cfg >made 2>err
	same want inst/conf/ca/CS.cfg
	cp before inst/conf/ca/CS.cfg
	cd inst/conf/ca
	rekey-fix CS.cfg >made 2>err
	same ../../../want CS.cfg
EOF

it 'takes a file and a database apart, and asks for no password' <<-\EOF
	needs certutil
	cp before CS.cfg
	rekey-fix -d inst/alias -p pw CS.cfg >made 2>err
	same want CS.cfg
	cp before CS.cfg
	rekey-fix -d sql:inst/alias -p pw CS.cfg >made 2>err
	same want CS.cfg
EOF

it 'tells the subsystems of an instance apart' <<-\EOF
	needs certutil
	mkdir -p inst/conf/kra
	echo cs.type=KRA >inst/conf/kra/CS.cfg
	cp before inst/conf/ca/CS.cfg
	exits 2 rekey-fix inst >made 2>err
	grep 'several subsystems' err
	same before inst/conf/ca/CS.cfg
	rekey-fix --subsystem ca inst >made 2>err
	same want inst/conf/ca/CS.cfg
	rm -r inst/conf/kra
EOF

it 'does nothing when a tag has no key, and says which' <<-\EOF
	needs certutil
	cp before CS.cfg
	echo 'cloning.sslserver.privkey.id=-1' >>CS.cfg
	cp CS.cfg copy
	exits 1 rekey-fix -d inst/alias -p pw CS.cfg >made 2>err
	grep "'cloning.sslserver.privkey.id': no nickname in the file" err
	exits 1 test -s made
	same copy CS.cfg
EOF

it 'goes by the certificate when old and new have one nickname' <<-\EOF
	needs certutil
	certify ca 2
	certutil -K -d sql:inst/alias -f pw >listing
	test "$(grep -c ' [^ ]*ca$' listing)" -eq 2
	# Of the two, the one that is not the key of want.
	new=$(id ca 1)
	exits 1 grep -F -e "=$new" want || new=$(id ca 2)
	# A file without a certificate gets the key of the current one.
	cp before CS.cfg
	exits 0 rekey-fix -d inst/alias CS.cfg >made 2>err
	exits 0 grep -F -e "cloning.signing.privkey.id     =$new" CS.cfg
	for serial in 1 2
	do
		certutil -L -d sql:inst/alias -n ca -a >pem
		awk '/BEGIN/ { n++ } n == '$serial' && !/-----/' pem |
		    tr -d '\r\n' >cert
		test -s cert || continue
		{ cat before; echo "ca.signing.cert=$(cat cert)"; } >CS.cfg
		rekey-fix -d inst/alias -p pw CS.cfg >made 2>err
		sed -n 's/^cloning.signing.privkey.id *=//p' CS.cfg
	done >chosen
	test "$(sort -u chosen | wc -l)" -eq 2
	grep -Fx -e "$new" chosen
EOF

it 'does not go on when certutil fails' <<-\EOF
	needs certutil
	cp before CS.cfg
	echo wrong >wrong
	exits 2 rekey-fix --token 'NSS Certificate DB' -d inst/alias -p wrong \
	    CS.cfg >made 2>err
	grep "^rekey-fix: certutil -K -d 'inst/alias' -h 'NSS Cert.*' failed" \
	    err
	exits 1 test -s made
	same before CS.cfg
EOF

it 'reads a database in software without a password' <<-\EOF
	needs certutil
	cp before CS.cfg
	exits 0 rekey-fix -n -d inst/alias CS.cfg </dev/null >made 2>err
	grep '^+cloning.signing' made
EOF

it 'is trouble without a database, a file, or a key' <<-\EOF
	needs certutil
	exits 2 rekey-fix -d no-such-database CS.cfg 2>err
	grep "^rekey-fix: no NSS database 'no-such-database'" err
	exits 2 rekey-fix -d inst/alias -p pw missing.cfg >made 2>err
	grep "'missing.cfg': No such file" err
	mkdir empty
	certutil -N -d sql:empty -f pw
	exits 2 rekey-fix -d empty -p pw CS.cfg >made 2>err
	exits 1 test -s made
	same before CS.cfg
EOF

# The text of the manual, whose keys nobody has.
it 'turns the lines of step 1 into those of step 4' <<-\EOF
	mkdir stub alias
	cat >stub/certutil <<-END
	#!/bin/sh
	echo "\$*" >called
	cat "$tap_top/share/sample/certutil-K.txt"
	END
	chmod +x stub/certutil
	cp "$tap_top/share/sample/master.cfg" CS.cfg
	sed -e '/^cloning.signing.privkey/s/=.*/=-584f6bb4847c688d65b373650c563d4690b6390d/' \
	    -e '/^cloning.ocsp_signing.privkey/s/=.*/=6006094af3e5d02aaa91426594ca66cb53e73ac0/' \
	    -e '/^cloning.subsystem.privkey/s/=.*/=-297b25c640b0d8765c0362bddfba690ba8752d27/' \
	    -e '/^cloning.sslserver.privkey/s/=.*/=-5712283d4a36b0ecebb3532669dba8751cf481bd/' \
	    CS.cfg >want4
	PATH=$PWD/stub:$PATH rekey-fix --token internal -p pw CS.cfg >made 2>err
	same want4 CS.cfg
	echo '-K -d ./././alias -h internal -f /dev/stdin' >want
	sed 's|-d .*/alias|-d ./././alias|' called >got
	same want got
EOF

it 'asks certutil for a token, with its password' <<-\EOF
	mkdir -p hsm/alias hsm/conf
	printf 'internal=a\nhardware-My HSM=b=c\n' >hsm/conf/password.conf
	cp "$tap_top/share/sample/master.cfg" hsm/conf/CS.cfg
	cat >stub/certutil <<-END
	#!/bin/sh
	test "\$1 \$2 \$3 \$4 \$5" = "-K -d hsm/alias -h My HSM" || exit 1
	test "\$6" = -f || exit 1
	cat "\$7" >password
	cat "$tap_top/share/sample/certutil-K.txt"
	END
	PATH=$PWD/stub:$PATH rekey-fix --token 'My HSM' hsm >made 2>err
	test "$(cat password)" = b=c
	same want4 hsm/conf/CS.cfg
EOF

it 'leaves no password behind' <<-\EOF
	mkdir tmp
	TMPDIR=$PWD/tmp PATH=$PWD/stub:$PATH rekey-fix --token 'My HSM' hsm \
	    >made 2>err
	test -z "$(ls tmp)"
	printf '#!/bin/sh\nkill -TERM $PPID\n' >stub/certutil
	TMPDIR=$PWD/tmp PATH=$PWD/stub:$PATH \
	    exits 2 rekey-fix --token 'My HSM' hsm >made 2>err
	test -z "$(ls tmp)"
EOF

tap_done
