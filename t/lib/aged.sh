# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# aged.sh - certificates of another time; read it after tap.sh
#
#	aged KEY NAME FROM TO	on standard output, self-signed with KEY:
#				CN=NAME, valid from 1 January FROM to 1 January
#				TO (openssl req takes only days from now on)

aged () {
	printf '%s\n' '[ca]' default_ca=d '[d]' database=aged.index \
	    new_certs_dir=. serial=aged.serial default_md=sha256 policy=p \
	    '[p]' commonName=supplied >aged.cnf
	: >aged.index
	echo 01 >aged.serial
	openssl req -new -key "$1" -subj "/CN=$2" -out aged.csr
	openssl ca -batch -config aged.cnf -selfsign -keyfile "$1" \
	    -in aged.csr -startdate "${3}0101000000Z" \
	    -enddate "${4}0101000000Z" -notext 2>aged.log
}
