#!/usr/bin/env bash
# Keeps the contract of the public image: POSTGRES_* (also as _FILE), /docker-entrypoint-initdb.d, PGDATA as a volume.
set -Eeuo pipefail

# value NAME DEFAULT: the variable, the content of the file that NAME_FILE names, or the default.
value() {
	local name=$1 fallback=${2-} file="${1}_FILE"
	if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
		echo >&2 "error: both $name and $file are set"
		exit 1
	fi
	if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!name:-$fallback}"; fi
}

run_init_files() {
	local file
	for file in /docker-entrypoint-initdb.d/*; do
		case "$file" in
			*.sh) if [ -x "$file" ]; then echo "running $file"; "$file"; else echo "sourcing $file"; . "$file"; fi ;;
			*.sql) echo "running $file"; client -f "$file" ;;
			*.sql.gz) echo "running $file"; gunzip -c "$file" | client ;;
			*.sql.xz) echo "running $file"; xz -dc "$file" | client ;;
			*) [ ! -e "$file" ] || echo "ignoring $file" ;;
		esac
	done
}

client() {
	PGHOST= PGHOSTADDR= psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --no-password --dbname "$POSTGRES_DB" "$@"
}

create_cluster() {
	local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} arguments
	if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
		echo >&2 'Error: Database is uninitialized and superuser password is not specified.'
		echo >&2 '       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.'
		exit 1
	fi
	eval "arguments=( ${POSTGRES_INITDB_ARGS:-} )"
	if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then arguments+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
	initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
	printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

initialise() {
	create_cluster
	export PGPASSWORD="${PGPASSWORD-$POSTGRES_PASSWORD}"
	# While the files run, only the socket listens: nobody outside meets a half-filled database.
	pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p ${PGPORT:-5432}" -w start
	if [ "$POSTGRES_DB" != postgres ]; then
		POSTGRES_DB=postgres client --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
	fi
	run_init_files
	pg_ctl -D "$PGDATA" -m fast -w stop
	unset PGPASSWORD
	echo
	echo 'PostgreSQL init process complete; ready for start up.'
	echo
}

main() {
	if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
	if [ "$1" = postgres ]; then
		mkdir -p "$PGDATA"
		if [ "$(id -u)" = 0 ]; then
			chmod 00700 "$PGDATA" || :
			find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
			exec gosu postgres "$BASH_SOURCE" "$@"
		fi
		POSTGRES_PASSWORD=$(value POSTGRES_PASSWORD)
		POSTGRES_USER=$(value POSTGRES_USER postgres)
		POSTGRES_DB=$(value POSTGRES_DB "$POSTGRES_USER")
		POSTGRES_INITDB_ARGS=$(value POSTGRES_INITDB_ARGS)
		export POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB
		if [ -s "$PGDATA/PG_VERSION" ]; then
			echo
			echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
			echo
		else
			initialise
		fi
	fi
	exec "$@"
}

main "$@"
