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

# repository SUFFIX <records: an LDIF of the CA's directory.  A record is a
# line: serial number (decimal), status, the day of its revocation or -, then
# any of reason=N expires=DAY modified=DAY issuer=DN profile=ID ca=1; a DAY is
# like 20260301.
repository () {
	for entry in "$1" "ou=ca,$1" "ou=certificateRepository,ou=ca,$1"
	do
		printf 'dn: %s\nobjectClass: top\n' "$entry"
		case $entry in
		o=*) printf 'objectClass: organization\no: ca\n\n' ;;
		*)
			name=${entry#ou=}
			printf 'objectClass: organizationalUnit\nou: %s\n\n' \
			    "${name%%,*}"
			;;
		esac
	done
	while read -r serial status revoked more
	do
		echo "dn: cn=$serial,ou=certificateRepository,ou=ca,$1"
		printf 'objectClass: top\nobjectClass: certificateRecord\n'
		printf 'cn: %s\nserialno: %02d%s\ncertStatus: %s\n' "$serial" \
		    ${#serial} "$serial" "$status"
		expires=20300101 modified=20260101 reason='' issuer=CN=CA
		for word in $more
		do
			case $word in
			expires=*) expires=${word#*=} ;;
			modified=*) modified=${word#*=} ;;
			reason=*) reason=";CRLReasonExtension=${word#*=}" ;;
			issuer=*) issuer=${word#*=} ;;
			profile=*) echo "metaInfo: profileId:${word#*=}" ;;
			ca=1) echo 'extension: 2.5.29.19;isCA=true,pathLen=-1' ;;
			esac
		done
		test "$issuer" = - || echo "issuerName: $issuer"
		echo "notAfter: ${expires}000000Z"
		echo "dateOfModify: ${modified}000000Z"
		test "$revoked" = - || printf 'revokedOn: %s\nrevInfo: %s\n' \
		    "${revoked}000000Z" "${revoked}000000Z$reason"
		echo
	done
}

# issuing_point SUFFIX CRL [NAME]: its entry, as LDIF; CRL '': with none
issuing_point () {
	echo "dn: cn=${3:-MasterCRL},ou=crlIssuingPoints,ou=ca,$1"
	printf 'objectClass: top\nobjectClass: crlIssuingPointRecord\n'
	echo "cn: ${3:-MasterCRL}"
	test -z "$2" ||
	    echo "certificateRevocationList:: $(base64 -w 0 "$2")"
	echo
}
