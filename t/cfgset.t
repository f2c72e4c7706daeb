#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgset: edits that set and delete keys, and the file that they make.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# The edits of cfgset FILE ARG... make FILE the same as ./want; taken back,
# they give FILE again.
# shellcheck disable=SC2317 # called in the bodies
makes () {
	exits 0 cfgset "$@" >edits
	exits 0 cfgpatch "$1" edits >made
	same want made
	exits 0 cfgpatch -R made edits >back
	same "$1" back
}

# -- the script ------------------------------------------------------------

it 'prints edits that set, add and delete, and writes nothing' <<-\EOF
	printf '%s\n' a=1 b=2 c=3 >file
	cp file before
	gives 0 cfgset file b=9 b.new=x -d c
	cat >want <<-\END
	# clonekit edits 1
	-b=2
	+b=9
	+b.new=x
	-c=3
	.
	END
	same want out
	same /dev/null err
	same before file
	ls -A | grep clonekit >list || :
	same /dev/null list
EOF

it 'prints a script of nothing where there is nothing to do' <<-\EOF
	printf '%s\n' '# clonekit edits 1' . >want
	gives 0 cfgset file a=1 -d no.such
	same want out
	same /dev/null err
	gives 0 cfgset file
	same want out
EOF

it 'feeds cfgpatch' <<-\EOF
	exits 0 cfgset file a=7 >edits
	exits 0 cfgpatch file <edits >got
	printf '%s\n' a=7 b=2 c=3 >want
	same want got
EOF

it 'takes the key up to the first equals sign, and the rest as it is' <<-\EOF
	gives 0 cfgset file 'a.b=x=y: z ' 'd=' -- 'e=-1'
	printf '%s\n' '# clonekit edits 1' '+a.b=x=y: z ' +d= +e=-1 . >want
	same want out
EOF

it 'reads standard input and instance directories' <<-\EOF
	printf '%s\n' '# clonekit edits 1' -a=1 +a=2 . >want
	gives 0 cfgset - a=2 <file
	same want out
	mkdir -p inst/conf/ca inst/conf/kra
	cp file inst/conf/ca/CS.cfg
	echo a=0 >inst/conf/kra/CS.cfg
	gives 0 cfgset --subsystem ca inst a=2
	same want out
	gives 2 cfgset inst a=2
	same /dev/null out
	grep 'choose one with --subsystem' err
EOF

# -- what becomes of the file ----------------------------------------------

# What it is; operands; the file before and after, as printf takes them.
while IFS='|' read -r title operands before after
do
	it "$title" <<-EOF
		printf '$before' >before
		printf '$after' >want
		makes before $operands
	EOF
done <<-\EOF
	keeps comments, blank lines and order|a=2|# x\nz=0\n\n!y\na=1\nb=3\n|# x\nz=0\n\n!y\na=2\nb=3\n
	keeps CRLF|b=9|a=1\r\nb=2\r\nc=3\r\n|a=1\r\nb=9\r\nc=3\r\n
	ends a new line as its neighbour ends|d=4|a=1\r\nc=3\r\n|a=1\r\nc=3\r\nd=4\r\n
	keeps CR|b=9|a=1\rb=2\rc=3\r|a=1\rb=9\rc=3\r
	keeps a last line without newline|a=2|z=0\na=1|z=0\na=2
	does not glue a new line to one without newline|b=2|a=1|a=1\nb=2
	does not glue a CRLF line to one without newline|c=3|a=1\r\nb=2|a=1\r\nb=2\r\nc=3
	changes the last of several lines of a key|a=3|a=1\nb=0\na=2\n|a=1\nb=0\na=3\n
	deletes all lines of a key|-d a|a=1\nb=0\na=2\n|b=0\n
	changes a key, and not the comment above that looks like it|a=2|#a=1\na=1\n|#a=1\na=2\n
	adds a key that only a comment has|b=3|a=1\n#b=2\n|a=1\nb=3\n#b=2\n
	changes a line with a colon|a=2|a: 1\nb=0\n|a=2\nb=0\n
	changes a line with a blank|a=2|a 1\nb=0\n|a=2\nb=0\n
	changes a lone key|a=2|a\nb=0\n|a=2\nb=0\n
	keeps the blanks around an equals sign|a=2|a = 1\n\tb\t=\t3\n|a = 2\n\tb\t=\t3\n
	changes a line that goes on, all of it|a=2|a=1,\\\n  2\nb=0\n|a=2\nb=0\n
	deletes a line that goes on, all of it|-d a|a=1,\\\n  a=2\nb=0\n|b=0\n
	leaves the line after two backslashes alone|-d a|a=1\\\\\nb=0\n|b=0\n
	deletes an indented number sign|-d "#"|  # c\nb=0\n|b=0\n
	keeps bytes that are not UTF-8|a=2|a=1\nb=\377\303(\n|a=2\nb=\377\303(\n
	keeps a byte-order mark|b=2|\357\273\277a=1\nb=1\n|\357\273\277a=1\nb=2\n
	tells apart keys of another case|A=2|A=1\na=1\n|A=2\na=1\n
	tells apart a key and a longer one|-d ca.crl|ca.crl=1\nca.crl.x=2\n|ca.crl.x=2\n
	puts a new key where the server would|b=2|a=1\nc=3\n|a=1\nb=2\nc=3\n
	puts a new key with its family where order is lost|ca.b=2|ca.z=1\nca.a=1\nz=0\nb=0\n|ca.z=1\nca.a=1\nca.b=2\nz=0\nb=0\n
	fills an empty file|a=1||a=1\n
	empties a file|-d a|a=1\n|
	takes an even number of backslashes|a=x\\\\|a=1\nb=2\n|a=x\\\\\nb=2\n
EOF

it 'edits through a link, and the link stays' <<-\EOF
	printf '%s\n' a=1 b=2 >target
	ln -s target link
	exits 0 cfgset link a=2 >edits
	exits 0 cfgpatch -i link edits >/dev/null
	test -L link
	printf '%s\n' a=2 b=2 >want
	same want target
EOF

it 'makes no edit twice' <<-\EOF
	printf '%s\n' a=1 b=2 >file
	exits 0 cfgset file a=2 c=3 -d b >edits
	exits 0 cfgpatch file edits >once
	exits 0 cfgpatch once edits >again
	same once again
	gives 0 cfgset once a=2 c=3 -d b
	printf '%s\n' '# clonekit edits 1' . >want
	same want out
EOF

# -- in place --------------------------------------------------------------

it 'edits in place with -i, prints what it did and keeps a backup' <<-\EOF
	fresh
	gives 0 cfgset -i CS.cfg a=9
	same ../edits out
	same ../new CS.cfg
	same ../old "$(backups)"
	gives 2 cfgset -i - a=9 <CS.cfg
	same /dev/null out
	echo 'cfgset: --in-place: standard input is no file' >want
	same want err
EOF

it 'prints edits of ranges and identity, but makes them by force only' <<-\EOF
	fresh
	echo dbs.endSerialNumber=10 >>CS.cfg
	cp CS.cfg before
	gives 0 cfgset CS.cfg dbs.endSerialNumber=20
	cat >want <<-\END
	# clonekit edits 1
	-dbs.endSerialNumber=10
	+dbs.endSerialNumber=20
	.
	END
	same want out
	gives 1 cfgset -i CS.cfg dbs.endSerialNumber=20 a=9
	same /dev/null out
	echo "cfgset: CS.cfg: refused: 'dbs.endSerialNumber' is a key of range" \
	    "that is this host's own (--force edits it)" >refusal
	same refusal err
	same before CS.cfg
	test -z "$(backups)"
	exits 0 cfgset -i --force CS.cfg dbs.endSerialNumber=20 >out
	same want out
	grep '^dbs.endSerialNumber=20$' CS.cfg
EOF

# -- what cannot be said in a CS.cfg ---------------------------------------

while IFS='|' read -r title operand why
do
	it "refuses $title" <<-EOF
		printf '%s\n' a=1 b=2 >file
		operand=\$(printf '$operand')
		gives 2 cfgset file a=7 "\$operand"
		same /dev/null out
		cat >want <<-\END
		cfgset: $why
		END
		same want err
	EOF
done <<-\EOF
	a value with a line end|b=1\nc=2|cannot set 'b': a value has no line end in it
	a value with a carriage return|b=1\rc=2|cannot set 'b': a value has no line end in it
	a value that starts with a blank|b= 1|cannot set 'b': the server drops a value's leading blanks
	a value that would join the next line|b=1\\|cannot set 'b': a value does not end in an odd number of backslashes: the next line would be joined
	a key with a blank|b c=1|cannot set 'b c': the server would read another key out of it
	a key that starts with a blank| b=1|cannot set ' b': the server would read another key out of it
	a key with a colon|b:c=1|cannot set 'b:c': the server would read another key out of it
	a key that would be a comment|#b=1|cannot set '#b': no such key can be in the file
	a key that would be the other comment|!b=1|cannot set '!b': no such key can be in the file
	a word without an equals sign|b|not KEY=VALUE: 'b' (-d KEY deletes)
EOF

it 'refuses two wishes for one key, unless they are the same' <<-\EOF
	printf '%s\n' a=1 b=2 >file
	for twice in 'a=2 a=3' 'a=2 -d a'
	do
		gives 2 cfgset file $twice
		same /dev/null out
		echo "cfgset: 'a' is given twice" >want
		same want err
	done
	gives 0 cfgset file a=2 a=2 -d b -d b
	printf '%s\n' '# clonekit edits 1' -a=1 +a=2 -b=2 . >want
	same want out
EOF

# -- secrets ---------------------------------------------------------------

it 'takes no secret from the command line, and does not repeat it' <<-\EOF
	printf '%s\n' a=1 internaldb.ldapauth.password=old-word >file
	gives 2 cfgset file internaldb.ldapauth.password=new-word
	same /dev/null out
	echo "cfgset: 'internaldb.ldapauth.password' is a secret, and other users" \
	    "see the command line: give it in a file, with -f" >want
	same want err
	gives 2 cfgset file INTERNALDB.LDAPAUTH.BINDPW=new-word
	exits 1 grep new-word err
EOF

it 'takes it from a file, and masks it' <<-\EOF
	printf '# new\na = 2\ninternaldb.ldapauth.password=new-word' >lines
	gives 0 cfgset file -f lines
	cat >want <<-\END
	# clonekit edits 1
	-a=1
	+a=2
	*internaldb.ldapauth.password
	.
	END
	same want out
	same /dev/null err
	gives 0 cfgset file -f - <lines
	same want out
	exits 2 cfgpatch file out >made
	same /dev/null made
EOF

it 'shows it on demand, for cfgpatch' <<-\EOF
	gives 0 cfgset --show-secrets file -f lines
	exits 0 cfgpatch file out >made
	printf '%s\n' a=2 internaldb.ldapauth.password=new-word >want
	same want made
EOF

it 'deletes a secret, masked' <<-\EOF
	gives 0 cfgset file -d internaldb.ldapauth.password
	printf '%s\n' '# clonekit edits 1' '*internaldb.ldapauth.password' . \
	    >want
	same want out
EOF

it 'sets a secret in place without showing it' <<-\EOF
	cp file CS.cfg
	gives 0 cfgset -i CS.cfg -f lines
	grep '^internaldb.ldapauth.password=new-word$' CS.cfg
	exits 1 grep -e new-word -e old-word out err
EOF

it 'sets names that only look like secrets' <<-\EOF
	gives 0 cfgset file authType=pwd passwordFile=x cms.passwordlist=a,b
	printf '%s\n' '# clonekit edits 1' +authType=pwd +cms.passwordlist=a,b \
	    +passwordFile=x . >want
	sort out >got
	sort want >sorted
	same sorted got
EOF

it 'reads the lines as the server would, the last of a key too' <<-\EOF
	printf 'a: 2\n#a=3\na=4\nb x\\\n  y\n' >lines
	gives 0 cfgset file -f lines
	printf '%s\n' '# clonekit edits 1' -a=1 +a=4 +b=xy . >want
	same want out
	gives 2 cfgset file -f lines a=5
	same /dev/null out
	echo "cfgset: 'a' is given twice" >want
	same want err
EOF

it 'cannot read both from standard input, nor lines that are not there' <<-\EOF
	gives 2 cfgset - -f - <lines
	same /dev/null out
	echo 'cfgset: standard input cannot be both FILE and LINES (see --help)' \
	    >want
	same want err
	gives 2 cfgset file -f missing
	same /dev/null out
	echo "cfgset: cannot open 'missing': No such file or directory" >want
	same want err
EOF

it "adds a site's keys to the secret and the unread" <<-\EOF
	printf '%s\n' '# ours' 'secret **.token' 'unread old.**	use new' >keys
	gives 2 cfgset --rules keys file x.token=1
	same /dev/null out
	grep "'x.token' is a secret" err
	gives 0 cfgset --rules keys file old.x=1
	echo "cfgset: no server reads 'old.x': use new" >want
	same want err
	gives 0 cfgset file x.token=1 old.x=1
	same /dev/null err
	echo 'hidden x' >keys
	gives 2 cfgset --rules keys file a=2
	same /dev/null out
	echo "cfgset: keys:1: not 'CLASS PATTERN [REMARK]': 'hidden x'" >want
	same want err
EOF

# -- keys that no server reads ---------------------------------------------

it "says that no server reads the manual's OCSP key" <<-\EOF
	key=OCSP.Responder.store.defStore.refreshInSec
	gives 0 cfgset file $key=21600
	printf '%s\n' '# clonekit edits 1' +$key=21600 . >want
	same want out
	echo "cfgset: no server reads '$key': the server reads" \
	    ocsp.store.defStore.refreshInSec >want
	same want err
	gives 0 cfgset file ocsp.store.defStore.refreshInSec=14400
	same /dev/null err
	echo $key=1 >ocsp
	gives 0 cfgset ocsp -d $key
	same /dev/null err
EOF

# -- trouble ---------------------------------------------------------------

it 'prints nothing where the file cannot be read' <<-\EOF
	gives 2 cfgset missing a=1
	same /dev/null out
	echo "cfgset: cannot open 'missing': No such file or directory" >want
	same want err
	printf 'a=\0001\n' >nul
	gives 2 cfgset nul a=1
	same /dev/null out
	echo 'cfgset: nul:1: NUL byte: this is no configuration file' >want
	same want err
EOF

it 'knows its options and wants a file' <<-\EOF
	gives 2 cfgset
	same /dev/null out
	echo 'cfgset: too few operands, want FILE [KEY=VALUE...] (see --help)' \
	    >want
	same want err
	gives 2 cfgset --no-such-option file
	test "$(wc -l <err)" -eq 1
	gives 0 cfgset --help
	grep '^Usage: cfgset' out
EOF

it 'names the option that a number was wrong for' <<-\EOF
	for words in '--lock-wait=x file' 'file --lock-wait x' \
	    'x --lock-wait x'
	do
		# shellcheck disable=SC2086 # words
		gives 2 cfgset $words
		same /dev/null out
		echo "cfgset: --lock-wait: not a number: 'x' (see --help)" >want
		same want err
	done
	gives 2 cfgset --lock-wait=99999999999 file
	echo "cfgset: --lock-wait: number too large or too small:" \
	    "'99999999999' (see --help)" >want
	same want err
	gives 2 cfgset --lock-wait
	echo 'cfgset: --lock-wait: missing argument (see --help)' >want
	same want err
	for words in -bx '-b x' -b=x
	do
		# shellcheck disable=SC2086 # words
		gives 2 keyid $words
		echo "keyid: -b: not a number: 'x' (see --help)" >want
		same want err
	done
EOF

it 'notices that its output is lost' <<-\EOF
	exits 2 cfgset file a=2 >/dev/full 2>err
	grep '^cfgset: cannot write standard output: No space left' err
EOF

# -- mistyped --------------------------------------------------------------

it 'warns of a new key that looks mistyped, and sets it all the same' <<-\EOF
	printf '%s\n' ca.crl.MasterCRL.enable=true own.plugin.key=1 >typed.cfg
	while read -r key meant
	do
		gives 0 cfgset typed.cfg "$key=1"
		printf '%s\n' '# clonekit edits 1' "+$key=1" . | same - out
		>want
		test -z "$meant" ||
		    echo "cfgset: typed.cfg: warning: no release reads" \
			"'$key': is '$meant' meant? (--new-key if not)" >want
		same want err
		gives 0 cfgset --new-key typed.cfg "$key=1"
		same /dev/null err
	done <<-END
	ca.crl.MasterCRL.enableCRLUpdate ca.crl.MasterCRL.enableCRLUpdates
	ca.listenToCloneModification ca.listenToCloneModifications
	internaldb.ldapconn.hots internaldb.ldapconn.host
	own.plugin.keys own.plugin.key
	ca.crl.MasterCRL.enableCRLUpdates
	subsystem.9.class
	quite.another
	END
	gives 0 cfgset typed.cfg -d ca.crl.MasterCRL.enableCRLUpdate
	same /dev/null err
EOF

it 'names the option that is nearest to one that it does not have' <<-\EOF
	while read -r option meant
	do
		gives 2 cfgset "$option" typed.cfg
		same /dev/null out
		echo "cfgset: $option: unknown option${meant:+: is $meant meant?}" \
		    '(see --help)' | same - err
	done <<-END
	--lok-wait=3 --lock-wait
	--qiuet --quiet
	--in_place --in-place
	--versio --version
	--zzz
	-z
	END
EOF

tap_done
