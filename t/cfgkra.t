#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgkra: the connector as documents and records, and changes of it by the
# server's own rules.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

cert=$(sed -n 's/^ca.connector.KRA.transportCert=//p' \
    "$tap_top/share/sample/master.cfg")
test -n "$cert" || exit 1
a=kra1.example.com b=kra2.example.com c=kra3.example.com
k=ca.connector.KRA
edits >nothing

# connector HOST PORT: a CA's file with that connector
connector () {
	printf '%s\n' 'ca.subsystem.nickname=subsystemCert cert-ca' \
	    ca.connector.KRA.enable=true "ca.connector.KRA.host=$1" \
	    ca.connector.KRA.local=false \
	    'ca.connector.KRA.nickName=subsystemCert cert-ca' \
	    "ca.connector.KRA.port=$2" ca.connector.KRA.timeout=30 \
	    "ca.connector.KRA.transportCert=$cert" \
	    ca.connector.KRA.uri=/kra/agent/kra/connector ca.z=1
}

# document HOST PORT: JSON
document () {
	printf '{"host":"%s","port":"%s","transportCert":"%s"}\n' "$1" "$2" \
	    "$cert"
}

# makes WANT ARG...: what is in WANT, and nothing said
makes () {
	makes_want=$1
	shift
	gives 0 cfgkra "$@"
	same "$makes_want" out
	same /dev/null err
}

# says N TEXT ARG...: status N, nothing printed and this one line
says () {
	says_status=$1
	echo "cfgkra: $2" >said
	shift 2
	gives "$says_status" cfgkra "$@"
	same /dev/null out
	grep '^cfgkra: ' err >got
	same said got
}

connector $a 8443 >one
connector "$a:8443 $b:8444" 8443 >two
connector "$a:8443 $b:8444 $c:1" 8443 >three
echo 'ca.subsystem.nickname=subsystemCert cert-ca' >none

it 'prints what Dogtag 11 takes' <<-\EOF
	cat >want <<-END
	{
	  "host": "$a:8443 $b:8444",
	  "port": "8443",
	  "transportCert": "$cert",
	  "uri": "/kra/agent/kra/connector",
	  "timeout": "30",
	  "local": "false",
	  "enable": "true"
	}
	END
	makes want two
	makes want --format=json two
	cfgkra - <two >got
	same want got
EOF

it 'prints what Dogtag 10 takes' <<-\EOF
	cat >want <<-END
	<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
	<kraConnectorInfo>
	    <host>$a</host>
	    <port>8443</port>
	    <transportCert>$cert</transportCert>
	    <uri>/kra/agent/kra/connector?a&amp;b&lt;&gt;</uri>
	    <timeout>30</timeout>
	    <local>false</local>
	    <enable>true</enable>
	</kraConnectorInfo>
	END
	sed 's/kra.connector$/&?a\&b<>/' one >odd
	makes want --format=xml odd
EOF

it 'lists the hosts, one a line' <<-\EOF
	printf '%s\t%s\ttrue\t30\t/kra/agent/kra/connector\n' $a 8443 $b 8444 \
	    >want
	makes want --format=tsv two
	printf '%s\t%s\n' port host 8443 $a >want
	makes want --header --columns=port,host one
	printf '%s\n' '{"host":"kra1.example.com","port":"8443"}' >want
	makes want --json --columns=host,port one
EOF

it 'says that there is no connector, or but half of one' <<-\EOF
	says 1 'none: there is no KRA connector' none
	cp none lone
	echo $k.certRevocationCheck=false >>lone
	says 1 "lone: '$k.host' is missing: this connector is not whole" lone
	grep -v '\.uri=' one >half
	says 2 "half: '$k.uri' is missing: this connector is not whole" half
	sed 's/kra1.*/a:1  b:2/' one >blanks
	says 2 "blanks:3: '$k.host' is no list 'HOST:PORT HOST:PORT' with one blank between them" \
	    blanks
	sed 's/local=false/local=true/' one >local
	says 2 "local: the KRA is in the CA's own instance ('$k.local'): it has no hosts" \
	    local
EOF

it 'makes a list of one host when a second comes, and leaves the port' <<-\EOF
	edits "-$k.host=$a" "+$k.host=$a:8443 $b:8444" >want
	makes want --add $b:8444 one
	cfgpatch one want >got
	same two got
	edits "-$k.host=$a" "+$k.host=$a:8443 $b:8444 $c:1" >want
	makes want --add $b:8444 --add $c:1 one
	makes want --add $b:8444,$c:1,$a:8443 one
	makes nothing --add $a:8443 one
	makes nothing --add $b:8444 two
EOF

it 'makes one host of two when one goes, with its own port' <<-\EOF
	edits "-$k.host=$a:8443 $b:8444" "+$k.host=$b" "-$k.port=8443" \
	    "+$k.port=8444" >want
	makes want --remove $a:8443 two
	edits "-$k.host=$a:8443 $b:8444" "+$k.host=$a" >want
	makes want --remove $b:8444 two
	cfgpatch two want >got
	same one got
	edits "-$k.host=$a:8443 $b:8444 $c:1" "+$k.host=$a:8443 $b:8444" >want
	makes want --remove $c:1 three
EOF

it 'takes the whole connector away with its last host' <<-\EOF
	cp one last
	echo $k._000=remark >>last
	gives 0 cfgkra --remove $a:8443 last
	exits 0 cfgpatch last out >got
	sed -n '1p;$p' one >want
	same want got
	gives 0 cfgkra --remove $a:8443,$b:8444 two
	cfgpatch two out >got
	same want got
EOF

it 'says so where a host that is to go is not there' <<-\EOF
	gives 0 cfgkra --remove $c:1 two
	same nothing out
	echo "cfgkra: two: the connector has no host '$c:1'" >want
	same want err
EOF

it 'takes away a host whose name is given in another case' <<-\EOF
	gives 0 cfgkra --remove $a:8443 two
	cp out want
	gives 0 cfgkra --remove KRA1.example.com:8443 two
	same want out
	exits 1 cmp -s nothing out
EOF

it 'replaces a host: the new one comes before the old one goes' <<-\EOF
	edits "-$k.host=$a" "+$k.host=$c" "-$k.port=8443" "+$k.port=1" >want
	makes want --remove $a:8443 --add $c:1 one
EOF

it 'adds nothing to no connector' <<-\EOF
	says 1 'none: there is no KRA connector (--from makes one)' \
	    --add $a:8443 none
	echo "$cert" >pem
	says 1 'none: there is no KRA connector (--from makes one)' \
	    --transport-cert pem none
EOF

it 'takes no host that the server could not read' <<-\EOF
	for host in $a $a: :1 $a:x $a:1:2 '[::1]:8443' "$a:1 $b:2" ''
	do
		says 2 "not HOST:PORT: '$host' (see --help)" --add "$host" one
	done
	says 2 "not HOST:PORT: '' (see --help)" --remove $a:8443, one
EOF

it 'makes a connector of a document, with the defaults of the server' <<-\EOF
	document $a 8443 >doc
	connector $a 8443 | grep KRA | sed 's/^/+/' >lines
	{ echo '# clonekit edits 1'; cat lines; echo .; } >want
	makes want --from doc none
	# The documents that it prints are such ones.
	for form in json xml
	do
		cfgkra --format=$form one >doc
		makes want --from doc none
	done
	cfgkra --format=xml two >doc
	exits 0 cfgkra --from doc none >script
	cfgpatch none script >made
	cfgkra two >want
	cfgkra made >got
	same want got
EOF

it 'names the client certificate with its token, but for the internal one' <<-\EOF
	document $a 8443 >doc
	for token in hsm internal 'Internal Key Storage Token'
	do
		{ cat none; echo "ca.subsystem.tokenname=$token"; } >hsm.cfg
		cfgkra --from doc hsm.cfg >out
		case $token in
		hsm) echo "+$k.nickName=hsm:subsystemCert cert-ca" ;;
		*) echo "+$k.nickName=subsystemCert cert-ca" ;;
		esac >want
		grep -F "+$k.nickName=" out >got
		same want got
	done
EOF

it "keeps the CA's own names of its certificate, and its ciphers" <<-\EOF
	{ cat one; echo "$k.clientCiphers=x"; } >own
	document $b 8444 |
	    sed "s/}/,\"transportCertNickname\":\"other\"}/" >doc
	exits 0 cfgkra --from doc own >out
	exits 1 grep -e nickName -e clientCiphers -e ickname out
	grep -qx "+$k.host=$a:8443 $b:8444" out
EOF

it 'takes a host in another case for the same host' <<-\EOF
	edits >want
	makes want --add KRA1.example.com:8443 one
EOF

it 'takes what a document says of time-out, path and state' <<-\EOF
	printf '{"host":"h","port":"1","transportCert":"%s","timeout":"5",
	    "uri":"/u","enable":"false","local":"false","new":[1]}' "$cert" \
	    >doc
	cfgkra --from doc none >out
	for line in enable=false timeout=5 uri=/u host=h port=1
	do
		grep -qx "+$k.$line" out
	done
EOF

it "adds a document's hosts to a connector with the same certificate" <<-\EOF
	document $b 8444 >doc
	edits "-$k.host=$a" "+$k.host=$a:8443 $b:8444" >want
	makes want --from doc one
	document "$a:8443 $b:8444" 9 >doc
	makes want --from doc one
	makes nothing --from doc two
EOF

it 'knows equal certificates, however they are folded' <<-\EOF
	{ echo "<kraConnectorInfo><host>$b</host><port>8444</port>"
	  echo "<transportCert>-----BEGIN CERTIFICATE-----"
	  echo "$cert" | fold -w 64
	  echo "-----END CERTIFICATE-----</transportCert></kraConnectorInfo>"
	} >doc
	makes want --from doc one
EOF

it 'refuses another certificate, unless the hosts are the same' <<-\EOF
	needs openssl
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -subj /CN=new \
	    -out pem 2>log
	new=$(openssl x509 -in pem -outform der | base64 -w 0)
	echo "{\"host\":\"$b\",\"port\":\"8444\",\"transportCert\":\"$new\"}" \
	    >doc
	says 1 'one: KRA connector already exists, with another transport certificate (--transport-cert takes a renewed one)' \
	    --from doc one
	sed "s/$b/$a/; s/8444/8443/" doc >again
	edits "-$k.transportCert=$cert" "+$k.transportCert=$new" >want
	makes want --from again one
	cfgkra --transport-cert pem --from doc one >got
	grep -qx "+$k.host=$a:8443 $b:8444" got
	grep -qx "+$k.transportCert=$new" got
EOF

it 'takes a renewed certificate, of PEM or base64, on one line' <<-\EOF
	needs openssl
	makes want --transport-cert pem one
	openssl x509 -in pem -text >more
	makes want --transport-cert more one
	openssl x509 -in pem -outform der | base64 >folded
	makes want --transport-cert folded one
	cfgkra --transport-cert - one <pem >got
	same want got
	echo "$cert" >now
	makes nothing --transport-cert now one
EOF

it 'takes nothing else for a certificate' <<-\EOF
	needs openssl
	: >empty
	echo MIIDbDCCAlSgAwIBAgI= >short
	sed 5d pem >damaged
	sed '$d' pem >cut
	for bad in empty short damaged cut key
	do
		says 2 "$bad: not a certificate" --transport-cert $bad one
	done
	exits 2 cfgkra --transport-cert missing one 2>err
	grep -q "^cfgkra: .*missing.*: No such file" err
EOF

it 'edits in place, with a backup, and prints what it did' <<-\EOF
	fresh
	cp ../one CS.cfg
	exits 0 cfgkra -i --no-log --add $b:8444 CS.cfg >out 2>err
	same ../two CS.cfg
	grep -qx "+$k.host=$a:8443 $b:8444" out
	test "$(backups | wc -l)" -eq 1
	exits 0 cfgkra -i --no-log --remove $b:8444 CS.cfg >out 2>err
	same ../one CS.cfg
EOF

it 'names options that do not go together' <<-\EOF
	for options in '--format=xml --add a:1' '--json --remove a:1' \
	    '--format=yaml' '-i' '--table --format=xml' '--table --from one'
	do
		exits 2 cfgkra $options one 2>err
		test "$(grep -c '^cfgkra: ' err)" -eq 1
		grep -q '(see --help)' err
	done
	exits 2 cfgkra --from - - <one 2>err
	grep -q 'only one file can be standard input' err
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	it "a server's own document makes the server's own connector" <<-\EOF
		at=$CLONEKIT_FIXTURES/dogtag
		grep '^{' "$at"/rest/ca1-kraconnector.json >doc
		gives 0 cfgkra --from doc "$at"/2-*/ca1/ca-CS.cfg
		same nothing out
		exits 0 cfgkra --from doc "$at"/2-*/ca2/ca-CS.cfg >script
		cfgpatch "$at"/2-*/ca2/ca-CS.cfg script >made
		cfgget -l -p $k. made >got
		cfgget -l -p $k. "$at"/2-*/ca1/ca-CS.cfg >want
		same want got
		sed -n 1p "$at"/rest/ca2-kraconnector.json >doc
		exits 2 cfgkra --from doc "$at"/2-*/ca2/ca-CS.cfg
	EOF
fi

tap_done
