# SPDX-License-Identifier: MIT
# catalogue.awk - share/lists/findings as a table of C, after findings.awk

function text(s) {
	if (s == "")
		return "NULL"
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	gsub(/\n/, "\\n", s)
	return "\"" s "\""
}

function put() {
	printf "\t{ %s, CATALOGUE_%s, %s,\n\t  %s,\n\t  %s,\n\t  %s,\n\t  %s },\n",
	    text(field["Code"]), toupper(field["Level"]),
	    text(field["Summary"]), text(field["Message"]), text(field["Why"]),
	    text(field["Fix"]), text(field["Source"])
}

BEGIN {
	print "#include \"check/catalogue.h\""
	print "const struct catalogue_entry catalogue[] = {"
}
END {
	print "};"
	print "const size_t catalogue_count = sizeof catalogue / sizeof *catalogue;"
}
