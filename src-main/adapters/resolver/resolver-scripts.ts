/** The port within the resolver's container. */
export const INSIDE = 5300;

/** What the resolver's container runs. Names are in files of their own for each user, below `/names/hosts` and `/names/domains`. */
export const SERVE = [
  'mkdir -p /names/hosts /names/domains',
  'cat /names/domains/* > /names/servers 2>/dev/null || : > /names/servers',
  // Without becoming another user, for which it has no right.
  `exec dnsmasq --no-daemon --port=${INSIDE} --conf-file=/dev/null --no-hosts --no-resolv --cache-size=0 --addn-hosts=/names/hosts --servers-file=/names/servers`,
].join('; ');

/** Each takes this user's key and the sets that anything is left of on the engine. */
const START = 'set -e; mkdir -p /names/hosts /names/domains; cd /names; key=$1; alive=" $2 "; shift 2';

/** Tells whether a file of another user still counts: its first line has the sets that it is for, or says that it stays. */
const COUNTS = `counts() { read -r line < "hosts/$1" || return 1; for word in $line; do [ "$word" = stays ] && return 0; case "$alive" in *" $word "*) return 0;; esac; done; return 1; }
each() { for file in hosts/*; do name=\${file#hosts/}; [ -e "$file" ] && [ "$name" != "$key" ] || continue; "$@"; done; }
forget() { counts "$name" || rm -f "hosts/$name" "domains/$name"; }
tell() { if counts "$name"; then echo "$name"; fi; }`;

/** Until it can be told to read again. */
const STARTED = `until [ "$(cat /proc/1/comm)" = dnsmasq ] && grep -q 'SigCgt:.*[13579bdf]$' /proc/1/status; do sleep 0.02; done`;

const READ_AGAIN = 'cat domains/* > servers.new 2>/dev/null || :; mv -f servers.new servers; kill -HUP 1';

/** Until it answers a name that only what was just written has. */
const HAS_READ = `for try in 1 2 3 4 5 6 7 8 9; do [ -n "$(kdig @127.0.0.1 -p ${INSIDE} +short +time=1 "$mark" A)" ] && break; sleep 0.05; done`;

/** Parts the given text into addresses and domains; `UPSTREAM` becomes every server that the machine itself asks. */
const PART_TEXT = `awk -v hosts="hosts.$key" -v domains="domains.$key" 'BEGIN { while ((getline line < "/etc/resolv.conf") > 0) if (line ~ /^nameserver /) { split(line, word, " "); servers[++count] = word[2] } }
/^server=/ { if (!sub(/UPSTREAM$/, "")) { print > domains; next } if (count == 0) print > domains; for (i = 1; i <= count; i++) print $0 servers[i] > domains; next } { print > hosts }'`;

/** Puts the text, which comes in parts, in the place of this user's. */
export const PUBLISH = [
  START,
  COUNTS,
  ': > "hosts.$key"; : > "domains.$key"',
  `printf %s "$@" | ${PART_TEXT}`,
  'mark="mark-$(cat "hosts.$key" "domains.$key" | cksum | tr " " -).backlot"; echo "0.0.0.0 $mark" >> "hosts.$key"',
  'mv -f "hosts.$key" "hosts/$key"; mv -f "domains.$key" "domains/$key"',
  'each forget',
  STARTED,
  READ_AGAIN,
  HAS_READ,
].join('\n');

/** Takes this user's names out, and prints whose are left. */
export const WITHDRAW = [START, COUNTS, 'rm -f "hosts/$key" "domains/$key"', 'each forget', READ_AGAIN, 'each tell'].join('\n');

/** Prints whose names besides this user's are left. */
export const OTHERS = [START, COUNTS, 'each tell'].join('\n');
