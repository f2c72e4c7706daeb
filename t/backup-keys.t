#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's section 9.1 by a recipe, on the sample's key database.
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
PATH=$tap_top/share/recipes:$PATH

sample=$tap_top/share/sample
# There may be a pkiuser here, who cannot come to where we are.
# shellcheck disable=SC2034 # bodies use it
me=$(id -un)


# An instance that is re-keyed, so that its CS.cfg fits its database.
make_instance () {
	mkdir -p inst/conf/ca inst/alias
	cp "$sample"/nssdb/* inst/alias
	echo internal=Secret.123 >inst/conf/password.conf
	echo Secret.123 >dbpw
	echo P12.Secret >p12pw
	cp "$sample/master.cfg" inst/conf/ca/CS.cfg
	nssls --keys inst >keys
	cfgrekey -i --no-log inst keys >edits
}

it 'makes a bundle with what a clone needs, and finds nothing wrong' <<-\EOF
	make_instance
	gives 0 backup-keys --user "$me" -w p12pw inst out.p12
	test ! -s out
	grep -c '^Added certificate' err >count
	test "$(cat count)" -eq 4
	p12ls -w p12pw --columns=nickname,trust,has-key out.p12 >got
	printf '%s\t%s\tyes\n' 'subsystemCert cert-ca4-test-master' u,u,u \
	    'caSigningCert cert-ca4-test-master' CTu,Cu,Cu \
	    'ocspSigningCert cert-ca4-test-master' u,u,u \
	    'auditSigningCert cert-ca4-test1' u,u,Pu >want
	same want got
	test "$(stat -c %a out.p12)" = 600
EOF

it 'never replaces a bundle unasked' <<-\EOF
	cp out.p12 before
	gives 2 backup-keys --user "$me" -w p12pw inst out.p12
	grep "^p12export: 'out.p12' exists already" err
	same before out.p12
	gives 0 backup-keys --force --user "$me" -w p12pw inst out.p12
	exits 1 cmp -s before out.p12
EOF

it 'says what is wrong with it, and keeps it' <<-\EOF
	cp "$sample/master.cfg" inst/conf/ca/CS.cfg
	rm out.p12
	gives 1 backup-keys --user "$me" -w p12pw inst out.p12
	test "$(grep -c ': error: key-id: ' out)" -eq 4
	grep 'key-id: .*: nssls --keys inst | cfgrekey --subsystem=ca -i inst$' \
	    out
	test -s out.p12
	cfgrekey -i --no-log inst keys >edits
	gives 1 backup-keys --force --expires-within 100000 --user "$me" -w p12pw inst out.p12
	test "$(grep -c ': warning: expires-soon: ' out)" -eq 4
EOF

it 'finds database and password from where CS.cfg is' <<-\EOF
	gives 0 backup-keys --user "$me" -w p12pw inst/conf/ca/CS.cfg a.p12
	cd inst/conf/ca
	gives 0 backup-keys --user "$me" -w ../../../p12pw CS.cfg ../../../b.p12
	test -s ../../../b.p12
EOF

it 'takes a file, or an instance, and a database apart' <<-\EOF
	cp inst/conf/ca/CS.cfg .
	gives 0 backup-keys --user "$me" -w p12pw -d "$sample/nssdb" -p dbpw \
	    CS.cfg c.p12
	mkdir -p bare/ca/conf
	cp CS.cfg bare/ca/conf
	gives 0 backup-keys --user "$me" -w p12pw -d "$sample/nssdb" -p dbpw \
	    bare d.p12
	gives 2 backup-keys --user "$me" -w p12pw CS.cfg e.p12
	grep "^p12export: no key database near 'CS.cfg' (-d DIR)" err
	test ! -e e.p12
EOF

it 'tells the subsystems of an instance apart' <<-\EOF
	mkdir -p inst/conf/kra
	echo cs.type=KRA >inst/conf/kra/CS.cfg
	gives 2 backup-keys --user "$me" -w p12pw inst f.p12
	grep 'several subsystems' err
	gives 2 backup-keys --subsystem kra --user "$me" -w p12pw inst f.p12
	grep 'no nickname' err
	test ! -e f.p12
	gives 0 backup-keys --subsystem ca --user "$me" -w p12pw inst f.p12
	rm -r inst/conf/kra
EOF

it "gives the bundle to the server's user" <<-\EOF
	root
	mkdir open
	chmod 711 open "$tap_home" "$tap_home/scratch"
	gives 0 backup-keys --user nobody -w p12pw inst open/g.p12
	test "$(stat -c '%U:%G %a' open/g.p12)" = "nobody:$(id -gn nobody) 600"
	gives 2 backup-keys --user no-such-user -w p12pw inst open/h.p12
	test ! -e open/h.p12
EOF

it 'leaves nothing behind when it cannot go on' <<-\EOF
	echo wrong >wrong
	gives 2 backup-keys --user "$me" -w p12pw -p wrong inst i.p12
	grep 'wrong password' err
	gives 2 backup-keys --user "$me" -w missing inst i.p12
	gives 2 backup-keys --user "$me" -w p12pw missing i.p12
	gives 2 backup-keys --user "$me" -w p12pw inst -
	gives 2 backup-keys --user "$me" inst i.p12
	test ! -e i.p12
EOF

it 'a bundle that was not checked is none' <<-\EOF
	mkdir stub
	cat >stub/p12check <<-\END
	#!/bin/sh
	test ! -e trouble || exit 2
	kill -TERM $PPID
	END
	chmod +x stub/p12check
	PATH=$PWD/stub:$PATH gives 2 backup-keys --user "$me" -w p12pw inst j.p12
	test ! -e j.p12
	: >trouble
	PATH=$PWD/stub:$PATH gives 2 backup-keys --user "$me" -w p12pw inst j.p12
	test ! -e j.p12
	# One that was there is not of this run.
	cp out.p12 j.p12
	PATH=$PWD/stub:$PATH gives 2 backup-keys --force --user "$me" -w p12pw inst \
	    j.p12
	test -s j.p12
	ls -A >files
	exits 1 grep clonekit files
EOF

tap_done
