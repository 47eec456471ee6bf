# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs inside the images: shell scripts for the applets of busybox."""

from __future__ import annotations

# Process 1 of every image. busybox httpd as process 1 would ignore SIGTERM, and a container that ends
# with 0 on it would hide from the Engine why it ended: hence the trap, and 143.
SERVICE = r"""#!/bin/sh
page() {
  line $1 $2 > /www/index.html
  httpd -f -p 80 -h /www & server=$!
}
odd() {
  ODD=$2 PAGE=$(line $1 $2) httpd -f -p 80 -h /odd & server=$!
}
line() { echo "app=$1 version=$2 task=$(hostname) slot=${TASK_SLOT:-} node=${NODE:-}"; }
server=
trap '[ -z "$server" ] || kill $server; exit 143' TERM INT
case $1 in
page)  page "$2" "$3"; wait $server ;;
odd)   odd "$2" "$3"; wait $server ;;
slow)  echo "slow: warming up for 8 s"
       sleep 8 & server=$!; wait $server
       page "$2" "$3"; echo "slow: ready"; wait $server ;;
crash) page "$2" "$3"; sleep 3 & wait $!
       kill $server; echo "crash: lost the connection to the database, giving up" >&2; exit 3 ;;
exit)  echo "exit: cannot start: configuration key DATABASE_URL is missing" >&2; exit 1 ;;
job)   echo "job: working"; sleep 1 & wait $!
       if [ "$2" = ok ]; then echo "job: done"; exit 0; fi
       echo "job: 3 of 10 records could not be converted" >&2; exit 7 ;;
esac
"""
# httpd asks it for `/`, since there is no index beside it. `/health` is a file and always answers.
ODD = r"""#!/bin/sh
status="200 OK"
case $ODD in
flaky)  [ $((RANDOM % 5)) -ne 0 ] || status="500 Internal Server Error" ;;
slowly) sleep 0.4 ;;
esac
printf 'HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %s\r\n\r\n%s\n' \
  "$status" $((${#PAGE} + 1)) "$PAGE"
"""
EDGE = r"""#!/bin/sh
printf '%s\n' "$EDGE_CONFIG" > /tmp/edge.cfg
exec /usr/sbin/haproxy -f /tmp/edge.cfg
"""
