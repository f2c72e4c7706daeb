#!/bin/sh
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

it 'completes the rest of a word, and files' <<-\EOF
	"$tap_top/share/completion/make" "$(command -v cfgset)" >file
	bash -c '. ./file; COMP_WORDS=(cfgset --in); COMP_CWORD=1
	    _clonekit_cfgset; printf "%s\n" "${COMPREPLY[@]}"' >got
	echo --in-place >want
	same want got
	: >some-CS.cfg
	bash -c '. ./file; COMP_WORDS=(cfgset some); COMP_CWORD=1
	    _clonekit_cfgset; printf "%s\n" "${COMPREPLY[@]}"' >got
	echo some-CS.cfg >want
	same want got
EOF

tap_done
