#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgmerge: what travels from a master to a clone, and what never does.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

edits >nothing

# -- families ---------------------------------------------------------------

it 'wants to be told what to merge, and from where' <<-\EOF
	echo a=1 >master
	echo a=2 >clone
	refuses 2 --from master clone
	echo 'cfgmerge: one of --crl, --kra, --prefix and --all is required' \
	    '(see --help)' >want
	same want err
	refuses 2 --all clone
	echo 'cfgmerge: --from MASTER is required (see --help)' >want
	same want err
	refuses 2 --all --from master
	refuses 2 --all --from master clone clone
	refuses 2 --all --from master --prefer both clone
	echo "cfgmerge: --prefer: not master or clone: 'both' (see --help)" \
	    >want
	same want err
EOF

it 'takes issuing points with --crl and nothing else' <<-\EOF
	printf '%s\n' ca.crl.A.class=c ca.crl.A.autoUpdateInterval=240 \
	    ca.crl.pageSize=100 ca.crlx=1 log.level=3 >master
	printf '%s\n' ca.crl.A.class=c ca.crl.A.autoUpdateInterval=60 \
	    ca.crl.mine=1 ca.crlx=2 log.level=1 >clone
	edits -ca.crl.A.autoUpdateInterval=60 \
	    +ca.crl.A.autoUpdateInterval=240 +ca.crl.pageSize=100 >want
	merges want --crl --from master clone
EOF

it 'takes keys by prefix and by pattern, given as often as need be' <<-\EOF
	printf '%s=1\n' a.b a.c b.b c.b d >master
	: >clone
	edits +a.b=1 +a.c=1 +d=1 >want
	merges want -p a. -p d --from master clone
	edits +a.b=1 +b.b=1 +c.b=1 >want
	merges want -p '*.b' --from master clone
	merges nothing -p nosuch --from master clone
EOF

it 'takes all that may travel with --all; what only the clone has stays' <<-\EOF
	printf '%s\n' both=1 changed=2 master.only=3 >master
	printf '%s\n' both=1 changed=1 clone.only=4 >clone
	edits -changed=1 +changed=2 +master.only=3 >want
	merges want --all --from master clone
	exits 0 cfgpatch clone want >merged
	merges nothing --all --from master merged
EOF

it 'spells a line as the master does' <<-\EOF
	printf '%s\n' 'a = 1\' '  2' 'b:3' >master
	printf '%s\n' a=0 >clone
	edits -a=0 '+a = 1\' '+  2' +b:3 >want
	merges want --all --from master clone
EOF

it 'goes by the last of several lines, on both sides' <<-\EOF
	printf '%s\n' a=1 a=2 >master
	printf '%s\n' a=2 a=1 >clone
	edits -a=1 +a=2 >want
	merges want --all --from master clone
	printf '%s\n' a=9 a=2 >clone
	merges nothing --all --from master clone
EOF

it 'reads one of the files from standard input, and not two' <<-\EOF
	echo a=1 >master
	echo a=2 >clone
	edits -a=2 +a=1 >want
	merges want --all --from - clone <master
	merges want --all --from master - <clone
	for two in '--from - -' '--from - --base - clone' \
	    '--from master --base - -'
	do
		refuses 2 --all $two <master
		echo 'cfgmerge: only one file can be standard input' \
		    '(see --help)' >message
		same message err
	done
EOF

it 'hides the values of secrets unless asked' <<-\EOF
	echo internaldb.ldapauth.password=new >master
	echo internaldb.ldapauth.password=old >clone
	edits '*internaldb.ldapauth.password' >want
	merges want --all --from master clone
	edits -internaldb.ldapauth.password=old \
	    +internaldb.ldapauth.password=new >want
	merges want --all --show-secrets --from master clone
EOF

it 'turns down what it cannot read, and loses no output' <<-\EOF
	echo a=1 >master
	echo a=2 >clone
	refuses 2 --all --from missing clone
	grep "^cfgmerge: cannot open 'missing': No such file" err
	refuses 2 --all --from master missing
	refuses 2 --all --from master --base missing clone
	printf 'a=1\0\n' >nul
	refuses 2 --all --from nul clone
	grep '^cfgmerge: nul:1: NUL byte' err
	refuses 2 --all --from master --rules missing clone
	exits 2 cfgmerge --all --from master clone >/dev/full
EOF

# -- what stays ------------------------------------------------------------

# Each pattern of the table that has such a class, made a key.
awk -F '\t' '!/^#/ && NF > 3 { sub(/,.*/, "", $4); print $4, $1 }' \
    "$tap_top/share/lists/settings" |
    grep -E '^(comment|host|identity|range|role) ' |
    sed 's/\*\*/x.y/g; s/\*/x/g; s/#/7/g; s/?/z/g' >stay

it 'knows of keys that stay in each class' <<-\EOF
	cut -d' ' -f1 stay | sort -u >got
	printf '%s\n' comment host identity range role >want
	same want got
	test "$(wc -l <stay)" -ge 80
EOF

it 'leaves each of those keys as the clone has it' <<-\EOF
	while read -r class key
	do
		printf '%s=master\nz.travels=1\n' "$key" >master
		printf '%s=clone\n' "$key" >clone
		edits +z.travels=1 >want
		merges want --all -p "$key" --crl --kra --from master clone
		: >clone
		merges want --all --from master clone
	done <stay
EOF

it 'leaves them also when only the master changed them' <<-\EOF
	while read -r class key
	do
		printf '%s=1\n' "$key" >base
		printf '%s=2\n' "$key" >master
		merges nothing --all --from master --base base base
		merges nothing --all --from /dev/null --base base base
	done <stay
EOF

it 'keeps those of a site, and lets go of what a site lifts' <<-\EOF
	printf '%s\n' site.own=2 proxy.securePort=2 >master
	printf '%s\n' site.own=1 proxy.securePort=1 >clone
	printf '%s\n' '# ours' 'host site.*' 'travels proxy.*' >keys
	edits -proxy.securePort=1 +proxy.securePort=2 >want
	merges want --all --rules keys --from master clone
	echo 'hots site.*' >keys
	refuses 2 --all --rules keys --from master clone
	echo "cfgmerge: keys:1: not 'CLASS PATTERN [REMARK]': 'hots site.*'" \
	    >want
	same want err
EOF

# -- three ways ------------------------------------------------------------

# side FILE VALUE: a file where k is that, or not there (0)
side () {
	if test "$2" -eq 0
	then
		: >"$1"
	else
		echo "k=$2" >"$1"
	fi
}

# outcome BASE MASTER CLONE: what k is then, or "conflict"
outcome () {
	if test "$2" -eq "$3" || test "$1" -eq "$2"
	then
		echo "$3"
	elif test "$1" -eq "$3"
	then
		echo "$2"
	else
		echo conflict
	fi
}

it 'takes what the master changed since, for all 64 combinations' <<-\EOF
	for case in 0 1 2 3
	do
		printf "$case %s\n" 0\ 0 0\ 1 0\ 2 0\ 3 1\ 0 1\ 1 1\ 2 1\ 3 \
		    2\ 0 2\ 1 2\ 2 2\ 3 3\ 0 3\ 1 3\ 2 3\ 3
	done >cases
	test "$(wc -l <cases)" -eq 64
	while read -r b m c
	do
		side base $b
		side master $m
		side clone $c
		want=$(outcome $b $m $c)
		if test "$want" = conflict
		then
			refuses 1 -p k --from master --base base clone
			test "$(wc -l <err)" -eq 1
			grep "conflict: 'k' was .* on the master and" err
			merges nothing -p k --from master --base base \
			    --prefer clone clone
			set -- --prefer master
			want=$m
		else
			set --
		fi
		exits 0 cfgmerge "$@" -p k --from master --base base clone \
		    >script
		exits 0 cfgpatch clone script >merged
		side want "$want"
		same want merged
	done <cases
EOF

it 'lists every conflict by file and line, and prints no edits' <<-\EOF
	printf '%s\n' a=1 b=1 c=1 d=1 >base
	printf '%s\n' a=2 b=2 c=2 >master
	printf '%s\n' '# mine' a=3 c=1 d=4 >clone
	refuses 1 --all --from master --base base clone
	cat >want <<-\END
	cfgmerge: clone:2: conflict: 'a' was '1', is '2' on the master and '3' here (--prefer master or clone)
	cfgmerge: master:2: conflict: 'b' was '1', is '2' on the master and not there here (--prefer master or clone)
	cfgmerge: clone:4: conflict: 'd' was '1', is not there on the master and '4' here (--prefer master or clone)
	END
	same want err
	edits -a=3 +a=2 +b=2 -c=1 +c=2 -d=4 >want
	merges want --all --from master --base base --prefer master clone
	edits -c=1 +c=2 >want
	merges want --all --from master --base base --prefer clone clone
EOF

it 'does not show a secret in a conflict' <<-\EOF
	echo internaldb.ldapauth.password=sesame1 >base
	echo internaldb.ldapauth.password=sesame2 >master
	echo internaldb.ldapauth.password=sesame3 >clone
	refuses 1 --all --from master --base base clone
	exits 1 grep sesame err
EOF

it 'takes every line of a key away that the master deleted' <<-\EOF
	echo a=2 >base
	: >master
	printf '%s\n' a=1 a=2 >clone
	edits -a=1 -a=2 >want
	merges want --all --from master --base base clone
EOF

# -- issuing points ----------------------------------------------------------

point='ca.crl.New.class=c
ca.crl.New.description=d
ca.crl.New.enable=true
ca.crl.New.enableCRLCache=true
ca.crl.New.enableCRLUpdates=true'
on='ca.crl.MasterCRL.class=c
ca.crl.MasterCRL.description=d
ca.crl.MasterCRL.enable=true
ca.crl.MasterCRL.enableCRLUpdates='

it 'gives a clone that makes no CRLs a new point that makes none' <<-\EOF
	printf '%s\n' "${on}true" "$point" >master
	printf '%s\n' "${on}false" >clone
	edits +ca.crl.New.class=c +ca.crl.New.description=d \
	    +ca.crl.New.enable=true +ca.crl.New.enableCRLCache=false \
	    +ca.crl.New.enableCRLUpdates=false >want
	gives 0 cfgmerge --crl --from master clone
	same want out
	echo "cfgmerge: clone: issuing point 'New' is new here, with" \
	    'enableCRLCache and enableCRLUpdates false: this CA makes no CRLs' \
	    >message
	same message err
	exits 0 cfgpatch clone out >merged
	merges nothing --crl --from master merged
	sed 's/MasterCRL.enable=true/MasterCRL.enable=FALSE/
	     s/Updates=false/Updates=true/' clone >off
	gives 0 cfgmerge --crl --from master off
	same want out
EOF

it 'says so even where the master has no word on it: the default is true' <<-\EOF
	printf '%s\n' ca.crl.New.class=c ca.crl.New.description=d >master
	echo a=1 >clone
	edits +ca.crl.New.class=c +ca.crl.New.description=d \
	    +ca.crl.New.enableCRLCache=false \
	    +ca.crl.New.enableCRLUpdates=false >want
	gives 0 cfgmerge --crl --from master clone
	same want out
EOF

it 'gives one that makes CRLs the point as it is' <<-\EOF
	printf '%s\n' "${on}true" "$point" >master
	for flag in TRUE true ''
	do
		printf '%s\n' "${on}$flag" >clone
		edits +ca.crl.New.class=c +ca.crl.New.description=d \
		    +ca.crl.New.enable=true +ca.crl.New.enableCRLCache=true \
		    +ca.crl.New.enableCRLUpdates=true >want
		merges want --crl --from master clone
	done
EOF

it 'has one edit of a flag that a site lets travel' <<-\EOF
	printf '%s\n' "$point" >master
	: >clone
	echo 'travels ca.crl.*.enableCRLUpdates' >keys
	gives 0 cfgmerge --crl --rules keys --from master clone
	edits +ca.crl.New.class=c +ca.crl.New.description=d \
	    +ca.crl.New.enable=true +ca.crl.New.enableCRLCache=false \
	    +ca.crl.New.enableCRLUpdates=true >want
	same want out
EOF

it 'takes a point away whole: what was left would keep a CA from starting' <<-\EOF
	printf '%s\n' "$point" a=1 >base
	echo a=1 >master
	printf '%s\n' a=1 "$point" ca.crl.New.own=1 ca.crl.Newer.own=1 >clone
	edits -ca.crl.New.class=c -ca.crl.New.description=d \
	    -ca.crl.New.enable=true -ca.crl.New.enableCRLCache=true \
	    -ca.crl.New.enableCRLUpdates=true -ca.crl.New.own=1 >want
	merges want --crl --from master --base base clone
EOF

it 'does not bring parts of a point that the clone let go of' <<-\EOF
	printf '%s\n' "$point" >base
	printf '%s\n' "$point" ca.crl.New.added=1 >master
	sed -i s/=d/=e/ master
	echo a=1 >clone
	merges nothing --crl --from master --base base clone
	gives 0 cfgmerge --crl --from master --base base --prefer master \
	    clone
	edits +ca.crl.New.added=1 +ca.crl.New.class=c \
	    +ca.crl.New.description=e +ca.crl.New.enable=true \
	    +ca.crl.New.enableCRLCache=false \
	    +ca.crl.New.enableCRLUpdates=false >want
	same want out
EOF

it 'edits in place, and says the same edits' <<-\EOF
	printf '%s\n' a=2 b=1 >master
	echo a=1 >clone
	edits -a=1 +a=2 +b=1 >want
	gives 0 cfgmerge -i --no-log --all --from master clone
	same want out
	grep "^cfgmerge: 'clone' is edited" err
	same master clone
	merges nothing -i --no-log --all --from master clone
EOF

tap_done
