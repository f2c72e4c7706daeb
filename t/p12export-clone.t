#!/bin/sh
# SPDX-License-Identifier: MIT
# p12export: what a clone needs, by an instance or by a CS.cfg.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

ec='-k ec -q nistp256'
echo P12.Secret >pw

exports () {
	exports_file=$1
	shift
	rm -f "$exports_file"
	gives 0 p12export -o "$exports_file" -w pw --iterations 1000 "$@"
}

# What p12export said, after its name.
spoken () {
	grep '^p12export: ' err | sed 's/^p12export: //' >said || :
}

# FILE NICKNAME|TRUST|HAS-KEY...
holds () {
	p12ls -w pw --columns nickname,trust,has-key "$1" >got
	shift
	printf '%s\n' "$@" | tr '|' '\t' >want
	same want got
}

# NICKNAME...: "Added certificate" of each, and nothing else.
added () {
	test $# -eq 0 || printf 'Added certificate "%s"\n' "$@" >want
	test $# -ne 0 || : >want
	same want out
}

# SUBSYSTEM TAG=NICKNAME...: its CS.cfg
cs_cfg () {
	cs_of=$1
	shift
	echo "cs.type=$(echo "$cs_of" | tr a-z A-Z)"
	for cs_tag
	do
		echo "$cs_of.${cs_tag%%=*}.nickname=${cs_tag#*=}"
		echo "$cs_of.${cs_tag%%=*}.tokenname=internal"
	done
}

ca='ca signing|CTu,Cu,Cu|yes' ocsp='ca ocsp|u,u,u|yes'
audit='ca audit|u,u,Pu|yes' subsystem='subsystem|u,u,u|yes'
issuer='ca signing|CT,C,C|no'
kra='kra transport|u,u,u|yes'

it 'an instance: its alias, password.conf and CS.cfg' <<-\EOF
	mkdir -p inst/conf/ca inst/conf/kra
	database sql alias secret
	cert alias sslserver -t u,u,u $ec
	cert alias 'ca signing' -t CTu,Cu,Cu $ec
	cert alias subsystem -c 'ca signing' -t u,u,u $ec
	cert alias 'ca ocsp' -c 'ca signing' -t u,u,u $ec
	cert alias 'ca audit' -c 'ca signing' -t u,u,Pu $ec
	cert alias 'kra transport' -c 'ca signing' -t u,u,u $ec
	cert alias 'kra storage' -c 'ca signing' -t u,u,u $ec
	cert alias 'kra audit' -c 'ca signing' -t u,u,Pu $ec
	echo internal=secret >inst/conf/password.conf
	cs_cfg ca 'signing=ca signing' 'ocsp_signing=ca ocsp' subsystem=subsystem \
	    'audit_signing=ca audit' sslserver=sslserver >inst/conf/ca/CS.cfg
	cs_cfg kra 'transport=kra transport' 'storage=kra storage' \
	    subsystem=subsystem 'audit_signing=kra audit' \
	    sslserver=sslserver >inst/conf/kra/CS.cfg
	mv alias inst
	exports all.p12 inst
	added
	spoken
	same /dev/null said
	test "$(p12ls -w pw all.p12 | wc -l)" -eq 8
EOF

it "a CA of an instance: what its clone needs, never 'sslserver'" <<-\EOF
	exports ca.p12 inst ca
	added subsystem 'ca signing' 'ca ocsp' 'ca audit'
	holds ca.p12 "$subsystem" "$ca" "$ocsp" "$audit"
	spoken
	for name in sslserver 'kra transport' 'kra storage' 'kra audit'
	do
		echo "inst/alias: not exported: '$name' and its key"
	done >want
	same want said
	cp ca.p12 want.p12
	exports ca.p12 -d inst ca
	holds ca.p12 "$subsystem" "$ca" "$ocsp" "$audit"
EOF

it "a KRA beside it: its own keys, and not the CA's" <<-\EOF
	exports kra.p12 inst kra
	added subsystem 'kra transport' 'kra storage' 'kra audit'
	holds kra.p12 "$subsystem" "$issuer" "$kra" \
	    'kra storage|u,u,u|yes' 'kra audit|u,u,Pu|yes'
	spoken
	grep "^inst/alias: not exported: the key of 'ca signing'$" said
	p12ls -w pw --keys --columns nickname kra.p12 >got
	exits 1 grep '^ca' got
EOF

it 'a subsystem that is not there, or nicknames' <<-\EOF
	gives 2 p12export -o none.p12 -w pw inst tks
	spoken
	echo "'inst' has no CS.cfg of a subsystem 'tks'" >want
	same want said
	test ! -e none.p12
	gives 2 p12export -o none.p12 -w pw inst kra ca
	spoken
	printf "inst/alias: no certificate is called '%s'\n" kra ca >want
	same want said
	exports two.p12 inst 'ca signing' 'kra audit'
	holds two.p12 "$ca" 'kra audit|u,u,Pu|yes'
EOF

it '--clone-of says what a CS.cfg names, of a database anywhere' <<-\EOF
	cp -R inst/alias copied
	cp alias.pw dbpw
	cp inst/conf/ca/CS.cfg CS.cfg
	exports copied.p12 -p dbpw --clone-of=CS.cfg copied
	added subsystem 'ca signing' 'ca ocsp' 'ca audit'
	holds copied.p12 "$subsystem" "$ca" "$ocsp" "$audit"
	exports copied.p12 --clone-of inst/conf/kra/CS.cfg -d inst
	added subsystem 'kra transport' 'kra storage' 'kra audit'
	gives 2 p12export -o none.p12 -w pw --clone-of=CS.cfg inst 'ca ocsp'
	grep 'clone-of picks the certificates: no nicknames (see --help)' err
	gives 2 p12export -o none.p12 -w pw --clone-of=missing inst
	grep "^p12export: cannot open 'missing': No such file" err
	gives 2 p12export -o none.p12 -w pw --clone-of=pw inst
	grep "^p12export: pw: not the CS.cfg of a CA, KRA, OCSP, TKS or" err
	test ! -e none.p12
EOF

it 'OCSP, TKS and TPS have their own tags' <<-\EOF
	cs_cfg ocsp 'signing=ca ocsp' subsystem=subsystem \
	    'audit_signing=ca audit' sslserver=sslserver >ocsp.cfg
	exports o.p12 --clone-of ocsp.cfg inst
	added subsystem 'ca ocsp' 'ca audit'
	for type in tks tps
	do
		cs_cfg $type subsystem=subsystem 'audit_signing=ca audit' \
		    sslserver=sslserver >$type.cfg
		exports $type.p12 --clone-of $type.cfg inst
		added subsystem 'ca audit'
		holds $type.p12 "$subsystem" "$issuer" "$audit"
	done
EOF

it 'nothing but the bundle is on standard output' <<-\EOF
	p12export -o - -w pw --iterations 1000 inst ca >piped.p12
	holds piped.p12 "$subsystem" "$ca" "$ocsp" "$audit"
EOF

it 'audit_signing need not be there; all others must' <<-\EOF
	grep -v audit_signing CS.cfg >no-audit.cfg
	exports a.p12 --clone-of no-audit.cfg inst
	added subsystem 'ca signing' 'ca ocsp'
	sed 's/^\(ca.audit_signing.nickname=\).*/\1/' CS.cfg >empty-audit.cfg
	exports a.p12 --clone-of empty-audit.cfg inst
	added subsystem 'ca signing' 'ca ocsp'
	grep -v ocsp_signing CS.cfg >no-ocsp.cfg
	gives 2 p12export -o none.p12 -w pw --clone-of no-ocsp.cfg inst
	added
	spoken
	echo "no-ocsp.cfg: no nickname of the certificate 'ocsp_signing'" >want
	same want said
	sed 's/^\(ca.audit_signing.nickname=\).*/\1gone/
	    s/^\(ca.subsystem.nickname=\).*/\1lost/' CS.cfg >gone.cfg
	gives 2 p12export -o none.p12 -w pw --clone-of gone.cfg inst
	added
	spoken
	printf "inst/alias: no certificate is called '%s', which gone.cfg\
 names (%s)\n" lost subsystem gone audit_signing >want
	same want said
	test ! -e none.p12
EOF

it 'nicknames as older files have them, with NSS names of the token' <<-\EOF
	cat >older.cfg <<-\END
	ca.cert.list=signing,ocsp_signing,subsystem,sslserver
	ca.cert.signing.nickname=ca signing
	ca.cert.ocsp_signing.nickname=Internal Key Storage Token:ca ocsp
	cloning.subsystem.nickname=internal:subsystem
	END
	exports older.p12 --clone-of older.cfg inst
	added subsystem 'ca signing' 'ca ocsp'
	holds older.p12 "$subsystem" "$ca" "$ocsp"
EOF

it 'certificates on the token of an HSM are told of, the rest exported' <<-\EOF
	sed 's/^\(ca.signing.tokenname=\).*/\1Luna/' CS.cfg >hsm.cfg
	echo 'ca.cert.ocsp_signing.nickname=Luna:ca ocsp' >>hsm.cfg
	sed -i '/^ca.ocsp_signing/d' hsm.cfg
	exports hsm.p12 --clone-of hsm.cfg inst
	added subsystem 'ca audit'
	spoken
	for name in 'ca signing (signing)' 'ca ocsp (ocsp_signing)'
	do
		echo "hsm.cfg: '${name% (*}' (${name#*(} is on the token\
 'Luna', whose keys cannot be exported: give the clone the same token, by\
 its vendor's means, and pki_hsm_enable=True"
	done >want
	grep '^hsm.cfg: ' said >got
	same want got
EOF

it 'external certificates of the instance go with it' <<-\EOF
	database sql other ''
	cert other 'their root' $ec
	certutil -L -d other -n 'their root' -a >root.pem
	certutil -A -d inst/alias -f dbpw -n 'their root' -t CT,, -i root.pem
	cat >inst/conf/external_certs.conf <<-\END
	0.nickname=their root
	0.token=internal
	1.nickname=far away
	1.token=Luna
	END
	exports ca.p12 inst ca
	added subsystem 'ca signing' 'ca ocsp' 'ca audit' 'their root'
	holds ca.p12 "$subsystem" "$ca" "$ocsp" "$audit" \
	    'their root|CT,,|no'
	grep "^p12export: inst/conf/external_certs.conf: 'far away' (external)\
 is on the token 'Luna'" err
	# Where only the CS.cfg tells which instance it is.
	exports ca.p12 -p dbpw --clone-of inst/conf/ca/CS.cfg inst/alias
	added subsystem 'ca signing' 'ca ocsp' 'ca audit' 'their root'
	echo 2.nickname=gone >>inst/conf/external_certs.conf
	gives 2 p12export -o none.p12 -w pw inst ca
	grep "called 'gone', which inst/conf/external_certs.conf names" err
	test ! -e none.p12
	sed -i '/^2/d' inst/conf/external_certs.conf
EOF

it 'the chain of a certificate from an issuer outside is what is here' <<-\EOF
	database sql kra ''
	certutil -A -d kra -n ca -t CT,C,C -i root.pem
	certutil -R -d kra -z noise -s CN=outside $ec -o leaf.csr >log 2>&1
	certutil -C -d other -c 'their root' -i leaf.csr -o leaf.der -m 99
	certutil -A -d kra -n outside -t u,u,u -i leaf.der
	exports outside.p12 kra outside
	holds outside.p12 'outside|u,u,u|yes' 'ca|CT,C,C|no'
	certutil -D -d kra -n ca
	exports outside.p12 kra outside
	holds outside.p12 'outside|u,u,u|yes'
EOF

it 'a certificate whose nickname is a subsystem is what is meant' <<-\EOF
	certutil -A -d inst/alias -f dbpw -n kra -t ,, -i leaf.der
	exports named.p12 inst kra
	added
	holds named.p12 'kra|,,|no' 'their root|CT,,|no'
	exports kra.p12 --clone-of inst/conf/kra/CS.cfg inst
	added subsystem 'kra transport' 'kra storage' 'kra audit' 'their root'
EOF

it 'a CS.cfg with CRLF, whose last line of a key is the one that counts' <<-\EOF
	{ echo ca.signing.nickname=stale; cat CS.cfg; } | sed 's/$/\r/' >dos.cfg
	exports dos.p12 --clone-of dos.cfg inst
	added subsystem 'ca signing' 'ca ocsp' 'ca audit' 'their root'
EOF

tap_done
