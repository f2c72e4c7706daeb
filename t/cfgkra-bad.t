#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgkra: documents that are none, or meant to do harm, are one line and
# status 2.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/aged.sh
. "$tap_top/t/lib/aged.sh"

sed -n '/^ca.connector.KRA/p' "$tap_top/share/sample/master.cfg" >good
test -s good || exit 1
cp "$tap_top/share/sample/clone.cfg" CS.cfg

# bad [TEXT]: ./doc is refused, in one line with TEXT in it
bad () {
	gives 2 cfgkra --from doc CS.cfg
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep -qF "cfgkra: doc${1-:}" said
}

it 'a document that was cut off' <<-\EOF
	for form in json xml
	do
		cfgkra --format=$form good >whole
		exits 0 cfgkra --from whole CS.cfg >out
		size=$(wc -c <whole)
		# t/unit/cut.c has each byte.
		at=0
		while test $at -lt $((size - 2))
		do
			head -c $at whole >doc
			bad
			at=$((at + 61))
		done
	done
EOF

it 'values that are no strings' <<-\EOF
	for value in 1 true '["h"]' '{"a":"b"}' 1e9
	do
		for name in host port transportCert uri timeout enable \
		    local transportCertNickname subsystemCert
		do
			printf '{"%s":%s}' $name "$value" >doc
			bad ": '$name' is "
		done
	done
EOF

it 'values that the server could not start with' <<-\EOF
	cfgkra --format=json good >whole
	while IFS='|' read -r name value
	do
		sed "s|\"$name\": \"[^\"]*\"|\"$name\": \"$value\"|" whole >doc
		exits 1 cmp -s whole doc
		bad
	done <<-\END
	host|
	host|a b
	host|a:1  b:2
	host|a:1\\nx=y
	host|[::1]
	host|a/b
	port|
	port|x
	port|8443x
	port|100000
	transportCert|
	transportCert|MIIDbDCCAlSgAwIBAgI=
	transportCert|%%%
	timeout|x
	timeout|99999999999
	timeout|-1
	enable|yes
	local|true
	local|0
	uri|a\\u0000b
	END
EOF

it 'documents of something else' <<-\EOF
	for text in '' ' ' '[]' '"x"' null '{}' '{"host":"h","port":"1"}' \
	    '{"host":"h"} {}' '<a/>' '<kraConnectorInfo/>' '<' 'hello' \
	    '<kraConnectorInfo><host>a</host><host>b</host></kraConnectorInfo>' \
	    '<kraConnectorInfo><host><b/></host></kraConnectorInfo>' \
	    '<!doctype html><html></html>' \
	    '{"Code":404,"Message":"No KRA connectors"}'
	do
		printf '%s' "$text" >doc
		bad
	done
	cp good doc
	bad
	head -c 2000 /bin/sh >doc
	bad
EOF

it 'entities of other files, of other hosts, and of themselves' <<-\EOF
	echo secret >file
	printf '%s\n' '<?xml version="1.0"?>' '<!DOCTYPE k [' \
	    "<!ENTITY x SYSTEM 'file://$PWD/file'>]>" \
	    '<kraConnectorInfo><host>&x;</host></kraConnectorInfo>' >doc
	bad ':2: bad XML: a DOCTYPE is not taken'
	exits 1 grep -q secret said
	printf '%s\n' '<!DOCTYPE k SYSTEM "http://192.0.2.1/k.dtd">' \
	    '<kraConnectorInfo/>' >doc
	bad ':1: bad XML: a DOCTYPE is not taken'
	{
		printf '<!DOCTYPE k [\n<!ENTITY e0 "ha">\n'
		for n in 1 2 3 4 5 6 7 8 9
		do
			e="&e$((n - 1));"
			echo "<!ENTITY e$n \"$e$e$e$e$e$e$e$e$e$e\">"
		done
		echo ']><kraConnectorInfo><uri>&e9;</uri></kraConnectorInfo>'
	} >doc
	bad ':1: bad XML: a DOCTYPE is not taken'
	echo '<kraConnectorInfo><uri>&e9;</uri></kraConnectorInfo>' >doc
	bad ":1: bad XML: Entity 'e9' not defined"
EOF

it 'ten megabytes of nesting, and of one value' <<-\EOF
	awk 'BEGIN { for (i = 0; i < 1048576; i++) printf "{\"a\": [ " }' >doc
	bad ':1: bad JSON: more values in each other than are taken'
	awk 'BEGIN { for (i = 0; i < 1048576; i++) printf "<kraConne>" }' >doc
	bad ':1: bad XML: more elements in each other than are taken'
	{ printf '{"host":"'; head -c 10485760 /dev/zero | tr '\0' x
	  printf '"}'; } >doc
	bad ": no 'port'"
	head -c 20971520 /dev/zero | tr '\0' ' ' >doc
	bad ''
EOF

it 'a transport certificate of another time is taken, and told' <<-\EOF
	needs openssl
	openssl genrsa -out key 2048 2>log
	for years in 2000-2001 2090-2091
	do
		aged key "$years" "${years%-*}" "${years#*-}" >pem
		openssl x509 -in pem -outform der | base64 -w 0 >base64
		case $years in
		2000-*) text='has expired: 2001-01-01' ;;
		*) text='is not valid before 2090-01-01' ;;
		esac
		sed "s|transportCert=.*|transportCert=$(cat base64)|" good \
		    >aged
		exits 0 cfgkra aged >doc 2>err
		grep -q "^cfgkra: aged: the transport certificate $text" err
		exits 0 cfgkra --transport-cert pem good >out 2>err
		grep -q "^cfgkra: pem: the transport certificate $text" err
		exits 0 cfgkra --from doc CS.cfg >out 2>err
		grep -q "^cfgkra: doc: the transport certificate $text" err
		exits 0 cfgkra --format=tsv aged >out 2>err
		grep -q "^cfgkra: aged: the transport certificate $text" err
	done
	exits 0 cfgkra good >out 2>err
	exits 1 grep -q 'the transport certificate' err
EOF

it 'gives no connector to what is not a CA' <<-\EOF
	echo cs.type=KRA >kra.cfg
	printf '{"host":"k","port":"1","enable":"true","local":"false",%s}\n' \
	    '"timeout":"30","uri":"/kra"' >doc.json
	exits 1 cfgkra --from doc.json kra.cfg >out 2>err
	exits 1 test -s out
	grep -qx "cfgkra: kra.cfg: not a CA's CS.cfg" err
EOF

tap_done
