# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# crl.sh - CRLs for tests; t/lib/make-crl says how entries are written

make_crl=$tap_top/t/lib/make-crl

# ca NAME KEYUSAGE OPTION...: NAME.key and NAME.pem, all of one name
ca () {
	name=$1 usage=$2
	shift 2
	case " $* " in
	*' -newkey '*) set -- "$@" -nodes -keyout "$name.key" ;;
	esac
	openssl req -x509 -out "$name.pem" -subj /CN=CA -days 3650 \
	    -addext "keyUsage=$usage" "$@"
}

# crl FILE [NAME=VALUE...]: of the CA "ca", entries from standard input
crl () {
	crl_file=$1
	shift
	"$make_crl" ca.key ca.pem "$@" >"$crl_file"
}
