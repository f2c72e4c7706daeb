#!/bin/sh
# SPDX-License-Identifier: MIT
# What an edit in place keeps, waits for, prints, logs and leaves.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"

# strace and the leak checker both want to trace.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS

# -- what it prints --------------------------------------------------------

it 'prints the edits it made, which reversed give the old bytes' <<-\EOF
	fresh
	gives 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	same ../edits out
	printf "cfgpatch: 'CS.cfg' is edited; for the change to take effect: %s\n" \
	    'restart the server that reads it' >want
	same want err
	exits 0 cfgpatch -i -R CS.cfg out
	same ../old CS.cfg
EOF

it 'does so for every producer with -i' <<-\EOF
	fresh
	exits 0 cfgset -i CS.cfg a=9 >made
	same ../new CS.cfg
	same ../edits made
	exits 0 cfgpatch -R CS.cfg made >got
	same ../old got
EOF

it 'names the unit to restart where the path tells' <<-\EOF
	fresh
	mkdir -p etc/pki/pki-tomcat/ca
	mv CS.cfg etc/pki/pki-tomcat/ca
	gives 0 cfgpatch -i etc/pki/pki-tomcat ../edits
	grep ': systemctl restart pki-tomcatd@pki-tomcat.service$' err
EOF

it 'writes nothing when nothing changes' <<-\EOF
	needs strace
	fresh
	cp ../new CS.cfg
	touch -d '2020-01-01 00:00:00.5' CS.cfg
	stat -c '%i %y %z' CS.cfg >before
	gives 0 strace -o trace -e trace=socket,connect,sendto \
	    cfgpatch -i CS.cfg ../edits
	printf '%s\n' '# clonekit edits 1' . >want
	same want out
	same /dev/null err
	stat -c '%i %y %z' CS.cfg >after
	same before after
	test -z "$(backups)"
	exits 1 grep -e socket -e sendto trace
EOF

it 'cannot edit standard input in place' <<-\EOF
	fresh
	gives 2 cfgpatch -i - ../edits <CS.cfg
	same /dev/null out
	echo 'cfgpatch: --in-place: standard input is no file' >want
	same want err
EOF

# -- what it keeps ---------------------------------------------------------

it 'keeps a symbolic link and replaces the file it leads to' <<-\EOF
	fresh
	mkdir -p conf/ca alias
	mv CS.cfg conf/ca
	ln -s ../conf/ca/CS.cfg alias/second
	ln -s alias/second first
	exits 0 cfgpatch -i first ../edits
	same ../new conf/ca/CS.cfg
	test "$(readlink first)" = alias/second
	test "$(readlink alias/second)" = ../conf/ca/CS.cfg
	test ! -L conf/ca/CS.cfg
	cd conf/ca
	same ../../../old "$(backups)"
EOF

it 'does not make a file where a link leads nowhere' <<-\EOF
	fresh
	ln -s nowhere link
	gives 2 cfgpatch -i link ../edits
	echo "cfgpatch: cannot replace 'link': No such file or directory" >want
	same want err
	test ! -e nowhere
EOF

it 'leaves another hard link of the file as it was' <<-\EOF
	fresh
	ln CS.cfg other
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	same ../old other
EOF

for mode in 660 640 600 444
do
	it "keeps mode $mode, whatever the umask" <<-\EOF
		fresh
		chmod $mode CS.cfg
		for umask in 000 077
		do
			umask $umask
			exits 0 cfgset -i CS.cfg "a=$umask"
			test "$(stat -c %a CS.cfg)" = $mode
			test "$(stat -c %a "$(backups | tail -n 1)")" = $mode
		done
	EOF
done

it 'keeps the owner and the group' <<-\EOF
	root
	fresh
	chown 12345:54321 CS.cfg
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	test "$(stat -c %u:%g:%a CS.cfg)" = 12345:54321:660
	test "$(stat -c %u:%g:%a "$(backups)")" = 12345:54321:660
EOF

it 'does not edit a file whose owner it could not keep' <<-\EOF
	root
	needs setpriv
	fresh
	chmod 711 "$tap_home" ..
	chmod 777 .
	chmod 666 CS.cfg
	chmod 644 ../edits
	cp "$(command -v cfgpatch)" .
	chmod 755 cfgpatch
	gives 2 setpriv --reuid=12345 --regid=12345 --clear-groups \
	    ./cfgpatch -i --force CS.cfg ../edits
	same /dev/null out
	echo "cfgpatch: cannot keep owner 0 and group 0 of '$PWD/CS.cfg':" \
	    'Operation not permitted' >want
	same want err
	same ../old CS.cfg
	test -z "$(leftovers)"
	test -z "$(backups)"
EOF

it 'keeps the ACL' <<-\EOF
	needs setfacl
	fresh
	able 'ACLs' setfacl -m u:12345:rw,g:54321:r CS.cfg
	getfacl CS.cfg >before
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	getfacl CS.cfg >after
	same before after
EOF

it "does not take the directory's default ACL" <<-\EOF
	needs setfacl
	fresh
	able 'ACLs' setfacl -d -m u:12345:rw .
	getfacl CS.cfg >before
	exits 1 grep 12345 before
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	getfacl CS.cfg >after
	same before after
EOF

it 'keeps user attributes, empty ones too' <<-\EOF
	needs setfattr
	fresh
	able 'user attributes' setfattr -n user.note -v 'by hand' CS.cfg
	setfattr -n user.empty CS.cfg
	what_it_is CS.cfg >before
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	what_it_is CS.cfg >after
	same before after
	grep 'user.note="by hand"' after
EOF

it 'keeps the SELinux label' <<-\EOF
	needs setfattr
	fresh
	able 'right to label' setfattr -n security.selinux \
	    -v system_u:object_r:etc_t:s0 CS.cfg
	what_it_is CS.cfg >before
	exits 0 cfgpatch -i CS.cfg ../edits
	same ../new CS.cfg
	what_it_is CS.cfg >after
	same before after
	grep etc_t after
EOF

it 'does not edit a file whose label it could not keep' <<-\EOF
	root
	needs setfattr
	needs strace
	fresh
	able 'right to label' setfattr -n security.selinux \
	    -v system_u:object_r:etc_t:s0 CS.cfg
	stat -c '%i %y' CS.cfg >before
	gives 2 strace -o trace -e trace=fsetxattr \
	    -e inject=fsetxattr:error=EPERM \
	    cfgpatch -i CS.cfg ../edits
	grep 'security.selinux.*INJECTED' trace
	same /dev/null out
	echo "cfgpatch: cannot keep 'security.selinux' of '$PWD/CS.cfg':" \
	    'Operation not permitted' >want
	same want err
	same ../old CS.cfg
	stat -c '%i %y' CS.cfg >after
	same before after
	test -z "$(leftovers)"
	test -z "$(backups)"
EOF

it 'says in words that a mount cannot be replaced' <<-\EOF
	able 'right to mount' unshare -m true
	fresh
	cp CS.cfg elsewhere
	gives 2 unshare -m sh -c 'mount --bind elsewhere CS.cfg &&
	    cfgpatch -i CS.cfg ../edits'
	same /dev/null out
	echo "cfgpatch: '$PWD/CS.cfg' is a mount of its own and cannot be" \
	    'replaced: edit the file that is mounted there' >want
	same want err
	same ../old CS.cfg
	same ../old elsewhere
	test -z "$(leftovers)"
	test -z "$(backups)"
EOF

it 'says so too where only the last step shows it' <<-\EOF
	needs strace
	fresh
	gives 2 strace -o trace -e trace=rename,renameat,renameat2 \
	    -e inject=rename,renameat,renameat2:error=EBUSY \
	    cfgpatch -i CS.cfg ../edits
	same /dev/null out
	grep "^cfgpatch: '$PWD/CS.cfg' is a mount of its own" err
	test "$(wc -l <err)" -eq 1
	same ../old CS.cfg
	test -z "$(leftovers)"
	test -z "$(backups)"
EOF

# NFS and others
it 'replaces where a file system cannot exchange names' <<-\EOF
	needs strace
	for error in EINVAL ENOSYS
	do
		fresh
		exits 0 strace -o trace -e trace=renameat2 \
		    -e inject=renameat2:error=$error \
		    cfgpatch -i CS.cfg ../edits >out
		grep -q INJECTED trace
		same ../new CS.cfg
		same ../old "$(backups)"
		test -z "$(leftovers)"
	done
EOF

it 'does not wait for the writer of a pipe' <<-\EOF
	fresh
	rm -f pipe
	mkfifo pipe
	for target in pipe /dev/null
	do
		gives 2 timeout 600 cfgset -i --no-log "$target" a=2
		same /dev/null out
		echo "cfgset: '$(realpath "$target")' is not a regular file" >want
		same want err
		gives 2 timeout 600 cfgpatch -i --no-log "$target" ../edits
		same /dev/null out
		grep "^cfgpatch: '.*' is not a regular file" err
		test "$(wc -l <err)" -eq 1
	done
	test -p pipe
	rm pipe
EOF

# -- what it waits for -----------------------------------------------------

it 'waits for another writer as long as it is told, and gives up' <<-\EOF
	needs flock
	fresh
	start=$(date +%s%N)
	gives 2 flock . cfgpatch -i --lock-wait 1 CS.cfg ../edits
	took=$(( ($(date +%s%N) - start) / 1000000 ))
	same /dev/null out
	echo "cfgpatch: '$PWD/CS.cfg': another tool is still writing beside it" \
	    'after 1 s (see --lock-wait)' >want
	same want err
	same ../old CS.cfg
	test "$took" -ge 1000
	exits 2 flock . cfgpatch -i --lock-wait 0 CS.cfg ../edits
	exits 2 cfgpatch -i --lock-wait=-1 CS.cfg ../edits
EOF

it 'reads the file when its turn has come' <<-\EOF
	needs flock
	fresh
	flock . sh -c 'touch locked; sleep 1; echo d=4 >>CS.cfg' &
	until test -e locked
	do
		sleep 0.05
	done
	exits 0 cfgpatch -i --lock-wait 600 CS.cfg ../edits
	wait
	printf '%s\n' a=9 b=2 c=3 d=4 >want
	same want CS.cfg
EOF

it 'loses no edit when twenty edit at once' <<-\EOF
	fresh
	jobs=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
	do
		cfgset -i --lock-wait 600 CS.cfg "key.$i=set" >out.$i 2>err.$i &
		jobs="$jobs $!"
	done
	for job in $jobs
	do
		exits 0 wait $job
	done
	test "$(grep -c '^key\.[0-9]*=set$' CS.cfg)" -eq 20
	test "$(wc -l <CS.cfg)" -eq 23
	test "$(backups | wc -l)" -eq 5
	test -z "$(leftovers)"
EOF
# -- what it logs ----------------------------------------------------------

# A /dev/log that takes all: what it would get is in the trace, where one has
# the right to look into a process that guards itself.
cat >logged <<\EOF
#!/bin/sh
exec strace -o trace -s 4096 -e trace=connect,sendto \
    -e inject=connect:retval=0 -e inject=sendto:retval=1000 "$@"
EOF
chmod +x logged

it 'logs who, which file, which keys and the backup, no values' <<-\EOF
	needs strace
	root
	fresh
	echo ca.crl.x=value-2 >>CS.cfg
	exits 0 ../logged cfgset -i CS.cfg a=value-1 -d ca.crl.x
	cat trace
	grep '^connect(.*"/dev/log"' trace
	test "$(grep -c '^sendto(' trace)" -eq 1
	sed -n 's/^sendto([0-9]*, "<\([0-9]*\)>[^:]*:[0-9]*:[0-9]* \(.*\)", [0-9]*,.*/\1 \2/p' \
	    trace | sed 's/\[[0-9]*\]/[PID]/; s/loginuid=[-0-9]*/loginuid=N/' >got
	backup=$(backups)
	echo "85 cfgset[PID]: edited: file=$PWD/CS.cfg uid=$(id -u)" \
	    "loginuid=N backup=${backup#./} keys=a ca.crl.x" >want
	same want got
	exits 1 grep value- trace
EOF

it 'logs an undo as such' <<-\EOF
	root
	needs strace
	fresh
	exits 0 cfgpatch -i CS.cfg ../edits
	exits 0 ../logged cfgpatch --undo CS.cfg
	grep "^sendto.* undone: file=$PWD/CS.cfg uid=.* keys=a\"" trace
EOF

it 'logs nothing with --no-log, nor what failed, nor what it only prints' <<-\EOF
	root
	needs strace
	fresh
	exits 0 ../logged cfgpatch -i --no-log CS.cfg ../edits
	exits 1 grep -e connect -e sendto trace
	exits 0 ../logged cfgset CS.cfg a=7
	exits 1 grep -e connect -e sendto trace
	exits 1 ../logged cfgpatch -i -R CS.cfg - <<-\END
	# clonekit edits 1
	-a=1
	+a=2
	.
	END
	exits 1 grep -e connect -e sendto trace
EOF

it 'cuts a long list of keys and says so' <<-\EOF
	root
	needs strace
	fresh
	awk 'BEGIN { for (i = 100; i < 400; i++) print "long.key." i "=v" }' >lines
	exits 0 ../logged cfgset -i CS.cfg -f lines
	grep '^sendto.* keys=long.key.100 long.key.101 .* \.\.\."' trace
	test "$(grep '^sendto' trace | wc -c)" -lt 1024
EOF

it 'never shows a secret: not in edits, messages, log or arguments' <<-\EOF
	root
	needs strace
	fresh
	echo internaldb.ldapauth.password=first-secret >>CS.cfg
	echo internaldb.ldapauth.password=second-secret >lines
	gives 0 ../logged cfgset -i CS.cfg -f lines
	grep '^internaldb.ldapauth.password=second-secret$' CS.cfg
	printf '%s\n' '# clonekit edits 1' '*internaldb.ldapauth.password' . >want
	same want out
	grep 'keys=internaldb.ldapauth.password"' trace
	exits 1 grep -e first-secret -e second-secret out err trace
	gives 0 ../logged cfgpatch --undo CS.cfg
	grep '^internaldb.ldapauth.password=first-secret$' CS.cfg
	same want out
	exits 1 grep -e first-secret -e second-secret out err trace
	gives 2 cfgset -i CS.cfg internaldb.ldapauth.password=third
	exits 1 grep third err
	exits 0 cfgset -i --show-secrets CS.cfg -f lines >out
	exits 0 cfgpatch -R CS.cfg out >got
	grep '^internaldb.ldapauth.password=first-secret$' got
EOF

tap_done
