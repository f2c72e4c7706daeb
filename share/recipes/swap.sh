# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# swap.sh - what promote-clone and ocsp-swap share: two servers change roles.
# They set name, usage and subsystem, and read it.

# shellcheck source=common.sh
. "${0%/*}/common.sh"

dry='' rsh='' stop=: start=: stopped=''

# options ARG...: what they have in common; the count of words in $taken, 0
# where the first is another one.
common () {
	taken=1
	case $1 in
	-h | --help) echo "$usage"; exit 0 ;;
	-n | --dry-run) dry=yes ;;
	--rsh | --start | --stop)
		test $# -gt 1 || wrong
		taken=2
		case $1 in
		--rsh) rsh=$2 ;;
		--start) start=$2 ;;
		--stop) stop=$2 ;;
		esac
		;;
	*) taken=0 ;;
	esac
}

# at TARGET COMMAND ARG...: where the target is, with its file as the last
# operand.  With --rsh, HOST:FILE is on that host.
at () {
	target=$1
	shift
	case $rsh,$target in
	?*,*:*)
		is_host "${target%%:*}" ||
		    trouble "not a host name: '${target%%:*}'"
		# The shell over there undoes the quotes.
		sh -c "$rsh \"\$@\"" sh "${target%%:*}" \
		    "$(quoted "$@" "${target#*:}")"
		;;
	*) "$@" "$target" ;;
	esac
}

# each_once TARGET...: no two are the same file, or written the same.
each_once () {
	while test $# -gt 1
	do
		first=$1
		shift
		for target
		do
			if test "$first" = "$target" || test "$first" -ef "$target"
			then
				trouble "'$target' stands for two"
			fi
		done
	done
}

# run CMD TARGET: a command of the user's, which gets the target as its operand.
run () {
	at "$2" sh -c "$1 \"\$1\"" sh >&2 9>&- || {
		echo "$name: '$1 $2' failed" >&2
		return 2
	}
}

# Only 1 is a refusal.
must () {
	"$@" || { got=$?; test "$got" -eq 1 || got=2; exit "$got"; }
}

# shellcheck disable=SC2317 # a trap calls it
finish () {
	got=$?
	trap '' HUP INT TERM
	# What was stopped is to run again, the new master first.
	case $stopped in *new*) run "$start" "$new" || got=2 ;; esac
	case $stopped in *ca*) run "$start" "$ca" || got=2 ;; esac
	case $stopped in *old*) run "$start" "$old" || got=2 ;; esac
	test -z "${scratch-}" || rm -rf "$scratch"
	exit "$got"
}

# take_back: the new master could not be changed, so that the old one stays.
take_back () {
	echo "$name: '$old' gets its role back" >&2
	at "$old" cfgpatch --undo --subsystem "$subsystem" >&2 ||
	    echo "$name: '$old' is still a clone" >&2
}

# undo_notes TARGET...: how to undo all, the new master first
undo_notes () {
	for target
	do
		printf "%s: undo: stop, cfgpatch --undo %s, start\n" "$name" \
		    "$(quoted "$target")" >&2
	done
}
