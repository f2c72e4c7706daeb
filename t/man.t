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

# What a page, an option or a finding is not to say, and what it says instead:
# PKCS#12 file, fix, prints, error, absent, no longer, differs, removed.
it 'pages, --help and findings are in plain words' <<-\EOF
	cat >words <<-END
	\\b[Bb]undles?\\b
	\\b[Mm]ends?\\b
	\\b(is|are) (said|told)\\b
	\\b[Tt]ells? of\\b
	\\b[Tt]rouble\\b
	([^e]|[^r]e) is none\\b
	\\b(is|are) not there\\b
	\\bno more\\b
	\\blives as long\\b
	\\b[Nn]obody answers\\b
	\\bis not as in\\b
	\\bdies of\\b
	\\bby right\\b
	\\bnone the worse\\b
	\\bto go by it\\b
	\\bkept account of\\b
	\\bkeys that stay\\b
	END
	test "$(wc -l <words)" -eq 17
	for source in "$tap_top"/src/*.c
	do
		tool=$(basename "$source" .c)
		"$tool" --help >"$tool.help"
	done
	test "$(wc -l <clonekit.help)" -gt 10
	exits 1 grep -nE -f words "$tap_top"/man1/*.1 ./*.help \
	    "$tap_top/share/lists/findings" "$tap_top"/[A-Z]*.md \
	    "$tap_top/INSTALL"
	echo 'the bundle is not there' >bad
	exits 0 grep -qE -f words bad
EOF

it 'apropos finds the pages by what people look for' <<-\EOF
	for page in "$tap_top"/man1/*.1
	do
		echo "$(basename "$page" .1) $(sed -n 's/^\.Nd //p' "$page")"
	done >names
	while read -r word pages
	do
		grep -i "$word" names | cut -d ' ' -f 1 >found
		for page in $pages
		do
			grep -x "$page" found
		done
	done <<-END
	dogtag cfgrole clonecheck nssls p12export rangels replls
	serial rangels rangefix
	CRL crlls cfgrole clonekit-promote-clone
	KRA cfgkra cfgmerge clonekit-kra-sync
	PKCS#12 p12export p12ls p12check clonekit-backup-keys
	replica rangels replls
	clone clonecfg clonecheck clonekit-new-clone p12check
	OCSP ocspcmp clonekit-ocsp-swap
	certutil keyid asowner
	re-key cfgrekey clonekit-rekey-fix clonekit
	END
EOF

it 'every tool has a test' <<-\EOF
	for source in "$tap_top"/src/*.c
	do
		test -e "$tap_top/t/$(basename "$source" .c).t"
	done
EOF

tap_done
