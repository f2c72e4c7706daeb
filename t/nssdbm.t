#!/bin/sh
# SPDX-License-Identifier: MIT
# Databases of the old kind (dbm:), made by certutil, are listed as it lists
# them; damaged ones are refused, and none is read for ever.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/nss.sh
. "$tap_top/t/lib/nss.sh"

# batch DIR - certutil's commands on stdin, less -d
batch () {
	sed "s/\$/ -d dbm:$1/" >commands
	certutil -B -i commands -d "dbm:$1" >batch.out 2>&1 ||
	    { cat batch.out; return 1; }
	exits 1 grep -i error batch.out
}

# nick I - one of 300 nicknames, of up to 350 letters
nick () {
	printf "n$1-%0$(($1 % 50 * 7))d" 0
}

# import DIR NICKNAME NAME [OPTION...] - a certificate without a key, by openssl
import () {
	import_dir=$1 import_nick=$2 import_name=$3
	shift 3
	test -e other.key ||
	    openssl ecparam -genkey -name prime256v1 -noout -out other.key
	openssl req -x509 -key other.key -subj "/CN=$import_name" \
	    -out other.pem "$@"
	certutil -A -d "dbm:$import_dir" -n "$import_nick" -t C,, -i other.pem
}

# refused DIR - or whole: nssls lists DIR as ./whole has it, or else
# says in one line which file of it is wrong, and nothing else
refused () {
	refused_got=0
	timeout 600 nssls "dbm:$1" >refused.out 2>refused.err || refused_got=$?
	if test "$refused_got" -eq 0 && cmp -s whole refused.out
	then
		return 0
	fi
	test "$refused_got" -eq 2
	test ! -s refused.out
	test "$(wc -l <refused.err)" -eq 1
	grep -q "^nssls: \(cannot open '\)\?$1/" refused.err
}

it 'an empty database is an empty list, with and without a password' <<-\EOF
	database dbm empty ''
	lists_as_certutil empty
	database dbm secret Secret.123
	lists_as_certutil secret
EOF

it 'many certificates, over many pages, are in the order of certutil' <<-\EOF
	database dbm db Secret.123
	cert db ca -k ec -q nistp256 -t CTu,Cu,Cu
	for i in $(seq 300)
	do
		echo "-S -n $(nick $i) -s CN=$i,O=Example -c ca -t u,u,u" \
		    "-k ec -q nistp256 -z noise -f db.pw -m $((1000 + i))"
	done | batch db
	test "$(certutil -L -d dbm:db | grep -c u,u,u)" -eq 300
	test "$(stat -c %s db/cert8.db)" -gt 250000
	lists_as_certutil db
EOF

it 'and after deletions, renewals and changes of trust' <<-\EOF
	{
		for i in $(seq 1 3 300)
		do
			echo "-D -n $(nick $i)"
		done
		for i in $(seq 2 9 300)
		do
			echo "-M -n $(nick $i) -t CT,c,P"
		done
		for i in $(seq 3 9 300)
		do
			echo "-F -n $(nick $i) -f db.pw"
		done
	} | batch db
	for days in 30 60
	do
		import db renewed Renewed -days $days -set_serial $days
	done
	test "$(certutil -L -d dbm:db | grep -c ^renewed)" -eq 2
	test "$(certutil -K -d dbm:db -f db.pw | grep -c orphan)" -ge 100
	lists_as_certutil db
EOF

it 'names: colons, blanks, UTF-8' <<-\EOF
	import db 'a: b' Colon -days 30
	import db 'Prüfstelle für Ärzte' Umlaut -days 30
	import db ' blanks  in it ' Blanks -days 30
	lists_as_certutil db
EOF

it 'keys of all kinds' <<-\EOF
	database dbm kinds ''
	cert kinds rsa -g 2048
	cert kinds p384 -k ec -q nistp384
	cert kinds p521 -k ec -q nistp521
	cert kinds dsa -k dsa
	certutil -G -d dbm:kinds -k dsa -z noise >out 2>&1
	certutil -G -d dbm:kinds -k rsa -g 1024 -z noise >out 2>&1
	lists_as_certutil kinds
	test "$(grep -c ' dsa ' want)" -eq 2
	test -z "$LONG" || cert kinds huge -g 8192
	lists_as_certutil kinds
EOF

# The issuer is in the record's name.  More than one such certificate, and
# libdbm sometimes writes what certutil reads in part and we refuse.
it 'a record that fills pages of its own' <<-\EOF
	database dbm large ''
	cert large ca -k ec -q nistp256 -t CTu,Cu,Cu
	name=$(awk 'BEGIN {
		for (i = 0; i < 85; i++)
			printf "/OU=%060d", i
	}')
	import large long "Long$name" -days 30
	test "$(certutil -L -d dbm:large | grep -c ^long)" -eq 1
	lists_as_certutil large
EOF

# large_cert COUNT - what makes openssl write one of COUNT * 10 KB
large_cert () {
	printf '%s\n' '[req]' distinguished_name=d x509_extensions=e '[d]' '[e]'
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			printf "1.2.3.%d=ASN1:OCT:", i + 4
			for (j = 0; j < 10000; j++)
				printf "x"
			print ""
		}
	}'
}

it 'certificates too large for cert8.db are in files of their own' <<-\EOF
	for tens in 2 4 11
	do
		large_cert $tens >large.cnf
		import large large$tens Large$tens -config large.cnf -days 30
	done
	test "$(find large/cert8.dir -type f | wc -l)" -eq 3
	lists_as_certutil large
	nssls --columns nickname,sha256 dbm:large | grep '^large11' >got
	test "$(wc -c <other.pem)" -gt 140000
	sha=$(openssl x509 -in other.pem -outform der | sha256sum)
	printf 'large11\t%s\n' "${sha%% *}" >want
	same want got
EOF

it 'nothing in the directory changes, no time of access either' <<-\EOF
	touch -a -d '2001-01-01' large/* large/cert8.dir/*
	find large -type f -exec stat -c '%n %s %a %x %y %z' {} + >want
	stat -c '%n %a %y %z' large large/cert8.dir >>want
	nssls dbm:large >listing
	nssls --keys dbm:large >out
	find large -type f -exec stat -c '%n %s %a %x %y %z' {} + >got
	stat -c '%n %a %y %z' large large/cert8.dir >>got
	same want got
	test -s listing
EOF

# cut_file DIR FILE SIZE... - a copy of DIR, with FILE cut to each size in turn
cut_file () {
	cut_dir=$1 cut_name=$2
	shift 2
	nssls "dbm:$cut_dir" >whole
	rm -rf cut
	cp -r "$cut_dir" cut
	for cut_at
	do
		head -c "$cut_at" "$cut_dir/$cut_name" >"cut/$cut_name"
		refused cut
		test "$refused_got" -eq 0 || echo "$cut_at" >>refused.cuts
	done
}

it 'a file that is cut short is never listed in part' <<-\EOF
	for dir in db large
	do
		size=$(stat -c %s $dir/cert8.db)
		cut_file $dir cert8.db 0 1 259 260 16383 16384 16385 \
		    $(seq 20000 40009 $size) $(seq 32768 65536 $size) \
		    $((size - 1))
		size=$(stat -c %s $dir/key3.db)
		cut_file $dir key3.db 0 1 259 260 4095 4096 \
		    $(seq 5000 7001 $size) $((size - 1))
	done
	test "$(wc -l <refused.cuts)" -ge 50
EOF

# turn_over DIR FILE OFFSET... - a copy of DIR, in FILE of which one byte is 255
turn_over () {
	turn_dir=$1 turn_name=$2
	shift 2
	rm -rf turned
	cp -r "$turn_dir" turned
	for turn_at
	do
		cp "$turn_dir/$turn_name" turned
		printf '\377' | dd of="turned/$turn_name" bs=1 \
		    seek="$turn_at" conv=notrunc 2>/dev/null
		turn_got=0
		timeout 600 nssls dbm:turned >out 2>err || turn_got=$?
		test "$turn_got" -eq 0 || test "$turn_got" -eq 2
		test "$turn_got" -eq 0 || grep -q '^nssls: .*turned' err
	done
}

it 'a file with bytes turned over is read or refused' <<-\EOF
	for dir in db large
	do
		for file in cert8.db key3.db
		do
			turn_over $dir $file $(seq 0 3 100) \
			    $(seq 4096 4096 80000) \
			    $(seq 16386 16384 $(stat -c %s $dir/$file))
		done
	done
EOF

it 'a chain of pages that goes round is refused' <<-\EOF
	mkdir round
	cp -r db/. round
	# Each page of the file says: it goes on at the first overflow page.
	size=$(stat -c %s db/cert8.db)
	for at in $(seq 16384 16384 $((size - 1)))
	do
		printf '\002\000\001\000\000\000' |
		    dd of=round/cert8.db bs=1 seek=$at conv=notrunc 2>/dev/null
	done
	gives 2 timeout 600 nssls dbm:round
	same /dev/null out
	grep '^nssls: round/cert8.db: damaged: page [0-9]*: ' err
EOF

it 'large certificates are not looked for elsewhere' <<-\EOF
	mkdir away
	cp -r large/. away
	name=$(ls away/cert8.dir | head -n 1)
	mv "away/cert8.dir/$name" elsewhere
	gives 2 nssls dbm:away
	echo "nssls: cannot open 'away/cert8.dir/$name':" \
	    "No such file or directory" >want
	same want err
	ln -s ../../elsewhere "away/cert8.dir/$name"
	gives 2 nssls dbm:away
	echo "nssls: 'away/cert8.dir/$name' is not a regular file" >want
	same want err
	rm "away/cert8.dir/$name"
	mkfifo "away/cert8.dir/$name"
	gives 2 timeout 600 nssls dbm:away
	same want err
	rm -r away/cert8.dir
	gives 2 nssls dbm:away
	same /dev/null out
EOF

it 'without key3.db there are certificates, without cert8.db keys' <<-\EOF
	mkdir half
	cp -r large/cert8.db large/cert8.dir half
	gives 0 nssls --columns nickname dbm:half
	nssls --columns nickname dbm:large >want
	same want out
	rm -r half/*
	cp large/key3.db half
	nssls --keys --columns key-id,key-type dbm:half >got
	nssls --keys --columns key-id,key-type dbm:large >want
	same want got
	gives 0 nssls dbm:half
	same /dev/null out
EOF

it 'while certutil writes, each listing is one that was true, or none' <<-\EOF
	database dbm busy ''
	cert busy one -k ec -q nistp256 -t ,,
	(
		for i in $(seq 60)
		do
			certutil -M -d dbm:busy -n one -t C,,
			certutil -M -d dbm:busy -n one -t ,,
		done
		touch written
	) &
	printf 'one\tu,u,u\n' >a
	printf 'one\tCu,u,u\n' >b
	while test ! -e written
	do
		got=0
		nssls --columns nickname,trust dbm:busy >got 2>err || got=$?
		case $got in
		0)	cmp -s a got || same b got ;;
		*)	test $got -eq 2
			test ! -s got
			grep '^nssls: busy/' err ;;
		esac
	done
	wait
	lists_as_certutil busy
EOF

tap_done
