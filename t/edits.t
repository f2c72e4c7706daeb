#!/bin/sh
# SPDX-License-Identifier: MIT
# The form of edits, clonekit-edits(1): what is printed for which change, what
# that makes of a file, and that it can be taken back to the byte.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/edits.sh
. "$tap_top/t/lib/edits.sh"

# there_and_back SCRIPT OLD NEW: the edits from OLD to NEW are SCRIPT, make
# NEW of OLD, and OLD of NEW
edits >nothing

there_and_back () {
	gives 0 cfgdiff -a --show-secrets --edits "$2" "$3"
	same "$1" out
	makes "$1" "$2" "$3"
	exits 0 cfgpatch --force -R "$3" "$1" >back
	same "$2" back
}

# makes SCRIPT OLD NEW: SCRIPT makes NEW of OLD
makes () {
	exits 0 cfgpatch --force "$2" "$1" >made
	same "$3" made
}

# -- signs and lines -------------------------------------------------------

it 'deletes, changes and adds, in the order of the file' <<-\EOF
	printf '%s\n' a=1 b=1 d=1 >old
	printf '%s\n' a=1 b=2 c=1 >new
	edits -b=1 +b=2 +c=1 -d=1 >s
	there_and_back s old new
EOF

it 'prints lines as they are: blanks, colons, all bytes but NUL' <<-\EOF
	printf '=x\n a  :\t= 1 \nb\n\377=\033\n' >old
	printf 'a=1\n' >new
	printf '# clonekit edits 1\n-=x\n- a  :\t= 1 \n+a=1\n-b\n-\377=\033\n.\n' \
	    >s
	there_and_back s old new
EOF

it 'prints a continued assignment as lines of one sign' <<-\EOF
	printf '%s\n' 'a=1,\' '  2,\' '3' b=1 >old
	printf '%s\n' a=1 'b=2,\' '#3' >new
	edits '-a=1,\' '-  2,\' -3 +a=1 -b=1 '+b=2,\' '+#3' >s
	there_and_back s old new
EOF

it 'matches by key and value, not by spelling' <<-\EOF
	printf '%s\n' 'a : 1\' '  2' b=1 >old
	edits -a=12 +a=3 +b:1 >s
	printf '%s\n' a=3 b=1 >new
	makes s old new
	makes s new new
	edits -a=1 +a=3 >s
	exits 1 cfgpatch old s
EOF

it 'respells a line whose value stays' <<-\EOF
	printf '%s\n' 'a : 1' >old
	edits -a=1 +a=1 >s
	echo a=1 >new
	makes s old new
	makes s new new
EOF

it 'skips comments of its own, between any two edits' <<-\EOF
	printf '%s\n' a=1 c=1 >old
	edits '# one' -a=1 '#two' +a=2 '# three' '# four' ' c' '# five' +b=1 >s
	printf '%s\n' a=2 c=1 b=1 >new
	makes s old new
EOF

it 'parts with a comment what would be one line' <<-\EOF
	printf '%s\n' '# clonekit edits 1' '+a=1\' '+b=2' . >s
	: >old
	printf '%s\n' 'a=1\' b=2 >new
	makes s old new
	edits '+a=1\' '# and' +b=2 >s
	printf '%s\n' b=2 'a=1\' >new
	makes s old new
EOF

# -- several lines of one key ------------------------------------------------

it 'deletes every line of a key, and changes the one that counts' <<-\EOF
	printf '%s\n' a=1 b=1 a=2 c=1 a=3 >old
	printf '%s\n' b=1 c=1 >new
	edits -a=1 ' b' -a=2 ' c' -a=3 >s
	there_and_back s old new
	printf '%s\n' a=1 b=1 a=2 c=1 a=4 >new
	edits -a=3 +a=4 >s
	there_and_back s old new
EOF

it 'wants all of them to be told' <<-\EOF
	printf '%s\n' a=1 a=2 >old
	for lines in -a=2 -a=1 '-a=2 -a=1' '-a=1 -a=2 -a=2' '-a=0 -a=2'
	do
		# shellcheck disable=SC2086 # several words
		edits $lines >s
		exits 1 cfgpatch old s >out
		same /dev/null out
	done
	edits -a=1 -a=2 >s
	makes s old /dev/null
	makes s /dev/null /dev/null
EOF

it 'adds them in order, so that they count as before' <<-\EOF
	edits +a=1 +a=2 >s
	printf '%s\n' a=1 a=2 >new
	makes s /dev/null new
	makes s new new
	printf '%s\n' a=2 a=1 >other
	exits 1 cfgpatch other s
	exits 1 cfgpatch -R other s
EOF

# -- places ----------------------------------------------------------------

it "puts a new line by its key where the keys are in the server's order" <<-\EOF
	printf '%s\n' '# c' a.a=1 a.c=1 b=1 >old
	printf '%s\n' '# c' a.a=1 a.b=1 a.c=1 aa=1 b=1 c=1 >new
	edits +a.b=1 +aa=1 +c=1 >s
	makes s old new
	edits +c=1 +aa=1 +a.b=1 >s
	makes s old new
EOF

it 'has the order of String.compareTo(), that of UTF-16' <<-\EOF
	printf '\360\220\200\200=1\n' >old
	printf '\360\220\200\200=1\n\357\277\275=1\n' >new
	printf '# clonekit edits 1\n+\357\277\275=1\n.\n' >s
	makes s old new
EOF

it 'puts it behind its family in a file of no order' <<-\EOF
	printf '%s\n' z=1 ca.crl.A.x=1 ca.x=1 kra.x=1 '# end' >old
	printf '%s\n' z=1 ca.crl.A.x=1 ca.crl.A.b=1 ca.crl.B=1 ca.x=1 ca.b=1 \
	    kra.x=1 '# end' new=1 >new
	edits +ca.b=1 +ca.crl.A.b=1 +ca.crl.B=1 +new=1 >s
	makes s old new
EOF

it 'does as a place says: lines below a key, ^ for the top' <<-\EOF
	printf '%s\n' '# 1' '# 2' a=1 '# 3' b=1 >old
	printf '%s\n' n1=1 '# 1' n2=1 '# 2' a=1 n3=1 '# 3' n4=1 b=1 n5=1 >new
	printf '%s\n' '# clonekit edits 1' ' ^' +n1=1 ' ^	2' +n2=1 \
	    ' a' +n3=1 ' n3	1' +n4=1 ' b' +n5=1 . >s
	makes s old new
EOF

it 'has a caret more for a key of carets' <<-\EOF
	printf '%s\n' x=1 ^=1 ^^=1 a=1 >old
	printf '%s\n' x=1 ^=1 n=1 ^^=1 m=1 a=1 >new
	edits ' ^^' +n=1 ' ^^^' +m=1 >s
	makes s old new
	exits 0 cfgdiff -a --edits new old >out
	edits ' ^^' -n=1 ' ^^^' -m=1 >want
	same want out
EOF

it 'goes to the default place when the neighbour is lost' <<-\EOF
	printf '%s\n' b=1 d=1 >old
	printf '%s\n' b=1 c=1 d=1 >new
	edits ' gone' +c=1 >s
	makes s old new
	edits ' gone	7' +c=1 >s
	makes s old new
	edits ' b	7' +c=1 >s
	makes s old new
	edits ' ^	7' +c=1 >s
	makes s old new
EOF

it 'says a place where the default is another, and only there' <<-\EOF
	printf '%s\n' a=1 b=1 c=1 >full
	for key in a b c
	do
		sed /$key/d full >less
		edits -$key=1 >s
		there_and_back s full less
	done
	printf '%s\n' c=1 b=1 a=1 >full
	sed /b/d full >less
	edits ' c' -b=1 >s
	there_and_back s full less
	sed /c/d full >less
	edits ' ^' -c=1 >s
	there_and_back s full less
	printf '%s\n' a=1 '# why' '' b=1 >full
	sed /b/d full >less
	edits ' a	2' -b=1 >s
	there_and_back s full less
EOF

# -- line ends -------------------------------------------------------------

it "gives a new line its neighbour's end" <<-\EOF
	printf 'a=1\r\nd=1\rg=1\n' >old
	printf 'a=1\r\nb=1\r\nd=1\re=1\rg=1\nh=1\n' >new
	edits +b=1 +e=1 +h=1 >s
	makes s old new
EOF

it 'keeps the end of a line that changes' <<-\EOF
	printf 'a=1\r\nb=1\rc=1\nd=1' >old
	printf 'a=2\r\nb=2\rc=2\nd=2' >new
	edits -a=1 +a=2 -b=1 +b=2 -c=1 +c=2 -d=1 +d=2 >s
	makes s old new
EOF

it 'shows CRLF as it is, and marks an end that is not the usual one' <<-\EOF
	printf 'a=1\r\nb=1\r\n' >old
	printf 'a=1\r\n' >new
	printf '# clonekit edits 1\n-b=1\r\n.\n' >s
	there_and_back s old new
	printf 'a=1\nb=1\rc=1\n' >old
	printf 'a=1\nc=1\n' >new
	edits -b=1 '\r' >s
	there_and_back s old new
	printf 'a=1\rb=1\nc=1\r' >old
	printf 'a=1\rc=1\r' >new
	edits -b=1 '\n' >s
	there_and_back s old new
EOF

it 'marks a last line without an end' <<-\EOF
	printf 'a=1\nb=1' >old
	printf 'a=1\n' >shorter
	edits -b=1 '\' >s
	gives 0 cfgdiff -a --edits old shorter
	same s out
	printf 'a=1' >new
	makes s old new
	exits 0 cfgpatch -R new s >back
	same old back
EOF

it 'marks CR within a continued assignment' <<-\EOF
	printf 'a=1\\\r 2\\\r\n 3\n' >old
	printf '# clonekit edits 1\n-a=1\\\n\\r\n- 2\\\r\n- 3\n.\n' >s
	there_and_back s old /dev/null
EOF

it 'does as marks of the lines above and below say' <<-\EOF
	printf 'a=1\nc=1\n' >old
	printf 'a=1\rb=1\r\nc=1\r' >new
	printf '# clonekit edits 1\n+b=1\r\n\\^r\n\\_r\n.\n' >s
	makes s old new
	edits ' a' +b=1 '\n' '\^rn' '\_rn' >s
	printf 'a=1\r\nb=1\nc=1\r\n' >new
	makes s old new
EOF

# -- any file --------------------------------------------------------------

it 'takes back what it did, to the byte, whatever the two files are' <<-\EOF
	mkdir nasty
	i=0
	while read -r text
	do
		i=$((i + 1))
		# shellcheck disable=SC2059 # the texts are formats
		printf "$text" >nasty/$i
	done <<-'END'

	a=1
	a=1\n
	a=1\r
	a=1\r\n
	\n\n\r\r\na=2
	a=2\nb=1\n
	b=1\na=2\n
	b=1\r\na=2\r\n
	b=1\ra=2\r
	b=1\r\na=2\nc=3\rd=4
	#\na=1\n#\n\nb=1\n#
	!\n \n=\n
	a=1\na=2\nb=3\na=1
	b=3\na=2\na=2\nc=0\na=9\n
	a=1\\\\\n 2\n
	a=1\\\\\r2\r
	a=1\\\\\r\n2\\\\\n\n
	b=1\na=1\\\\
	b=1\na=1\\\\\n
	a\\\\\n=1\nb\n
	^=1\n^^=1\n^^^\n
	^^=1\n^=1\n#\nc=1\n
	\\\\\t=1\n\\\\\ta\\\\ b=1\nc=2\n
	\377=\376\na=\001\033\n
	a=1\r\r\n\nb=1\n\r
	a.b=1\na.c=1\nb.a=1\na.b=2\n
	x.y.z=1\na.b.d=1\nx.y.a=2\na.b.c=1\n
	END
	test "$i" -eq 28
	# Where each process is slow, a quarter of the pairs.
	n=0 pairs=784
	test -z "$SLOW" || pairs=196
	for old in nasty/*
	do
		for new in nasty/*
		do
			n=$((n + 1))
			test -z "$SLOW" || test $((n % 4)) -eq 0 || continue
			echo "$old $new"
			exits 0 cfgdiff -a --edits "$old" "$new" >s
			exits 0 cfgpatch --force "$old" s >made 2>/dev/null
			exits 0 cfgdiff -a made "$new" >diff
			same nothing diff
			exits 0 cfgpatch -R --force made s >back 2>/dev/null
			same "$old" back
		done
	done >log
	test "$(grep -c nasty log)" -eq "$pairs"
EOF

# Pairs of files of few letters, so that all that is odd meets.
cat >generate <<'END'
import random, sys
random.seed(int(sys.argv[1]))
parts = ["a", "b", "a.", "b.", "^", "=", "=1", "=2", ":", " ", "\t", "\\",
         "\\\n", "\n", "\n", "\n", "\r", "\r\n", "#", "!", "\f", "\xe9"]
for name in range(600):
    size = random.randint(0, 30)
    text = "".join(random.choice(parts) for part in range(size))
    with open("random/%d" % name, "wb") as f:
        f.write(text.encode("latin-1"))
END

it 'takes back what it did, with random files (EDITS_SEED says which)' <<-\EOF
	needs python3
	mkdir random
	seed=${EDITS_SEED:-$(date +%s)}
	python3 generate "$seed"
	step=2
	test -z "$SLOW" || step=10
	for i in $(seq 0 $step 598)
	do
		: "EDITS_SEED=$seed random/$i"
		old=random/$i
		new=random/$((i + 1))
		exits 0 cfgdiff -a --edits --show-secrets $old $new >s 2>err
		exits 0 cfgpatch --force $old s >made 2>err
		exits 0 cfgdiff -a made $new >diff
		same nothing diff
		exits 0 cfgpatch -R --force made s >back 2>err
		same $old back
	done
EOF

it 'takes back what cfgpatch says that it made of a script by hand' <<-\EOF
	printf '%s\n' z=1 '# 1' a.b=1 a.b=2 'c = 3' k.d=1 >old
	printf '%s\n' '# clonekit edits 1' '# by hand' ' nowhere	3' +a.c=1 \
	    -a.b=1 -a.b=2 -c=3 +c:4 +z=1 ' ^' +q=1 . >s
	exits 0 cfgpatch -n old s >made
	exits 0 cfgpatch old s >new
	printf '%s\n' q=1 z=1 '# 1' c:4 k.d=1 a.c=1 >want
	same want new
	exits 0 cfgpatch old made >again
	same new again
	exits 0 cfgpatch -R new made >back
	same old back
EOF

tap_done
