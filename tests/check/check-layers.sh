#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Who may include whom: the arrows between the rooms, and the owners of the libraries.  Tests may
# include anything; generated *.inc files belong to whoever names them.

cd "$(dirname "$0")/../.." || exit 1
grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' \
	base probes report inventory daemon cli deploy 2>/dev/null | awk '
	function owners(prefix, rooms) { owner[prefix] = " " rooms " " }
	function complain(why) { print where ": " header ": " why; bad = 1 }
	BEGIN {
		room["base"] = " base "
		room["probes"] = " base probes "
		room["report"] = " base probes report "
		room["inventory"] = " base inventory "
		room["daemon"] = " base probes report inventory daemon "
		room["cli"] = " base probes report inventory cli "
		room["deploy"] = " base "

		owners("sqlite3.h", "inventory daemon")
		owners("ares", "probes")
		owners("openssl/", "probes")
		owners("http_parser.h", "probes")
		owners("llhttp.h", "probes")
		owners("expat", "probes inventory")
		owners("jansson.h", "probes report daemon cli")
		owners("event2/", "probes daemon cli")
		owners("curl/", "daemon cli")
		owners("cyaml/", "daemon")
		owners("yaml.h", "inventory daemon")
		owners("csv.h", "inventory")
		owners("zip.h", "inventory")
		owners("archive", "inventory")
		owners("zlib.h", "inventory")
	}
	{
		split($0, part, ":")
		where = part[1] ":" part[2]
		me = part[1]
		sub(/\/.*/, "", me)
		line = $0
		if (!match(line, /["<][^">]*[">]/))
			next
		header = substr(line, RSTART + 1, RLENGTH - 2)
		quoted = substr(line, RSTART, 1) == "\""
	}
	quoted && header !~ /\.inc$/ {
		other = header
		if (!sub(/\/.*/, "", other))
			complain("name it with its room in front")
		else if (index(room[me], " " other " ") == 0)
			complain(me "/ may not include from " other "/")
	}
	!quoted {
		longest = ""
		for (prefix in owner)
			if (index(header, prefix) == 1 && length(prefix) > length(longest))
				longest = prefix
		if (longest != "" && index(owner[longest], " " me " ") == 0)
			complain("only" owner[longest] "may")
	}
	END { exit bad }'
