#!/bin/sh
# Every recipe: a script that lints, a page, -h, and a wrong option is 2.
. "${0%/*}/tap.sh"

for page in "$tap_top"/share/recipes/*.1
do
	recipe=${page%.1}
	it "$(basename "$recipe") is clean sh, with a page and a synopsis" <<-EOF
		needs shellcheck
		needs mandoc
		shellcheck -S warning "$recipe"
		mandoc -T lint -W warning "$page"
		"$recipe" -h >out
		grep '^usage: $(basename "$recipe") ' out
		exits 2 "$recipe" --no-such-option 2>err
		grep '^usage: ' err
		exits 2 "$recipe" 2>err
		grep '^usage: ' err
	EOF
done

it 'each script has a page' <<-\EOF
	for f in "$tap_top"/share/recipes/*
	do
		case ${f##*/} in *.*) continue ;; esac
		test -e "$f.1"
	done
EOF

tap_done
