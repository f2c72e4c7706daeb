#!/bin/sh
# The demo of the README shows what it says, quickly.
. "${0%/*}/tap.sh"

it 'ends with all as it must be, in under five seconds' <<-\EOF
	start=$(date +%s)
	"$tap_top/share/demo/run" >out
	tail -n 1 out >got
	echo 'demo: all as it must be' >want
	same want got
	! grep '^not ok' out
	test $(($(date +%s) - start)) -le "${SLOW:+60}${SLOW:-5}"
EOF

it 'notices when a tool is wrong' <<-\EOF
	mkdir bad
	cp "$tap_top"/bin/* bad/ 2>/dev/null || :
	printf '#!/bin/sh\nexit 0\n' >bad/cfgmerge
	exits 1 env TOOLS="$PWD/bad" "$tap_top/share/demo/run" >out 2>err
EOF

it 'is of the size of a real file, and made by its script' <<-\EOF
	mkdir sample
	cp "$tap_top/share/sample/make" sample/
	sample/make
	for f in master.cfg clone.cfg certutil-K.txt
	do
		same "$tap_top/share/sample/$f" sample/$f
	done
	test "$(wc -c <sample/master.cfg)" -gt 70000
EOF

tap_done
