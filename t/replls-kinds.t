#!/bin/sh
# SPDX-License-Identifier: MIT
# replls on LDIF of deployments that people reported: IDs that are being
# removed, dates to come, statuses that mean "later", names that hosts have,
# suffixes that do not answer.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2120,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/replicas.sh
. "$tap_top/t/lib/replicas.sh"

dm="dsconf -D 'cn=Directory Manager' -W"
to2=masterAgreement1-ca2-pki-tomcat

# codes [OPTION...]: level and code of each finding about $files
codes () {
	# shellcheck disable=SC2086
	replls --findings "$@" $files >out || test $? -eq 1
	sed 's/^[^ ]*: \([a-z]*: [a-z-]*\): .*/\1/' out | sort >got
}

# only CODE...: codes finds these
only () {
	codes
	printf '%s\n' "$@" | grep . | sort >want || :
	same want got
}

# csn DATE ID: of a change at that date, such as '2 days'
csn () {
	printf '%08x0000%04x0000\n' "$(date -d "$1" +%s)" "$2"
}

# mapping STATE HOST: the suffix's entry in the mapping tree
mapping () {
	cat <<-END
	dn: cn=o\\3Dca,cn=mapping tree,cn=config
	objectClass: nsMappingTree
	cn: o=ca
	nsslapd-state: $1
	nsslapd-backend: ca

	END
}

it 'has a place for a replica that only one entry told of' <<-\EOF
	pair
	agreement r ds1 x ds2 >agreements
	echo 'dn: nsuniqueid=ffffffff-ffffffff-ffffffff-ffffffff,o=ca' >ruv
	grep nsds50ruv ds1.ruv >>ruv
	cat >task <<-END
	dn: cn=t,cn=cleanallruv,cn=tasks,cn=config
	replica-base-dn: o=ca
	replica-id: 9
	END
	for file in agreements ruv task
	do
		replls --findings $file >out || test $? -eq 1
		grep -q "^$file:1: " out
		exits 1 grep -v "^$file:" out
		replls --json $file >out || test $? -eq 1
		grep -q "\"file\":\"$file\",\"line\":\"1\"" out
	done
EOF

it 'takes an ID at the URL of a server with another ID for a leftover' <<-\EOF
	pair
	# More servers, which were not given.
	agreement r ds1 toThree ds3 >>ds1
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 91 ds2 $older >ds1.ruv
	finds 1 "ds1.ruv:1: warning: ruv-leftover: replica 91 of o=ca (ldap://ds2:389) was removed but is still in the RUV: $dm ldap://ds1:389 repl-tasks cleanallruv --suffix o=ca --replica-id 91"
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 91 DS2 '' >ds1.ruv
	only 'warning: ruv-leftover'
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 91 ds1 $b >ds1.ruv
	only 'warning: ruv-leftover'
	# Of two at a server that was not given, what was last is later.
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 90 ds3 $older 91 ds3 $a >ds1.ruv
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 90 ds3 $older 91 ds3 $a >ds2.ruv
	only 'warning: ruv-leftover' 'info: id-not-given'
	grep -q 'ruv-leftover: replica 90 of' out
	# Which one is later is not known.
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 90 ds3 '' 91 ds3 $a >ds1.ruv
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 90 ds3 '' 91 ds3 $a >ds2.ruv
	only 'info: id-not-given' 'info: id-not-given'
EOF

it 'does not call an ID removed where it does not know whose IDs are whose' \
    <<-\EOF
	pair
	for file in ds1 ds2 ds1.ruv ds2.ruv
	do
		grep -v '^nsDS5ReplicaId:' $file >x
		mv x $file
	done
	codes
	exits 1 grep leftover out
EOF

it 'reports an ID that is being removed once, and how to end that' <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 12 ds9 $older >ds1.ruv
	stop="repl-tasks abort-cleanallruv --suffix o=ca --replica-id 12"
	force="repl-tasks cleanallruv --suffix o=ca --replica-id 12 --force-cleaning"
	for value in "12:$older:no:1:o=ca" 12:no:1:o=ca "12:$older:no" 12:no
	do
		replica r ds1 96 >ds1
		with ds1 "nsds5ReplicaCleanRUV: $value"
		agreement r ds1 $to2 ds2 >>ds1
		finds 1 "ds1:1: warning: clean-running: ds1:389 is removing replica 12 of o=ca (ldap://ds9:389) from the RUVs. If this does not end, it waits for a server that does not answer: $dm ldap://ds1:389 $stop && $dm ldap://ds1:389 $force"
	done
	# All do, where the element is gone; and by force.
	ruv r ds1 96 96 ds1 $a 97 ds2 $b >ds1.ruv
	for ds in ds1 ds2
	do
		sed -i '/CleanRUV/d' $ds
		sed -i '/^nsDS5ReplicaName/a nsds5replicacleanruv: 12:yes:0:o=ca' $ds
	done
	only 'warning: clean-running'
	grep -q "answer: $dm ldap://ds1:389 $stop\$" out
	sed -i 's/CleanRUV: .*/CleanRUV: x:no/i' ds1
	gives 2 replls $files
	grep -q "^replls: ds1:1: a clean task without replica ID: 'x:no'" err
EOF

it 'tells aborted tasks and those for a live server' <<-\EOF
	pair
	sed -i '/^nsDS5ReplicaName/a nsds5ReplicaCleanRUV: 12:no:1:o=ca' ds1 ds2
	only 'warning: clean-running'
	sed -i '/^nsDS5ReplicaName/a nsds5ReplicaAbortCleanRUV: 12:o=ca:no:1' ds1
	only 'warning: clean-aborted'
	grep -q 'clean-aborted: ds1:389 is aborting the removal of replica 12' out
	grep -q -e '--replica-id 12 --force-cleaning$' out
	pair
	sed -i '/^nsDS5ReplicaName/a nsds5ReplicaCleanRUV: 97:no:1:o=ca' ds1
	only 'error: clean-live'
	grep -q "from the RUVs, but ds2:389 has this ID: its changes are lost. Abort the task at once: $dm ldap://ds1:389 repl-tasks abort-cleanallruv --suffix o=ca --replica-id 97\$" out
EOF

it "reads the tasks' own entries, until they are over" <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 12 ds9 $older >ds1.ruv
	{ cat ds1.ruv; cat <<-END; } >task
	dn: cn=c1,cn=cleanallruv,cn=tasks,cn=config
	cn: c1
	replica-base-dn: O=CA
	replica-id: 12
	replica-force-cleaning: no
	nsTaskStatus: Not all replicas online, retrying in 14400 seconds
	END
	files="$files task"
	only 'warning: clean-running'
	grep -q 'does not answer: Not all replicas online, retrying in 14400' out
	echo 'nsTaskExitCode: 0' >>task
	only 'warning: ruv-leftover'
	sed -i '/^nsTaskExit/d; s/cn=cleanallruv/cn=abort cleanallruv/' task
	only 'warning: clean-aborted'
EOF

it 'leaves out what replicas lack of an ID that was removed' <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 12 ds9 $a >ds1.ruv
	only 'warning: ruv-leftover'
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 12 ds9 $older >ds2.ruv
	only 'warning: ruv-leftover'
	# Of one that may live, all is told.
	agreement r ds1 toNine ds9 >>ds1
	only 'info: id-not-given' 'warning: behind'
	ruv r ds2 97 97 ds2 $b 96 ds1 $a >ds2.ruv
	only 'info: id-not-given' 'warning: never-sent'
	sed -i '/^nsDS5ReplicaName/a nsds5ReplicaCleanRUV: 12:no:1:o=ca' ds2
	only 'warning: clean-running'
EOF

it 'holds the dates of changes against the clock' <<-\EOF
	pair
	while IFS='|' read -r date found
	do
		case $date in
		2106) late=ffffffff6f0a00610000 ;;
		*) late=$(csn "$date" 97) ;;
		esac
		ruv r ds1 96 96 ds1 $a 97 ds2 $late >ds1.ruv
		ruv r ds2 97 97 ds2 $late 96 ds1 $a >ds2.ruv
		only "$found"
	done <<-END
	2106|error: change-in-future
	49 hours|error: change-in-future
	25 hours|error: change-in-future
	23 hours|warning: clock-ahead
	7 hours|warning: clock-ahead
	5 hours|
	1 minute|
	1 year ago|
	END
	ruv r ds1 96 96 ds1 $a 97 ds2 ffffffff6f0a00610000 >ds1.ruv
	ruv r ds2 97 97 ds2 ffffffff6f0a00610000 96 ds1 $a >ds2.ruv
	gives 1 replls --findings $files
	grep -q '^ds1.ruv:1: error: change-in-future: the last change of replica 97 of o=ca (ldap://ds2:389) is dated 2106-02-07T06:28:15Z, [0-9]* days after now$' out
EOF

it "finds them in an agreement's RUV, too, also beside bare elements" <<-\EOF
	pair
	sed '$d' ds1 >x
	{ cat x; cat <<-END; } >ds1
	nsds50ruv: {replicageneration} 6b01043f000000600000
	nsds50ruv: {replica 20 ldap://ds4:389} 66ade48b000000140000 ffffffff6f0a00140000
	nsds50ruv: {replica 21 ldap://ds5:389}
	nsds50ruv: {replica 22}

	END
	only 'error: change-in-future'
	grep -q '^ds1:11: .*replica 20 of o=ca (ldap://ds4:389)' out
	# Both have it; it is one.
	sed '$d' ds2 >x
	{ cat x; grep '{replica 20 ' ds1; echo; } >ds2
	only 'error: change-in-future'
	sed -i 's/^nsds50ruv: {replica 22}/nsds50ruv: {replica x}/' ds1
	gives 2 replls $files
	grep -q "^replls: ds1:11: no element of an RUV: '{replica x}'" err
EOF

it 'knows the statuses with which a supplier tries again by itself' <<-\EOF
	pair
	replica r ds1 96 >start
	while IFS='|' read -r status json found
	do
		{ cat start; agreement r ds1 $to2 ds2 "$status"; } >ds1
		test "$status" || sed -i '/LastUpdateStatus:/d' ds1
		test -z "$json" ||
		    with ds1 "nsds5replicaLastUpdateStatusJSON: $json"
		only "$found"
	done <<-END
	Error (1) Can't acquire busy replica (x)||info: agreement-busy
	1 Can't acquire busy replica||info: agreement-busy
	Error (14) Can't acquire replica (backoff)||info: agreement-busy
	Error (18) Replication error acquiring replica: Incremental update transient error.  Backing off, will retry update later. (transient error)||info: agreement-busy
	18 Replication error acquiring replica||info: agreement-busy
	Error (18) x|{"state": "red", "ldap_rc": "0", "repl_rc": "18", "message": "x"}|info: agreement-busy
	Error (1) y|{"state": "amber", "ldap_rc": "0", "repl_rc": "1"}|info: agreement-busy
	|{"state": "amber", "ldap_rc": "0", "repl_rc": "14", "message": "Error (14) x"}|info: agreement-busy
	Error (9) Replication session successful||
	Error (13) up to date||
	|{"state": "green", "ldap_rc": "0", "repl_rc": "0", "message": "Error (0) x"}|
	Error (18) Problem - LDAP error: x|{"state": "red", "ldap_rc": "18", "repl_rc": "16"}|error: agreement-failed
	Error (1) Problem connecting - LDAP error: Operations error||error: agreement-failed
	Error (49) Problem connecting to replica - LDAP error: Invalid credentials (connection error)||error: agreement-failed
	Error (-1) Problem|{"state": "red", "ldap_rc": "-1", "repl_rc": "1"}|error: agreement-failed
	Error (3) Replication error acquiring replica: permission denied||error: agreement-failed
	|{"state": "red", "repl_rc": 11, "message": "Error (11) x"}|error: agreement-failed
	END
	grep -q 'agreement-failed: ds1:389 cannot send to ds2:389: Error (11) x$' out
EOF

it 'knows an agreement that has never worked from one with nothing to do' \
    <<-\EOF
	pair
	replica r ds1 96 >start
	never='/LastUpdateEnd/s/: .*/: 19700101000000Z/'
	for status in 'Error (18) Replication error acquiring replica: Incremental update transient error.  Backing off, will retry update later. (transient error)' \
	    "Error (1) Can't acquire busy replica"
	do
		{ cat start; agreement r ds1 $to2 ds2 "$status" | sed "$never"; } >ds1
		only 'warning: agreement-never'
		grep -qF "agreement-never: ds1:389 has sent nothing to ds2:389 since it was started, and tries again later: $status" out
	done
	idle='Error (0) No replication sessions started since server startup'
	{ cat start; agreement r ds1 $to2 ds2 "$idle" | sed "$never"; } >ds1
	# The other has all.
	only ''
	ruv r ds2 97 97 ds2 $b 96 ds1 $older >ds2.ruv
	only 'info: agreement-idle' 'warning: behind'
	{ cat start; agreement r ds1 $to2 ds2 'Error (-1) x' | sed "$never"; } >ds1
	only 'error: agreement-failed' 'warning: behind'
EOF

it 'tells of a suffix that does not answer, or takes no changes' <<-\EOF
	pair
	mapping Backend >map
	cat ds2 map >with.map
	files='ds1 with.map ds1.ruv ds2.ruv'
	only ''
	grep -v nsds50ruv ds2.ruv >x; mv x ds2.ruv
	sed -i 's/: Backend/: referral/' with.map
	finds 1 'with.map:21: warning: suffix-referral: with.map answers each request for o=ca with a referral: it is being initialised, or its initialisation failed'
	sed -i 's/: referral/: Disabled/' with.map
	finds 1 'with.map:21: error: suffix-disabled: with.map has disabled o=ca: it neither answers requests for the suffix nor replicates it'
	pair
	sed -i 's/: Disabled/: referral on update/' with.map
	files='ds1 with.map ds1.ruv ds2.ruv'
	finds 1 "with.map:21: error: suffix-read-only: ds2:389 is a supplier of o=ca, but its state is 'referral on update': it accepts no changes from clients"
	# So it should be on a consumer, and others do not matter.
	sed -i 's/Type: 3/Type: 2/; s/^nsDS5ReplicaId:.*/nsDS5ReplicaId: 65535/' with.map ds2.ruv
	codes
	exits 1 grep suffix- out
	pair
	sed 's/3Dca/3Dother/; s/: Backend/: disabled/' map >>ds1
	only ''
EOF

it 'knows one server by two names, by the ID that an agreement has seen' <<-\EOF
	pair
	# ds1 calls ds2 "ca2"; ds2 names itself ds2.
	sed -i '/^nsDS5ReplicaHost/s/ds2/ca2.example.com/
	    s/^cn: masterAgreement1.*/cn: toCa2/' ds1
	only 'error: one-way'
	for value in '97;6b010aab000000600000' 97
	do
		cp ds1 kept
		sed -i "/^nsDS5ReplicaName/a nsds5AgmtMaxCSN: O=CA;toCa2;ca2.example.com;389;$value" ds1
		only ''
		mv kept ds1
	done
	# Not sent yet; of another suffix; of another agreement; of another ID
	for value in 'o=ca;toCa2;ca2.example.com;389;unavailable;6b010aab000000600000' \
	    'o=kra;toCa2;ca2.example.com;389;97;6b010aab000000600000' \
	    'o=ca;toCa9;ca2.example.com;389;97;6b010aab000000600000' \
	    'o=ca;toCa2;ca2.example.com;389;98;6b010aab000000600000' x ''
	do
		cp ds1 kept
		sed -i "/^nsDS5ReplicaName/a nsds5agmtmaxcsn: $value" ds1
		only 'error: one-way'
		mv kept ds1
	done
	# A third that is not given is one that is not given.
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 98 ds3 $a >ds1.ruv
	ruv r ds2 97 97 ds2 $b 96 ds1 $a 98 ds3 $a >ds2.ruv
	sed -i "/^nsDS5ReplicaName/a nsds5agmtmaxcsn: o=ca;toCa2;ca2.example.com;389;97;$a" ds1
	only 'warning: ruv-leftover'
EOF

it 'finds an agreement of a server with itself' <<-\EOF
	pair
	agreement r ds1 toself DS1 >>ds1
	finds 1 "ds1:21: error: agreement-self: agreement 'toself' of ds1:389 leads to the server itself, and the server it was made for gets no changes: $dm ldap://ds1:389 repl-agmt delete --suffix o=ca toself"
	sed -i '/^nsDS5ReplicaHost/s/DS1/alias/' ds1
	codes
	exits 1 grep agreement-self out
	sed -i "/^nsDS5ReplicaName/a nsds5agmtmaxcsn: o=ca;toself;alias;389;96;$a" ds1
	only 'error: agreement-self'
EOF

it "knows the two ways of one pair by Dogtag's names" <<-\EOF
	pair
	sed -i '/^nsDS5ReplicaHost/s/ds2/ca2.example.com/' ds1
	only ''
	sed -i 's/^cn: masterAgreement1-ca2/cn: masterAgreement1-ca1/' ds1
	only 'error: one-way'
EOF

it 'finds what a removed subsystem left on a host that still has another' \
    <<-\EOF
	pair
	sed -i 's/o\\3Dca/o\\3Dpki-tomcat-KRA/; s/o=ca/o=pki-tomcat-KRA/' ds1 ds2 ds1.ruv ds2.ruv
	cat >suffix <<-END
	dn: cn=ca1:8443,cn=KRAList,ou=Security Domain,o=ca
	objectClass: pkiSubsystem
	host: ca1
	SecurePort: 8443

	END
	domain ca1 ca2 >>suffix
	# Both sides are there.
	only 'warning: agreement-leftover' 'warning: agreement-leftover' 'warning: ruv-leftover'
	grep -q "ds2:11: .* and this replica of o=pki-tomcat-KRA are for a clone .*, fix: $dm ldap://ds2:389 replication disable --suffix o=pki-tomcat-KRA\$" out
	grep -q "ds1:11: .* was removed, fix: $dm ldap://ds1:389 repl-agmt delete" out
	grep -q 'ruv-leftover: replica 97 of' out
	# The other's was deleted, and the ID cleaned: no consequences are told.
	replica r ds1 96 | sed 's/o\\3Dca/o\\3Dpki-tomcat-KRA/; s/o=ca/o=pki-tomcat-KRA/' >ds1
	grep -v '{replica 97' ds1.ruv >x; mv x ds1.ruv
	sed -i "s/$a/$older/g" ds2.ruv
	only 'warning: agreement-leftover'
	# By --domain, and by a backend's name.
	files='ds1 ds2 ds1.ruv ds2.ruv'
	mv suffix domain.ldif
	for file in ds1 ds2 ds1.ruv ds2.ruv
	do
		sed -i 's/pki-tomcat-KRA/vault/' $file
	done
	codes --domain domain.ldif
	exits 1 grep leftover out
	mapping Backend | sed 's/o\\3Dca/o\\3Dvault/; s/backend: ca/backend: kra/' >>ds2
	codes --domain domain.ldif
	echo 'warning: agreement-leftover' | same - got
	# It was only moved to the list.
	sed 's/ca1/ca2/' domain.ldif >>domain.ldif.more
	cat domain.ldif.more >>domain.ldif
	codes --domain domain.ldif
	exits 1 grep leftover out
EOF

it 'goes by any type where the domain has no host of that one' <<-\EOF
	pair
	sed -i 's/o\\3Dca/o\\3Dkra/; s/o=ca/o=kra/' ds1 ds2 ds1.ruv ds2.ruv
	only ''
	domain ca1 >suffix
	only 'warning: agreement-leftover' 'warning: agreement-leftover' 'warning: ruv-leftover'
EOF

it 'tells what the others know of a server that is down, with status 2' <<-\EOF
	pair
	ruv r ds2 97 97 ds2 $b 96 ds1 $older 98 127.0.0.1 $a >ds2.ruv
	gives 2 replls --findings ldap://127.0.0.1:1 $files
	test "$(wc -l <err)" -eq 1
	grep -q '^replls: ldap://127.0.0.1:1: ' err
	# Nothing was removed only because it was not seen.
	sed 's/^[^ ]*: \([a-z]*: [a-z-]*\): .*/\1/' out | sort >got
	printf '%s\n' 'info: id-not-given' 'warning: behind' \
	    'warning: never-sent' | same - got
	gives 2 replls $files ldap://127.0.0.1:1
	grep -q '^replica	' out
	gives 2 replls ldap://127.0.0.1:1
	exits 1 test -s out
EOF

it 'gives commands that bind as the tool was told to' <<-\EOF
	pair
	ruv r ds1 96 96 ds1 $a 97 ds2 $b 98 ds3 $older >ds1.ruv
	echo secret >'p w'
	chmod 600 'p w'
	cp 'p w' password.conf
	rest="ldap://ds1:389 repl-tasks cleanallruv --suffix o=ca --replica-id 98"
	gives 1 replls --findings -D cn=root -y 'p w' $files
	grep -qF ": dsconf -D cn=root -y 'p w' $rest" out
	gives 1 replls --findings -Z -D 'cn=a b' -y 'p w' $files
	grep -qF ": dsconf -D 'cn=a b' -y 'p w' -Z $rest" out
	# dsconf does not know this form.
	gives 1 replls --findings -D cn=root -y password.conf $files
	grep -qF ": dsconf -D cn=root -W $rest" out
	gives 1 replls --findings -Y GSSAPI $files
	grep -qF ": dsconf $rest" out
	# Without a URL, it is an instance of this host.
	sed -i 's|^nsds50ruv: {replica 96 ldap://ds1:389}|nsds50ruv: {replica 96}|' ds1.ruv
	replica r ds1 96 >ds1
	files='ds1 ds1.ruv'
	gives 1 replls --findings -D cn=root -y 'p w' $files
	grep -qF ": dsconf INSTANCE repl-tasks cleanallruv" out
EOF

tap_done
