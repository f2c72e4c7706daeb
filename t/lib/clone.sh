# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# clone.sh - a pair of CS.cfg, to be changed; read it after tap.sh
#
#	certify NAME KEY DAYS [SERIAL]	NAME.pem of the key in KEY.key, which
#				is made when it is not there; NAME.b64 its DER
#	pair			m and c: a CA and its clone, good ones, out of
#				the sample; with certificates in them
#	change FILE WHAT...	KEY=VALUE is set or added, -KEY taken away,
#				-KEY* all that begin so, sed:SCRIPT run

# shellcheck disable=SC2034,SC2154 # bodies use them; tap.sh sets tap_top

certify () {
	test -e "$2.key" || openssl genpkey -algorithm EC \
	    -pkeyopt ec_paramgen_curve:P-256 -out "$2.key" 2>/dev/null
	openssl req -x509 -new -key "$2.key" -subj "/CN=$2" -days "$3" \
	    -set_serial "${4:-1}" -out "$1.pem"
	openssl x509 -in "$1.pem" -outform DER | base64 -w 0 >"$1.b64"
}

change () {
	change_file=$1
	shift
	for change_what
	do
		case $change_what in
		sed:*) sed -i "${change_what#sed:}" "$change_file" ;;
		*) change="$change_what" awk '
		BEGIN {
			what = ENVIRON["change"]
			gone = sub(/^-/, "", what)
			all = gone && sub(/\*$/, "", what)
			key = what
			sub(/=.*/, "", key)
		}
		{
			own = $0
			sub(/ *=.*/, "", own)
		}
		own != key && !(all && index($0, key) == 1) { print; next }
		!gone { print what; done = 1 }
		END { if (!gone && !done) print what }' "$change_file" \
			    >"$change_file.new"
			mv "$change_file.new" "$change_file" ;;
		esac
	done
}

pair () {
	certify sub1 sub 30 1
	certify sub2 sub 60 2
	certify sub3 other 30 3
	cp "$tap_top/share/sample/master.cfg" m
	cp "$tap_top/share/sample/clone.cfg" c
	change m "ca.subsystem.cert=$(cat sub1.b64)" \
	    "ca.connector.KRA.transportCert=$(cat sub3.b64)"
	cfgmerge --kra --from m c | cfgpatch -i c
	change c "ca.subsystem.cert=$(cat sub1.b64)"
}
