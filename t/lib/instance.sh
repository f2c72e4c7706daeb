# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# instance.sh - instances of each subsystem, with keys: the sample's database
#
#	instance SUBSYSTEM DIR		ca, kra, ocsp or tks, on its own host
#	$me				who runs their server

me=$(id -un)

nickname () {
	echo "$1.$2.nickname=$3"
	echo "$1.$2.tokenname=internal"
}

settings () {
	type=$(echo "$1" | tr '[:lower:]' '[:upper:]')
	cat <<-END
	cs.type=$type
	instanceId=pki-tomcat
	internaldb.basedn=o=pki-tomcat-$type
	internaldb.database=pki-tomcat-$type
	internaldb.ldapauth.bindDN=cn=Directory Manager
	internaldb.ldapconn.host=$1.example.com
	internaldb.ldapconn.port=389
	internaldb.ldapconn.secureConn=false
	machineName=$1.example.com
	securitydomain.host=ca.example.com
	securitydomain.httpsadminport=8443
	securitydomain.name=EXAMPLE
	END
	nickname "$1" sslserver 'sslserverCert cert-ca4-test1'
	nickname "$1" subsystem 'subsystemCert cert-ca4-test-master'
	nickname "$1" audit_signing 'auditSigningCert cert-ca4-test1'
	case $1 in
	ca)
		nickname ca signing 'caSigningCert cert-ca4-test-master'
		nickname ca ocsp_signing 'ocspSigningCert cert-ca4-test-master'
		;;
	kra)
		nickname kra transport 'ocspSigningCert cert-ca4-test-master'
		nickname kra storage 'ocspSigningCert cert-ca4-test-master'
		;;
	ocsp)
		nickname ocsp signing 'ocspSigningCert cert-ca4-test-master'
		echo ocsp.store.defStore.class=com.netscape.cmscore.DefStore
		;;
	esac
}

instance () {
	mkdir -p "$2/conf/$1" "$2/alias"
	# shellcheck disable=SC2154 # tap.sh sets tap_top
	cp "$tap_top"/share/sample/nssdb/*.db "$2/alias"
	echo internal=Secret.123 >"$2/conf/password.conf"
	cat >"$2/conf/server.xml" <<-END
	<Server><Service name="Catalina"><Connector port="8080"/>
	<Connector port="8443" SSLEnabled="true" scheme="https" secure="true"/>
	</Service></Server>
	END
	settings "$1" >"$2/conf/$1/CS.cfg"
}
