#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck: the key databases of a pair, and certutil's listings of them.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"

pair 2>/dev/null

# known DIR CERT NICKNAME TRUST [nokey]
known () {
	test -d "$1" || {
		mkdir "$1"
		certutil -N -d "sql:$1" --empty-password
	}
	if test -z "$5"
	then
		openssl pkcs12 -export -in "../$2.pem" -inkey "../$6sub.key" \
		    -name "$3" -passout pass:x -out known.p12
		pk12util -i known.p12 -d "sql:$1" -W x
		certutil -M -d "sql:$1" -n "$3" -t "$4"
	else
		certutil -A -d "sql:$1" -n "$3" -t "$4" -i "../$2.pem"
	fi
}

# differs CODE LEVEL: as databases, as listings, and as both.
differs () {
	gives 1 clonecheck --db ma --peer-db ca m c
	cat out
	grep "^ca: $2: $1: " out
	test "$(grep -vc ': info: ' out)" -eq 1
	certutil -L -d sql:ca >l
	certutil -K -d sql:ca >>l || :
	certutil -L -d sql:ma >ml
	certutil -K -d sql:ma >>ml || :
}
sub=$(cfgget ca.subsystem.nickname m)

it 'cert-missing, key-missing: of databases and of listings' <<-\EOF
	needs certutil
	needs pk12util
	mkdir d1
	cd d1
	grep -v privkey.id ../m >m
	grep -v privkey.id ../c >c
	known ma sub1 "$sub" u,u,u
	mkdir ca
	certutil -N -d sql:ca --empty-password
	differs cert-missing error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: cert-missing: ' out
	known ca sub1 "$sub" , nokey
	differs key-missing error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: key-missing: ' out
EOF

it 'cert-trust, cert-renewed, cert-rekeyed: of real certificates' <<-\EOF
	mkdir d2
	cd d2
	grep -v privkey.id ../m >m
	grep -v privkey.id ../c >c
	known ma sub1 "$sub" u,u,u
	cp -R ma ca
	gives 0 clonecheck --db ma --peer-db ca m c
	certutil -M -d sql:ca -n "$sub" -t ,,P
	differs cert-trust warning
	gives 1 clonecheck --db ml --peer-db l m c
	grep "^l: warning: cert-trust: .*'u,u,Pu', and 'u,u,u' in ml" out
	rm -r ca
	known ca sub2 "$sub" u,u,u
	differs cert-renewed error
	grep "'$sub' has the serial number 0x2, and 0x1 in ma: renewed on one side only" out
	gives 0 clonecheck --db ml --peer-db l m c
	rm -r ca
	cp ../other.key ../xsub.key
	known ca sub3 "$sub" u,u,u '' x
	differs cert-rekeyed error
	gives 1 clonecheck --db ml --peer-db l m c
	grep '^l: error: cert-rekeyed: ' out
	gives 1 clonecheck --db ma --peer-db l m c
	grep '^l: error: cert-rekeyed: ' out
EOF

it 'key-id: of a re-keyed database, with the command that mends it' <<-\EOF
	mkdir d3
	cd d3
	grep -v privkey.id ../m >m
	cp m c
	known ma sub1 "$sub" u,u,u
	nssls --keys ma >ids
	change m "cloning.subsystem.privkey.id=$(keyid ids | cut -f 1)"
	gives 0 clonecheck --db ma m
	test ! -s out
	change m cloning.subsystem.privkey.id=1
	gives 1 clonecheck --db ma m
	grep '^m:[0-9]*: error: key-id: ' out
	grep ': nssls --keys ma | cfgrekey -i m$' out
	nssls --keys ma | cfgrekey -i --force m >edits
	gives 0 clonecheck --db ma m
EOF

tap_done
