#!/bin/sh
# SPDX-License-Identifier: MIT
# The demo shows what it says; the sample is what it is made out to be.
. "${0%/*}/tap.sh"

# shellcheck disable=SC2034 # bodies use it
sample=$tap_top/share/sample

it 'passes its own checks' <<-\EOF
	mkdir tmp
	ls -lR "$sample" "$tap_top/share/demo" >before
	TMPDIR=$PWD/tmp "$tap_top/share/demo/run" >out 2>err
	exits 1 test -s err
	tail -n 1 out >got
	echo 'demo: all checks passed' >want
	same want got
	exits 1 grep '^not ok' out
	test "$(grep -c '^ok: ' out)" -eq 13
EOF

it 'fits three screens, and prints each command before its output' <<-\EOF
	test "$(wc -l <out)" -le 120
	exits 1 grep '.\{80\}' out
	test "$(grep -c '^\$ ' out)" -eq 13
	grep -m1 -A1 '^\$ keyid certutil-K.txt | cfgrekey -i' out >got
	tail -n 1 got >last
	echo '# clonekit edits 1' >want
	same want last
EOF

it 'cleans up after itself' <<-\EOF
	test -z "$(ls tmp)"
	exits 1 pgrep -f "$PWD/tmp"
	ls -lR "$sample" "$tap_top/share/demo" >after
	same before after
EOF

used='keyid cfgget cfgrekey cfgrole cfgdiff cfgmerge cfgpatch nssls p12export
    p12check p12ls ldapcmp clonecheck rangels'

# NAME: a set of tools of which one is a script, from standard input.
with () {
	mkdir -p bad
	rm -f bad/*
	for tool in $used
	do
		ln -s "$(command -v $tool)" bad/$tool
	done
	rm bad/"$1"
	{ echo '#!/bin/sh'; cat; } >bad/"$1"
	# Recipes of the real one use the real tools.
	cat >bad/clonekit <<-END
	#!/bin/sh
	recipe=\$1
	shift
	exec "$tap_top/share/recipes/\$recipe" "\$@"
	END
	chmod +x bad/"$1" bad/clonekit
}

notices () {
	exits 1 env TOOLS="$PWD/bad" "$tap_top/share/demo/run" >out 2>err
	exits 1 grep 'all checks passed' out
}

it 'notices when a tool does nothing' <<-\EOF
	test -z "$SLOW" || used='cfgmerge cfgpatch'
	for tool in $used
	do
		with $tool <<-END
			exit 0
		END
		notices
	done
EOF

it 'notices a wrong ID, and one byte too many' <<-\EOF
	real=$(command -v keyid)
	with keyid <<-END
		$real "\$@" | sed s/6006094a/6006094b/
	END
	notices
	grep '^not ok: the master has the IDs' out
	real=$(command -v cfgpatch)
	with cfgpatch <<-END
		$real "\$@" || exit
		case \$* in -i*) echo >>clone/conf/ca/CS.cfg ;; esac
	END
	notices
	grep '^not ok: and nothing else changed' out
EOF

it 'does without what was not built, and says so' <<-\EOF
	with p12export </dev/null
	rm bad/p12export bad/p12check
	# Others of them may be installed.
	for tool in sh cat awk cp cmp date dirname fold grep id mkdir mktemp rm \
	    sed sort tee
	do
		ln -s "$(command -v $tool)" bad/$tool
	done
	TOOLS=$PWD/bad PATH=$PWD/bad "$tap_top/share/demo/run" >out 2>err
	grep '^Left out: p12export and p12check were not built\.$' out
	test "$(grep -c '^ok: ' out)" -eq 11
EOF

it 'has a key database of what master.cfg names' <<-\EOF
	cfgget -p 'ca.cert.*.nickname' "$sample/master.cfg" | sort >want
	nssls --columns nickname "$sample/nssdb" | sort >got
	same want got
	nssls --columns state,has-key "$sample/nssdb" | sort -u >got
	printf 'valid\tyes\n' >want
	same want got
	echo Secret.123 >pw
	nssls --verify -p pw "$sample/nssdb" >out
EOF

it 'has a sample of the size of a real file, made by its script' <<-\EOF
	mkdir sample
	cp "$sample/make" "$sample/families" sample/
	sample/make
	for f in master.cfg clone.cfg certutil-K.txt
	do
		same "$sample/$f" sample/$f
	done
	for f in master clone
	do
		test "$(wc -c <sample/$f.cfg)" -gt 80000
		test "$(wc -l <sample/$f.cfg)" -gt 1050
	done
EOF

it 'has a sample in the order and form of the server' <<-\EOF
	for f in master clone
	do
		sort -c -t= -k1,1 "$sample/$f.cfg"
		sed 's/ *=.*//' "$sample/$f.cfg" | sort | uniq -d >twice
		exits 1 test -s twice
		exits 1 grep -v '^[!-<>-~]* *=' "$sample/$f.cfg"
	done
	# The manual's spelling of IDs, for the clone is a copy.
	grep '^cloning\..*privkey\.id' "$sample/master.cfg" >want
	grep '^cloning\..*privkey\.id' "$sample/clone.cfg" >got
	same want got
	test "$(wc -l <want)" -eq 5
	test "$(grep -c ' =' want)" -eq 4
EOF

it 'has a pair that differs by the connector, but for its own' <<-\EOF
	exits 1 cfgdiff "$sample/clone.cfg" "$sample/master.cfg" >out 2>err
	test "$(grep -c '^+ca.connector.KRA\.' out)" -eq 8
	test "$(wc -l <out)" -eq 10
	for class in role range identity host comment
	do
		grep "[1-9][0-9]* $class" err
	done
	test "$(cfgget ca.listenToCloneModifications "$sample/master.cfg")" = \
	    true
	test "$(cfgget subsystem.select "$sample/clone.cfg")" = Clone
EOF

it 'has a transport certificate that is one' <<-\EOF
	needs openssl
	cfgget ca.connector.KRA.transportCert "$sample/master.cfg" >text
	openssl base64 -d -A -in text -out der
	openssl x509 -inform DER -in der -noout -subject >got
	grep 'KRA Transport Certificate' got
EOF

tap_done
