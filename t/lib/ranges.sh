# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# ranges.sh - a deployment with ranges of numbers, for tests; read it after
# tap.sh
#
#	deployment	ca1.cfg, its clone ca2.cfg, and ds.ldif, the suffix
#			o=ca of both with cn=config, as Dogtag leaves them: the
#			clone has a range of its own by now
#	range_entry CN CONTAINER BEGIN END HOST [ABOVE]
#			an entry of a range; ABOVE is ou=ranges
#	line FILE REGEXP	where it is first

# ranges_cfg HOST: what the two files have alike
ranges_cfg () {
	printf '%s\n' cs.type=CA dbs.enableSerialManagement=true \
	    dbs.replicaCloneTransferNumber=5 dbs.replicaIncrement=100 \
	    dbs.replicaLowWaterMark=20 dbs.requestCloneTransferNumber=10000 \
	    dbs.requestIncrement=10000000 dbs.requestLowWaterMark=2000000 \
	    dbs.serialCloneTransferNumber=10000 dbs.serialIncrement=10000000 \
	    dbs.serialLowWaterMark=2000000 internaldb.basedn=o=ca \
	    "machineName=$1"
}

# ranges_of KIND BEGIN END [NEXT-BEGIN NEXT-END]
ranges_of () {
	echo "dbs.begin$1Number=$2"
	echo "dbs.end$1Number=$3"
	test -n "$4" || return 0
	echo "dbs.nextBegin$1Number=$4"
	echo "dbs.nextEnd$1Number=$5"
}

range_entry () {
	printf '%s\n' "dn: cn=$1,ou=$2,ou=${6:-ranges},o=ca" \
	    'objectClass: pkiRange' "cn: $1" "beginRange: $3" \
	    "endRange: $4" "host: $5" 'SecurePort: 8443' ''
}

# ranges_entry DN CLASS [LINE...]
ranges_entry () {
	printf '%s\n' "dn: $1" 'objectClass: top' "objectClass: $2"
	shift 2
	printf '%s\n' "$@" ''
}

ranges_unit () {
	ranges_entry "ou=$1,$2" organizationalUnit "ou: $1"
}

ranges_host () {
	ranges_entry "cn=$1:8443,cn=CAList,ou=Security Domain,o=ca" \
	    pkiSubsystem "cn: $1:8443" "host: $1" 'SecurePort: 8443' \
	    "SubsystemName: CA $1 8443" "Clone: ${2:-FALSE}"
}

# ranges_replica SERVER ID
ranges_replica () {
	ranges_entry "cn=replica,cn=o\\3Dca$1,cn=mapping tree,cn=config" \
	    nsDS5Replica 'cn: replica' 'nsDS5ReplicaRoot: o=ca' \
	    "nsDS5ReplicaId: $2" "nsDS5ReplicaName: $1"
}

ranges_suffix () {
	for ranges_ou in ca requests ranges 'Security Domain'
	do
		ranges_unit "$ranges_ou" o=ca
	done
	ranges_entry ou=certificateRepository,ou=ca,o=ca repository \
	    'ou: certificateRepository' 'serialno: 011' 'nextRange: 278435457'
	ranges_entry ou=ca,ou=requests,o=ca repository 'ou: ca' \
	    'serialno: 010' 'nextRange: 20000001'
	ranges_entry ou=replica,o=ca repository 'ou: replica' \
	    'serialno: 010' 'nextRange: 1000'
	for ranges_ou in certificateRepository requests replica
	do
		ranges_unit "$ranges_ou" ou=ranges,o=ca
	done
	range_entry 10000001 certificateRepository 10000001 278435456 ca2
	range_entry 10000001 requests 10000001 20000000 ca2
	ranges_entry 'cn=CAList,ou=Security Domain,o=ca' pkiSecurityGroup \
	    'cn: CAList'
	ranges_host ca1
	ranges_host ca2 TRUE
	for ranges_number in 1 7 268369930
	do
		ranges_entry \
		    "cn=$ranges_number,ou=certificateRepository,ou=ca,o=ca" \
		    certificateRecord "cn: $ranges_number" "serialno: $(
			printf '%02d%s' ${#ranges_number} $ranges_number)"
	done
	ranges_entry cn=5,ou=ca,ou=requests,o=ca request 'cn: 5' \
	    'requestId: 015' 'requestState: complete'
}

deployment () {
	{
		ranges_cfg ca1
		ranges_of Serial 1 fff0000
		ranges_of Request 1 9990000
		ranges_of Replica 1 95
	} >ca1.cfg
	{
		ranges_cfg ca2
		ranges_of Serial fff0001 10000000 10000001 20000000
		ranges_of Request 9990001 10000000 10000001 20000000
		ranges_of Replica 98 100
	} >ca2.cfg
	ranges_suffix >suffix.ldif
	{
		cat suffix.ldif
		ranges_replica ds1 96
		ranges_replica ds2 97
	} >ds.ldif
}

line () {
	grep -n -m 1 -- "$2" "$1" | cut -d : -f 1
}
