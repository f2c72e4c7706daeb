#!/bin/sh
# SPDX-License-Identifier: MIT
# clonecheck: the commands that it prints fix what it found.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/clone.sh
. "$tap_top/t/lib/clone.sh"

pair 2>/dev/null
kra=ca.connector.KRA

fixes () {
	file=$1
	shift
	printf '%s\n' "$@" >changes
	it "its command fixes $(tr '\n' ' ' <changes | cut -c 1-60)" <<-\EOF
		mkdir -p fix
		cd fix
		cp ../m ../c .
		while read -r line; do change $file "$line"; done <../changes
		exits 1 cmp -s $file ../$file
		clonecheck m c >out || test $? -eq 1
		sed 's/.*: cfg/cfg/' out >run
		grep -q '^cfg' run
		sh -ex ./run
		gives 0 clonecheck m c
		test ! -s out
	EOF
}

fixes c dbs.enableSerialManagement=false
fixes c $kra.host=server-kra.example.com
fixes c "-$kra.*"
fixes c "$kra.transportCert=$(cat sub2.b64)"
fixes m custom.setting=1 ca.custom.setting=2
fixes m ca.crl.Second.class=x ca.crl.Second.description=y
fixes m ca.publish.publisher.instance.x.host=y
fixes c "sed:/^profile.caUserCert/d"

tap_done
