#!/bin/bash
# Keeps the contract of the public image: one standalone server on port 4444, which runs one browser at a time.
set -e
exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar /opt/selenium/selenium-server.jar standalone --port 4444 --host 0.0.0.0 \
	--selenium-manager false --session-timeout "${SE_NODE_SESSION_TIMEOUT:-300}" --max-sessions "${SE_NODE_MAX_SESSIONS:-1}"
