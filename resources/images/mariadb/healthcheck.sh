#!/bin/bash
# The checks of the public image that people use: --connect and --innodb_initialized.
set -eo pipefail

client() { mariadb --defaults-extra-file=/var/lib/mysql/.my-healthcheck.cnf --protocol tcp -h 127.0.0.1 --skip-column-names -B "$@"; }

for check in "$@"; do
	case "$check" in
		--connect) client -e 'select 1' >/dev/null ;;
		--innodb_initialized) [ "$(client -e "select 1 from information_schema.ENGINES WHERE engine='innodb' AND support in ('YES','DEFAULT','ENABLED')")" = 1 ] ;;
	esac
done
