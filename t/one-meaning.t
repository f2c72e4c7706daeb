#!/bin/sh
# SPDX-License-Identifier: MIT
# What a key means and which file an operand means is the same to all tools.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

sample=$tap_top/share/sample

# A pair that nothing from warning up is said of.
cp "$sample/master.cfg" master.good
cp "$sample/clone.cfg" clone.good
cfgset -i --no-log master.good ca.listenToCloneModifications=true \
    ca.certStatusUpdateInterval=600 >/dev/null 2>&1

# pair: m and c, as they were
pair () {
	cp master.good m
	cp clone.good c
}

# with FILE KEY=VALUE...: without a word of whether the server runs
with () {
	cfgset -i --no-log --force "$@" >/dev/null 2>&1
}

# without FILE KEY: no line of it
without () {
	grep -v "^$2=" "$1" >less
	mv less "$1"
}

it 'takes secureConn in any case: replication is secured, and none warns' <<-\EOF
	pair
	for spelling in true TRUE True
	do
		with m internaldb.ldapconn.secureConn=$spelling
		with c internaldb.ldapconn.secureConn=true
		gives 0 clonecfg --for-release 11.5 --ds ldaps://ds2.example.com m
		grep -qx pki_clone_replication_security=SSL out
		cp out override
		clonecheck --for-release 11.5 --override override m c >out || :
		exits 1 grep -qE 'ds-security|plan-security' out
	done
	with m internaldb.ldapconn.secureConn=False
	gives 0 clonecfg --for-release 11.5 --ds ldap://ds2.example.com m
	grep -qx pki_clone_replication_security=None out
EOF

it 'takes enableSerialManagement in any case' <<-\EOF
	pair
	with m dbs.enableSerialManagement=True
	with c dbs.enableSerialManagement=TRUE
	for tool in 'rangels --findings' clonecheck
	do
		$tool m c >out || :
		exits 1 grep -q 'anagement' out
	done
	cfglint m >out || :
	exits 1 grep -q anagement out
	with c dbs.enableSerialManagement=no
	clonecheck m c >out || :
	grep -q serial-management out
EOF

it 'finds a second CRL master, by the spelling and by the default' <<-\EOF
	pair
	key=ca.crl.MasterCRL.enableCRLUpdates
	clonecheck m c >out || :
	exits 1 grep -q two-crl-masters out
	for spelling in true TRUE
	do
		with c $key=$spelling
		gives 1 clonecheck m c
		grep -q two-crl-masters out
	done
	without c $key
	gives 1 clonecheck m c
	grep -q two-crl-masters out
	with c $key=FALSE
	clonecheck m c >out || :
	exits 1 grep -q two-crl-masters out
EOF

it 'knows one Directory Server by any spelling of its host' <<-\EOF
	pair
	with m internaldb.ldapconn.host=ds1.example.com \
	    internaldb.ldapconn.port=389
	without c internaldb.ldapconn.port
	for host in ds1.example.com DS1.example.com ds1 DS1.EXAMPLE.COM. \
	    ds1.example.com:389 'ds9 DS1.example.com:389'
	do
		with c "internaldb.ldapconn.host=$host"
		gives 1 clonecheck m c
		grep -q ds-same out
	done
	for host in ds1.example.org ds1.example.com:636 ds10 ds2
	do
		with c "internaldb.ldapconn.host=$host"
		clonecheck m c >out || :
		exits 1 grep -q ds-same out
	done
	with m internaldb.ldapconn.host=2001:db8::1
	with c 'internaldb.ldapconn.host=[2001:DB8:0::1]:389'
	gives 1 clonecheck m c
	grep -q ds-same out
EOF

it "does not take each host's own localhost for one server" <<-\EOF
	pair
	with m internaldb.ldapconn.host=localhost internaldb.ldapconn.port=389
	with c internaldb.ldapconn.host=localhost internaldb.ldapconn.port=389
	clonecheck m c >out || :
	grep -q ds-localhost out
	exits 1 grep -q ds-same out
EOF

it 'finds the directory of the master in an override file' <<-\EOF
	pair
	with m internaldb.ldapconn.host=ds1.example.com \
	    internaldb.ldapconn.port=389
	for url in ldap://ds1.example.com ldap://DS1.example.com:389 \
	    LDAP://ds1:389/ ldap://ds1.example.com./
	do
		gives 0 clonecfg --for-release 11.5 --ds ldap://ds2.example.com m
		sed "s|^pki_ds_url=.*|pki_ds_url=$url|" out >override
		gives 1 clonecheck --for-release 11.5 --override override m
		grep 'plan-ds-same.*pkispawn refuses it' out
	done
	sed 's|^pki_ds_url=.*|pki_ds_url=ldap://ds2.example.com|' override \
	    >other
	clonecheck --for-release 11.5 --override other m >out || :
	exits 1 grep -q plan-ds-same out
EOF

it 'finds a connector that the server cannot read, whoever looks' <<-\EOF
	pair
	key=ca.connector.KRA.host
	with c ca.connector.KRA.port=8443 \
	    ca.connector.KRA.uri=/kra/agent/kra/connector \
	    ca.connector.KRA.local=false ca.connector.KRA.transportCert=AAAA
	for hosts in kra1.example.com:8443 https://kra1.example.com \
	    kra1.example.com:8443,kra2.example.com:8443 'a:1  b:2' 'a b:2' \
	    'a:1 [::1]:2'
	do
		with c "$key=$hosts"
		gives 1 cfglint c
		grep -qi conn-hosts out
		gives 2 cfgkra c
		grep "^cfgkra: c:[0-9]*: '$key' " err
		gives 1 clonecheck m c
		grep -q connector-hosts out
	done
	for hosts in kra1.example.com 'kra1:8443 kra2:8443' KRA1
	do
		with c "$key=$hosts"
		cfglint c >out || :
		exits 1 grep -qi conn-hosts out
		gives 0 cfgkra c
	done
EOF

# -- operands ------------------------------------------------------------------

# The tools that take a CS.cfg, each with what it needs besides.
every () {
	cfgget machineName "$@"
	cfglint "$@"
	rangels "$@"
	clonecheck "$@"
	cfgrole --columns=subsystem,role "$@"
	cfgdiff "$@" m
	cfgset "$@" a=b
	clonecfg --for-release 11.5 --ds ldap://ds2.example.com "$@"
	cfgkra "$@"
}

# taken OPERAND...: as ./m is, by all of them, but for the name of the file
taken () {
	every m >want 2>err.m || :
	every "$@" >got 2>err || :
	exits 1 grep -E 'a directory|cannot open|subsystems' err
	grep -vE '^(/|[a-z0-9/.-]*CS\.cfg|m[:	])' want | sed 's/	[^	]*m:[0-9]*$//' \
	    >wanted
	grep -vE '^(/|[a-z0-9/.-]*CS\.cfg|m[:	])' got |
	    sed 's/	[^	]*CS\.cfg:[0-9]*$//' >shown
	test "$(wc -l <wanted)" -gt 20
	same wanted shown
}

it 'takes an instance in each layout, flat copies and a sosreport' <<-\EOF
	pair
	for file in conf/ca/CS.cfg ca/conf/CS.cfg ca/CS.cfg conf/CS.cfg \
	    CS.cfg ca-CS.cfg var/lib/pki/pki-tomcat/conf/ca/CS.cfg \
	    etc/pki/pki-tomcat/ca/CS.cfg var/lib/pki-ca/conf/CS.cfg \
	    etc/pki-ca/CS.cfg
	do
		rm -rf one
		mkdir -p "one/${file%/*}" 2>/dev/null || mkdir -p one
		test "$file" != "${file##*/}" || rmdir "one/$file" 2>/dev/null ||
		    :
		cp m "one/$file"
		taken one
	done
EOF

it 'takes a sosreport whose two trees have the same instance' <<-\EOF
	pair
	rm -rf sos
	mkdir -p sos/etc/pki/pki-tomcat/ca sos/var/lib/pki/pki-tomcat/conf
	cp m sos/etc/pki/pki-tomcat/ca/CS.cfg
	ln -s ../../../../../etc/pki/pki-tomcat/ca \
	    sos/var/lib/pki/pki-tomcat/conf/ca
	taken sos
EOF

it 'names what there is to choose from, and how' <<-\EOF
	pair
	rm -rf two
	mkdir -p two/conf/ca two/conf/kra
	cp m two/conf/ca/CS.cfg
	sed 's/^cs.type=CA/cs.type=KRA/' m >two/conf/kra/CS.cfg
	for tool in 'cfgget a' cfglint rangels clonecheck cfgrole cfgkra \
	    replls 'cfgset -i' 'ldapcmp two' \
	    'clonecfg --ds ldap://h'
	do
		exits 2 $tool two >/dev/null 2>err
		grep "'two' has several subsystems (ca, kra): choose one" err
		name=${tool%% *}
		$name --help | grep -q -e --subsystem
	done
	gives 0 cfgget --subsystem kra cs.type two
	echo KRA >want
	same want out
EOF

it 'takes the name of an instance, as pki-server does' <<-\EOF
	test "$(id -u)" -eq 0
	pair
	cat >in-namespace <<-'END'
	mount -t tmpfs none /var/lib
	mkdir -p /var/lib/pki/pki-tomcat/conf/ca
	cp "$1" /var/lib/pki/pki-tomcat/conf/ca/CS.cfg
	cfgget machineName pki-tomcat
	cfgrole pki-tomcat >/dev/null
	clonecheck pki-tomcat >/dev/null
	# A file here goes first.
	cp "$2" pki-tomcat
	cfgget machineName pki-tomcat
	END
	unshare -m sh -eu in-namespace m c >out
	cfgget machineName m >want
	cfgget machineName c >>want
	same want out
	rm -f pki-tomcat
	gives 2 cfgget machineName no-such-instance
	grep "cannot open 'no-such-instance'" err
EOF

# -- one place -----------------------------------------------------------------

# nowhere ERE [PATH-ERE]: no source but the readers themselves, and those of
# these paths, has such a line
nowhere () {
	(cd "$tap_top" && find lib src -name '*.c' ! -name setting.c \
	    ! -name endpoint.c ! -path "${2-}" -exec cat {} +) >sources
	test "$(wc -l <sources)" -gt 30000
	tr -s ' \t\n' ' ' <sources | tr ';{}' '\n\n\n' >statements
	exits 1 grep -E "$1" statements
}

it 'no other module reads a boolean, a host or a port' <<-\EOF
	# A comparison with "true", however it is written.
	nowhere '(slice_equal[a-z_]*|str(n?case)?cmp)\(.*"(true|false|TRUE|True)"'
	# A colon looked for in what is called a host, and ports by hand.
	nowhere "chr\\(([a-z]*->)?(host|hosts|authority)[^a-z].*':'"
	nowhere 'number <= 65535|port[^ ]* <= 65535|, 65535' lib/pki/connector.c
	# Names of hosts that mean this one.
	nowhere '"(localhost|127\.0\.0\.1|::1)"' lib/dir/ldapconn.c
EOF

it 'no other module has a list of subsystems' <<-\EOF
	nowhere '"ca", *"kra", *"ocsp"'
EOF

tap_done
