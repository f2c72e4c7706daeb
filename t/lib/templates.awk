# SPDX-License-Identifier: MIT
# Renders t/templates.tsv for two hosts of each release and subsystem: files
# ONE/RELEASE-SUBSYSTEM.cfg and TWO/RELEASE-SUBSYSTEM.cfg, where ONE and TWO are
# the directories -v one= and -v two=.  What is filled in differs in all that is
# a host's own; a choice of the deployment is the same for both.

# fill(NAME, FIRST, SECOND): what stands for [NAME], in either case
function fill(name, first, second) {
	value[1, name] = first
	value[2, name] = second
}

function fill_path(name, rest) {
	fill(name, "/var/lib/pki/north-tomcat" rest, "/srv/pki/south" rest)
}

BEGIN {
	FS = "\t"
	fill_path("PKI_INSTANCE_PATH", "")
	fill_path("PKI_INSTANCE_ROOT", "")
	fill_path("SERVER_ROOT", "")
	fill_path("PKI_PIDDIR", "/run")
	fill("SYSTEM_USER_LIBRARIES", "/usr/lib64", "/usr/lib")
	fill("TPS_DIR", "/usr/share/pki/tps", "/usr/local/share/pki/tps")
	fill("PKI_SOURCE_SUBSYSTEM_PATH", "/usr/share/pki", "/usr/local/pki")
	fill("PKI_INSTANCE_NAME", "north-tomcat", "south")
	fill("PKI_INSTANCE_ID", "north-tomcat", "south")
	fill("PKI_SYSTEMD_SERVICENAME", "north.service", "south.service")
	fill("NICKNAME", "auditSigningCert cert-north-tomcat", \
	    "auditSigningCert cert-south")
	fill("PKI_USER", "northuser", "southuser")
	fill("PKI_GROUP", "northgroup", "southgroup")
	fill("PKI_INSTALL_TIME", "2019-02-03 04:05:06", "2023-12-11 10:09:08")
	fill("INSTALL_TIME", "2019-02-03 04:05:06", "2023-12-11 10:09:08")
	split("PKI_HOSTNAME PKI_MACHINE_NAME SERVER_NAME PKI_CA_HOSTNAME " \
	    "CA_HOST TKS_HOST DRM_HOST TOKENDB_HOST LDAP_HOST", names, " ")
	for (i in names)
		fill(names[i], "north.example.com", "south.example.com")
	count = split("PKI_UNSECURE_PORT PKI_SECURE_PORT PORT SECURE_PORT " \
	    "NON_CLIENTAUTH_SECURE_PORT PKI_AGENT_SECURE_PORT " \
	    "PKI_ADMIN_SECURE_PORT PKI_EE_SECURE_PORT " \
	    "PKI_EE_SECURE_CLIENT_AUTH_PORT PKI_PROXY_SECURE_PORT " \
	    "PKI_PROXY_UNSECURE_PORT TOMCAT_SERVER_PORT PKI_HTTP_PORT " \
	    "PKI_HTTPS_PORT PKI_CA_PORT CA_PORT TKS_PORT DRM_PORT " \
	    "TOKENDB_PORT LDAP_PORT", names, " ")
	for (i = 1; i <= count; i++)
		fill(names[i], 18000 + i, 28000 + i)
	# Ranges are each host's own, and how it was installed.
	split("SERIAL REQUEST REPLICA", names, " ")
	for (i in names) {
		fill("PKI_" names[i] "_NUMBER_RANGE_START", 1, 1001)
		fill("PKI_" names[i] "_NUMBER_RANGE_END", 1000, 2000)
	}
	fill("PKI_STANDALONE", "true", "false")
	# The deployment's choice.
	split("PKI_DS_SECURE_CONNECTION PKI_ENABLE_RANDOM_SERIAL_NUMBERS " \
	    "PKI_RANDOM_SERIAL_NUMBERS_ENABLE SERVER_KEYGEN " \
	    "PKI_ENABLE_SERVER_SIDE_KEYGEN", names, " ")
	for (i in names)
		fill(names[i], "false", "false")
	fill("MASTER_CRL_ENABLE", "true", "true")
	fill("PKI_MASTER_CRL_ENABLE", "true", "true")
	fill("PKI_PROFILE_SUBSYSTEM", "ProfileSubsystem", "ProfileSubsystem")
	fill("HSM_LABEL", "", "")
	fill("LIBRARY", "library", "library")
	fill("LIB_PREFIX", "lib", "lib")
	fill("OBJ_EXT", ".so", ".so")
	split("LDAP_ROOT TOKENDB_ROOT PKI_DS_BASE_DN", names, " ")
	for (i in names)
		fill(names[i], "o=data", "o=data")
}

/^# releases: / {
	sub(/^# releases: /, "")
	releases = split($0, release, " ")
	for (i = 1; i <= releases; i++)
		place[release[i]] = i
	next
}

/^#/ { next }

function kind(subsystem) {
	return subsystem == "tpsclient" ? "tps" : subsystem
}

# What is filled in; exits where it is not known here.
function rendered(text, host, subsystem,    name, before) {
	before = ""
	while (match(text, /\[[A-Za-z_0-9]+\]/)) {
		name = toupper(substr(text, RSTART + 1, RLENGTH - 2))
		if (name == "PKI_SUBSYSTEM_TYPE")
			value[host, name] = kind(subsystem)
		if (name == "PKI_SUBSYSTEM_DIR")
			value[host, name] = kind(subsystem) "/"
		if (!((host, name) in value)) {
			print "no value for [" name "]" >"/dev/stderr"
			exit 2
		}
		before = before substr(text, 1, RSTART - 1) value[host, name]
		text = substr(text, RSTART + RLENGTH)
	}
	return before text
}

# What no placeholder is in, and a file needs to be a subsystem's.
function begin(file, version, subsystem, host,    part) {
	split(version, part, ".")
	if (place[version] < place["11.6.1"])
		print "cs.type=" toupper(kind(subsystem)) >file
	print "cs.state=1" >file
	print kind(subsystem) ".cert.list=sslserver" >file
	print "cms.version=" part[1] "." part[2] >file
	if (place[version] > 1)
		print "cms.product.version=" version >file
	if (subsystem == "ca") {
		print "ca.crl.MasterCRL.class=com.netscape.ca.CRLIssuingPoint" \
		    >file
		print "ca.crl.MasterCRL.description=all certificates" >file
	}
	print "internaldb.basedn=o=" version "-" subsystem >file
	print "internaldb.ldapconn.host=ds" host ".example.com" >file
}

{
	if (!($2 in place) || !($3 in place) || place[$2] > place[$3]) {
		print FILENAME ":" NR ": not such releases" >"/dev/stderr"
		exit 2
	}
	count = split($1, subsystem, ",")
	for (s = 1; s <= count; s++)
		for (r = place[$2]; r <= place[$3]; r++)
			for (h = 1; h <= 2; h++) {
				file = (h == 1 ? one : two) "/" release[r] \
				    "-" subsystem[s] ".cfg"
				if (!(file in seen))
					begin(file, release[r], subsystem[s], h)
				seen[file] = 1
				print rendered($4 "=" $5, h, subsystem[s]) \
				    >file
			}
}
