#!/bin/sh
# SPDX-License-Identifier: MIT
# A directory that answers, by domainls: how it is reached, as whom, and where
# a CS.cfg says that it is.
# What bodies use looks unused: they are here-documents.
# shellcheck disable=SC2034,SC2119,SC2154,SC2317
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "${0%/*}/tap.sh"
# shellcheck source=lib/sandbox.sh
. "$tap_top/t/lib/sandbox.sh"
# shellcheck source=lib/slapd.sh
. "$tap_top/t/lib/slapd.sh"

tls_material
cp good.pem ds.pem
cp good.key ds.key
{ domain_ldif o=ca
  printf '%s\n' 'dn: cn=reader,o=ca' 'objectClass: person' 'cn: reader' \
      'sn: r' 'userPassword: Reader.1'; } >domain.ldif
directory ds domain.ldif 'authz-regexp "gidNumber=.*,cn=peercred.*" "cn=reader,o=ca"
authz-regexp "^cn=reader$" "cn=reader,o=ca"' \
    'access to * by dn.exact="cn=reader,o=ca" read by anonymous auth' || exit 1
url=$(cat ds.url) ldaps=$(cat ds.ldaps) ldapi=$(cat ds.ldapi)
echo Reader.1 >reader
as_reader='-D cn=reader,o=ca -y reader'

# hosts ARG...: domainls tells all of them, and nothing else
hosts () {
	gives 0 domainls "$@"
	same hosts out
	no_words
}

# Nothing on stderr but the trace.
no_words () {
	grep -v '^+' err >words || :
	same /dev/null words
}

# no OPTION...: in one line with the text ./said, and nothing else
no () {
	gives 2 domainls "$@"
	same /dev/null out
	grep -v '^+' err >words
	test "$(wc -l <words)" -eq 1
	grep -qF -f said words
}

it 'takes the base from the URL, or from --base' <<-\EOF
	hosts $as_reader "$url/o=ca"
	hosts $as_reader "$url/ou=Security%20Domain,o=ca"
	hosts $as_reader --base o=ca "$url"
	hosts $as_reader -b o=ca "$url/o=other"
	hosts $as_reader -b o=ca "$url/"
	echo ': where to search is not said' >said
	no $as_reader "$url"
EOF

it 'binds with a password from a file, a descriptor, or password.conf' <<-\EOF
	printf Reader.1 >plain
	printf 'internal=x\ninternaldb = Reader.1\nreplicationdb=y\n' >conf
	for file in plain conf
	do
		hosts -D cn=reader,o=ca -y $file "$url/o=ca"
		hosts --bind-dn=cn=reader,o=ca --password-file=$file "$url/o=ca"
	done
	exits 0 domainls -D cn=reader,o=ca -y - "$url/o=ca" <reader >got
	same hosts got
	exits 0 domainls -D cn=reader,o=ca -y /dev/fd/5 "$url/o=ca" 5<reader >got
	same hosts got
	echo ": cannot bind as 'cn=reader,o=ca': 'Invalid credentials'" >said
	no -D cn=reader,o=ca -y dm "$url/o=ca"
	: >empty
	echo "the password of 'cn=reader,o=ca' is empty" >said
	no -D cn=reader,o=ca -y empty "$url/o=ca"
EOF

it 'shows nothing where nobody may see anything' <<-\EOF
	echo "'Insufficient access'" >said
	no "$url/o=ca"
EOF

it 'uses TLS, as ldaps and by StartTLS' <<-\EOF
	hosts $as_reader --ca-file ca.pem "$ldaps/o=ca"
	hosts $as_reader --ca-file ca.pem -Z "$url/o=ca"
	hosts $as_reader --ca-file ca.pem -ZZ "$url/o=ca"
	hosts $as_reader --ca-file ca.pem --starttls "$url/o=ca"
	echo ': StartTLS is for ldap:// alone' >said
	no $as_reader --ca-file ca.pem -Z "$ldaps/o=ca"
EOF

it 'binds by EXTERNAL: a certificate, or the user of the socket' <<-\EOF
	# With GnuTLS, libldap never frees a certificate of ours.
	if plain_build domainls
	then
		hosts -Y EXTERNAL --ca-file ca.pem --cert-file client.pem \
		    --key-file client.key "$ldaps/o=ca"
		hosts -Z -Y external --ca-file ca.pem \
		    --cert-file client.pem --key-file client.key "$url/o=ca"
	fi
	hosts -Y EXTERNAL "$ldapi/o=ca"
	hosts $as_reader "$ldapi/o=ca"
	echo ": cannot bind by EXTERNAL: " >said
	no -Y EXTERNAL "$url/o=ca"
	no -Y EXTERNAL --ca-file ca.pem "$ldaps/o=ca"
EOF

it 'binds by GSSAPI, which says what is missing' <<-\EOF
	echo ": cannot bind by GSSAPI: '" >said
	KRB5CCNAME=FILE:$PWD/none
	export KRB5CCNAME
	no -Y GSSAPI "$url/o=ca"
EOF

it 'reads no ldaprc and no variable that would trust anyone' <<-\EOF
	for file in "$HOME/.ldaprc" "$HOME/ldaprc" ldaprc ldap.conf
	do
		printf 'TLS_REQCERT never\nURI ldap://nowhere.invalid\n' >"$file"
	done
	LDAPTLS_REQCERT=never LDAPTLS_CACERT=$PWD/ca.pem
	LDAPCONF=$PWD/ldap.conf LDAPRC=ldaprc LDAPURI=ldap://nowhere.invalid
	export LDAPTLS_REQCERT LDAPTLS_CACERT LDAPCONF LDAPRC LDAPURI
	ldapsearch -LLL -x -ZZ -H "$url" -D cn=reader,o=ca -y plain -b o=ca \
	    -s base dn >got
	grep -q o=ca got
	echo ': cannot connect: ' >said
	no $as_reader -Z "$url/o=ca"
	no $as_reader --ca-file wrong-ca.pem "$ldaps/o=ca"
	hosts $as_reader --ca-file ca.pem "$ldaps/o=ca"
EOF

it 'refuses options that do not go together' <<-\EOF
	while read -r text options
	do
		echo "$text" | tr _ ' ' >said
		no $options "$url/o=ca"
	done <<-\END
	--timeout:_not_a_positive_number --timeout 0
	--mechanism:_neither_EXTERNAL_nor_GSSAPI:_'PLAIN' -Y PLAIN
	two_ways_to_bind -D cn=x -Y EXTERNAL
	--password-file_needs_--bind-dn -y reader
	--cert-file_and_--key-file_need_each_other --cert-file client.pem
	cannot_open_'none.pem' --ca-file none.pem
	cannot_open_'none' -D cn=x -y none
	END
	echo 'a URL with a user in it is not taken' >said
	no ldap://cn=x:Reader.1@127.0.0.1/o=ca
	exits 1 grep -F Reader.1 words
	echo 'only scheme, host, port and base can be given' >said
	no "$url/o=ca?cn?sub"
	no "$url/o=ca????bindname=cn=x"
EOF

# instance DIR: as pkispawn lays it out
instance () {
	mkdir -p "$1/conf/ca"
	printf '%s\n' '# of a test' "internaldb.basedn=o=ca" \
	    internaldb.ldapauth.authtype=BasicAuth \
	    internaldb.ldapauth.bindDN=cn=reader,o=ca \
	    internaldb.ldapauth.bindPWPrompt=internaldb \
	    internaldb.ldapconn.host=127.0.0.1 \
	    "internaldb.ldapconn.port=$(cat ds.port)" \
	    internaldb.ldapconn.secureConn=false >"$1/conf/ca/CS.cfg"
	echo internaldb=Reader.1 >"$1/conf/password.conf"
}

it 'finds all that it needs in an instance, or in a CS.cfg' <<-\EOF
	instance pki
	hosts pki
	hosts pki/conf/ca/CS.cfg
	cp pki/conf/ca/CS.cfg pki/conf/password.conf .
	hosts CS.cfg
	hosts -D cn=reader,o=ca -y reader CS.cfg
	hosts -Z --ca-file ca.pem CS.cfg
	sed "s/secureConn=false/secureConn=true/
	    s/port=.*/port=$(sed 's/.*://' ds.ldaps)/" CS.cfg >secure.cfg
	hosts --ca-file ca.pem secure.cfg
	if plain_build domainls
	then
		hosts -Y EXTERNAL --ca-file ca.pem --cert-file client.pem \
		    --key-file client.key secure.cfg
	fi
	sed 's/basedn=.*/basedn=o=other/' CS.cfg >base.cfg
	hosts --base o=ca base.cfg
	echo "'No such object'" >said
	no base.cfg
EOF

it 'says what a CS.cfg lacks' <<-\EOF
	while IFS='|' read -r edit text
	do
		sed "$edit" pki/conf/ca/CS.cfg >one.cfg
		echo "$text" >said
		no one.cfg
	done <<-\END
	/host=/d|one.cfg: no value of 'internaldb.ldapconn.host'
	/port=/d|one.cfg: no value of 'internaldb.ldapconn.port'
	/basedn=/d|one.cfg: no value of 'internaldb.basedn'
	/bindDN=/d|one.cfg: no value of 'internaldb.ldapauth.bindDN'
	s/BasicAuth/SslClientAuth/|one.cfg: the server binds by 'SslClientAuth': use
	s/127.0.0.1/ds1:389 ds2:389/|does not name one server: 'ds1:389 ds2:389': give
	s/Prompt=.*/Prompt=other/|password.conf: no line 'other='
	END
	mkdir -p far/away/from/any
	cp CS.cfg far/away/from/any
	echo 'any/CS.cfg: no password.conf of it is here: use --bind-dn' >said
	no far/away/from/any/CS.cfg
	echo internaldb= >far/away/from/any/password.conf
	echo 'any/password.conf: the password of the directory is empty' >said
	no far/away/from/any/CS.cfg
	echo "'alias' is a directory without a CS.cfg" >said
	mkdir alias
	exits 2 domainls alias
EOF

it 'gets thousands of entries, in pages or without' <<-\EOF
	slapd_stop ds
	awk 'BEGIN { for (i = 1; i <= 2500; i++)
		printf "dn: cn=h%d:1,cn=CAList,ou=Security Domain,o=ca\n" \
		    "objectClass: pkiSubsystem\ncn: h%d:1\nHost: h%d\n" \
		    "SecurePort: 1\nSubsystemName: CA\nClone: TRUE\n\n", i, i, i
	    }' >many.ldif
	"$slapd_bin" -T add -q -f ds.conf -l many.ldif
	for limit in size=unlimited \
	    'size.soft=500 size.hard=500 size.prtotal=unlimited' \
	    'size=unlimited size.prtotal=disabled'
	do
		grep -v ^limits ds.conf >conf
		{ cat conf
		  echo "limits dn.exact=\"cn=reader,o=ca\" $limit"; } >ds.conf
		slapd_again ds
		gives 0 domainls $as_reader --columns host "$url/o=ca"
		no_words
		test "$(sort -u out | wc -l)" -eq 2503
		slapd_stop ds
	done
EOF

tap_done
