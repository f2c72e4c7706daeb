#!/bin/sh
# SPDX-License-Identifier: MIT
# Databases of all makes: what certutil lists nssls lists, and what pk12util
# exports p12export does.  Here in a table in which each pair of values of two
# factors occurs, with LONG=1 all of them; 200 keys are of P-256 unless LONG.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317

# NSS waits for the disk after each certificate.
test ! -d /dev/shm || test ! -w /dev/shm || export TMPDIR=/dev/shm
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/nss.sh
. "$tap_top/t/lib/nss.sh"
# shellcheck source=lib/matrix.sh
. "$tap_top/t/lib/matrix.sh"

# kind, database password, keys, what is peculiar about one, how many
cat >table <<-\END
	sql secret rsa2048 orphan 1
	sql none rsa2048 chain-only 1
	sql secret rsa2048 non-ascii 1
	dbm none rsa2048 quoted 1
	dbm none rsa2048 renewed 5
	dbm none rsa3072 renewed 1
	sql none rsa3072 orphan 1
	sql secret rsa3072 chain-only 1
	dbm secret rsa3072 non-ascii 1
	sql none rsa3072 quoted 5
	dbm secret rsa4096 renewed 1
	sql none rsa4096 orphan 1
	dbm none rsa4096 chain-only 1
	sql secret rsa4096 quoted 1
	dbm secret rsa4096 non-ascii 5
	sql none p256 orphan 1
	sql none p256 orphan 5
	dbm secret p256 renewed 200
	dbm secret p256 orphan 200
	sql secret p256 chain-only 200
	dbm secret p256 non-ascii 200
	dbm none p256 quoted 200
	dbm secret p384 renewed 1
	sql none p384 chain-only 1
	sql secret p384 non-ascii 1
	dbm none p384 quoted 1
	dbm none p384 orphan 5
	sql none p521 renewed 1
	dbm secret p521 orphan 1
	sql none p521 non-ascii 1
	sql secret p521 quoted 1
	dbm secret p521 chain-only 5
END

for kind in sql dbm
do
	for password in secret none
	do
		for type in rsa2048 rsa3072 rsa4096 p256 p384 p521
		do
			for last in 'renewed 1' 'orphan 1' 'chain-only 1' \
			    'non-ascii 1' 'quoted 1' 'renewed 5' 'orphan 5' \
			    'chain-only 5' 'non-ascii 5' 'quoted 5' \
			    'renewed 200' 'orphan 200' 'chain-only 200' \
			    'non-ascii 200' 'quoted 200'
			do
				echo "$kind $password $type $last"
			done
		done
	done
done >all

it 'each pair of values is in the table, less 200 keys of other types' <<-\EOF
	test "$(sort -u all | wc -l)" -eq 360
	pairs all | grep -v -e '^3=rsa.* 5=200' -e '^3=p[35].* 5=200' >want
	test "$(wc -l <want)" -eq 118
	pairs table >got
	same want got
EOF

rows=table
test -z "$LONG" || rows=all
# Less of everything where a tool takes its time.
test -z "$SLOW" || { rows=few; grep -v ' 200$' table >few; }

echo Secret.123 >pw
before=
while read -r kind password type shape count
do
	# With LONG they are many, and no row comes back to them.
	test -z "$LONG" || test "$before" = "$kind $password $type $count" ||
	    rm -rf base-*
	before="$kind $password $type $count"
	row="$kind $password $type $shape $count"

	it "listed as by certutil: $row" <<-EOF
		rm -rf row
		make_row $row
		lists_as_certutil row
		ids_of row >got
		certutil_ids row >ids
		same ids got
		test "\$(wc -l <ids)" -ge $count
	EOF

	# Of 200, some: pk12util takes half a second for each.
	it "exported as by pk12util: $row" <<-EOF
		if test $count -gt 5 && test -z "$LONG"
		then
			grep -vx 'key-[0-9]*' nicknames >some
			printf '%s\n' key-1 key-199 >>some
			mv some nicknames
		fi
		exports all.p12 --superseded
		keys_in all.p12 >got
		golden
		test -s golden
		if test $count -le 5 || test -n "$LONG"
		then
			same golden got
		else
			comm -23 golden got >gone
			same /dev/null gone
		fi
		test "\$(wc -l <got)" -eq "\$(wc -l <ids)"
	EOF

	it "and imported by pk12util: $row" <<-EOF
		rm -rf new
		database sql new ''
		pk12util -i all.p12 -d sql:new -k new.pw -w pw
		certutil_ids new >got
		same ids got
		lists_as_certutil new
	EOF
done <$rows

it 'without --superseded, one key a nickname' <<-\EOF
	for kind in sql dbm
	do
		make_row $kind secret p256 renewed 5
		exports all.p12 --superseded
		exports new.p12
		keys_in all.p12 >all.keys
		keys_in new.p12 >new.keys
		comm -23 new.keys all.keys >others
		same /dev/null others
		test "$(wc -l <all.keys)" -eq 6
		test "$(wc -l <new.keys)" -eq 5
		p12ls -w pw --columns=nickname,not-after new.p12 >got
		test "$(grep -c '^key-1	' got)" -eq 1
		certutil -L -d $kind:row -n key-1 -a >key-1.pem
		openssl x509 -in key-1.pem -noout -enddate \
		    -dateopt iso_8601 | sed 's/.*=/key-1	/; s/ /T/' >want
		grep -Fxf want got
	done
EOF

tap_done
