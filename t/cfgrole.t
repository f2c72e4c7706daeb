#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgrole: who is master and who is clone, and the manual's section 9.5.
# shellcheck disable=SC2016 # names of keys
. "${0%/*}/tap.sh"

cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .
printf 'cs.type=OCSP\nocsp.store.defStore.class=x\n' >ocsp1.cfg
{ cat ocsp1.cfg; echo ocsp.store.defStore.refreshInSec=14400; } >ocsp2.cfg
printf 'cs.type=KRA\n' >kra.cfg
# What every issuing point needs.
point () {
	printf 'ca.crl.%s.class=C\nca.crl.%s.description=D\n' "$1" "$1"
}
{ echo cs.type=CA; point MasterCRL; } >bare.cfg
printf '# clonekit edits 1\n.\n' >nothing

it 'tells master, clone and none, a record a file' <<-\EOF
	cfgrole master.cfg clone.cfg ocsp1.cfg ocsp2.cfg kra.cfg >out 2>err
	printf '%s\t%s\t%s\n' ca master master.cfg ca clone clone.cfg \
	    ocsp master ocsp1.cfg ocsp clone ocsp2.cfg kra none kra.cfg >want
	same want out
	exits 1 test -s err
EOF

it 'takes absent keys for the defaults of the server: a stock master' <<-\EOF
	cfgrole bare.cfg >out 2>err
	printf 'ca\tmaster\tbare.cfg\n' | same - out
	grep -q "^cfgrole: bare.cfg: 'ca.listenToCloneModifications': " err
EOF

it 'shows each key, its effective value and where that is from' <<-\EOF
	echo ca.crl.MasterCRL.enableCRLCache=TRUE >>bare.cfg
	cfgrole --show-keys --columns=key,value,from,says bare.cfg >out 2>err
	cat >want <<-\END
	ca.certStatusUpdateInterval	600	default	master
	ca.listenToCloneModifications	false	default	none
	ca.crl.MasterCRL.enable	true	default	none
	ca.crl.MasterCRL.enableCRLCache	TRUE	file	master
	ca.crl.MasterCRL.enableCRLUpdates	true	default	master
	master.ca.agent.host		default	none
	master.ca.agent.port		default	none
	END
	same want out
EOF

it 'names what disagrees' <<-\EOF
	sed 's/^ca.certStatusUpdateInterval=0/ca.certStatusUpdateInterval=60/' \
	    clone.cfg >mixed.cfg
	exits 1 cfgrole mixed.cfg >out 2>err
	printf 'ca\tmixed\tmixed.cfg\n' | same - out
	grep -qx "cfgrole: mixed.cfg: 'ca.certStatusUpdateInterval' is a master's: '60'" err
	grep -qx "cfgrole: mixed.cfg: 'ca.crl.MasterCRL.enableCRLCache' is a clone's: 'false'" err
EOF

it 'takes a blank behind true for what it is to the server: an error' <<-\EOF
	sed 's/^\(ca.crl.MasterCRL.enableCRLCache=true\)$/\1 /' master.cfg >blank.cfg
	exits 1 cfgrole blank.cfg >out 2>err
	grep -q "'ca.crl.MasterCRL.enableCRLCache': neither true nor false" err
	sed 's/^\(ca.certStatusUpdateInterval=0\)$/\1 /' clone.cfg >blank.cfg
	exits 1 cfgrole blank.cfg >out 2>err
	grep -q "'ca.certStatusUpdateInterval': no integer" err
EOF

it 'wants just one master of several CAs' <<-\EOF
	cp master.cfg master2.cfg
	exits 1 cfgrole master.cfg master2.cfg >out 2>err
	grep -qx 'cfgrole: 2 of 2 CAs are masters: exactly one must make the CRLs' err
	exits 1 cfgrole clone.cfg clone.cfg >out 2>err
	grep -qx 'cfgrole: 0 of 2 CAs are masters: exactly one must make the CRLs' err
EOF

it 'knows the state that ipa-crlgen-manage leaves, with what it leaves' <<-\EOF
	grep -v '^ca.certStatusUpdateInterval' clone.cfg |
	    sed 's/\(enableCRLCache\|enableCRLUpdates\|Modifications\)=false/\1=true/' >ipa.cfg
	cfgrole ipa.cfg >out 2>err
	printf 'ca\tmaster\tipa.cfg\n' | same - out
	grep -q "'master.ca.agent.port': a CA with a redirect counts as a clone" err
	grep -v '^master.ca' clone.cfg >ipa.cfg
	cfgrole ipa.cfg >out 2>err
	printf 'ca\tclone\tipa.cfg\n' | same - out
	grep -q "'master.ca.agent.port': agents are not redirected" err
EOF

it 'makes a master a clone: role keys, and no others' <<-\EOF
	cfgrole -c --redirect ca2.example.com:8443 master.cfg >out 2>err
	cat >want <<-\END
	# clonekit edits 1
	+ca.certStatusUpdateInterval=0
	-ca.crl.MasterCRL.enableCRLCache=true
	+ca.crl.MasterCRL.enableCRLCache=false
	-ca.crl.MasterCRL.enableCRLUpdates=true
	+ca.crl.MasterCRL.enableCRLUpdates=false
	-ca.listenToCloneModifications=true
	+ca.listenToCloneModifications=false
	+master.ca.agent.host=ca2.example.com
	+master.ca.agent.port=8443
	.
	END
	grep -v ca.certStatus master.cfg | cmp - master.cfg
	same want out
	exits 1 test -s err
EOF

it 'makes a clone a master' <<-\EOF
	cfgrole --to=master clone.cfg >out 2>err
	cat >want <<-\END
	# clonekit edits 1
	-ca.certStatusUpdateInterval=0
	+ca.certStatusUpdateInterval=600
	-ca.crl.MasterCRL.enableCRLCache=false
	+ca.crl.MasterCRL.enableCRLCache=true
	-ca.crl.MasterCRL.enableCRLUpdates=false
	+ca.crl.MasterCRL.enableCRLUpdates=true
	-ca.listenToCloneModifications=false
	+ca.listenToCloneModifications=true
	-master.ca.agent.host=master.example.com
	-master.ca.agent.port=8443
	.
	END
	same want out
	cfgrole -m --default-absent clone.cfg >out 2>err
	sed '/^+ca.certStatus/d' want | same - out
EOF

it 'has nothing to do the second time; -R restores every byte' <<-\EOF
	for role in master clone
	do
		for host in master clone
		do
			cp $host.cfg CS.cfg
			cfgrole -i --no-log --to=$role CS.cfg >edits 2>err
			cfgrole --to=$role CS.cfg >out 2>err
			same nothing out
			cfgpatch -R CS.cfg edits >back
			same $host.cfg back
		done
	done
EOF

it 'takes all issuing points of the old master, and sets the flags then' <<-\EOF
	{ cat clone.cfg; point Gone; } >CS.cfg
	{
		cfgrole -c master.cfg 2>err | cfgpatch master.cfg
		point Delta
		echo ca.crl.Delta.enableCRLCache=false
		echo ca.crl.Delta.enableCRLUpdates=false
		point Off
		echo ca.crl.Off.enable=false
		echo ca.crl.Off.enableCRLUpdates=false
		echo ca.crl.pageSize=50
	} >old.cfg
	cfgrole -m --from old.cfg CS.cfg 2>err | cfgpatch CS.cfg >new.cfg
	exits 1 grep Gone new.cfg
	for key in MasterCRL.enableCRLCache=true MasterCRL.enableCRLUpdates=true \
	    Delta.enableCRLCache=true Delta.enableCRLUpdates=true \
	    Off.enable=false Off.enableCRLUpdates=false pageSize=50
	do
		grep -qx "ca.crl.$key" new.cfg
	done
	# The other lines are the old master's, and nobody else's.
	grep '^ca.crl' old.cfg | grep -v 'enableCRL\|^ca.crl.pageSize=100' | sort >want
	grep '^ca.crl' new.cfg | grep -v enableCRL | sort | same want -
	cfgrole new.cfg old.cfg >out 2>err
EOF

it 'refuses an old master that would stop the new one' <<-\EOF
	grep -v '^ca.crl.MasterCRL.class' master.cfg >old.cfg
	exits 1 cfgrole -m --from old.cfg clone.cfg >out 2>err
	exits 1 test -s out
	grep -q "^cfgrole: old.cfg: issuing point 'MasterCRL' has no 'class'" err
	exits 1 cfgrole -m --from ocsp1.cfg clone.cfg >out 2>err
	grep -q '^cfgrole: ocsp1.cfg: no CA with issuing points' err
EOF

it 'makes no second master, unless forced; a dead one'"'"'s file is a warning' <<-\EOF
	exits 1 cfgrole -m clone.cfg master.cfg >out 2>err
	exits 1 test -s out
	grep -qx 'cfgrole: master.cfg: another CRL master' err
	cfgrole -m --force clone.cfg master.cfg >out 2>err
	grep -qx 'cfgrole: master.cfg: another CRL master' err
	cfgrole -m --from master.cfg clone.cfg >out 2>err
	grep -q '^cfgrole: master.cfg: warning: it is a master still' err
EOF

it 'says what the manual forgets' <<-\EOF
	{
		sed 's/SHA256withRSA/SHA256withEC/; s/CrlNumber=0/CrlNumber=9/; /^ca.publish.enable=/d' master.cfg
		echo ca.publish.enable=true
		echo ca.publish.publisher.instance.OCSPPublisher-o-8443.host=o
		echo ca.publish.publisher.instance.OCSPPublisher-o-8443.pluginName=OCSPPublisher
		echo ca.signing.defaultSigningAlgorithm=SHA256withEC
	} >old.cfg
	{
		grep -v 'defaultSigningAlgorithm\|^ca.publish' clone.cfg
		echo ca.signing.defaultSigningAlgorithm=SHA256withRSA
	} >CS.cfg
	mkdir -p "the new"
	mv CS.cfg "the new"
	cfgrole -m --from old.cfg "the new" >out 2>err
	grep -q "'MasterCRL' signs with 'SHA256withEC', but the CA's key is for 'RSA'" err
	grep -q "'MasterCRL' has startingCrlNumber '9'" err
	grep -q 'update the CRL once' err
	# What it prints has done it.
	grep -q '(OCSPPublisher), this one does not' err
	sed -n 's/.*: \(cfgmerge .*\)/\1/p' err >run
	test "$(wc -l <run)" -eq 1
	exits 0 sh -ex ./run
	cfgrole -m --from old.cfg "the new" >out 2>err
	exits 1 grep 'publish\|cfgmerge' err
	sed -i '/OCSPPublisher/d' old.cfg
	sed -i '/^ca.publish/d' "the new/CS.cfg"
	cfgrole -m --from old.cfg "the new" >out 2>err
	grep -q 'the old master publishes, this one does not' err
	sed -n 's/.*: \(cfgmerge .*\)/\1/p' err >run
	exits 0 sh -ex ./run
	cfgrole -m --from old.cfg "the new" >out 2>err
	exits 1 grep 'publish\|cfgmerge' err
	# What came on standard input has no name here.
	sed -i '/^ca.publish/d' "the new/CS.cfg"
	cfgrole -m --from - "the new" <old.cfg >out 2>err
	sed -n 's/.*: \(cfgmerge .*\)/\1/p' err >run
	mkdir OLDMASTER
	cp old.cfg OLDMASTER/CS.cfg
	exits 0 sh -ex ./run
	exits 0 grep '^ca.publish.enable=true' "the new/CS.cfg"
EOF

it 'OCSP: writes the key that is read, and keeps the manual'"'"'s in step' <<-\EOF
	cfgrole -c ocsp1.cfg >out
	printf '# clonekit edits 1\n+ocsp.store.defStore.refreshInSec=14400\n.\n' |
	    same - out
	cfgrole -c --refresh=60 --manual-keys ocsp1.cfg >out
	cat >want <<-\END
	# clonekit edits 1
	+OCSP.Responder.store.defStore.refreshInSec=21600
	+ocsp.store.defStore.refreshInSec=60
	.
	END
	same want out
	cfgpatch ocsp1.cfg out >manual.cfg
	cfgrole manual.cfg >out 2>err
	printf 'ocsp\tclone\tmanual.cfg\n' | same - out
	grep -q "'OCSP.Responder.store.defStore.refreshInSec': no server reads it" err
	cfgrole -m manual.cfg 2>err | cfgpatch manual.cfg >back
	same ocsp1.cfg back
	cfgrole -c ocsp2.cfg >out
	same nothing out
EOF

it 'on a clone, a new redirect alone is an edit; points go off when asked' <<-\EOF
	cfgrole -c --redirect new.example.com:8443 clone.cfg >out
	cat >want <<-\END
	# clonekit edits 1
	-master.ca.agent.host=master.example.com
	+master.ca.agent.host=new.example.com
	.
	END
	same want out
	cfgrole -c --disable-points clone.cfg >out
	grep -qx '+ca.crl.MasterCRL.enable=false' out
EOF

it 'has a new master publish as the old one does, with its own login' <<-\EOF
	p=ca.publish.publisher.instance
	{
		grep -v '^ca.publish' master.cfg
		printf '%s\n' ca.publish.enable=true ca.subsystem.nickname=one \
		    $p.OCSPPublisher-o-1.host=o $p.OCSPPublisher-o-1.nickName=one \
		    $p.Other.nickName=special \
		    ca.publish.ldappublish.ldap.ldapauth.clientCertNickname=one
	} >from.cfg
	{
		grep -v '^ca.publish' clone.cfg
		printf '%s\n' ca.publish.enable=false ca.subsystem.nickname=two \
		    ca.publish.own=kept
	} >to.cfg
	cfgrole -q -m --publish --from from.cfg to.cfg >script 2>err
	cfgpatch to.cfg script >made
	cfgget -p ca.publish. made >out
	printf '%s\n' true two o special kept | sort >want
	sort out | same want -
	grep "to.cfg: a publisher uses the certificate 'special'" err
	exits 1 grep 'start it while' err
	exits 1 grep 'does not publish\|this one does not' err
	cfgpatch -R made script | same to.cfg -
	exits 2 cfgrole -m --publish to.cfg >out 2>err
	exits 2 cfgrole -c --publish --from from.cfg to.cfg >out 2>err
EOF

it 'refuses what has no role, and options of others' <<-\EOF
	exits 1 cfgrole -m kra.cfg >out 2>err
	grep -q 'neither a CA nor an OCSP responder' err
	exits 1 cfgrole -c --redirect h:1 ocsp1.cfg >out 2>err
	exits 1 cfgrole -c --refresh 5 master.cfg >out 2>err
	exits 1 test -s out
	exits 2 cfgrole -c -m master.cfg >out 2>err
	exits 2 cfgrole --to=both master.cfg >out 2>err
	exits 2 cfgrole -i master.cfg >out 2>err
	exits 2 cfgrole -m --redirect h:1 master.cfg >out 2>err
	for bad in h h: :1 h:x h:0 h:65536 'h h:1'
	do
		exits 2 cfgrole -c --redirect "$bad" master.cfg >out 2>err
		grep -q '^cfgrole: --redirect: not HOST:PORT' err
	done
EOF

tap_done
