#!/bin/sh
# SPDX-License-Identifier: MIT
# cfgpatch as a filter: edits are made all or none at all.  What it does in
# place is in in-place.t, faults.t and running.t; the form of edits, edits.t.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

cat >CS.cfg <<'EOF'
# of the manual
ca.certStatusUpdateInterval=600
ca.crl.pageSize=100
dbs.endSerialNumber=1000
internaldb.ldapauth.password=sesame
machineName=ca1.example.com
EOF
chmod 400 CS.cfg
cp CS.cfg old

edits -ca.certStatusUpdateInterval=600 +ca.certStatusUpdateInterval=0 \
    -ca.crl.pageSize=100 +master.ca.agent.host=ca2.example.com >script
{
	echo '# of the manual'
	sed -e 1d -e s/=600/=0/ -e /pageSize/d CS.cfg
	echo master.ca.agent.host=ca2.example.com
} >new
edits >nothing

# unchanged: CS.cfg is what it was, and nothing is left beside it
unchanged () {
	same old CS.cfg
	test "$(ls -d CS.cfg* .CS.cfg* 2>/dev/null)" = CS.cfg
}

# -- doing it --------------------------------------------------------------

it 'prints the new file and leaves the old one alone' <<-\EOF
	gives 0 cfgpatch CS.cfg script
	same new out
	same /dev/null err
	unchanged
EOF

it 'takes the edits from standard input, by default and as -' <<-\EOF
	gives 0 cfgpatch CS.cfg <script
	same new out
	gives 0 cfgpatch CS.cfg - <script
	same new out
EOF

it 'takes the file from standard input, but not both' <<-\EOF
	gives 0 cfgpatch - script <CS.cfg
	same new out
	echo 'cfgpatch: FILE and EDITS cannot both be standard input' \
	    '(see --help)' >want
	gives 2 cfgpatch - <CS.cfg
	same /dev/null out
	same want err
	gives 2 cfgpatch - - <CS.cfg
	same want err
EOF

it 'takes an instance directory for its CS.cfg' <<-\EOF
	mkdir -p new-layout/conf/ca new-layout/conf/kra old-layout/conf
	cp CS.cfg new-layout/conf/ca
	cp CS.cfg old-layout/conf
	echo a=1 >new-layout/conf/kra/CS.cfg
	gives 0 cfgpatch old-layout script
	same new out
	gives 2 cfgpatch new-layout script
	same /dev/null out
	gives 0 cfgpatch --subsystem ca new-layout script
	same new out
	gives 2 cfgpatch --subsystem ocsp new-layout script
EOF

it 'finds edits in place already, so that twice is no error' <<-\EOF
	gives 0 cfgpatch new script
	same new out
	same /dev/null err
	gives 0 cfgpatch -n new script
	same nothing out
EOF

it 'finds some of the edits in place' <<-\EOF
	sed s/=600/=0/ CS.cfg >half
	gives 0 cfgpatch half script
	same new out
	gives 0 cfgpatch -n half script
	edits -ca.crl.pageSize=100 +master.ca.agent.host=ca2.example.com >want
	same want out
EOF

it 'prints a file of no edits as it is, whatever it is' <<-\EOF
	printf 'a=1\r\r\n\n\nb\\\n  =2\\\n\377=\f' >odd
	gives 0 cfgpatch odd nothing
	same odd out
	: >empty
	gives 0 cfgpatch empty nothing
	same empty out
EOF

# -- -n, --check, -R -------------------------------------------------------

it 'prints the edits that it would make with -n' <<-\EOF
	gives 0 cfgpatch -n CS.cfg script
	edits -ca.certStatusUpdateInterval=600 +ca.certStatusUpdateInterval=0 \
	    -ca.crl.pageSize=100 +master.ca.agent.host=ca2.example.com >want
	same want out
	same /dev/null err
	unchanged
EOF

it 'edits nothing with -n or --check, even with -i' <<-\EOF
	gives 0 cfgpatch -i -n CS.cfg script
	same want out
	gives 0 cfgpatch -i --check CS.cfg script
	same /dev/null out
	unchanged
EOF

it 'refuses with -i -n and -i --check what -i would refuse' <<-\EOF
	edits -dbs.beginSerialNumber=1 +dbs.beginSerialNumber=2 >own
	echo dbs.beginSerialNumber=1 >numbers.cfg
	mkdir full
	cp CS.cfg full
	for how in -n --check
	do
		gives 1 cfgpatch -i $how numbers.cfg own
		same /dev/null out
		grep "refused: 'dbs.beginSerialNumber' is a key of range" err
		gives 0 cfgpatch $how numbers.cfg own
	done
	gives 0 cfgpatch -i --check full/CS.cfg script
	ls -A full | grep -vx CS.cfg >more || :
	same /dev/null more
	# Nobody, root neither, can make files there.
	gives 2 cfgpatch -i --check /proc/self/comm script
EOF

it 'says with --check only whether the edits fit' <<-\EOF
	gives 0 cfgpatch --check CS.cfg script
	same /dev/null out
	same /dev/null err
	gives 0 cfgpatch --check new script
	edits -ca.crl.pageSize=7 >wrong
	gives 1 cfgpatch --check CS.cfg wrong
	same /dev/null out
	test -s err
	head -n 2 script >cut
	gives 2 cfgpatch --check CS.cfg cut
EOF

it 'takes edits back with -R, to the byte' <<-\EOF
	exits 0 cfgpatch -n CS.cfg script >made
	gives 0 cfgpatch -R new made
	same CS.cfg out
	gives 0 cfgpatch -R CS.cfg made
	same CS.cfg out
EOF

it 'takes no two options of which one forbids the other' <<-\EOF
	for two in '-n --check' '--check --undo' '-R --undo'
	do
		gives 2 cfgpatch $two CS.cfg
		echo 'cfgpatch: --check cannot be combined with --dry-run or --undo,' \
		    'nor --undo with --reverse (see --help)' | same - err
	done
	for more in CS.cfg '--undo CS.cfg script' '--undo -n CS.cfg'
	do
		gives 2 cfgpatch --list $more
		echo 'cfgpatch: --list requires --undo and takes only FILE' \
		    '(see --help)' | same - err
	done
	unchanged
EOF

# -- conflicts: status 1 ---------------------------------------------------

it 'lists every conflict by file and line, and does nothing at all' <<-\EOF
	edits -ca.certStatusUpdateInterval=0 +ca.certStatusUpdateInterval=600 \
	    -ca.crl.pageSize=5 +machineName=ca2 -gone=1 +gone=2 +fine=1 >s
	gives 1 cfgpatch CS.cfg s
	same /dev/null out
	cat >want <<-\END
	cfgpatch: CS.cfg:3: conflict: 'ca.crl.pageSize' is '100'; s:4 expects '5'
	cfgpatch: CS.cfg:6: conflict: 'machineName' is 'ca1.example.com'; s:5 expects none
	cfgpatch: CS.cfg: conflict: 'gone' is absent; s:6 expects '1'
	cfgpatch: 'CS.cfg' is unchanged: not all edits fit
	END
	same want err
	gives 1 cfgpatch -i --no-log --force CS.cfg s
	same /dev/null out
	same want err
	unchanged
EOF

it 'shows no secret in a conflict' <<-\EOF
	edits -internaldb.ldapauth.password=simsim \
	    +internaldb.ldapauth.password=new >s
	gives 1 cfgpatch CS.cfg s
	cat >want <<-\END
	cfgpatch: CS.cfg:5: conflict: 'internaldb.ldapauth.password' is another secret; s:2 expects another secret
	cfgpatch: 'CS.cfg' is unchanged: not all edits fit
	END
	same want err
EOF

it 'keeps values from driving a terminal, and cuts long ones' <<-\EOF
	{ printf 'a=\033[2J'; printf '%0100d\n' 0; } >loud
	edits -a=1 >s
	gives 1 cfgpatch loud s
	exits 1 grep "$(printf '\033')" err
	grep "^cfgpatch: loud:1: conflict: 'a' is '?\[2J0*\.\.\.'; s:2 exp" err
	exits 1 grep 00000000000000000000000000000000000000000000000000000000000 \
	    err
EOF

it 'knows of the lines that a later one hides' <<-\EOF
	printf '%s\n' a=1 a=2 >two
	edits -a=2 >s
	gives 1 cfgpatch two s
	grep "^cfgpatch: two:2: conflict: 'a' is '2'; s:2 expects no other" err
	edits -a=1 +a=3 >s
	gives 1 cfgpatch two s
	grep "^cfgpatch: two:2: conflict: 'a' is '2'; s:2 expects '1'" err
EOF

# -- refused: status 1, and --force ----------------------------------------

for key in dbs.endSerialNumber machineName dbs.nextBeginReplicaNumber \
    preop.x internaldb.ldapconn.port
do
	it "edits $key only when forced" <<-EOF
		case $key in dbs.*) class=range ;; *) class=identity ;; esac
		for edit in +$key=1 -$key=1
		do
			edits "\$edit" >s
			case \$edit in
			+*) : >f; echo $key=1 >want ;;
			-*) echo $key=1 >f; : >want ;;
			esac
			gives 1 cfgpatch f s
			same /dev/null out
			echo "cfgpatch: f: refused: '$key' is a key of" \
			    "\$class that is this host's own (--force edits it)" \
			    >message
			same message err
			gives 0 cfgpatch --force f s
			same want out
			same /dev/null err
		done
	EOF
done

it 'edits roles, which are there to be edited, without being forced' <<-\EOF
	edits +ca.listenToCloneModifications=true >s
	gives 0 cfgpatch CS.cfg s
EOF

it "refuses none that is in place, nor a site's unless listed" <<-\EOF
	edits +machineName=ca1.example.com >s
	gives 0 cfgpatch CS.cfg s
	same CS.cfg out
	edits +ours.number=1 >s
	echo 'range ours.*' >keys
	gives 0 cfgpatch CS.cfg s
	gives 1 cfgpatch --rules keys CS.cfg s
	gives 0 cfgpatch --rules keys --force CS.cfg s
EOF

# -- masked ----------------------------------------------------------------

it 'does not take a masked value, unless it is to be left out' <<-\EOF
	edits -ca.crl.pageSize=100 '*internaldb.ldapauth.password' >s
	gives 2 cfgpatch CS.cfg s
	same /dev/null out
	echo "cfgpatch: s:3: the value of 'internaldb.ldapauth.password' is" \
	    'masked: have the script made with --show-secrets, or leave such' \
	    'edits out with --skip-masked' >want
	same want err
	gives 0 cfgpatch --skip-masked CS.cfg s
	sed /pageSize/d CS.cfg >want
	same want out
	echo 'cfgpatch: s:3: skipped: the value is hidden' >want
	same want err
EOF

it 'does not take one either beside a value of the same key' <<-\EOF
	for value in -ca.crl.pageSize=100 +ca.crl.pageSize=1
	do
		edits $value '*ca.crl.pageSize' >s
		gives 2 cfgpatch CS.cfg s
		same /dev/null out
		grep "^cfgpatch: s:3: the value of 'ca.crl.pageSize' is m" err
	done
EOF

it 'masks what it prints itself, unless asked' <<-\EOF
	edits -internaldb.ldapauth.password=sesame \
	    +internaldb.ldapauth.password=new >s
	gives 0 cfgpatch CS.cfg s
	grep '^internaldb.ldapauth.password=new$' out
	gives 0 cfgpatch -n CS.cfg s
	edits '*internaldb.ldapauth.password' >want
	same want out
	gives 0 cfgpatch -n --show-secrets CS.cfg s
	same s out
	edits +ours.door=open >s
	echo 'secret ours.*' >keys
	gives 0 cfgpatch -n --rules keys CS.cfg s
	edits '*ours.door' >want
	same want out
EOF

# -- trouble: status 2 -----------------------------------------------------

# no_script MESSAGE: ./s is none, and CS.cfg stays
no_script () {
	for option in '' -n --check -R '-i --no-log' --force
	do
		# shellcheck disable=SC2086 # no option is no word
		gives 2 cfgpatch $option CS.cfg s
		same /dev/null out
		echo "cfgpatch: $1" >message
		same message err
	done
	unchanged
}

it 'knows a script that was cut off, at every byte' <<-\EOF
	size=$(wc -c <script)
	i=0
	while test $i -lt "$size"
	do
		head -c $i script >s
		gives 2 cfgpatch CS.cfg s
		same /dev/null out
		i=$((i + 1))
	done
	head -n 3 script >s
	no_script "s:4: the script is cut off: no last line '.'"
	head -n 2 script >s
	no_script "s:3: the script is cut off: no last line '.'"
EOF

it 'knows an empty script for a producer that failed' <<-\EOF
	: >s
	no_script 's:1: empty: the producer of the edits failed'
EOF

it 'knows what is no script' <<-\EOF
	sed 1d script >s
	no_script "s:1: not a script of edits: no line '# clonekit edits 1'"
	cp CS.cfg s
	no_script "s:1: not a script of edits: no line '# clonekit edits 1'"
	{ cat script; echo; } >s
	no_script 's:7: text after the last line'
	cat script script >s
	no_script 's:7: text after the last line'
	edits a=1 >s
	no_script "s:2: not an edit: a line starts with '-', '+', '*', ' ' or '#'"
	edits -a=1 '+# a' >s
	no_script "s:3: not a setting: 'KEY=VALUE' is wanted after '+'"
	printf '# clonekit edits 1\n+a=\0\n.\n' >s
	no_script 's: NUL byte: this is no script of edits'
EOF

it 'knows a script at odds with itself' <<-\EOF
	edits -a=1 +a=2 +a=3 >s
	no_script "s:4: more than one edit of 'a'"
	edits -a=1 +a=2 -a=2 +a=3 >s
	no_script "s:5: more than one edit of 'a'"
EOF

it 'turns down what it cannot read' <<-\EOF
	gives 2 cfgpatch missing script
	same /dev/null out
	grep "^cfgpatch: cannot open 'missing': No such file" err
	gives 2 cfgpatch CS.cfg missing
	grep "^cfgpatch: cannot open 'missing': No such file" err
	printf 'a=1\nb=\0\n' >nul
	gives 2 cfgpatch nul script
	same /dev/null out
	grep '^cfgpatch: nul:2: NUL byte' err
	mkdir empty-directory
	gives 2 cfgpatch empty-directory script
	gives 2 cfgpatch CS.cfg empty-directory
	gives 2 cfgpatch
	gives 2 cfgpatch CS.cfg script script
	gives 2 cfgpatch --no-such-option CS.cfg script
EOF

it 'makes no line that would join the next one' <<-\EOF
	printf '%s\n' b=1 c=1 >f
	edits '+a=\' >s
	gives 2 cfgpatch f s
	same /dev/null out
	echo "cfgpatch: f: the line of 'a' ends in a backslash and would join" \
	    'the next one' >want
	same want err
EOF

it 'notices that its output is lost' <<-\EOF
	exits 2 cfgpatch CS.cfg script >/dev/full
	exits 2 cfgpatch -n CS.cfg script >/dev/full
	exits 2 cfgpatch --help >/dev/full
EOF

# -- both readers ----------------------------------------------------------

it 'says where pki-server will see something else than the server' <<-\EOF
	printf '%s\n' b=1 >f
	edits '+a=1 ' >s
	gives 0 cfgpatch f s
	echo "cfgpatch: f:1: 'a' is '1 ' to the server, but '1' to pki-server" \
	    >want
	same want err
EOF

tap_done
