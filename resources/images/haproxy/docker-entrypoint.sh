#!/bin/sh
set -e

if [ "${1#-}" != "$1" ]; then
	set -- haproxy "$@"
fi
# Master-worker mode, so that SIGUSR2 reloads the configuration.
if [ "$1" = haproxy ]; then
	shift
	set -- haproxy -W -db "$@"
fi
exec "$@"
