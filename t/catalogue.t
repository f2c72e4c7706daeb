#!/bin/sh
# SPDX-License-Identifier: MIT
# The catalogue of findings: one code, one level, one meaning, in all tools.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

list=$tap_top/share/lists/findings
tools='cfglint clonecheck crlls p12check rangels replls'

sed -n 's/^Code: //p' "$list" >codes

it 'each code is there once, in order, with all of its fields' <<-\EOF
	test "$(wc -l <codes)" -gt 250
	sort -cu codes
	exits 1 grep -vE '^[a-z0-9]+(-[a-z0-9]+)*$' codes
	awk '/^#/ { next }
		/^$/ { if (form != "") print form; form = ""; next }
		/^ / { next }
		{ sub(/:.*/, ""); form = form " " $0 }
		END { print form }' "$list" | sed 's/ Message//g' | sort -u >got
	echo ' Code Level Summary Why Fix Source' >want
	same want got
	sed -n 's/^Level: //p' "$list" | sort -u >got
	printf '%s\n' error info warning >want
	same want got
	# A summary is one line, and no sentence.
	sed -n 's/^Summary: //p' "$list" >summaries
	exits 1 grep -E '.{70}|\.$' summaries
	exits 1 grep -nE '^[^#].*(.{79}|	)| $' "$list"
EOF

it 'each is in the words of the field' <<-\EOF
	grep -v '^#' "$list" >text
	exits 1 grep -niE '\bmends?\b|trouble|\bbundle|no more\b' text
	exits 1 grep -nE 'is none\b|are none\b' text
	exits 1 grep -niE 'is said|by right|nobody answers|is not as in' text
EOF

it 'each is added somewhere, and what is added is in it' <<-\EOF
	cat "$tap_top"/lib/*/*.c "$tap_top"/src/*.c | tr -s ' \t\n' ' ' >source
	test "$(wc -c <source)" -gt 1000000
	grep -oE '"[a-z0-9]+(-[a-z0-9]+)*"' source | tr -d '"' >strings
	sed -n 's/.*equal:\([a-z][a-z-]*\).*/\1/p' \
	    "$tap_top/share/lists/settings" >>strings
	sort -u strings >words
	comm -13 words codes >got
	same /dev/null got
	grep -oE '(findings_add|lint_at|lint_key|ADD|ADD_AT|ADD_EXPORT)\([^;]*;' source |
	    grep -oE '"[a-z0-9]+(-[a-z0-9]+)+"' | tr -d '"' | sort -u >added
	test "$(wc -l <added)" -gt 150
	comm -23 added codes >got
	same /dev/null got
EOF

it 'a level is set in the catalogue alone' <<-\EOF
	grep -rlE 'CATALOGUE_(INFO|WARNING|ERROR)' "$tap_top/lib" \
	    "$tap_top/src" --include='*.c' | sed 's/.*\///' | sort >got
	# Its names; and from where on the exit status is 1.
	printf '%s\n' catalogue.c findings.c >want
	same want got
	test "$(grep -c 'CATALOGUE_[IWE]' "$tap_top/lib/check/findings.c")" -eq 1
EOF

it 'each has a planted fault' <<-\EOF
	cat "$tap_top"/t/*.t "$tap_top"/t/lib/* "$tap_top"/t/breaks/*.tsv \
	    "$tap_top"/t/unit/*.c |
	    grep -oE '[a-z0-9]+(-[a-z0-9]+)*' | sort -u >words
	comm -13 words codes >got
	same /dev/null got
EOF

it 'all tools list the same codes, and explain them alike' <<-\EOF
	for tool in $tools
	do
		gives 0 $tool --codes
		cut -f 1 out >got
		same codes got
		gives 0 $tool --explain DS-SAME
		grep '^ds-same: warning: ' out
		grep '^Fix: ' out
		cp out "explained.$tool"
		same explained.cfglint "explained.$tool"
		gives 0 $tool --explain 'x NullPointerException at y'
		grep '^crl-npe: ' out
		gives 1 $tool --explain no-such-code
		grep -q 'no such code or message' err
		gives 2 $tool --ignore no-such-code file
		grep -q "no such code: 'no-such-code'" err
	done
	for code in $(cat codes)
	do
		cfglint --explain "$code" >out
		test "$(wc -l <out)" -ge 3
	done
EOF

it 'explains lines of logs as they are' <<-\EOF
	while IFS='|' read -r code line
	do
		exits 0 cfglint --explain "$line" >out
		grep "^$code: " out
	done <<-END
	ds-auth|Could not connect to LDAP server host ca1.example.com port 636 Error netscape.ldap.LDAPException: Authentication failed (48)
	key-id|CertUtil::createSelfSignedCert() - CA private key is null!
	alias-expired|Certificate ca_audit_signing is invalid: Invalid certificate: (-8181) Peer's Certificate has expired.
	range-half|java.lang.NumberFormatException: Zero length BigInteger
	crl-class|Property ca.crl.MasterCRL.class missing value
	crl-desc|Property ca.crl.MasterCRL.description missing value
	alias-nick|Certificate not found: auditSigningCert cert-pki-tomcat CA
	int-blank|java.lang.NumberFormatException: For input string: "10000 "
	int-value|java.lang.NumberFormatException: For input string: "60O"
	END
	exits 0 cfglint --explain 'NumberFormatException: For input string: "6O"' \
	    >out
	exits 1 grep '^int-blank: ' out
EOF

it 'a finding that is ignored does not count, and its fix goes with it' <<-\EOF
	cp "$tap_top/share/sample/master.cfg" m
	sed 's/^dbs.enableSerialManagement=.*/dbs.enableSerialManagement=no/' \
	    "$tap_top/share/sample/clone.cfg" >c
	gives 1 clonecheck m c
	grep -q serial-management out
	cut -d : -f 3-4 out | sed -n 's/.*: \([a-z-]*\)$/\1/p' >/dev/null
	gives 1 clonecheck --ignore serial-management m c
	exits 1 grep -q serial-management out
	all=$(clonecheck m c | sed 's/^[^ ]* [a-z]*: \([a-z-]*\): .*/\1/' |
	    sort -u | tr '\n' ',')
	gives 0 clonecheck --ignore "${all%,}" m c
	same /dev/null out
	gives 0 clonecheck --ignore "$(echo "${all%,}" | tr a-z A-Z)" m c
EOF

it 'JSON has code, level and fix' <<-\EOF
	gives 1 clonecheck --json m c
	grep '"level":"error","code":"serial-management",.*,"fix":"cfgset ' out
	exits 1 grep '"mend"' out
EOF

it 'the page is made of it' <<-\EOF
	build=$tap_top/share/build
	awk -f "$build/findings.awk" -f "$build/findings-page.awk" "$list" >want
	same want "$tap_top/man1/clonekit-findings.1"
EOF

tap_done
