# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# ocsp.sh - a CA, certificates, and responders on loopback; after tap.sh
#
#	. "$tap_top/t/lib/ocsp.sh"
#
#	ocsp_pki			ca.pem; 1.pem to 4.pem, of which index
#					says good, revoked (keyCompromise),
#					good, unknown; signer.pem may sign answers,
#					noeku.pem may not; other.pem is another CA
#	ocsp_serve first -index index -rsigner ca.pem -rkey ca.key -ndays 1
#	ocsp_url first			openssl ocsp, as http://127.0.0.1:PORT/;
#					it listens on all addresses, and cannot
#					be told not to
#	ocsp_peer bad			ocsp-peer here: what goes wrong is the
#					URL's path
#
# Each stays in the background until the test ends, however it does.

# shellcheck source-path=SCRIPTDIR source=await.sh
. "$tap_top/t/lib/await.sh"

# shellcheck disable=SC2154 # tap.sh sets tap_home
ocsp_home=$tap_home/ocsp
mkdir -p "$ocsp_home"
trap 'ocsp_stop; rm -rf "$tap_home"' EXIT
# Whose environment has a proxy, has it for others.
unset http_proxy HTTP_PROXY

ocsp_key () {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$1.key" 2>/dev/null
}

# ocsp_ca NAME SUBJECT
ocsp_ca () {
	ocsp_key "$1" &&
	openssl req -x509 -new -key "$1.key" -subj "$2" -days 3650 \
	    -addext basicConstraints=critical,CA:TRUE -out "$1.pem"
}

# ocsp_cert NAME SERIAL SUBJECT [EXTENSION]
ocsp_cert () {
	ocsp_key "$1" &&
	openssl req -new -key "$1.key" -subj "$3" -out "$1.csr" &&
	echo "${4:-basicConstraints=CA:FALSE}" >"$1.ext" &&
	openssl x509 -req -in "$1.csr" -CA "${ocsp_by:-ca}.pem" \
	    -CAkey "${ocsp_by:-ca}.key" -set_serial "$2" -days 3650 \
	    -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}

# ocsp_entry SERIAL [REVOKED] - one of the index
ocsp_entry () {
	ocsp_state=V
	test -z "$2" || ocsp_state=R
	printf '%s\t361101000000Z\t%s\t%s\tunknown\t/CN=%s\n' \
	    $ocsp_state "$2" "$1" "$1"
}

ocsp_pki () {
	ocsp_ca ca /O=EXAMPLE/CN=CA &&
	ocsp_ca other /O=EXAMPLE/CN=Other &&
	for ocsp_n in 1 2 3 4
	do
		ocsp_cert $ocsp_n 0x100$ocsp_n "/O=EXAMPLE/CN=$ocsp_n" || return
	done &&
	ocsp_cert signer 0x2001 /O=EXAMPLE/CN=OCSP \
	    extendedKeyUsage=OCSPSigning &&
	ocsp_cert noeku 0x2002 /O=EXAMPLE/CN=NoEKU &&
	ocsp_by=other ocsp_cert stranger 0x2003 /O=EXAMPLE/CN=OCSP \
	    extendedKeyUsage=OCSPSigning &&
	{
		ocsp_entry 1001
		ocsp_entry 1002 261101000000Z,keyCompromise
		ocsp_entry 1003
	} >index
}

# NAME: the port that it says it has, once it is there
ocsp_port () {
	sed -n 's/^ACCEPT .*:\([0-9]*\).*/\1/p' "$ocsp_home/$1.out" | grep .
}

ocsp_there_or_gone () {
	ocsp_port "$1" >"$ocsp_home/$1.port" || gone "$2"
}

# ocsp_run NAME COMMAND... - what says "ACCEPT ADDRESS:PORT" once it is there
ocsp_run () {
	ocsp_name=$1
	shift
	: >"$ocsp_home/$ocsp_name.out"
	"$@" >"$ocsp_home/$ocsp_name.out" 2>"$ocsp_home/$ocsp_name.err" \
	    </dev/null &
	echo $! >"$ocsp_home/$ocsp_name.pid"
	if ! await ocsp_there_or_gone "$ocsp_name" $! ||
	    ! test -s "$ocsp_home/$ocsp_name.port"
	then
		echo "$ocsp_name does not start" >&2
		cat "$ocsp_home/$ocsp_name.err" >&2
		return 1
	fi
	echo "http://127.0.0.1:$(cat "$ocsp_home/$ocsp_name.port")/" \
	    >"$ocsp_home/$ocsp_name.url"
}

ocsp_serve () {
	ocsp_name=$1
	shift
	ocsp_run "$ocsp_name" openssl ocsp -port 0 -CA ca.pem "$@"
}

ocsp_peer () {
	ocsp_run "$1" python3 "$tap_top/t/lib/ocsp-peer" .
}

ocsp_url () {
	cat "$ocsp_home/$1.url"
}

ocsp_stop () {
	for ocsp_pid in "$ocsp_home"/*.pid
	do
		test ! -e "$ocsp_pid" || kill "$(cat "$ocsp_pid")" 2>/dev/null
		rm -f "$ocsp_pid"
	done
}

# ocsp_counts NAME - how many connections and requests ocsp-peer has had
ocsp_counts () {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode(), end="")' \
	    "$(ocsp_url "$1")"
}
