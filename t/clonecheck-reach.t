#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck --live: who answers on the network, and the Directory Server of a
# clone that is planned; one break at a time, against 389 Directory Servers.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/live.sh
. "$tap_top/t/lib/live.sh"

if ! command -v ns-slapd >/dev/null
then
	it 'asks a real Directory Server' <<-\EOF
		needs ns-slapd
	EOF
	tap_done
fi

live_pair >setup 2>&1 || sed 's/^/# /' setup
closed=$(ds_free 127.0.0.1)
cp m m.good
cp c c.good

good () {
	cp m.good m
	cp c.good c
	cp plan.good plan
}

# said FILE KEY: where it stands
said () {
	echo "$1:$(grep -n "^$2 *=" "$1" | cut -d : -f 1):"
}

# -- files that lead nowhere -----------------------------------------------------------

it 'ds-unreachable: nobody at a port; and the other is still read' <<-\EOF
	change c internaldb.ldapconn.port=$closed
	live 1 --live
	finds error ds-unreachable "to port $closed of '$live_clone': .*refused"
	grep "^$(said c internaldb.ldapconn.host) error: ds-unrea" out
	change m securitydomain.name=OTHER
	live 1 --live
	grep '^m:[0-9]*: warning: domain-other: ' out
	cp m.good m
	change c internaldb.ldapconn.port=99999
	live 1 --live
	finds error ds-unreachable "port 99999.*" unresolved
	cp c.good c
EOF

it 'unresolved: a name that nobody has' <<-\EOF
	change c internaldb.ldapconn.host=ds9.invalid
	live 1 --live
	finds error unresolved "the Directory Server: cannot find 'ds9.invalid': .*"
	cp c.good c
	change c securitydomain.host=ca9.invalid
	live 1 --live
	finds error unresolved "domain's host: cannot find 'ca9.invalid': .*" \
	    domain-host
	cp c.good c
EOF

it 'domain-unreachable: nobody at the port, which is asked once' <<-\EOF
	change m securitydomain.httpsadminport=$closed
	change c securitydomain.httpsadminport=$closed \
	    securitydomain.host=$live_master
	live 1 --live
	finds error domain-unreachable "port $closed of '$live_master': .*" \
	    domain-port
	test "$(grep -c domain-unreachable out)" -eq 1
	cp m.good m
	cp c.good c
EOF

it 'gives up on one that does not answer' <<-\EOF
	ds_signal STOP clone
	gives 2 timeout 600 clonecheck --live --timeout 5 m c
	ds_signal CONT clone
	test "$(wc -l <err)" -eq 1
	grep "^clonecheck: ldap://$live_clone:$clone_port: .*" err
	exits 1 test -s out
EOF

# -- a clone that is planned -----------------------------------------------------------

live_server third 127.0.0.3 '' 2130706435 tls >setup 2>&1 ||
    sed 's/^/# /' setup
third_port=$ds_port
ds_make fourth 127.0.0.4 2130706436 && ds_start fourth
fourth_port=$ds_port
echo 'x' >word
clonecfg --ds ldap://2130706436:"$fourth_port" --pkcs12 /root/ca.p12 \
    --ca-cert /root/ca.pem --for-release 11.5 --password ds=word m 2>clonecfg.err |
    sed 's/=@[A-Z0-9_]*@$/=x/' >plan
test -s plan || sed 's/^/# /' clonecfg.err
cp plan plan.good

# plan STATUS [OPTION...]
plan () {
	plan_want=$1
	shift
	gives "$plan_want" clonecheck --live -D "$ds_manager" -y pw \
	    --override plan --for-release 11.5 "$@" m
}

# by_hand PORT: replication is there already
by_hand () {
	change plan pki_ds_url=ldap://2130706435:$third_port \
	    pki_clone_setup_replication=False
}

it 'a good plan is good' <<-\EOF
	plan 0
	exits 1 grep -v ': info: ' out
	plan 0 --json
	gives 0 clonecheck --ds --override plan --for-release 11.5 m
EOF

it 'plan-ds-not-read: no password goes to another server' <<-\EOF
	gives 0 clonecheck --live --override plan --for-release 11.5 m
	finds info plan-ds-not-read "was not read: give --bind-dn or --mechanism"
	grep "^$(said plan pki_ds_url) info: plan-ds-not" out
EOF

it 'plan-ds-unreachable: nobody at its port, or that for replication' <<-\EOF
	change plan pki_ds_url=ldap://2130706436:$closed
	plan 1
	finds error plan-ds-unreachable "port $closed of '2130706436': .*"
	good
	change plan pki_clone_replication_clone_port=$closed
	plan 1
	finds error plan-ds-unreachable "port $closed of '2130706436': .*"
	good
EOF

it 'master-unreachable, domain-unreachable: whom the clone would ask' <<-\EOF
	change plan pki_clone_uri=https://2130706433:$closed
	plan 1
	finds error master-unreachable "the master: .* port $closed of .*" \
	    plan-uri-port
	good
	change plan pki_security_domain_https_port=$closed
	plan 1
	finds error domain-unreachable "host: .* port $closed of .*"
	good
EOF

it 'ds-standard-port: the one that replication would go by' <<-\EOF
	change plan pki_clone_replication_master_port=$closed
	plan 1
	finds warning ds-standard-port "to port $closed of '$live_master': .*"
	change plan pki_clone_setup_replication=False
	plan 1
	exits 1 grep ds-standard-port out
	good
	change m internaldb.ldapconn.secureConn=true \
	    internaldb.ldapconn.port=$closed
	plan 1
	finds warning ds-standard-port "to port 389 of '$live_master': .*" \
	    ds-unreachable plan-security plan-ds-security
	good
EOF

it 'plan-suffix-there: pkispawn would remove it, or stop' <<-\EOF
	change plan pki_ds_url=ldap://2130706435:$third_port
	plan 1
	finds error plan-suffix-there \
	    "'o=ca' on ldap://.* exists already, and pkispawn would remove it"
	change plan pki_ds_remove_data=False
	plan 1
	finds error plan-suffix-there "'o=ca' on ldap://.* exists already, and pkispawn stops"
	# Replicated by hand, too: it looks before anything else.
	change plan pki_clone_setup_replication=False pki_ds_create_new_db=False
	plan 1
	finds error plan-suffix-there "'o=ca' on ldap://.* exists already, and pkispawn stops" \
	    plan-suffix-differs
	good
EOF

it 'plan-suffix-missing: replication that was not set up' <<-\EOF
	by_hand
	change plan pki_ds_url=ldap://2130706436:$fourth_port
	plan 1
	finds error plan-suffix-missing \
	    "'o=ca' on ldap://.* must be replicated before pkispawn runs, and .*" \
	    schema-missing schema-differs
	grep 'error: schema-missing: ' out
	good
EOF

it 'plan-suffix-lost, plan-suffix-differs: a replica that would go' <<-\EOF
	by_hand
	plan 1
	finds error plan-suffix-lost "'o=ca' on ldap://.* is replicated already, and pkispawn would .*" \
	    plan-suffix-differs
	change plan pki_ds_create_new_db=False
	plan 1
	finds warning plan-suffix-differs \
	    "'o=ca' has 1 entries on ldap://2130706435:.* ldapcmp ldap://.*"
	good
EOF

it 'is silent once the replica is there, in [Tomcat], too' <<-\EOF
	ds_replica third o=ca 98
	ds_agree master o=ca tothird third
	ds_agree third o=ca fromthird master
	ds_init master o=ca tothird
	live_unit three | ds_modify master -a
	ds_wait third ou=three,o=ca
	by_hand
	change plan pki_ds_create_new_db=False
	plan 0
	exits 1 grep -v ': info: ' out
	change plan -pki_clone_setup_replication
	printf '%s\n' '[Tomcat]' pki_clone_setup_replication=False >>plan
	plan 0
	change plan -pki_ds_create_new_db
	sed -i '/^\[CA\]/a pki_ds_setup=False' plan
	plan 1
	finds warning plan-no-ranges "must be set by hand, or both hosts give out the same ones"
	good
EOF

it 'agreement-security: its own connection is secured, replication not' <<-\EOF
	change m internaldb.ldapconn.host=2130706435 \
	    internaldb.ldapconn.port=$tls_port internaldb.ldapconn.secureConn=true
	gives 1 clonecheck --ds --ca-file ca.pem m
	finds warning agreement-security \
	    "'fromthird' sends to 2130706433:[0-9]* without TLS, and the .* uses TLS: "
	gives 2 clonecheck --ds m
	test "$(wc -l <err)" -eq 1
	good
EOF

it 'plan-agreement-security: other than the agreements that there are' <<-\EOF
	change plan pki_clone_replication_security=TLS
	plan 1
	finds warning plan-agreement-security \
	    "is 'TLS', and agreement 'to.*' on the master's .* uses LDAP"
	good
EOF

tap_done
