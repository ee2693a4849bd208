#!/bin/sh
# Keeps the contract of the public image: templates are filled from the environment, scripts in /docker-entrypoint.d run first.
set -e

if [ "$1" = nginx ]; then
	defined=$(printf '${%s} ' $(env | cut -d= -f1 | grep -E '^[A-Za-z_][A-Za-z0-9_]*$'))
	for template in /etc/nginx/templates/*.template; do
		[ -e "$template" ] || continue
		name=$(basename "$template" .template)
		envsubst "$defined" <"$template" >"/etc/nginx/conf.d/$name"
	done
	for script in /docker-entrypoint.d/*.sh; do
		[ -x "$script" ] || continue
		"$script"
	done
fi
exec "$@"
