#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgrole on files that no one here wrote, where CLONEKIT_FIXTURES is a
# directory of them: see fixtures.t.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"

if test -z "$CLONEKIT_FIXTURES"
then
	it 'no extra files given' <<-\EOF
		:
	EOF
	tap_done
fi

printf '# clonekit edits 1\n.\n' >nothing
dogtag=$CLONEKIT_FIXTURES/dogtag
moved=$dogtag/3-crl-master-moved
keys='ca\.(certStatusUpdateInterval|listenToCloneModifications|crl\.[^.]*\.enableCRL(Cache|Updates))|master\.ca\.agent\.(host|port)'

it 'reads all roles right, in each stage' <<-\EOF
	cat >want <<-END
	1 ca1 ca master
	1 ca2 ca clone
	2 ca1 ca master
	2 ca2 ca clone
	2 kra1 kra none
	2 kra2 kra none
	2 ocsp1 ocsp master
	2 ocsp2 ocsp clone
	3 ca1 ca clone
	3 ca2 ca master
	3 ca3 ca clone
	3 kra1 kra none
	3 kra2 kra none
	3 ocsp1 ocsp master
	3 ocsp2 ocsp clone
	END
	for file in "$dogtag"/*/*/*CS.cfg
	do
		host=${file%/*} stage=${file#"$dogtag"/}
		role=$(cfgrole --columns=subsystem,role "$file" 2>>err | tr '\t' ' ')
		echo "${stage%%-*} ${host##*/} $role"
	done >got
	same want got
EOF

it 'flips each CA and back: role keys alone, and -R the same bytes' <<-\EOF
	for file in "$dogtag"/*/ca?/ca-CS.cfg
	do
		cp "$file" CS.cfg
		for role in master clone
		do
			cfgrole --to=$role CS.cfg 2>err >edits
			exits 1 grep -vE "^([-+]($keys)=|# clonekit| |\.$)" edits
			cfgpatch CS.cfg edits >made
			cfgrole --columns=role made 2>err >out
			echo $role | same - out
			cfgrole --to=$role made 2>err >out
			same nothing out
			cfgpatch -R made edits | cmp - "$file"
		done
		# There and back, twice, is once.
		for role in master clone master clone
		do
			cfgrole --to=$role CS.cfg >edits 2>err
			cfgpatch CS.cfg edits >made
			mv made CS.cfg
			test $role != clone || test -e once || cp CS.cfg once
		done
		cmp once CS.cfg
		rm once
	done
EOF

it 'makes of stage 1 what the deployment did by hand for stage 3' <<-\EOF
	cfgrole -c --redirect-from "$dogtag/1-ca-and-fresh-clone/ca2/ca-CS.cfg" \
	    "$dogtag/1-ca-and-fresh-clone/ca1/ca-CS.cfg" >edits 2>err
	cfgpatch "$dogtag/1-ca-and-fresh-clone/ca1/ca-CS.cfg" edits >ca1
	grep -E "^($keys)=" ca1 >got
	grep -E "^($keys)=" "$moved/ca1/ca-CS.cfg" >want
	same want got
EOF

it 'the OCSP responders: there and back' <<-\EOF
	for host in ocsp1 ocsp2
	do
		file=$moved/$host/ocsp-CS.cfg
		for role in master clone
		do
			cfgrole --to=$role "$file" >edits 2>err
			cfgpatch "$file" edits >made
			cfgrole --columns=role made >out 2>err
			echo $role | same - out
			cfgpatch -R made edits | cmp - "$file"
		done
	done
EOF

it 'the CA sends its CRLs to the other responder, and back' <<-\EOF
	ca=$moved/ca1/ca-CS.cfg
	cfgrole -m --from "$moved/ocsp1/ocsp-CS.cfg" --ca "$ca" \
	    "$moved/ocsp2/ocsp-CS.cfg" >edits 2>err
	cfgpatch "$ca" edits >made
	sed 's/ocsp1-example/ocsp2-example/g; s/host=ocsp1\.ex/host=ocsp2.ex/' \
	    "$ca" | sort >want
	sort made >got
	grep '^ca\.publish' want >w
	grep '^ca\.publish' got >g
	same w g
	cfgpatch -R made edits | cmp - "$ca"
	cfgrole -m --ca made "$moved/ocsp1/ocsp-CS.cfg" >edits 2>err
	cfgpatch made edits | cmp - "$ca"
EOF

it 'no second master in the domain of the deployment' <<-\EOF
	grep -v '^\[http' "$dogtag/rest/ca1-domainInfo.json" >domain.json
	exits 1 cfgrole -m --check-domain domain.json "$moved/ca2/ca-CS.cfg" >out 2>err
	exits 1 test -s out
	grep -q "the CA 'ca1.example.com:8443' was not installed as a clone" err
	cfgrole -m --from "$moved/ca1/ca-CS.cfg" --check-domain domain.json \
	    "$moved/ca2/ca-CS.cfg" >out 2>err
	exits 1 grep -q 'the CA ' err
	cfgrole -c --redirect-from "$moved/ca2/ca-CS.cfg" "$moved/ca3/ca-CS.cfg" >out 2>err
	same nothing out
EOF

tap_done
