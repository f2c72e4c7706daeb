#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's section 9.2 by a recipe, on the sample's key database.
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
PATH=$tap_top/share/recipes:$PATH

# shellcheck disable=SC2034 # bodies use it
sample=$tap_top/share/sample
# shellcheck disable=SC2034 # bodies use it
me=$(id -un)

it 'makes the bundle and the override file, and says what is next' <<-\EOF
	mkdir -p inst/conf/ca inst/alias
	cp "$sample"/nssdb/* inst/alias
	echo internal=Secret.123 >inst/conf/password.conf
	echo P12.Secret >pw
	cp "$sample/master.cfg" inst/conf/ca/CS.cfg
	nssls --keys inst >keys
	cfgrekey -i --no-log inst keys >edits
	got=0
	new-clone -l ldap://ds2:389 -u "$me" -w pw inst ca.p12 ca2.cfg \
	    >out 2>err || got=$?
	test "$got" -le 1
	test "$(grep -c '^next: ' out)" -eq 3
	test -s ca.p12
	test "$(stat -c %a ca2.cfg)" = 600
	grep -qx pki_ds_url=ldap://ds2:389 ca2.cfg
	grep -qx pki_clone_pkcs12_path=ca.p12 ca2.cfg
	gives 2 new-clone -w pw inst other.p12 ca2.cfg
	grep -q "'ca2.cfg' is there already" err
	exits 1 test -e other.p12
EOF

tap_done
