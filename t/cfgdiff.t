#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgdiff: what differs between two CS.cfg files, and what must.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

printf '%s\n' a=1 b=2 c=3 >old
printf '%s\n' a=1 b=9 d=4 >new
cat >changes <<'EOF'
# clonekit edits 1
-b=2
+b=9
-c=3
+d=4
.
EOF
printf '%s\n' '# clonekit edits 1' . >nothing

# -- the answer ------------------------------------------------------------

it 'prints the edits from the first file to the second, and says 1' <<-\EOF
	gives 1 cfgdiff old new
	same changes out
	same /dev/null err
	exits 0 cfgpatch old out >made
	same new made
	exits 0 cfgpatch -R new out >made
	same old made
EOF

it 'says 0 of files that are the same to the server' <<-\EOF
	gives 0 cfgdiff old old
	same nothing out
	same /dev/null err
	printf '# x\n\nc  3\r\n  b : 2\r\na=0\na=\\\n  1' >other
	gives 0 cfgdiff old other
	same nothing out
	gives 0 cfgdiff other old
	same nothing out
EOF

it 'says 0 with --edits either way' <<-\EOF
	gives 0 cfgdiff --edits old new
	same changes out
	gives 0 cfgdiff --edits old old
	same nothing out
	gives 2 cfgdiff --edits old missing
	same /dev/null out
EOF

it 'reads one of the two from standard input' <<-\EOF
	gives 1 cfgdiff - new <old
	same changes out
	gives 1 cfgdiff old - <new
	same changes out
EOF

it 'prints nothing where one of the two cannot be read' <<-\EOF
	for pair in 'missing new' 'old missing'
	do
		gives 2 cfgdiff $pair
		same /dev/null out
		echo "cfgdiff: cannot open 'missing': No such file or directory" \
		    >want
		same want err
	done
	printf 'a=\0001\n' >nul
	gives 2 cfgdiff old nul
	same /dev/null out
	grep '^cfgdiff: nul:1: NUL byte: this is no configuration file$' err
EOF

# What it is; status; both files, as printf takes them.
while IFS='|' read -r title status before after
do
	it "$title" <<-EOF
		printf '$before' >before
		printf '$after' >after
		gives $status cfgdiff before after
		exits 0 cfgpatch before out >made
		exits 0 cfgdiff made after >rest
		same nothing rest
		exits 0 cfgpatch -R made out >back
		same before back
	EOF
done <<-\EOF
	tells the order of keys apart from nothing|0|a=1\nb=2\n|b=2\na=1\n
	sees blanks at the end of a value|1|a=1 \n|a=1\n
	sees another case of a key|1|a=1\n|A=1\n
	sees another case of a value|1|a=true\n|a=True\n
	compares the last of several lines of a key|0|a=1\na=2\n|a=2\n
	sees that another line became the last|1|a=1\na=2\n|a=2\na=1\n
	sees a key that is gone from a key without a value|1|a=\nb=1\n|b=1\n
	sees what became a comment|1|a=1\nb=2\n|#a=1\nb=2\n
	tells an indented number sign from a comment|1|  # c\na=1\n|# c\na=1\n
	keeps comments and order on the way|1|# x\nz=1\n\na=2\n|a=3\nz=1\n
	keeps CRLF on the way|1|a=1\r\nb=2\r\n|a=1\nb=3\nc=4\n
	keeps a last line without newline on the way|1|b=1\na=1|a=2\n
	sees through a line that goes on|1|a=1,\\\n  2\nb=1\n|a=1,\\\n  3\nb=1\n
	keeps the line after two backslashes|1|a=1\\\\\nb=2\n|a=1\nb=2\n
	carries bytes that are not UTF-8|1|a=1\n|a=\377\nb=\303(\n
	carries a colon, a blank and a lone key|1|a=1\n|b: 2\nc 3\nd\n
	compares an empty file|1||a=1\n
	compares with an empty file|1|a=1\n|
EOF

# -- which keys ------------------------------------------------------------

cat >master <<'EOF'
ca.connector.KRA.enable=true
ca.connector._005=## set on master
ca.crl.MasterCRL.enableCRLCache=true
ca.crl.MasterCRL.extension.X.enable=true
ca.crl.pageSize=100
ca.signing.nickname=caSigningCert cert-one
dbs.beginSerialNumber=1
dbs.endSerialNumber=100
installDate=today
machineName=one.example.com
EOF
cat >clone <<'EOF'
ca.connector._005=## set on clone
ca.crl.MasterCRL.enableCRLCache=false
ca.crl.MasterCRL.extension.X.enable=false
ca.crl.pageSize=200
ca.signing.nickname=caSigningCert cert-two
dbs.beginSerialNumber=101
dbs.endSerialNumber=200
machineName=two.example.com
master.ca.agent.host=one.example.com
EOF

it 'leaves out what must not travel, and counts it' <<-\EOF
	gives 1 cfgdiff clone master
	cat >want <<-\END
	# clonekit edits 1
	+ca.connector.KRA.enable=true
	-ca.crl.MasterCRL.extension.X.enable=false
	+ca.crl.MasterCRL.extension.X.enable=true
	-ca.crl.pageSize=200
	+ca.crl.pageSize=100
	.
	END
	same want out
	printf '%s%s\n' 'cfgdiff: host-specific keys left out: ' \
	    '2 role, 2 range, 1 identity, 2 host, 1 comment (-a shows them)' \
	    >want
	same want err
EOF

it 'says 0 where only such keys differ' <<-\EOF
	gives 0 cfgdiff -p dbs. clone master
	same nothing out
	grep ': 2 range (-a shows them)$' err
EOF

it 'shows them all with -a' <<-\EOF
	gives 1 cfgdiff -a clone master
	same /dev/null err
	grep -c '^[-+]' out >count
	echo 19 >want
	same want count
	exits 0 cfgpatch --force clone out >made
	sort master >want
	sort made >got
	same want got
EOF

it 'compares with -p only these, with -x all but these' <<-\EOF
	gives 1 cfgdiff -p ca.connector. -p ca.crl.page clone master
	cat >want <<-\END
	# clonekit edits 1
	+ca.connector.KRA.enable=true
	-ca.crl.pageSize=200
	+ca.crl.pageSize=100
	.
	END
	same want out
	gives 1 cfgdiff -x ca.crl.MasterCRL. clone master
	same want out
	gives 1 cfgdiff -p ca. -x 'ca.crl.**' clone master
	printf '%s\n' '# clonekit edits 1' +ca.connector.KRA.enable=true . >want
	same want out
	gives 0 cfgdiff -p ca.connector.KRA.host clone master
	same nothing out
	same /dev/null err
	gives 1 cfgdiff -a -p 'dbs.*Number' clone master
	test "$(grep -c '^[-+]' out)" -eq 4
EOF

it 'takes a prefix by its letters: no comment key with -a' <<-\EOF
	gives 1 cfgdiff -a -p ca.connector.KRA. clone master
	printf '%s\n' '# clonekit edits 1' +ca.connector.KRA.enable=true . >want
	same want out
EOF

it "goes by a site's list first" <<-\EOF
	printf '%s\r\n' '# ours' 'travels machineName' 'host ca.crl.page*' \
	    'secret ca.connector.**' >keys
	gives 1 cfgdiff --rules keys -x ca.crl.M clone master
	cat >want <<-\END
	# clonekit edits 1
	*ca.connector.KRA.enable
	-machineName=two.example.com
	+machineName=one.example.com
	.
	END
	same want out
	grep ' 3 host,' err
	echo 'hosts x' >keys
	gives 2 cfgdiff --rules keys clone master
	same /dev/null out
	echo "cfgdiff: keys:1: not 'CLASS PATTERN [REMARK]': 'hosts x'" >want
	same want err
EOF

it 'takes blanks at the end and the case of booleans alike if told' <<-\EOF
	printf 'a=true\nb=x \nc=600\t\nd=TRUE\ne=Yes\nf=x  y\n' >one
	printf 'a=True \nb=x\nc=600\nd=false\ne=yes\nf=x y\n' >two
	gives 1 cfgdiff --semantic one two
	printf '%s\n' '# clonekit edits 1' -d=TRUE +d=false -e=Yes +e=yes \
	    '-f=x  y' '+f=x y' . >want
	same want out
	gives 1 cfgdiff one two
	test "$(grep -c '^-' out)" -eq 6
	gives 0 cfgdiff --semantic -p a -p b -p c one two
	same nothing out
EOF

# -- secrets ---------------------------------------------------------------

printf '%s\n' a=1 internaldb.ldapauth.password=first-word preop.pin=second-word \
    >one
printf '%s\n' a=1 internaldb.ldapauth.password=third-word x.bindPW=fourth-word \
    >two

it 'masks secrets' <<-\EOF
	gives 1 cfgdiff -a one two
	cat >want <<-\END
	# clonekit edits 1
	*internaldb.ldapauth.password
	*preop.pin
	*x.bindPW
	.
	END
	same want out
	exits 2 cfgpatch --force one out >made
	same /dev/null made
EOF

it 'masks them in records and in colour' <<-\EOF
	for how in --json --table --header --color=always '--columns old,new'
	do
		gives 1 cfgdiff -a $how one two
		test -s out
		exits 1 grep -e -word out err
	done
EOF

it 'shows them on demand' <<-\EOF
	gives 1 cfgdiff -a --show-secrets one two
	exits 0 cfgpatch --force one out >made
	exits 0 cfgdiff -a made two >got
	same nothing got
	gives 1 cfgdiff -a --json --show-secrets one two
	grep '"new":"third-word"' out
EOF

# -- forms -----------------------------------------------------------------

it 'prints records' <<-\EOF
	gives 1 cfgdiff --header old new
	tr '|' '\t' >want <<-\END
	op|key|old|new|file
	change|b|2|9|
	delete|c|3||
	add|d||4|
	END
	same want out
	gives 1 cfgdiff --columns key,op old new
	tr '|' '\t' >want <<-\END
	b|change
	c|delete
	d|add
	END
	same want out
	gives 2 cfgdiff --columns key,what old new
	same /dev/null out
	echo "cfgdiff: --columns: no column 'what'" >want
	same want err
EOF

it 'prints a table' <<-\EOF
	gives 1 cfgdiff --table --columns op,key,new old new
	cat >want <<-\END
	op      key  new
	change  b    9
	delete  c    
	add     d    4
	END
	same want out
	gives 2 cfgdiff --table --json old new
	same /dev/null out
	echo 'cfgdiff: --json and --table do not go together' >want
	same want err
EOF

it 'prints JSON, with null for what is not there' <<-\EOF
	gives 1 cfgdiff --json old new
	cat >want <<-\END
	{"op":"change","key":"b","old":"2","new":"9","file":""}
	{"op":"delete","key":"c","old":"3","new":null,"file":""}
	{"op":"add","key":"d","old":null,"new":"4","file":""}
	END
	same want out
	printf 'a="\\n"\t\377\n' >odd
	printf '' >empty
	gives 1 cfgdiff --json --columns new empty odd
	printf '{"new":"\\"\\\\n\\"\\t\357\277\275"}\n' >want
	same want out
	gives 0 cfgdiff --json old old
	same /dev/null out
EOF

it 'counts the lines of a key once in records' <<-\EOF
	printf '%s\n' a=1 a=2 b=3 >twice
	gives 1 cfgdiff --columns op,key,old twice empty
	tr '|' '\t' >want <<-\END
	delete|a|2
	delete|b|3
	END
	same want out
EOF

it 'colours on demand, and by itself only on a terminal' <<-\EOF
	gives 1 cfgdiff --color=always one two
	printf '\033[%s\033[m\n' '2m# clonekit edits 1' \
	    '33m*internaldb.ldapauth.password' '33m*x.bindPW' 2m. >want
	same want out
	gives 1 cfgdiff --color=always old new
	printf '\033[%s\033[m\n' '2m# clonekit edits 1' 31m-b=2 32m+b=9 \
	    31m-c=3 32m+d=4 2m. >want
	same want out
	for when in auto never
	do
		gives 1 cfgdiff --color=$when old new
		same changes out
	done
	gives 2 cfgdiff --color=often old new
	same /dev/null out
	echo "cfgdiff: --color: not auto, always or never: 'often'" \
	    '(see --help)' >want
	same want err
EOF

it 'colours on a terminal' <<-\EOF
	needs script
	exits 1 script -qec 'cfgdiff old new' typescript >/dev/null
	grep "$(printf '\033')\[31m-b=2" typescript
	for plain in 'cfgdiff --color=never old new' \
	    'NO_COLOR=1 cfgdiff old new' \
	    'NO_COLOR=0 cfgdiff --color=auto old new'
	do
		exits 1 script -qec "$plain" typescript >/dev/null
		exits 1 grep "$(printf '\033')\[" typescript
	done
	for colored in 'NO_COLOR= cfgdiff old new' \
	    'NO_COLOR=1 cfgdiff --color=always old new'
	do
		exits 1 script -qec "$colored" typescript >/dev/null
		grep "$(printf '\033')\[31m-b=2" typescript
	done
EOF

# -- directories -----------------------------------------------------------

it 'compares the *.cfg files of two directories by name' <<-\EOF
	mkdir -p here there
	for name in caUserCert caServerCert same
	do
		cp old here/$name.cfg
		cp old there/$name.cfg
	done
	cp new there/caUserCert.cfg
	cp old here/notes.txt
	cp old here/only-here.cfg
	cp old there/only-there.cfg
	gives 1 cfgdiff here there
	{
		echo '# caUserCert.cfg'
		cat changes
	} >want
	same want out
	printf 'cfgdiff: only in %shere.cfg\n' 'here: only-' 'there: only-t' \
	    >want
	same want err
	gives 1 cfgdiff --columns file,key here there
	printf 'caUserCert.cfg\t%s\n' b c d >want
	same want out
EOF

it 'says 0 of directories that are the same' <<-\EOF
	rm here/only-here.cfg there/only-there.cfg
	cp old there/caUserCert.cfg
	gives 0 cfgdiff here there
	same /dev/null out
	same /dev/null err
EOF

it 'says 2 where a file of a directory cannot be read, and goes on' <<-\EOF
	printf 'a=\0001\n' >there/caServerCert.cfg
	cp new there/same.cfg
	gives 2 cfgdiff here there
	{
		echo '# same.cfg'
		cat changes
	} >want
	same want out
	echo 'cfgdiff: there/caServerCert.cfg:1: NUL byte: this is no' \
	    'configuration file' >want
	same want err
EOF

it 'compares two instances, of either layout' <<-\EOF
	mkdir -p one.inst/conf/ca two.inst/ca/conf two.inst/kra/conf
	cp old one.inst/conf/ca/CS.cfg
	cp new two.inst/ca/conf/CS.cfg
	cp old two.inst/kra/conf/CS.cfg
	gives 1 cfgdiff --subsystem ca one.inst two.inst
	same changes out
	gives 1 cfgdiff --subsystem ca one.inst new
	same changes out
	gives 2 cfgdiff one.inst two.inst
	same /dev/null out
	grep 'choose one with --subsystem' err
	gives 2 cfgdiff old here
	same /dev/null out
	grep "^cfgdiff: 'here' is a directory without a CS.cfg in it$" err
EOF

# -- trouble ---------------------------------------------------------------

it 'wants two files' <<-\EOF
	gives 2 cfgdiff old
	same /dev/null out
	echo 'cfgdiff: too few operands, want OLD NEW (see --help)' >want
	same want err
	gives 2 cfgdiff old new new
	echo "cfgdiff: one operand too many: 'new' (see --help)" >want
	same want err
	gives 2 cfgdiff - - <old
	same /dev/null out
	echo 'cfgdiff: standard input cannot be both OLD and NEW (see --help)' \
	    >want
	same want err
	exits 2 cfgdiff --no-such-option old new
	gives 0 cfgdiff --help
	grep '^Usage: cfgdiff' out
EOF

it 'notices that its output is lost' <<-\EOF
	for how in --edits --json --table --color=always
	do
		exits 2 cfgdiff $how old new >/dev/full 2>err
		grep '^cfgdiff: cannot write standard output: No space' err
	done
EOF

it 'compares files of a hundred thousand keys, in order or not' <<-\EOF
	awk 'BEGIN { for (i = 0; i < 100000; i++)
		printf "key.%06d=%d\n", i, i }' >ordered
	sort -t . -k 2.6,2.6 -k 2 ordered >unordered
	exits 1 cmp -s ordered unordered
	gives 0 cfgdiff ordered unordered
	same nothing out
	sed s/=31415/=x/ ordered >other
	gives 1 cfgdiff unordered other
	printf '%s\n' '# clonekit edits 1' -key.031415=31415 +key.031415=x . \
	    >want
	same want out
EOF

# -- a real deployment -----------------------------------------------------

if test -n "$CLONEKIT_FIXTURES"
then
	stages=$CLONEKIT_FIXTURES/dogtag

	it 'sees no difference between a real CA and its fresh clone' <<-EOF
		ca1=$stages/1-ca-and-fresh-clone/ca1/ca-CS.cfg
		ca2=$stages/1-ca-and-fresh-clone/ca2/ca-CS.cfg
		gives 0 cfgdiff "\$ca1" "\$ca2"
		same nothing out
		gives 1 cfgdiff -a "\$ca1" "\$ca2"
		test "\$(wc -l <out)" -gt 20
	EOF

	it 'sees that only the CA has connector and publisher later' <<-EOF
		ca1=$stages/2-kra-ocsp-clones/ca1/ca-CS.cfg
		ca2=$stages/2-kra-ocsp-clones/ca2/ca-CS.cfg
		exits 1 cfgdiff --columns key "\$ca1" "\$ca2" >keys
		exits 1 grep -v -e '^ca\.connector\.KRA\.' -e '^ca\.publish\.' keys
		grep '^ca\.connector\.KRA\.' keys
		grep '^ca\.publish\.' keys
	EOF
fi

tap_done
