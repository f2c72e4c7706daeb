# SPDX-License-Identifier: MIT
# findings-page.awk - clonekit-findings(1), of share/lists/findings, after
# findings.awk

# What a line of mdoc must not begin with, and backslashes.
function plain(s) {
	gsub(/\\/, "\\e", s)
	if (s ~ /^[.']/)
		s = "\\\&" s
	return s
}

# A sentence a line, as mdoc wants it.
function sentences(s) {
	s = plain(s)
	gsub(/[.] /, ".\n", s)
	gsub(/\n[.]/, "\n\\\\\\&.", s)
	gsub(/\n'/, "\n\\\\\\&'", s)
	print s
}

function put(    message, count, i) {
	print ".It Cm " field["Code"] " Pq " field["Level"]
	sentences(field["Summary"] ".")
	count = split(field["Message"], message, "\n")
	for (i = 1; i <= count; i++) {
		print "In the log:"
		# A message is no sentence, whatever stops are in it.
		gsub(/[.] /, ".\\\\\\& ", message[i])
		print "\\(lq" message[i] "\\(rq."
	}
	print ".Pp"
	sentences(field["Why"])
	print ".Pp"
	print "Fix:"
	sentences(field["Fix"])
}

BEGIN {
	print ".\\\" SPDX-License-Identifier: MIT"
	print ".\\\" Made of share/lists/findings by share/build/findings-page.awk."
	print ".Dd November 30, 2026"
	print ".Dt CLONEKIT-FINDINGS 1"
	print ".Os"
	print ".Sh NAME"
	print ".Nm clonekit-findings"
	print ".Nd all that the tools of clonekit can find"
	print ".Sh DESCRIPTION"
	print ".Xr cfglint 1 ,"
	print ".Xr clonecheck 1 ,"
	print ".Xr crlls 1 ,"
	print ".Xr p12check 1 ,"
	print ".Xr rangels 1"
	print "and"
	print ".Xr replls 1"
	print "print findings:"
	print ".Pp"
	print ".Dl FILE:LINE: level: code: text: command that fixes it"
	print ".Pp"
	print "A code has one level and one meaning, whichever tool prints it."
	print "The levels are"
	print ".Cm error"
	print "(something does not work),"
	print ".Cm warning"
	print "(it works, but not as it should) and"
	print ".Cm info ."
	print "The exit status is 1 if there is a finding from"
	print ".Cm warning"
	print "up."
	print "Of what is well nothing is printed."
	print ".Pp"
	print "In each of these tools,"
	print ".Fl -codes"
	print "lists the codes,"
	print ".Fl -explain Ns = Ns Ar CODE"
	print "prints what is below,"
	print ".Fl -explain Ns = Ns Ar TEXT"
	print "finds the codes of a message of the server, and"
	print ".Fl -ignore Ns = Ns Ar CODE,..."
	print "leaves findings out."
	print ".Sh CODES"
	print ".Bl -tag -width Ds"
}
END {
	print ".El"
	print ".Sh SEE ALSO"
	print ".Xr cfglint 1 ,"
	print ".Xr clonecheck 1 ,"
	print ".Xr clonekit 1 ,"
	print ".Xr crlls 1 ,"
	print ".Xr p12check 1 ,"
	print ".Xr rangels 1 ,"
	print ".Xr replls 1"
}
