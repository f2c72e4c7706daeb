#!/bin/sh
# SPDX-License-Identifier: MIT
# Which release a host runs, and what belongs to a release.
# shellcheck disable=SC2034,SC2119,SC2317
. "${0%/*}/tap.sh"

printf '# clonekit edits 1\n.\n' >../nothing

# host FILE SUBSYSTEM RELEASE KEY=VALUE...
host () {
	file=$1
	{
		printf 'cs.type=%s\ncms.product.version=%s\ncms.version=%s\n' \
		    "$2" "$3" "${3%.*}"
		printf 'machineName=%s\ninternaldb.basedn=o=x\n' "${file%.cfg}"
		printf '%s.cert.list=\ninternaldb.ldapconn.host=%s\n' \
		    "$(echo "$2" | tr '[:upper:]' '[:lower:]')" "${file%.cfg}"
		shift 3
		printf '%s\n' "$@"
	} >"$file"
}

# instance DIRECTORY TEXT: a host in an instance, whose tomcat.conf says TEXT
instance () {
	rm -rf "$1"
	mkdir -p "$1/ca"
	printf '%s\n' "$2" >"$1/tomcat.conf"
	host "$1/ca/CS.cfg" CA "$3" "$4"
}

for row in CA:10.6.9:10.8.3 KRA:10.2.6:10.5.18 OCSP:10.0.7:11.6.1 \
    TPS:10.13.14:11.3.1 CA:9.0.20:10.1.2
do
	type=${row%%:*} new=${row##*:} old=${row#*:}
	old=${old%:*}
	it "the release of $type $old and $new stays with each" <<-EOF
		host m.cfg $type $new log.instance.SignedAudit.events=A,B
		host c.cfg $type $old log.instance.SignedAudit.events=A \
		    cms.upgrade.index=2
		for way in 'm c' 'c m'
		do
			from=\${way% *}.cfg to=\${way#* }.cfg
			cfgmerge --all --from \$from \$to >got 2>err
			same ../nothing got
			grep "^cfgmerge: \$to: it is of .* keys that belong" err
			cfgdiff \$from \$to >got 2>err
			same ../nothing got
			grep -E '(2|3) release, 1 upgrade' err
		done
		clonecheck m.cfg c.cfg >got || :
		grep "^c.cfg:2: info: release: .*m.cfg.* keys that" got
		exits 1 grep -E '(not-carried|clone-only)' got
	EOF
done

it 'a three-way merge after the master was upgraded brings nothing either' <<-\EOF
	host m.last CA 10.6.9 profile.list=a
	host m.cfg CA 10.8.3 profile.list=a,b profile.b.class_id=x ca.x=1
	host c.cfg CA 10.6.9 profile.list=a
	cfgmerge --all --from m.cfg --base m.last c.cfg >got 2>err
	printf '%s\n' '# clonekit edits 1' +ca.x=1 . >want
	same want got
	grep '4 keys that belong to a release are not merged' err
	cfgmerge --all --from m.cfg --base m.cfg c.cfg >got 2>err
	same ../nothing got
	same /dev/null err
	grep -v profile <m.cfg >without
	cfgmerge --all --from without --base m.cfg m.last >got 2>err
	same ../nothing got
EOF

it 'hosts of one release share what an upgrade writes' <<-\EOF
	host m.cfg CA 10.8.3 profile.list=a,b log.instance.SignedAudit.events=A
	host c.cfg CA 10.8.3 profile.list=a
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	grep '^+profile.list=a,b$' got
	grep '^+log.instance.SignedAudit.events=A$' got
	same /dev/null err
	clonecheck m.cfg c.cfg >got || :
	grep 'not-carried: 1 keys of profile ' got
EOF

it '--release says that both run one, whatever made their files' <<-\EOF
	host m.cfg CA 10.10.5 profile.list=a,b
	host c.cfg CA 11.3.1 profile.list=a
	cfgmerge --all --from m.cfg c.cfg >got 2>/dev/null
	same ../nothing got
	cfgmerge --release 11.3 --all --from m.cfg c.cfg >got 2>err
	grep '^+profile.list=a,b$' got
	exits 1 grep cms got
	same /dev/null err
	exits 1 cfgdiff --release=rhcs10 m.cfg c.cfg >got 2>err
	grep '^+profile.list=a$' got
	exits 1 clonecheck --release=11.3.1 m.cfg c.cfg >got
	grep not-carried got
	exits 1 grep ': release: ' got
	for tool in 'cfgmerge --all --from m.cfg' 'cfgdiff m.cfg' cfglint \
	    'clonecheck m.cfg'
	do
		exits 2 $tool --release=eleven c.cfg >got 2>err
		grep -- "--release: not a release, such as 11.6.*'eleven'" err
		same /dev/null got
	done
EOF

it 'tomcat.conf tells it, quoted or not, beside or above CS.cfg' <<-\EOF
	instance m 'PKI_VERSION="11.6.0"' 10.10.5 profile.list=a,b
	for text in PKI_VERSION=11.6.0 "PKI_VERSION='11.6.0'" \
	    ' PKI_VERSION="11.6.0" ' 'PKI_VERSION=1.0
PKI_VERSION=11.6.0'
	do
		instance c "$text" 11.3.1 profile.list=a
		cfgmerge --all --from m c >got 2>err
		grep '^+profile.list=a,b$' got
		same /dev/null err
	done
	mv c/tomcat.conf c/ca
	cfgmerge --all --from m c >got 2>err
	grep '^+profile.list=a,b$' got
	rm c/ca/tomcat.conf
	mkdir c/conf
	echo PKI_VERSION=11.6.0 >c/conf/tomcat.conf
	cfgmerge --all --from m/ca/CS.cfg c/ca/CS.cfg >got 2>err
	grep '^+profile.list=a,b$' got
EOF

it 'tomcat.conf of two releases, though one made both files' <<-\EOF
	instance m PKI_VERSION=11.6.0 10.8.3 profile.list=a,b
	instance c PKI_VERSION=11.5.1 10.8.3 profile.list=a
	cfgmerge --all --from m c >got 2>err
	same ../nothing got
	grep 'it is of Dogtag 11.5.1, and m/ca/CS.cfg of Dogtag 11.6.0: 1 key' err
EOF

it 'a tomcat.conf that says nothing, or cannot be read, is none' <<-\EOF
	instance m 'PKI_VERSION="[application_version]"' 10.8.3 profile.list=b
	instance c '# PKI_VERSION=11.5.1' 10.8.3 profile.list=a
	cfgmerge --all --from m c >got 2>err
	grep '^+profile.list=b$' got
	rm c/tomcat.conf
	mkdir c/tomcat.conf
	cfgmerge --all --from m c >got 2>err
	grep '^+profile.list=b$' got
	test "$(grep -c tomcat.conf err)" -eq 1
	rmdir c/tomcat.conf
	mkfifo c/tomcat.conf
	cfgmerge --all --from m c >got 2>err
	grep '^+profile.list=b$' got
	test "$(grep -c tomcat.conf err)" -eq 1
EOF

it 'cfglint says the release where a finding depends on it' <<-\EOF
	host c.cfg KRA 10.5.18 log.instance.SignedAudit.enable=false \
	    log.instance.SignedAudit.logSigning=true
	exits 1 cfglint c.cfg >got
	grep '^c.cfg:2: info: release: .*Dogtag 10.5.18 or later' got
	grep 'error: audit-signing: .*the log is off: from 10.9 on' got
	cfglint --release=10.5 c.cfg >got
	same /dev/null got
	exits 1 cfglint --release=11.3 c.cfg >got
	grep 'error: audit-signing: .*also while the log is off' got
	grep 'info: release: .*: Dogtag 11.3$' got
	exits 1 cfglint --ignore=release c.cfg >got
	exits 1 grep ': release: ' got
	cfglint --ignore=audit-signing c.cfg >got
	same /dev/null got
EOF

it 'cfglint says it where CS.cfg and tomcat.conf contradict each other' <<-\EOF
	instance c PKI_VERSION=10.5.1 11.3.1 ca.x=1
	cfglint c >got
	grep 'info: release: .*: Dogtag 10.5.1, .* is of Dogtag 11.3.1 or' got
	instance c PKI_VERSION=11.5.1 11.3.1 ca.x=1
	cfglint c >got
	same /dev/null got
EOF

it 'no path of another instance comes, but with what is new as a whole' <<-\EOF
	host m.cfg CA 10.5.18 registry.file=/var/lib/pki-ca/registry.cfg \
	    debug.filename=/x/debug selftests.container.logger.fileName=/x/s \
	    selftests.container.logger.level=1 debug.level=0 \
	    log.instance.New.pluginName=file log.instance.New.fileName=/x/new \
	    jobsScheduler.job.new.summary.enabled=true \
	    jobsScheduler.job.new.summary.emailTemplate=/x/mail \
	    autoShutdown.crumbFile=/x/crumb
	host c.cfg CA 10.5.18 selftests.container.logger.register=false
	cfgmerge --all --from m.cfg c.cfg >got
	printf '%s\n' '# clonekit edits 1' +debug.level=0 \
	    +jobsScheduler.job.new.summary.emailTemplate=/x/mail \
	    +jobsScheduler.job.new.summary.enabled=true \
	    +log.instance.New.fileName=/x/new \
	    +log.instance.New.pluginName=file \
	    +selftests.container.logger.level=1 . >want
	same want got
EOF

it 'what upgrades take away or rename does not come back from an older host' <<-\EOF
	host m.cfg CA 10.5.18 passwordClass=com.netscape.PlainPasswordFile \
	    log.instance.System.type=system os.userid=nobody \
	    log.instance.System.fileName=/var/log/pki/one/ca/system \
	    log.instance.Transactions.enable=true \
	    oidmap.challenge_password.class=com.netscape.ChallengePassword \
	    oidmap.extensions_requested_pkcs9.class=com.netscape.Extensions
	host c.cfg CA 11.6.1 \
	    oidmap.challenge_password.class=org.mozilla.ChallengePassword
	cfgmerge --all --from m.cfg c.cfg >got 2>err
	same ../nothing got
	grep 'that belong to a release are not merged' err
EOF

tap_done
