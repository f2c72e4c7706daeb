#!/bin/sh
# SPDX-License-Identifier: MIT
# Bash completion comes from the tools' own option tables.
. "${0%/*}/tap.sh"

# complete_at WORD... - what comes for the last of the words
complete_at () {
	"$tap_top/share/completion/make" "$(command -v "$1")" >file
	bash -c '. ./file; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
	    complete -p "$1" >registered; _clonekit_$1
	    printf "%s\n" "${COMPREPLY[@]}"' x "$@"
}

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

it 'completes recipes after clonekit, and the options of each' <<-\EOF
	needs bash
	complete_at clonekit '' >got
	clonekit | sed -n 's/^  clonekit \([a-z-]*\) .*/\1/p' | same - got
	grep -x promote-clone got
	complete_at clonekit ro >got
	echo '' | same - got
	complete_at clonekit re >got
	echo rekey-fix | same - got
	while read -r recipe
	do
		case $recipe in *.*) continue ;; esac
		"$tap_top/share/recipes/$recipe" --help |
		    sed -n '/^Example/q; s/^  *\(-., \)*\(--[a-z0-9-]*\).*/\2/p' |
		    sort >want
		test -s want
		complete_at clonekit $recipe -- | sort >got
		same want got
	done <<-END
	$(ls "$tap_top/share/recipes")
	END
	complete_at clonekit new-clone --ca >got
	echo --ca-cert | same - got
	: >some-CS.cfg
	complete_at clonekit new-clone some >got
	echo some-CS.cfg | same - got
	complete_at clonekit --ver >got
	echo --version | same - got
EOF

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
