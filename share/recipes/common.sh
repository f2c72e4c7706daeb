# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# common.sh - what the recipes share.  They set name, help, flags and takes, and
# read this.
#
#	flags	options without a value: each is LONG, or S,LONG with a letter
#	takes	options with a value
#
#	while next_option "$@"
#	do
#		case $option in
#		force) force=yes ;;
#		user) user=$value ;;
#		esac
#		shift "$taken"
#	done
#	shift "$taken"

# Not echo, which expands \\033 in a name.
die () {
	printf '%s: %s\n' "$name" "$*" >&2
	exit 2
}

next () {
	printf 'next: %s\n' "$*"
}

# wrong WORDS: about the command line
wrong () {
	die "$* (see --help)"
}

# named WORD: the long name of an option that is called --NAME or -N
named () {
	for known in $flags $takes
	do
		case $1 in
		--*)
			case $known in
			"${1#--}" | ?,"${1#--}") break ;;
			esac
			;;
		*)
			case $known in
			"${1#-}",*) break ;;
			esac
			;;
		esac
		known=''
	done
	printf '%s\n' "${known#?,}"
}

# next_option WORD...: sets option, the long name of the one that comes first,
# value, and taken, how many words these are.  Fails where no option comes first;
# taken is then 1 for a "--", and else 0.
next_option () {
	value='' taken=0
	test $# -gt 0 || return 1
	taken=1
	case $1 in
	--) return 1 ;;
	-h | --help) printf '%s\n' "$help"; exit 0 ;;
	--?*=*) word=${1%%=*} joined=yes value=${1#*=} ;;
	--* | -?) word=$1 joined='' ;;
	-?*) value=${1#-?} joined=yes; word=${1%"$value"} ;;
	*) taken=0; return 1 ;;
	esac
	option=$(named "$word")
	test -n "$option" || wrong "$word: unknown option"
	case " $flags " in
	*" $option "* | *" "?",$option "*)
		test -z "$joined" || wrong "$word takes no value"
		value=yes
		return 0
		;;
	esac
	test -z "$joined" || return 0
	test $# -gt 1 || wrong "$word needs a value"
	value=$2 taken=2
}

# others_write DIR: can anybody else but its owner write there?
others_write () {
	# The mode in octal: 0775, 1777.
	case $(stat -c %04a -- "$1") in
	??[2367]? | ???[2367]) return 0 ;;
	*) return 1 ;;
	esac
}

# judge DIR END: fails where another user than root and the caller owns DIR, or
# could write in it.  In a sticky one, others can only add: that is no place for
# our files (END is yes), and may have such a place below it.
judge () {
	case $(stat -c %u -- "$1") in
	0 | "$(id -u)") ;;
	*) die "'$1' belongs to another user; use another directory" ;;
	esac
	others_write "$1" || return 0
	test -k "$1" && test -z "$2" ||
	    die "other users can write in '$1'; use another directory"
}

# private DIR: prints where DIR is, without links, and makes it if it is not
# there.  Fails where another user could swap what the path leads through while
# we work; so the path is walked as the kernel does it, link by link.
private () {
	case $1 in
	/*) rest=$1 ;;
	*) rest=$PWD/$1 ;;
	esac
	at='' links=0
	while test -n "$rest"
	do
		next=${rest%%/*}
		case $rest in
		*/*) rest=${rest#*/} ;;
		*) rest='' ;;
		esac
		case $next in
		'' | .) continue ;;
		..) at=${at%/*}; continue ;;
		esac
		judge "${at:-/}" ''
		if test -L "$at/$next"
		then
			case $(stat -c %u -- "$at/$next") in
			0 | "$(id -u)") ;;
			*) die "'$at/$next' is a symbolic link of another user" ;;
			esac
			links=$((links + 1))
			test $links -le 40 || die "'$1': too many symbolic links"
			rest=$(readlink -- "$at/$next")/$rest
			case $rest in
			/*) at='' ;;
			esac
			continue
		fi
		at=$at/$next
		test -d "$at" || (umask 077 && mkdir -- "$at") ||
		    die "cannot make '$at'"
	done
	judge "${at:-/}" yes
	printf '%s\n' "${at:-/}"
}

# hold WHAT: only one recipe at a time works on WHAT.  Descriptor 9 is the
# lock, which the kernel gives back however this ends; close it (9>&-) for
# commands of the user's, which may leave something running.
hold () {
	if test "$(id -u)" -eq 0
	then
		locks=/run/clonekit
	else
		locks=${XDG_RUNTIME_DIR:-${HOME:?}/.cache}/clonekit
	fi
	locks=$(private "$locks") || exit 2
	# By whatever name it is called.
	held=$(readlink -m -- "$1" | sha256sum)
	exec 9>>"$locks/${held%% *}"
	flock -n 9 || die "another recipe is running on '$1'"
}

# remove FILE: with the rights of its directory's owner, so that no link there
# leads to another user's file.  Whose file it is does not matter to rm.
remove () {
	asowner --name-only -- "$1" rm -f -- "$1" </dev/null || :
}

# subsystem_of FILE: the type of subsystem that a CS.cfg, or an instance, is of,
# as options take it.  Whoever wrote the file may have written anything.
subsystem_of () {
	got=0
	type=$(cfgget ${subsystem:+--subsystem "$subsystem"} -- cs.type "$1") ||
	    got=$?
	case $got,$type in
	0,CA) echo ca ;;
	0,KRA) echo kra ;;
	0,OCSP) echo ocsp ;;
	0,TKS) echo tks ;;
	0,TPS) echo tps ;;
	0,*) die "cs.type of '$1' is not CA, KRA, OCSP, TKS or TPS" ;;
	1,*) die "no cs.type in the CS.cfg of '$1'" ;;
	*) exit 2 ;;
	esac
}

# quoted WORD...: each as a shell wants it
quoted () {
	quoted_all=''
	for word
	do
		quoted_all="$quoted_all '$(printf '%s\n' "$word" |
		    sed "s/'/'\\\\''/g")'"
	done
	printf '%s' "${quoted_all# }"
}

# is_host NAME: is it a host name, and nothing that a command would take for
# an option?
is_host () {
	case $1 in
	'' | -* | *[!A-Za-z0-9.:_@-]*) return 1 ;;
	*) return 0 ;;
	esac
}
