#!/bin/sh
# SPDX-License-Identifier: MIT
# p12ls and p12check: what a MAC proves, whose parameters stand in the file, and
# so are written by whoever forges it.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/p12.sh
. "$tap_top/t/lib/p12.sh"

material
make_p12=$tap_top/t/lib/make-p12
mkdir work
cd work || exit 1

# NAME=VALUE... - f.p12, whose MAC is made with the password unless a key is
# given; see make-p12
file () {
	"$make_p12" ../ca.pem password=Secret.123 rounds=100 "$@" >f.p12
}

# believed NAME=VALUE... - by the password, and by no other
believed () {
	file "$@"
	gives 0 p12ls -w ../pw --columns nickname f.p12
	echo x >want
	same want out
	gives 2 p12ls -w ../wrong f.p12
	same /dev/null out
	grep '^p12ls: f.p12: wrong password' err
}

# refused WHY NAME=VALUE... - with the right password, and with others
refused () {
	why=$1
	shift
	file "$@"
	for word in ../pw ../wrong
	do
		gives 2 p12ls -w $word f.p12
		same /dev/null out
		echo "p12ls: f.p12: MAC: $why" >want
		same want err
	done
}

# unsafe WHY NAME=VALUE...
unsafe () {
	why=$1
	shift
	refused "not to be trusted: $why: have the file made again" "$@"
}

it 'no forger has a MAC for a password that he does not know' <<-\EOF
	# Of the 256 keys of one byte, one is right for a password: this.
	for word in Secret.123 Secret.124 ''
	do
		echo "$word" >word
		file length=1 password="$word" name='caSigningCert cert-pki-ca'
		for form in '' --extract-certs --format=pki -k
		do
			gives 2 p12ls -w word $form f.p12
			same /dev/null out
			grep 'MAC: not to be trusted: PBMAC1 with key length 1, ' err
		done
		gives 2 p12check --user "$(command id -un)" -w word f.p12
		same /dev/null out
		grep '^p12check: f.p12: MAC: not to be trusted: ' err
	done
EOF

it 'PBMAC1 has a key of 20 bytes at least, and its length is said' <<-\EOF
	least='and 20 is the least (RFC 9579, 9)'
	for length in 0 16 19
	do
		unsafe "PBMAC1 with key length $length, $least" length=$length
	done
	unsafe "PBMAC1 with key length 0, $least" length=-1
	unsafe "PBMAC1 without key length (RFC 9579, 5)" length=none
	for length in 20 64
	do
		believed length=$length
		believed length=$length digest=sha512 prf=sha512
	done
EOF

it 'a longer key is read, and one that is too long is no damage' <<-\EOF
	believed length=65
	believed length=256
	for length in 1025 2147483647
	do
		refused "not supported: PBMAC1 with a key of $length bytes (1024 at most)" \
		    length=$length key=00
	done
EOF

it 'a part of a MAC is no MAC, nor is more than all of it' <<-\EOF
	for mac in classic pbmac1
	do
		for octets in 0 31 33
		do
			unsafe "$octets bytes, and HMAC with SHA-256 has 32" \
			    mac=$mac octets=$octets
		done
		unsafe '1 byte, and HMAC with SHA-512 has 64' mac=$mac \
		    digest=sha512 octets=1
	done
EOF

it 'salts and rounds: few are weak, none are refused' <<-\EOF
	for mac in classic pbmac1
	do
		believed mac=$mac rounds=1
		believed mac=$mac salt=00
		refused damaged mac=$mac rounds=0 key=00
	done
	# MACs of old files may have no salt, which is no secret.
	believed mac=classic salt=
	unsafe 'PBMAC1 without a salt (RFC 8018, 4.1)' salt=
	# RFC 9579, 4: these are ignored.
	believed outer=0
	believed outer=-7
EOF

it 'the digests that are believed' <<-\EOF
	for digest in sha1 sha384 sha512
	do
		believed mac=classic digest=$digest
		believed digest=$digest prf=$digest
	done
	believed prf=none
	# HMAC needs not what MD5 has lost, and OpenSSL makes such files.
	believed mac=classic digest=md5
	refused 'not supported: PBMAC1 with MD5' digest=md5
	refused 'not supported: PBMAC1 with MD5' prf=md5
EOF

it 'p12check names what is weak, and is silent of what is well' <<-\EOF
	codes () {
		file rounds=100000 "$@"
		p12check --user "$(command id -un)" -w ../pw f.p12 >out || test $? -eq 1
		sed 's/^[^ ]*: \([a-z]*\): \([a-z0-9-]*\): .*/\1:\2/' out |
		    grep -v :no-trust >got || :
		printf '%s' "$want" | tr ' ' '\n' >want
		same want got
	}
	want=''
	codes mac=classic digest=sha1 salt=3132333435363738
	codes mac=classic
	want='warning:weak-mac '
	codes mac=classic rounds=2000
	want='error:foreign-mac '
	codes mac=classic digest=md5
	grep 'made with MD5, which is weak, and pki takes only SHA-1, ' out
	grep ': p12export --force -w ../pw -o f.p12 -d alias$' out
	codes mac=classic digest=sha224
	want='warning:short-salt '
	codes mac=classic salt=31323334353637
	grep 'have 7 bytes (8 at least)' out
	want='warning:pbmac1 '
	codes length=20
	want='warning:pbmac1 warning:long-mac-key '
	codes length=65
	grep 'the key of its MAC has 65 bytes, and OpenSSL takes 64 at most' out
EOF

it 'openssl reads the classic ones of these, and refuses the same' <<-\EOF
	reads () {
		file mac=classic "$@"
		openssl pkcs12 -in f.p12 -passin file:../pw -nokeys >out
		grep BEGIN out
	}
	for digest in md5 sha1 sha224 sha384 sha512
	do
		reads digest=$digest
	done
	reads rounds=1 salt=
	reads salt=00
	for octets in 1 31 33
	do
		file mac=classic octets=$octets
		exits 1 openssl pkcs12 -in f.p12 -passin file:../pw -nokeys
	done
EOF

it '--no-mac lists what is refused, and says so in its page' <<-\EOF
	file length=1
	gives 0 p12ls -w ../pw --no-mac --columns nickname f.p12
	echo x >want
	same want out
EOF

tap_done
