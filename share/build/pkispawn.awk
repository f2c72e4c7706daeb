# SPDX-License-Identifier: MIT
# pkispawn.awk - share/lists/pkispawn as a table of C

function text(s) {
	gsub(/\\/, "&&", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

# "10.5", all of it: the first release of it, or the last.
function number(s, patch,    part) {
	split(s, part, ".")
	return "RELEASE(" part[1] ", " part[2] ", " patch ")"
}

BEGIN {
	FS = "\t"
	print "#include \"pki/parameter.h\""
	print "const struct parameter parameter_list[] = {"
}
/^#/ || /^$/ { next }
NF < 5 || $1 < last { print FILENAME ":" NR ": not a row" >"/dev/stderr"; bad = 1 }
{
	last = $1
	printf "\t{ %s, %s, %s, %s, %s, PARAMETER_%s },\n", text($1),
	    text($2), text($6), number($3, 0),
	    $4 == "-" ? "RELEASE_LAST" : number($4, 999), toupper($5)
}
END {
	print "};"
	print "const size_t parameter_count ="
	print "    sizeof parameter_list / sizeof *parameter_list;"
	exit bad
}
