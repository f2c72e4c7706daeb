# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# roles.sh - instances whose servers run and stop, for the recipes that change
# roles; read it after tap.sh
#
#	instance DIR FILE NAME	an instance of FILE, as the host NAME
#	./server start|stop DIR	a process that looks like its server; history has
#				what was done, with the role in DIR's CS.cfg
#	none DIR...		no such instances, and no servers
#	run DIR...		start them, without a history; DIR.old is its CS.cfg
#	all_old DIR...		no byte of a CS.cfg was changed
#	dir_less		options without a directory and without waiting

# shellcheck source-path=SCRIPTDIR source=await.sh
. "$tap_top/t/lib/await.sh"

# Servers read from here: they end with the test.
# shellcheck disable=SC2154 # tap.sh sets tap_home
mkfifo "$tap_home/end"
exec 8<>"$tap_home/end"

cat >server <<-'END'
	#!/bin/sh
	# server start|stop DIR
	dir=$(readlink -f "$2")
	case $1 in
	start)
		sh -c 'read -r end' java "-Dcatalina.base=$dir" \
		    <"$END" >/dev/null 2>&1 &
		echo $! >"$dir/pid"
		until tr '\0' '\n' <"/proc/$!/cmdline" | grep -q '^java$'
		do
			sleep 0.05
		done
		;;
	stop)
		test ! -e "$dir/pid" || kill "$(cat "$dir/pid")"
		while kill -0 "$(cat "$dir/pid")" 2>/dev/null
		do
			sleep 0.05
		done
		rm -f "$dir/pid"
		;;
	esac
	echo "$1 ${2##*/} $(cfgrole --columns=role "$dir" 2>/dev/null)" \
	    >>"$HISTORY"
END
chmod +x server
END=$tap_home/end HISTORY=$PWD/history
export END HISTORY

instance () {
	type=$(sed -n 's/^cs\.type=//p' "$2" | tr '[:upper:]' '[:lower:]')
	mkdir -p "$1/conf/$type"
	{
		grep -v '^machineName=\|^instanceId=' "$2"
		printf '%s\n' "machineName=$3" instanceId=pki-tomcat
	} >"$1/conf/$type/CS.cfg"
	cat >"$1/conf/server.xml" <<-END
	<Server><Service name="Catalina"><Connector port="8443"
	 scheme="https" SSLEnabled="true"/></Service></Server>
	END
}

none () {
	for dir
	do
		test ! -e "$dir/pid" || ./server stop "$dir"
	done
	rm -rf "$@" log history
}

run () {
	for dir
	do
		cp "$dir"/conf/*/CS.cfg "$dir.old"
		./server start "$dir"
	done
	rm history
}

all_old () {
	for dir
	do
		same "$dir.old" "$dir"/conf/*/CS.cfg
	done
}

# shellcheck disable=SC2034 # for tests
dir_less='--accept directory --accept replication --wait 0'
