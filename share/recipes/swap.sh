# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# swap.sh - what promote-clone and ocsp-swap share: two servers change roles, in
# steps, by a log from which a run is taken back or continued.
#
# A recipe sets name, help, takes, subsystem and maker, and defines
#
#	take_own NAME VALUE	an option of its own
#	look			what is refused before anything is changed, and
#				what goes to the log
#	describe STEP, work STEP	of steps that are its own
#	compare_more, can_undo, summary
#
# Roles are old, new, and the recipe's others; $roles has those of this run, and
# $steps what it does.
#
# The log is text.  Its lines begin with one of
#
#	option NAME VALUE	an option of the run
#	target ROLE OPERAND	which CS.cfg or instance has the role
#	host|port|directory|instance|server ROLE VALUE	what was found there
#	number POINT N		the last CRL number in the directory
#	edits ROLE		and the script of edits, up to its "."
#	left ROLE SHA256	the file, when its server had stopped
#	file ROLE SHA256	and when it was edited
#	begin|done|failed|again STEP TIME
#	undone TIME
#	#			what was printed on standard error

# shellcheck disable=SC2034 # common.sh reads them
flags='n,dry-run dead no-publish not-ipa'
takes="$takes accept agent-cert agent-key become ca-file continue fenced issuer \
log ocsp rsh start stop undo wait"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

dry='' rsh='' become='' start='' stop='' log='' from_log='' accept='' wait=300
dead='' fenced='' agent_cert='' agent_key='' ca_file='' issuer='' ocsp=''
roles='old new' steps='' refused='' redirect='' ca=''

umask 077
scratch=$(mktemp -d) || exit 2
: >"$scratch/said"
printf '# clonekit edits 1\n.\n' >"$scratch/none"

# -- options ------------------------------------------------------------------

# absolute FILE: the same from any working directory
absolute () {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$PWD/$1" ;;
	esac
}

# take NAME VALUE: an option, of the command line or of a log
take () {
	case $1 in
	accept) accept="$accept $2" ;;
	agent-cert) agent_cert=$(absolute "$2") ;;
	agent-key) agent_key=$(absolute "$2") ;;
	become) become=$2 ;;
	ca-file) ca_file=$(absolute "$2") ;;
	dead) dead=yes ;;
	fenced) fenced=$2 ;;
	issuer) issuer=$(absolute "$2") ;;
	ocsp) ocsp="$ocsp $2" ;;
	redirect) redirect=$2 ;;
	rsh) rsh=$2 ;;
	start) start=$2 ;;
	stop) stop=$2 ;;
	wait) wait=$2 ;;
	*) take_own "$@" || return 1 ;;
	esac
	case $2 in
	*[![:print:]]*) die "--$1: a control character in its value" ;;
	esac
	printf 'option %s %s\n' "$1" "$2" >>"$scratch/options"
}

# at_most SECONDS: or --wait, which may be less
at_most () {
	if test "$wait" -lt "$1"
	then
		echo "$wait"
	else
		echo "$1"
	fi
}

# accepted CODE: did the user say so?
accepted () {
	case " $accept " in
	*" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}

# -- the log ------------------------------------------------------------------

now () {
	date -u +%Y-%m-%dT%H:%M:%SZ
}

record () {
	printf '%s\n' "$*" >>"$log"
}

# say WORDS: to the user, and to the log
say () {
	printf '%s: %s\n' "$name" "$*" >&2
	test ! -f "$log" || printf '# %s\n' "$*" >>"$log"
}

# refuse WORDS: all reasons are printed before the run ends
refuse () {
	refused=yes
	say "refused: $*"
}

# field KEY ROLE: the last that the log says
field () {
	sed -n "s/^$1 $2 //p" "$log" | tail -n 1
}

is_begun () {
	grep -q "^begin $1 " "$log"
}

# It failed, and so changed nothing.
has_failed () {
	case $(grep "^[a-z]* $1 " "$log" | tail -n 1) in
	failed*) return 0 ;;
	*) return 1 ;;
	esac
}

# A step may have to be done again.
is_done () {
	case $(grep "^\(done\|again\) $1 " "$log" | tail -n 1) in
	done*) return 0 ;;
	*) return 1 ;;
	esac
}

# Logs are root's alone: they name commands that are run again.
new_log () {
	if test -n "$log"
	then
		where=$(absolute "$(dirname -- "$log")")
	elif test "$(id -u)" -eq 0
	then
		where=/var/log/clonekit
	else
		where=${XDG_STATE_HOME:-${HOME:?}/.local/state}/clonekit
	fi
	where=$(private "$where") || exit 2
	log=$where/$(basename -- "${log:-$name.$(date -u +%Y%m%dT%H%M%SZ)}")
	(set -C && printf '# %s log 1\n' "$name" >"$log") ||
	    die "cannot make the log '$log'"
	record "# begun $(now), process $$"
	cat "$scratch/draft" >>"$log"
}

old_log () {
	where=$(private "$(absolute "$(dirname -- "$log")")") || exit 2
	log=$where/$(basename -- "$log")
	test -f "$log" && ! test -L "$log" || die "no log '$log'"
	case $(stat -c %u -- "$log") in
	0 | "$(id -u)") ;;
	*) die "'$log' belongs to another user" ;;
	esac
	! others_write "$log" || die "other users can write '$log'"
	test "$(head -n 1 "$log")" = "# $name log 1" ||
	    die "'$log' is not a log of $name"
	# What is given now comes after, and so counts.
	cp "$scratch/options" "$scratch/given" 2>/dev/null || : >"$scratch/given"
	{ grep '^option ' "$log"; cat "$scratch/given"; } >"$scratch/logged"
	accept='' ocsp=''
	while read -r _ word value
	do
		take "$word" "$value" || die "'$log': no option '$word'"
	done <"$scratch/logged"
	roles=$(sed -n 's/^target \([a-z0-9]*\) .*/\1/p' "$log" | tr '\n' ' ')
	steps=$(sed -n 's/^steps //p' "$log" | tail -n 1)
	for role in $roles
	do
		field target "$role" >"$scratch/$role.target"
		awk -v role="$role" '
		$0 == "edits " role { inside = 1; next }
		inside { print }
		inside && $0 == "." { exit }' "$log" >"$scratch/$role.edits"
	done
}

# -- where things are done ----------------------------------------------------

# at ROLE COMMAND ARG...: where the role's server is, with its file as the last
# operand.  With --rsh, HOST:FILE is on that host.
at () {
	at_target=$(cat "$scratch/$1.target")
	shift
	case $rsh,$at_target in
	?*,*:*)
		# The shell over there undoes the quotes.
		sh -c "$rsh \"\$@\"" sh "${at_target%%:*}" \
		    "${become:+$become }$(quoted "$@" "${at_target#*:}")"
		;;
	*)
		# shellcheck disable=SC2086 # words
		$become "$@" "$at_target"
		;;
	esac
}

# is_here ROLE: not on another host?
is_here () {
	case $rsh,$(cat "$scratch/$1.target") in
	?*,*:*) return 1 ;;
	*) return 0 ;;
	esac
}

# file_of ROLE: its operand, on its own host
file_of () {
	if is_here "$1"
	then
		cat "$scratch/$1.target"
	else
		sed 's/^[^:]*://' "$scratch/$1.target"
	fi
}

# host ROLE: for messages
host () {
	host_is=''
	test ! -f "$log" || host_is=$(field host "$1")
	test -n "$host_is" || host_is=$(cat "$scratch/$1.target")
	printf '%s\n' "$host_is"
}

# relay ROLE <LINES: on standard error, after the host's name, each line once
relay () {
	tr -d '\000-\010\013-\037\177' |
	    relay_host=$(host "$1") relay_said=$scratch/said awk '
	    BEGIN {
		said = ENVIRON["relay_said"]
		while ((getline line <said) > 0)
			seen[line] = 1
	    }
	    { line = ENVIRON["relay_host"] ": " $0 }
	    !(line in seen) {
		seen[line] = 1
		print line
		print line >>said
	    }' >"$scratch/relayed"
	cat "$scratch/relayed" >&2
	test ! -f "$log" || sed 's/^/# /' "$scratch/relayed" >>"$log"
}

# ask ROLE COMMAND...: at, with its messages relayed
ask () {
	ask_got=0
	at "$@" 2>"$scratch/err" || ask_got=$?
	relay "$1" <"$scratch/err"
	return "$ask_got"
}

# units ROLE: of its instance, whether it asks for passwords or not
units () {
	units_of=$(field instance "$1")
	units_of=${units_of:-INSTANCE}.service
	echo "pki-tomcatd@$units_of" "pki-tomcatd-nuxwdog@$units_of"
}

# kind ROLE: of subsystem
kind () {
	case $1 in
	ca) echo ca ;;
	*) echo "$subsystem" ;;
	esac
}

# state_of ROLE: does its server run?
state_of () {
	ask "$1" cfgrole --subsystem "$(kind "$1")" --server --columns=server \
	    </dev/null
}

# role_of ROLE: master, clone or mixed, as its file says
role_of () {
	role_got=0
	ask "$1" cfgrole --subsystem "$(kind "$1")" --columns=role </dev/null ||
	    role_got=$?
	test "$role_got" -le 1
}

# with_env ROLE COMMAND: a shell command of the user's or of ours.  In it $1 is
# the file and $INSTANCE the name of the instance.  It may leave something
# running, which must not keep the lock.
with_env () {
	ask "$1" env INSTANCE="$(field instance "$1")" sh -c "$2" sh \
	    </dev/null 9>&- >&2
}

# shellcheck disable=SC2016 # another shell's
default_stop='if pki-server stop --help 2>/dev/null | grep -q -e --wait
then pki-server stop --wait "$INSTANCE"
else systemctl stop "pki-tomcatd@$INSTANCE.service" \
	"pki-tomcatd-nuxwdog@$INSTANCE.service"
fi'
# shellcheck disable=SC2016
default_start='if pki-server start --help 2>/dev/null | grep -q -e --wait
then pki-server start --wait "$INSTANCE"
else systemctl start "pki-tomcatd@$INSTANCE.service"
fi'

# systemctl may be there where systemd does not run, as in a container.
default_works='pki-server stop --help 2>/dev/null | grep -q -e --wait ||
{ command -v systemctl && test -d /run/systemd/system; }'

# -- looking ------------------------------------------------------------------

# each_once TARGET...: no two are the same file, or written the same.
each_once () {
	while test $# -gt 1
	do
		first=$1
		shift
		for target
		do
			if test "$first" = "$target" || test "$first" -ef "$target"
			then
				die "'$target' is given twice"
			fi
		done
	done
}

# place ROLE OPERAND
place () {
	case $rsh,$2 in
	?*,*:*)
		is_host "${2%%:*}" || die "not a host name: '${2%%:*}'"
		set -- "$1" "$2" "$2"
		;;
	*) set -- "$1" "$2" "$(absolute "$2")" ;;
	esac
	case $3 in
	*[![:print:]]*) die "a control character in '$3'" ;;
	esac
	printf '%s\n' "$3" >"$scratch/$1.target"
	record "target $1 $3"
}

# learn ROLE: what is there; ends the recipe where it cannot be read
learn () {
	found=$(ask "$1" cfgrole --subsystem "$(kind "$1")" --server --json \
	    </dev/null) || exit 2
	for key in server host port directory
	do
		value=$(printf '%s\n' "$found" | sed -n \
		    "s|.*\"$key\":\"\\([][A-Za-z0-9.:_/-]*\\)\".*|\\1|p")
		record "$key $1 $value"
	done
	instance=$(at "$1" cfgget --subsystem "$(kind "$1")" instanceId \
	    </dev/null 2>/dev/null) || instance=''
	case $instance in
	*[!A-Za-z0-9._@-]* | -*)
		die "$(host "$1"): not the name of an instance: '$instance'"
		;;
	esac
	record "instance $1 $instance"
}

# What runs in the same Tomcat stops, too.
# shellcheck disable=SC2016
name_others () {
	others=$(at "$1" sh -c 'for type in ca kra ocsp tks tps
	do
		for file in "$1/conf/$type" "$1/$type/conf" "$1/../$type"
		do
			test ! -e "$file/CS.cfg" || echo $type
		done
	done | sort -u' sh </dev/null) || others=''
	for other in $others
	do
		test "$other" = "$(kind "$1")" ||
		    say "$(host "$1"): its $other stops and starts with it"
	done
}

# can_control ROLE: are there commands that stop and start it?
# shellcheck disable=SC2016
can_control () {
	name_others "$1"
	test -z "$start" || test -z "$stop" || return 0
	if test -z "$(field instance "$1")"
	then
		refuse "$(host "$1"): no instanceId in its CS.cfg: use" \
		    "--stop and --start"
	elif ! at "$1" sh -c "$default_works" sh </dev/null >/dev/null 2>&1
	then
		refuse "$(host "$1"): neither a pki-server that knows --wait nor" \
		    "systemd: use --stop and --start"
	fi
	if test -z "$start" && prompts "$1" &&
	    { ! is_here "$1" || ! test -t 0; }
	then
		refuse "$(host "$1"): the server asks for its passwords when" \
		    "it starts (nuxwdog), and there is no terminal: run this" \
		    "there, at a terminal, or use --start"
	fi
}

# shellcheck disable=SC2016
prompts () {
	at "$1" env INSTANCE="$(field instance "$1")" sh -c '
	unit=pki-tomcatd-nuxwdog
	test -e "/etc/systemd/system/$unit.target.wants/$unit@$INSTANCE.service" ||
	    grep -qs "^USE_NUXWDOG=\"true\"" "/etc/sysconfig/$INSTANCE" ||
	    { test -e "$1/conf/server.xml" &&
	    asowner -i "$1/conf/server.xml" -- "$1/conf/server.xml" cat |
	    grep -q Nuxwdog; }' sh </dev/null >/dev/null 2>&1
}

# can_change ROLE COMMAND...: the command prints the edits of the role, and they
# could be made
can_change () {
	change_got=0
	ask "$@" >"$scratch/$1.edits" || change_got=$?
	case $change_got in
	0) can_edit "$1" ;;
	1)
		refuse "$(host "$1"): no edits could be made, for the reason" \
		    'above'
		;;
	*) exit 2 ;;
	esac
}

# look_at_numbers: those in the maker's directory go to $scratch/numbers
look_at_numbers () {
	ask "$maker" crlls --numbers </dev/null >"$scratch/numbers" && return
	accepted directory ||
	    refuse "$(host "$maker"): the CRL numbers in its directory cannot" \
		"be read (--accept directory goes on, and ends with 1)"
	return 1
}

# can_edit ROLE: could its edits be made, but that the server may run?
# shellcheck disable=SC2016
can_edit () {
	ask "$1" sh -c 'cfgpatch -i --check --subsystem '"$(kind "$1")"' "$1" -' \
	    sh <"$scratch/$1.edits" ||
	    refuse "$(host "$1"): its CS.cfg cannot be edited, for the reason" \
		'above'
}

# text ROLE: its CS.cfg
# shellcheck disable=SC2016
text () {
	ask "$1" sh -c 'cfgpatch --subsystem '"$(kind "$1")"' "$1" -' sh \
	    <"$scratch/none"
}

# edits ROLE: to the log, and to the user, once nothing is refused
edits () {
	record "edits $1"
	cat "$scratch/$1.edits" >>"$log"
	sed "1a # $(host "$1" | tr -d '\\'): $(tr -d '\\' <"$scratch/$1.target")" \
	    "$scratch/$1.edits" >>"$scratch/printed"
}

# A host that only seems dead comes back as a second master.
look_for_fence () {
	test -n "$dead" || return 0
	gone=$(host old)
	test "$fenced" != "$gone" || return 0
	test -z "$fenced" ||
	    say "--fenced $fenced: by its CS.cfg the old master is $gone"
	say "refused: $gone could come back as a second master. Power it off for" \
	    "good, or run there"
	say "systemctl mask --now $(units old)"
	say "and then add: --fenced $gone"
	refused=yes
}

# say_return: what a dead master needs before it runs again.  Its operand may
# have been a copy of its file.
say_return () {
	! is_here old || file=$(field instance old)
	is_here old || file=$(file_of old)
	say "next: before $(host old) runs again, make it a clone:"
	say "on $(host old): cfgrole -i -c --subsystem $subsystem" \
	    "${redirect:+--redirect=$redirect }$(quoted "${file:-CS.cfg}")"
	say "on $(host old): systemctl unmask $(units old)"
}

# again: the options of the log, for a command
again () {
	sed -n 's/^option //p' "$log" | while read -r word value
	do
		case $word in
		dead | fenced | redirect | accept | crl) ;;
		no-publish | not-ipa) printf ' --%s' "$word" ;;
		*) printf ' --%s %s' "$word" "$(quoted "$value")" ;;
		esac
	done
}

look_at_agent () {
	for file in ${agent_cert:+"$agent_cert"} ${agent_key:+"$agent_key"} \
	    ${ca_file:+"$ca_file"} ${issuer:+"$issuer"}
	do
		test -r "$file" || refuse "cannot read '$file'"
	done
	test -z "$agent_cert" || command -v curl >/dev/null ||
	    refuse 'curl: not found'
	test -z "$ocsp" || test -n "$issuer" || wrong '--ocsp needs --issuer'
	test -n "$agent_cert" || test -z "$(points)" ||
	    say 'no --agent-cert: you will have to ask for the CRL from a' \
	    'cleared cache yourself; the command is printed then'
}

# -- steps --------------------------------------------------------------------

sum () {
	sha256sum | cut -d ' ' -f 1
}

stop_server () {
	state=$(state_of "$1") || return 2
	if test "$state" != stopped
	then
		with_env "$1" "${stop:-$default_stop}" || {
			say "$(host "$1"): the command that stops it failed"
			return 2
		}
		state=$(state_of "$1") || return 2
		if test "$state" = runs
		then
			say "$(host "$1"): the server still runs"
			return 2
		fi
	fi
	text "$1" >"$scratch/$1.text" || return 2
	record "left $1 $(sum <"$scratch/$1.text")"
}

# Who continues may find it running again.
edit_file () {
	stop_server "$1" || return
	# shellcheck disable=SC2016
	ask "$1" sh -c 'cfgpatch -i -q --subsystem '"$(kind "$1")"' "$1" -' sh \
	    <"$scratch/$1.edits" >/dev/null || return
	text "$1" >"$scratch/$1.text" || return 2
	record "file $1 $(sum <"$scratch/$1.text")"
}

# alone ROLE: nobody else may run as a master when this one starts
alone () {
	test "$1" != ca || return 0
	mine=$(role_of "$1") || return 2
	test "$mine" != clone || return 0
	for other in $roles
	do
		case $other,$dead in
		"$1",* | ca,* | old,yes) continue ;;
		esac
		state=$(state_of "$other") || return 2
		theirs=$(role_of "$other") || return 2
		case $state,$theirs in
		stopped,* | *,clone) ;;
		*)
			say "refused: $(host "$1") is not started:" \
			    "$(host "$other") runs and is a master"
			return 1
			;;
		esac
	done
}

# launch ROLE: the server, which does not run
launch () {
	with_env "$1" "${start:-$default_start}" || {
		say "$(host "$1"): the command that starts it failed"
		return 2
	}
	ready "$1"
}

# Only the new one is started where it did not run before.
start_server () {
	test "$1" = new || test "$(field server "$1")" != stopped || return 0
	alone "$1" || return
	state=$(state_of "$1") || return 2
	if test "$state" = runs
	then
		ready "$1"
	else
		launch "$1"
	fi
}

# ready ROLE: a server that takes connections may still be starting.
# shellcheck disable=SC2016
ready () {
	test "$wait" -gt 0 || return 0
	page=$(kind "$1")
	page=/$page/admin/$page/getStatus
	url=https://$(field host "$1"):$(field port "$1")$page
	left=$wait
	while :
	do
		answer=$(at "$1" env URL="$url" sh -c \
		    'exec curl -ks --max-time 10 "$URL"' sh </dev/null) || answer=''
		case $answer in
		*'"Status"'*'"running"'* | *'<Status>running<'*) return 0 ;;
		esac
		left=$((left - 1))
		if test "$left" -le 0
		then
			say "$(host "$1"): the server does not report that it" \
			    "runs ($url); see its log"
			return 2
		fi
		sleep 1
	done
}

# one STEP
one () {
	case $1 in
	stop-*) stop_server "${1#*-}" ;;
	edit-*) edit_file "${1#*-}" ;;
	start-*) start_server "${1#*-}" ;;
	crl) make_crls ;;
	verify) verify ;;
	*) work "$1" ;;
	esac
}

tell () {
	case $1 in
	stop-*) echo "stop the server of $(host "${1#*-}")" ;;
	edit-*) echo "edit the CS.cfg of $(host "${1#*-}")" ;;
	start-*) echo "start the server of $(host "${1#*-}")" ;;
	crl)
		if test -n "$agent_cert"
		then
			echo "ask $(host "$maker") for a CRL from a cleared cache"
		else
			echo "have $(host "$maker") make a CRL from a cleared cache"
		fi
		;;
	verify) echo 'compare the CRL with the directory' ;;
	*) describe "$1" ;;
	esac
}

# advise: what to do with a run that stopped
advise () {
	say "to go on: clonekit $name --continue $(quoted "$log")"
	say "to undo it: clonekit $name --undo $(quoted "$log")"
}

run_steps () {
	for step in $steps
	do
		! is_done "$step" || continue
		say "$(tell "$step")"
		record "begin $step $(now)"
		got=0
		one "$step" || got=$?
		if test "$got" -eq 0
		then
			record "done $step $(now)"
			continue
		fi
		test "$got" -eq 1 || got=2
		record "failed $step $(now)"
		if is_begun start-new
		then
			test -z "$dead" || say_return
			advise
		else
			say "'$step' failed: everything is undone"
			take_back || advise
		fi
		exit "$got"
	done
}

# -- CRLs -------------------------------------------------------------------
#
# $maker is the role of the CA that makes them.

# The issuing points that the log has a number of.
points () {
	sed -n 's/^number \([^ ]*\) .*/\1/p' "$log" | sort -u
}

# record_numbers FILE: those of issuing points that make CRLs, by a CS.cfg
record_numbers () {
	cfgrole --show-keys --columns=key,says "$1" 2>/dev/null |
	    sed -n 's/^ca\.crl\.\(.*\)\.enableCRLUpdates	master$/\1/p' \
	    >"$scratch/points" || :
	while IFS='	' read -r point number _
	do
		grep -qxF -e "$point" "$scratch/points" || continue
		case $point in
		*[!A-Za-z0-9_-]*)
			refuse "$(host "$maker"): not the name of an issuing" \
			    "point: '$point'"
			;;
		*) record "number $point $number" ;;
		esac
	done <"$scratch/numbers"
	test -n "$(points)" || say "$(host "$maker"): its directory has no" \
	    "issuing point that makes CRLs"
}

# above A B: is a number greater?  They have up to 49 digits.
above () {
	test ${#1} -gt ${#2} || { test ${#1} -eq ${#2} &&
	    test "$1" != "$2" && expr "x$1" \> "x$2" >/dev/null; }
}

# update_line POINT: the command that asks for a CRL from a cleared cache
update_line () {
	set -- "crlIssuingPoint=$1&waitForUpdate=true&clearCRLCache=true&xml=true"
	echo "curl --cacert $(quoted "${ca_file:-CA.pem}")" \
	    "--cert $(quoted "${agent_cert:-AGENT.pem}")" \
	    "--key $(quoted "${agent_key:-${agent_cert:-AGENT.key}}")" \
	    "$(quoted "https://$(update_url)?$1")"
}

update_url () {
	echo "$(field host "$maker"):$(field port "$maker")/ca/agent/ca/updateCRL"
}

make_crls () {
	for point in $(points)
	do
		if test -n "$agent_cert"
		then
			make_crl "$point" || return
		else
			say "run this now, as an agent of $(host "$maker"):"
			say "$(update_line "$point")"
		fi
	done
}

# Another update may run; all answers are HTTP 200.
make_crl () {
	left=$wait
	while :
	do
		curl -sS --max-time 900 ${ca_file:+--cacert "$ca_file"} \
		    --cert "$agent_cert" ${agent_key:+--key "$agent_key"} \
		    --data-urlencode "crlIssuingPoint=$1" \
		    -d 'waitForUpdate=true&clearCRLCache=true&xml=true' \
		    "https://$(update_url)" >"$scratch/answer" \
		    2>"$scratch/err" || {
			say "$(host "$maker"): no answer from its agent page:" \
			    "$(tail -n 1 "$scratch/err")"
			return 2
		}
		got=0
		read_answer "$1" || got=$?
		test "$got" -eq 3 || return "$got"
		left=$((left - 1))
		if test "$left" -le 0
		then
			say "$(host "$maker"): $1: another update is running, or" \
			    "hangs after an error: restart the server and" \
			    "try again"
			return 2
		fi
		sleep 1
	done
}

# read_answer POINT: 3 asks for another try
read_answer () {
	answer=$(tr -d '\000-\037\177' <"$scratch/answer" | cut -c 1-4000)
	why=''
	case $answer in
	*'<time>'*'</time>'*) ;;
	*'<crlUpdate>inProgress<'*) return 3 ;;
	*'<crlUpdate>Scheduled<'*) return 0 ;;
	*'<crlUpdate>notInitialized<'*)
		why='it makes no CRLs (enableCRLUpdates is false), or is not ready'
		;;
	*NullPointerException*)
		why='the server failed with a NullPointerException, as it does
with ca.certStatusUpdateInterval=0 and ca.listenToCloneModifications=true: set
the interval, and restart the server'
		;;
	*'<unexpectedError>'* | *'<requestStatus>7<'*)
		why='the server does not accept the certificate of the agent'
		;;
	*) why="unexpected answer: '$(printf '%s' "$answer" | cut -c 1-80)'" ;;
	esac
	if test -n "$why"
	then
		say "$(host "$maker"): $1: no CRL: $(echo "$why" | tr '\n' ' ')"
		return 2
	fi
	case $answer in
	*'<crlPublished>Success<'*) ;;
	*'<crlPublished>'*)
		say "$(host "$maker"): $1: the CRL was made and not published:" \
		    "$(printf '%s' "$answer" |
			sed 's/.*<crlPublished>\([^<]*\)<.*/\1/')"
		;;
	esac
}

# Nothing may be missing, from a CRL that the new master has made.
verify () {
	worst=0
	if test -z "$(points)"
	then
		say 'the CRL was not compared with the directory'
		return 1
	fi
	for point in $(points)
	do
		got=0
		verify_point "$point" || got=$?
		test "$got" -le "$worst" || worst=$got
	done
	test "$worst" -eq 0 || record "again crl $(now)"
	return "$worst"
}

verify_point () {
	before=$(field number "$1")
	number=$(number_of "$1") || return 2
	if ! above "$number" "$before"
	then
		say "$(host "$maker"): $1: no new CRL since number $before. Run"
		say "$(update_line "$1")"
		return 1
	fi
	left=$(at_most 30)
	while :
	do
		got=0
		against "$1" || got=$?
		# A responder may need a moment.
		test "$got" -eq 1 && test "$left" -gt 0 || break
		grep -q ': ocsp-' "$scratch/err" || break
		! grep -q ': crl-' "$scratch/err" || break
		left=$((left - 1))
		sleep 1
	done
	relay "$maker" <"$scratch/err"
	if test "$got" -eq 0
	then
		say "$(host "$maker"): $1: CRL number $number has every revoked certificate"
		record "crl $1 $number"
		return 0
	fi
	test "$got" -ne 1 || cat "$scratch/missing"
	return "$got"
}

# against POINT: its CRL against the directory, and what responders know of it
against () {
	point=$1
	shift
	for url in $ocsp
	do
		set -- "$@" --ocsp "$url"
	done
	at "$maker" crlls --entries --header --issuing-point "$point" \
	    ${issuer:+--issuer=/dev/stdin} "$@" --against \
	    <"${issuer:-/dev/null}" >"$scratch/missing" 2>"$scratch/err"
}

# number_of POINT: in the directory now
number_of () {
	ask "$maker" crlls --numbers </dev/null >"$scratch/numbers" || return 2
	point=$1 awk -F '	' '
	$1 == ENVIRON["point"] { print $2; found = 1 }
	END { exit !found }' "$scratch/numbers"
}

# -- back ---------------------------------------------------------------------

# reverse ROLE: its edits, and nothing else.  Those that are not in place are
# none.
# shellcheck disable=SC2016
reverse () {
	is_begun "edit-$1" && ! has_failed "edit-$1" || return 0
	say "undo the edits of $(host "$1")"
	stop_server "$1" || return
	ask "$1" sh -c 'cfgpatch -i -q -R --subsystem '"$(kind "$1")"' "$1" -' sh \
	    <"$scratch/$1.edits" >/dev/null
}

# restart ROLE: what ran when all began
restart () {
	test "$(field server "$1")" != stopped || return 0
	state=$(state_of "$1") || return 2
	test "$state" != runs || return 0
	say "start the server of $(host "$1")"
	alone "$1" && launch "$1"
}

# take_back: the new one first, for there must never be two
take_back () {
	record "begin undo $(now)"
	back=''
	for role in $roles
	do
		case $role,$dead in
		old,* | new,*) ;;
		*) back="$back $role" ;;
		esac
	done
	test -n "$dead" || back="old $back"
	for role in new $back
	do
		reverse "$role" || return
	done
	for role in $back new
	do
		restart "$role" || return
	done
	record "undone $(now)"
	say 'all edits are undone'
}

# -- all of it ----------------------------------------------------------------

# shellcheck disable=SC2317 # a trap calls it
finish () {
	got=$?
	trap '' HUP INT TERM
	rm -rf "$scratch"
	exit "$got"
}

# shellcheck disable=SC2317
interrupted () {
	trap '' HUP INT TERM
	# Before there is a log, nothing was done.
	case $log in
	"$scratch"/* | '') ;;
	*) test ! -f "$log" || advise ;;
	esac
	exit 2
}

trap finish EXIT
trap interrupted HUP INT TERM

# difference CODE WORDS: between the log and what is there now
difference () {
	if accepted "$1"
	then
		say "accepted: $1: $2"
	else
		refused=yes
		say "$1: $2 (--accept $1 goes on)"
	fi
}

# compare ROLE: with what the log says of it
compare () {
	state=$(state_of "$1") || exit 2
	want=any
	if is_done "start-$1"
	then
		want=runs
		test "$1" = new || test "$(field server "$1")" != stopped ||
		    want=any
	elif ! is_begun "start-$1" && is_done "stop-$1"
	then
		want=stopped
	elif ! is_begun "stop-$1"
	then
		want=$(field server "$1")
	fi
	case $want,$state in
	any,* | unknown,* | *,unknown | "$state,$want") ;;
	*)
		difference "server-$1" \
		    "$(host "$1"): the server is '$state'; by the log it should be '$want'"
		;;
	esac
	compare_file "$1"
}

compare_file () {
	text "$1" >"$scratch/$1.text" || exit 2
	cfgpatch -n "$scratch/$1.text" "$scratch/$1.edits" \
	    >"$scratch/missing" 2>"$scratch/err" || echo conflict >"$scratch/missing"
	want='' changed=''
	if is_done "edit-$1"
	then
		cmp -s "$scratch/none" "$scratch/missing" ||
		    changed='the edits of this run are not in place'
		is_begun "start-$1" || want=$(field file "$1")
	elif ! is_begun "edit-$1"
	then
		want=$(field left "$1")
	fi
	if test -n "$want" && test "$want" != "$(sum <"$scratch/$1.text")"
	then
		changed="the file has changed"
	fi
	test -z "$changed" || difference "file-$1" "$(host "$1"): $changed"
}

# begin_again: --undo and --continue
begin_again () {
	old_log
	hold "$(cat "$scratch/new.target")"
	test -z "$(sed -n '/^undone /p' "$log")" ||
	    die "'$log': that run is undone already"
	if test "$from_log" = undo
	then
		can_undo
		take_back || { got=$?; test "$got" -eq 1 || got=2; exit "$got"; }
		exit 0
	fi
	record "# continued $(now), process $$"
	for role in $roles
	do
		test "$role,$dead" = old,yes || compare "$role"
	done
	compare_more
	test -z "$refused" || exit 1
	run_steps
	summary
	exit 0
}

# begin: looks at everything, then does it
begin () {
	asked_log=$log
	log=$scratch/draft
	cat "$scratch/options" >>"$log" 2>/dev/null || :
	look "$@"
	record "steps $steps"
	test -z "$refused" || exit 1
	cat "$scratch/printed"
	if test -n "$dry"
	then
		for step in $steps
		do
			say "would: $(tell "$step")"
		done
		exit 0
	fi
	log=$asked_log
	new_log
	say "the log is '$log'"
	run_steps
	summary
}

# operands ARG...: the whole command line
operands () {
	while next_option "$@"
	do
		case $option in
		continue | undo) from_log=$option log=$value ;;
		dry-run) dry=yes ;;
		log) log=$value ;;
		*) take "$option" "$value" || wrong "--$option: unknown option" ;;
		esac
		shift "$taken"
	done
	shift "$taken"
	case $wait in
	'' | *[!0-9]*) wrong "--wait: not a number: '$wait'" ;;
	esac
	if test -n "$from_log"
	then
		test $# -eq 0 || wrong "--$from_log takes no operands"
		begin_again
	fi
	test $# -ge 2 || wrong 'wants the old and the new master'
	test "$subsystem" = ca || test $# -eq 2 || wrong 'more than two operands'
	test -z "$fenced" || test -n "$dead" || wrong '--fenced needs --dead'
	# One that is named twice would be both.
	each_once "$@" ${ca:+"$ca"}
	hold "$(absolute "$2")"
	begin "$@"
}
