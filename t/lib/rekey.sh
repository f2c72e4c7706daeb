# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# rekey.sh - what the tests of cfgrekey share; read it after tap.sh

# Two keys of the manual's, as certutil and as CS.cfg spell them.
A=a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3
AB=-584f6bb4847c688d65b373650c563d4690b6390d
B=6006094af3e5d02aaa91426594ca66cb53e73ac0
export A AB B

# TOKEN: what certutil says before its keys.
heading () {
	printf 'certutil: Checking token "%s" in slot "s"\n' "$1"
}

# ID NICKNAME: a key's line.
key () {
	printf '< 0> rsa      %s   %s\n' "$1" "$2"
}

# WANT: did cfgrekey say that in "err"?  The trace of exits is there, too.
said () {
	grep '^cfgrekey: ' err >said
	same "$1" said
}
