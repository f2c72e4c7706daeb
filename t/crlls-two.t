#!/bin/sh
# SPDX-License-Identifier: MIT
# crlls: two CRLs, delta CRLs, and CRLs of a server.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/crl.sh
. "$tap_top/t/lib/crl.sh"
# shellcheck source=lib/await.sh
. "$tap_top/t/lib/await.sh"

server=
trap 'test -z "$server" || kill $server; rm -rf "$tap_home"' EXIT

it 'makes what the tests are about' <<-\EOF
	ca ca cRLSign -newkey rsa:2048
	printf '%s\n' '3 3 reason=6' '1 1 reason=1' '2 2' | crl old number=10
	printf '%s\n' '2 2' '4 4 reason=4' '3 3 reason=1' |
	    crl new number=11 at=101
EOF

it 'tells what was added, removed and changed, in no order' <<-\EOF
	cat >want <<-END
	added 0x4 superseded -
	changed 0x3 keyCompromise certificateHold
	removed 0x1 keyCompromise -
	END
	exits 1 crlls --entries old new \
	    --columns change,serial,reason,was-reason >got
	sed 's/\t/ /g; s/ $/ -/' got >words
	same want words
	exits 1 crlls --summary old new >got
	grep -c '^# file: ' got >count
	echo 2 >want
	same want count
	exits 1 grep -v '^#' got
	exits 0 crlls old old >got
	exits 1 grep -v '^#' got
	exits 1 grep error got
EOF

it 'finds a number that went back, and one that two CRLs have' <<-\EOF
	exits 1 crlls new old >got
	grep '^# old: error: number-went-back: number 10 after 11$' got
	grep '^# old: error: time-went-back: ' got
	printf '%s\n' '3 3 reason=6' '1 1 reason=1' '2 2' |
	    crl twice number=10 at=102
	exits 1 crlls old twice >got
	grep '^# twice: error: number-twice: ' got
	exits 1 grep -v '^#' got
	exits 1 crlls --json old twice >got
	grep '"level":"error","code":"number-twice"' got
	printf '%s\n' '3 3 reason=6' '1 1 reason=1' '2 2' | crl none
	exits 0 crlls old none >got
	grep '^# none: info: no-number: ' got
	crl large1 number=$((1 << 62)) </dev/null
	crl large2 number=99 at=101 </dev/null
	exits 1 crlls large1 large2 >got
	grep number-went-back got
EOF

it 'does not compare what is not of one issuer and point' <<-\EOF
	openssl req -x509 -key ca.key -out else.pem -subj /CN=else
	"$make_crl" ca.key else.pem number=12 </dev/null >else
	exits 2 crlls old else >got 2>err
	exits 1 test -s got
	grep "^crlls: else: of another issuer than old: 'CN=else'" err
	crl point number=12 point=http://x/ </dev/null
	exits 2 crlls old point >got 2>err
	grep '^crlls: point: of another issuing point than old' err
	exits 2 crlls --issuer else.pem old new >got 2>err
	exits 1 test -s got
	exits 1 crlls --issuer ca.pem old new >got
EOF

it 'brings a CRL up to date by a delta CRL' <<-\EOF
	printf '%s\n' '3 90 reason=8' '5 91' '1 92 reason=4' '9 92 reason=8' |
	    crl delta number=12 delta=10 at=102
	exits 0 crlls -i ca.pem --delta delta old >got
	grep '^# delta-base: 10' got
	exits 0 crlls --entries --columns serial,reason --delta delta old >got
	printf '0x%s\t%s\n' 2 '' 5 '' 1 superseded >want
	same want got
	exits 1 crlls --delta delta --has 3 old >got
	exits 0 crlls --delta delta --has 5 old >got
	exits 1 crlls --entries --columns change,serial old delta >got
	printf '%s\t0x%s\n' added 5 changed 1 removed 3 >want
	same want got
EOF

it 'says what a delta CRL alone cannot tell' <<-\EOF
	exits 0 crlls delta >got
	exits 0 crlls --has 5 delta >got
	exits 2 crlls --has 2 delta >got 2>err
	grep '^crlls: delta: a delta CRL: ' err
	exits 2 crlls --has 3 delta >got
EOF

it 'applies no delta CRL to what it is not for' <<-\EOF
	refuses () {
		exits 2 crlls --delta "$@" >got 2>err
		exits 1 test -s got
		grep "^crlls: $text" err
	}
	crl later number=13 delta=11 at=103 </dev/null
	crl early number=9 delta=8 at=90 </dev/null
	crl point number=13 delta=10 point=http://x/ </dev/null
	text='new: not a delta CRL' && refuses new old
	text='delta: a delta CRL is no base' && refuses delta delta
	text='old: older than the base that later' && refuses later old
	text='early: older than old, its base' && refuses early old
	text='point: of another issuing point' && refuses point old
	text='none: no CRL number' && refuses delta none
	exits 2 crlls delta old >got 2>err
	grep '^crlls: delta: a delta CRL, but old is not one' err
EOF

it 'finds a file that is changed while it is read' <<-\EOF
	crl many number=1 count=20000 </dev/null
	cp many bad
	# The pipe is full before the last entries are read again.
	mkfifo pipe
	(exits 2 crlls bad >pipe 2>err && : >ended) &
	exec 3<pipe
	head -c 1 <&3 >first
	printf '\0\0' | dd of=bad bs=1 conv=notrunc \
	    seek=$(($(wc -c <bad) - 600))
	cat <&3 >rest
	wait
	test -e ended
	grep '^crlls: bad: changed while it was read' err
EOF

it 'starts a server' <<-\EOF
	mkdir -p www
	cp old www/old.crl
	openssl crl -inform DER -in old -out www/old.pem
	echo '<html>Disabled</html>' >www/page.html
	mkdir www/sub
	cat >serve <<-END
	import http.server, functools
	handler = functools.partial(
	    http.server.SimpleHTTPRequestHandler, directory='www')
	server = http.server.HTTPServer(('127.0.0.1', 0), handler)
	open('port.new', 'w').write(str(server.server_port))
	import os; os.rename('port.new', 'port')
	server.serve_forever()
	END
EOF

python3 serve >serve.log 2>&1 &
server=$!
await test -s port
url=http://127.0.0.1:$(cat port)

it 'reads a CRL from a URL, DER and PEM' <<-\EOF
	exits 0 crlls --entries old >want
	for name in old.crl old.pem
	do
		exits 0 crlls -i ca.pem --entries $url/$name >got
		same want got
	done
	exits 1 crlls $url/old.crl new >got
	grep "^# file: $url/old.crl" got
EOF

it 'says in one line what a server has instead' <<-\EOF
	fails () {
		exits 2 crlls "$@" >got 2>err
		exits 1 test -s got
		test "$(grep -c '^crlls: ' err)" -eq 1
	}
	fails $url/page.html
	grep 'a page (text/html), not a CRL' err
	fails $url/none
	grep 404 err
	fails $url/sub
	grep 301 err
	fails https://127.0.0.1/
	fails ldap://127.0.0.1/
	fails http://127.0.0.1:1/
EOF

tap_done
