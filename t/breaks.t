#!/bin/sh
# SPDX-License-Identifier: MIT
# Planted faults by the tools: what t/unit/breaks.c finds in its own process,
# cfglint, clonecheck and rangels print, with the status that goes with it.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

breaks=$(dirname "$(program cfglint)")/obj/t/unit/breaks.t
table=$tap_top/t/breaks

# row TABLE CODE: the number of the first line that plants it
row () {
	grep -n "^$2	" "$table/$1.tsv" | head -n 1 | cut -d : -f 1
}

# planted TABLE CODE: its files in this directory
planted () {
	planted_row=$(row "$1" "$2")
	(cd "$tap_top" && "$breaks" "t/breaks/$1.tsv" "$planted_row" \
	    "$OLDPWD") >printed
	grep '^ok 1 - ' printed
	level=$(sed -n "${planted_row}p" "$table/$1.tsv" | cut -f 2)
}

# printed CODE STATUS: by the tool, in ./out
tool_prints () {
	grep ": $level: $1: " out
	case $level in
	info) test "$2" -eq 0 || grep -E ': (warning|error): ' out ;;
	*) test "$2" -eq 1 ;;
	esac
}

for code in read-colon bool-value crl-npe range-digits conn-hosts cert-expired
do
	it "cfglint finds $code" <<-EOF
		planted file $code
		status=0
		cfglint good >out || status=\$?
		tool_prints $code "\$status"
	EOF
done

for code in ds-same two-crl-masters connector-missing range-overlap nickname
do
	it "clonecheck finds $code" <<-EOF
		planted group $code
		status=0
		clonecheck m c >out || status=\$?
		tool_prints $code "\$status"
	EOF
done

for code in plan-no-clone plan-uri-form plan-security
do
	it "clonecheck --override finds $code" <<-EOF
		planted plan $code
		status=0
		clonecheck --override plan m >out || status=\$?
		tool_prints $code "\$status"
	EOF
done

for code in range-overlap range-conflict replica-id-twice
do
	it "rangels finds $code" <<-EOF
		planted ranges $code
		status=0
		rangels --findings ca1 ca2 ds >out || status=\$?
		tool_prints $code "\$status"
	EOF
done

it 'a table that plants nothing, or a row that changes nothing, fails' <<-\EOF
	mkdir -p t/breaks
	cp "$table"/* t/breaks
	for bad in 'bool-value	error	good:cs.state	-	cs.state=0' \
	    'cs-state	info	good:cs.state	-	cs.state=0' \
	    'cs-state	warning	good:cs.type	-	cs.state=0' \
	    'cs-state	warning	good:cs.state	-	-no.such.key' \
	    '-	good	cs.state=0'
	do
		{
			sed '/^-$/q' "$table/file.tsv"
			printf '%s\n' "$bad"
		} >t/breaks/file.tsv
		: >t/breaks/group.tsv
		: >t/breaks/plan.tsv
		: >t/breaks/ranges.tsv
		exits 1 "$breaks" >printed
		grep -E '^(not ok 2|Bail out)' printed
	done
	: >t/breaks/file.tsv
	exits 1 "$breaks"
EOF

tap_done
