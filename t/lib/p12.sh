# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# p12.sh - what the tests of bundles share; read it after tap.sh and sandbox.sh
#
#	material		a CA and a server's certificate of it, once, in
#				ca.pem, ca.key, ee.pem, ee.key; pw, and wrong,
#				which is not it
#	bundle FILE ARG...	openssl pkcs12 -export of the server's with its
#				chain, nicknames ee and ca; few rounds
#	id CERT			the SHA-1 of a certificate: OpenSSL's localKeyID

material () {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
	    -subj '/O=EXAMPLE/CN=CA Signing Certificate' -set_serial 1
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout ee.key -out ee.csr -subj '/O=EXAMPLE/CN=ee'
	openssl x509 -req -in ee.csr -CA ca.pem -CAkey ca.key -set_serial 128 \
	    -out ee.pem
	echo Secret.123 >pw
	echo Secret.124 >wrong
} 2>/dev/null

bundle () {
	bundle_file=$1
	shift
	openssl pkcs12 -export -in ../ee.pem -inkey ../ee.key -name ee \
	    -certfile ../ca.pem -caname ca -passout file:../pw -iter 100 \
	    -out "$bundle_file" "$@"
}

id () {
	openssl x509 -in "$1" -noout -fingerprint -sha1 |
	    sed 's/.*=//; s/://g' | tr A-F a-f
}
