# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# edits.sh - what the tests of edits share; read it after sandbox.sh
#
#	edits LINE...		a script of these lines
#	merges WANT ARG...	cfgmerge ARG... prints the script of WANT, and
#				nothing else; status 0
#	refuses N ARG...	cfgmerge ARG... prints no edits; what it says
#				is in ./err; status N

edits () {
	printf '%s\n' '# clonekit edits 1' "$@" .
}

merges () {
	merges_want=$1
	shift
	gives 0 cfgmerge "$@"
	same "$merges_want" out
	same /dev/null err
}

refuses () {
	refuses_status=$1
	shift
	gives "$refuses_status" cfgmerge "$@"
	same /dev/null out
	test -s err
}
