#!/bin/sh
# SPDX-License-Identifier: MIT
# What promote-clone, ocsp-swap, crlls and cfgrole print as the next command is
# run as it is printed, and does what it is printed for.  t/promotion.t and
# t/promote-clone.t run --continue, --undo and nightly-check as printed;
# t/clonecheck-fixes.t does so with the commands of findings.
# What cannot be on this machine has a stand-in that takes what the original
# takes and nothing else: systemctl, pki-server, ipa-crlgen-manage.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"
# shellcheck source=lib/ds.sh
. "$tap_top/t/lib/ds.sh"
# shellcheck source=lib/roles.sh
. "$tap_top/t/lib/roles.sh"
# shellcheck source=lib/promotion.sh
. "$tap_top/t/lib/promotion.sh"
trap 'promotion_stop; ds_stop_all; rm -rf "$tap_home"' EXIT

promotion_programs 'promote-clone ocsp-swap' pki-server systemctl \
    ipa-crlgen-manage
as_agent='--agent-cert agent.pem --agent-key agent.key --ca-file ca.pem'

# promote OPTION... OLD NEW
promote () {
	rm -f log
	promote-clone --rsh "$PWD/elsewhere" --password-file "$PWD/pw" \
	    --log log "$@"
}

# roles ROLE1 ROLE2: of ca1 and ca2, by their files
roles () {
	cfgrole --columns=role ca1/pki-tomcat ca2/pki-tomcat >got 2>roles.err
	printf '%s\n' "$@" | same - got
}

# found N TEXT: ./run has N lines
found () {
	cat run
	test "$(wc -l <run)" -eq "$1"
}

# on HOST <FILE: the commands that are to be run there, in ./run, one a line.
# The host's directory is HOST without its domain.
on () {
	sed -n "s/^[a-z-]*: on $1: //p" >run
	test -s run
	(cd "${1%%.*}" && sh -ex ../run)
}

# is_whole HOST
is_whole () {
	crlls --entries --against "$1/pki-tomcat" >missing
	same /dev/null missing
}

# What is revoked while the master is down is not in its next CRL.
lose () {
	down "$1"
	revoke "$2" "$3"
	up "$1"
	ask_crl "$1" xml=true waitForUpdate=true >answer
}

it 'starts two directories and two CAs' <<-\EOF
	needs ns-slapd
	needs curl
	promotion_replicas
	for ca in ca1 ca2
	do
		echo 0 >$ca/pki-tomcat/slow
		up $ca
	done
	ask_crl ca1 xml=true waitForUpdate=true >answer
	cp agent.pem AGENT.pem
	cp agent.key AGENT.key
	cp ca.pem CA.pem
	is_whole ca1
EOF

# A body is a process of its own: what the first one set is set again.
directory_manager=$ds_manager
promotion_home=$PWD

it 'crlls and clonecheck: the CRL from a cleared cache' <<-\EOF
	serial=20
	for source in 'crlls --against ca1/pki-tomcat' \
	    'crlls --against ca2/pki-tomcat' \
	    'clonecheck --ds ca1/pki-tomcat ca2/pki-tomcat'
	do
		lose ca1 ca2 $serial
		serial=$((serial + 1))
		gives 1 $source
		sed -n 's/.*: crl-incomplete: .*: \(curl .*\)/\1/p' out >run
		found 1
		sh -ex ./run >answer
		grep '<time>' answer
		is_whole ca1
	done
	# A file does not say which CA it is of.
	crl a number=12 </dev/null
	repository o=ca >a.ldif <<-\END
	16 REVOKED 20260106 reason=1
	END
	gives 1 crlls --at 2026-04-12 --against a.ldif a
	grep "'https://HOST:8443/ca/agent/ca/updateCRL?" out
EOF

it 'crlls: a password file that others may read' <<-\EOF
	chmod o+r ca1/pki-tomcat/conf/password.conf
	gives 0 crlls --against ca1/pki-tomcat
	sed -n 's/.*(mode 0604): //p' err >run
	found 1
	sh -ex ./run
	gives 0 crlls --against ca1/pki-tomcat
	same /dev/null err
EOF

it 'promote-clone: back again, once the new master has made a CRL' <<-\EOF
	gives 0 promote $as_agent ca1:pki-tomcat ca2:pki-tomcat
	roles clone master
	gives 1 promote-clone --undo log
	grep 'Promote the old master instead' err
	sed -n 's/^promote-clone: \(clonekit promote-clone .*\)/\1/p' err >run
	found 1
	gives 0 sh -ex ./run
	roles master clone
	is_whole ca1
EOF

it 'promote-clone: what has FreeIPA move the CRLs, to the last entry' <<-\EOF
	lose ca1 ca2 30
	set_cfg ca2 internaldb.basedn=o=ipaca
	gives 1 promote ca1:pki-tomcat ca2:pki-tomcat
	set_cfg ca2 internaldb.basedn=o=ca
	cp err printed
	on ca1.localhost <printed
	on ca2.localhost <printed
	test "$(grep -c '^promote-clone: on ca[12].localhost: ' printed)" -eq 4
	# In this order, a master comes after none.
	sed -n 's/^promote-clone: on \([^ ]* [^ ]*\).*/\1/p' printed >got
	cat >want <<-\END
	ca1.localhost: ipa-crlgen-manage
	ca2.localhost: systemctl
	ca2.localhost: cfgset
	ca2.localhost: ipa-crlgen-manage
	END
	same want got
	ready ca2
	sed -n 's/^promote-clone: \(curl .*\)/\1/p' printed >run
	found 1
	sh -ex ./run >answer
	grep '<time>' answer
	sed -n 's/^promote-clone: \(crlls .*\)   (on ca2.localhost)$/\1/p' \
	    printed >run
	found 1
	(cd ca2 && gives 0 sh -ex ../run)
	exits 1 grep -v '^# ' ca2/out
	cfgrole --columns=role ca2/pki-tomcat >got
	echo master | same - got
	# Nothing is to be prepared where all is.
	set_cfg ca2 internaldb.basedn=o=ipaca
	gives 1 promote ca1:pki-tomcat ca2:pki-tomcat
	set_cfg ca2 internaldb.basedn=o=ca
	exits 1 grep 'systemctl\|cfgset' err
	down ca1
	exits 0 cfgrole -i -q -c --redirect-from ca2/pki-tomcat ca1/pki-tomcat
	up ca1
	roles clone master
EOF

it 'promote-clone --dead: the fence, and what the dead one needs' <<-\EOF
	cp ca2/pki-tomcat/conf/ca/CS.cfg copy.cfg
	gives 1 promote --dead $as_agent copy.cfg ca1:pki-tomcat
	sed -n 's/^promote-clone: \(systemctl .*\)/\1/p' err >run
	found 1
	fenced=$(sed -n 's/^promote-clone: and then add: //p' err)
	rm -f ca2/units
	(cd ca2 && sh -ex ../run)
	cat >want <<-\END
	mask pki-tomcatd@pki-tomcat.service
	mask pki-tomcatd-nuxwdog@pki-tomcat.service
	END
	same want ca2/units
	gives 3 pki ca2 status
	gives 0 promote --dead $fenced $as_agent copy.cfg ca1:pki-tomcat
	cp err printed
	cfgrole --columns=role ca1/pki-tomcat >got
	echo master | same - got
	is_whole ca1
	# It does not come back, until it is a clone.
	(cd ca2 && exits 1 systemctl start pki-tomcatd@pki-tomcat.service)
	on ca2.localhost <printed
	test "$(wc -l <run)" -eq 2
	roles master clone
	cfgget master.ca.agent.host ca2/pki-tomcat >got
	echo ca1.localhost | same - got
	(cd ca2 && systemctl start pki-tomcatd@pki-tomcat.service)
	ready ca2
EOF

it 'promote-clone --crl: the LDIF, where it cannot be applied' <<-\EOF
	# By the recipe; not by others.
	cat >bin/ldapmodify <<-END
	#!/bin/sh
	case " \$* " in
	*' /dev/fd/3 '*) echo 'ldapmodify: not here' >&2; exit 127 ;;
	esac
	exec "$(command -v ldapmodify)" "\$@"
	END
	chmod +x bin/ldapmodify
	crl last.crl number=99 </dev/null
	gives 2 promote $as_agent --crl last.crl ca1:pki-tomcat ca2:pki-tomcat
	grep "'raise' failed: everything is undone" err
	grep 'on ca2.localhost, run this and give the password of' err
	roles master clone
	test "$(crl_number "$(ds_url clone)")" -lt 99
	sed -n '/^	ldapmodify /,/^	END$/p' err >run
	test -s run
	cat run
	"$tap_top/t/lib/terminal" "$ds_password" -- sh -ex ./run
	test "$(crl_number "$(ds_url clone)")" -eq 99
	rm bin/ldapmodify
	gives 0 promote $as_agent --crl last.crl ca1:pki-tomcat ca2:pki-tomcat
	exits 1 grep 'is raised before' err
	test "$(crl_number "$(ds_url clone)")" -ge 100
	roles clone master
EOF

# two: responders o1, the master, and o2
two () {
	none o1 o2
	printf 'cs.type=OCSP\nocsp.store.defStore.class=x\n' >ocsp.cfg
	instance o1 ocsp.cfg o1.example.com
	echo ocsp.store.defStore.refreshInSec=14400 >>ocsp.cfg
	instance o2 ocsp.cfg o2.example.com
	run o1 o2
}

# One command for all: that of the CA is in the directory of its host.
cat >control <<-END
	#!/bin/sh
	case \$2 in
	*/CA/CS.cfg) cd "$PWD/ca2" && exec pki-server \$1 --wait pki-tomcat ;;
	esac
	exec "$PWD/server" "\$@"
END
chmod +x control

# swap OPTION...
swap () {
	rm -f log
	ocsp-swap --stop "$PWD/control stop \"\$1\"" \
	    --start "$PWD/control start \"\$1\"" --wait 0 --log log "$@"
}

it 'ocsp-swap: has the CA send its CRLs to the new one' <<-\EOF
	two
	down ca2
	publisher=ca.publish.publisher.instance.OCSPPublisher-o1-example-com-8443
	rule=ca.publish.rule.instance.ocsprule-o1-example-com-8443
	set_cfg ca2 $publisher.host=o1.example.com $publisher.port=8443 \
	    $publisher.pluginName=OCSPPublisher $rule.enable=true \
	    $rule.publisher=OCSPPublisher-o1-example-com-8443 $rule.type=crl
	up ca2
	ln -s ca2/pki-tomcat/conf/ca CA
	gives 0 swap o1 o2
	sed -n 's/^ocsp-swap: \(clonekit ocsp-swap .*\)/\1/p' err >run
	found 1
	gives 1 sh -ex ./run
	cp err printed
	grep '^ca.publish.publisher.*-o2-example-com-8443.host=o2.exa' \
	    ca2/pki-tomcat/conf/ca/CS.cfg
	# No agent was given: it asks for one, once and at the end.
	sed -n 's/^ocsp-swap: \(curl .*\)/\1/p' printed | sort -u >run
	found 1
	sh -ex ./run >answer
	grep '<time>' answer
	sed -n 's/^ocsp-swap: to go on: //p' printed >run
	found 1
	gives 0 sh -ex ./run
	grep 'o2.example.com is the master' err
	is_whole ca2
EOF

it 'ocsp-swap: takes that back' <<-\EOF
	two
	gives 1 swap --ca CA/CS.cfg o1 o2
	sed -n 's/^ocsp-swap: to undo it: //p' err >run
	found 1
	gives 0 sh -ex ./run
	all_old o1 o2
EOF

it 'ocsp-swap --dead: the fence, and what the dead one needs' <<-\EOF
	two
	cp o1/conf/ocsp/CS.cfg copy.cfg
	ln -s . o1/pki-tomcat
	gives 1 swap --dead copy.cfg o2
	sed -n 's/^ocsp-swap: \(systemctl .*\)/\1/p' err >run
	found 1
	fenced=$(sed -n 's/^ocsp-swap: and then add: //p' err)
	./server stop o1
	(cd o1 && sh -ex ../run)
	gives 0 swap --dead $fenced copy.cfg o2
	on o1.example.com <err
	test "$(wc -l <run)" -eq 2
	test "$(wc -l <o1/units)" -eq 4
	test ! -s o1/masked
	cfgrole --columns=role o1 o2 >got
	printf 'clone\nmaster\n' | same - got
EOF

it 'cfgrole: what FreeIPA has to do with its proxy' <<-\EOF
	rule='RewriteRule ^/ipa/crl/MasterCRL.bin https://h/ca/ee/ca/getCRL'
	for host in ipa1 ipa2
	do
		mkdir -p $host/etc/httpd/conf.d \
		    $host/var/lib/pki/pki-tomcat/conf/ca
		proxy=$host/etc/httpd/conf.d/ipa-pki-proxy.conf
		file=$host/var/lib/pki/pki-tomcat/conf/ca/CS.cfg
		case $host in
		ipa1)
			echo "$rule" >$proxy
			cp "$tap_top/share/sample/master.cfg" $file
			;;
		ipa2)
			echo "#$rule" >$proxy
			cp "$tap_top/share/sample/clone.cfg" $file
			;;
		esac
		cfgrole $file >out 2>err
		sed -n 's/.*`\(ipa-crlgen-manage .*\)` does it$/\1/p' err >run
		found 1
		(cd $host && sh -ex ../run)
		cfgrole $file >out 2>err
		exits 1 grep RewriteRule err
	done
EOF

it 'cfgset -i: the restart for which it asks' <<-\EOF
	down ca1
	mkdir -p host/var/lib/pki
	cp -R ca1/pki-tomcat host/var/lib/pki
	exits 0 cfgset -i host/var/lib/pki/pki-tomcat ca.x=1 >out 2>err
	sed -n 's/.*for the change to take effect: //p' err >run
	found 1
	(cd host && sh -ex ../run)
	gives 0 env PKI_HOME=host/var/lib/pki "$tap_top/t/lib/pki-server" \
	    status pki-tomcat
	(cd host && systemctl stop pki-tomcatd@pki-tomcat.service)
EOF

it 'the stand-ins refuse what the originals refuse' <<-\EOF
	cd ca1
	rm -f units masked
	for wrong in 'stop pki-tomcat.service' 'mask pki-tomcatd@none.service' \
	    'mask --all pki-tomcatd@pki-tomcat.service' mask '' \
	    'stop --now pki-tomcatd@pki-tomcat.service' \
	    'hide pki-tomcatd@pki-tomcat.service'
	do
		exits 0 sh -c "! systemctl $wrong"
	done
	exits 1 test -e units
	for wrong in '' on 'enable disable' --enable
	do
		exits 2 ipa-crlgen-manage $wrong
	done
	exits 1 pki-server stop --now pki-tomcat
	exits 1 pki-server stop none
EOF

tap_done
