#!/bin/sh
# SPDX-License-Identifier: MIT
# nssls lists what certutil does, and never touches a database.
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"
. "$tap_top/t/lib/await.sh"

tab=$(printf '\t')
export tab

it 'an empty database is an empty list' <<-\EOF
	database sql empty secret
	nssls empty >got
	test ! -s got
	nssls --keys empty >got
	test ! -s got
	nssls --certutil empty >got
	certutil -L -d empty >want
	same want got
	exits 1 nssls --keys --certutil empty >got
	exits 255 certutil -K -d empty -f empty.pw >want
	same want got
EOF

it 'certificates and keys are listed as certutil lists them' <<-\EOF
	database sql db secret
	cert db ca -t CTu,Cu,Cu -k ec -q nistp256
	cert db 'ocsp signing' -c ca -k ec -q nistp384 -t u,u,u
	cert db audit -c ca -k ec -q nistp521 -t u,u,Pu
	cert db plain -c ca -g 1024 -t p,p,p
	certutil -G -d db -f db.pw -z noise -k ec -q nistp256 >out 2>&1
	lists_as_certutil db
EOF

it 'records say more: keys, dates, names' <<-\EOF
	nssls --columns nickname,trust,key-type,key-size,has-key,subject,state \
	    db >got
	printf '%s\t%s\t%s\t%s\tyes\tCN=%s\tvalid\n' \
	    ca CTu,Cu,Cu ec 256 ca 'ocsp signing' u,u,u ec 384 'ocsp signing' \
	    audit u,u,Pu ec 521 audit plain pu,pu,pu rsa 1024 plain >want
	same want got
EOF

it 'serial, dates and SHA-256 are those that openssl sees' <<-\EOF
	nssls --columns nickname,serial,not-before,not-after,sha256 db |
	    grep '^audit' >got
	certutil -L -d db -n audit -a >audit.pem
	serial=$(openssl x509 -in audit.pem -noout -serial)
	openssl x509 -in audit.pem -noout -dates -dateopt iso_8601 >dates.txt
	sha=$(openssl x509 -in audit.pem -outform der | sha256sum)
	{
		printf 'audit\t0x%x\t' "0x${serial#serial=}"
		sed -n 's/.*Before=//p' dates.txt | tr ' \n' 'T\t'
		sed -n 's/.*After=//p' dates.txt | tr ' \n' 'T\t'
		echo "${sha%% *}"
	} >want
	same want got
EOF

it 'keys come with what cfgrekey wants, orphans marked' <<-\EOF
	nssls --keys --columns nickname,state,key-type,key-size db >got
	printf '%s\n' "ca${tab}current${tab}ec${tab}256" \
	    "ocsp signing${tab}current${tab}ec${tab}384" \
	    "audit${tab}current${tab}ec${tab}521" \
	    "plain${tab}current${tab}rsa${tab}1024" \
	    "${tab}orphan${tab}ec${tab}256" >want
	same want got
	nssls --keys db | head -n 4 >list
	keyid list >ids
	test "$(wc -l <ids)" -eq 4
	grep -q "${tab}ocsp signing$" ids
EOF

it 'one nickname may have several certificates: the newest is current' <<-\EOF
	database sql renewed ''
	cert renewed same -k ec -q nistp256 -s CN=renewed -v 12 -w -1
	cert renewed same -k ec -q nistp256 -s CN=renewed -v 24
	test "$(nssls renewed | wc -l)" -eq 2
	lists_as_certutil renewed
	nssls --keys --columns state renewed >got
	printf '%s\n' superseded current >want
	same want got
EOF

it 'names beyond ASCII, with a colon, a quote or a backslash' <<-\EOF
	database sql names secret
	cert names 'Сертификат ЦС — пример' -k ec -q nistp256 -s CN=russian
	cert names 'with:colon' -k ec -q nistp256 -s CN=colon
	cert names 'say "hi" \ there' -k ec -q nistp256 -s CN=quoted
	lists_as_certutil names
	nssls --columns nickname names >got
	printf '%s\n' 'Сертификат ЦС — пример' with:colon \
	    'say "hi" \\ there' >want
	same want got
EOF

it 'a certificate without a key, and its record as JSON' <<-\EOF
	certutil -L -d db -n ca -a >ca.pem
	database sql roots ''
	certutil -A -d roots -n root -t C,C,C -i ca.pem
	lists_as_certutil roots
	nssls --json --columns nickname,trust,has-key roots >got
	echo '{"nickname":"root","trust":"C,C,C","has-key":"no"}' >want
	same want got
EOF

it 'the old kind of database is read, too' <<-\EOF
	database dbm old secret
	cert old ca -t CTu,Cu,Cu -g 1024
	cert old server -c ca -g 1024 -t u,u,u
	lists_as_certutil old
EOF

it 'where both kinds are, the new one is read and the other one named' <<-\EOF
	cp -R db both
	cp old/*.db both
	nssls --certutil both >got 2>err
	certutil -L -d sql:db >want
	same want got
	grep -q 'both: a database of the old kind' err
	nssls --certutil dbm:both >got
	certutil -L -d dbm:old >want
	same want got
EOF

it 'prefixes' <<-\EOF
	mkdir prefixed
	certutil -N -d sql:prefixed -P my- --empty-password
	certutil -S -d sql:prefixed -P my- -n x -s CN=x -x -t ,, -z noise \
	    -k ec -q nistp256 >out 2>&1
	nssls -P my- --columns nickname prefixed >got
	echo x >want
	same want got
	exits 2 nssls prefixed 2>err
	grep -q 'nssls: prefixed: no NSS database here' err
EOF

it 'an instance directory stands for its alias and password.conf' <<-\EOF
	mkdir -p instance/conf
	cp -R db instance/alias
	echo internal=secret >instance/conf/password.conf
	nssls instance >got
	nssls db >want
	same want got
	nssls --verify instance >got
	same want got
EOF

it 'not one byte or time of a database changes' <<-\EOF
	sha256sum db/* >sums
	touch -a -d '2020-01-01' db/*
	find db -mindepth 1 -printf '%p %A@ %T@ %C@ %s %i\n' | sort >want
	nssls db >got
	nssls --keys --verify -p db.pw db >got
	find db -mindepth 1 -printf '%p %A@ %T@ %C@ %s %i\n' | sort >got
	same want got
	sha256sum -c sums
EOF

if plain_build nssls
then
it 'no file there is opened for writing, none is made' <<-\EOF
	strace -f -o trace -e trace=%file nssls --verify -p db.pw db >got
	grep -q 'cert9.db' trace
	exits 1 grep -E 'db/[^"]*".*(O_RDWR|O_WRONLY|O_CREAT)' trace
EOF
fi

# DATABASE SQL: does somebody else keep us from that?
refused () {
	if sqlite3 "$1" "$2" >/dev/null 2>&1
	then
		return 1
	fi
}

it 'a directory that cannot be written, of which somebody writes a file' <<-\EOF
	cp -R db locked
	nssls db >want
	mkfifo hold
	sqlite3 locked/cert9.db '.timeout 600000' 'begin immediate' \
	    '.read hold' &
	exec 3>hold
	await refused locked/cert9.db 'begin immediate'
	chmod 500 locked
	nssls locked >got
	exec 3>&-
	wait
	chmod 700 locked
	same want got
EOF

if test -z "$SLOW"
then
it 'a server that holds it for good is told of' <<-\EOF
	sqlite3 locked/key4.db '.timeout 600000' 'begin exclusive' \
	    '.read hold' &
	exec 3>hold
	await refused locked/key4.db 'select * from nssPrivate'
	exits 2 nssls locked 2>err
	exec 3>&-
	wait
	grep -q 'nssls: locked/key4.db: locked: somebody has been writing' err
EOF
fi

it 'a journal that a crash left is not read over' <<-\EOF
	cp -R db crashed
	cat >crash.sql <<-\SQL
		pragma cache_spill=1;
		pragma cache_size=1;
		begin immediate;
		update nssPublic set a3 = randomblob(3000);
		.shell cp crashed/cert9.db-journal journal
		.shell cp crashed/cert9.db half
		rollback;
	SQL
	sqlite3 crashed/cert9.db <crash.sql
	test -s journal
	cp half crashed/cert9.db
	cp journal crashed/cert9.db-journal
	exits 2 nssls crashed >got 2>err
	test ! -s got
	grep -q 'crashed/cert9.db: its writer died half way' err
EOF

it 'what is no database, or of a kind that is not read, is one line' <<-\EOF
	mkdir junk other view
	echo junk >junk/cert9.db
	exits 2 nssls junk 2>err
	grep -q 'nssls: junk/cert9.db: not an SQLite database' err
	exits 2 nssls junk/cert9.db 2>err
	grep -q 'junk/cert9.db: not a directory' err
	exits 2 nssls multiaccess:app 2>err
	grep -q 'multiaccess:app: a database of a kind that is not read' err
	sqlite3 other/key4.db 'create table x (y)'
	exits 2 nssls other 2>err
	grep -q "other/key4.db: no table 'nssPrivate'" err
	sqlite3 view/cert9.db 'create view nssPublic as select 1 as id, 2 as a0'
	exits 2 nssls view 2>err
	grep -q "view/cert9.db: 'nssPublic' is no table" err
	cp -R db wal
	sqlite3 wal/key4.db 'pragma journal_mode=wal' >out
	exits 2 nssls wal 2>err
	grep -q 'wal/key4.db: somebody switched its write-ahead log on' err
EOF

it 'keys that may not be read leave the certificates listed' <<-\EOF
	root
	mkdir -m 755 open
	cp -R db open
	chmod 755 "$tap_home" "$tap_home/scratch" open/db
	chmod 644 open/db/cert9.db
	able 'another user' setpriv --reuid 65534 --clear-groups \
	    test -r open/db/cert9.db
	able 'the tool for another user' setpriv --reuid 65534 --clear-groups \
	    nssls --version
	setpriv --reuid 65534 --clear-groups nssls open/db >got 2>err
	test "$(wc -l <got)" -eq 4
	grep -q 'open/db/key4.db.: no keys: Permission denied' err
EOF

it 'what expires is named, with status 1' <<-\EOF
	database sql dates ''
	cert dates soon -k ec -q nistp256 -v 1
	cert dates gone -k ec -q nistp256 -w -20 -v 1
	cert dates later -k ec -q nistp256 -v 99
	exits 1 nssls --expires-within 60 --columns nickname,state dates \
	    >got 2>err
	printf '%s\n' "soon${tab}expiring" "gone${tab}expired" \
	    "later${tab}valid" >want
	same want got
	grep "^nssls: dates: 'soon' (serial 0x[0-9a-f]*) expires 20" err
	grep "^nssls: dates: 'gone' (serial 0x[0-9a-f]*) expired 20" err
	test "$(grep -c '^nssls' err)" -eq 2
	certutil -D -d dates -n gone
	certutil -D -d dates -n soon
	nssls --expires-within 60 dates >got
EOF

it 'trust flags that were changed without the password are found' <<-\EOF
	nssls --verify -p db.pw db >got
	cp -R db tampered
	sqlite3 tampered/cert9.db "update nssPublic set
	    ace536358 = x'ce534352' where ace536358 = x'ce53435a'"
	certutil -L -d tampered >shown
	grep -q '^plain .*C' shown
	exits 1 nssls --verify -p db.pw tampered >got 2>err
	grep -q "trust flags of 'plain': the signature is wrong" err
	test "$(grep -c '^nssls' err)" -eq 1
EOF

it 'a wrong password is wrong, an empty one needs no file' <<-\EOF
	echo wrong >wrong
	exits 2 nssls --verify -p wrong db 2>err >got
	grep -q "nssls: db: wrong password in 'wrong'" err
	test ! -s got
	exits 2 setsid nssls --verify db 2>err
	grep -q 'nssls: db: the keys want a password (-p FILE)' err
	nssls --verify renewed >got
	: >none
	nssls --verify -p none renewed >got
EOF

it 'passwords come from files of all kinds, and descriptors' <<-\EOF
	printf 'secret' >bare
	printf 'secret\r\n' >dos
	printf 'internaldb=other\ninternal = secret \n' >conf
	printf 'other:no\nNSS Certificate DB:secret\n' >token
	printf 'first\nsecret\n' >last
	for file in bare dos conf token last
	do
		nssls --verify -p $file db >got || exit 1
	done
	nssls --verify -f bare db >got
	nssls --verify -p - db >got <bare
	nssls --verify -p /dev/fd/3 db 3<bare >got
EOF

it 'in FIPS mode the token has another name' <<-\EOF
	database sql fips Secret.123
	cert fips ca -k ec -q nistp256
	cert fips 'with:colon' -k ec -q nistp256
	echo | modutil -dbdir sql:fips -fips true -force >out 2>&1
	lists_as_certutil fips
	grep -q 'NSS FIPS 140-2 Certificate DB:ca' got
EOF

it 'a module of another token is named' <<-\EOF
	cp -R db hsm
	printf '\nlibrary=/opt/hsm/lib.so\nname=Luna\n' >>hsm/pkcs11.txt
	nssls --keys hsm >got 2>err
	grep -q "keys on the token of 'Luna' (/opt/hsm/lib.so) are not" err
	nssls --keys db >got 2>err
	exits 1 grep 'on the token' err
EOF

tap_done
