#!/bin/sh
# SPDX-License-Identifier: MIT
# Two hosts that differ only in what the installer fills in: for each release
# and subsystem, from the table templates.tsv.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"

table=$tap_top/t/templates.tsv

# The same of another table.
render () {
	rm -rf one two
	mkdir one two
	awk -v one=one -v two=two -f "$tap_top/t/lib/templates.awk" "$1"
}

it 'renders every subsystem of every release' <<-\EOF
	render "$table"
	for release in $(sed -n 's/^# releases: //p' "$table")
	do
		for subsystem in ca kra ocsp tks
		do
			test -s "one/$release-$subsystem.cfg"
			test -s "two/$release-$subsystem.cfg"
		done
	done
	test -s one/10.1.2-tps.cfg
	test -s two/11.10.1-tps.cfg
	test -s one/11.10.1-est.cfg
	test -s one/10.0.7-ra.cfg
	test -s one/10.10.7-tpsclient.cfg
	test "$(ls one)" = "$(ls two)"
EOF

it 'cfgdiff finds no difference between the two hosts' <<-\EOF
	cfgdiff one two >got 2>err
	exits 1 test -s got
	grep -E 'host-specific keys left out: [0-9]+ range, .* host' err
EOF

it 'cfgmerge --all has nothing to bring from one to the other' <<-\EOF
	printf '# clonekit edits 1\n.\n' >want
	set +x
	for master in one/*.cfg
	do
		cfgmerge --all --from "$master" "two/${master#*/}" >got 2>err
		same want got
		same /dev/null err
	done
EOF

# Roles and ranges, which one template gives to both, are other findings.
it 'clonecheck finds no setting that differs or was not carried' <<-\EOF
	set -- one/*.cfg two/*.cfg
	for file
	do
		shift
		case $file in
		*-est.cfg | *-ra.cfg) ;; # no clones of these
		*) set -- "$@" "$file" ;;
		esac
	done
	status=0
	clonecheck --ignore=base-dn "$@" >got 2>err || status=$?
	same /dev/null err
	test "$status" -le 1
	grep -q ' two-crl-masters: ' got
	exits 1 grep -E ' (not-carried[a-z-]*|clone-only|release): ' got
EOF

it 'cfglint has no warning, but that the table names no certificates' <<-\EOF
	cfglint --ignore=nick-none one/*.cfg two/*.cfg >got || :
	exits 1 grep -v ': info: ' got
EOF

# NEWER OLDER: what a merge of two releases brings either way names neither
# the other host, nor its release.
merge_releases () {
	for way in "$1 $2" "$2 $1"
	do
		cfgmerge --all --from "one/${way% *}" "two/${way#* }" \
		    >>got 2>>err
	done
}

it 'nothing of the host or the release comes from another release' <<-\EOF
	rm -f got err
	set +x
	for subsystem in ca kra ocsp tks tps tpsclient
	do
		before=
		for release in $(sed -n 's/^# releases: //p' "$table")
		do
			now=$release-$subsystem.cfg
			test -e "one/$now" || continue
			test -z "$before" || merge_releases "$now" "$before"
			before=$now
		done
	done
	set -x
	grep -E '^[+](op|dbs)[.]' got
	exits 1 grep -E '^[+-].*(north|south|[12]80[0-9][0-9])' got
	exits 1 grep -E '^[+-](cms|cs)[.]' got
	test "$(grep -c 'belong to a release' err)" -eq "$(grep -c '^#' got)"
EOF

it 'a placeholder that it does not know fails, so that none is passed over' <<-\EOF
	printf '# releases: 9.0\nca\t9.0\t9.0\ta.b\t[NEW_ONE]\n' >table
	exits 2 render table 2>err
	grep NEW_ONE err
	printf '# releases: 9.0\nca\t9.0\t9.1\ta.b\tc\n' >table
	exits 2 render table 2>err
	grep 'not such releases' err
EOF

it 'a key of a host that is no such key to the tools is found' <<-\EOF
	printf '%s\nca\t11.3.1\t11.3.1\tsome.new.file\t[%s]/x\n' \
	    '# releases: 11.3.1 11.6.1' PKI_INSTANCE_PATH >table
	render table
	exits 1 cfgdiff one two >got 2>/dev/null
	grep '^+some.new.file=/srv/pki/south/x$' got
EOF

tap_done
