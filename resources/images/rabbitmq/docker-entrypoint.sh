#!/bin/bash
# Keeps the contract of the public image: RABBITMQ_DEFAULT_USER, _PASS and _VHOST, data in a volume, not as root.
set -e

if [[ $1 == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
	if [ "$1" = rabbitmq-server ]; then
		# Made here, not by whichever of server and health check is first: it must belong to the server's user.
		cookie=/var/lib/rabbitmq/.erlang.cookie
		[ -e "$cookie" ] || (umask 077 && head -c 15 /dev/urandom | base64 >"$cookie")
		find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq '{}' +
		{
			[ -z "$RABBITMQ_DEFAULT_USER" ] || echo "default_user = $RABBITMQ_DEFAULT_USER"
			[ -z "$RABBITMQ_DEFAULT_PASS" ] || echo "default_pass = $RABBITMQ_DEFAULT_PASS"
			[ -z "$RABBITMQ_DEFAULT_VHOST" ] || echo "default_vhost = $RABBITMQ_DEFAULT_VHOST"
			echo 'loopback_users = none'
		} >/etc/rabbitmq/conf.d/10-defaults.conf
		chown rabbitmq /etc/rabbitmq/conf.d/10-defaults.conf
	fi
	exec gosu rabbitmq "$BASH_SOURCE" "$@"
fi
exec "$@"
