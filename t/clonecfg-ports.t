#!/bin/sh
# SPDX-License-Identifier: MIT
# Where an instance is, as its files say before anybody guesses: one function
# for clonecfg, cfgrole and clonecheck.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# cs TYPE HOST [KEY=VALUE...]: a CS.cfg
cs () {
	lower=$(echo "$1" | tr A-Z a-z)
	printf '%s\n' "cs.type=$1" "machineName=$2" \
	    "$lower.signing.nickname=sign" "$lower.subsystem.nickname=sub" \
	    internaldb.basedn=dc=x internaldb.database=x
	shift 2
	test $# -eq 0 || printf '%s\n' "$@"
}

# separate AGENT EE ADMIN: server.xml of 8 and 9, with a port for each URL space
separate () {
	cat <<-END
	<Server><Service name="Catalina">
	<Connector name="Unsecure" port="9180"/>
	<Connector name="Agent" port="$1" SSLEnabled="true" scheme="https"/>
	<Connector name="Admin" port="$3" SSLEnabled="true" scheme="https"/>
	<Connector name="EE" port="$2" SSLEnabled="true" scheme="https"/>
	<Connector name="EEClientAuth" port="9446" SSLEnabled="true" scheme="https"/>
	</Service></Server>
	END
}

# asks PORT FROM: what the tools make of ./ca, a CA on h1
asks () {
	gives 0 clonecfg --for-release 11.3 --ds ldap://ds2 --pkcs12 /x.p12 \
	    --ca-cert /ca.pem ca
	grep -x "pki_clone_uri=https://h1:$1" out
	grep -x "# the master's $2" out
	exits 1 grep guess out err
	sed "s/=@[A-Z0-9_]*@\$/=x/; s,^pki_clone_uri=.*,pki_clone_uri=https://h1:1," \
	    out >plan
	exits 1 clonecheck --for-release 11.3 --override plan ca >out
	grep "plan-uri-port: the port is 1, and the master's secure port is $1:" \
	    out
	gives 0 cfgrole -c --redirect-from ca clone
	grep -x "+master.ca.agent.port=$1" out
	gives 0 cfgrole --server --columns host,port ca
	grep -x "h1	$1" out
	# Its own address, by any of its ports.
	cp ca own
	exits 1 cfgrole -c --redirect "h1:$1" own >out 2>err
	grep 'is its own address' err
}

cs CA h2 >clone

it 'service.*Port of files up to 11.2' <<-\EOF
	cs CA h1 service.securePort=8543 https.port=8443 \
	    service.non_clientauth_securePort=8544 >ca
	asks 8543 service.securePort
	cs CA h1 cms.version=10.0.5 service.securePort=9443 >ca
	asks 9443 service.securePort
EOF

it 'pkicreate.*_port, of separate ports and of a shared one' <<-\EOF
	cs CA h1 cms.version=10.5.1 pkicreate.agent_secure_port=9443 \
	    pkicreate.ee_secure_port=9444 >ca
	asks 9443 pkicreate.agent_secure_port
	cs CA h1 pkicreate.secure_port=9543 >ca
	asks 9543 pkicreate.secure_port
EOF

it 'https.port, but not the constant of templates up to 10.3' <<-\EOF
	cs CA h1 cms.version=11.6.0 https.port=8443 >ca
	asks 8443 https.port
	cs CA h1 cms.version=10.2.6 https.port=18443 >ca
	asks 18443 https.port
	cs CA h1 cms.version=10.2.6 https.port=8443 >ca
	gives 0 clonecfg ca
	grep -x '# the port is a guess: no file has it' out
EOF

it 'the security domain, where the master is its host' <<-\EOF
	cs CA h1 securitydomain.host=H1. securitydomain.httpsadminport=8543 >ca
	asks 8543 securitydomain.httpsadminport
	cs CA h1 securitydomain.host=h1 securitydomain.httpsagentport=9443 \
	    securitydomain.httpseeport=9444 \
	    securitydomain.httpsadminport=9445 >ca
	asks 9443 securitydomain.httpsagentport
	cs CA h1 securitydomain.host=other securitydomain.httpsadminport=1 >ca
	gives 2 cfgrole -c --redirect-from ca clone
	grep 'it has no port, and no server.xml' err
EOF

it 'a proxy goes before all, and server.xml before keys' <<-\EOF
	mkdir h1
	{ cs CA h1 service.securePort=1111 proxy.securePort=443; } >ca
	asks 443 proxy.securePort
	cs CA h1 service.securePort=1111 >ca
	separate 9443 9444 9445 >server.xml
	asks 9443 server.xml
	rm server.xml
EOF

it 'connectors of 8 and 9: agents for the redirect and for CRLs' <<-\EOF
	for ports in '9443 9444 9445' '11443 11444 11445'
	do
		set -- $ports
		separate $ports >server.xml
		cs CA h1 >ca
		asks "$1" server.xml
		# A responder is sent its CRLs on its agents' port.
		cs OCSP o2 >ocsp2
		cs OCSP o1 >ocsp1
		p=ca.publish.publisher.instance.OCSPPublisher-o1-$1
		cs CA h1 $p.pluginName=OCSPPublisher $p.host=o1 $p.port="$1" \
		    $p.path=/ocsp/agent/ocsp/addCRL >ca
		gives 0 cfgrole -m --from ocsp1 --ca ca ocsp2
		grep "^+.*\.port=$1\$" out
		grep "^+.*\.host=o2\$" out
	done
	rm server.xml
EOF

# Up to 10.8 pkispawn finds the master in the domain by its SecurePort.
it 'a clone up to 10.8 asks the port for end entities' <<-\EOF
	cs KRA h1 cms.version=9.0.3 >ca
	separate 10443 10444 10445 >server.xml
	for release in '10.5 10444' '10.8 10444' '11.3 10443'
	do
		set -- $release
		gives 0 clonecfg --for-release "$1" --pkcs12 /x.p12 \
		    --ds ldap://ds2 ca
		grep -x "pki_clone_uri=https://h1:$2" out
		sed 's/=@[A-Z0-9_]*@$/=x/' out >plan
		clonecheck --for-release "$1" --override plan ca >out || :
		exits 1 grep plan-uri-port out
	done
	rm server.xml
	cs CA h1 pkicreate.agent_secure_port=9443 \
	    pkicreate.ee_secure_port=9444 >ca
	gives 0 clonecfg --for-release 10.5 ca
	grep -x 'pki_clone_uri=https://h1:9444' out
EOF

it 'the connector Secure of files up to 10.9; later, the last with https' <<-\EOF
	sed 's/name="Agent"/name="Secure"/; /"Admin"/d; /"EE"/d' >server.xml <<-END
	$(separate 9443 9444 9445)
	END
	cs CA h1 cms.version=10.1.2 >ca
	# An upgrade may have come since; before 9 there was none.
	gives 0 clonecfg ca
	grep 'pki_clone_uri=https://h1:9446' out
	cs CA h1 cms.version=9.0.3 >ca
	gives 0 clonecfg --for-release 10.5 ca
	grep 'pki_clone_uri=https://h1:9443' out
	rm server.xml
EOF

it 'a port that is none does not become one' <<-\EOF
	cs CA h1 service.securePort='8443/x' >ca
	gives 2 clonecfg ca
	test ! -s out
	grep "service.securePort is not a port: '8443/x'" err
	cs CA h1 service.securePort= https.port=8543 >ca
	asks 8543 https.port
EOF

tap_done
