#!/bin/sh
# SPDX-License-Identifier: MIT
# What all tools keep, and what the Makefile promises.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# The makes in here are not parts of the one that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

tools=$(cd "$tap_top/src" && echo ./*.c | sed 's|\./||g; s|\.c||g')

it 'the README names every tool, and no other' <<-\EOF
	echo $tools | tr ' ' '\n' | sort >want
	sed -n '/^| tool /,/^$/s/^| \([a-z0-9]*\) |.*/\1/p' \
	    "$tap_top/README.md" | grep -vx tool | sort >got
	same want got
EOF

for tool in $tools
do
	it "$tool: help and version are data; a wrong option is one line" <<-EOF
		$tool --help >out
		grep -q '^Usage: ' out
		grep -q 'Status: 0 ' out
		$tool --usage >out
		$tool --version >out
		grep -q '^clonekit ' out
		exits 2 $tool --no-such-option 2>err
		test "\$(grep -c '^$tool: ' err)" -eq 1
		grep -q "^$tool: --no-such-option: .*(see --help)" err
	EOF

	it "$tool: output that cannot be written is trouble" <<-EOF
		exits 2 $tool --help >/dev/full 2>err
		grep -q 'cannot write standard output: No space left' err
	EOF

	it "$tool: what cannot be read is one line that names it" <<-EOF
		case $tool in
		cfgmerge) set -- --crl --from missing missing ;;
		cfgget) set -- some.key missing ;;
		cfgdiff) set -- missing missing ;;
		cfgpatch | cfgrekey) set -- missing missing ;;
		ldapcmp) set -- missing missing ;;
		p12export) set -- -o out.p12 missing ;;
		asowner) set -- missing true ;;
		ocspcmp) set -- --issuer missing http://h/ http://h/ ;;
		clonekit)
			# Its operand is a recipe.
			exits 2 clonekit missing 2>err
			grep -qx "clonekit: no recipe 'missing' (see --help)" err
			exit 0
			;;
		*) set -- missing ;;
		esac
		exits 2 $tool "\$@" 2>err
		test "\$(grep -c '^$tool: ' err)" -eq 1
		grep -q "^$tool: .*missing.*No such file" err
	EOF

	it "$tool: a directory without what it reads is one line, too" <<-EOF
		mkdir -p empty
		case $tool in
		cfgmerge) set -- --crl --from empty empty ;;
		cfgget) set -- some.key empty ;;
		cfgset) set -- empty some.key=value ;;
		cfgdiff) echo >file; set -- empty file ;;
		ldapcmp) echo >file; set -- empty file ;;
		cfgpatch)
			printf '# clonekit edits 1\\n.\\n' >file
			set -- empty file
			;;
		cfgrekey)
			printf '%040d\\tnickname\\n' 1 >file
			set -- empty file
			;;
		p12export) set -- -o out.p12 empty ;;
		asowner) set -- empty/missing true ;;
		ocspcmp) set -- --issuer empty http://h/ http://h/ ;;
		clonekit) exit 0 ;;
		*) set -- empty ;;
		esac
		exits 2 $tool "\$@" >out 2>err
		exits 1 test -s out
		grep -v '^+' err >said
		test "\$(wc -l <said)" -eq 1
		grep -q "^$tool: .*empty" said
	EOF

	it "$tool: ~/.popt has no say" <<-EOF
		echo '$tool alias --help --version' >"\$HOME/.popt"
		$tool --help >out
		grep -q '^Usage: ' out
		rm "\$HOME/.popt"
	EOF
done

it 'the small tools load no library that doubles their start' <<-\EOF
	for tool in cfgget cfgset cfgpatch cfgdiff cfgmerge keyid
	do
		test -e "$tap_top/src/$tool.c" || continue
		ldd "$(program $tool)" >libs
		exits 1 grep -E 'libcrypto|libldap|libxml2|libsqlite' libs
	done
EOF

it 'a tool loads libxml2 when it reads XML, not when it starts' <<-\EOF
	for tool in $tools
	do
		ldd "$(program $tool)" >libs
		exits 1 grep libxml2 libs
	done
	# What starts without it reports that it is absent.
	mkdir -p empty
	echo '<ConnectorInfo/>' >doc.xml
	able 'right to mount' unshare -m true
	able 'libxml2 in a directory of its own' test -n "$(ldconfig -p |
	    awk '/libxml2/ { print $NF; exit }')"
	library=$(ldconfig -p | awk '/libxml2\.so/ { print $NF; exit }')
	exits 2 unshare -m sh -c "mount --bind /dev/null $(realpath $library) &&
	    exec $(program cfgkra) $tap_top/share/sample/clone.cfg --from doc.xml" \
	    2>err
	grep '^cfgkra: cannot load libxml2' err
EOF

it 'only tools that ask directories load libldap' <<-\EOF
	for tool in $tools
	do
		ldd "$(program $tool)" >libraries
		if grep -q libldap libraries; then echo $tool; fi
	done >got
	test ! -s got || printf '%s\n' clonecheck crlls domainls ldapcmp \
	    rangefix rangels replls | same - got
EOF

it 'installs under DESTDIR and leaves nothing behind' <<-\EOF
	make -C "$tap_top" install DESTDIR="$PWD/stage" PREFIX=/usr >log 2>&1
	for tool in $(cd "$tap_top/src" && echo *.c)
	do
		test -x "stage/usr/bin/${tool%.c}"
		test -s "stage/usr/share/man/man1/${tool%.c}.1"
		test -s "stage/usr/share/bash-completion/completions/${tool%.c}"
	done
	stage/usr/bin/keyid --version >out
	test -s stage/usr/share/clonekit/lists/settings
	for recipe in "$tap_top"/share/recipes/*
	do
		recipe=${recipe##*/}
		case $recipe in *.*) continue ;; esac
		test -s "stage/usr/share/man/man1/clonekit-$recipe.1"
		stage/usr/bin/clonekit $recipe --help >out
		grep "^Usage: clonekit $recipe " out
	done
	# The units and the crontab line run what was installed.
	grep '^ExecStart=/usr/bin/clonekit ' \
	    stage/usr/share/clonekit/recipes/config-sync.service
	exits 1 grep -rl /usr/local stage/usr/share
	make -C "$tap_top" uninstall DESTDIR="$PWD/stage" PREFIX=/usr >log 2>&1
	find stage -type f -o -type l >remains
	exits 1 test -s remains
EOF

it 'builds without OpenSSL: key IDs and all of CS.cfg' <<-\EOF
	mkdir -p pc inc/openssl
	pkg-config --variable pc_path pkg-config | tr : '\n' >path
	while read -r directory
	do
		for file in "$directory"/*.pc
		do
			test ! -e "$file" || ln -sf "$file" pc
		done
	done <path
	rm -f pc/libcrypto.pc pc/libssl.pc pc/openssl.pc
	# No header of it either, for who asks.
	for header in /usr/include/openssl/*.h
	do
		echo '#error OpenSSL is not here' >"inc/openssl/${header##*/}"
	done
	env -u SAN PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$PWD/pc" \
	    make -C "$tap_top" -j2 B="$PWD/without" \
	    CFLAGS="-O0 -I$PWD/inc" >log 2>&1 || { tail log; exit 1; }
	for tool in keyid cfgget cfgset cfgdiff cfgpatch cfgmerge cfgrekey
	do
		without/$tool --version
		ldd "$PWD/without/$tool" >libs
		exits 1 grep libcrypto libs
	done
EOF

it 'names the library that it cannot be built without' <<-\EOF
	rm pc/gmp.pc
	PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$PWD/pc" exits 2 \
	    make -C "$tap_top" -j2 B="$PWD/never" >log 2>&1
	grep -q '^missing: gmp (make deps)' log
	exits 1 test -e never/obj/lib
EOF

it 'leaves out what a missing library is needed for, and its users' <<-\EOF
	mkdir -p tree/src tree/lib/key
	cd tree
	echo '#include <openssl/x.h>' >lib/key/a.h
	printf '#include "key/a.h"\n#include <sqlite3.h>\n' >lib/key/b.h
	echo '#include "key/b.h"' >src/tool.c
	printf '#ifdef WITH_X\n#if 1\n#endif\n#include <openssl/x.h>\n#endif\n' \
	    >src/other.c
	echo '#include "key/a.h"' >lib/key/a.c
	awk -f "$tap_top/share/build/left-out.awk" \
	    missing='libcrypto ldap sqlite3' src/*.c lib/key/*.[ch] |
	    sort >got
	printf '%s\n' lib/key/a.c:libcrypto lib/key/a.h:libcrypto \
	    lib/key/b.h:libcrypto,sqlite3 src/tool.c:libcrypto,sqlite3 >want
	same want got
EOF

it 'says which tools it leaves out, and what they need' <<-\EOF
	mkdir -p left/src left/share left/man1 left/t
	cp -R "$tap_top/Makefile" "$tap_top/lib" left
	cp -R "$tap_top/share/build" "$tap_top/share/lists" left/share
	cp "$tap_top/src/keyid.c" left/src
	printf '#include <openssl/evp.h>\n#include "util/cli.h"\n' \
	    >left/src/crypto.c
	ln -sf "$(pkg-config --variable pcfiledir gmp)/gmp.pc" pc
	env -u SAN PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$PWD/pc" \
	    make -C left CFLAGS=-O0 >log 2>&1 || { tail log; exit 1; }
	grep -q '^left out: crypto, which needs libcrypto (make deps)' log
	test -x left/bin/keyid
	exits 1 test -e left/bin/crypto
EOF

it 'builds anew with other flags, and not with the same' <<-\EOF
	rm left/src/crypto.c
	build () {
		env -u SAN make -C left CFLAGS=-O0 >log 2>&1
	}
	build
	grep -q -e ' -c .*src/keyid.c' log
	build
	exits 1 grep -q -e ' -c ' log
EOF

# A stage for deps: apt-get is a script, which notes what it is asked.
it 'says what root would install, when not root' <<-\EOF
	mkdir -p stage-bin
	printf '#!/bin/sh\necho 1000\n' >stage-bin/id
	printf '#!/bin/sh\ntest -e installed\n' >stage-bin/pkg-config
	printf '#!/bin/sh\n' >stage-bin/apt-cache
	cat >stage-bin/apt-get <<-\END
	#!/bin/sh
	echo "$@" >>ran
	test "$1" = install || exit 0
	test ! -e /usr/sbin/policy-rc.d || echo kept >>ran
	test ! -e fails || exit 100
	: >installed
	END
	chmod +x stage-bin/*
	PATH=$PWD/stage-bin:$PATH exits 1 "$tap_top/share/build/deps" demo 2>err
	grep -q 'as root, run: apt-get install .*libpopt-dev' err
	exits 1 test -e ran
	exits 1 grep -q cmocka err
	PATH=$PWD/stage-bin:$PATH exits 1 "$tap_top/share/build/deps" check 2>err
	grep -q libcmocka-dev err
EOF

it 'installs once, with services kept from starting' <<-\EOF
	test "$(id -u)" -eq 0 || { echo 'not root' >../skip; exit 0; }
	rm stage-bin/id
	had=no
	test ! -e /usr/sbin/policy-rc.d || had=yes
	PATH=$PWD/stage-bin:$PATH "$tap_top/share/build/deps" demo >out
	grep -q '^install .*libpopt-dev' ran
	grep -q '^kept' ran
	test $had = yes || test ! -e /usr/sbin/policy-rc.d
	: >ran
	PATH=$PWD/stage-bin:$PATH "$tap_top/share/build/deps" demo >out
	exits 1 test -s ran
	: >fails
	rm installed
	PATH=$PWD/stage-bin:$PATH exits 1 "$tap_top/share/build/deps" demo
	test $had = yes || test ! -e /usr/sbin/policy-rc.d
EOF

it 'runs deps before the other goals, whatever their order' <<-\EOF
	mkdir -p order/share/build
	cp "$tap_top/Makefile" order
	printf '#!/bin/sh\nsleep 0.1\necho deps "$@" >>ran\n' \
	    >order/share/build/deps
	chmod +x order/share/build/deps
	sed -i 's/^\(demo\|bench\): all$/\1:/; s|^\tTOOLS=.* \(.*\)/run$|\t@echo \1 >>ran|' \
	    order/Makefile
	make -C order -j4 bench deps demo >log 2>&1
	head -n 1 order/ran >first
	echo 'deps bench demo' >want
	same want first
	test "$(wc -l <order/ran)" -eq 3
EOF

# Once as it is, and once as where env has no such option.  What the C library
# keeps for itself, 32 and 33, posix_spawn() ignores.
it 'a test starts with no signal ignored, whatever started it' <<-\EOF
	mkdir -p signals/t signals/bin
	cp "$tap_top/t/tap.sh" signals/t
	cat >signals/t/one.t <<-\END
	. "${0%/*}/tap.sh"
	it 'ignores none' <<-\BODY
		grep -x 'SigIgn:	[0-9a-f]*[08]0000000' /proc/self/status
		test -z "${TAP_SIGNALS-}"
	BODY
	tap_done
	END
	printf '#!/bin/sh\nexit 125\n' >signals/bin/env
	chmod +x signals/bin/env
	trap '' HUP INT QUIT PIPE TERM USR1
	exits 1 grep -x 'SigIgn:	[0-9a-f]*[08]0000000' /proc/self/status
	sh signals/t/one.t
	PATH=$PWD/signals/bin:$PATH sh signals/t/one.t
EOF

# A limit that only keeps the suite from hanging is a minute at least.
it 'no test asserts that something was quick' <<-\EOF
	cat >find.awk <<-\END
	/date \+%s.* -l[te] |took"? -l[te] |[^-]timeout [0-9][0-9]? / {
		print FILENAME ":" FNR ": " $0
		bad = 1
	}
	END { exit bad }
	END
	printf 'test $(($(date +%%s) - from)) %s 5\n' -le >bad
	exits 1 awk -f find.awk bad
	printf 'gives 2 timeout %s cfgset\n' 9 >bad
	exits 1 awk -f find.awk bad
	printf 'test $(($(date +%%s) - from)) -ge 5\ntimeout 600 cat\n' >good
	awk -f find.awk good
	awk -f find.awk "$tap_top"/t/*.t
EOF

# "set -e" takes no notice of a command with a "!" before it.
it 'no test has a check that cannot fail' <<-\EOF
	cat >find.awk <<-\END
	/^[ \t]*! / && last !~ /\\$/ { print FILENAME ":" FNR ": " $0; bad = 1 }
	{ last = $0 }
	END { exit bad }
	END
	printf '%s\n' "it 'x' <<-E" '	! false' '	true' E >bad
	exits 1 awk -f find.awk bad
	printf '%s\n' "it 'x' <<-E" '	find . \' '	    ! -name x' E >good
	awk -f find.awk good
	awk -f find.awk "$tap_top"/t/*.t
EOF

tap_done
