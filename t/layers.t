#!/bin/sh
# SPDX-License-Identifier: MIT
# lib/README is the map of the library; the code must fit it.
. "${0%/*}/tap.sh"

cd "$tap_top/lib" && awk '/^------/ { on = 1; next } on' README \
    >"$tap_home/scratch/map" && cd "$tap_home/scratch" || exit 1

it 'the map and the directories list the same modules' <<-\EOF
	cut -f1 map | sort >want
	(cd "$tap_top/lib" && echo */*.h) | tr ' ' '\n' | sed 's/\.h$//' |
	    sort >got
	same want got
EOF

it 'no module includes one below it on the map' <<-\EOF
	cd "$tap_top/lib"
	grep '^#include "' */*.[ch] | sed 's/\.[ch]:#include "/ /; s/\.h"//' \
	    >"$OLDPWD/includes"
	cd "$OLDPWD"
	test -s includes
	awk 'NR == FNR { rank[$1] = NR; next }
	     !($2 in rank) { print $1 " includes " $2 ", not on the map"
		bad = 1 }
	     rank[$2] > rank[$1] { print $1 " includes " $2; bad = 1 }
	     END { exit bad }' map includes
EOF

it 'each room stands together, above the rooms that it may use' <<-\EOF
	cut -d / -f 1 map | uniq >rooms
	printf '%s\n' util key cfg dir check | grep -Fxf rooms >want
	same want rooms
	test -z "$(cut -f 1 map | sort | uniq -d)"
	exits 1 grep -Ev "^[a-z]+/[a-z0-9]+	([a-z].*|-)	." map
EOF

it 'cfg and dir do not know each other, and util knows nobody' <<-\EOF
	test -s includes
	awk '{ split($1, from, "/"); split($2, to, "/") }
	     from[1] == "util" && to[1] != "util" ||
	     from[1] == "key" && to[1] !~ /^(util|key)$/ ||
	     from[1] == "cfg" && to[1] == "dir" ||
	     from[1] == "dir" && to[1] == "cfg" { print; bad = 1 }
	     END { exit bad }' includes
EOF

it 'each third-party header is where the map says' <<-\EOF
	for header in popt.h gmp.h json-c/ openssl/ sqlite3.h libxml/ ldap.h \
	    cmocka.h
	do
		awk -F '\t' -v h="$header" '
		    index(" " $2 " ", " " h " ") { print $1 }' map |
		    sort >want
		(cd "$tap_top/lib" && grep -l "^#include <$header" */*.[ch] ||
		    :) | sed 's/\.[ch]$//' | sort -u >got
		same want got || exit 1
	done
EOF

it 'tools share through lib only: src has no headers' <<-\EOF
	test -z "$(find "$tap_top/src" -name '*.h')"
EOF

it 'tools know third-party libraries through lib only' <<-\EOF
	exits 1 grep -nE '^#include <(popt|gmp|json-c|openssl|sqlite3|libxml|ldap|cmocka)' \
	    "$tap_top"/src/*.c
EOF

it 'no aliases of the user are read: ~/.popt could exec anything' <<-\EOF
	exits 1 grep -n 'poptReadDefaultConfig *(context' "$tap_top"/src/*.c \
	    "$tap_top"/lib/*/*.c
EOF

tap_done
