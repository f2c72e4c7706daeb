#!/bin/sh
# SPDX-License-Identifier: MIT
# p12export: the file that it makes, its layout, and where passwords are from.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2317
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/nss.sh"

ec='-k ec -q nistp256'
terminal=$tap_top/t/lib/terminal
quick12='p12export --iterations 1000'
export12="$quick12 -w pw -p dbpw"
echo P12.Secret >pw
echo secret >dbpw

# FILE [PASSWORD-FILE]: is it a whole bundle of ours?
whole () {
	openssl pkcs12 -in "$1" -passin "file:${2:-pw}" -nodes >pem
	test "$(grep -c BEGIN pem)" -eq 4
	p12ls -w "${2:-pw}" --columns sha256,key-id,has-key "$1" >got
	same listed got
}

said () {
	grep '^p12export: ' err >said
	printf 'p12export: %s\n' "$@" >want
	same want said
}

it 'makes a file for its owner alone, whatever the umask' <<-\EOF
	database sql db secret
	cert db ca -t CTu,Cu,Cu $ec
	cert db signing -c ca -t u,u,u -g 1024
	for umask in 000 022 077 777
	do
		rm -f x.p12
		(umask $umask && gives 0 $export12 -o x.p12 db)
		same /dev/null out
		same /dev/null err
		test "$(stat -c '%a %F' x.p12)" = '600 regular file'
	done
	p12ls -w pw --columns sha256,key-id,has-key x.p12 >listed
	test "$(grep -c 'yes$' listed)" -eq 2
	whole x.p12
	find . -name '.*clonekit*' >left
	same /dev/null left
EOF

it 'replaces no file unasked, and what stops it is seen before the work' <<-\EOF
	echo mine >mine
	gives 2 $export12 -o mine --iterations 2000000000 db
	said "'mine' exists already (--force replaces it)"
	echo mine >want
	same want mine
	gives 2 $export12 -o mine db/missing
	said "'mine' exists already (--force replaces it)"
	chmod 644 mine
	gives 0 $export12 -o mine --force db
	whole mine
	test "$(stat -c %a mine)" = 600
EOF

it 'keeps the old file where it fails, also with --force' <<-\EOF
	cp x.p12 old.p12
	gives 2 $export12 --force -o old.p12 db nobody
	gives 2 $quick12 --force -o old.p12 -w pw -p pw db
	gives 2 $quick12 --force -o old.p12 -w missing -p dbpw db
	same x.p12 old.p12
EOF

it 'follows no link, and replaces no directory or pipe' <<-\EOF
	mkdir -p directory
	mkfifo pipe
	ln -sf nowhere dangling
	echo precious >precious
	ln -sf precious link
	for name in directory pipe dangling link
	do
		stat -c '%F %i' $name >before
		gives 2 timeout 600 $export12 -o $name db
		said "'$name' exists already (--force replaces it)"
		gives 2 timeout 600 $export12 --force -o $name db
		said "'$PWD/$name' is not a regular file"
		stat -c '%F %i' $name >after
		same before after
	done
	echo precious >want
	same want precious
	test ! -e nowhere
EOF

it 'goes through links to the directory; one that is missing is said' <<-\EOF
	ln -s directory shortcut
	gives 0 $export12 -o shortcut/y.p12 db
	whole directory/y.p12
	gives 2 $export12 -o missing/y.p12 db
	said "cannot create 'missing/y.p12': No such file or directory"
	gives 2 $export12 -o directory/ db
	gives 2 $export12 -o '' db
	test "$(ls -A directory)" = y.p12
EOF

it 'no output file is a wrong call' <<-\EOF
	gives 2 $export12 db
	said 'no output file is given (-o FILE) (see --help)'
	gives 2 p12export
	said 'no output file is given (-o FILE) (see --help)'
	gives 2 $export12 -o none.p12
	said 'no directory is given (see --help)'
	gives 2 $export12 -o none.p12 -d db -P x db
	grep "^p12export: db: no certificate is called 'db'" err ||
	    grep "^p12export: db: no NSS database here" err
	test ! -e none.p12
EOF

it 'writes to a pipe, but never to a terminal' <<-\EOF
	$export12 -o - db | cat >piped.p12
	whole piped.p12
	exits 2 $export12 -o - db >/dev/full 2>err
	said 'cannot write standard output: No space left on device'
	needs script
	rm -f typescript
	exits 2 script -qec "$export12 -o - db" typescript >shown
	tr -d '\r' <shown >err
	said 'standard output is a terminal: -o FILE, or a pipe'
EOF

it 'gives it the mode that is asked for' <<-\EOF
	for mode in 640 0400 600 777
	do
		gives 0 $export12 --force --mode=$mode -o m.p12 db
		test "$(stat -c %a m.p12)" = ${mode#0}
	done
	whole m.p12
	rm m.p12
	for mode in 0 8 1777 rw 0x1ff 600x -600 '' 4600 99999999999999999999
	do
		gives 2 $export12 "--mode=$mode" -o m.p12 db
		said "--mode: not an octal mode of a file: '$mode'"
	done
	test ! -e m.p12
EOF

it 'gives it the owner and the group that are asked for' <<-\EOF
	root
	gives 0 $export12 --owner=12345:54321 -o o.p12 db
	test "$(stat -c %u:%g:%a o.p12)" = 12345:54321:600
	gives 0 $export12 --force --owner=nobody --mode 640 -o o.p12 db
	test "$(stat -c %U:%G:%a o.p12)" = nobody:root:640
	gives 0 $export12 --force --owner=:54321 -o o.p12 db
	test "$(stat -c %U:%g:%a o.p12)" = root:54321:600
	whole o.p12
	rm o.p12
	gives 2 $export12 --owner=no-such-user -o o.p12 db
	said "--owner: no user 'no-such-user'"
	gives 2 $export12 --owner=root:no-such-group -o o.p12 db
	said "--owner: no group 'no-such-group'"
	gives 2 $export12 --owner=4294967295 -o o.p12 db
	said "--owner: no user '4294967295'"
	test ! -e o.p12
EOF

it 'gives it the SELinux label that is asked for' <<-\EOF
	needs setfattr
	: >labelled
	able 'right to label' setfattr -n security.selinux \
	    -v system_u:object_r:etc_t:s0 labelled
	label=system_u:object_r:pki_tomcat_cert_t:s0
	gives 0 $export12 --context=$label -o l.p12 db
	getfattr -n security.selinux --only-values l.p12 >got
	printf '%s\0' $label >want
	cmp want got
	whole l.p12
EOF

if plain_build p12export
then
it 'leaves no file where owner or label cannot be given' <<-\EOF
	root
	needs strace
	for call in fchown fsetxattr
	do
		gives 2 strace -o trace -e trace=$call \
		    -e inject=$call:error=EPERM \
		    $export12 --owner=1:1 --context=x -o e.p12 db
		grep INJECTED trace
		grep "^p12export: cannot .*'$PWD/e.p12'.*not permitted$" err
		test ! -e e.p12
	done
EOF
fi

# -- layout ------------------------------------------------------------------

it '--iterations are those of the keys, and of the MAC' <<-\EOF
	gives 0 p12export -w pw -p dbpw --iterations 4321 -o i.p12 db
	whole i.p12
	openssl pkcs12 -in i.p12 -passin file:pw -info -noout 2>info
	cat info
	grep '^MAC: sha256, Iteration 4321$' info
	bag='Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 4321,'
	test "$(grep -c "^$bag PRF hmacWithSHA256\$" info)" -eq 2
	gives 0 $export12 --iterations 1 -o one.p12 db
	whole one.p12
	for number in 0 -5
	do
		gives 2 $export12 --iterations=$number -o none.p12 db
		said "--iterations: not a positive number: '$number' (see --help)"
	done
	gives 2 $export12 --iterations=many -o none.p12 db
	said "--iterations: not a number: 'many' (see --help)"
	gives 2 $export12 --iterations=4294967297 -o none.p12 db
	test ! -e none.p12
EOF

it 'makes 600000 rounds of all, when not told' <<-\EOF
	gives 0 p12export -w pw -p dbpw -o default.p12 db
	whole default.p12
	openssl pkcs12 -in default.p12 -passin file:pw -info -noout 2>info
	grep '^MAC: sha256, Iteration 600000$' info
	test "$(grep -c '^Shrouded Keybag: .*Iteration 600000,' info)" -eq 2
	test "$(grep -c Iteration info)" -eq 3
	grep '^Certificate bag$' info
	exits 1 grep 'PKCS7 Encrypted data' info
EOF

it '--encrypt-certs encrypts them, too' <<-\EOF
	gives 0 $export12 --encrypt-certs -o sealed.p12 db
	whole sealed.p12
	openssl pkcs12 -in sealed.p12 -passin file:pw -info -noout 2>info
	grep '^PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration' info
	grep -a -c 'signing' x.p12 >count
	exits 1 grep -a -q 'signing' sealed.p12
EOF

it 'every run has its own salt' <<-\EOF
	gives 0 $export12 -o x2.p12 db
	exits 1 cmp -s x.p12 x2.p12
	openssl asn1parse -inform der -in x.p12 | tail -n 2 | head -n 1 >a
	openssl asn1parse -inform der -in x2.p12 | tail -n 2 | head -n 1 >b
	grep 'OCTET STRING  *\[HEX DUMP\]:[0-9A-F]\{32\}$' a
	exits 1 cmp -s a b
EOF

it '--for=rhcs9 calls keys by the subjects of their certificates' <<-\EOF
	gives 0 $export12 --for=rhcs9 -o nine.p12 db
	whole nine.p12
	p12ls -w pw --keys --columns nickname nine.p12 >got
	printf '%s\n' CN=ca CN=signing >want
	same want got
	p12ls -w pw --columns nickname nine.p12 >got
	printf '%s\n' ca signing >want
	same want got
	gives 0 $export12 --for=pki -o pki.p12 db
	p12ls -w pw --keys --columns nickname pki.p12 >got
	same want got
	gives 2 $export12 --for=all -o none.p12 db
	said "--for: not pki, rhcs9 or fips: 'all' (see --help)"
	test ! -e none.p12
EOF

it '--for=fips has PBMAC1, and another password is seen' <<-\EOF
	gives 0 $export12 --for=fips -o fips.p12 db
	p12ls -w pw --columns sha256,key-id,has-key fips.p12 >got
	same listed got
	openssl asn1parse -inform der -in fips.p12 >asn1
	# id-PBMAC1
	grep -a -q -e ':PBMAC1' -e '1.2.840.113549.1.5.14' asn1
	openssl asn1parse -inform der -in x.p12 >asn1
	exits 1 grep -a -q -e ':PBMAC1' -e '1.2.840.113549.1.5.14' asn1
	gives 2 p12ls -w dbpw fips.p12
	same /dev/null out
EOF

# -- passwords ---------------------------------------------------------------

it "reads the bundle's password from a file's first line, or a descriptor" <<-\EOF
	printf 'P12.Secret\nmore\n' >two
	printf 'P12.Secret' >bare
	printf 'P12.Secret\r\n' >dos
	for file in two bare dos
	do
		gives 0 $quick12 --force -w $file -p dbpw -o w.p12 db
		whole w.p12
	done
	gives 0 $quick12 --force -w - -p dbpw -o w.p12 db <pw
	whole w.p12
	gives 0 $quick12 --force -w /dev/fd/3 -p - -o w.p12 db 3<pw <dbpw
	whole w.p12
	gives 2 $quick12 --force -w - -p - -o w.p12 db <dbpw
	said '-w and -p cannot both be standard input (see --help)'
	gives 2 $quick12 -w missing -p dbpw -o none.p12 db
	said "cannot open 'missing': No such file or directory"
	head -c 501 /dev/zero | tr '\0' x >long
	gives 2 $quick12 -w long -p dbpw -o none.p12 db
	said 'long: a password of more than 500 bytes'
	test ! -e none.p12
EOF

it 'takes an empty password for the bundle, and says so' <<-\EOF
	: >none
	gives 0 $quick12 -w none -p dbpw -o empty.p12 db
	said "the password of the new file is empty"
	openssl pkcs12 -in empty.p12 -passin pass: -nodes >pem
	test "$(grep -c BEGIN pem)" -eq 4
EOF

it 'asks for both passwords on the terminal, without echo' <<-\EOF
	needs python3
	exits 0 $terminal secret P12.Secret P12.Secret -- \
	    p12export --iterations 1000 -o asked.p12 db >shown
	whole asked.p12
	tr -d '\r' <shown | sed 's/.*\[K//' | grep ': $' >got
	printf '%s: \n' 'Password of the database in db' \
	    'Password of the new file' 'The same again' >want
	same want got
	exits 1 grep -q -e secret -e P12 shown
EOF

it 'asks again until both are alike' <<-\EOF
	needs python3
	exits 0 $terminal P12.Sceret P12.Secret P12.Secret P12.Secret -- \
	    p12export --iterations 1000 -p dbpw -o twice.p12 db >shown
	whole twice.p12
	test "$(grep -c 'They are not alike' shown)" -eq 1
	exits 2 $terminal wrong -- p12export -o none.p12 db >shown
	grep 'p12export: db: wrong password' shown
	test ! -e none.p12
EOF

it 'without a terminal or a file there is no password' <<-\EOF
	gives 2 setsid p12export -p dbpw -o none.p12 db
	said 'no terminal to ask for the password of the new file on (-w FILE)'
	test ! -e none.p12
EOF

it 'shows how far it is on a terminal only' <<-\EOF
	needs script
	script -qec "$export12 -o progress.p12 db" typescript >shown
	whole progress.p12
	grep 'p12export: [0-9]* of 6' shown
EOF

tap_done
