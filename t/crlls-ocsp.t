#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls --ocsp: does a responder answer by this CRL, or by an older one?
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/ocsp.sh
. "$tap_top/t/lib/ocsp.sh"

ocsp_pki
# 0x1002, as the responders have it; made before all answers, or after them.
day=$((($(date +%s) - $(date -d '2026-01-01 UTC' +%s)) / 86400))
echo "1002 $((day - 3)) reason=1" >entries
crl old sign=ecdsa number=11 at=$((day - 2)) <entries
crl new sign=ecdsa number=12 at=$((day + 1)) <entries
crl empty sign=ecdsa number=13 empty=1 at=$((day - 2)) </dev/null
ocsp_serve real -index index -rsigner ca.pem -rkey ca.key -ndays 1
real=$(ocsp_url real)
ocsp_peer peer
peer=$(ocsp_url peer)

# found CODES: of the findings in out, one a line
found () {
	sed -n 's/^# [^ ]*: error: \([a-z-]*\): .*/\1/p' out >got
	printf '%s' "$*" | tr ' ' '\n' | sed 's/$//' >want
	test -z "$*" || echo >>want
	diff want got
}

it 'is content with a responder that says of the CRL what it says' <<-\EOF
	gives 0 crlls --issuer ca.pem --ocsp "$real" old
	found
	gives 0 crlls --issuer ca.pem --ocsp "${peer}revoked" old
	found
	gives 0 crlls --issuer ca.pem --ocsp "$peer" empty
	found
	# No entries: only what is found, and what the CRL is.
	exits 1 grep -v '^# ' out
EOF

it 'finds a responder that answers by an older CRL' <<-\EOF
	for path in revoked revoked/older revoked/open '' unknown
	do
		gives 1 crlls --issuer ca.pem --ocsp "$peer$path" new
		found ocsp-crl-behind
		exits 0 grep -c "$peer$path answers by a CRL of 20" out
	done
	# Which is stale by then; to be refused for anything else is no answer.
	gives 1 crlls --issuer ca.pem --ocsp "${peer}revoked/stale" new
	found ocsp-crl-behind
	gives 2 crlls --issuer ca.pem --ocsp "${peer}revoked/stale" empty
	grep 'stale: nextUpdate was' err
EOF

it 'finds a responder without a CRL, and one that calls revoked ones good' <<-\EOF
	gives 1 crlls --issuer ca.pem --ocsp "${peer}unknown" old
	found ocsp-no-crl
	gives 1 crlls --issuer ca.pem --ocsp "${peer}unknown" empty
	found ocsp-no-crl
	gives 1 crlls --issuer ca.pem --ocsp "$peer" old
	found ocsp-differs
	exits 0 grep 'for serial number 0x1002, which is in this CRL' out
EOF

it 'asks each responder that is named' <<-\EOF
	gives 1 crlls --issuer ca.pem -o "$peer" -o "$real" -o "${peer}unknown" \
	    old
	found ocsp-differs ocsp-no-crl
	gives 1 crlls --json --issuer ca.pem -o "$peer" old
	exits 0 grep -c '"code":"ocsp-differs"' out
EOF

it 'relies on no answer that is not signed by who may sign it' <<-\EOF
	for path in forged spoilt replay 500 drop other unauthorized
	do
		gives 2 crlls --issuer ca.pem --ocsp "$peer$path" new
		exits 0 grep -c "$peer$path: " err
		found
	done
	# What the others answered is printed all the same.
	gives 2 crlls --issuer ca.pem -o "${peer}500" -o "$peer" old
	found ocsp-differs
EOF

it 'wants the certificate of the issuer, and one CRL' <<-\EOF
	gives 2 crlls --ocsp "$real" old
	echo 'crlls: --ocsp needs --issuer (see --help)' | same - err
	gives 2 crlls --issuer other.pem --ocsp "$real" old
	for more in '--has 1' --stale new
	do
		gives 2 crlls --issuer ca.pem --ocsp "$real" $more old
		exits 0 grep 'are for one CRL' err
	done
EOF

it 'goes with --against' <<-\EOF
	{
		printf 'dn: o=ca\nobjectClass: organization\no: ca\n\n'
		for ou in ca certificateRepository,ou=ca
		do
			echo "dn: ou=$ou,o=ca"
			printf 'objectClass: organizationalUnit\nou: %s\n\n' \
			    "${ou%%,*}"
		done
		echo 'dn: cn=4098,ou=certificateRepository,ou=ca,o=ca'
		printf 'objectClass: certificateRecord\ncn: 4098\n'
		printf 'serialno: 044098\ncertStatus: REVOKED\n'
		printf 'issuerName: CN=CA,O=EXAMPLE\nrevokedOn: %s\n' \
		    "$(date -d "2026-01-01 UTC + $((day - 3)) days" \
		    +%Y%m%d000000Z)"
		printf 'notAfter: 20300101000000Z\n'
		printf 'dateOfModify: 20260101000000Z\n\n'
	} >ca.ldif
	gives 0 crlls --against ca.ldif --issuer ca.pem -o "$real" old
	gives 1 crlls --against ca.ldif --issuer ca.pem -o "$peer" old
	found ocsp-differs
	gives 1 crlls --against ca.ldif --issuer ca.pem -o "${peer}revoked" \
	    empty
	found crl-incomplete
	gives 2 crlls --against ca.ldif --issuer ca.pem -o "${peer}500" old
EOF

tap_done
