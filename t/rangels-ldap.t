#!/bin/sh
# SPDX-License-Identifier: MIT
# rangels: ranges of a server, a real one.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/ranges.sh
. "$tap_top/t/lib/ranges.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

deployment
directory ds suffix.ldif || exit 1
directory bare || exit 1
url=$(cat ds.url)/o=ca

# Each CS.cfg, with its server: host:port are of ./NAME.port.
for ca in ca1 ca2
do
	mkdir "$ca"
	{
		cat $ca.cfg
		printf '%s\n' internaldb.ldapconn.host=127.0.0.1 \
		    "internaldb.ldapconn.port=$(cat ds.port)" \
		    internaldb.ldapconn.secureConn=false \
		    internaldb.ldapauth.authtype=BasicAuth \
		    "internaldb.ldapauth.bindDN=$directory_manager" \
		    internaldb.ldapauth.bindPWPrompt=internaldb
	} >$ca/CS.cfg
	echo "internaldb=$(cat dm)" >$ca/password.conf
done

it 'finds in a server what is in its LDIF' <<-\EOF
	columns=host,type,kind,block,begin,end,size,suffix
	rangels --columns $columns ca1.cfg ca2.cfg suffix.ldif >want 2>err
	rangels --columns $columns ca1.cfg ca2.cfg "$url" >got 2>err
	same want got
	test "$(wc -l <got)" -eq 13
	rangels -D "$directory_manager" -y dm --base o=ca \
	    --columns $columns ca1.cfg ca2.cfg "$(cat ds.url)" >got 2>err
	same want got
EOF

it 'asks for the numbers that were given out when told to' <<-\EOF
	rangels --columns left ca1.cfg ca2.cfg suffix.ldif >want 2>err
	rangels --columns left --used ca1.cfg ca2.cfg "$url" >got 2>err
	same want got
	rangels --columns left ca1.cfg ca2.cfg "$url" >got 2>err
	exits 1 cmp want got
EOF

it 'says which entry of a server a block is' <<-\EOF
	rangels --columns source "$url" >got
	grep "^$(cat ds.url)/cn=10000001,ou=requests,ou=ranges,o=ca$" got
EOF

it 'reads the directory of each CS.cfg, as its server does' <<-\EOF
	rangels --findings ca1.cfg ca2.cfg "$url" >want
	test -s want
	rangels --ds --findings ca1 ca2 >as
	sed 's|/CS.cfg:|.cfg:|' as >got
	same want got
	rangels --findings ca1 ca2 >got
	exits 1 grep range-radix got
	echo internaldb=wrong >ca2/password.conf
	exits 2 rangels --ds ca1 ca2 >out 2>err
	same /dev/null out
	echo "internaldb=$(cat dm)" >ca2/password.conf
EOF

it 'finds a block that the directory gave to another' <<-\EOF
	sed s/machineName=ca2/machineName=ca3/ ca2.cfg >ca3.cfg
	exits 1 rangels --findings ca1.cfg ca3.cfg "$url" >got
	at=$(line ca3.cfg nextBeginSerial)
	grep "^ca3.cfg:$at: error: range-owner: serial numbers: the range of ca3 is registered for ca2 ($(
	    cat ds.url)/cn=10000001,ou=certificateRepository,.*)\. Both may" got
EOF

# Between CLIENT and the server of ds.port, once: GOOD is put in place of BAD
# when the first connection comes.
cat >proxy <<'EOF_PROXY'
use IO::Socket::INET;
use IO::Select;
use File::Copy;
my $listen = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5)
    or die;
open my $ready, ">", "proxy.port" or die;
print $ready $listen->sockport, "\n";
close $ready;
alarm 600;
for (1 .. 2) {
	my $client = $listen->accept or die;
	my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1",
	    PeerPort => $ARGV[0]) or die;
	copy("good.cfg", "race.cfg") or die;
	my $both = IO::Select->new($client, $server);
	TALK: while (my @from = $both->can_read) {
		for my $from (@from) {
			sysread($from, my $bytes, 65536) or last TALK;
			my $to = $from == $client ? $server : $client;
			syswrite $to, $bytes;
		}
	}
}
EOF_PROXY

# What a master hands on while we read is in its file before it is in the
# clone's; the first reading sees the old file of one and the new of the other.
it 'reads all once more before it reports an error of what is live' <<-\EOF
	perl proxy "$(cat ds.port)" &
	await test -s proxy.port
	cp ca1.cfg good.cfg
	sed 's/\(endRequestNumber=\).*/\110000000/' ca1.cfg >race.cfg
	exits 1 rangels --findings race.cfg ca2.cfg suffix.ldif >found
	grep ': error: range-overlap: ' found
	rangels --findings race.cfg ca2.cfg \
	    "ldap://127.0.0.1:$(cat proxy.port)/o=ca" >found
	exits 1 grep ': error: ' found
	same good.cfg race.cfg
	wait
EOF

it 'does not where a source cannot be read again' <<-\EOF
	rm proxy.port
	perl proxy "$(cat ds.port)" &
	proxy=$!
	await test -s proxy.port
	sed 's/\(endRequestNumber=\).*/\110000000/' ca1.cfg >race.cfg
	exits 1 rangels --findings race.cfg ca2.cfg - \
	    "ldap://127.0.0.1:$(cat proxy.port)/o=ca" <suffix.ldif >found
	kill $proxy
	grep ': error: range-overlap: ' found
EOF

it 'a suffix that is not there, and one without ranges, are no clean answer' \
    <<-\EOF
	exits 2 rangels "$(cat ds.url)/o=none" >out 2>err
	same /dev/null out
	exits 2 rangels --findings "$(cat bare.url)/o=ca" >out 2>err
	same /dev/null out
	grep '^rangels: no ranges in any source' err
EOF

it 'a server that is gone is one line' <<-\EOF
	slapd_stop bare
	exits 2 rangels ca1.cfg "$(cat bare.url)/o=ca" >out 2>err
	same /dev/null out
	grep -v '^+' err >said
	test "$(wc -l <said)" -eq 1
	grep '^rangels: ' said
EOF

tap_done
