#!/bin/sh
# SPDX-License-Identifier: MIT
# domainls: each form of a security domain gives the same hosts, each once.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# host TYPE NAME CLONE MANAGER: the fields, as JSON
host () {
	printf '{"id":"%s %s 8443","Hostname":"%s","Port":"8080",' "$1" "$2" \
	    "$2"
	printf '"SecurePort":"8443","SecureEEClientAuthPort":"8446",'
	printf '"SecureAgentPort":"8444","SecureAdminPort":"8445",'
	printf '"Clone":"%s","SubsystemName":"%s 1","DomainManager":"%s"}' \
	    "$3" "$1" "$4"
}

# xml TAG NAME TYPE CLONE MANAGER: the fields, as JAXB writes them
xml () {
	printf '<%s id="%s %s 8443"><Clone>%s</Clone>' "$1" "$3" "$2" "$4"
	printf '<DomainManager>%s</DomainManager><Hostname>%s</Hostname>' \
	    "$5" "$2"
	printf '<Port>8080</Port><SecureAdminPort>8445</SecureAdminPort>'
	printf '<SecureAgentPort>8444</SecureAgentPort>'
	printf '<SecureEEClientAuthPort>8446</SecureEEClientAuthPort>'
	printf '<SecurePort>8443</SecurePort>'
	printf '<SubsystemName>%s 1</SubsystemName></%s>\n' "$3" "$1"
}

ca1=$(host CA ca1 FALSE TRUE) ca2=$(host CA ca2 TRUE FALSE)
kra=$(host KRA kra1 FALSE FALSE)
printf '%s\t%s\t8443\t8444\t8445\t8446\t8080\t%s\t%s\t%s 1\n' \
    CA ca1 false true CA  CA ca2 true false CA  KRA kra1 false false KRA >want

it 'JSON of Dogtag 11' <<-\EOF
	cat >11.json <<-END
	{"id":"EXAMPLE","subsystems":{
	  "CA":{"id":"CA","hosts":{"CA ca1 8443":$ca1,"CA ca2 8443":$ca2}},
	  "KRA":{"id":"KRA","hosts":{"KRA kra1 8443":$kra}}}}
	END
	exits 0 domainls 11.json >got
	same want got
	exits 0 domainls - <11.json >got
	same want got
	exits 0 domainls <11.json >got
	same want got
EOF

it 'JSON that says all of it twice' <<-\EOF
	cat >twice.json <<-END
	{"subsystemArray":[
	  {"hosts":{"CA ca1 8443":$ca1,"CA ca2 8443":$ca2},
	   "hostArray":[$ca1,$ca2],"id":"CA"},
	  {"hosts":{"KRA kra1 8443":$kra},"hostArray":[$kra],"id":"KRA"}],
	 "id":"EXAMPLE","subsystems":{
	  "CA":{"hosts":{"CA ca1 8443":$ca1,"CA ca2 8443":$ca2},
	   "hostArray":[$ca1,$ca2],"id":"CA"},
	  "KRA":{"hosts":{"KRA kra1 8443":$kra},"hostArray":[$kra],
	   "id":"KRA"}}}
	END
	exits 0 domainls twice.json >got
	same want got
EOF

it 'JSON of Dogtag 10.2 and 10.1' <<-\EOF
	cat >10.2.json <<-END
	{"id":"EXAMPLE","Subsystem":[{"id":"CA","Host":[$ca1,$ca2]},
	  {"id":"KRA","Host":$kra}]}
	END
	exits 0 domainls 10.2.json >got
	same want got
	sed 's/"id"/"@id"/g; s/^{/{"DomainInfo":{/; s/}$/}}/' 10.2.json |
	    sed '1s/}}$/}/' >10.1.json
	exits 0 domainls 10.1.json >got
	same want got
	echo "{\"DomainInfo\":{\"Subsystem\":{\"@id\":\"KRA\",\"Host\":$kra}}}" \
	    >one.json
	exits 0 domainls one.json >got
	sed -n 3p want >kra
	same kra got
EOF

it 'XML of Dogtag 10' <<-\EOF
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		echo '<DomainInfo id="EXAMPLE"><Subsystem id="CA">'
		xml Host ca1 CA FALSE TRUE
		xml Host ca2 CA TRUE FALSE
		echo '</Subsystem><Subsystem id="KRA">'
		xml Host kra1 KRA FALSE FALSE
		echo '</Subsystem></DomainInfo>'
	} >10.xml
	exits 0 domainls 10.xml >got
	same want got
EOF

it 'XML of 10.8 to 10.12, which has each host up to four times' <<-\EOF
	for type in CA KRA
	do
		case $type in
		CA) hosts='ca1 ca2' ;;
		KRA) hosts=kra1 ;;
		esac
		for name in $hosts
		do
			flags='FALSE FALSE'
			test $name != ca1 || flags='FALSE TRUE'
			test $name != ca2 || flags='TRUE FALSE'
			xml Host $name $type $flags
		done >plain
		{ echo '<hosts>'
		  sed 's/^<Host/<entry><key>k<\/key><value/; s/Host>$/value><\/entry>/' \
		      plain
		  echo '</hosts>'; } >map
		cat plain map >$type.xml
	done
	{
		echo '<DomainInfo id="EXAMPLE">'
		for type in CA KRA
		do
			echo "<Subsystem id=\"$type\">"
			cat $type.xml
			echo '</Subsystem>'
		done
		echo '<subsystems>'
		for type in CA KRA
		do
			echo "<entry><key>$type</key><value id=\"$type\">"
			cat $type.xml
			echo '</value></entry>'
		done
		echo '</subsystems></DomainInfo>'
	} >10.8.xml
	test "$(grep -o '<Hostname>' 10.8.xml | wc -l)" -eq 12
	exits 0 domainls 10.8.xml >got
	same want got
	sed '/^<Host/d' 10.8.xml >maps.xml
	exits 0 domainls maps.xml >got
	same want got
EOF

it "getDomainXML's, as it is and as a servlet answers" <<-\EOF
	{
		echo '<DomainInfo><Name>EXAMPLE</Name><CAList>'
		xml CA ca1 CA FALSE TRUE
		xml CA ca2 CA TRUE FALSE
		echo '<SubsystemCount>2</SubsystemCount></CAList><OCSPList>'
		echo '<SubsystemCount>0</SubsystemCount></OCSPList><KRAList>'
		xml KRA kra1 KRA FALSE FALSE
		echo '<SubsystemCount>1</SubsystemCount></KRAList></DomainInfo>'
	} | sed 's/Hostname>/Host>/g; s/Port>8080<.Port/UnSecurePort>8080<\/UnSecurePort/' \
	    >get.xml
	exits 0 domainls get.xml >got
	same want got
	{
		printf '<XMLResponse><Status>0</Status><DomainInfo>'
		sed 's/&/\&amp;/g; s/</\&lt;/g' get.xml
		echo '</DomainInfo></XMLResponse>'
	} >answer.xml
	exits 0 domainls answer.xml >got
	same want got
	{ printf '<XMLResponse><Status>0</Status>'
	  cat get.xml
	  echo '</XMLResponse>'; } >answer.xml
	exits 0 domainls answer.xml >got
	same want got
EOF

it "LDIF of the CA's suffix" <<-\EOF
	{
		printf '%s\n' 'dn: ou=Security Domain,o=ca' \
		    'objectClass: pkiSecurityDomain' 'name: EXAMPLE' '' \
		    'dn: cn=CAList,ou=Security Domain,o=ca' \
		    'objectClass: pkiSecurityGroup' ''
		for line in 'CA ca1 FALSE TRUE' 'CA ca2 TRUE FALSE' \
		    'KRA kra1 FALSE FALSE'
		do
			set -- $line
			printf '%s\n' "dn: cn=$2:8443,cn=$1List, ou=Security Do" \
			    ' main,o=ca' 'objectClass: top' \
			    'objectClass: pkiSubsystem' "cn: $2:8443" \
			    "Host: $2" 'SecurePort: 8443' \
			    'SecureAgentPort: 8444' 'secureadminport: 8445' \
			    'SecureEEClientAuthPort: 8446' \
			    'UnSecurePort:: ODA4MA==' "Clone: $3" \
			    "DomainManager: $4" "SubsystemName: $1 1" ''
		done
	} >dump.ldif
	exits 0 domainls dump.ldif >got
	same want got
	sed 's/$/\r/' dump.ldif >crlf.ldif
	exits 0 domainls crlf.ldif >got
	same want got
EOF

it 'picks types and columns, for a loop of the shell' <<-\EOF
	for file in 11.json 10.8.xml get.xml dump.ldif
	do
		exits 0 domainls --type CA --columns host,secure-port $file \
		    >got
		printf '%s\t8443\n' ca1 ca2 >hosts
		same hosts got
	done
	exits 0 domainls -t kra -t ocsp --columns type 11.json >got
	echo KRA >hosts
	same hosts got
	exits 1 domainls --type TPS 11.json >got
	same /dev/null got
	exits 2 domainls --columns nothing 11.json 2>err
	test "$(wc -l <err)" -ge 1
EOF

it 'knows a field that is not there from one that is empty' <<-\EOF
	echo '{"Subsystem":{"id":"CA","Host":{"Hostname":"h","SecurePort":"1",
	    "Clone":""}}}' >few.json
	exits 0 domainls --json --columns clone,manager few.json >got
	echo '{"clone":"","manager":null}' >line
	same line got
EOF

it 'has status 1 for a domain without hosts' <<-\EOF
	for text in '{"subsystems":{}}' '<DomainInfo><CAList/></DomainInfo>' \
	    '<DomainInfo id="x"><Subsystem id="CA"/></DomainInfo>'
	do
		echo "$text" >none
		gives 1 domainls none
		same /dev/null out
		same /dev/null err
	done
EOF

# bad TEXT: ./doc is refused, in one line with TEXT in it
bad () {
	gives 2 domainls doc
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep -qF "domainls: doc$1" said
}

it 'refuses what is no security domain' <<-\EOF
	while IFS='|' read -r text error
	do
		printf '%s\n' "$text" >doc
		bad "$error"
	done <<-\END
	|: nothing in it
	{}|: no security domain in it
	[]|: no security domain in it
	{"Code":404,"Message":"x"}|: no security domain in it
	{"subsystems":[]}|: 'subsystems' is an array, not an object
	{"subsystems":{"CA":1}}|: 'CA' is a number, not an object
	{"Subsystem":[null]}|: 'Subsystem' is null, not an object
	{"Subsystem":{"id":"CA","Host":["h"]}}|: 'Host' is a string, not an object
	{"Subsystem":{"id":"CA","Host":{"Hostname":1}}}|: 'Hostname' is a number, not a string
	{"Subsystem":{"id":"CA","Host":{}}}|: a host without a name
	{"Subsystem":{"id":"CA","Host":{"Hostname":"h"}}}|: a host without a secure port
	{"Subsystem":{"Host":{"Hostname":"h","SecurePort":"1"}}}|: a host of a subsystem without a name
	{"subsystems":{}} x|:1: bad JSON: more than one value
	<a/>|: no security domain in it
	<DomainInfo/>|: no security domain in it
	<DomainInfo><CAList><CA/></CAList></DomainInfo>|:1: a host without a name
	<XMLResponse><Status>1</Status><Error>No</Error></XMLResponse>|: the server's answer is an error: 'No'
	<!doctype html><html/>|: not in a known form: give domainInfo as JSON or XML, 
	<!DOCTYPE DomainInfo [<!ENTITY a "b">]><DomainInfo/>|:1: bad XML: a DOCTYPE is not taken
	dn: o=ca|: no security domain in it
	hello|:1: not in a known form: give domainInfo as JSON or XML, 
	END
	printf 'dn: cn=x:1,o=ca\nobjectClass: pkiSubsystem\nhost: h\n' >doc
	bad ':1: a host of a subsystem without a name'
	printf 'dn: o=ca\nchangetype: delete\n' >doc
	bad ':2: a change, and not an entry'
	sed '$s/$/\n\nsearch: 2\nresult: 4 Size limit exceeded/' dump.ldif >doc
	line=$(grep -n '^result' doc | cut -d : -f 1)
	bad ":$line: the search was cut short: '4 Size limit exceeded'"
EOF

it 'refuses each member that is no string' <<-\EOF
	for name in Hostname Port SecurePort SecureEEClientAuthPort \
	    SecureAgentPort SecureAdminPort Clone SubsystemName DomainManager
	do
		for value in 1 true '["h"]' '{"a":"b"}'
		do
			printf '{"id":"X","Subsystem":{"id":"CA","Host":{%s}}}' \
			    "\"Hostname\":\"h\",\"SecurePort\":\"1\"," |
			    sed "s/,}/,\"$name\":$value}/" >doc
			bad ": '$name' is "
		done
	done
EOF

it 'refuses a document that was cut off' <<-\EOF
	printf '%s' "$(cat 10.2.json)" >whole
	for whole in whole get.xml
	do
		size=$(wc -c <$whole)
		at=0
		while test $at -lt $((size - 2))
		do
			head -c $at $whole >doc
			bad ''
			at=$((at + 7))
		done
	done
EOF

it 'takes ten thousand hosts, and no more' <<-\EOF
	for n in 10000 10001
	do
		awk -v n=$n 'BEGIN { for (i = 1; i <= n; i++)
			printf "dn: cn=h%d:1,cn=CAList\nobjectClass: " \
			    "pkiSubsystem\nhost: h%d\nSecurePort: 1\n\n", i, i
		    }' >$n
	done
	exits 0 domainls 10000 >got
	test "$(wc -l <got)" -eq 10000
	mv 10001 doc
	bad ':50001: more hosts than are taken'
EOF

it 'reads LDIF of any size, in little memory' <<-\EOF
	{
		awk 'BEGIN { for (i = 1; i <= 100000; i++)
			printf "dn: cn=%d,o=ca\nobjectClass: top\n" \
			    "description: %0600d\n\n", i, i }'
		cat dump.ldif
	} >large
	test "$(wc -c <large)" -gt 60000000
	exits 0 domainls large >got
	same want got
	exits 0 domainls - <large >got
	same want got
	if plain_build domainls
	then
		(ulimit -v 90000; exits 0 domainls large >got)
		same want got
	fi
	rm large
EOF

it 'takes no JSON or XML of more than 16 MB' <<-\EOF
	for start in '{"a":"' '<DomainInfo>'
	do
		{ echo "$start"
		  head -c 16777216 /dev/zero | tr '\0' x; } >doc
		bad ': larger than 16777216 bytes'
	done
EOF

it 'counts the empty lines before what is read' <<-\EOF
	printf '\n\n{"subsystems":{}} x\n' >doc
	bad ':3: bad JSON: more than one value'
	printf '\n\nhello\n' >doc
	bad ':3: not in a known form: give domainInfo as JSON or XML, '
	printf '\n  dn: o=ca\n' >doc
	bad ':2: a continued line without one before it'
	{ printf '\n\n'; cat dump.ldif; } >doc
	exits 0 domainls doc >got
	same want got
	{ printf '\n \n'; cat 10.8.xml; } >doc
	exits 0 domainls doc >got
	same want got
EOF

it 'refuses ten megabytes of nesting' <<-\EOF
	awk 'BEGIN { for (i = 0; i < 1048576; i++) printf "{\"a\": [ " }' >doc
	bad ':1: bad JSON: more values in each other than are taken'
	awk 'BEGIN { for (i = 0; i < 1048576; i++) printf "<DomainI>" }' >doc
	bad ':1: bad XML: more elements in each other than are taken'
EOF

if test -n "$CLONEKIT_FIXTURES"
then
	it 'a deployment says the same by REST and by LDAP' <<-\EOF
		at=$CLONEKIT_FIXTURES/dogtag
		grep '^{' "$at"/rest/ca1-domainInfo.json >doc
		exits 0 domainls doc >got
		test "$(wc -l <got)" -eq 6
		exits 0 domainls "$at"/2-*/ds1-ca.ldif >entries
		sort got >want
		sort entries >got
		same want got
	EOF
fi

tap_done
