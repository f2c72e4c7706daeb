#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgget: what the server reads in CS.cfg, where other readers lose it.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

cat >CS.cfg <<'EOF'
# a comment
ca.connector._005=## ca.connector.KRA.host is set by pkispawn
ca.connector.KRA.enable=true
ca.connector.KRA.host=kra1.example.com
ca.connector.KRAnext.host=no
ca.crl.MasterCRL.enable=true
ca.crl.MasterCRL.enableCRLUpdates=false
ca.crl.Other.enable=false
ca.crl.pageSize=100
internaldb.ldapauth.password=Secret.123
EOF

# -- one key ---------------------------------------------------------------

it 'prints the value of a key' <<-\EOF
	gives 0 cfgget ca.crl.pageSize CS.cfg
	echo 100 >want
	same want out
	same /dev/null err
EOF

it 'prints nothing of an absent key, and tells which one may be meant' <<-\EOF
	while read -r key meant
	do
		gives 1 cfgget "$key" CS.cfg
		same /dev/null out
		echo "cfgget: CS.cfg: no '$key'${meant:+: is '$meant' meant?}" \
		    >want
		same want err
		gives 1 cfgget -q "$key" CS.cfg
		same /dev/null out
		same /dev/null err
	done <<-END
	ca.crl.pagesize ca.crl.pageSize
	ca.crl.MasterCRL.enableCRLUpdate ca.crl.MasterCRL.enableCRLUpdates
	ca.crl.MasterCRL.enabelCRLUpdates ca.crl.MasterCRL.enableCRLUpdates
	ca.crl.Own.enableDailyUpdate ca.crl.Own.enableDailyUpdates
	dbs.enableSerialManagment dbs.enableSerialManagement
	ca.crl
	ca.crl.Other.enableCRLUpdates
	ca.connector.KRAnext.port
	END
	gives 1 cfgget '# a' CS.cfg
	same /dev/null out
EOF

it 'does not ask what is meant where a default or a pattern is given' <<-\EOF
	gives 0 cfgget --default=7 ca.crl.pagesize CS.cfg
	echo 7 | same - out
	same /dev/null err
	gives 1 cfgget 'ca.crl.*.pagesize' CS.cfg
	gives 1 cfgget -p ca.crl.pagesize CS.cfg
	same /dev/null err
EOF

it 'prints an empty value as an empty line' <<-\EOF
	printf 'a=\nb\n' >empty
	echo >want
	for key in a b
	do
		gives 0 cfgget $key empty
		same want out
	done
	gives 1 cfgget c empty
	same /dev/null out
EOF

it 'takes dots and brackets for what they are' <<-\EOF
	printf 'axb=1\n[a]=2\n' >plain
	exits 1 cfgget a.b plain
	gives 0 cfgget '[a]' plain
	echo 2 >want
	same want out
EOF

it 'reads standard input, with - and without' <<-\EOF
	echo 100 >want
	gives 0 cfgget ca.crl.pageSize <CS.cfg
	same want out
	gives 0 cfgget ca.crl.pageSize - <CS.cfg
	same want out
	gives 0 cfgget -p ca.crl.pageSize <CS.cfg
	same want out
EOF

it 'reads a file through links' <<-\EOF
	ln -s CS.cfg link
	ln -s link second
	gives 0 cfgget ca.crl.pageSize second
	echo 100 >want
	same want out
	ln -s nowhere dangling
	gives 2 cfgget ca.crl.pageSize dangling
	same /dev/null out
	echo "cfgget: cannot open 'dangling': No such file or directory" >want
	same want err
EOF

it 'shows secrets to who asks for them' <<-\EOF
	gives 0 cfgget internaldb.ldapauth.password CS.cfg
	echo Secret.123 >want
	same want out
EOF

# -- several keys ----------------------------------------------------------

it 'prints lines with -l and keys with -k, in the order of the file' <<-\EOF
	printf 'b=2\n a : 1\nc 3\n' >mixed
	gives 0 cfgget -l -p '' mixed
	printf '%s\n' b=2 a=1 c=3 >want
	same want out
	gives 0 cfgget -k -p '' mixed
	printf '%s\n' b a c >want
	same want out
	gives 0 cfgget -l a mixed
	echo a=1 >want
	same want out
	gives 2 cfgget -l -k a mixed
	same /dev/null out
	echo 'cfgget: --lines and --names do not go together (see --help)' >want
	same want err
EOF

it 'takes a prefix by its letters: no comment key, no longer name' <<-\EOF
	gives 0 cfgget -l -p ca.connector.KRA. CS.cfg
	sed -n '/^ca\.connector\.KRA\./p' CS.cfg >want
	test "$(wc -l <want)" -eq 2
	same want out
	gives 1 cfgget -l -p ca.connector.KRX. CS.cfg
	same /dev/null out
EOF

it 'takes several prefixes' <<-\EOF
	gives 0 cfgget -k -p ca.crl.O -p ca.connector.KRA.h CS.cfg
	printf '%s\n' ca.connector.KRA.host ca.crl.Other.enable >want
	same want out
EOF

it 'takes patterns: * within a component, ** across dots' <<-\EOF
	gives 0 cfgget -l 'ca.crl.*.enable' CS.cfg
	printf '%s\n' ca.crl.MasterCRL.enable=true \
	    ca.crl.Other.enable=false >want
	same want out
	gives 0 cfgget -l -p 'ca.crl.*.enable' CS.cfg
	same want out
	gives 1 cfgget 'ca.*.enable' CS.cfg
	same /dev/null out
	gives 0 cfgget -k 'ca.**.enable' CS.cfg
	printf '%s\n' ca.connector.KRA.enable ca.crl.MasterCRL.enable \
	    ca.crl.Other.enable >want
	same want out
	gives 0 cfgget -k '**._###' CS.cfg
	echo ca.connector._005 >want
	same want out
	gives 0 cfgget -k 'ca.crl.page?ize' CS.cfg
	echo ca.crl.pageSize >want
	same want out
	exits 1 cfgget -k 'ca.crl.pageS?ize' CS.cfg
EOF

it 'gives each file its name where there are several' <<-\EOF
	printf 'a=1\nb=2\n' >one
	printf 'a=3\n' >two
	gives 0 cfgget a one two
	printf '%s\n' one:1 two:3 >want
	same want out
	gives 0 cfgget -l -p '' one two
	printf '%s\n' one:a=1 one:b=2 two:a=3 >want
	same want out
	gives 0 cfgget b one two
	echo one:2 >want
	same want out
	gives 0 cfgget a - two <one
	printf '%s\n' '<stdin>:1' two:3 >want
	same want out
	gives 1 cfgget c one two
	same /dev/null out
EOF

it 'gives the default where a file has no such key' <<-\EOF
	gives 0 cfgget --default 0 b one two
	printf '%s\n' one:2 two:0 >want
	same want out
	gives 0 cfgget --default= c one
	echo >want
	same want out
	gives 0 cfgget -l --default 600 ca.certStatusUpdateInterval one
	echo ca.certStatusUpdateInterval=600 >want
	same want out
	gives 2 cfgget --default 0 b missing
	same /dev/null out
EOF

# -- the server's grammar --------------------------------------------------

it 'goes by the last of several lines of a key, and says so' <<-\EOF
	printf 'a=1\nb=2\na=3\n\na : 4\n' >twice
	gives 0 cfgget a twice
	echo 4 >want
	same want out
	echo "cfgget: twice:5: 'a' is set again: line 3 is ignored" >want
	same want err
	gives 0 cfgget -l -p '' twice
	printf '%s\n' b=2 a=4 >want
	same want out
	test "$(wc -l <err)" -eq 1
	gives 0 cfgget b twice
	same /dev/null err
EOF

it 'prints the lines that do not count with -a' <<-\EOF
	gives 0 cfgget -a a twice
	printf '%s\n' 1 3 4 >want
	same want out
	same /dev/null err
	gives 0 cfgget -a -l -p '' twice
	printf '%s\n' a=1 b=2 a=3 a=4 >want
	same want out
	gives 1 cfgget -a c twice
	same /dev/null out
EOF

it 'finds a key that looks like a pattern of digits with -a too' <<-\EOF
	printf '  # c\n1=d\n' >digit
	echo c >want
	gives 0 cfgget '#' digit
	same want out
	gives 0 cfgget -a '#' digit
	same want out
EOF

# What it is; key, value and text, as printf takes them.
while IFS='|' read -r title key value text
do
	it "reads $title" <<-EOF
		printf '$text' >grammar
		printf '$value\n' >want
		gives 0 cfgget '$key' grammar
		same want out
		same /dev/null err
		exits 1 cfgget '$key.' grammar
	EOF
done <<-\EOF
	key=value|a|b|a=b
	a colon|a|b|a:b
	a blank|a|b|a b
	a tab|a|b|a\tb
	a form feed|a|b|a\fb
	blanks on all sides|a|b|  a  :  b
	a colon before an equals sign|a|b=c|a:b=c
	two equals signs|a|=b|a= =b
	a lone key|a||a
	a key without a value|a||a=
	the blanks that end a value|a|b  |a=b  
	a line after CR|a|b|x=1\ra=b\ry=2
	a line after CRLF|a|b|x=1\r\na=b\r\n
	a last line without newline|a|b|x=1\na=b
	a line that goes on after CRLF|a|b.|a=b\\\r\n.
	a line that goes on without its indent|a|b c|a=b \\\n   c
	a line that goes on in a number sign|a|b#c|a=b\\\n#c
	a line that goes on before its sign|a|b|a\\\n=b
	two backslashes at the end as just that|a|b\\\\|a=b\\\\\nc=d
	backslashes as they are|a|\\u0041\\n\\t|a=\\u0041\\n\\t
	a key between comments|a|b|\n\n#a=c\n!a=d\na=b\n#a=e
	an indented number sign as a key|#|c|  # c
	an indented exclamation mark as a key|!c|d| !c=d
	bytes that are not UTF-8|a|\303\251\377|a=\303\251\377\n
	a vertical tab in a value|a|b\vc|a=b\vc
	a line separator in a value|a|b\342\200\250c|a=b\342\200\250c
EOF

it 'sees no key in a comment and none in a line that goes on' <<-\EOF
	printf '#a=1\n!b=2\nc=d\\\ne=f\n' >none
	for key in a b '#a' '!b' e
	do
		gives 1 cfgget "$key" none
		same /dev/null out
	done
	gives 0 cfgget c none
	echo de=f >want
	same want out
EOF

it 'keeps a byte-order mark in the first key, as the server does' <<-\EOF
	printf '\357\273\277a=1\n' >bom
	exits 1 cfgget a bom
	gives 0 cfgget -l -p '' bom
	same bom out
EOF

it 'reads CRLF and CR files without a trace of them' <<-\EOF
	printf 'a=1\r\nb=2\rc=3' >ends
	gives 0 cfgget -l -p '' ends
	printf '%s\n' a=1 b=2 c=3 >want
	same want out
EOF

it 'finds a key among a hundred thousand, in order or not' <<-\EOF
	awk 'BEGIN { for (i = 0; i < 100000; i++)
		printf "key.%06d=%d\n", i, i }' >ordered
	sort -t . -k 2.6,2.6 -k 2 ordered >unordered
	exits 1 cmp -s ordered unordered
	for file in ordered unordered
	do
		for i in 000000 031415 099999
		do
			gives 0 cfgget key.$i $file
			test "$(cat out)" -eq "$(echo $i | sed 's/^0*\(.\)/\1/')"
		done
		exits 1 cfgget key.100000 $file
		exits 1 cfgget key. $file
	done
EOF

# -- instances -------------------------------------------------------------

it 'finds CS.cfg in an instance directory of any layout' <<-\EOF
	for path in conf/ca ca/conf ca conf .
	do
		rm -rf inst
		mkdir -p inst/$path
		echo "a=$path" >inst/$path/CS.cfg
		gives 0 cfgget a inst
		echo "$path" >want
		same want out
		exits 0 cfgget a inst/
	done
	rm -rf inst
	mkdir -p inst/conf
	gives 2 cfgget a inst
	same /dev/null out
	echo "cfgget: 'inst' is a directory without a CS.cfg in it" >want
	same want err
EOF

it 'wants --subsystem where there are several, and only one it knows' <<-\EOF
	rm -rf inst
	mkdir -p inst/conf/ca inst/kra/conf
	echo a=ca >inst/conf/ca/CS.cfg
	echo a=kra >inst/kra/conf/CS.cfg
	gives 2 cfgget a inst
	same /dev/null out
	echo "cfgget: 'inst' has several subsystems (ca, kra): choose one" \
	    'with --subsystem' >want
	same want err
	for subsystem in ca kra
	do
		gives 0 cfgget --subsystem $subsystem a inst
		echo $subsystem >want
		same want out
	done
	gives 2 cfgget --subsystem tps a inst
	echo "cfgget: 'inst' has no CS.cfg of a subsystem 'tps'" >want
	same want err
EOF

# -- trouble ---------------------------------------------------------------

it 'goes on to the next file, but says 2, where one cannot be read' <<-\EOF
	gives 2 cfgget a one missing two
	printf '%s\n' one:1 two:3 >want
	same want out
	echo "cfgget: cannot open 'missing': No such file or directory" >want
	same want err
EOF

it 'refuses a file with a NUL byte, by line' <<-\EOF
	printf 'a=1\nb=\0002\n' >nul
	gives 2 cfgget a nul
	same /dev/null out
	echo 'cfgget: nul:2: NUL byte: this is no configuration file' >want
	same want err
EOF

it 'does not let a name or a key control the terminal' <<-\EOF
	gives 2 cfgget a "$(printf 'x\033[31m')"
	echo "cfgget: cannot open 'x?[31m': No such file or directory" >want
	same want err
EOF

it 'knows its options and wants a key' <<-\EOF
	gives 2 cfgget
	same /dev/null out
	echo 'cfgget: too few operands, want KEY FILE... (see --help)' >want
	same want err
	gives 2 cfgget --no-such-option a CS.cfg
	same /dev/null out
	test "$(wc -l <err)" -eq 1
	gives 0 cfgget --help
	grep '^Usage: cfgget' out
	gives 0 cfgget --usage
	grep '^Usage: cfgget' out
	gives 0 cfgget --version
	grep '^clonekit [0-9]' out
EOF

it 'notices that its output is lost' <<-\EOF
	exits 2 cfgget ca.crl.pageSize CS.cfg >/dev/full 2>err
	grep '^cfgget: cannot write standard output: No space left' err
	exits 2 cfgget --help >/dev/full
EOF

tap_done
