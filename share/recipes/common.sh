# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# common.sh - what the recipes share.  They set name and usage, and read this.

trouble () {
	echo "$name: $*" >&2
	exit 2
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

# private DIR: prints where DIR is, without links.  Fails where another user
# than root and the caller owns DIR or a directory above it, or could write in
# one: then it could swap what is there while we work.
private () {
	real=$(readlink -f -- "$1") || trouble "cannot find '$1'"
	above=$real me=$(id -u)
	while :
	do
		owner=$(stat -c %u -- "$above") ||
		    trouble "cannot look at '$above'"
		case $owner in
		0 | "$me") ok=yes ;;
		*) ok='' ;;
		esac
		if others_write "$above"
		then
			test -k "$above" && test "$above" != "$real" || ok=''
		fi
		if test -z "$ok"
		then
			trouble "others can write in '$above': use another" \
			    'directory'
		fi
		test "$above" != / || break
		above=$(dirname -- "$above")
	done
	printf '%s\n' "$real"
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
	(umask 077 && mkdir -p -- "$locks") || trouble "cannot make '$locks'"
	locks=$(private "$locks")
	case $1 in
	/* | -) held=$1 ;;
	*) held=$PWD/$1 ;;
	esac
	held=$(printf %s "$held" | sha256sum)
	exec 9>>"$locks/${held%% *}"
	flock -n 9 || trouble "another recipe is at work on '$1'"
}

# remove FILE: with the rights of its directory's owner, so that no link there
# leads to another user's file.
remove () {
	asowner "$1" rm -f -- "$1" || :
}

# quoted WORD...: each as a shell wants it
quoted () {
	for word
	do
		printf '%s\n' "$word" |
		    sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/' /" | tr -d '\n'
	done | sed 's/ $//'
}

# is_host NAME: is it a host name, and nothing that a command would take for
# an option?
is_host () {
	case $1 in
	'' | -* | *[!A-Za-z0-9.:_@-]*) return 1 ;;
	*) return 0 ;;
	esac
}
