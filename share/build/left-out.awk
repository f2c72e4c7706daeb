# Which sources cannot be built without the libraries in missing?
#
#	awk -f left-out.awk missing='libcrypto' src/*.c lib/*/*.[ch]
#
# A source that includes a header of such a library, unless within
# "#ifdef WITH_...", and whatever includes the header of one that does.

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
	split(missing, gone, " ")
	for (i in gone)
		if (index($2, "<" header[gone[i]]) == 1)
			left[FILENAME] = 1
}

/^#include "/ {
	gsub(/"/, "", $2)
	uses[FILENAME] = uses[FILENAME] " lib/" $2
}

# A module is its .c and .h: either one takes the other along.
function twin(file) {
	return substr(file, 1, length(file) - 1) (file ~ /h$/ ? "c" : "h")
}

END {
	do {
		more = 0
		for (f = 1; f <= count; f++) {
			file = files[f]
			if (left[file])
				continue
			n = split(uses[file], header_of, " ")
			hit = left[twin(file)]
			for (i = 1; i <= n; i++)
				hit = hit || left[header_of[i]]
			if (hit)
				left[file] = more = 1
		}
	} while (more)
	for (f = 1; f <= count; f++)
		if (left[files[f]])
			print files[f]
}
