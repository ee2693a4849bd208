#!/bin/bash
# Keeps the contract of the public image: one standalone server on port 4444 with one browser.
set -e
sessions=${SE_NODE_MAX_SESSIONS:-1}
exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:SharedArchiveFile=/opt/selenium/classes.jsa $JAVA_OPTS \
	-jar /opt/selenium/selenium-server.jar standalone --port 4444 --host 0.0.0.0 \
	--selenium-manager false --detect-drivers false --session-timeout "${SE_NODE_SESSION_TIMEOUT:-300}" --override-max-sessions true --max-sessions "$sessions" \
	--driver-configuration display-name=chrome "max-sessions=$sessions" webdriver-executable=/usr/bin/chromedriver 'stereotype={"browserName":"chrome","platformName":"linux"}'
