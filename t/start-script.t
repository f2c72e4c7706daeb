#!/bin/sh
# SPDX-License-Identifier: MIT
# The server's start script, and the server, back up CS.cfg too, under names
# of their own: neither side touches the other's [dogtag 1.1].
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

start=$tap_top/t/lib/start-script
export start

# archiving: go to a new directory with a CS.cfg that is archived
# shellcheck disable=SC2317 # called in the bodies
archiving () {
	fresh
	printf '%s\n' a=1 archive.configuration_file=true b=2 c=3 >first
	sed 's/a=1/a=9/' first >second
	mkdir ca
	cp -p CS.cfg ca
	cp first ca/CS.cfg
}

# As the server writes it: in place, sorted.
# shellcheck disable=SC2317
commit () {
	sort "$1/CS.cfg" >sorted
	cat sorted >"$1/CS.cfg"
}

it 'undoes an edit that the start script has archived' <<-\EOF
	archiving
	exits 0 "$start" ca
	exits 0 cfgpatch -i ca/CS.cfg ../edits
	exits 0 "$start" ca
	test "$(ls ca/archives | wc -l)" -eq 2
	test "$(readlink ca/CS.cfg.bak)" = \
	    "$PWD/ca/archives/$(ls ca/archives | tail -n 1)"
	same second ca/CS.cfg.bak
	test ! -e ca/CS.cfg.bak.saved
	exits 0 cfgpatch --undo ca/CS.cfg
	same first ca/CS.cfg
	same second ca/CS.cfg.bak
	exits 0 "$start" ca
	same first ca/CS.cfg.bak
	exits 0 cfgpatch --undo ca/CS.cfg
	same second ca/CS.cfg
EOF

it 'undoes it where the start script only copies, too' <<-\EOF
	archiving
	sed -i s/true/false/ first second ca/CS.cfg
	exits 0 "$start" ca
	exits 0 cfgpatch -i ca/CS.cfg ../edits
	exits 0 "$start" ca
	same second ca/CS.cfg.bak
	same first ca/CS.cfg.bak~
	exits 0 cfgpatch --undo ca/CS.cfg
	same first ca/CS.cfg
	exits 0 "$start" ca
	same first ca/CS.cfg.bak
	exits 0 cfgpatch --undo ca/CS.cfg
	same second ca/CS.cfg
EOF

it 'keeps a backup whole when the server writes CS.cfg in place' <<-\EOF
	archiving
	printf '%s\n' c=3 a=1 b=2 >first
	cp first ca/CS.cfg
	exits 0 cfgpatch -i ca/CS.cfg ../edits
	commit ca
	exits 0 cfgpatch --undo ca/CS.cfg
	same first ca/CS.cfg
	commit ca
	cp ca/CS.cfg first.sorted
	exits 0 cfgset -i ca/CS.cfg b=3
	commit ca
	exits 0 cfgpatch --undo ca/CS.cfg
	same first.sorted ca/CS.cfg
EOF

it 'starts with whatever a killed edit left' <<-\EOF
	needs strace
	archiving
	exits 0 "$start" ca
	for call in fsync linkat renameat2
	do
		ASAN_OPTIONS=detect_leaks=0 exits 137 strace -o trace \
		    -e trace=$call -e inject=$call:signal=SIGKILL:when=1 \
		    cfgpatch -i ca/CS.cfg ../edits
		exits 0 "$start" ca
		same first ca/CS.cfg
		same first ca/CS.cfg.bak
	done
	test "$(ls ca/archives | wc -l)" -eq 1
	exits 0 cfgpatch -i ca/CS.cfg ../edits
	exits 0 "$start" ca
	same second ca/CS.cfg.bak
EOF

it "touches none of the server's files, and takes none for a backup" <<-\EOF
	archiving
	exits 0 "$start" ca
	cp first ca/CS.cfg.1795239582000
	cp first ca/CS.cfg.1795239583000
	cp first ca/CS.cfg.bak.20261121053000
	cp first ca/CS.cfg.bak.saved
	ls -Al --time-style=full-iso ca/*[!g] ca/archives >before
	exits 2 cfgpatch --undo ca/CS.cfg
	for i in 1 2 3 4 5 6 7 8
	do
		exits 0 cfgset -i ca/CS.cfg b=1$i
	done
	ls -Al --time-style=full-iso ca/*[!gZ] ca/archives >after
	same before after
	exits 0 cfgpatch --undo ca/CS.cfg
	grep '^b=17$' ca/CS.cfg
EOF

it 'uses no name that the server or its start script may use' <<-\EOF
	archiving
	exits 0 cfgpatch -i ca/CS.cfg ../edits
	ls -A ca | grep -v '^CS\.cfg$' >names
	test "$(wc -l <names)" -eq 1
	exits 1 grep -x -e 'CS\.cfg\.[0-9]*' -e 'CS\.cfg\.bak.*' \
	    -e 'archives.*' names
EOF

it 'leaves the start script nothing to refuse' <<-\EOF
	archiving
	: >ca/CS.cfg
	exits 1 "$start" ca
	cp first ca/CS.cfg
	touch ca/CS.cfg.bak.saved
	exits 1 "$start" ca
	rm ca/CS.cfg.bak.saved
	ln -s nowhere ca/CS.cfg.bak
	exits 1 "$start" ca
	rm ca/CS.cfg.bak
	for i in 1 2 3
	do
		exits 0 cfgset -i ca/CS.cfg b=1$i
		exits 0 cfgpatch --undo ca/CS.cfg
		exits 0 "$start" ca
	done
EOF

tap_done
