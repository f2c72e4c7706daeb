#!/bin/sh
# SPDX-License-Identifier: MIT
# All hosts of a deployment in one call: hosts are compared with those of their
# own subsystem, suffix and CA, and with no others.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

cp "$tap_top"/t/fixtures/deployment/*.cfg .
all='ca-north.cfg ca-south.cfg kra-north.cfg kra-south.cfg ocsp-north.cfg
    ocsp-south.cfg'

# checked FILE...: ./out has what clonecheck prints, whatever its status
checked () {
	clonecheck "$@" >out 2>err || test $? -eq 1
	same /dev/null err
}

it 'prints of all hosts what it prints of each pair' <<-\EOF
	for pair in ca kra ocsp
	do
		checked $pair-north.cfg $pair-south.cfg
		cat out
	done | sort >want
	test -s want
	checked $all
	sort out | same want -
	# In any order, as long as each master comes before its clones.
	checked ocsp-north.cfg ca-north.cfg kra-north.cfg kra-south.cfg \
	    ca-south.cfg ocsp-south.cfg
	sort out | same want -
EOF

it 'finds the fault of one pair among the others, once' <<-\EOF
	checked $all
	mv out before
	sed 's/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=x/' \
	    kra-north.cfg >kn.cfg
	sed 's/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=X/' \
	    kra-south.cfg >ks.cfg
	checked ca-north.cfg ca-south.cfg kn.cfg ks.cfg ocsp-north.cfg \
	    ocsp-south.cfg
	grep ': ds-same: ' out >found
	test "$(wc -l <found)" -eq 1
	grep '^ks.cfg:[0-9]*: warning: ds-same: .* as in kn.cfg: nothing is replicated, ' found
	grep -v ': ds-same: ' out | same before -
	# A CA and a KRA of one host share a Directory Server.
	for file in ca-north.cfg kra-north.cfg
	do
		sed 's/^internaldb.ldapconn.host=.*/internaldb.ldapconn.host=x/' \
		    $file >x.$file
	done
	checked x.ca-north.cfg ca-south.cfg x.kra-north.cfg kra-south.cfg
	exits 1 grep ds-same out
EOF

it 'names the only host of its subsystem, and does not blame it' <<-\EOF
	checked ca-north.cfg ca-south.cfg kra-north.cfg
	grep '^kra-north.cfg: info: not-compared: no other kra was given: ' out
	test "$(grep -c kra out)" -eq 1
	# Where nothing is compared, another file was meant.
	exits 1 clonecheck ca-north.cfg kra-north.cfg >out
	grep '^kra-north.cfg:[0-9]*: error: other-subsystem: this is a kra, and' out
	test "$(grep -c : out)" -eq 1
	# One alone is checked by itself.
	checked kra-north.cfg
	exits 1 grep -E 'not-compared|other-subsystem' out
EOF

it 'does not compare hosts of another base DN, or of another CA' <<-\EOF
	sed 's/^internaldb.basedn=.*/internaldb.basedn=dc=else/' ca-south.cfg \
	    >else.cfg
	exits 1 clonecheck ca-north.cfg else.cfg >out
	grep "^else.cfg:[0-9]*: error: base-dn: the base DN is 'dc=else' here and " out
	test "$(grep -c : out)" -eq 1
	# However it is written.
	sed 's/^internaldb.basedn=\(.*\)/internaldb.basedn=\U\1/
	    s/^internaldb.basedn=\([^,]*\),/internaldb.basedn=\1 , /' \
	    ca-south.cfg >spelled.cfg
	exits 1 cmp -s ca-south.cfg spelled.cfg
	checked ca-north.cfg spelled.cfg
	exits 1 grep base-dn out

	for name in one two
	do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		    -nodes -keyout $name.key -subj "/CN=$name" -outform DER \
		    -out $name.der 2>log
		echo "ca.signing.cert=$(base64 -w 0 $name.der)" >$name.line
	done
	cat ca-north.cfg one.line >north.cfg
	cat ca-south.cfg two.line >south.cfg
	exits 1 clonecheck north.cfg south.cfg kra-north.cfg kra-south.cfg >out
	grep -F "south.cfg: warning: unrelated: this file belongs to the CA 'CN=two'" out
	grep -F "and north.cfg to 'CN=one'" out
	exits 1 grep -E 'kra-|ds-same|not-compared' out
	cat ca-south.cfg one.line >south.cfg
	checked north.cfg south.cfg
	exits 1 grep unrelated out
EOF

it 'takes of a directory with several subsystems that of the first host' <<-\EOF
	for host in north south
	do
		mkdir -p $host
		cp ca-$host.cfg $host/ca-CS.cfg
		cp kra-$host.cfg $host/kra-CS.cfg
	done
	exits 2 clonecheck north south 2>err
	grep 'several subsystems (ca, kra): choose one with --subsystem' err
	checked north/ca-CS.cfg south
	grep -q '^south/ca-CS.cfg' out
	exits 1 grep kra- out
	mkdir alone
	cp kra-south.cfg alone/kra-CS.cfg
	checked north/ca-CS.cfg south alone
	grep '^alone/kra-CS.cfg: info: not-compared: ' out
EOF

it 'cfgmerge does not give the settings of one subsystem to another' <<-\EOF
	cp kra-north.cfg before.cfg
	for what in --kra --crl --all '-p log.'
	do
		gives 2 cfgmerge -i $what --from ca-north.cfg kra-north.cfg
		same /dev/null out
		grep "^cfgmerge: kra-north.cfg: the CS.cfg of a subsystem 'kra'" err
		same before.cfg kra-north.cfg
	done
	gives 2 cfgmerge --all --from kra-south.cfg --base ca-north.cfg \
	    kra-north.cfg
	gives 0 cfgmerge --all --from kra-south.cfg kra-north.cfg
EOF

tap_done
