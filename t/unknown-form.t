#!/bin/sh
# SPDX-License-Identifier: MIT
# What no tool reads: it is said once, with what the tool does read, and without
# the errors of a parser.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

printf 'dn: o=x\nobjectClass: top\no: x\n\n' >../good.ldif

# one FILE CMD ARG...: refuses FILE as it should
one () {
	one_file=$1
	shift
	gives 2 "$@"
	exits 1 test -s out
	test "$(wc -l <err)" -eq 1
	grep -q "$one_file:*[0-9]*: not in a known form: give .*LDIF" err
	exits 1 grep -E 'attribute|comment|JSON: |XML: |NUL|continue' err
}

# each FILE [ARG...]: all tools that take a SOURCE; the arguments come after
each () {
	one "$1" replls "$1"
	one "$1" rangels "$1"
	one "$1" domainls "$1"
	one "$1" replls --domain "$1" ../good.ldif
	one "$1" ldapcmp -b o=x ../good.ldif "$1"
	one "$1" ldapcmp -b o=x "$1" ../good.ldif
}

while IFS='|' read -r what text
do
	it "refuses $what" <<-EOF
		printf -- '$text' >file
		each file
	EOF
done <<-\EOF
	prose|hello world\nthis is a text\n
	prose after empty lines|\n\nhello\n
	a log|2026-11-30 10:00:00 [main] INFO: Server startup in 5 s\n
	CSV|type,host,port\nCA,ca1,8443\n
	PEM|-----BEGIN CERTIFICATE-----\nMIIB\n
	an override file of pkispawn|[CA]\npki_clone=True\n
	a password.conf|internal=1\ninternaldb=2\nreplicationdb=3\n
	the output of pki|---------\n1 entries matched\n
	YAML|ca:\n  host: ca1\n
	a shell script|#!/bin/sh\nset -e\n
	gzip|\037\213\010\000\000\000\000\000\000\003\000
	LDIF in UTF-16|\377\376d\000n\000:\000 \000
	binary digits|\001\002\003\004
	LDIF without a first line|objectClass: top\ncn: x\n
	HTML|<!DOCTYPE html>\n<html><body>502</body></html>\n
	older HTML|<HTML><HEAD></HEAD></HTML>\n
	a conflict of git|<<<<<<< HEAD\n
EOF

it 'goes by standard input in the same way' <<-\EOF
	for tool in replls rangels domainls
	do
		echo hello >file
		gives 2 $tool - <file
		grep -q '^[a-z]*: <stdin>:1: not in a known form: give ' err
		test "$(wc -l <err)" -eq 1
	done
EOF

it 'crlls --against refuses it, too' <<-\EOF
	needs openssl
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out ca.pem \
	    -days 9 -subj /CN=x 2>log
	: >index
	printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=9\n' >cnf
	openssl ca -config cnf -gencrl -cert ca.pem -keyfile key -out crl 2>log
	for text in hello internal=1 '[CA]'
	do
		echo "$text" >file
		gives 2 crlls --against file crl
		test "$(wc -l <err)" -eq 1
		grep -q '^crlls: file:1: not in a known form: give LDIF, a' err
		one file crlls --numbers file
	done
EOF

it 'names the keys of a file that has none of a CS.cfg' <<-\EOF
	printf 'log4j.rootLogger=INFO\nlog4j.appender=x\n' >file
	one file replls file
	one file domainls file
	one file ldapcmp -b o=x ../good.ldif file
EOF

it 'has the errors of LDIF for LDIF, and of JSON for JSON' <<-\EOF
	printf 'dn: o=x\nhello\n' >file
	for tool in replls rangels domainls
	do
		gives 2 $tool file
		grep -q 'file:2: neither an attribute nor a comment$' err
	done
	printf 'dn:: !\n' >file
	gives 2 replls file
	grep -q 'file:1: the value is not base64$' err
	printf 'version: 2\n' >file
	gives 2 replls file
	grep -q 'file:1: another version than 1$' err
	echo '{"subsystems":' >file
	gives 2 domainls file
	grep -q 'file:[0-9]*: bad JSON: ' err
	for text in '{}' '<a/>' 'dn: o=x'
	do
		echo "$text" >file
		gives 2 domainls file
		grep -q 'file: no security domain in it: give domainInfo as' err
	done
	gives 2 replls ../good.ldif
	grep -q '^replls: no replica in any source: give LDIF, a CS.cfg' err
EOF

tap_done
