# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# sandbox.sh - what the tests of the writer share; read it after tap.sh
#
#	able WORDS CMD ARG...	skip the rest of this body, "no WORDS here",
#				where CMD fails
#	gives N CMD ARG...	as exits; stdout goes to ./out, stderr to ./err
#	root			skip it where the user is not root
#	big_cfg			a CA's CS.cfg, 90 KB
#	fresh			go to a new directory with a CS.cfg, in which a=1,
#				b=2, c=3; ../old is a copy, ../edits set a to 9,
#				which is ../new
#	backups			the backups of CS.cfg here, oldest first
#	leftovers		the temporaries here that a writer left
#	what_it_is FILE		all of a file that is not its contents
#	plain_build CMD		is it a program without sanitizers or valgrind?
#	program CMD		its file: under valgrind, what is on PATH is a
#				script
#	cpu CMD ARG...		the milliseconds of CPU that CMD takes, whatever its
#				status, which others that run do not add to

# shellcheck disable=SC2154 # tap.sh sets tap_home
able () {
	able_words=$1
	shift
	"$@" >"$tap_home/able" 2>&1 && return
	echo "no $able_words here" >"$tap_home/skip"
	exit 0
}

gives () {
	gives_want=$1 gives_got=0
	shift
	"$@" >out 2>err || gives_got=$?
	test "$gives_got" -eq "$gives_want"
}

root () {
	able 'rights of root' test "$(id -u)" -eq 0
}

big_cfg () {
	awk 'BEGIN {
		print "authType=pwd"
		print "ca.certStatusUpdateInterval=600"
		print "ca.crl.MasterCRL.enableCRLCache=true"
		print "ca.crl.MasterCRL.enableCRLUpdates=true"
		print "ca.listenToCloneModifications=true"
		for (i = 0; i < 1180; i++)
			printf "log.instance.SignedAudit.filters.f%04d=" \
			    "AUTHZ_SUCCESS,CERT_REQUEST_PROCESSED,%d\n", i, i
	}'
}

fresh () {
	cd "$(mktemp -d ./XXXXXX)" || return
	printf '%s\n' a=1 b=2 c=3 >../old
	printf '%s\n' a=9 b=2 c=3 >../new
	printf '%s\n' '# clonekit edits 1' -a=1 +a=9 . >../edits
	cp ../old CS.cfg
	chmod 660 CS.cfg
}

backups () {
	find . -name 'CS.cfg.clonekit.*' | sort
}

leftovers () {
	find . -name '.CS.cfg.clonekit-*'
}

what_it_is () {
	stat -c '%F, owner %u:%g, mode %a' "$1"
	getfattr -h -d -m - -- "$1"
}

# shellcheck disable=SC2016 # bash is to expand it
cpu () {
	bash -c 'TIMEFORMAT="%U %S"; exec 3>&2
	    { time "$@" >cpu.out 2>&3; } 2>&1' cpu "$@" 2>cpu.err |
	    awk '{ printf "%.0f\n", 1000 * ($1 + $2) }'
}

program () {
	program_file=$(command -v "$1")
	case $program_file in
	*/valgrind/*) program_file=${program_file%/valgrind/*}/$1 ;;
	esac
	echo "$program_file"
}

plain_build () {
	plain_file=$(command -v "$1")
	test "$(head -c 4 "$plain_file" | tail -c 3)" = ELF &&
	    ! grep -q __asan_init "$plain_file"
}
