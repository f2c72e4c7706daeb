# SPDX-License-Identifier: MIT
# Which sources cannot be built without the libraries in missing?
#
#	awk -f left-out.awk missing='libcrypto sqlite3' src/*.c lib/*/*.[ch]
#
# A source that includes a header of such a library, unless within
# "#ifdef WITH_...", and whatever includes the header of one that does.  For
# each, FILE:LIBRARY,... is printed.

BEGIN {
	header["libcrypto"] = "openssl/"
	header["sqlite3"] = "sqlite3.h"
	header["libxml-2.0"] = "libxml/"
	header["ldap"] = "ldap.h"
}

FNR == 1 { files[++count] = FILENAME; within = 0 }

/^#if/ { within += within || /WITH_/ }
/^#endif/ { within -= within > 0 }

/^#include </ && !within {
	libraries = split(missing, gone, " ")
	for (i = 1; i <= libraries; i++)
		if (index($2, "<" header[gone[i]]) == 1)
			needs[FILENAME, gone[i]] = 1
}

/^#include "/ && !within {
	gsub(/"/, "", $2)
	uses[FILENAME] = uses[FILENAME] " lib/" $2
}

# A module is its .c and .h: either one takes the other along.
function twin(file) {
	return substr(file, 1, length(file) - 1) (file ~ /h$/ ? "c" : "h")
}

# Does the file need it through one that it includes?
function inherits(file, library,    n, i, used) {
	n = split(uses[file] " " twin(file), used, " ")
	for (i = 1; i <= n; i++)
		if ((used[i], library) in needs)
			return 1
	return 0
}

END {
	libraries = split(missing, gone, " ")
	do {
		more = 0
		for (f = 1; f <= count; f++)
			for (i = 1; i <= libraries; i++)
				if (!((files[f], gone[i]) in needs) &&
				    inherits(files[f], gone[i]))
					needs[files[f], gone[i]] = more = 1
	} while (more)
	for (f = 1; f <= count; f++) {
		list = ""
		for (i = 1; i <= libraries; i++)
			if ((files[f], gone[i]) in needs)
				list = list "," gone[i]
		if (list != "")
			print files[f] ":" substr(list, 2)
	}
}
