#!/bin/sh
# SPDX-License-Identifier: MIT
# A file that says the same in other words: what each tool prints stays the
# same, up to what was changed.  Over the sample and a small deployment.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

table=$tap_top/share/lists/settings
deployment=$tap_top/t/fixtures/deployment

# The pairs, a directory each with m and c.
for pair in sample ca kra ocsp
do
	mkdir -p "good/$pair"
done
cp "$tap_top/share/sample/master.cfg" good/sample/m
cp "$tap_top/share/sample/clone.cfg" good/sample/c
for pair in ca kra ocsp
do
	cp "$deployment/$pair-north.cfg" "good/$pair/m"
	cp "$deployment/$pair-south.cfg" "good/$pair/c"
done

# Of a key that is there twice, the order means something.
for file in good/*/[mc]
do
	awk '{ key = $0; sub(/[ =:].*/, "", key); line[NR] = $0; of[NR] = key
		last[key] = NR }
		END { for (i = 1; i <= NR; i++) if (last[of[i]] == i)
			print line[i] }' "$file" >once
	cp once "$file"
done

# A pair that is good says little: in each pair of these something is wrong.
for pair in ca sample
do
	mkdir -p "good/$pair-broken"
	sed -e 's/^\(ca.crl.MasterCRL.enableCRL[A-Za-z]*\)=.*/\1=true/' \
	    -e 's/^\(dbs.enableSerialManagement\)=.*/\1=false/' \
	    "good/$pair/m" >"good/$pair-broken/m"
	sed -e 's/^\(ca.crl.MasterCRL.enableCRL[A-Za-z]*\)=.*/\1=true/' \
	    -e 's/^\(ca.certStatusUpdateInterval\)=.*/\1=0/' \
	    -e 's/^\(internaldb.ldapconn.secureConn\)=.*/\1=true/' \
	    -e "s/^\(internaldb.ldapconn.host\)=.*/\1=$(
		sed -n 's/^internaldb.ldapconn.host=//p' "good/$pair/m")/" \
	    -e 's/^\(ca.connector.KRA.host\)=.*/\1=kra9.example.net:8443/' \
	    "good/$pair/c" >"good/$pair-broken/c"
done
pairs=$(ls good)

# all DIR: what the tools print of DIR/m and DIR/c
all () {
	(
		cd "$1" || exit 1
		for tool in cfglint clonecheck rangels 'rangels --findings' \
		    cfgrole 'cfgrole --show-keys' cfgkra 'cfgmerge --all --from' \
		    'cfgmerge --kra --from' 'cfgmerge --crl --from' \
		    'clonecfg --ds ldap://ds9.example.net' 'cfgrole -m' \
		    'cfgrole -c' 'cfgdiff --semantic' \
		    'cfgget -q ca.crl.MasterCRL.enableCRLUpdates'
		do
			echo "== $tool"
			case $tool in
			clonecheck | rangels* | *--from | cfgdiff*)
				set -- m c ;;
			*)	set -- m ;;
			esac
			got=0
			$tool "$@" 2>&1 || got=$?
			echo "status $got"
			test $# -eq 2 && continue
			got=0
			$tool c 2>&1 || got=$?
			echo "status $got"
		done
		clonecfg --for-release 11.5 --ds ldap://ds9.example.net m >override 2>/dev/null
		# What was written for the master, checked against the clone.
		sed "s|^pki_ds_url=.*|pki_ds_url=ldap://$(
		    cfgget internaldb.ldapconn.host c | tail -n 1)|" \
		    override >same
		for override in override same
		do
			clonecheck --for-release 11.5 --override $override m 2>&1 ||
			    echo "status $?"
		done
	)
}

# As much of it as stays: no case, no places in the file, no order, and no
# lines that only say after which key an edit goes.
same_for_all () {
	sed -E -e '/^ /d' -e 's/(^|[ 	])(m|c):[0-9]+/\1\2/g' \
	    -e 's/ \(default\)$//' | tr 'A-Z' 'a-z' | tr -d '\r' | sort
}

# stays HOW [SED]: both files of each pair changed by HOW; what is printed, less
# what SED takes away from it, before and after
stays () {
	for pair in $pairs
	do
		rm -rf new
		mkdir new
		for file in m c
		do
			"$1" <"good/$pair/$file" >"new/$file"
			exits 1 cmp -s "good/$pair/$file" "new/$file"
		done
		all "good/$pair" | same_for_all | sed -E "${2-}" >want
		test "$(wc -l <want)" -gt 30
		all new | same_for_all | sed -E "${2-}" >got
		same want got
	done
}

it 'says something, and of what is broken more' <<-\EOF
	for pair in $pairs
	do
		all "good/$pair" >out
		grep -q 'status 0' out
	done
	for code in two-crl-masters ds-same ds-security serial-management \
	    connector-hosts crl-npe plan-ds-same
	do
		for pair in ca-broken sample-broken
		do
			all "good/$pair"
		done | grep -qi "$code"
	done
EOF

it 'booleans in other cases' <<-\EOF
	upper () { sed -E 's/=true$/=TRUE/; s/=false$/=FALSE/'; }
	title () { sed -E 's/=true$/=True/; s/=false$/=False/'; }
	stays upper
	stays title
EOF

it 'names of hosts in capitals' <<-\EOF
	capitals () {
		awk '/example\.(com|net)/ {
			while (match($0, /[a-z0-9-]+\.example\.(com|net)/))
				$0 = substr($0, 1, RSTART - 1) \
				    toupper(substr($0, RSTART, RLENGTH)) \
				    substr($0, RSTART + RLENGTH)
		}
		{ print }'
	}
	stays capitals
	# In one of the two alone; what is merged is text.
	for pair in $pairs
	do
		rm -rf new
		mkdir new
		cp "good/$pair/m" new
		capitals <"good/$pair/c" >new/c
		all "good/$pair" | same_for_all | sed '/^[-+]/d' >want
		all new | same_for_all | sed '/^[-+]/d' >got
		same want got
	done
EOF

it 'keys in another order, comments and empty lines between them' <<-\EOF
	backwards () {
		sed -n '1!G;h;$p'
	}
	comments () {
		awk 'NR % 7 == 3 { print "# a=b"; print "" }
			{ print }'
	}
	# What is said of comments and of order alone; edits are in the order
	# of the file.
	stays backwards
	# cfglint says that comments will be lost.
	stays comments '/comments/d'
EOF

it 'lines that end in CRLF' <<-\EOF
	crlf () { sed 's/$/\r/'; }
	stays crlf '/read-cr/d'
EOF

# defaults FILE: KEY=VALUE of each default of a key that is not in it, where
# the server would read it
defaults () {
	type=$(sed -n 's/^cs.type=//p' "$1" | tr 'A-Z' 'a-z')
	awk -F '\t' '!/^#/ && NF > 2 && $3 != "-" { print $1 "=" $3 }' \
	    "$table" | while IFS='=' read -r key value
	do
		case $key in
		ca.crl.\*.*)
			sed -n 's/^ca\.crl\.\([^.]*\)\.class=.*/\1/p' "$1" |
			    while read -r point
			do
				echo "ca.crl.$point.${key#ca.crl.\*.}=$value"
			done ;;
		ca.connector.\*.*)
			grep -q '^ca.connector.KRA.host=' "$1" &&
			    echo "ca.connector.KRA.${key#ca.connector.\*.}=$value" ;;
		*\**) ;;
		ca.* | kra.* | ocsp.*)
			test "${key%%.*}" != "$type" || echo "$key=$value" ;;
		*) echo "$key=$value" ;;
		esac
	done | while IFS='=' read -r key value
	do
		grep -q "^$key=" "$1" || echo "$key=$value"
	done
}

it 'every default written out, or left out' <<-\EOF
	written () {
		cat >plain
		cat plain
		defaults plain | tee added
		test "$(wc -l <added)" -gt 4
	}
	left () {
		cat >plain
		awk -F '\t' '!/^#/ && NF > 2 && $3 != "-" { print $1 "=" $3 }' \
		    "$table" | sed 's/[.]/\\./g; s/\*\*/.*/g; s/\*/[^.]*/g
			s/^/^/; s/$/$/' >patterns
		grep -iv -f patterns plain
	}
	# What shows lines of the file shows other lines: cfgget, cfgdiff,
	# cfgmerge, edits of cfgrole, of which it says what to do, its
	# --show-keys, and where a finding is.
	shown='/^[-+][a-z]/d; /^(# clonekit|\.$|status)/d'
	shown="$shown; /^([a-z.]+	)?(m|c)?	?[a-z.]+	(master|clone)/d"
	shown="$shown; /^(true|false)\$/d; /which it has not|^# the master/d"
	shown="$shown; /	(master|clone|none|mixed)?	/d; s/^(m|c):? /: /"
	shown="$shown; s/(crl-[a-z]+): ca\.crl\.[a-z.]+/\\1/"
	shown="$shown; s/ca.certstatusupdateinterval//; /left out|^cfgrole: /d"
	stays written "$shown"
	stays left "$shown"
EOF

tap_done
