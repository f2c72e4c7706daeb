#!/bin/sh
# SPDX-License-Identifier: MIT
# t/lib/agent-page behaves as a live pair of CAs did
. "${0%/*}/tap.sh"
. "$tap_top/t/lib/sandbox.sh"
. "$tap_top/t/lib/crl.sh"
. "$tap_top/t/lib/slapd.sh"
. "$tap_top/t/lib/promotion.sh"
it 'x' <<-\EOX
	promotion_ldif >records <<-\END
	16 REVOKED 20261106 reason=1
	17 VALID -
	18 VALID -
	END
	directory ds records
	promotion $(cat ds.url) $(cat ds.url)
	cfgrole ca1/pki-tomcat ca2/pki-tomcat
	cfgrole --server ca1/pki-tomcat
	up ca1; up ca2
	cfgrole --server ca1/pki-tomcat
	revoke ca1 17
	ask_crl ca1 xml=true waitForUpdate=true clearCRLCache=true
	crl_of $(cat ds.url) >crl
	crlls crl
	crlls --numbers ca1/pki-tomcat
	crlls --against ca1/pki-tomcat
	revoke ca2 0x12
	heard ca1 18 REVOKED
	cat ca1/pki-tomcat/logs/console
	false
EOX
tap_done
