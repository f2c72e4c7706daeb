#!/bin/sh
# SPDX-License-Identifier: MIT
# Every recipe: a script that lints, a page, -h, and a wrong option is 2.
. "${0%/*}/tap.sh"

for page in "$tap_top"/share/recipes/*.1
do
	recipe=${page%.1}
	name=${recipe##*/}

	it "$name is clean sh" <<-EOF
		needs shellcheck
		shellcheck -x -P SCRIPTDIR -s sh "$recipe"
		grep -q '^set -eu\$' "$recipe"
	EOF

	it "$name has a clean page, with the options of the synopsis" <<-EOF
		needs mandoc
		mandoc -T lint -W warning "$page"
		"$recipe" -h >out
		grep -oE -e '[[{ ]--?[a-z-]+' out | tr -d '[{ ' | sort -u >want
		awk '/^\.It Fl/ { for (i = 2; i < NF; i++)
			if (\$i == "Fl") print "-" \$(i + 1) }' "$page" |
		    grep -vx -e -h -e --help -e --dry-run | sort -u >got
		test -s want
		same want got
	EOF

	it "$name says how it is called, and nothing else is 0" <<-EOF
		"$recipe" -h >out 2>err
		grep '^usage: $name ' out
		exits 1 test -s err
		exits 2 "$recipe" --no-such-option >out 2>err
		grep '^usage: $name ' err
		exits 1 test -s out
		exits 2 "$recipe" >out 2>err
		grep '^usage: $name ' err
		exits 1 test -s out
	EOF

	it "$name is trouble, not a refusal, without the tools" <<-EOF
		mkdir -p few state alias
		for tool in sh cat rm mkdir mktemp touch flock wc tail grep sed \\
		    awk dirname mv sync id tr
		do
			ln -sf "\$(command -v \$tool)" few/
		done
		for tool in logger certutil
		do
			printf '#!/bin/sh\\n' >few/\$tool
			chmod +x few/\$tool
		done
		echo a=b | tee other >file
		case $name in
		backup-keys) set -- -w file file new ;;
		config-sync) set -- --state state 'cat %s' file ;;
		kra-sync) set -- --master file file ;;
		new-clone) set -- -w file file b.p12 o.cfg ;;
		ocsp-swap) set -- file other ;;
		promote-clone) set -- --redirect h:1 file other ;;
		rekey-fix) set -- -d alias file ;;
		nightly-check) set -- -d state no-such-tool ;;
		verify-clone) set -- file file ;;
		esac
		PATH=\$PWD/few exits 2 "$recipe" "\$@" >out 2>err
		grep 'not found' err
		test "\$(cat file)" = a=b
	EOF
done

it 'each script has a page, and may be run' <<-\EOF
	for f in "$tap_top"/share/recipes/*
	do
		case ${f##*/} in *.*) continue ;; esac
		test -e "$f.1"
		test -x "$f"
	done
EOF

it 'the crontab line survives cron, and finds the tools' <<-\EOF
	file=$tap_top/share/recipes/config-sync.cron
	grep '^PATH=.*/usr/local/bin:.*/usr/bin' "$file"
	grep '^\*/10 \* \* \* \* root /.*/config-sync ' "$file"
	# To cron, a bare per cent sign ends the command.
	exits 1 grep '^[^#].*[^\\]%' "$file"
	sed -n 's/\\%/%/g; s|^.* root [^ ]*/config-sync |config-sync -n |p' \
	    "$file" >command
	sh -n command
EOF

it 'the systemd units are whole' <<-\EOF
	cd "$tap_top/share/recipes"
	grep '^Type=oneshot$' config-sync.service
	grep '^OnCalendar=' config-sync.timer
	grep '^WantedBy=timers.target$' config-sync.timer
	# To systemd, %s is the user's shell.
	exits 1 grep '[^%]%s' config-sync.service
EOF

tap_done
