#!/bin/bash
# Keeps the contract of the public image: MARIADB_* and MYSQL_* (also as _FILE), /docker-entrypoint-initdb.d, data in a volume.
set -eo pipefail
shopt -s nullglob

SOCKET=/run/mysqld/mysqld.sock
DATA=/var/lib/mysql

# value NAME: MARIADB_NAME, MYSQL_NAME, or what the file named by either with _FILE holds.
value() {
	local prefix name file
	for prefix in MARIADB MYSQL; do
		name=${prefix}_$1 file=${prefix}_$1_FILE
		if [ -n "${!name}" ]; then printf '%s' "${!name}"; return; fi
		if [ -n "${!file}" ]; then cat "${!file}"; return; fi
	done
}

quoted() { printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/\\\\'/g"; }

client() { mariadb --protocol=socket -uroot -hlocalhost --socket="$SOCKET" --comments "$@"; }

run_init_files() {
	local file
	for file in /docker-entrypoint-initdb.d/*; do
		echo "running $file"
		case "$file" in
			*.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
			*.sql) client --database="$1" <"$file" ;;
			*.sql.gz) gunzip -c "$file" | client --database="$1" ;;
			*.sql.xz) xz -dc "$file" | client --database="$1" ;;
			*) echo "ignoring $file" ;;
		esac
	done
}

create_accounts() {
	local password=$1 database=$2 user=$3 user_password=$4 health
	health=$(pwgen -s 24 1)
	client --database=mysql <<-SQL
		SET @@SESSION.SQL_LOG_BIN=0;
		CREATE USER IF NOT EXISTS 'healthcheck'@'127.0.0.1' IDENTIFIED BY '$health', 'healthcheck'@'localhost' IDENTIFIED BY '$health';
		DROP DATABASE IF EXISTS test;
		${database:+CREATE DATABASE IF NOT EXISTS \`$database\`;}
	SQL
	printf '[client]\nuser=healthcheck\npassword=%s\n' "$health" >"$DATA/.my-healthcheck.cnf"
	chmod 600 "$DATA/.my-healthcheck.cnf"
	if [ -n "$user" ]; then
		client --database=mysql <<<"CREATE USER '$(quoted "$user")'@'%' IDENTIFIED BY '$(quoted "$user_password")';"
		[ -z "$database" ] || client --database=mysql <<<"GRANT ALL ON \`${database//_/\\_}\`.* TO '$(quoted "$user")'@'%';"
	fi
}

set_root_password() {
	client --database=mysql <<-SQL
		CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '$(quoted "$1")';
		GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
		ALTER USER 'root'@'localhost' IDENTIFIED BY '$(quoted "$1")';
	SQL
}

initialise() {
	local password database user user_password server
	password=$(value ROOT_PASSWORD) database=$(value DATABASE) user=$(value USER) user_password=$(value PASSWORD)
	if [ -n "$(value RANDOM_ROOT_PASSWORD)" ]; then
		password=$(pwgen --numerals --capitalize --symbols --remove-chars="'\\" -1 32)
		echo "GENERATED ROOT PASSWORD: $password"
	fi
	if [ -z "$password" ] && [ -z "$(value ALLOW_EMPTY_PASSWORD)$(value ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
		echo >&2 'error: Database is uninitialized and password option is not specified'
		echo >&2 '    You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD'
		exit 1
	fi
	mariadb-install-db --datadir="$DATA" --rpm --auth-root-authentication-method=normal --skip-test-db --cross-bootstrap >/dev/null
	"$@" --skip-networking --socket="$SOCKET" &
	server=$!
	for _ in $(seq 300); do
		if client --database=mysql -e 'select 1' >/dev/null 2>&1; then break; fi
		kill -0 "$server" || exit 1
		sleep 0.1
	done
	create_accounts "$password" "$database" "$user" "$user_password"
	run_init_files "$database"
	set_root_password "$password"
	kill "$server" && wait "$server"
	echo 'MariaDB init process done. Ready for start up.'
}

if [ "${1:0:1}" = - ]; then set -- mariadbd "$@"; fi
if [ "$1" = mariadbd ] || [ "$1" = mysqld ]; then
	if [ "$(id -u)" = 0 ]; then
		find "$DATA" /run/mysqld \! -user mysql -exec chown mysql: '{}' +
		exec gosu mysql "$BASH_SOURCE" "$@"
	fi
	if [ ! -d "$DATA/mysql" ]; then initialise "$@"; fi
fi
exec "$@"
