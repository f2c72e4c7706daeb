#!/bin/sh
# SPDX-License-Identifier: MIT
# Every recipe: a script that lints, a page, --help, and a wrong command line
# is 2.  t/clonekit.t is about what runs them.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

recipes=$(cd "$tap_top/share/recipes" && echo * | tr ' ' '\n' | grep -v '\.')

for name in $recipes
do
	recipe=$tap_top/share/recipes/$name
	page=$tap_top/man1/clonekit-$name.1

	it "$name is clean sh" <<-EOF
		needs shellcheck
		shellcheck -x -P SCRIPTDIR -s sh "$recipe"
		grep -q '^set -eu\$' "$recipe"
	EOF

	it "$name: --help, the page and the synopsis have the same options" <<-EOF
		clonekit $name --help >help
		sed -n '/^Example/q; s/^  *\(-., \)*--\([a-z0-9-]*\).*/\2/p' help |
		    sort >want
		test -s want
		sed -n '/^\.It Fl/s/.*Fl -\([a-z0-9-]*\).*/\1/p' "$page" |
		    sort >got
		same want got
		sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/.*Fl -\([a-z-]*\).*/\1/p' \
		    "$page" | sort -u >synopsis
		exits 1 grep -vx -F -f want synopsis
	EOF

	it "$name: --help is data and whole, a wrong command line one line" <<-EOF
		for help in -h --help
		do
			clonekit $name \$help >out 2>err
			grep "^Usage: clonekit $name " out
			grep '^Status: 0 \|^Status: that of' out
			grep '^Example' out
			tail -n 1 out >last
			echo "Manual page: clonekit-$name(1); overview:" \
			    'clonekit(1).' | same - last
			exits 1 test -s err
			exits 1 grep '.\{81\}' out
		done
		for wrong in --no-such-option -q '' --help=x
		do
			gives 2 clonekit $name \$wrong
			test "\$(wc -l <err)" -eq 1
			grep '^$name: .* (see --help)\$' err
			exits 1 test -s out
		done
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
		config-sync) set -- --state state --fetch 'cat %s' file ;;
		kra-sync) set -- --from file file ;;
		new-clone) set -- -w file file b.p12 o.cfg ;;
		ocsp-swap) set -- file other ;;
		promote-clone) set -- --redirect h:1 file other ;;
		rekey-fix) set -- -d alias file ;;
		nightly-check) set -- --state state no-such-tool ;;
		verify-clone) set -- file file ;;
		esac
		PATH=\$PWD/few exits 2 "$recipe" "\$@" >out 2>err
		grep 'not found' err
		test "\$(cat file)" = a=b
	EOF
done

it 'options are given in the ways of the tools' <<-\EOF
	echo a=b >file
	for way in '-wpw' '-w pw' '--password-file=pw' '--password-file pw'
	do
		exits 2 clonekit backup-keys $way file x.p12 2>err
		grep "^backup-keys: not a regular file: 'pw'" err
		exits 2 clonekit backup-keys $way -- file x.p12 2>err
		grep "^backup-keys: not a regular file: 'pw'" err
	done
	for way in -w --password-file --force=yes --w=pw --f
	do
		exits 2 clonekit backup-keys file x.p12 $way 2>err
		exits 2 clonekit backup-keys $way 2>err
		grep "^backup-keys: -.* (see --help)" err
	done
EOF

it 'a check of nightly-check can be a recipe' <<-\EOF
	exits 0 clonekit nightly-check --state "$PWD/night" rekey-fix --help >out
	grep 'Usage: clonekit rekey-fix' out
	ls night | grep -x rekey-fix
EOF

it 'the crontab line survives cron, and finds the tools' <<-\EOF
	file=$tap_top/share/recipes/config-sync.cron
	grep '^PATH=.*/usr/local/bin:.*/usr/bin' "$file"
	grep '^\*/10 \* \* \* \* root clonekit config-sync ' "$file"
	# To cron, a bare per cent sign ends the command.
	exits 1 grep '^[^#].*[^\\]%' "$file"
	sed -n "s/\\\\%/%/g; s|.* root \(clonekit config-sync\) |\1 -n --state $PWD/c |
	    s|'ssh [^ ]* cat|'cat|; s|/var/lib/[^ ]*|CS.cfg|p" "$file" >command
	echo a=b >CS.cfg
	sh ./command 2>err
	grep 'first run' err
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
