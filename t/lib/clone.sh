# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# clone.sh - pairs of CS.cfg, broken one by one; read it after tap.sh
#
#	certify NAME KEY DAYS [SERIAL]	NAME.pem of the key in KEY.key, which
#				is made when it is not there; NAME.b64 its DER
#	pair			m and c: a CA and its clone, good ones, out of
#				the sample; with certificates in them
#	change FILE WHAT...	KEY=VALUE is set or added, -KEY taken away,
#				-KEY* all that begin so, sed:SCRIPT run
#	breaks CODE LEVEL FILE[:IN] KEY OTHERS WHAT...
#				a test: what $check says of the files in $files
#				when FILE is changed is CODE, in IN (or FILE)
#				where KEY stands ('': the file as a whole); and
#				nothing worse beside it but OTHERS

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

line_of () {
	test -z "$2" || grep -n "^$2 *=" "$1" | tail -n 1 | cut -d : -f 1 |
	    sed 's/^/:/'
}

found () {
	status=0
	$check >out 2>err || status=$?
	grep "^$in$(line_of "$in" "$key"): $level: $code: " out ||
	    { cat out err; return 1; }
	case $level in
	info) grep -q -v ': info: ' out || test "$status" -eq 0 ;;
	*) test "$status" -eq 1 ;;
	esac || return 1
	grep -v -e ": $code: " -e ': info: ' out >rest || :
	for other in $others
	do
		grep -v ": $other: " rest >less || :
		mv less rest
	done
	same /dev/null rest
}

breaks_count=0
breaks () {
	code=$1 level=$2 file=${3%:*} in=${3#*:} key=$4 others=$5
	shift 5
	breaks_count=$((breaks_count + 1))
	printf '%s\n' "$@" >changes
	it "$code: $(tr '\n' ' ' <changes | cut -c 1-60)" <<-EOF
		mkdir $breaks_count
		cd $breaks_count
		(cd .. && cp -R \$files "\$OLDPWD")
		while read -r line; do change \$file "\$line"; done <../changes
		exits 1 cmp -s \$file ../\$file
		found
	EOF
}
