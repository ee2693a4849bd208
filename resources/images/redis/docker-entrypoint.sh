#!/bin/sh
# Keeps the contract of the public image: options go to redis-server, data lies in /data, the server does not run as root.
set -e

if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
	set -- redis-server "$@"
fi
if [ "$1" = redis-server ]; then
	if [ "$(id -u)" = 0 ]; then
		find . \! -user redis -exec chown redis '{}' +
		exec gosu redis "$0" "$@"
	fi
	# The public image is compiled with protected mode off; Debian's server needs to be told.
	case "$*" in
		*protected-mode* | *.conf*) ;;
		*) set -- "$@" --protected-mode no ;;
	esac
fi
exec "$@"
