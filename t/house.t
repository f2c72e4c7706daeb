#!/bin/sh
# What all tools keep, and what the Makefile promises.
. "${0%/*}/tap.sh"

tools=$(cd "$tap_top/src" && echo ./*.c | sed 's|\./||g; s|\.c||g')

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
		*) set -- missing ;;
		esac
		exits 2 $tool "\$@" 2>err
		test "\$(grep -c '^$tool: ' err)" -eq 1
		grep -q "^$tool: .*missing.*No such file" err
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
		ldd "$tap_top/bin/$tool" >libs
		! grep -E 'libcrypto|libldap|libxml2|libsqlite' libs
	done
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
	test -s stage/usr/share/clonekit/lists/stay
	make -C "$tap_top" uninstall DESTDIR="$PWD/stage" PREFIX=/usr >log 2>&1
	find stage -type f -o -type l >left
	! test -s left
EOF

it 'builds without OpenSSL: key IDs and all of CS.cfg' <<-\EOF
	make -C "$tap_top" WITHOUT=libcrypto >log 2>&1
	for tool in keyid cfgget cfgset cfgdiff cfgpatch cfgmerge cfgrekey
	do
		ldd "$tap_top/bin/without/$tool" >libs
		! grep libcrypto libs
	done
EOF

it 'leaves out what a missing library is needed for, and its users' <<-\EOF
	mkdir -p src lib/key
	echo '#include <openssl/x.h>' >lib/key/a.h
	echo '#include "key/a.h"' >lib/key/b.h
	echo '#include "key/b.h"' >src/tool.c
	printf '#ifdef WITH_X\n#include <openssl/x.h>\n#endif\n' >src/other.c
	echo '#include "key/a.h"' >lib/key/a.c
	awk -f "$tap_top/share/build/left-out.awk" missing=libcrypto \
	    src/*.c lib/key/*.[ch] | sort >got
	printf '%s\n' lib/key/a.c lib/key/a.h lib/key/b.h src/tool.c >want
	same want got
EOF

it 'says what root would install, when not root' <<-\EOF
	mkdir -p bin2
	printf '#!/bin/sh\necho 1000\n' >bin2/id
	printf '#!/bin/sh\nexit 1\n' >bin2/pkg-config
	printf '#!/bin/sh\necho "$@" >>ran\n' >bin2/apt-get
	chmod +x bin2/*
	PATH=$PWD/bin2:$PATH exits 1 "$tap_top/share/build/deps" demo 2>err
	grep -q 'as root, run: apt-get install .*libpopt-dev' err
	! test -e ran
	! grep -q crudini err
EOF

it 'installs once, with services kept from starting' <<-\EOF
	test "$(id -u)" -eq 0 || { echo 'not root' >../skip; exit 0; }
	printf '#!/bin/sh\nexec /usr/bin/id "$@"\n' >bin2/id
	printf '#!/bin/sh\necho "$@" >>ran\ntest ! -e /usr/sbin/policy-rc.d ||
	    echo kept >>ran\n' >bin2/apt-get
	had=no
	test ! -e /usr/sbin/policy-rc.d || had=yes
	PATH=$PWD/bin2:$PATH "$tap_top/share/build/deps" demo >out
	grep -q '^install .*libpopt-dev' ran
	grep -q '^kept' ran
	test $had = yes || test ! -e /usr/sbin/policy-rc.d
EOF

it 'no file is over 500 lines' <<-\EOF
	cd "$tap_top"
	find src lib t share man1 Makefile -type f \
	    ! -path 't/fuzz/corpus/*' ! -path 'share/sample/*' \
	    ! -path 't/bench/*.json' -exec wc -l {} + |
	    awk '$2 != "total" && $1 > 500 { print; bad = 1 }
		END { exit bad }'
EOF

tap_done
