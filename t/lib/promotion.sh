# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# promotion.sh - a CA and its clone that run, with an agent page; read it after
# crl.sh and slapd.sh
#
#	promotion_ldif	the records of repository's lines, as what directory
#			adds below o=ca
#	promotion MASTER CLONE
#			two instances, stopped, by the URLs of their
#			directories: ca1/pki-tomcat is the master,
#			ca2/pki-tomcat the clone.  ./ca.pem made all
#			certificates, and the CRLs; ./agent.pem and ./agent.key
#			are an agent's; ./ca1.https and ./ca2.https are URLs
#	promotion_programs 'RECIPE...' PROGRAM...
#			./bin, in PATH, with stand-ins of t/lib, each of which
#			works in the directory that is the host, and with
#			recipes whose printed commands can be run as they are,
#			with a log that stays here; clonekit runs what is in
#			./bin.  ./elsewhere is for --rsh
#	promotion_replicas
#			the same of two 389 Directory Servers that replicate,
#			master and clone (ds.sh), with certificates 16 to 60
#	pki HOST COMMAND
#			"pki-server start --wait", say, for HOST's instance
#	ready HOST	wait until it says that it runs
#	up HOST		start it, and wait until it is ready
#	down HOST	stop it
#	crash HOST	kill it without warning
#	set_cfg HOST NAME=VALUE...
#			lines of its CS.cfg
#	revoke HOST SERIAL
#	hold HOST SERIAL
#	release HOST SERIAL
#			what an agent does with a certificate at this CA
#	heard HOST SERIAL STATUS
#			wait until it has noticed what the other one did
#	ask_crl HOST [NAME=VALUE...]
#			what its updateCRL answers an agent
#	crl_of URL	the CRL in a directory, DER
#	crl_number URL	its number, as the directory has it
#
# SERIAL is decimal for heard; the others take 0x12, too.
# HOST is ca1 or ca2; ca1.localhost is the same.  curl has names below localhost
# mean this machine.  All servers are stopped when the test ends.

promotion_home=$PWD

promotion_stop () {
	for promotion_host in ca1 ca2
	do
		test ! -e "$promotion_home/$promotion_host/pki-tomcat/pid" ||
		    pki $promotion_host stop
	done
}
trap 'promotion_stop; slapd_stop_all; rm -rf "$tap_home"' EXIT

# promotion_programs 'RECIPE...' PROGRAM...
promotion_programs () {
	promotion_recipes=$1
	shift
	mkdir bin
	for promotion_program
	do
		printf '#!/bin/sh\nexec "%s" "$@"\n' \
		    "$tap_top/t/lib/$promotion_program" \
		    >bin/"$promotion_program"
	done
	for promotion_recipe in $promotion_recipes
	do
		cat >bin/"$promotion_recipe" <<-END
		#!/bin/sh
		case " \$* " in
		*' --log '* | *' --undo '* | *' --continue '*) ;;
		*)
			rm -f "$PWD/printed.log"
			set -- --log "$PWD/printed.log" "\$@"
			;;
		esac
		exec "$tap_top/share/recipes/$promotion_recipe" "\$@"
		END
	done
	cat >bin/clonekit <<-END
	#!/bin/sh
	test ! -x "$PWD/bin/\$1" || {
		recipe=$PWD/bin/\$1
		shift
		exec "\$recipe" "\$@"
	}
	exec "$(command -v clonekit)" "\$@"
	END
	cat >elsewhere <<-\END
	#!/bin/sh
	cd "$1" && shift && exec sh -c "$*"
	END
	chmod +x bin/* elsewhere
	PATH=$PWD/bin:$tap_top/share/recipes:$PATH
}

# directory has the entry o=ca itself.
promotion_ldif () {
	repository o=ca | sed '1,/^$/d'
	printf '%s\n' 'dn: ou=crlIssuingPoints,ou=ca,o=ca' \
	    'objectClass: organizationalUnit' 'ou: crlIssuingPoints' ''
}

# set_lines FILE NAME=VALUE...: in place of the lines of these names
set_lines () {
	set_file=$1
	shift
	printf '%s\n' "$@" >"$set_file.new"
	awk -F = 'NR == FNR { new[$1] = 1; print; next } !($1 in new)' \
	    "$set_file.new" "$set_file" >"$set_file.newer"
	rm "$set_file.new"
	mv "$set_file.newer" "$set_file"
}

set_cfg () {
	set_host=${1%%.*}
	shift
	set_lines "$promotion_home/$set_host/pki-tomcat/conf/ca/CS.cfg" "$@"
}

# NAME SAMPLE URL PORT
promotion_instance () {
	promotion_at=$1/pki-tomcat
	mkdir -p "$promotion_at/conf/ca" "$promotion_at/logs"
	cp ca.key ca.pem "$promotion_at"
	cp ca.pem "$promotion_at/agents.pem"
	tls_cert "$1" "/CN=$1.localhost" "subjectAltName=DNS:$1.localhost" \
	    -days 30
	mv "$1.key" "$promotion_at/tls.key"
	mv "$1.pem" "$promotion_at/tls.pem"
	echo "internaldb=$(cat dm)" >"$promotion_at/conf/password.conf"
	cat >"$promotion_at/conf/server.xml" <<-END
	<Server><Service name="Catalina">
	<Connector port="$4" SSLEnabled="true" scheme="https" secure="true"/>
	</Service></Server>
	END
	sed '/^passwordFile=/d' "$tap_top/share/sample/$2.cfg" \
	    >"$promotion_at/conf/ca/CS.cfg"
	promotion_ldap=${3#*://}
	set_cfg "$1" "machineName=$1.localhost" internaldb.basedn=o=ca \
	    "internaldb.ldapauth.bindDN=$directory_manager" \
	    "internaldb.ldapconn.host=${promotion_ldap%:*}" \
	    "internaldb.ldapconn.port=${promotion_ldap##*:}" \
	    "securitydomain.host=ca1.localhost" \
	    "securitydomain.httpsadminport=$promotion_master" \
	    "ca.signing.cert=$(sed '/-----/d' ca.pem | tr -d '\n')"
	echo "https://$1.localhost:$4" >"$1.https"
}

promotion () {
	promotion_home=$PWD
	printf %s "$(cat dm)" >pw
	ca ca keyCertSign,cRLSign -newkey rsa:2048
	tls_cert agent /CN=agent extendedKeyUsage=clientAuth -days 30
	free_ports 127.0.0.1 2 >promotion.ports
	{ read -r promotion_master; read -r promotion_clone; } <promotion.ports
	promotion_instance ca1 master "$1" "$promotion_master"
	promotion_instance ca2 clone "$2" "$promotion_clone"
	set_cfg ca2 master.ca.agent.host=ca1.localhost \
	    "master.ca.agent.port=$promotion_master"
}

promotion_replicas () {
	directory_manager=$ds_manager
	printf %s "$ds_password" >dm
	ds_start master 127.0.0.1
	ds_start clone 127.0.0.2
	for promotion_ds in master clone
	do
		printf '%s\n' 'dn: cn=config' 'changetype: modify' \
		    'replace: nsslapd-schemacheck' 'nsslapd-schemacheck: off' \
		    - 'replace: nsslapd-verify-filter-schema' \
		    'nsslapd-verify-filter-schema: off' |
		    ds_modify $promotion_ds
		ds_suffix $promotion_ds o=ca ca
	done
	ds_replica master o=ca 96
	ds_replica clone o=ca 97
	ds_agree master o=ca toclone clone
	ds_agree clone o=ca tomaster master
	for promotion_serial in $(seq 16 60)
	do
		echo "$promotion_serial VALID -"
	done | promotion_ldif | ds_modify master -a
	ds_init master o=ca toclone
	promotion "$(ds_url master)" "$(ds_url clone)"
}

pki () {
	pki_host=${1%%.*}
	shift
	PKI_HOME=$promotion_home/$pki_host "$tap_top/t/lib/pki-server" "$@" \
	    pki-tomcat
}

# HOST PATH OPTION...
promotion_get () {
	promotion_url=$(cat "$promotion_home/${1%%.*}.https")$2
	shift 2
	curl -sS --cacert "$promotion_home/ca.pem" "$@" "$promotion_url"
}

promotion_runs () {
	promotion_get "$1" /ca/admin/ca/getStatus | grep -q '[">]running["<]'
}

ready () {
	await promotion_runs "$1"
}

up () {
	pki "$1" start --wait
	ready "$1"
}

down () {
	pki "$1" stop
}

crash () {
	promotion_pid=$(cat "$promotion_home/${1%%.*}/pki-tomcat/pid")
	kill -9 "$promotion_pid"
	await gone "$promotion_pid"
}

revoke () {
	promotion_get "$1" "/ca/test/revoke?serial=$2" --fail -X POST
}

hold () {
	promotion_get "$1" "/ca/test/hold?serial=$2" --fail -X POST
}

release () {
	promotion_get "$1" "/ca/test/release?serial=$2" --fail -X POST
}

# What it heard of that certificate last
promotion_heard () {
	test "$(grep "^heard $2 " \
	    "$promotion_home/${1%%.*}/pki-tomcat/logs/console" | tail -n 1)" = \
	    "heard $2 $3"
}

heard () {
	await promotion_heard "$@"
}

ask_crl () {
	ask_host=$1
	shift
	for ask_word
	do
		set -- "$@" -d "$ask_word"
		shift
	done
	promotion_get "$ask_host" /ca/agent/ca/updateCRL "$@" \
	    --cert "$promotion_home/agent.pem" --key "$promotion_home/agent.key"
}

# URL ATTRIBUTE: of the issuing point's entry
promotion_point () {
	ldapsearch -x -H "$1" -D "$directory_manager" -y "$promotion_home/pw" \
	    -LLL -o ldif-wrap=no -s base \
	    -b cn=MasterCRL,ou=crlIssuingPoints,ou=ca,o=ca "$2"
}

crl_of () {
	promotion_point "$1" certificateRevocationList |
	    sed -n 's/^certificateRevocationList[^:]*:: //p' | base64 -d
}

# The first two digits say how many follow.
crl_number () {
	promotion_point "$1" crlNumber | sed -n 's/^crlNumber: [0-9][0-9]//p'
}
