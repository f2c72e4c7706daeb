#!/bin/sh
# SPDX-License-Identifier: MIT
# clonekit: recipes and tools by task, and a recipe by its name.  t/recipes.t is
# about the recipes.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

recipes=$(cd "$tap_top/share/recipes" && echo * | tr ' ' '\n' | grep -v '\.')

it 'clonekit lists every recipe and every tool once, with a heading' <<-\EOF
	clonekit >out
	{
		printf 'clonekit %s\n' $recipes
		cd "$tap_top/src" && ls | sed -n 's/\.c$//p' | grep -vx clonekit
	} | sort >want
	sed -n 's/^  \(clonekit [a-z-]*\|[a-z0-9]*\)  *[a-zA-Z].*/\1/p' out |
	    sort >got
	same want got
	exits 1 grep '.\{80\}' out
	head -n 1 out | grep '^[A-Z]'
EOF

it 'clonekit names the nearest recipe, and runs nothing else' <<-\EOF
	gives 2 clonekit promote-clon
	echo "clonekit: no recipe 'promote-clon'; the nearest is" \
	    "'promote-clone' (see --help)" | same - err
	gives 2 clonekit ocps-swap
	grep "the nearest is 'ocsp-swap'" err
	for name in xyzzy common.sh ../recipes/rekey-fix swap.sh '' rekey-fix.1
	do
		gives 2 clonekit "$name" -h
		grep "^clonekit: no recipe '$name'" err
		exits 1 test -s out
	done
	exits 2 clonekit cfgget 2>err
	grep "^clonekit: 'cfgget' is a tool, not a recipe" err
EOF

# tree DIR: the program and a recipe that prints what it gets, as installed
tree () {
	mkdir -p "$1/bin" "$1/share/clonekit/recipes"
	cp "$(program clonekit)" "$1/bin"
	printf '%s\n' '#!/bin/sh' 'echo "$0"; echo "$PATH"' \
	    'printf "<%s>\n" "$@"' 'exit 7' \
	    >"$1/share/clonekit/recipes/rekey-fix"
	chmod +x "$1/share/clonekit/recipes/rekey-fix"
}

it 'clonekit finds recipes and tools beside its own file, however it is called' \
    <<-\EOF
	able 'plain build' plain_build clonekit
	tree "$PWD/a dir"
	here="$PWD/a dir"
	cat >want <<-END
	$here/share/clonekit/recipes/rekey-fix
	$here/bin:/usr/bin:/bin
	<-x>
	<a b>
	<>
	END
	# No directory that depends on where we are stays in PATH.
	mkdir elsewhere
	cd elsewhere
	ln -s "$here/bin/clonekit" clonekit
	ln -s "$here/bin/clonekit" other-name
	printf '#!/bin/sh\necho planted\n' >rekey-fix
	chmod +x rekey-fix
	for command in "$here/bin/clonekit" ./clonekit './other-name' \
	    '../a dir/bin/clonekit'
	do
		PATH=:/usr/bin:.:bin::/bin: exits 7 "$command" rekey-fix -x \
		    'a b' '' >../got
		same ../want ../got
	done
	PATH=.:/usr/bin:/bin exits 7 clonekit rekey-fix -x 'a b' '' >../got
	same ../want ../got
	# Whatever argv[0] is.
	perl -e '$p = shift; exec { $p } "/bin/x", "rekey-fix", "-x", "a b", ""' \
	    ./clonekit >../got || test $? -eq 7
	sed 2d ../want >../some
	sed 2d ../got | same ../some -
	rm "$here/share/clonekit/recipes/rekey-fix"
	exits 2 ./clonekit rekey-fix 2>../err
	grep "^clonekit: no file for the recipe 'rekey-fix' in '$here/share/c" \
	    ../err
EOF

it 'the status of a recipe is that of clonekit' <<-\EOF
	mkdir -p inst/alias
	gives 0 clonekit rekey-fix --help
	gives 2 clonekit rekey-fix inst
	gives 1 clonekit nightly-check --state "$PWD/nights" false
	# Nothing of the tool's own stays in the way of what it runs.
	gives 0 clonekit nightly-check --state "$PWD/nights" --name a sh -c \
	    'kill -0 $PPID && ulimit -f'
EOF

tap_done
