#!/bin/sh
# SPDX-License-Identifier: MIT
# Files that no one here wrote, where CLONEKIT_FIXTURES is a directory of them
# (make check FIXTURES=DIR): dogtag/STAGE/HOST/SUBSYSTEM-CS.cfg of a CA ca1,
# its clone ca2 and more.  In stage 1 ca2 was cloned, in stage 2 a KRA and an
# OCSP came, in stage 3 ca2 was given the connector by hand.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

edits >nothing
connector='ca.connector.KRA.'

# Copies: nothing here is to touch the files themselves.
it 'finds the files' <<-\EOF
	for file in "$CLONEKIT_FIXTURES"/dogtag/*/*/*CS.cfg
	do
		host=${file%/*}
		stage=${host%/*}
		stage=${stage##*/}
		cp "$file" "${stage%%-*}-${host##*/}-${file##*/}"
	done
	for file in 1-ca1 1-ca2 2-ca1 2-ca2 3-ca1 3-ca2
	do
		test -s $file-ca-CS.cfg
	done
	test "$(ls ./*CS.cfg | wc -l)" -ge 6
EOF

it 'makes each file of each other one, and back' <<-\EOF
	for old in *CS.cfg
	do
		for new in *CS.cfg
		do
			: "$old $new"
			exits 0 cfgdiff -a --edits --show-secrets $old $new >s
			exits 0 cfgpatch --force $old s >made
			exits 0 cfgdiff -a --show-secrets made $new >diff
			same nothing diff
			exits 0 cfgpatch -R --force made s >back
			same $old back
		done
	done
EOF

it 'and does so in one pipe' <<-\EOF
	cfgdiff -a --edits --show-secrets 1-ca1-ca-CS.cfg 3-ca2-ca-CS.cfg |
	    cfgpatch --force 1-ca1-ca-CS.cfg >made
	exits 0 cfgdiff -a made 3-ca2-ca-CS.cfg >diff
	same nothing diff
EOF

it 'a fresh clone differs in nothing but what must not travel' <<-\EOF
	gives 0 cfgdiff 1-ca1-ca-CS.cfg 1-ca2-ca-CS.cfg
	same nothing out
	grep '^cfgdiff: host-specific keys left out: ' err
	gives 1 cfgdiff -a 1-ca1-ca-CS.cfg 1-ca2-ca-CS.cfg
EOF

it 'later it lacks the connector and the publisher, and nothing else' <<-\EOF
	gives 1 cfgdiff 2-ca1-ca-CS.cfg 2-ca2-ca-CS.cfg
	sed -n '/^[-+]/{s/^\([-+][^=]*\)=.*/\1/;p}' out >lines
	grep -v -e "^-$connector" -e '^-ca\.publish\.' lines >others || :
	same /dev/null others
	grep "^-$connector" lines
	grep '^-ca\.publish\.publisher\.' lines
EOF

it 'the clone gets the connector that it was given by hand' <<-\EOF
	gives 0 cfgmerge --kra --from 2-ca1-ca-CS.cfg 2-ca2-ca-CS.cfg
	same /dev/null err
	cp out s
	grep '^[-+]' s >lines
	exits 1 grep -v "^+$connector" lines
	exits 0 cfgpatch 2-ca2-ca-CS.cfg s >merged
	gives 0 cfgdiff -p $connector merged 3-ca2-ca-CS.cfg
	same nothing out
	gives 0 cfgdiff -a -x $connector merged 2-ca2-ca-CS.cfg
	same nothing out
	gives 0 cfgmerge --kra --from 2-ca1-ca-CS.cfg merged
	same nothing out
	same /dev/null err
	gives 0 cfgmerge --kra --from 3-ca1-ca-CS.cfg 3-ca2-ca-CS.cfg
	same nothing out
EOF

it 'and its lines stand where the server would put it' <<-\EOF
	exits 0 cfgget -k -p $connector merged >got
	exits 0 cfgget -k -p $connector 3-ca2-ca-CS.cfg >want
	same want got
	exits 0 cfgget -k -p ca. merged >got
	LC_ALL=C sort got >want
	same want got
EOF

it 'merges all three ways, twice without a word' <<-\EOF
	gives 0 cfgmerge --all --show-secrets --base 1-ca1-ca-CS.cfg \
	    --from 2-ca1-ca-CS.cfg 2-ca2-ca-CS.cfg
	exits 0 cfgpatch 2-ca2-ca-CS.cfg out >merged
	gives 0 cfgdiff 2-ca1-ca-CS.cfg merged
	same nothing out
	gives 0 cfgmerge --all --show-secrets --base 1-ca1-ca-CS.cfg \
	    --from 2-ca1-ca-CS.cfg merged
	same nothing out
	same /dev/null err
EOF

tap_done
