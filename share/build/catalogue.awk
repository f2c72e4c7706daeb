# SPDX-License-Identifier: MIT
# catalogue.awk - share/lists/findings as a table of C

function text(s) {
	if (s == "")
		return "NULL"
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	gsub(/\n/, "\\n", s)
	return "\"" s "\""
}

function put() {
	if (!("Code" in field))
		return
	printf "\t{ %s, CATALOGUE_%s, %s,\n\t  %s,\n\t  %s,\n\t  %s,\n\t  %s },\n",
	    text(field["Code"]), toupper(field["Level"]),
	    text(field["Summary"]), text(field["Message"]), text(field["Why"]),
	    text(field["Fix"]), text(field["Source"])
	split("", field)
}

BEGIN {
	print "#include \"check/catalogue.h\""
	print "const struct catalogue_entry catalogue[] = {"
}
/^#/ { next }
/^$/ { put(); next }
/^ / { field[name] = field[name] $0; next }
{
	name = $0
	sub(/:.*/, "", name)
	value = $0
	sub(/^[A-Za-z]*: */, "", value)
	if (name in field)
		field[name] = field[name] "\n" value
	else
		field[name] = value
}
END {
	put()
	print "};"
	print "const size_t catalogue_count = sizeof catalogue / sizeof *catalogue;"
}
