/* SPDX-License-Identifier: MIT */
#include "check/lintcodes.h"

#include <strings.h>

const struct lintcode lintcodes[LINT_CODES] = {
	[LINT_READ_INDENT] = { "READ-INDENT", FINDINGS_WARNING,
	    "a comment after blanks is a key to the server", NULL,
	    "The server takes a line for a comment only where '#' or '!' is "
	    "its very first byte; after a blank it reads a key '#', which it "
	    "writes back. pki-server skips the line. Take the blanks away. "
	    "[SimpleProperties.load; load_properties]" },
	[LINT_READ_BANG] = { "READ-BANG", FINDINGS_WARNING,
	    "a '!' line is a comment to the server, a key to pki-server",
	    NULL,
	    "At the first column '!' starts a comment as '#' does, but only "
	    "to the server: pki-server reads a key, and writes it back as "
	    "one. Use '#'. [SimpleProperties.load; load_properties]" },
	[LINT_READ_BLANK] = { "READ-BLANK", FINDINGS_WARNING,
	    "a line of blanks, or without a key, is the empty key", NULL,
	    "A line of blanks alone, or one that starts with its '=', is the "
	    "key \"\" to the server, which writes it back as '='. Delete the "
	    "line. [SimpleProperties.load]" },
	[LINT_READ_COLON] = { "READ-COLON", FINDINGS_WARNING,
	    "':' ends the key for the server", NULL,
	    "The server ends a key at '=', ':' or a blank; pki-server at '=' "
	    "alone, so that each of them sees another key and another value. "
	    "Comment keys such as signedAudit:_000 are known for it and do no "
	    "harm. [SimpleProperties.load; load_properties]" },
	[LINT_READ_SPLIT] = { "READ-SPLIT", FINDINGS_WARNING,
	    "a blank ends the key for the server", NULL,
	    "The server ends a key at its first blank and takes all behind it "
	    "for the value; pki-server goes on to the '='. Write key=value. "
	    "[SimpleProperties.load; load_properties]" },
	[LINT_READ_NODELIM] = { "READ-NODELIM", FINDINGS_ERROR,
	    "a line without '=': pki-server cannot read the file",
	    "Missing delimiter in",
	    "pki-server and pkispawn stop with \"Missing delimiter in FILE "
	    "line N\" at a line that is no comment and has no '='. The server "
	    "reads it as a key. Delete the line, or write '=' behind the key. "
	    "[load_properties]" },
	[LINT_READ_SLASH] = { "READ-SLASH", FINDINGS_WARNING,
	    "a backslash at the end joins the next line for pki-server",
	    NULL,
	    "An even number of backslashes at the end of a line are "
	    "themselves to the server, but pki-server takes one away and "
	    "joins the next line, whose key it loses. [SimpleProperties.load; "
	    "load_properties]" },
	[LINT_READ_JOIN] = { "READ-JOIN", FINDINGS_INFO,
	    "an assignment over several lines", NULL,
	    "Both readers join a line that ends in one backslash with the "
	    "next one, and both write it back as one line. "
	    "[SimpleProperties.load; load_properties]" },
	[LINT_READ_JOIN_INDENT] = { "READ-JOIN-INDENT", FINDINGS_WARNING,
	    "a continued line's blanks are kept by pki-server", NULL,
	    "The server drops the blanks that a continuation starts with, "
	    "pki-server keeps them: the two read different values. "
	    "[SimpleProperties.load; load_properties]" },
	[LINT_READ_JOIN_KEY] = { "READ-JOIN-KEY", FINDINGS_ERROR,
	    "a key is continued: pki-server cannot read the file",
	    "Missing delimiter in",
	    "A backslash ends a line before its '=': the server joins key and "
	    "value, pki-server finds no '=' in the line and stops. "
	    "[load_properties]" },
	[LINT_READ_TRAIL] = { "READ-TRAIL", FINDINGS_INFO,
	    "blanks after the value", NULL,
	    "The server keeps them, and its getString() trims them; "
	    "pki-server strips them. In a value that is true, false or a "
	    "number they stop the server: see BOOL-BLANK and INT-BLANK. "
	    "[ConfigStore.getString]" },
	[LINT_READ_BREAK] = { "READ-BREAK", FINDINGS_ERROR,
	    "a character that is a line end to pki-server alone",
	    "Missing delimiter in",
	    "VT, FF, FS, GS, RS, NEL, U+2028 and U+2029 end a line for "
	    "pki-server (str.splitlines()), but are a part of the value for "
	    "the server. What follows is mostly without '=', and pki-server "
	    "stops. [load_properties]" },
	[LINT_READ_NBSP] = { "READ-NBSP", FINDINGS_WARNING,
	    "Unicode blanks at the edge of key or value", NULL,
	    "pki-server strips every Unicode blank, such as the no-break "
	    "space that a page or a mail has; the server keeps all but its "
	    "own five. [load_properties]" },
	[LINT_READ_UTF8] = { "READ-UTF8", FINDINGS_ERROR,
	    "not UTF-8: pki-server cannot read the file",
	    "UnicodeDecodeError",
	    "pki-server stops with UnicodeDecodeError at the first byte that "
	    "is no UTF-8; the server silently reads U+FFFD instead, and "
	    "writes that back. [load_properties; FileConfigStorage]" },
	[LINT_READ_BOM] = { "READ-BOM", FINDINGS_WARNING,
	    "a byte order mark is part of the first key", NULL,
	    "Neither reader knows the mark: the first key of the file is "
	    "another one than it seems, and its setting is lost. Save the "
	    "file without the mark. [SimpleProperties.load]" },
	[LINT_READ_CR] = { "READ-CR", FINDINGS_INFO,
	    "lines end with CR", NULL,
	    "Both readers take CR and CRLF for line ends; both write LF. grep "
	    "and other tools see the CR as part of the value. "
	    "[SimpleProperties.load; load_properties]" },
	[LINT_READ_ESC] = { "READ-ESC", FINDINGS_WARNING,
	    "a backslash in a key", NULL,
	    "The server keeps the backslash in the key and goes past the "
	    "separator behind it; pki-server ends the key at that '='. "
	    "[SimpleProperties.load]" },
	[LINT_READ_CTRL] = { "READ-CTRL", FINDINGS_WARNING,
	    "a control character", NULL,
	    "It is in the value as it stands, and reaches whatever reads "
	    "that; mostly it was pasted. [SimpleProperties.load]" },
	[LINT_SPACED] = { "SPACED", FINDINGS_INFO,
	    "blanks around '='", NULL,
	    "Both readers skip them; grep '^key=' and cut -d= do not find the "
	    "line. The server writes it back without them. "
	    "[SimpleProperties.load]" },
	[LINT_COMMENTS] = { "COMMENTS", FINDINGS_INFO,
	    "comments that will be lost", NULL,
	    "Server and pki-server rewrite the file without its comments and "
	    "empty lines, sorted. What is to stay goes into keys such as "
	    "prefix._000. [ConfigStore.store]" },
	[LINT_DUP_KEY] = { "DUP-KEY", FINDINGS_WARNING,
	    "a key twice, with different values", NULL,
	    "Both readers go by the last line. The first, which may be the "
	    "one that people see, has no effect. Delete the lines that are "
	    "not meant. [SimpleProperties.load]" },
	[LINT_DUP_SAME] = { "DUP-SAME", FINDINGS_INFO,
	    "a key twice, with the same value", NULL,
	    "The last one counts; nothing is lost, until somebody changes the "
	    "first. [SimpleProperties.load]" },
	[LINT_JOINED] = { "JOINED", FINDINGS_ERROR,
	    "another assignment is in the value",
	    "Invalid boolean value",
	    "The manual's samples (9.3) have two or more settings on one "
	    "line. Read as it stands, ca.connector.KRA.enable is \"true "
	    "ca.connector.KRA.host=...\", which is no boolean, and the CA does "
	    "not start. Put each assignment on a line of its own. "
	    "[ConfigStore.getBoolean]" },
	[LINT_BOOL_BLANK] = { "BOOL-BLANK", FINDINGS_ERROR,
	    "a boolean with a blank after it", "Invalid boolean value",
	    "getBoolean() does not trim: 'true ' is an error, and mostly the "
	    "subsystem does not start. pki-server shows the value without the "
	    "blank, and rewriting the file with it mends it. --fix takes the "
	    "blank away. [ConfigStore.getBoolean]" },
	[LINT_BOOL_VALUE] = { "BOOL-VALUE", FINDINGS_ERROR,
	    "not a boolean", "Invalid boolean value",
	    "Only true and false, in any case, are booleans; yes, on and 1 "
	    "are errors, and mostly the subsystem does not start. "
	    "[ConfigStore.getBoolean]" },
	[LINT_INT_BLANK] = { "INT-BLANK", FINDINGS_ERROR,
	    "a number with a blank after it",
	    "NumberFormatException: For input string: \"600 \"",
	    "getInteger() and getBigInteger() do not trim: '600 ' is an "
	    "error, and mostly the subsystem does not start. --fix takes the "
	    "blank away. [ConfigStore.getInteger]" },
	[LINT_INT_VALUE] = { "INT-VALUE", FINDINGS_ERROR,
	    "not an integer of 32 bits",
	    "NumberFormatException: For input string",
	    "Integer.parseInt() takes a sign and decimal digits, up to "
	    "2147483647; all else is an error, and mostly the subsystem does "
	    "not start. [ConfigStore.getInteger]" },
	[LINT_REF_KEY] = { "REF-KEY", FINDINGS_ERROR,
	    "the key of a whole family refers it to another one", NULL,
	    "A key that is the name of a sub-store makes all keys under it be "
	    "looked up under the value instead: a stray 'ca.crl=X' turns "
	    "ca.crl.MasterCRL.enable into X.MasterCRL.enable. Delete the "
	    "line. [SimpleProperties, ConfigStore.getSubStore]" },
	[LINT_REF_LDAP] = { "REF-LDAP", FINDINGS_INFO,
	    "a reference to internaldb, as shipped", NULL,
	    "dbs.ldap=internaldb lets dbs.ldap.host mean internaldb.host, and "
	    "so on; the shipped files have some of these. "
	    "[ConfigStore.getSubStore]" },
	[LINT_PREOP] = { "PREOP", FINDINGS_WARNING,
	    "keys of the installer are left", NULL,
	    "preop.* keys are deleted at the end of an installation: this one "
	    "did not end, or was mended by hand. Compare with a file of a "
	    "subsystem of the same kind. [pkispawn]" },
	[LINT_CS_STATE] = { "CS-STATE", FINDINGS_WARNING,
	    "the installation is not finished", NULL,
	    "cs.state is 0 until the end of an installation, then 1. Old "
	    "servers show their installation wizard while it is 0. "
	    "[pkispawn]" },
	[LINT_MACHINE] = { "MACHINE", FINDINGS_WARNING,
	    "machineName is localhost", NULL,
	    "It is the host in the ranges that the server takes from the "
	    "directory, and what a clone is told instead of \"localhost\" in "
	    "the master's settings: no clone can reach it. "
	    "[GetConfigEntries]" },
	[LINT_DS_LIST] = { "DS-LIST", FINDINGS_WARNING,
	    "several directory servers in one value", NULL,
	    "The server passes the list to its LDAP library, which tries them "
	    "in turn; pki-server makes ldap://HOST:PORT of it and fails. "
	    "[LdapConnInfo; pki.server.subsystem]" },
	[LINT_PASSWORD] = { "PASSWORD", FINDINGS_WARNING,
	    "a password in clear", NULL,
	    "Everybody who may read the file has it, and every copy and "
	    "backup of it. Passwords belong into password.conf or a key "
	    "store. [passwordFile]" },
	[LINT_KEYSET] = { "KEYSET", FINDINGS_INFO,
	    "a key set in clear", NULL,
	    "The default key sets of TKS and TPS are shipped so; a site's own "
	    "belong on a token. [TKS]" },
	[LINT_UNREAD_KEY] = { "UNREAD-KEY", FINDINGS_WARNING,
	    "no version of the server reads this key", NULL,
	    "The manual (9.4.1, 9.5.2) names "
	    "OCSP.Responder.store.defStore.refreshInSec; the server reads "
	    "ocsp.store.defStore.refreshInSec, and has never read the other. "
	    "--fix deletes it. [DefStore]" },
	[LINT_PRUNE_RSN] = { "PRUNE-RSN", FINDINGS_ERROR,
	    "pruning without random serial numbers", "RuntimeException",
	    "The pruning job throws a RuntimeException unless both "
	    "dbs.cert.id.generator and dbs.request.id.generator are random. "
	    "[PruningJob]" },
	[LINT_CRL_NPE] = { "CRL-NPE", FINDINGS_ERROR,
	    "CRLs are made with the status thread off",
	    "NullPointerException",
	    "Making a CRL from the database calls "
	    "certStatusUpdateTask.processRevokedCerts, and that task only "
	    "exists when ca.certStatusUpdateInterval is not 0: the CA dies of "
	    "a NullPointerException each time. A CRL master has 600, or no "
	    "such line; a clone has enableCRLUpdates=false. [CAEngine, "
	    "CRLIssuingPoint]" },
	[LINT_CRL_LISTEN] = { "CRL-LISTEN", FINDINGS_WARNING,
	    "listening to clones with the status thread off", NULL,
	    "ca.listenToCloneModifications=true has no effect with "
	    "ca.certStatusUpdateInterval=0: the server returns before it "
	    "starts to listen, so revocations made on clones are missed until "
	    "the next full CRL. [CAEngine.startCertStatusUpdate]" },
	[LINT_CRL_INTERVAL] = { "CRL-INTERVAL", FINDINGS_WARNING,
	    "a negative interval", NULL,
	    "The scheduler rejects a negative delay. 0 turns the task off, "
	    "600 is the default. [CAEngine]" },
	[LINT_CRL_CLASS] = { "CRL-CLASS", FINDINGS_ERROR,
	    "an issuing point without class", "EPropertyNotFound",
	    "Each first component of ca.crl.POINT.* is an issuing point, and "
	    "needs a class: without one the CA does not start, and pki-server "
	    "does not show the point. Mostly a copy of ca.crl.* was not "
	    "whole. [CRLIssuingPointConfig; CAEngine]" },
	[LINT_CRL_DESC] = { "CRL-DESC", FINDINGS_ERROR,
	    "an issuing point without description", "EPropertyNotFound",
	    "Each first component of ca.crl.POINT.* is an issuing point, and "
	    "needs a description: without one the CA does not start. "
	    "[CRLIssuingPointConfig]" },
	[LINT_CRL_CACHE] = { "CRL-CACHE", FINDINGS_WARNING,
	    "a clone writes the CRL cache", NULL,
	    "With enableCRLCache=true and cacheUpdateInterval above 0 the "
	    "updater runs, and writes the cache to the entry that all "
	    "replicas share, even with enableCRLUpdates=false. Both are false "
	    "on clones. [CRLIssuingPoint, CRLAutoUpdateTask]" },
	[LINT_CRL_MIXED] = { "CRL-MIXED", FINDINGS_WARNING,
	    "CRLs are made here, yet users are sent elsewhere", NULL,
	    "With master.ca.agent.host and port both set the CA shows the "
	    "CRLs of the directory and posts updates to that host, as a clone "
	    "does, while it makes CRLs itself. On a CRL master remove both "
	    "keys. ipa-crlgen-manage leaves them. [GetInfo, DisplayCRL, "
	    "UpdateDir]" },
	[LINT_CRL_SPLIT] = { "CRL-SPLIT", FINDINGS_WARNING,
	    "some issuing points make CRLs, others do not", NULL,
	    "On a CRL master all enabled points make CRLs, on a clone none "
	    "does. Points that are to stay off have enable=false. "
	    "[CRLIssuingPointConfig]" },
	[LINT_AGENT_HALF] = { "AGENT-HALF", FINDINGS_WARNING,
	    "one of host and port alone", NULL,
	    "Only with both of master.ca.agent.host and master.ca.agent.port "
	    "does the server count as a clone; one of them has no effect, "
	    "which may or may not be meant. --fix deletes it. [UpdateDir, "
	    "GetInfo, DisplayCRL]" },
	[LINT_AGENT_NONE] = { "AGENT-NONE", FINDINGS_WARNING,
	    "the port is the text None", NULL,
	    "pkispawn writes \"None\" when pki_clone_uri has no port; the form "
	    "then posts to https://HOST:None. Write the number. [pkispawn, "
	    "finalize_ca]" },
	[LINT_AGENT_PORT] = { "AGENT-PORT", FINDINGS_WARNING,
	    "not a port number", NULL,
	    "master.ca.agent.port becomes part of a URL as it stands. "
	    "[toUpdateCRL.template]" },
	[LINT_AGENT_SELF] = { "AGENT-SELF", FINDINGS_WARNING,
	    "the CA redirects to itself", NULL,
	    "With its own name there it takes itself for a clone. To be the "
	    "master it has neither of the two keys; the manual's \"disable\" "
	    "(9.5.1) shows them still set. [GetInfo, DisplayCRL, UpdateDir]" },
	[LINT_SERIAL_OFF] = { "SERIAL-OFF", FINDINGS_WARNING,
	    "ranges are not refreshed", NULL,
	    "ca.serialNumberUpdateInterval of 0 or less turns off the task "
	    "that takes the next range, which every replica needs, master or "
	    "clone. [CAEngine]" },
	[LINT_OCSP_CLASS] = { "OCSP-CLASS", FINDINGS_ERROR,
	    "a store without class", NULL,
	    "Setting up stores ends at the first one whose class is missing, "
	    "with only a warning in the log. [OCSPAuthority]" },
	[LINT_OCSP_STORE] = { "OCSP-STORE", FINDINGS_ERROR,
	    "the store that is chosen is not there", NULL,
	    "ocsp.storeId names the store to be used, and no ocsp.store.ID.* "
	    "is in the file. [OCSPAuthority]" },
	[LINT_RANGE_PREFIX] = { "RANGE-PREFIX", FINDINGS_ERROR,
	    "0x in a number that is read without",
	    "NumberFormatException: For input string: \"0x",
	    "With the legacy generator serial numbers are hexadecimal without "
	    "a prefix: BigInteger(\"0x1\", 16) is a NumberFormatException, and "
	    "the server does not start. 0x belongs to legacy2. "
	    "[CertificateRepository]" },
	[LINT_RANGE_DIGITS] = { "RANGE-DIGITS", FINDINGS_ERROR,
	    "not a number in its radix", "NumberFormatException",
	    "Serial numbers are hexadecimal without 0x (legacy), or decimal "
	    "unless 0x is there (legacy2); request and replica numbers are "
	    "decimal. A digit that does not belong stops the server. "
	    "[CertificateRepository, Repository]" },
	[LINT_RANGE_ORDER] = { "RANGE-ORDER", FINDINGS_WARNING,
	    "a range that ends where it begins, or before", NULL,
	    "The server takes a range with begin >= end for used up. "
	    "[CertificateRepository, ReplicaIDRepository]" },
	[LINT_RANGE_HALF] = { "RANGE-HALF", FINDINGS_ERROR,
	    "half of a next range", "Zero length BigInteger",
	    "Next begin and end come together and go together: with one of "
	    "them the switch to the next range, or a transfer to a clone, "
	    "fails. [UpdateNumberRange, Repository]" },
	[LINT_RANGE_OVERLAP] = { "RANGE-OVERLAP", FINDINGS_ERROR,
	    "current and next range overlap", NULL,
	    "The same numbers would be given twice. [Repository]" },
	[LINT_RANGE_LEFT] = { "RANGE-LEFT", FINDINGS_WARNING,
	    "less is left than a clone is to be given",
	    "Zero length BigInteger",
	    "A clone takes the CloneTransferNumber off the end of the range, "
	    "or of the next one: with neither large enough its installation "
	    "fails. [UpdateNumberRange]" },
	[LINT_RANGE_LOW] = { "RANGE-LOW", FINDINGS_WARNING,
	    "the low-water mark is above the increment", NULL,
	    "A new range is asked for as soon as one was taken. [Repository]" },
	[LINT_RANGE_STEP] = { "RANGE-STEP", FINDINGS_WARNING,
	    "the transfer is larger than the increment", NULL,
	    "Even a fresh range is too small for one clone. "
	    "[UpdateNumberRange]" },
	[LINT_RANGE_MANAGE] = { "RANGE-MANAGE", FINDINGS_WARNING,
	    "a clone does not manage its ranges", NULL,
	    "dbs.enableSerialManagement is true wherever there are clones: "
	    "without it no new range is taken when this one ends. "
	    "[UpdateNumberRange]" },
	[LINT_GENERATOR] = { "GENERATOR", FINDINGS_ERROR,
	    "no such generator", NULL,
	    "The generators are legacy, legacy2 and random. "
	    "[CertificateRepository]" },
	[LINT_CONN_PART] = { "CONN-PART", FINDINGS_ERROR,
	    "the connector is not whole", "EPropertyNotFound",
	    "With any ca.connector.KRA.* key, unless enable is false, the CA "
	    "needs local, uri, and host and port when not local: without one "
	    "of them it does not start. pkispawn itself may leave a lone "
	    "certRevocationCheck. [CAService]" },
	[LINT_CONN_HOSTS] = { "CONN-HOSTS", FINDINGS_ERROR,
	    "the list of hosts cannot be split",
	    "ArrayIndexOutOfBoundsException",
	    "A host with a blank in it is a list: HOST:PORT each, with "
	    "exactly one blank between. An element without a port, or two "
	    "blanks, ends in ArrayIndexOutOfBoundsException. --fix takes "
	    "surplus blanks out. [HttpConnection]" },
	[LINT_CONN_PORT] = { "CONN-PORT", FINDINGS_ERROR,
	    "the connector's port is no number", "NumberFormatException",
	    "ca.connector.KRA.port must be an integer, even where hosts are a "
	    "list and it is not used. [CAService]" },
	[LINT_CONN_NOCERT] = { "CONN-NOCERT", FINDINGS_WARNING,
	    "the connector has no transport certificate", NULL,
	    "Without it no key can be archived. [CAService]" },
	[LINT_CONN_CERT] = { "CONN-CERT", FINDINGS_ERROR,
	    "the transport certificate does not decode", NULL,
	    "transportCert is one line of base64 without PEM's lines. "
	    "Requests with keys to archive fail. [CAService]" },
	[LINT_CONN_EXPIRED] = { "CONN-EXPIRED", FINDINGS_WARNING,
	    "the transport certificate has expired", NULL,
	    "The KRA was given a new one, and the CA was not told; keys are "
	    "encrypted for the old one. cfgkra --transport-cert writes the "
	    "new one. [KRAConnectorProcessor]" },
	[LINT_CONN_CASE] = { "CONN-CASE", FINDINGS_WARNING,
	    "a key of the connector in the wrong case", NULL,
	    "Keys are case-sensitive: nickname is not nickName, and has no "
	    "effect. [ConnectorConfig]" },
	[LINT_CONN_OFF] = { "CONN-OFF", FINDINGS_INFO,
	    "the connector is off", NULL,
	    "enable=false: no key is archived. [CAService]" },
	[LINT_CERT_BAD] = { "CERT-BAD", FINDINGS_WARNING,
	    "a certificate that does not decode", NULL,
	    "The value of SUB.TAG.cert is no certificate in base64. The "
	    "server up to 11.4 takes it from here to show it, and clones are "
	    "told it. [pkispawn; CertUtil]" },
	[LINT_REQ_BAD] = { "REQ-BAD", FINDINGS_WARNING,
	    "a request that does not decode", NULL,
	    "The value of SUB.TAG.certreq is no base64 of DER; it goes to "
	    "clones, and renewals made from it fail. [GetConfigEntries]" },
	[LINT_CERT_EXPIRED] = { "CERT-EXPIRED", FINDINGS_WARNING,
	    "a certificate in the file has expired", NULL,
	    "SUB.TAG.cert has expired: the certificate, or only this copy of "
	    "it, was not renewed. [pki-healthcheck]" },
	[LINT_KEY_ID] = { "KEY-ID", FINDINGS_ERROR,
	    "the key ID is another key's", NULL,
	    "cloning.TAG.privkey.id does not fit the certificate in "
	    "SUB.TAG.cert: the subsystem was re-keyed (the manual, 9.6), and "
	    "no clone finds its key. cfgrekey mends it. "
	    "[CryptoUtil.encodeKeyID]" },
	[LINT_KEY_SPELL] = { "KEY-SPELL", FINDINGS_ERROR,
	    "the key ID is no BigInteger of 20 bytes",
	    "NumberFormatException",
	    "IDs are hexadecimal with a sign and without leading zeros, as "
	    "keyid prints them; the octets of certutil are no such number "
	    "when the top bit is set. [CryptoUtil.decodeKeyID]" },
	[LINT_NICK_TWO] = { "NICK-TWO", FINDINGS_WARNING,
	    "two nicknames of one certificate", NULL,
	    "SUB.cert.TAG.nickname is [TOKEN:]NICKNAME of SUB.TAG.tokenname "
	    "and SUB.TAG.nickname; some parts of the server read one, some "
	    "the other. [pkispawn]" },
	[LINT_NICK_NONE] = { "NICK-NONE", FINDINGS_WARNING,
	    "a certificate without a nickname", NULL,
	    "SUB.cert.list names the tag, but neither SUB.TAG.nickname nor "
	    "SUB.cert.TAG.nickname is there: self tests fail, and no clone "
	    "can be made. [SystemCertsVerification]" },
	[LINT_ALIAS_NICK] = { "ALIAS-NICK", FINDINGS_ERROR,
	    "the nickname is not in the database", NULL,
	    "After a renewal or a re-key the nickname in the file must be the "
	    "database's: the server does not start without its certificate. "
	    "[--alias]" },
	[LINT_ALIAS_CERT] = { "ALIAS-CERT", FINDINGS_ERROR,
	    "another certificate than the database's", NULL,
	    "SUB.TAG.cert is not what the database has under the nickname: "
	    "one of the two was renewed, and the server up to 11.4 may show "
	    "or send the other. [--alias]" },
	[LINT_ALIAS_KEY] = { "ALIAS-KEY", FINDINGS_ERROR,
	    "the database has no key for it", NULL,
	    "The certificate is there without its private key: the server "
	    "cannot sign, decrypt or serve with it. [--alias]" },
	[LINT_ALIAS_EXPIRED] = { "ALIAS-EXPIRED", FINDINGS_WARNING,
	    "the database's certificate has expired", NULL,
	    "The certificate under the nickname is no longer valid: self "
	    "tests fail, and the server may not start. [--alias]" },
};

const struct lintcode *
lintcode_find(const char *name)
{
	for (size_t i = 0; i < LINT_CODES; i++)
		if (strcasecmp(lintcodes[i].name, name) == 0)
			return &lintcodes[i];
	return NULL;
}

/* So short a piece would be found in messages that it is no part of. */
#define LEAST_PIECE 8

static bool
speaks_of(const char *text, const char *message)
{
	return strcasestr(text, message) != NULL ||
	    (strlen(text) >= LEAST_PIECE &&
		strcasestr(message, text) != NULL);
}

const struct lintcode *
lintcode_explains(const struct lintcode *last, const char *text)
{
	size_t next = last != NULL ? (size_t)(last - lintcodes) + 1 : 0;

	for (; next < LINT_CODES; next++)
		if (lintcodes[next].message != NULL &&
		    speaks_of(text, lintcodes[next].message))
			return &lintcodes[next];
	return NULL;
}
