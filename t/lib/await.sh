# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# await.sh - wait for what another process does, however slow the machine is
#
#	await CMD ARG...	until CMD succeeds; five minutes at least, before it
#				fails and says for what it waited
#	gone PID		is that process no more?  A zombie has ended, too
#	free_ports ADDRESS N	ports of ADDRESS that nobody listens at, one a line
#
# A test never sleeps for as long as something usually takes: it waits for what
# there is to see when it has happened.

# It is a subshell for -x, which would show each try.
await () (
	{ set +x; } 2>/dev/null
	await_tries=0
	until "$@"
	do
		await_tries=$((await_tries + 1))
		if test "$await_tries" -ge 6000
		then
			echo "waited in vain for: $*" >&2
			exit 1
		fi
		sleep 0.05
	done
)

gone () {
	case $(ps -o stat= -p "$1") in
	'' | Z*) return 0 ;;
	esac
	return 1
}

# Below those that the system gives to connections, so that a server that was
# stopped finds its own free when it starts again.
free_ports () {
	perl -MIO::Socket::INET -e 'while (@s < $ARGV[1]) {
		my $s = IO::Socket::INET->new(LocalAddr => $ARGV[0],
		    LocalPort => 12000 + int rand 20000, Listen => 1) or next;
		push @s, $s;
		print $s->sockport, "\n" }' "$1" "$2"
}
