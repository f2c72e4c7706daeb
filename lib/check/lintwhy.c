/* SPDX-License-Identifier: MIT */
#include "check/lintwhy.h"

const char *const lintwhy[LINT_CODES] = {
	[LINT_READ_INDENT] =
	    "The server takes a line for a comment only where '#' or '!' is "
	    "its very first byte; after a blank it reads a key '#', which it "
	    "writes back. pki-server skips the line. Take the blanks away. "
	    "[SimpleProperties.load; load_properties]",
	[LINT_READ_BANG] =
	    "At the first column '!' starts a comment as '#' does, but only "
	    "to the server: pki-server reads a key, and writes it back as "
	    "one. Use '#'. [SimpleProperties.load; load_properties]",
	[LINT_READ_BLANK] =
	    "A line of blanks alone, or one that starts with its '=', is the "
	    "key \"\" to the server, which writes it back as '='. Delete the "
	    "line. [SimpleProperties.load]",
	[LINT_READ_COLON] =
	    "The server ends a key at '=', ':' or a blank; pki-server at '=' "
	    "alone, so that each of them sees another key and another value. "
	    "Comment keys such as signedAudit:_000 are known for it and do "
	    "no harm. [SimpleProperties.load; load_properties]",
	[LINT_READ_SPLIT] =
	    "The server ends a key at its first blank and takes all behind "
	    "it for the value; pki-server goes on to the '='. Write "
	    "key=value. [SimpleProperties.load; load_properties]",
	[LINT_READ_NODELIM] =
	    "pki-server and pkispawn stop with \"Missing delimiter in FILE "
	    "line N\" at a line that is no comment and has no '='. The "
	    "server reads it as a key. Delete the line, or write '=' behind "
	    "the key. [load_properties]",
	[LINT_READ_SLASH] =
	    "An even number of backslashes at the end of a line are "
	    "themselves to the server, but pki-server takes one away and "
	    "joins the next line, whose key it loses. "
	    "[SimpleProperties.load; load_properties]",
	[LINT_READ_JOIN] =
	    "Both readers join a line that ends in one backslash with the "
	    "next one, and both write it back as one line. "
	    "[SimpleProperties.load; load_properties]",
	[LINT_READ_JOIN_INDENT] =
	    "The server drops the blanks that a continuation starts with, "
	    "pki-server keeps them: the two read different values. "
	    "[SimpleProperties.load; load_properties]",
	[LINT_READ_JOIN_KEY] =
	    "A backslash ends a line before its '=': the server joins key "
	    "and value, pki-server finds no '=' in the line and stops. "
	    "[load_properties]",
	[LINT_READ_TRAIL] =
	    "The server keeps them, and its getString() trims them; "
	    "pki-server strips them. In a value that is true, false or a "
	    "number they stop the server: see BOOL-BLANK and INT-BLANK. "
	    "[ConfigStore.getString]",
	[LINT_READ_BREAK] =
	    "VT, FF, FS, GS, RS, NEL, U+2028 and U+2029 end a line for "
	    "pki-server (str.splitlines()), but are a part of the value for "
	    "the server. What follows is mostly without '=', and pki-server "
	    "stops. [load_properties]",
	[LINT_READ_NBSP] =
	    "pki-server strips every Unicode blank, such as the no-break "
	    "space that a page or a mail has; the server keeps all but its "
	    "own five. [load_properties]",
	[LINT_READ_UTF8] =
	    "pki-server stops with UnicodeDecodeError at the first byte that "
	    "is no UTF-8; the server silently reads U+FFFD instead, and "
	    "writes that back. [load_properties; FileConfigStorage]",
	[LINT_READ_BOM] =
	    "Neither reader knows the mark: the first key of the file is "
	    "another one than it seems, and its setting is lost. Save the "
	    "file without the mark. [SimpleProperties.load]",
	[LINT_READ_CR] =
	    "Both readers take CR and CRLF for line ends; both write LF. "
	    "grep and other tools see the CR as part of the value. "
	    "[SimpleProperties.load; load_properties]",
	[LINT_READ_ESC] =
	    "The server keeps the backslash in the key and goes past the "
	    "separator behind it; pki-server ends the key at that '='. "
	    "[SimpleProperties.load]",
	[LINT_READ_CTRL] =
	    "It is in the value as it stands, and reaches whatever reads "
	    "that; mostly it was pasted. [SimpleProperties.load]",
	[LINT_SPACED] =
	    "Both readers skip them; grep '^key=' and cut -d= do not find "
	    "the line. The server writes it back without them. "
	    "[SimpleProperties.load]",
	[LINT_COMMENTS] =
	    "Server and pki-server rewrite the file without its comments and "
	    "empty lines, sorted. What is to stay goes into keys such as "
	    "prefix._000. [ConfigStore.store]",
	[LINT_DUP_KEY] =
	    "Both readers go by the last line. The first, which may be the "
	    "one that people see, has no effect. Delete the lines that are "
	    "not meant. [SimpleProperties.load]",
	[LINT_DUP_SAME] =
	    "The last one counts; nothing is lost, until somebody changes "
	    "the first. [SimpleProperties.load]",
	[LINT_JOINED] =
	    "The manual's samples (9.3) have two or more settings on one "
	    "line. Read as it stands, ca.connector.KRA.enable is \"true "
	    "ca.connector.KRA.host=...\", which is no boolean, and the CA "
	    "does not start. Put each assignment on a line of its own. "
	    "[ConfigStore.getBoolean]",
	[LINT_BOOL_BLANK] =
	    "getBoolean() does not trim: 'true ' is an error, and mostly the "
	    "subsystem does not start. pki-server shows the value without "
	    "the blank, and rewriting the file with it mends it. --fix takes "
	    "the blank away. [ConfigStore.getBoolean]",
	[LINT_BOOL_VALUE] =
	    "Only true and false, in any case, are booleans; yes, on and 1 "
	    "are errors, and mostly the subsystem does not start. "
	    "[ConfigStore.getBoolean]",
	[LINT_INT_BLANK] =
	    "getInteger() and getBigInteger() do not trim: '600 ' is an "
	    "error, and mostly the subsystem does not start. Ranges are read "
	    "so by the generator legacy2; those of legacy, by getString(), "
	    "which trims, are READ-TRAIL. --fix takes the blank away. "
	    "[ConfigStore.getInteger]",
	[LINT_INT_VALUE] =
	    "Integer.parseInt() takes a sign and decimal digits, up to "
	    "2147483647; all else is an error, and mostly the subsystem does "
	    "not start. [ConfigStore.getInteger]",
	[LINT_KEY_CASE] =
	    "Keys are case-sensitive in both readers: this one has no "
	    "effect, and the default holds where the right one is not there, "
	    "too. [SimpleProperties.load]",
	[LINT_REF_KEY] =
	    "A key that is the name of a sub-store makes all keys under it "
	    "be looked up under the value instead: a stray 'ca.crl=X' turns "
	    "ca.crl.MasterCRL.enable into X.MasterCRL.enable. Delete the "
	    "line. [SimpleProperties, ConfigStore.getSubStore]",
	[LINT_REF_LDAP] =
	    "dbs.ldap=internaldb lets dbs.ldap.host mean internaldb.host, "
	    "and so on; the shipped files have some of these. "
	    "[ConfigStore.getSubStore]",
	[LINT_PREOP] =
	    "preop.* keys are deleted at the end of an installation: this "
	    "one did not end, or was mended by hand. Compare with a file of "
	    "a subsystem of the same kind. [pkispawn]",
	[LINT_NOT_WRITABLE] =
	    "The server runs as the owner of the directory, and the file "
	    "belongs to another user, as after a restore by cp as root. The "
	    "server starts, and cannot save what it changes: the next range "
	    "of numbers, a new certificate, the CRL's settings. Give the file "
	    "back: chown -h USER:GROUP CS.cfg. [FileConfigStorage.commit]",
	[LINT_CS_STATE] =
	    "cs.state is 0 until the end of an installation, then 1. Old "
	    "servers show their installation wizard while it is 0. [pkispawn]",
	[LINT_MACHINE] =
	    "It is the host in the ranges that the server takes from the "
	    "directory, and what a clone is told instead of \"localhost\" in "
	    "the master's settings: no clone can reach it. [GetConfigEntries]",
	[LINT_DS_LIST] =
	    "The server passes the list to its LDAP library, which tries "
	    "them in turn; pki-server makes ldap://HOST:PORT of it and "
	    "fails. [LdapConnInfo; pki.server.subsystem]",
	[LINT_DS_AUTH] =
	    "internaldb.ldapauth.authtype is BasicAuth or SslClientAuth; the "
	    "latter goes with clientCertNickname. Write one of the two, and "
	    "the nickname of the certificate to log in with. [ldapconn]",
	[LINT_PROXY_PORT] =
	    "proxy.securePort and proxy.unsecurePort, where not empty, stand "
	    "for the ports of server.xml: the secure one is written into "
	    "ranges and the security domain. Write the ports of the proxy "
	    "(HTTPS, HTTP), or nothing. [CMSEngine, ServerConfig]",
	[LINT_PASSWORD] =
	    "Everybody who may read the file has it, and every copy and "
	    "backup of it. Passwords belong into password.conf or a key "
	    "store. [passwordFile]",
	[LINT_KEYSET] =
	    "The default key sets of TKS and TPS are shipped so; a site's "
	    "own belong on a token. [TKS]",
	[LINT_UNREAD_KEY] =
	    "The manual (9.4.1, 9.5.2) names "
	    "OCSP.Responder.store.defStore.refreshInSec; the server reads "
	    "ocsp.store.defStore.refreshInSec, and has never read the other. "
	    "--fix deletes it. [DefStore]",
	[LINT_PRUNE_RSN] =
	    "The pruning job throws a RuntimeException unless both "
	    "dbs.cert.id.generator and dbs.request.id.generator are random. "
	    "[PruningJob]",
	[LINT_CRL_NPE] =
	    "Making a CRL from the database calls "
	    "certStatusUpdateTask.processRevokedCerts, and that task only "
	    "exists when ca.certStatusUpdateInterval is not 0: the CA dies "
	    "of a NullPointerException each time. A CRL master has 600, or "
	    "no such line; a clone has enableCRLUpdates=false. [CAEngine, "
	    "CRLIssuingPoint]",
	[LINT_CRL_LISTEN] =
	    "With ca.certStatusUpdateInterval=0 the server does not listen, "
	    "whatever ca.listenToCloneModifications says: certificates "
	    "revoked on clones stay out of the CRL. On a CRL master, "
	    "updateCRL with clearCRLCache=true, which would find them, ends "
	    "with a NullPointerException and blocks later updates until a "
	    "restart. A CRL master has 600; a clone does not listen. "
	    "[CAEngine.startCertStatusUpdate; crl 8]",
	[LINT_CRL_INTERVAL] =
	    "The scheduler rejects a negative delay. 0 turns the task off, "
	    "600 is the default. [CAEngine]",
	[LINT_CRL_CLASS] =
	    "Each first component of ca.crl.POINT.* is an issuing point, and "
	    "needs a class: without one the CA does not start, and "
	    "pki-server does not show the point. Mostly a copy of ca.crl.* "
	    "was not whole. [CRLIssuingPointConfig; CAEngine]",
	[LINT_CRL_DESC] =
	    "Each first component of ca.crl.POINT.* is an issuing point, and "
	    "needs a description: without one the CA does not start. "
	    "[CRLIssuingPointConfig]",
	[LINT_CRL_CACHE] =
	    "With enableCRLCache=true and cacheUpdateInterval above 0 the "
	    "updater runs, and writes the cache to the entry that all "
	    "replicas share, even with enableCRLUpdates=false. Both are "
	    "false on clones. [CRLIssuingPoint, CRLAutoUpdateTask]",
	[LINT_CRL_MIXED] =
	    "With master.ca.agent.host and port both set the CA shows the "
	    "CRLs of the directory and posts updates to that host, as a "
	    "clone does, while it makes CRLs itself. On a CRL master remove "
	    "both keys. ipa-crlgen-manage leaves them. [GetInfo, DisplayCRL, "
	    "UpdateDir]",
	[LINT_CRL_SPLIT] =
	    "On a CRL master all enabled points make CRLs, on a clone none "
	    "does. Points that are to stay off have enable=false. "
	    "[CRLIssuingPointConfig]",
	[LINT_ROLE_MIXED] =
	    "Nothing here makes CRLs, as on a clone, yet "
	    "ca.certStatusUpdateInterval is not 0, as on a master: a change "
	    "of roles that stopped halfway. On a clone it is 0, lest two "
	    "hosts change the states of the same certificates. cfgrole --to "
	    "makes it whole. [CAEngine]",
	[LINT_CRL_DEAF] =
	    "ca.listenToCloneModifications is false where it is absent, and "
	    "pkispawn never writes it. A certificate revoked on a clone then "
	    "stays out of every later CRL, through restarts and scheduled "
	    "updates, until one is made with clearCRLCache=true. The manual "
	    "(9.2) sets the key to true. Reported where "
	    "dbs.enableSerialManagement shows that there are clones; "
	    "crlls --against lists what is missing. [CAEngine; crl 4]",
	[LINT_CRL_ALG] =
	    "A ca.crl family that was copied from a CA with another kind of "
	    "key names an algorithm that this one's key cannot do: no CRL is "
	    "signed. Set signingAlgorithm to one of "
	    "ca.signing.defaultSigningAlgorithm's kind, or delete it. "
	    "[CRLIssuingPoint]",
	[LINT_CRL_PUBLISH] =
	    "ca.publish.enable is false, or absent, which is the same. The "
	    "settings of a former master are not carried over when a clone "
	    "takes its place (the manual, 9.5.1, does not say so): cfgmerge "
	    "-p ca.publish does. [CAEngine]",
	[LINT_AGENT_HALF] =
	    "Only with both of master.ca.agent.host and master.ca.agent.port "
	    "does the server count as a clone; one of them has no effect, "
	    "which may or may not be meant. --fix deletes it. [UpdateDir, "
	    "GetInfo, DisplayCRL]",
	[LINT_AGENT_NONE] =
	    "pkispawn writes \"None\" when pki_clone_uri has no port; the "
	    "form then posts to https://HOST:None. Write the number. "
	    "[pkispawn, finalize_ca]",
	[LINT_AGENT_PORT] =
	    "master.ca.agent.port becomes part of a URL as it stands. "
	    "[toUpdateCRL.template]",
	[LINT_AGENT_SELF] =
	    "With its own name there it takes itself for a clone. To be the "
	    "master it has neither of the two keys; the manual's \"disable\" "
	    "(9.5.1) shows them still set. [GetInfo, DisplayCRL, UpdateDir]",
	[LINT_SERIAL_OFF] =
	    "ca.serialNumberUpdateInterval of 0 or less turns off the task "
	    "that takes the next range, which every replica needs, master or "
	    "clone. [CAEngine]",
	[LINT_OCSP_CLASS] =
	    "Setting up stores ends at the first one whose class is missing, "
	    "with only a warning in the log. [OCSPAuthority]",
	[LINT_OCSP_STORE] =
	    "ocsp.storeId names the store to be used, and no ocsp.store.ID.* "
	    "is in the file. [OCSPAuthority]",
	[LINT_RANGE_PREFIX] =
	    "With the legacy generator serial numbers are hexadecimal "
	    "without a prefix: BigInteger(\"0x1\", 16) is a "
	    "NumberFormatException, and the server does not start. 0x "
	    "belongs to legacy2. [CertificateRepository]",
	[LINT_RANGE_DIGITS] =
	    "Serial numbers are hexadecimal without 0x (legacy), or decimal "
	    "unless 0x is there (legacy2); request and replica numbers are "
	    "decimal. A digit that does not belong stops the server. "
	    "[CertificateRepository, Repository]",
	[LINT_RANGE_BARE] =
	    "legacy2 reads a number as hexadecimal only after 0x, and as "
	    "decimal otherwise; pkispawn and the server write 0x in all "
	    "serial numbers. Put it before this one, if that is what was "
	    "meant. "
	    "[CertificateRepository; DatabaseConfig.getBigInteger]",
	[LINT_RANGE_ORDER] =
	    "The server takes a range with begin >= end for used up. "
	    "[CertificateRepository, ReplicaIDRepository]",
	[LINT_RANGE_HALF] =
	    "Next begin and end come together and go together: with one of "
	    "them the switch to the next range, or a transfer to a clone, "
	    "fails. [UpdateNumberRange, Repository]",
	[LINT_RANGE_OVERLAP] =
	    "The same numbers would be given twice. [Repository]",
	[LINT_RANGE_LEFT] =
	    "A clone takes the CloneTransferNumber off the end of the range, "
	    "or of the next one: with neither large enough its installation "
	    "fails. [UpdateNumberRange]",
	[LINT_RANGE_REPLICA] =
	    "A fresh clone has three replica IDs; its server takes more by "
	    "itself when it manages its ranges. Until then a clone of this "
	    "one cannot be made: wait for dbs.nextBeginReplicaNumber, then "
	    "go on. [UpdateNumberRange]",
	[LINT_RANGE_LOW] =
	    "A new range is asked for as soon as one was taken. [Repository]",
	[LINT_RANGE_STEP] = "Even a fresh range is too small for one clone. "
			    "[UpdateNumberRange]",
	[LINT_RANGE_MANAGE] =
	    "dbs.enableSerialManagement is true wherever there are clones: "
	    "without it no new range is taken when this one ends. "
	    "[UpdateNumberRange]",
	[LINT_RANGE_NAME] =
	    "Ranges are read from dbs.* alone. The manual shows begin and "
	    "end without it, and by the names they have in the directory "
	    "(beginRange, nextRange): in CS.cfg such a key does nothing. Set "
	    "dbs.beginSerialNumber and its like, and delete this one. "
	    "[DatabaseConfig]",
	[LINT_GENERATOR] = "The generators are legacy, legacy2 and random. "
			   "[CertificateRepository]",
	[LINT_CONN_PART] =
	    "With any ca.connector.KRA.* key, unless enable is false, the CA "
	    "needs local, uri, and host and port when not local: without one "
	    "of them it does not start. pkispawn itself may leave a lone "
	    "certRevocationCheck. [CAService]",
	[LINT_CONN_HOSTS] =
	    "A host with a blank in it is a list: HOST:PORT each, with "
	    "exactly one blank between. An element without a port, or two "
	    "blanks, ends in ArrayIndexOutOfBoundsException. --fix takes "
	    "surplus blanks out. [HttpConnection]",
	[LINT_CONN_PORT] =
	    "ca.connector.KRA.port must be an integer, even where hosts are "
	    "a list and it is not used. [CAService]",
	[LINT_CONN_NOCERT] = "Without it no key can be archived. [CAService]",
	[LINT_CONN_CERT] =
	    "transportCert is one line of base64 without PEM's lines. "
	    "Requests with keys to archive fail. [CAService]",
	[LINT_CONN_EXPIRED] =
	    "The KRA was given a new one, and the CA was not told; keys are "
	    "encrypted for the old one. cfgkra --transport-cert writes the "
	    "new one. [KRAConnectorProcessor]",
	[LINT_CONN_CASE] =
	    "Keys are case-sensitive: nickname is not nickName, and has no "
	    "effect. [ConnectorConfig]",
	[LINT_CONN_NICK] =
	    "nickName names a certificate in the database of this very CA, "
	    "mostly its subsystem certificate; that of another CA, copied "
	    "with its connector, is not there, and the KRA cannot be "
	    "reached. [ConnectorConfig]",
	[LINT_CONN_OFF] = "enable=false: no key is archived. [CAService]",
	[LINT_CONN_CLA] =
	    "ca.connector.CLA sends a clone's revocations to its master; it "
	    "is of old versions, and clones now listen to the directory "
	    "that they share (ca.listenToCloneModifications). Delete "
	    "ca.connector.CLA.*, which otherwise goes on naming the old "
	    "master when roles change. [CAService]",
	[LINT_CERT_BAD] =
	    "The value of SUB.TAG.cert is no certificate in base64. The "
	    "server up to 11.4 takes it from here to show it, and clones are "
	    "told it. [pkispawn; CertUtil]",
	[LINT_REQ_BAD] =
	    "The value of SUB.TAG.certreq is no base64 of DER; it goes to "
	    "clones, and renewals made from it fail. [GetConfigEntries]",
	[LINT_CERT_EXPIRED] =
	    "SUB.TAG.cert has expired: the certificate, or only this copy of "
	    "it, was not renewed. [pki-healthcheck]",
	[LINT_CERT_EARLY] =
	    "A subsystem's certificate, or the transport certificate of the "
	    "connector, begins to be valid later than now: a clock is wrong, "
	    "or it was put into the file too early. [pki-healthcheck]",
	[LINT_KEY_ID] =
	    "cloning.TAG.privkey.id does not fit the certificate in "
	    "SUB.TAG.cert: the subsystem was re-keyed (the manual, 9.6), and "
	    "no clone finds its key. cfgrekey mends it. "
	    "[CryptoUtil.encodeKeyID]",
	[LINT_KEY_SPELL] =
	    "IDs are hexadecimal with a sign and without leading zeros, as "
	    "keyid prints them; the octets of certutil are no such number "
	    "when the top bit is set. [CryptoUtil.decodeKeyID]",
	[LINT_KEY_STALE] =
	    "Up to 10.8 cloning.TAG has pubkey.modulus, pubkey.exponent, "
	    "pubkey.encoded and keytype beside privkey.id, and a clone is "
	    "told all of them. The manual's 9.6 has only the ID edited after "
	    "a re-key: these still are of the old key. Delete them, or write "
	    "the new key's. [ConfigurationUtils]",
	[LINT_NICK_TWO] =
	    "SUB.cert.TAG.nickname is [TOKEN:]NICKNAME of SUB.TAG.tokenname "
	    "and SUB.TAG.nickname; some parts of the server read one, some "
	    "the other. [pkispawn]",
	[LINT_NICK_UNIT] =
	    "The keys are found by the unit's own nickname "
	    "(SUB.signing.certnickname, kra.storageUnit.nickName, the audit "
	    "log's); SUB.TAG.nickname is what pki-server goes by. After a "
	    "renewal under a new nickname both have to follow. "
	    "[CASigningUnit]",
	[LINT_NICK_NONE] =
	    "SUB.cert.list names the tag, but neither SUB.TAG.nickname nor "
	    "SUB.cert.TAG.nickname is there: self tests fail, and no clone "
	    "can be made. [SystemCertsVerification]",
	[LINT_ALIAS_NICK] =
	    "After a renewal or a re-key the nickname in the file must be "
	    "the database's: the server does not start without its "
	    "certificate. [--alias]",
	[LINT_ALIAS_CERT] =
	    "SUB.TAG.cert is not what the database has under the nickname: "
	    "one of the two was renewed, and the server up to 11.4 may show "
	    "or send the other. [--alias]",
	[LINT_ALIAS_KEY] =
	    "The certificate is there without its private key: the server "
	    "cannot sign, decrypt or serve with it. [--alias]",
	[LINT_ALIAS_EXPIRED] =
	    "The certificate under the nickname is no longer valid: self "
	    "tests fail, and the server may not start. [--alias]",
};
