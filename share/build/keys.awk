# SPDX-License-Identifier: MIT
# keys.awk - share/lists/keys as a table of C, in the order of components

BEGIN {
	print "#include <stddef.h>"
	print "extern const char *const known_pattern[];"
	print "extern const size_t known_patterns;"
	print "const char *const known_pattern[] = {"
}
/^#/ || /^$/ { next }
{
	order = $0
	# A dot is before all that keys have.
	gsub(/\./, "\001", order)
	if (order <= last || NF != 1 || /["\\]/) {
		print FILENAME ":" FNR ": not a key, or out of order" \
		    >"/dev/stderr"
		bad = 1
	}
	last = order
	printf "\t\"%s\",\n", $0
}
END {
	print "};"
	print "const size_t known_patterns ="
	print "    sizeof known_pattern / sizeof *known_pattern;"
	exit bad
}
