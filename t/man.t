#!/bin/sh
# SPDX-License-Identifier: MIT
# Every tool has a manual page, and the page tells the truth.
. "${0%/*}/tap.sh"

# options_of PAGE: the long names of those that it explains
options_of () {
	sed -n '/^\.It Fl/s/.*Fl -\([a-z0-9-]*\).*/\1/p' "$1" | sort
}

for page in "$tap_top"/man1/*.1
do
	tool=$(basename "$page" .1)

	it "$tool: the page is clean mdoc" <<-EOF
		needs mandoc
		mandoc -T lint -W warning "$page"
	EOF

	test -e "$tap_top/src/$tool.c" || continue

	it "$tool: page and --help have the same options" <<-EOF
		options_of "$page" >page
		$tool --help >help
		sed -n 's|^  *\(-., \)*--*\([a-z0-9][a-z0-9-]\{1,\}\).*|\2|p' help |
		    sort >want
		test -s want
		# What clonekit(1) explains for all need not be explained again.
		case $tool in
		clonekit) grep -Fx -f want page >got ;;
		*)
			options_of "$tap_top/man1/clonekit.1" | grep -Fx -f want |
			    cat page - | sort -u >got
			grep -x '\.Xr clonekit 1.*' "$page"
			;;
		esac
		same want got
	EOF

	it "$tool: the examples do what the page says" <<-EOF
		mkdir -p $tool
		cd $tool
		test ! -d "$tap_top/share/sample" ||
			cp -R "$tap_top"/share/sample/* .
		awk '/^\.Sh/ { here = \$2 == "EXAMPLES" }
		     /^\.Bd/ { lit = here; next }  /^\.Ed/ { lit = 0; go = 0 }
		     !lit { next }
		     { gsub(/\\\\e/, "\\\\"); gsub(/\\\\&/, "") }
		     /^\\$ / { print substr(\$0, 3) >"run"; go = /\\\\$/; next }
		     go || /^> / { sub(/^> /, ""); print >"run"
			go = /\\\\$/; next }
		     { print >"want" }' "$page"
		test -s run
		test -e want || : >want
		sh -e ./run >got 2>err || { cat got err; exit 1; }
		same want got
	EOF
done

it 'each tool and recipe has a page, and only two other pages exist' <<-\EOF
	{
		echo clonekit-edits
		echo clonekit-findings
		for recipe in "$tap_top"/share/recipes/*
		do
			case ${recipe##*/} in
			*.*) ;;
			*) echo "clonekit-${recipe##*/}" ;;
			esac
		done
		for source in "$tap_top"/src/*.c
		do
			basename "$source" .c
		done
	} | sort >want
	for page in "$tap_top"/man1/*.1
	do
		basename "$page" .1
	done | sort >got
	same want got
EOF

it 'every tool has a test' <<-\EOF
	for source in "$tap_top"/src/*.c
	do
		test -e "$tap_top/t/$(basename "$source" .c).t"
	done
EOF

tap_done
