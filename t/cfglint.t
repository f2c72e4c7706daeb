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
		grep -qx "cfglint: $file: the file has no keys" err
	done
EOF

it 'explains the error that the manual has of a re-keyed CA (9.6)' <<-\EOF
	cfglint --explain \
	    'CertUtil::createSelfSignedCert() - CA private key is null!' >out
	grep -q '^key-id: error: ' out
	exits 1 cfglint --explain 'no such words' >out 2>err
	exits 1 test -s out
	grep -q "no such code or message: 'no such words'" err
EOF

it 'names file, line, level, code and key, of all files in order' <<-\EOF
	sed 's/=600/=60O/' good >bad
	exits 1 cfglint good bad good >out
	echo "bad:1: error: int-value: ca.certStatusUpdateInterval: The value is not a 32-bit integer: '60O'" >want
	same want out
EOF

it 'finds the CS.cfg of an instance' <<-\EOF
	mkdir -p inst/conf/ca
	cp bad inst/conf/ca/CS.cfg
	exits 1 cfglint inst >out
	grep -q '^inst/conf/ca/CS.cfg:1: error: int-value: ' out
EOF

it 'prints JSON, whose codes are the same' <<-\EOF
	exits 1 cfglint --json bad >out
	grep -q '^{"file": *"bad",.*"code": *"int-value"' out
EOF

it 'leaves out what is to be ignored, in either case' <<-\EOF
	exits 0 cfglint --ignore=crl-npe,int-value bad >out
	same /dev/null out
	exits 2 cfglint --ignore=NO-SUCH bad 2>err
	grep -q "no such code: 'NO-SUCH'" err
EOF

it 'infos are no reason for status 1' <<-\EOF
	{ cat good; echo ca.crl.pageSize=100; echo ca.crl.pageSize=100; } >info
	exits 0 cfglint info >out
	grep '^info:[0-9]*: info: dup-same: ca.crl.pageSize: ' out
	test "$(wc -l <out)" -eq 1
EOF

it 'of blanks, comments, joined lines and shipped references says nothing' <<-\EOF
	{ cat good; printf '# a comment\n\na.b = c\na.c=d \na.d=e\\\nf\n'
		echo dbs.ldap=internaldb; } >stock
	exits 0 cfglint stock >out
	same /dev/null out
EOF

it 'explains a code, and knows it by the server'"'"'s own message' <<-\EOF
	exits 0 cfglint --explain crl-npe >out
	grep -q '^crl-npe: error: ' out
	grep -q '^In the log: NullPointerException$' out
	exits 0 cfglint --explain \
	    'java.lang.NullPointerException: Cannot invoke "x"' >got
	grep -qxF -f out got
	exits 0 cfglint --explain 'Missing delimiter in CS.cfg line 7' >out
	grep -q '^read-nodelim: ' out
	exits 1 cfglint --explain 'all is well' >out
	same /dev/null out
EOF

it 'never shows a secret, wherever it is' <<-\EOF
	{
		cat good
		echo 'internaldb.ldapauth.password=Hidden.123 '
		echo 'a.bindPW=Hidden.123 ca.crl.MasterCRL.enable=true'
		echo 'internaldb.ldapauth.password=Hidden.456'
	} >secret
	exits 1 cfglint secret >out
	grep -q ':6: error: joined: ' out
	grep -q ':7: warning: password: ' out
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
	grep -q crl-class out
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
	it 'real files: nothing above info as installed, but crl-not-listening' <<-\EOF
		for file in "$CLONEKIT_FIXTURES"/dogtag/*/*/*-CS.cfg
		do
			got=0
			cfglint "$file" >out || got=$?
			test $got -eq "$(grep -c crl-not-listening out)"
			exits 1 grep -v -e ': info: ' \
			    -e ': warning: crl-not-listening: ' out
			case $file in
			*/sealed/*) continue ;;
			esac
			host=${file%/*}
			test -d "$host/alias" || continue
			cp -R "$host/alias" alias.copy
			got=0
			cfglint --db alias.copy "$file" >out2 || got=$?
			test $got -eq "$(grep -c crl-not-listening out2)"
			exits 1 grep -v -e ': info: ' \
			    -e ': warning: crl-not-listening: ' out2
			rm -r alias.copy
		done
	EOF
fi

tap_done
