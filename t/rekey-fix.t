#!/bin/sh
# The manual's section 9.6 by a recipe, on a database that was re-keyed.
. "${0%/*}/tap.sh"
PATH=$tap_top/share/recipes:$PATH

# An instance whose CA certificate is on its second key.
make_instance () {
	mkdir -p inst/conf/ca inst/alias
	printf 'internal=pw\nreplicationdb=x\n' >inst/conf/password.conf
	printf 'pw\n' >pw
	head -c 64 /dev/urandom >noise
	certutil -N -d sql:inst/alias -f pw
	for name in old ca sub
	do
		certutil -S -d sql:inst/alias -f pw -z noise -n "$name" \
		    -s "CN=$name" -x -t ,, -k ec -q nistp256
	done
	certutil -K -d sql:inst/alias -f pw >listing
	id () { grep " .*$1\$" listing | keyid | cut -f1; }
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

it 'shows the edits, and makes none with -n' <<-\EOF
	needs certutil
	make_instance
	cp inst/conf/ca/CS.cfg before
	rekey-fix -n inst >edits 2>err
	same before inst/conf/ca/CS.cfg
	grep '^-cloning.signing.privkey.id     =' edits
	grep '^signing .*stale' err
	grep '^subsystem .*same' err
EOF

it 'puts the new ID in place of the old, and nothing else' <<-\EOF
	rekey-fix inst >made 2>err
	same edits made
	same want inst/conf/ca/CS.cfg
	grep 'systemctl restart\|restart the server' err
EOF

it 'has nothing to do the second time' <<-\EOF
	rekey-fix inst >made 2>err
	test "$(wc -l <made)" -eq 2
	same want inst/conf/ca/CS.cfg
EOF

it 'takes a file and a database apart' <<-\EOF
	cp before CS.cfg
	rekey-fix -d inst/alias -f pw CS.cfg >made 2>err
	same want CS.cfg
EOF

it 'does nothing when a tag has no key, and says which' <<-\EOF
	echo 'cloning.sslserver.privkey.id=-1' >>CS.cfg
	cp CS.cfg before
	exits 1 rekey-fix -d inst/alias -f pw CS.cfg >made 2>err
	grep 'cloning.sslserver.privkey.id' err
	same before CS.cfg
EOF

it 'does not go on when certutil fails' <<-\EOF
	echo wrong >wrong
	exits 2 rekey-fix -d inst/alias -f wrong CS.cfg >made 2>err
	grep '^rekey-fix: certutil -K .* failed' err
	! test -s made
	exits 2 rekey-fix -d no-such-database CS.cfg 2>err
	grep "^rekey-fix: no key database 'no-such-database'" err
	same before CS.cfg
EOF

tap_done
