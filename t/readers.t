#!/bin/sh
# SPDX-License-Identifier: MIT
# What the server and pki-server read differently is said of an edited key.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# -- one row each ----------------------------------------------------------

# What it is; the key that goes; the file, as printf takes it; the note, as
# printf's %b does.
while IFS='|' read -r title key text note
do
	note=$(printf '%b' "$note")
	it "says of $title how it is read" <<-EOF
		printf '$text' >file
		gives 0 cfgset file -d '$key'
		cat >want <<-\\END
		cfgset: file:$note
		END
		same want err
		test "\$(wc -l <out)" -gt 2
		tail -n 1 out >last
		echo . >want
		same want last
	EOF
done <<-\EOF
	an indented comment|#|x=1\n  # c\n|2: '#' is 'c' to the server, but not there to pki-server
	an indented comment with a setting|#a|\n #a=b\n|2: '#a' is 'b' to the server, but not there to pki-server
	a line of blanks||x=1\n  \t\n|2: '' is '' to the server, but not there to pki-server
	a colon|a|a:b=c\n|1: 'a' is 'b=c' to the server, but not there to pki-server
	a blank|a|a b=c\n|1: 'a' is 'b=c' to the server, but not there to pki-server
	a colon and another line|a|a=1\na: b=c\n|2: 'a' is 'b=c' to the server, but '1' to pki-server
	a lone key|a|a=1\nb\n|2: pki-server cannot read this file: missing delimiter, a line without '='
	a blank and no equals sign|a|a b\n|1: pki-server cannot read this file: missing delimiter, a line without '='
	a colon and no equals sign|x|x=1\n\na: b\n|3: pki-server cannot read this file: missing delimiter, a line without '='
	two backslashes at the end|a|a=b\\\\\nc=d\n|1: 'a' is 'b\\\\' to the server, but 'b\\c=d' to pki-server
	the line that those eat|c|a=b\\\\\nc=d\n|2: 'c' is 'd' to the server, but not there to pki-server
	an indent after a continuation|a|a=b\\\n  c\n|1: 'a' is 'bc' to the server, but 'b  c' to pki-server
	a key that goes on|k|k\\\n=v\n|1: pki-server cannot read this file: missing delimiter, a line without '='
	blanks at the end of a value|a|b=1\na=true \n|2: 'a' is 'true ' to the server, but 'true' to pki-server
	a form feed|a|a=b\fc=d\n|1: 'a' is 'b?c=d' to the server, but 'b' to pki-server
	a vertical tab|a|a=b\vc=d\n|1: 'a' is 'b?c=d' to the server, but 'b' to pki-server
	a next-line character|a|a=b\302\205c=d\n|1: 'a' is 'b??c=d' to the server, but 'b' to pki-server
	a line separator|a|a=b\342\200\250c=d\n|1: 'a' is 'b\0342\0200\0250c=d' to the server, but 'b' to pki-server
	a form feed that makes a line without sign|x|x=1\na=b\fc\n|2: pki-server cannot read this file: missing delimiter, a line without '='
	a no-break space|a|a=b\302\240\n|1: 'a' is 'b\0302\0240' to the server, but 'b' to pki-server
	bytes that are not UTF-8|a|a=1\nb=\377\n| pki-server cannot read this file: not UTF-8
EOF

it 'says nothing where both agree' <<-\EOF
	printf '\357\273\277b=1\n#c\n\na = 1\r\na=2\rd=e\\\nf\r\n' >file
	gives 0 cfgset file -d a -d d g=1
	same /dev/null err
	grep '^-a=2' out
EOF

it 'says nothing of keys that are not edited' <<-\EOF
	printf 'a: b=c\nb=1 \n  # d\nc=1\n' >file
	gives 0 cfgset file c=2
	same /dev/null err
	gives 0 cfgset file b=1
	printf "cfgset: file:2: 'b' is '1 ' to the server, but '1' to %s\n" \
	    pki-server >want
	same want err
EOF

it 'says nothing where nothing is edited' <<-\EOF
	printf 'a\n\377\n' >file
	gives 0 cfgset file a= -d b
	same /dev/null err
	printf '%s\n' '# clonekit edits 1' . >want
	same want out
EOF

# A comment to the server alone cannot be edited, so nothing is to be said.
it 'cannot edit what is a setting to pki-server alone' <<-\EOF
	printf '! c=d\na=1\n' >file
	gives 0 cfgset file -d '! c' -d c -d '!'
	same /dev/null err
	printf '%s\n' '# clonekit edits 1' . >want
	same want out
EOF

it 'says it of every such key, once' <<-\EOF
	printf 'a=1 \nb: x=2\nc=3\na=4 \n' >file
	gives 0 cfgset file -d a b=5 -d c
	cat >want <<-\END
	cfgset: file:2: 'b' is 'x=2' to the server, but not there to pki-server
	cfgset: file:4: 'a' is '4 ' to the server, but '4' to pki-server
	END
	sort err >got
	same want got
EOF

it 'never shows a secret' <<-\EOF
	key=internaldb.ldapauth.password
	printf '%s=Secret.123 \n' $key >file
	gives 0 cfgset file -d $key
	echo "cfgset: file:1: '$key' is one value to the server, but another" \
	    'value to pki-server' >want
	same want err
	exits 1 grep Secret out
EOF

it 'cuts what is long' <<-\EOF
	long=0123456789012345678901234567890123456789012345678901234567890
	printf 'a=%s \n' $long >file
	gives 0 cfgset file -d a
	grep "'a' is '${long%0}...' to the server, but '${long%0}...' to" err
EOF

it 'is said by cfgpatch of the file as it will be' <<-\EOF
	printf 'a=1\nb=2\n' >file
	gives 0 cfgset file 'a=x '
	same /dev/null err
	mv out edits
	gives 0 cfgpatch file edits
	printf "cfgpatch: file:1: 'a' is 'x ' to the server, but 'x' to %s\n" \
	    pki-server >want
	same want err
	exits 0 cfgset file a=y >edits
	printf 'a=1\nb: 2\n' >other
	gives 0 cfgpatch other edits
	grep '^cfgpatch: other:2: pki-server cannot read this file' err
	printf '%s\n' a=y 'b: 2' >want
	same want out
EOF

# -- against the other reader itself ---------------------------------------

it 'agrees with a Python reader about a thousand random files' <<-\EOF
	needs python3
	cat >compare.py <<-\END
	import random
	import re
	import subprocess
	import sys

	PIECES = ["a", "a", "=", "=", ":", " ", "\t", "\\", "\\", "#", "!", "x",
	    "\n", "\n", "\r", "\r\n", "\f", "\v", "\x1c", "\x1f", "\x85",
	    "\xa0", "\u2003", "\u2028", "\u2029", "\ufeff", "\u00e9", "\u200b"]

	class Unreadable(Exception):
	    pass

	# Text lines are what splitlines() makes of universal newlines.  A
	# backslash at the end of a value, whatever is before it, makes the next
	# line part of it, indent and all; only what ended is stripped.
	def load(data):
	    try:
	        text = data.decode("utf-8")
	    except UnicodeDecodeError:
	        raise Unreadable("not UTF-8") from None
	    text = text.replace("\r\n", "\n").replace("\r", "\n")
	    lines = iter(text.splitlines())
	    found = {}
	    for line in lines:
	        line = line.lstrip()
	        if line == "" or line[0] == "#":
	            continue
	        name, sign, value = line.partition("=")
	        if sign == "":
	            raise Unreadable("missing delimiter")
	        name, value, ended = name.rstrip(), value.lstrip(), True
	        while value.endswith("\\"):
	            more = next(lines, None)
	            value, ended = value[:-1] + (more or ""), more is not None
	            if not ended:
	                break
	        found[name] = value.rstrip() if ended else value
	    return found

	def show(value):
	    data = value.encode()
	    cut = data[:60] + b"..." if len(data) > 60 else data
	    return b"'" + re.sub(rb"[\x00-\x1f\x7f]", b"?", cut) + b"'"

	def run(*args):
	    return subprocess.run(args, capture_output=True, check=False)

	def expected(data, server):
	    try:
	        other = load(data).get("a")
	    except Unreadable as why:
	        return b"pki-server cannot read this file: " + str(why).encode()
	    if other is not None and other.encode() == server:
	        return b""
	    return b" to the server, but " + (b"not there" if other is None
	        else show(other)) + b" to pki-server"

	random.seed(1)
	notes = 0
	for number in range(1000):
	    text = "".join(random.choices(PIECES, k=random.randint(2, 14)))
	    data = ("a" + random.choice(["", "="]) + text).encode()
	    if number % 50 == 0:
	        data += b"\n\xff"
	    with open("random", "wb") as file:
	        file.write(data)
	    server = run("cfgget", "a", "random")
	    note = run("cfgset", "random", "-d", "a").stderr
	    want = b"" if server.returncode else expected(data, server.stdout[:-1])
	    notes += want != b""
	    if (want == b"") != (note == b"") or want not in note:
	        sys.exit(f"{data!r}: want {want!r}, got {note!r}")
	if not 300 < notes < 990:
	    sys.exit(f"{notes} notes: too few or too many to mean anything")
	END
	exits 0 python3 compare.py
EOF

tap_done
