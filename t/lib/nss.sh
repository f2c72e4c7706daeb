# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# nss.sh - databases for tests, made by certutil; read it after tap.sh
#
#	database KIND DIR [PASSWORD]	a new one; KIND sql or dbm; its password
#					goes to DIR.pw
#	cert DIR NICKNAME [OPTION...]	a certificate with a key of its own, by
#					certutil -S; self-signed unless -c; its
#					subject is CN=NICKNAME unless -s
#	lists_as_certutil DIR		nssls --certutil equals certutil -L, -K

head -c 4096 /dev/urandom >noise

database () {
	mkdir "$2"
	printf '%s\n' "$3" >"$2.pw"
	echo "$1" >"$2.kind"
	if test -n "$3"
	then
		certutil -N -d "$1:$2" -f "$2.pw"
	else
		certutil -N -d "$1:$2" --empty-password
	fi
}

cert () {
	nss_dir=$1 nss_name=$2 nss_self=-x nss_subject=yes
	shift 2
	for nss_word
	do
		case $nss_word in
		-c) nss_self='' ;;
		-s) nss_subject='' ;;
		esac
	done
	test -z "$nss_subject" || set -- -s "CN=$nss_name" "$@"
	# Bodies are subshells: the number must not be of one alone.
	nss_serial=$(ls -A ../serials 2>/dev/null | wc -l)
	mkdir -p "../serials/$nss_serial"
	case " $* " in *' -t '*) ;; *) set -- -t ,, "$@" ;; esac
	# shellcheck disable=SC2086 # an option or nothing
	certutil -S -d "$(cat "$nss_dir.kind"):$nss_dir" -f "$nss_dir.pw" \
	    -z noise -n "$nss_name" -m $((nss_serial + 1)) \
	    $nss_self "$@" >nss.out 2>&1 || { cat nss.out; return 1; }
}

lists_as_certutil () {
	nss_at=$(cat "$1.kind"):$1
	certutil -L -d "$nss_at" >want
	nssls --certutil "$nss_at" >got
	same want got
	certutil -K -d "$nss_at" -f "$1.pw" >want || :
	nssls --certutil --keys "$nss_at" >got || :
	same want got
}
