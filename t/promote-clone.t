#!/bin/sh
# SPDX-License-Identifier: MIT
# promote-clone, as far as files and processes go; t/promotion.t has servers.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/roles.sh
. "$tap_top/t/lib/roles.sh"

PATH=$tap_top/share/recipes:$PATH
sample=$tap_top/share/sample

# three: fresh instances, of which ca1 is the master; all run
three () {
	none ca1 ca2 ca3
	instance ca1 "$sample/master.cfg" ca1.example.com
	instance ca2 "$sample/clone.cfg" ca2.example.com
	instance ca3 "$sample/clone.cfg" ca3.example.com
	run ca1 ca2 ca3
}

# promote OPTION...: ca1 and ca2 change places, without directories.  Without
# a CRL that is complete, that is never status 0.
# shellcheck disable=SC2086 # words
promote () {
	rm -f log
	promote-clone $dir_less --stop './server stop "$1"' \
	    --start './server start "$1"' --log log "$@"
}

it 'prints with -n all that it would do, and does nothing' <<-\EOF
	three
	gives 0 promote -n ca1 ca2 ca3
	all_old ca1 ca2 ca3
	exits 1 test -e log
	exits 1 test -e history
	test "$(grep -c '^# clonekit edits 1$' out)" -eq 3
	grep '^# ca[123]' out | sed 's/:.*//' >got
	printf '# ca%s.example.com\n' 1 2 3 | same - got
	grep 'would: stop the server of ca1.example.com' err
	test "$(grep -c 'would:' err)" -eq 12
EOF

it 'changes the roles of both, stopped, and the new master starts first' <<-\EOF
	gives 1 promote ca1 ca2 ca3
	cat >want <<-\END
	stop ca1 master
	stop ca2 clone
	start ca2 master
	start ca1 clone
	stop ca3 clone
	start ca3 clone
	END
	same want history
	grep 'the CRL was not compared with the directory' err
	for ca in ca1 ca3
	do
		cfgget master.ca.agent.host $ca
	done >got
	printf 'ca2.example.com\nca2.example.com\n' | same - got
	exits 1 cfgget master.ca.agent.host ca2
	# Each warning once, with the host, and none of a master that is none.
	sort err | uniq -d | same /dev/null -
	exits 1 grep 'master still\|take effect' err
EOF

# What is printed is one script for each file, not one for all.
it 'prints edits that each file can be taken back by' <<-\EOF
	cp out printed
	gives 2 cfgpatch -n -R ca2 printed
	awk '/^# clonekit edits/ { n++ } { print >"script." n }' printed
	for n in 1 2 3
	do
		cfgpatch -R ca$n/conf/ca/CS.cfg script.$n >text
		same ca$n.old text
	done
EOF

it 'takes back its own edits by the log, and no others' <<-\EOF
	./server stop ca1
	cfgset -i --no-log -q ca1 ca.other=kept >out
	./server start ca1
	gives 0 promote-clone --undo log
	cfgget ca.other ca1 >got
	echo kept | same - got
	grep -v '^ca\.other=' ca1/conf/ca/CS.cfg | same ca1.old -
	same ca2.old ca2/conf/ca/CS.cfg
	same ca3.old ca3/conf/ca/CS.cfg
	cfgrole --server --columns=server ca1 ca2 ca3 | sort -u >got
	echo runs | same - got
	gives 2 promote-clone --undo log
	grep "that run is undone already" err
EOF

it 'changes nothing that somebody else has edited since' <<-\EOF
	three
	gives 1 promote ca1 ca2
	./server stop ca2
	cfgset -i --no-log -q ca2 ca.certStatusUpdateInterval=77 >out
	cp ca2/conf/ca/CS.cfg was
	gives 1 promote-clone --undo log
	grep 'ca2.example.com: cfgpatch: .*: not all edits fit' err
	same was ca2/conf/ca/CS.cfg
	cfgrole --columns=role ca1 >got
	echo clone | same - got
EOF

it 'refuses before anything is changed, with -n too' <<-\EOF
	three
	mkdir -p bin
	for tool in sh env test cfgrole cfgget cfgpatch sed awk grep cat tr \
	    head tail rm mkdir stat id date mktemp sha256sum readlink flock \
	    dirname basename cp sort cut cmp asowner uniq crlls replls
	do
		ln -sf "$(command -v $tool)" bin/$tool
	done
	for how in '' -n
	do
		# A third one that makes CRLs.
		gives 1 promote $how ca3 ca2 ca1
		grep 'refused: ca1.example.com: is not a clone, but: master' err
		same /dev/null out
		gives 1 promote-clone --stop : --start : $how ca1 ca2
		grep 'refused: ca2.example.com: the CRL numbers in its' err
		grep 'refused: the directories do not have the same' err
		# What is asked for is not left out in silence.
		gives 1 promote $how --crl none ca1 ca2
		grep 'refused: --crl: there are no CRL numbers in' err
		gives 2 promote $how ca1 none
		# Nobody would type the passwords.
		sed -i 's/<Connector/& passwordClass="x.NuxwdogPasswordStore"/' \
		    ca2/conf/server.xml
		gives 1 promote-clone $dir_less --stop : $how ca1 ca2 </dev/null
		grep 'ca2.example.com: the server asks for its passwords' err
		sed -i 's/ passwordClass="[^"]*"//' ca2/conf/server.xml
		gives 1 env PATH="$PWD/bin" \
		    "$tap_top/share/recipes/promote-clone" $dir_less $how \
		    ca1 ca2
		grep 'ca1.example.com: neither a pki-server that knows' err
		all_old ca1 ca2 ca3
		exits 1 test -e history
		exits 1 test -e log
	done
	for operands in 'ca1 ca1' 'ca1 ca2 ./ca2'
	do
		gives 2 promote $operands
		grep '^promote-clone: .* is given twice' err
	done
	gives 2 promote ca1
	gives 2 promote --fenced x ca1 ca2
	gives 2 promote-clone --undo log ca1
	gives 2 promote-clone --undo none
EOF

it 'takes all back by itself where the new master cannot be changed' <<-\EOF
	three
	cat >spoil <<-\END
		#!/bin/sh
		./server stop "$1"
		case $1 in
		*ca2) sed -i "s/^master.ca.agent.port=.*/&9/" "$1/conf/ca/CS.cfg" ;;
		esac
	END
	chmod +x spoil
	gives 1 promote-clone $dir_less --log log --stop './spoil "$1"' \
	    --start './server start "$1"' ca1 ca2
	grep "'edit-new' failed: everything is undone" err
	grep 'all edits are undone' err || { cat err; false; }
	same ca1.old ca1/conf/ca/CS.cfg
	tail -n 2 history | sed 's/ [a-z]*$//' >got
	printf 'start ca%s\n' 1 2 | same - got
EOF

it 'goes on by the log, when what changed meanwhile is accepted' <<-\EOF
	three
	# The start of the new master fails.
	gives 2 promote-clone $dir_less --log log --stop './server stop "$1"' \
	    --start false ca1 ca2
	grep "to go on: clonekit promote-clone --continue '$PWD/log'" err
	grep "to undo it: clonekit promote-clone --undo '$PWD/log'" err
	# Meanwhile somebody starts the old one.
	./server start ca1
	gives 1 promote-clone --continue log --start './server start "$1"'
	grep 'server-old: ca1.example.com: the server is .runs.; by the log it sh' err
	gives 1 promote-clone --continue log --start './server start "$1"' \
	    --accept server-old
	grep 'the CRL was not compared' err
	cfgrole --columns=role ca1 ca2 >got
	printf 'clone\nmaster\n' | same - got
	cfgrole --server --columns=server ca1 ca2 | sort -u >got
	echo runs | same - got
	# An edit that was changed back.
	three
	gives 2 promote-clone $dir_less --log log --stop './server stop "$1"' \
	    --start false ca1 ca2
	cfgset -i --no-log -q ca1 ca.certStatusUpdateInterval=600 >out
	gives 1 promote-clone --continue log --start './server start "$1"'
	grep 'file-old: ca1.example.com: the file has changed' err
EOF

it 'never starts a second master' <<-\EOF
	three
	gives 2 promote-clone $dir_less --log log --stop './server stop "$1"' \
	    --start false ca1 ca2
	cp ca1.old ca1/conf/ca/CS.cfg
	./server start ca1
	rm history
	gives 1 promote-clone --continue log --start './server start "$1"' \
	    --accept server-old --accept file-old
	grep 'refused: ca2.example.com is not started: ca1.example.com runs' err
	exits 1 test -e history
EOF

# Another host is another directory here.
cat >elsewhere <<-\END
	#!/bin/sh
	cd "$1" && shift && exec sh -c "$*"
END
chmod +x elsewhere

it 'does it on other hosts, by a command such as ssh, and takes it back' <<-\EOF
	none ca1 ca2 ca3
	for host in ca1 ca2
	do
		mkdir -p "$host/the dir"
	done
	instance "ca1/the dir/it's" "$sample/master.cfg" ca1.example.com
	instance "ca2/the dir/it's" "$sample/clone.cfg" ca2.example.com
	cp "ca1/the dir/it's/conf/ca/CS.cfg" one
	cp "ca2/the dir/it's/conf/ca/CS.cfg" two
	printf '#!/bin/sh\necho "$*" >>../sudo.log\nshift\nexec "$@"\n' >sudo
	chmod +x sudo
	gives 1 promote-clone $dir_less --log log --rsh "$PWD/elsewhere" \
	    --become "$PWD/sudo -n" --stop 'echo "stop $INSTANCE"' \
	    --start 'echo "start $INSTANCE" >>../started' "ca1:the dir/it's" \
	    "ca2:the dir/it's"
	cfgrole --columns=role "ca1/the dir/it's" "ca2/the dir/it's" >got
	printf 'clone\nmaster\n' | same - got
	grep -q '^-n cfgrole ' sudo.log
	echo 'start pki-tomcat' | same - started
	sort err | uniq -d | same /dev/null -
	undo=$(sed -n 's/^promote-clone: to undo it: //p' err)
	gives 0 sh -c "$undo"
	same one "ca1/the dir/it's/conf/ca/CS.cfg"
	same two "ca2/the dir/it's/conf/ca/CS.cfg"
	gives 2 promote-clone --rsh 'exit 255;' ca1:x ca2:x
	gives 2 promote-clone --rsh true -- -oProxyCommand=x:y ca2:x
	grep "not a host name: '-oProxyCommand=x'" err
EOF

it 'leaves a dead master alone, once it is fenced' <<-\EOF
	three
	./server stop ca1
	rm history
	gives 1 promote --dead ca1 ca2
	grep 'refused: ca1.example.com could come back' err
	sed -n 's/^promote-clone: \(systemctl mask .*\)/\1/p' err >got
	echo "systemctl mask --now pki-tomcatd@pki-tomcat.service" \
	    "pki-tomcatd-nuxwdog@pki-tomcat.service" | same - got
	gives 1 promote --dead --fenced ca9.example.com ca1 ca2
	all_old ca1 ca2 ca3
	gives 1 promote --dead --fenced ca1.example.com ca1 ca2
	same ca1.old ca1/conf/ca/CS.cfg
	# Whether or not the CRL is whole.
	grep 'on ca1.example.com: cfgrole -i -c .*ca2.example.com:8443' err
	grep 'on ca1.example.com: systemctl unmask pki-tomcatd@pki-tom' err
	printf '%s\n' 'stop ca2 clone' 'start ca2 master' | same - history
	# One that comes back is found the next night.
	gives 1 nightly-check --state "$PWD/state" clonecheck ca1 ca2
	grep two-crl-masters out
EOF

it 'leaves a CA of FreeIPA to its own command' <<-\EOF
	three
	./server stop ca2
	cfgset -i -q --force --no-log ca2 internaldb.basedn=o=ipaca >out
	./server start ca2
	cp ca2/conf/ca/CS.cfg ca2.old
	rm history
	for how in '' -n
	do
		gives 1 promote $how ca1 ca2
		grep 'on ca1.example.com: ipa-crlgen-manage disable' err
		grep 'on ca2.example.com: ipa-crlgen-manage enable' err
		grep 'clearCRLCache=true' err
		all_old ca1 ca2 ca3
		exits 1 test -e history
	done
	gives 1 promote --not-ipa ca1 ca2
	grep '^start ca2 master$' history
EOF

it 'takes no log that another user could have written' <<-\EOF
	root
	three
	gives 1 promote ca1 ca2
	cp log planted
	chmod 666 planted
	gives 2 promote-clone --undo planted
	grep "other users can write '.*planted'" err
	chmod 600 planted
	chown 17171 planted
	gives 2 promote-clone --continue planted
	grep "'.*planted' belongs to another user" err
	rm planted
	ln -s log planted
	gives 2 promote-clone --undo planted
	grep "no log '.*planted'" err
EOF

it 'does not count on a systemctl where systemd does not run' <<-\EOF
	able 'machine without systemd' test ! -d /run/systemd/system
	three
	printf '#!/bin/sh\nexit 0\n' >systemctl
	chmod +x systemctl
	for how in '' -n
	do
		gives 1 env PATH="$PWD:$PATH" promote-clone $dir_less $how ca1 ca2
		grep 'refused: ca1.example.com: neither a pki-server that' err
		all_old ca1 ca2
	done
	rm systemctl
EOF

it 'says nothing of a log when it ends before there is one' <<-\EOF
	three
	printf '%s\n' '#!/bin/sh' ': >hangs' 'exec sleep 1000' >hang
	chmod +x hang
	rm -f log
	setsid promote-clone $dir_less --become ./hang --log log ca1 ca2 \
	    >out 2>err &
	promotion=$!
	await test -e hangs
	# To all of them, as a terminal does.
	kill -TERM "-$promotion"
	exits 2 wait $promotion
	exits 1 grep promote-clone err
	exits 1 test -e log
	all_old ca1 ca2
EOF

tap_done
