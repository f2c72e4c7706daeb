# SPDX-License-Identifier: MIT
# findings.awk - reads share/lists/findings for the scripts that are given after
# it: field[NAME] has what a code says, and put() is called for each code.

/^#/ { next }
/^$/ { end(); next }
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
END { end() }

function end() {
	if ("Code" in field)
		put()
	split("", field)
}
