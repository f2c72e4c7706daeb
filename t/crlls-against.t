#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls --against: does a CRL have what its CA's directory says is revoked?
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

# The CRLs are of 2026-04-11.
at='--at 2026-04-12'
ca ca keyCertSign,cRLSign -newkey ec -pkeyopt ec_paramgen_curve:P-256

it 'compares number by number, and not how many there are' <<-\EOF
	crl a number=12 <<-\END
	10 5 reason=1
	11 6
	END
	repository o=ca >a.ldif <<-\END
	16 REVOKED 20260106 reason=1
	17 VALID -
	18 REVOKED 20260107 reason=4
	19 VALID -
	END
	gives 1 crlls $at --entries --against a.ldif a
	printf '%s\t' 0x12 missing 2026-01-07T00:00:00Z superseded >want
	printf '%s\n' 8208000 >>want
	printf '%s\t' 0x11 extra 2026-01-07T00:00:00Z '' >>want
	printf '%s\n' 8208000 >>want
	same want out
	grep '^a: error: crl-incomplete: CRL number 12 lacks 1 certificates' err
	grep '^a: error: crl-extra: CRL number 12 has 1 certificates' err
	test "$(grep -c 'updateCRL?.*clearCRLCache=true' err)" -eq 2
	gives 1 crlls $at --against a.ldif a
	grep '^# a: error: crl-incomplete: .*: curl .*clearCRLCache=true' out
	gives 1 crlls $at --summary --json --against a.ldif a
	exits 0 python3 -c 'import json, sys
for line in open("out"): json.loads(line)'
	grep '"code":"crl-incomplete"' out
EOF

it 'takes the CRL that the directory has, where none is named' <<-\EOF
	repository o=ca >own.ldif <<-\END
	16 REVOKED 20260106 reason=1
	17 REVOKED 20260107
	18 REVOKED 20260107
	END
	issuing_point o=ca a >>own.ldif
	issuing_point o=ca '' Other >>own.ldif
	gives 1 crlls $at --entries --against own.ldif
	cut -f 1,2 out >got
	printf '0x12\tmissing\n' | same - got
	grep '^own.ldif:cn=MasterCRL: error: crl-incomplete' err
	for point in Other None
	do
		gives 2 crlls --against own.ldif --issuing-point $point
		echo "crlls: own.ldif:cn=$point: no CRL in the directory" \
		    '(--issuing-point names another one)' | same - err
	done
	gives 2 crlls --against - <own.ldif
	grep 'needs a CRL' err
	test ! -s out
EOF

it 'has nothing to say where both are the same' <<-\EOF
	repository o=ca >same.ldif <<-\END
	16 REVOKED 20260106 reason=1
	17 REVOKED 20260107
	19 VALID -
	END
	gives 0 crlls $at --entries --against same.ldif a
	same /dev/null out
	same /dev/null err
	crl empty number=3 empty=1 </dev/null
	repository o=ca >none.ldif <<-\END
	19 VALID -
	END
	gives 0 crlls $at --entries --against none.ldif empty
	gives 1 crlls $at --entries --against same.ldif empty
	test "$(grep -c missing out)" -eq 2
EOF

it 'knows what a CRL need not have' <<-\EOF
	crl b number=4 <<-\END
	10 5
	20 5
	21 5
	END
	repository o=ca >b.ldif <<-\END
	16 REVOKED 20260106
	17 REVOKED 20260106 expires=20260301
	18 REVOKED_EXPIRED 20260106 expires=20260301
	19 REVOKED 20260411
	32 VALID - modified=20260412
	33 EXPIRED - expires=20260301
	34 REVOKED 20260410 expires=20260412
	END
	gives 1 crlls $at --entries --columns serial,verdict --against b.ldif b
	printf '0x22\tmissing\n' | same - out
EOF

it 'takes only what is of the issuer' <<-\EOF
	repository o=ca >two.ldif <<-\END
	16 REVOKED 20260106 issuer=cn=ca
	17 REVOKED 20260106 issuer=-
	18 REVOKED 20260106 issuer=CN=Sub,O=EXAMPLE
	END
	gives 0 crlls $at --entries --against two.ldif a
	grep "info: other-issuer: 1 certificates .* 'CN=Sub,O=EXAMPLE'" err
	grep -v 'issuerName: cn=ca' two.ldif | sed '/issuerName/!b
	    s/:.*/: CN=Other/' >other.ldif
	sed '/^serialno: 021[67]/,/^$/s/^dateOfModify/issuerName: CN=Other\n&/' \
	    other.ldif | awk '!/^issuerName/ || !seen[NR]++' >others.ldif
	gives 2 crlls $at --against others.ldif a
	grep "^crlls: others.ldif: no certificate issued by 'CN=CA', but by 'CN=" err
EOF

it 'reads e-mail addresses in names by each of their names' <<-\EOF
	openssl req -x509 -out mail.pem -nodes -newkey ec -keyout mail.key \
	    -pkeyopt ec_paramgen_curve:P-256 -days 3650 \
	    -addext keyUsage=cRLSign -subj /CN=CA/emailAddress=a@example.com
	echo '10 5' | "$make_crl" mail.key mail.pem number=1 >mail
	for name in E EMAILADDRESS emailAddress 1.2.840.113549.1.9.1
	do
		echo "16 REVOKED 20260106 issuer=$name=a@example.com,CN=CA" |
		    repository o=ca >mail.ldif
		gives 0 crlls $at --entries --against mail.ldif mail
		same /dev/null err
	done
EOF

it 'takes the limits of the CRL itself' <<-\EOF
	crl cas number=1 only=ca </dev/null
	crl keys number=1 reasons=60 </dev/null
	repository o=ca >limits.ldif <<-\END
	16 REVOKED 20260106 ca=1
	17 REVOKED 20260106
	18 REVOKED 20260106 reason=1
	19 REVOKED 20260106 reason=4
	END
	gives 1 crlls $at --entries --columns serial --against limits.ldif cas
	echo 0x10 | same - out
	gives 1 crlls $at --entries --columns serial --against limits.ldif keys
	printf '%s\n' 0x10 0x11 0x12 | same - out
EOF

it 'refuses what cannot be compared' <<-\EOF
	crl delta number=4 delta=3 <<-\END
	10 5
	END
	crl indirect number=4 indirect=1 <<-\END
	10 5
	END
	gives 2 crlls $at --against a.ldif delta
	grep '^crlls: delta: a delta CRL cannot be compared' err
	gives 2 crlls $at --against a.ldif indirect
	printf 'dn: o=ca\nobjectClass: organization\no: ca\n' >bare.ldif
	gives 2 crlls $at --against bare.ldif a
	grep '^crlls: bare.ldif: no certificate records' err
	gives 2 crlls $at --against absent.ldif a
	gives 2 crlls $at --against a.ldif a a
	gives 2 crlls $at --against a.ldif --has 1 a
	sed 's/^serialno: 0216/serialno: x/' a.ldif >bad.ldif
	gives 2 crlls $at --against bad.ldif a
	grep "^crlls: bad.ldif:[0-9]*: cn=16,.*: no serial number: 'x'" err
	sed '/^revokedOn/d' a.ldif >bad.ldif
	gives 2 crlls $at --against bad.ldif a
	grep ': no time of revocation: ' err
EOF

it 'asks a server the same' <<-\EOF
	for name in a b two same
	do
		sed "1,/^$/d" $name.ldif >rest.ldif
		directory ds-$name rest.ldif
		list=$name
		case $name in
		two | same) list=a ;;
		esac
		got=0
		crlls $at --entries --against $name.ldif $list >want 2>err ||
		    got=$?
		gives $got crlls $at --entries -D "$directory_manager" -y dm \
		    --base o=ca --against "$(cat ds-$name.url)" $list
		same want out
		slapd_stop ds-$name
	done
EOF

# cfg_of NAME LINE...: a CS.cfg of the server NAME, with those lines
cfg_of () {
	mkdir -p ca1
	{
		printf '%s\n' cs.type=CA internaldb.ldapconn.host=127.0.0.1 \
		    "internaldb.ldapconn.port=$(cat "$1.port")" \
		    internaldb.ldapconn.secureConn=false \
		    internaldb.basedn=o=ca \
		    internaldb.ldapauth.authtype=BasicAuth \
		    "internaldb.ldapauth.bindDN=$directory_manager" \
		    internaldb.ldapauth.bindPWPrompt=internaldb \
		    ca.crl.MasterCRL.class=com.netscape.ca.CRLIssuingPoint
		shift
		printf 'ca.crl.MasterCRL.%s\n' "$@"
	} >ca1/CS.cfg
	echo "internaldb=$(cat dm)" >ca1/password.conf
}

it "takes the filters of the CS.cfg's issuing point" <<-\EOF
	repository o=ca >filters.ldif <<-\END
	16 REVOKED 20260106 ca=1
	17 REVOKED 20260106 profile=caServerCert
	18 REVOKED 20260106 profile=caUserCert
	19 REVOKED_EXPIRED 20260106 expires=20260301
	END
	sed "1,/^$/d" filters.ldif >rest.ldif
	directory ds-filters rest.ldif
	while read -r settings
	do
		read -r serials
		cfg_of ds-filters $settings
		gives 1 crlls $at --entries --columns serial --against ca1 \
		    empty
		printf '%s\n' $serials | same - out
	done <<-\END
	enable=true
	0x10 0x11 0x12
	caCertsOnly=true
	0x10
	profileCertsOnly=true profileList=caServerCert,caUserCert
	0x11 0x12
	profileCertsOnly=false profileList=caServerCert
	0x10 0x11 0x12
	includeExpiredCerts=true
	0x10 0x11 0x12 0x13
	crlBeginSerialNo=17 crlEndSerialNo=0x11
	0x11
	END
	cfg_of ds-filters enable=true
	gives 2 crlls $at --issuing-point Other --against ca1 empty
	grep "no CRL issuing point 'Other': name another one with --issuing-point" err
	cfg_of ds-filters crlBeginSerialNo=x
	gives 2 crlls $at --against ca1 empty
	grep "ca.crl.MasterCRL.crlBeginSerialNo' is not a serial number" err
	slapd_stop ds-filters
EOF

it 'prints the numbers of a directory, and raises them' <<-\EOF
	crl b number=12 </dev/null
	issuing_point o=ca b >numbers.ldif
	sed -i '$d' numbers.ldif
	cp numbers.ldif none.ldif
	printf '%s\n' 'crlNumber: 0211' 'deltaNumber: 010' '' >>numbers.ldif
	gives 0 crlls --numbers --header numbers.ldif
	printf '%s\t%s\t%s\n' point number delta-number MasterCRL 11 0 |
	    same - out
	gives 0 crlls --numbers none.ldif
	printf 'MasterCRL\t0\t\n' | same - out
	gives 0 crlls --raise b numbers.ldif
	for number in crlNumber deltaNumber
	do
		echo 'dn: cn=MasterCRL,ou=crlIssuingPoints,ou=ca,o=ca'
		printf '%s\n' 'changetype: modify' "replace: $number" \
		    "$number: 0212" ''
	done | same - out
	gives 0 crlls --raise - none.ldif <b
	test "$(grep -c ^changetype out)" -eq 1
	grep -x 'crlNumber: 0212' out
	# The next one is 13 already.
	for set in 's/0211/0212/' 's/^\(deltaNumber: \).*/\10212/'
	do
		sed "$set" numbers.ldif >higher.ldif
		gives 0 crlls --raise b higher.ldif
		same /dev/null out
	done
	gives 2 crlls --issuing-point Other --raise b numbers.ldif
	grep "numbers.ldif: no issuing point 'Other' in the directory" err
	sed 's/0211/eleven/' numbers.ldif >bad.ldif
	gives 2 crlls --numbers bad.ldif
	same /dev/null out
	grep "^crlls: bad.ldif:.*: crlNumber is not a number: 'eleven'" err
	gives 2 crlls --numbers --raise b numbers.ldif
EOF

if test -n "$CLONEKIT_FIXTURES"
then
it 'finds what was lost when the making of CRLs was moved' <<-\EOF
	moved=$CLONEKIT_FIXTURES/dogtag/3-crl-master-moved
	gives 1 crlls --entries --against "$moved/ds1-ca.ldif" \
	    "$CLONEKIT_FIXTURES/dogtag/crl/MasterCRL-ca2-after-move.der"
	test "$(grep -c '	missing	' out)" -eq 7
	test "$(wc -l <out)" -eq 7
	gives 0 crlls --entries --against "$moved/ds1-ca.ldif" \
	    "$CLONEKIT_FIXTURES/dogtag/crl/MasterCRL-ca1-after-move.der"
	same /dev/null out
EOF
fi

tap_done
