#!/bin/sh
# SPDX-License-Identifier: MIT
# What the manual has one look at after cloning (9.2, 9.4.1, 9.4.2), by
# verify-clone: two 389 Directory Servers, a CRL, two OCSP responders.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/live.sh
. "$tap_top/t/lib/live.sh"
# shellcheck source=lib/ocsp.sh
. "$tap_top/t/lib/ocsp.sh"
trap 'ds_stop_all; ocsp_stop; rm -rf "$tap_home"' EXIT
PATH=$tap_top/share/recipes:$PATH

# verify [OPTION...]: both directories; --wait comes first, so that it can be given
verify () (
	{ set +x; } 2>/dev/null
	verify-clone --wait 600 -b o=ca -D "$ds_manager" -y "$ds_home/pw" "$@" \
	    "$(ds_url master)" "$(ds_url clone)"
)

# silent STATUS CMD ARG...: nothing changes, so that CMD has nothing to say, but
# for what the servers write by themselves now and then
silent () {
	for try in 1 2 3 4 5 6 7 8 9 10
	do
		gives "$@"
		test -s out || break
	done
	exits 1 test -s out
}

# request NUMBER SERVER: an entry such as an enrollment leaves
request () {
	ds_modify "$2" -a <<-END
	dn: cn=$1,ou=requests,o=ca
	objectClass: device
	cn: $1
	description: complete
	END
}

# revoke SERIAL...: these, in the CRL that the master publishes
revoke () {
	: >crl.index
	for serial
	do
		printf 'R\t361101000000Z\t261101000000Z\t%s\tunknown\t/CN=%s\n' \
		    "$serial" "$serial" >>crl.index
	done
	cat >crl.cnf <<-END
	[ca]
	default_ca = d
	[d]
	database = $PWD/crl.index
	crlnumber = $PWD/crl.number
	default_md = sha256
	default_crl_days = 30
	END
	test -e crl.number || echo 01 >crl.number
	openssl ca -config crl.cnf -gencrl -cert ca.pem -keyfile ca.key \
	    -out master.crl 2>crl.log
}

it '9.2 and 9.4.2: two directories that replicate hold the same requests' <<-\EOF
	needs ns-slapd
	needs openssl
	live_server master 127.0.0.1 ''
	live_server clone 127.0.0.2 ''
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	ds_agree clone o=ca tomaster master
	ds_init master o=ca toclone
	ds_modify master -a <<-END
	dn: ou=requests,o=ca
	objectClass: organizationalUnit
	ou: requests
	END
	repository o=ca <<-\END | sed '1,/^$/d' | ds_modify master -a
	4097 REVOKED 20260301 issuer=CN=CA,O=EXAMPLE
	4098 REVOKED 20260302 issuer=CN=CA,O=EXAMPLE
	END
	ds_wait clone ou=requests,o=ca
	request 1 clone
	request 2 master
	gives 0 verify
	cat >want <<-END
	ok: the directories replicate to each other
	ok: the directories hold the same
	END
	grep '^[a-z]*:' out | same want -
EOF

it '9.2, 4 and 5: a certificate revoked on the clone shows in the CRL' <<-\EOF
	ocsp_pki
	revoke 1001
	gives 1 verify --wait 3 --issuer ca.pem --serial 0x1002 --crl master.crl
	# It tries each second, and says so once.
	test "$(grep -c 'not in this CRL' err)" -eq 1
	grep -q "^differs: certificate 0x1002 is in the master's CRL" out
	grep -q '^differs: the CRL has every revoked certificate' out
	grep -q '^0x1002	missing	' out
	gives 1 verify --wait 1 --crl master.crl
	grep -q '^differs: the CRL has every revoked certificate' out
	exits 1 grep "is in the master's CRL" out
	# The master makes its CRL a while after it is told to.
	cat >update <<-\END
	#!/bin/sh
	(sleep 2; cp later.crl new.crl; mv new.crl master.crl) >/dev/null 2>&1 &
	END
	chmod +x update
	cp master.crl first.crl
	revoke 1001 1002
	mv master.crl later.crl
	mv first.crl master.crl
	gives 0 verify --issuer ca.pem --serial 0x1002 --crl master.crl --update ./update
	grep -q "^ok: certificate 0x1002 is in the master's CRL" out
	grep -q '^ok: the CRL has every revoked certificate' out
	gives 2 verify --issuer other.pem --serial 0x1002 --crl master.crl
	grep -q "^failed: certificate 0x1002 is in" out
	gives 2 verify --serial 0x1002 --crl master.crl --update false
	grep -q "'false' failed" err
EOF

it '9.4.1, 3: both responders are asked, and a stale one is found' <<-\EOF
	ocsp_serve first -index index -rsigner ca.pem -rkey ca.key -ndays 1
	ocsp_serve second -index index -rsigner ca.pem -rkey ca.key -ndays 1
	gives 0 verify --issuer ca.pem --serial 0x1002 --crl master.crl \
	    --ocsp "$(ocsp_url first)" --ocsp "$(ocsp_url second)"
	test "$(grep -c '^ok: ' out)" -eq 5
	sed 's/^R\(.*\)\t[^\t]*\t1002/V\1\t\t1002/' index >old
	ocsp_serve stale -index old -rsigner ca.pem -rkey ca.key -ndays 1
	gives 1 verify --issuer ca.pem --serial 0x1002 --crl master.crl \
	    --ocsp "$(ocsp_url first)" --ocsp "$(ocsp_url stale)"
	grep -q '^differs: both responders give the same answers' out
	grep -q ': error: ocsp-differs: ' err
EOF

it 'finds what one directory lacks, and goes on after it' <<-\EOF
	ds_change master o=ca toclone nsds5ReplicaEnabled off
	request 3 master
	gives 1 verify --wait 1 --issuer ca.pem --serial 0x1002 --crl master.crl
	sed -n 's/^\(ok\|differs\): .*/\1/p' out >got
	printf '%s\n' differs differs ok ok | same - got
	grep -q 'only-first	cn=3,ou=requests,o=ca' out
EOF

it 'says once a night what changed, and trouble each time' <<-\EOF
	set -- -b o=ca -D "$ds_manager" -y "$ds_home/pw" \
	    "$(ds_url master)" "$(ds_url clone)"
	night="nightly-check --state nights --name pair verify-clone"
	gives 1 $night --wait 1 "$@"
	grep -q 'only-first	cn=3' out
	silent 1 $night --wait 1 "$@"
	ds_change master o=ca toclone nsds5ReplicaEnabled on
	gives 0 $night --wait 600 "$@"
	grep -q '^< .*only-first	cn=3' out
	grep -q '^> status 0' out
	silent 0 $night --wait 600 "$@"
	kill -9 "$(cat "$ds_home/clone/pid")"
	gives 2 $night --wait 1 "$@"
	gives 2 $night --wait 1 "$@"
	grep -q 'still fails' out
EOF

tap_done
