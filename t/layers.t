#!/bin/sh
# SPDX-License-Identifier: MIT
# lib/README has the layers, each folder's README its files; the code must fit
# them.
. "${0%/*}/tap.sh"

it "each folder's README has a line for each of its files" <<-\EOF
	cd "$tap_top/lib"
	test -s README
	for folder in */
	do
		folder=${folder%/}
		awk 'NR > 2 { print $1 }' $folder/README | sort \
		    >"$OLDPWD/want"
		(cd $folder && echo *.[ch]) | tr ' ' '\n' | sed 's/\..$//' |
		    sort -u >"$OLDPWD/got"
		(cd "$OLDPWD" && same want got)
		exits 1 awk 'NR > 2 && NF < 2 { bad = 1 }
		    END { exit !bad }' $folder/README
	done
EOF

it 'lib/README names each folder, the highest first' <<-\EOF
	awk '/^    src / { on = 1 } !NF && on { exit }
	    on && /^    [a-z]/ { print $1 }' "$tap_top/lib/README" >order
	printf '%s\n' src check pki dir cfg nss p12 pbe x509 asn1 util |
	    same - order
	(cd "$tap_top/lib" && echo src */) | tr ' ' '\n' | tr -d / | sort >got
	sort order | same - got
EOF

it 'a folder includes only the folders below it' <<-\EOF
	(cd "$tap_top/lib" && grep '^#include "' */*.[ch]) |
	    sed 's/\.[ch]:#include "/ /; s/\.h"//' >includes
	test -s includes
	awk 'NR == FNR { rank[$1] = NR; next }
	     { split($1, from, "/"); split($2, to, "/")
	       if (!(to[1] in rank) || rank[to[1]] < rank[from[1]] ||
	           from[1] == "util" && to[1] != "util" ||
	           from[1] == "cfg" && to[1] !~ /^(cfg|util)$/ ||
	           from[1] == "dir" && to[1] !~ /^(dir|x509|asn1|util)$/) {
	               print $1 " includes " $2; bad = 1 } }
	     END { exit bad }' order includes
EOF

it 'no two files include each other' <<-\EOF
	test -s includes
	tsort includes >/dev/null 2>loops
	same loops /dev/null
EOF

it 'each third-party header is included where lib/README says' <<-\EOF
	cd "$tap_top/lib"
	for header in popt.h json-c/ libxml/ gmp.h sqlite3.h ldap.h
	do
		awk -v h="$header" '$1 == h { on = 1; $1 = "" }
		    on && !NF { exit }
		    on && $1 ~ /^[a-z0-9-]+(\.h|\/)$/ { exit }
		    on { for (i = 1; i <= NF; i++)
		        if ($i ~ /\//) print $i }' README |
		    sort >"$OLDPWD/want"
		(grep -l "^#include <$header" */*.[ch] || :) |
		    sed 's/\.[ch]$//' | sort -u >"$OLDPWD/got"
		(cd "$OLDPWD" && test -s want && same want got) || exit 1
	done
	grep -l '^#include <openssl/' */*.[ch] | sed 's,/.*,,' | sort -u \
	    >"$OLDPWD/got"
	cd "$OLDPWD"
	grep '^    openssl/ ' "$tap_top/lib/README" | grep -oE '[a-z0-9]+' |
	    grep -vE '^(openssl|crypto|and)$' | sort >want
	same want got
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
