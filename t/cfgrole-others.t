#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgrole: what it takes from files of others: the new master's server.xml, the
# security domain, the CA of an OCSP responder, the proxy of a FreeIPA host.
# shellcheck disable=SC2016 # names of commands
. "${0%/*}/tap.sh"

cp "$tap_top/share/sample/master.cfg" "$tap_top/share/sample/clone.cfg" .
printf '# clonekit edits 1\n.\n' >nothing

# connectors ATTRIBUTES...: a server.xml on stdout
connectors () {
	echo '<Server><Service name="Catalina">'
	printf '<Connector %s/>\n' 'port="8080" protocol="HTTP/1.1"' "$@"
	echo '</Service></Server>'
}
secure () { echo "port=\"$1\" SSLEnabled=\"true\" scheme=\"https\""; }

# instance DIR HOST CS.cfg: a copy of the file as that host's
instance () {
	mkdir -p "$1/conf/ca"
	{
		grep -v '^machineName=' "$3"
		echo "machineName=$2"
	} >"$1/conf/ca/CS.cfg"
}

# A domain of two CAs, as the REST interface of 11 has it.
domain () {
	for host in "$@"
	do
		printf '"CA %s 8443":{"Hostname":"%s","SecurePort":"8443",' \
		    "${host%=*}" "${host%=*}"
		printf '"Clone":"%s","DomainManager":"TRUE"},' "${host#*=}"
	done | sed 's/,$//; s/^/{"id":"EXAMPLE","subsystems":{"CA":{"id":"CA","hosts":{/; s/$/}}}}/'
}

it '--redirect-from takes machineName and the port of server.xml' <<-\EOF
	instance new ca2.example.com clone.cfg
	connectors "$(secure 9443)" >new/conf/server.xml
	cfgrole -c --redirect ca2.example.com:9443 master.cfg >want
	for from in new new/conf/ca/CS.cfg
	do
		cfgrole -c --redirect-from $from master.cfg >out 2>err
		same want out
		exits 1 test -s err
	done
EOF

it 'says which of two secure ports it took, and why' <<-\EOF
	instance two ca2.example.com clone.cfg
	connectors "$(secure 8443)" "$(secure 9443)" >two/conf/server.xml
	cfgrole -c --redirect-from two master.cfg >out 2>err
	grep -qx '+master.ca.agent.port=9443' out
	grep -qx "cfgrole: .*two/.*server.xml: two secure ports: '9443' is taken, the last with scheme=\"https\", which the server tells others; pki-server takes the first with SSLEnabled, '8443'" err
	connectors "$(secure 9443)" 'port="8009" protocol="AJP/1.3" scheme="https"' \
	    >two/conf/server.xml
	cfgrole -c --redirect-from two master.cfg >out 2>err
	grep -qx '+master.ca.agent.port=9443' out
	exits 1 test -s err
EOF

it 'a proxy before the server has the port that others use' <<-\EOF
	instance proxied ca2.example.com clone.cfg
	echo proxy.securePort=443 >>proxied/conf/ca/CS.cfg
	cfgrole -c --redirect-from proxied master.cfg >out 2>err
	grep -qx '+master.ca.agent.port=443' out
EOF

it 'without a server.xml, or a host, it asks for --redirect' <<-\EOF
	instance bare ca2.example.com clone.cfg
	exits 2 cfgrole -c --redirect-from bare master.cfg >out 2>err
	exits 1 test -s out
	grep -qx 'cfgrole: bare/.*: it has no port, and no server.xml with a secure connector is beside it: say --redirect HOST:PORT' err
	connectors >bare/conf/server.xml
	exits 2 cfgrole -c --redirect-from bare master.cfg >out 2>err
	exits 1 test -s out
	instance mute '' clone.cfg
	connectors "$(secure 8443)" >mute/conf/server.xml
	exits 2 cfgrole -c --redirect-from mute master.cfg >out 2>err
	grep -q 'it has no machineName: say --redirect' err
	echo '<Server>' >mute/conf/server.xml
	exits 2 cfgrole -c --redirect-from mute master.cfg >out 2>err
	exits 1 test -s out
	exits 2 cfgrole -c --redirect-from new --redirect h:1 master.cfg 2>err
	exits 2 cfgrole -m --redirect-from new master.cfg 2>err
EOF

it '--check-domain: a CA that was no clone may be the master' <<-\EOF
	instance self ca2.example.com clone.cfg
	domain ca1.example.com=FALSE ca2.example.com=TRUE >domain.json
	exits 1 cfgrole -m --check-domain domain.json self >out 2>err
	exits 1 test -s out
	grep -qx "cfgrole: domain.json: the CA 'ca1.example.com:8443' was not installed as a clone: it may make CRLs; its CS.cfg would tell" err
	grep -q 'refused to make a second CRL master (--force does)' err
	cfgrole -m --force --check-domain domain.json self >out 2>err
	grep -qx '+ca.certStatusUpdateInterval=600' out
	exits 2 cfgrole -m --check-domain missing new >out 2>err
	exits 1 test -s out
EOF

it '--check-domain: a CS.cfg tells for its host, --from and others' <<-\EOF
	instance self ca2.example.com clone.cfg
	instance old CA1.example.com master.cfg
	instance third ca3.example.com clone.cfg
	domain ca1.example.com=FALSE ca2.example.com=TRUE \
	    ca3.example.com=FALSE >domain.json
	exits 1 cfgrole -m --from old --check-domain domain.json self >out 2>err
	exits 1 grep -q "the CA 'ca1" err
	grep -q "the CA 'ca3.example.com:8443' was not" err
	cfgrole -m --from old --check-domain domain.json self third >out 2>err
	exits 1 grep -q "the CA 'ca" err
	# Not the same server, where the port is another.
	connectors "$(secure 9443)" >third/conf/server.xml
	exits 1 cfgrole -m --from old --check-domain domain.json self third >out 2>err
	exits 1 test -s out
EOF

it '--check-domain: a clone that nobody looked at is said, and no master' <<-\EOF
	instance self ca2.example.com clone.cfg
	domain ca2.example.com=FALSE ca4.example.com=TRUE >domain.json
	cfgrole -m --check-domain domain.json self >out 2>err
	grep -q "the CA 'ca4.example.com:8443' was installed as a clone, and taken for one" err
	grep -qx '+ca.certStatusUpdateInterval=600' out
EOF

ocsp () {
	mkdir -p "$1/conf/ocsp"
	printf 'cs.type=OCSP\nmachineName=%s\n' "$2" >"$1/conf/ocsp/CS.cfg"
	connectors "$(secure "$3")" >"$1/conf/server.xml"
}
# sends NAME HOST PORT RULE: the keys by which a CA sends CRLs there
sends () {
	p=ca.publish.publisher.instance.$1 r=ca.publish.rule.instance.$4
	cat <<-END
	$p.enableClientAuth=true
	$p.host=$2
	$p.nickName=subsystemCert cert-pki-tomcat
	$p.path=/ocsp/agent/ocsp/addCRL
	$p.pluginName=OCSPPublisher
	$p.port=$3
	$r.enable=true
	$r.mapper=NoMap
	$r.pluginName=Rule
	$r.publisher=$1
	$r.type=crl
	END
}
ocsp o1 o1.example.com 8443
ocsp o2 o2.example.com 9443
{
	cat master.cfg
	sends OCSPPublisher-o1-example-com-8443 o1.example.com 8443 \
	    ocsprule-o1-example-com-8443
} >ca.cfg

it '--ca moves publisher and rule of the installation, and prints only that' <<-\EOF
	{
		cat master.cfg
		sends OCSPPublisher-o2-example-com-9443 o2.example.com 9443 \
		    ocsprule-o2-example-com-9443
	} | sort >want
	cfgrole -m --from o1 --ca ca.cfg o2 >edits 2>err
	cfgpatch ca.cfg edits >moved.cfg
	sort moved.cfg | same want -
	cfgrole -m --ca ca.cfg o2 | same edits -
	cfgpatch -R moved.cfg edits >back
	same ca.cfg back
	# Twice is once; there and back is nothing.
	cfgrole -m --from o1 --ca moved.cfg o2 | same nothing -
	cfgrole -m --ca moved.cfg o2 | same nothing -
	cfgrole -m --from o2 --ca moved.cfg o1 | cfgpatch moved.cfg - >again
	sort ca.cfg >want
	sort again | same want -
EOF

it '--ca with -i edits the CA, and leaves the responder alone' <<-\EOF
	cp ca.cfg CS.cfg
	cp o2/conf/ocsp/CS.cfg before
	cfgrole -i --no-log -m --from o1 --ca CS.cfg o2 >log 2>err
	exits 1 grep -q o1-example CS.cfg
	same before o2/conf/ocsp/CS.cfg
	cfgpatch -R CS.cfg log | same ca.cfg -
EOF

it '--ca: a name that an administrator chose stays' <<-\EOF
	{ cat master.cfg; sends mine o1.example.com 8443 myrule; } >own.cfg
	cfgrole -m --ca own.cfg o2 >out
	cat >want <<-\END
	# clonekit edits 1
	-ca.publish.publisher.instance.mine.host=o1.example.com
	+ca.publish.publisher.instance.mine.host=o2.example.com
	-ca.publish.publisher.instance.mine.port=8443
	+ca.publish.publisher.instance.mine.port=9443
	.
	END
	same want out
EOF

it '--ca: which of several is the old one has to be said' <<-\EOF
	{ cat ca.cfg; sends third o3.example.com 8443 rule3; } >both.cfg
	exits 1 cfgrole -m --ca both.cfg o2 >out 2>err
	exits 1 test -s out
	grep -q "sends CRLs to 'o3.example.com:8443' by 'third': one of several (--from)" err
	cfgrole -m --from o1 --ca both.cfg o2 >out
	exits 1 grep -q third out
	ocsp o9 o9.example.com 8443
	exits 1 cfgrole -m --from o9 --ca both.cfg o2 >out 2>err
	exits 1 test -s out
	grep -q "by 'third': not the old one" err
	exits 1 cfgrole -m --ca master.cfg o2 >out 2>err
	grep -q 'master.cfg: it sends CRLs to no OCSP responder' err
EOF

it '--ca: --address says where the responder is, if its files do not' <<-\EOF
	cfgrole -m --from o1 --ca ca.cfg o2 >want
	cfgrole -m --from o1 --ca ca.cfg --address o2.example.com:9443 \
	    o2/conf/ocsp/CS.cfg | same want -
	mv o2/conf/server.xml o2/conf/no.xml
	exits 2 cfgrole -m --ca ca.cfg o2 >out 2>err
	exits 1 test -s out
	grep -q 'say --address HOST:PORT' err
	cfgrole -m --ca ca.cfg --address o2.example.com:9443 o2 | same want -
	exits 2 cfgrole -m --ca ca.cfg clone.cfg >out 2>err
	grep -q 'not the CS.cfg of an OCSP responder' err
	exits 2 cfgrole -c --ca ca.cfg o2 2>err
	exits 2 cfgrole -m --address h:1 o2 2>err
	exits 2 cfgrole -m --ca ca.cfg --address h o2 2>err
	exits 2 cfgrole -m --ca ca.cfg o1 o2 2>err
EOF

# ipa DIR RULE CS.cfg: the tree of a FreeIPA host
ipa () {
	mkdir -p "$1/etc/httpd/conf.d" "$1/var/lib/pki/pki-tomcat/conf/ca"
	cp "$3" "$1/var/lib/pki/pki-tomcat/conf/ca/CS.cfg"
	printf '%s\n' '# VERSION 16' "$2" >"$1/etc/httpd/conf.d/ipa-pki-proxy.conf"
}

it 'FreeIPA: the RewriteRule must follow, and ipa-crlgen-manage does it' <<-\EOF
	rule='RewriteRule ^/ipa/crl/MasterCRL.bin https://h/ca/ee/ca/getCRL'
	ipa host1 "$rule" clone.cfg
	ipa host2 "#$rule" master.cfg
	one=host1/var/lib/pki/pki-tomcat two=host2/var/lib/pki/pki-tomcat
	cfgrole $one $two >out 2>err
	exits 1 grep ipa-pki-proxy err
	cfgrole -m $one >out 2>err
	grep -q '/host1/etc/httpd/conf.d/ipa-pki-proxy.conf:2: the RewriteRule of MasterCRL.bin must be a comment where the CRLs are made: `ipa-crlgen-manage enable` does it' err
	cfgrole -c $two >out 2>err
	grep -q '/host2/etc/httpd/conf.d/ipa-pki-proxy.conf:2: .* must be active where no CRLs are made: `ipa-crlgen-manage disable` does it' err
	# What does not go together is said on looking, too.
	ipa host1 "  # $rule" clone.cfg
	cfgrole $one >out 2>err
	grep -q ' must be active where no CRLs are made' err
	printf 'ca\tclone\t%s\n' "$one" | same - out
EOF

it 'what is no CS.cfg has no role, not none: an empty or a wrong file' <<-\EOF
	: >void
	echo '<Server/>' >server.xml
	for file in void server.xml
	do
		exits 2 cfgrole master.cfg $file >out 2>err
		exits 1 test -s out
		grep -qx "cfgrole: $file: not the CS.cfg of a CA, KRA, OCSP, TKS or TPS" err
		exits 2 cfgrole -m clone.cfg $file >out 2>err
		exits 1 test -s out
	done
EOF

it 'among the others, the file itself is no second master' <<-\EOF
	ln -sf master.cfg again.cfg
	cfgrole -m master.cfg clone.cfg master.cfg again.cfg >out 2>err
	exits 1 grep 'another CRL master' err
	exits 1 cfgrole -m clone.cfg clone.cfg again.cfg >out 2>err
	grep -qx 'cfgrole: again.cfg: another CRL master' err
EOF

it 'redirects no agents to where they are, unless forced' <<-\EOF
	instance self ca1.example.com master.cfg
	connectors "$(secure 8443)" >self/conf/server.xml
	exits 1 cfgrole -c --redirect CA1.example.com:8443 self >out 2>err
	exits 1 test -s out
	grep -q "CS.cfg: 'CA1.example.com:8443' is its own address" err
	exits 1 cfgrole -c --redirect-from self self >out 2>err
	cfgrole -c --force --redirect ca1.example.com:8443 self >out 2>err
	grep -qx '+master.ca.agent.host=ca1.example.com' out
	# Another instance of the same host will do.
	cfgrole -c --redirect ca1.example.com:9443 self >out 2>err
	grep -qx '+master.ca.agent.port=9443' out
EOF

tap_done
