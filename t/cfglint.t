#!/bin/sh
# SPDX-License-Identifier: MIT
# cfglint: what is known to be wrong with a CS.cfg, and what is not.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

good='ca.certStatusUpdateInterval=600
ca.crl.MasterCRL.class=com.netscape.ca.CRLIssuingPoint
ca.crl.MasterCRL.description=all of them
machineName=ca1.example.com'
printf '%s\n' "$good" >good
printf '# clonekit edits 1\n.\n' >nothing

it 'has nothing to say of a good file, also from a pipe' <<-\EOF
	exits 0 cfglint good >out
	same /dev/null out
	exits 0 cfglint - <good >out
	same /dev/null out
	exits 0 cfglint <good >out
	same /dev/null out
EOF

it 'finds an empty file to be trouble, not all right' <<-\EOF
	: >void
	echo '# all gone' >comment
	for file in void comment
	do
		exits 2 cfglint good $file >out 2>err
		exits 1 test -s out
		grep -qx "cfglint: $file: nothing in it" err
	done
EOF

it 'explains the error that the manual has of a re-keyed CA (9.6)' <<-\EOF
	cfglint --explain \
	    'CertUtil::createSelfSignedCert() - CA private key is null!' >out
	grep -q '^KEY-ID: error: ' out
	exits 1 cfglint --explain 'no such words' >out 2>err
	exits 1 test -s out
	grep -q "no such code or message: 'no such words'" err
EOF

it 'names file, line, level, code and key, of all files in order' <<-\EOF
	sed 's/=600/=60O/' good >bad
	exits 1 cfglint good bad good >out
	echo "bad:1: error: INT-VALUE: ca.certStatusUpdateInterval: not an integer of 32 bits: '60O'" >want
	same want out
EOF

it 'finds the CS.cfg of an instance' <<-\EOF
	mkdir -p inst/conf/ca
	cp bad inst/conf/ca/CS.cfg
	exits 1 cfglint inst >out
	grep -q '^inst/conf/ca/CS.cfg:1: error: INT-VALUE: ' out
EOF

it 'prints JSON, whose codes are the same' <<-\EOF
	exits 1 cfglint --json bad >out
	grep -q '^{"file": *"bad",.*"code": *"INT-VALUE"' out
EOF

it 'leaves out what is to be ignored, in either case' <<-\EOF
	exits 0 cfglint --ignore=CRL-NPE,int-value bad >out
	same /dev/null out
	exits 2 cfglint --ignore=NO-SUCH bad 2>err
	grep -q "no such code: 'NO-SUCH'" err
EOF

it 'infos are no reason for status 1' <<-\EOF
	{ cat good; echo '# a comment'; } >info
	exits 0 cfglint info >out
	echo 'info:5: info: COMMENTS: comments that will be lost: 1 lines' >want
	same want out
EOF

it 'explains a code, and knows it by the server'"'"'s own message' <<-\EOF
	exits 0 cfglint --explain crl-npe >out
	grep -q '^CRL-NPE: error: ' out
	grep -q '^In the log: NullPointerException$' out
	exits 0 cfglint --explain \
	    'java.lang.NullPointerException: Cannot invoke "x"' >got
	same out got
	exits 0 cfglint --explain 'Missing delimiter in CS.cfg line 7' >out
	grep -q '^READ-NODELIM: ' out
	exits 1 cfglint --explain 'all is well' >out
	same /dev/null out
EOF

it 'explains every code in a paragraph that has its source' <<-\EOF
	exits 0 cfglint --codes >codes
	test "$(wc -l <codes)" -ge 75
	test -z "$(cut -f 1 codes | sort | uniq -d)"
	exits 1 grep -vE '^[A-Z0-9-]+	(error|warning|info)	.' codes
	cut -f 1 codes >names
	while read -r name
	do
		exits 0 cfglint --explain "$name" >out
		grep -q "^$name: " out
		tr '\n' ' ' <out | grep -q '\[.*\] $'
	done <names
EOF

it 'and the page has every code, every message' <<-\EOF
	while read -r name level brief
	do
		grep -q "^\.It Cm $name Pq $level\$" \
		    "$tap_top/man1/cfglint.1"
	done <codes
	test "$(grep -c '^\.It Cm ' "$tap_top/man1/cfglint.1")" -eq \
	    "$(wc -l <codes)"
EOF

it 'never shows a secret, wherever it is' <<-\EOF
	{
		cat good
		echo 'internaldb.ldapauth.password=Hidden.123 '
		echo 'a.bindPW=Hidden.123 ca.crl.MasterCRL.enable=true'
		echo 'internaldb.ldapauth.password=Hidden.456'
	} >secret
	exits 1 cfglint secret >out
	grep -q ':6: error: JOINED: ' out
	grep -q ':7: warning: PASSWORD: ' out
	exits 1 grep Hidden out
EOF

it 'fixes what has one safe fix, twice the same, and it can be undone' <<-\EOF
	{
		printf '%s\n' 'OCSP.Responder.store.defStore.refreshInSec=9'
		sed 's/=600/=600 /' good
		printf 'master.ca.agent.port=8443\n'
		printf 'ca.crl.MasterCRL.enable=true \n'
		printf 'ca.connector.KRA.host=a:1  b:2 \n'
	} >broken
	exits 0 cfglint --fix broken >edits
	grep -c '^[-+]' edits >n
	echo 8 >want
	same want n
	cfgpatch broken edits >fixed
	cat >want <<-\END
	ca.certStatusUpdateInterval=600
	ca.crl.MasterCRL.class=com.netscape.ca.CRLIssuingPoint
	ca.crl.MasterCRL.description=all of them
	machineName=ca1.example.com
	ca.crl.MasterCRL.enable=true
	ca.connector.KRA.host=a:1 b:2
	END
	same want fixed
	exits 0 cfglint --fix fixed >out
	same nothing out
	cfgpatch -R fixed edits >back
	same broken back
	exits 2 cfglint --fix good good 2>err
	exits 2 cfglint -i good 2>err
EOF

it 'fixes in place, and keeps a backup' <<-\EOF
	cp broken CS.cfg
	exits 0 cfglint --fix -i --no-log CS.cfg >out
	same fixed CS.cfg
	cat CS.cfg.clonekit.* >backup
	same broken backup
EOF

# N FILE: so many keys, and a hundredth of that of issuing points
wide () {
	awk -v n=$1 'BEGIN { for (i = 0; i < n; i++)
		printf "ca.crl.P%06d.enable=true\n", i % (n / 100) }' >$2
}

# Were it by their square, it would be 64 times the work.
it 'eight times the keys and issuing points are not 64 times the work' <<-\EOF
	wide 25000 few
	wide 200000 many
	exits 1 cfglint many >out
	grep -q CRL-CLASS out
	for try in 1 2 3
	do
		few=$(cpu cfglint few) many=$(cpu cfglint many)
		test "$few" -gt 0
		test "$many" -ge $((24 * few)) || break
	done
	test "$many" -lt $((24 * few))
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	# pkispawn leaves a master deaf to its clones.
	it 'real files: nothing above info as installed, but CRL-DEAF' <<-\EOF
		for file in "$CLONEKIT_FIXTURES"/dogtag/*/*/*-CS.cfg
		do
			got=0
			cfglint "$file" >out || got=$?
			test $got -eq "$(grep -c CRL-DEAF out)"
			exits 1 grep -v -e ': info: ' \
			    -e ': warning: CRL-DEAF: ' out
			case $file in
			*/sealed/*) continue ;;
			esac
			host=${file%/*}
			test -d "$host/alias" || continue
			cp -R "$host/alias" alias.copy
			got=0
			cfglint --alias alias.copy "$file" >out2 || got=$?
			test $got -eq "$(grep -c CRL-DEAF out2)"
			exits 1 grep -v -e ': info: ' \
			    -e ': warning: CRL-DEAF: ' out2
			rm -r alias.copy
		done
	EOF
fi

tap_done
