# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# common.sh - what the recipes share.  They set name and usage, and read this.

# echo makes of \\033 in a name what it stands for.
trouble () {
	printf '%s: %s\n' "$name" "$*" >&2
	exit 2
}

next () {
	printf 'next: %s\n' "$*"
}

wrong () {
	echo "$usage" >&2
	exit 2
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
	*) trouble "'$1' belongs to another user: use another directory" ;;
	esac
	others_write "$1" || return 0
	test -k "$1" && test -z "$2" ||
	    trouble "others can write in '$1': use another directory"
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
			*) trouble "'$at/$next' is another user's link" ;;
			esac
			links=$((links + 1))
			test $links -le 40 || trouble "too many links: '$1'"
			rest=$(readlink -- "$at/$next")/$rest
			case $rest in
			/*) at='' ;;
			esac
			continue
		fi
		at=$at/$next
		test -d "$at" || (umask 077 && mkdir -- "$at") ||
		    trouble "cannot make '$at'"
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
	flock -n 9 || trouble "another recipe is at work on '$1'"
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
	0,*) trouble "cs.type of '$1' is not CA, KRA, OCSP, TKS or TPS" ;;
	1,*) trouble "no cs.type in the CS.cfg of '$1'" ;;
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
