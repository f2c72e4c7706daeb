#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls: CRLs that are rare, and servers that never end.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/await.sh
. "$tap_top/t/lib/await.sh"

fails () {
	exits 2 crlls "$@" >out 2>err
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep '^crlls: ' said
}

it 'reads one without entries, with the list empty or left out' <<-\EOF
	ca ca keyCertSign,cRLSign -newkey rsa:2048
	crl none number=1 </dev/null
	crl empty number=2 empty=1 </dev/null
	for file in none empty
	do
		exits 0 crlls -i ca.pem --at 2026-06-01 $file >out
		grep '^# entries: 0$' out
		exits 1 grep -v '^#' out
		exits 0 crlls --entries $file >out
		same /dev/null out
		exits 1 crlls --entries --has 1 $file >out 2>err
		same /dev/null out
	done
	exits 0 crlls --entries none empty >out
	same /dev/null out
EOF

it 'reads one of version 1, whose entries say no more than a time' <<-\EOF
	echo '10 5' | crl v1 version=1
	exits 0 crlls -i ca.pem --entries v1 >out
	printf '0x10\t2026-01-06T00:00:00Z\t\t\t\t\n' >want
	same want out
	exits 0 crlls --summary v1 >out
	exits 1 grep '^# number: ' out
EOF

it 'does not hide that a number is in it twice' <<-\EOF
	printf '%s\n' '10 5 reason=1' '11 5' '10 6 reason=4' | crl twice
	exits 0 crlls -i ca.pem --entries --columns serial,reason twice >out
	printf '%s\t%s\n' 0x10 keyCompromise 0x11 '' 0x10 superseded >want
	same want out
	exits 0 crlls --has 0x10 --entries twice >out
	grep '^0x10	' out
EOF

it 'reads numbers of 20 octets, above and below nought, and more' <<-\EOF
	top=7f$(printf %038d 0)
	more=7f$(printf %048d 0)
	printf '%s 1\n' $top -$top $more -$more >entries
	crl long <entries
	exits 0 crlls -i ca.pem --entries --columns serial long >out
	printf '%s\n' 0x$top -0x$top 0x$more -0x$more >want
	same want out
	while read -r serial
	do
		exits 0 crlls --entries --columns serial "--has=$serial" \
		    long >out
		echo "$serial" >one
		same one out
	done <want
	exits 1 crlls --has=0x${top}0 long >out
	# The shortest form of 80 is 0080, of -80 it is 80.
	printf '%s 1\n' 80 -80 ff -1 0 | crl sign
	exits 0 crlls --entries --columns serial sign >out
	printf '%s\n' 0x80 -0x80 0xff -0x1 0x0 >want
	same want out
EOF

it 'reads times of 2050 and after, and judges by them' <<-\EOF
	printf '%s\n' '1 8765.5' '2 9000' | crl far at=8800 next=10000
	openssl crl -inform DER -in far -noout -nextupdate >said
	grep 'May 19 00:00:00 2053' said
	exits 0 crlls -i ca.pem --entries --columns date far >out
	printf '%s\n' 2049-12-31T12:00:00Z 2050-08-23T00:00:00Z >want
	same want out
	exits 0 crlls --stale --summary --at 2053-05-19T00:00:00Z far >out
	grep '^# state: current' out
	grep '^# this-update: 2050-02-04T00:00:00Z' out
	grep '^# next-update: 2053-05-19T00:00:00Z' out
	exits 1 crlls --stale --summary --at 2053-05-19T00:00:01Z far >out
	grep '^# state: stale' out
EOF

it 'says that a CRL is of the future, and that is not stale' <<-\EOF
	crl new at=200 </dev/null
	exits 0 crlls --stale --summary --at 2026-07-19 new >out
	grep '^# state: future' out
	exits 0 crlls --stale --summary --at 2026-07-21 new >out
	grep '^# state: current' out
EOF

# /drip sends an octet a second, heads and all, and /body after the head, both
# for ever; /huge says that it will send 8 EiB, /long says it in too many digits,
# and nothing comes of either.
cat >serve <<'END_SERVER'
import itertools, os, socketserver, time

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\n'


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        path = self.request.recv(65536).split()[1]
        if path == b'/drip':
            drip = itertools.chain(HEAD, itertools.repeat(0x61))
        elif path == b'/body':
            self.request.sendall(HEAD + b'Content-Length: 4000\r\n\r\n0')
            drip = itertools.repeat(0x82)
        else:
            drip = b''
            length = b'9' * (18 if path == b'/huge' else 4000)
            self.request.sendall(HEAD + b'Content-Length: ' + length +
                                 b'\r\n\r\n0')
            time.sleep(3600)
        for octet in drip:
            self.request.sendall(bytes([octet]))
            time.sleep(1)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


server = Server(('127.0.0.1', 0), Handler)
with open('port.new', 'w') as file:
    file.write(str(server.server_address[1]))
os.rename('port.new', 'port')
server.serve_forever()
END_SERVER
python3 serve >serve.log 2>&1 &
server=$!
trap 'kill $server; rm -rf "$tap_home"' EXIT
await test -s port
url=http://127.0.0.1:$(cat port)

it 'gives up by itself on what comes an octet a second for ever' <<-\EOF
	for path in drip body
	do
		fails --timeout 2 $url/$path
		grep "^crlls: $url/$path: not done within 2 s$" said
	done
EOF

it 'does not wait for more than it would take' <<-\EOF
	fails $url/huge
	grep 'over the limit of' said
	fails $url/long
	grep "a Content-Length of '999" said
EOF

tap_done
