#!/bin/sh
# SPDX-License-Identifier: MIT
# nightly-check: from cron, only what changed.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/await.sh
. "$tap_top/t/lib/await.sh"
PATH=$tap_top/share/recipes:$PWD:$PATH

cat >a-check <<-\END
	#!/bin/sh
	cat says
	echo "$1" >&2
	exit "$(cat status)"
END
chmod +x a-check
printf 'one\ntwo\n' >says
echo 1 >status

it 'prints all the first time, then nothing while nothing changes' <<-\EOF
	gives 1 nightly-check --state nights a-check x
	printf '%s\n' one two x \
	    "nightly-check: 'a-check': first run, status 1" | same - out
	gives 1 nightly-check --state nights a-check x
	exits 1 test -s out
	exits 1 test -s err
	printf 'two\none\n' >says
	gives 1 nightly-check --state nights a-check x
	exits 1 test -s out
	test "$(stat -c %a nights/a-check)" = 600
EOF

it 'prints what came and went, and the status when that changed' <<-\EOF
	printf 'two\nthree\n' >says
	gives 1 nightly-check --state nights a-check x
	printf '%s\n' "nightly-check: 'a-check': changes (< before, > now):" \
	    '< one' '> three' | same - out
	: >says
	echo 0 >status
	gives 0 nightly-check --state nights a-check x
	grep -qx '< status 1' out
	grep -qx '> status 0' out
	gives 0 nightly-check --state nights a-check x
	exits 1 test -s out
EOF

it 'never grows silent over trouble, or a check that is not there' <<-\EOF
	echo 77 >status
	gives 2 nightly-check --state nights a-check x
	test -s out
	gives 2 nightly-check --state nights a-check x
	grep -q "'a-check': still fails, status 77" out
	gives 2 nightly-check --state nights no-such-check
	grep -q 'no-such-check: not found' err
EOF

it 'keeps checks apart by name, and runs one at a time' <<-\EOF
	echo 0 >status
	gives 0 nightly-check --state nights --name other a-check x
	grep -q 'first run' out
	gives 2 nightly-check --state nights --name ../other a-check x
	mkfifo hold
	printf '#!/bin/sh\necho >started\ntimeout 600 cat hold\n' >a-check
	nightly-check --state nights --name other a-check >first &
	await test -e started
	gives 2 nightly-check --state nights --name other a-check
	grep -q 'another run holds' err
	echo >hold
	wait
EOF

tap_done
