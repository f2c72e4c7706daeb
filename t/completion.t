#!/bin/sh
# SPDX-License-Identifier: MIT
# Bash completion comes from the tools' own option tables.
. "${0%/*}/tap.sh"

it 'completes every long option of every tool' <<-\EOF
	needs bash
	for source in "$tap_top"/src/*.c
	do
		tool=$(basename "$source" .c)
		"$tap_top/share/completion/make" "$(command -v "$tool")" >file
		"$tool" --help | sed -n 's/^  *\(-., \)*\(--[a-z0-9-]*\).*/\2/p' |
		    sort >want
		bash -c '. ./file; COMP_WORDS=($1 --); COMP_CWORD=1
		    _clonekit_$1; printf "%s\n" "${COMPREPLY[@]}"' x "$tool" |
		    sort >got
		same want got
	done
EOF

# complete_at WORD... - what comes for the last of the words
complete_at () {
	"$tap_top/share/completion/make" "$(command -v "$1")" >file
	bash -c '. ./file; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
	    complete -p "$1" >registered; _clonekit_$1
	    printf "%s\n" "${COMPREPLY[@]}"' x "$@"
}

it 'completes the rest of a word' <<-\EOF
	complete_at cfgset --in >got
	echo --in-place >want
	same want got
	grep -q _clonekit_cfgset registered
EOF

it 'completes files: operands, and the values of options' <<-\EOF
	: >some-CS.cfg
	: >'some other.cfg'
	printf '%s\n' 'some other.cfg' some-CS.cfg >want
	complete_at cfgset some | sort >got
	same want got
	complete_at cfgset -f some | sort >got
	same want got
	: as bash splits --file=some
	complete_at cfgset --file = some | sort >got
	same want got
	mkdir empty
	cd empty
	: >only
	complete_at cfgset --file = >got
	grep -qx only got
EOF

tap_done
