# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# replicas.sh - LDIF of replicas, as 389-ds and Dogtag write it
#
#	replica NAME HOST ID		one of o=ca
#	agreement NAME HOST WHICH TO	of HOST's with TO, called WHICH
#	ruv NAME HOST ID ELEMENT...	ELEMENT is ID HOST CSN, or "" for none
#	domain HOST...			entries of the security domain
#	with FILE LINE...		more attributes for FILE's last entry
#	pair				two servers in step, in $files; $a and $b
#					are their last changes, $older is one
#					before $a
#	finds STATUS LINE...		the findings about $files, which are all

replica () {
	cat <<-END
	dn: cn=replica,cn=o\\3Dca,cn=mapping tree,cn=config
	objectClass: top
	objectClass: nsDS5Replica
	cn: replica
	nsDS5ReplicaRoot: o=ca
	nsDS5ReplicaType: 3
	nsDS5ReplicaBindDN: cn=Replication Manager x,ou=csusers,cn=config
	nsDS5ReplicaId: $3
	nsDS5ReplicaName: $1-$2

	END
}

agreement () {
	cat <<-END
	dn: cn=$3,cn=replica,cn=o\\3Dca,cn=mapping tree,cn=config
	objectClass: top
	objectClass: nsds5replicationagreement
	cn: $3
	nsDS5ReplicaRoot: o=ca
	nsDS5ReplicaHost: $4
	nsDS5ReplicaPort: 389
	nsds5replicaLastUpdateStatus: ${5:-Error (0) Replica acquired successfully: Incremental update succeeded}
	nsds5replicaLastUpdateEnd: 20261121030645Z

	END
}

ruv () {
	cat <<-END
	dn: cn=replica,cn=o\\3Dca,cn=mapping tree,cn=config
	objectClass: nsDS5Replica
	nsDS5ReplicaRoot: o=ca
	nsDS5ReplicaType: 3
	nsDS5ReplicaId: $3
	nsDS5ReplicaName: $1-$2
	nsds50ruv: {replicageneration} ${generation:-6b01043f000000600000}
	END
	shift 3
	while test $# -gt 0
	do
		echo "nsds50ruv: {replica $1 ldap://$2:389}${3:+ $3 $3}"
		shift 3
	done
	echo
}

domain () {
	for host
	do
		cat <<-END
		dn: cn=$host:8443,cn=CAList,ou=Security Domain,o=ca
		objectClass: pkiSubsystem
		cn: $host:8443
		host: $host
		SecurePort: 8443

		END
	done
}

with () {
	with_file=$1
	shift
	{ sed '$d' "$with_file"; printf '%s\n' "$@" ''; } >with_more
	mv with_more "$with_file"
}

# shellcheck disable=SC2034 # used in the tests
a=6b010aab000000600000 b=6b010ac5000000610000 older=6b010aa0000000600000

# shellcheck disable=SC2094 # names of hosts, as of files
pair () {
	{ replica r ds1 96; agreement r ds1 \
	    masterAgreement1-ca2-pki-tomcat ds2; } >ds1
	{ replica r ds2 97; agreement r ds2 \
	    cloneAgreement1-ca2-pki-tomcat ds1; } >ds2
	{ ruv r ds1 96 96 ds1 $a 97 ds2 $b; } >ds1.ruv
	{ ruv r ds2 97 97 ds2 $b 96 ds1 $a; } >ds2.ruv
	domain ca1 ca2 >suffix
	files='ds1 ds2 ds1.ruv ds2.ruv suffix'
}

finds () {
	finds_status=$1
	shift
	printf '%s\n' "$@" | grep . >want || :
	# shellcheck disable=SC2086
	gives "$finds_status" replls --findings $files
	same want out
}
