#!/bin/bash
# Starts the broker of docker-compose.yml. At the first start it makes the log and the account of the services, whose
# password is in the file that KAFKA_PASSWORD_FILE names.
set -euo pipefail

settings="${KAFKA_SETTINGS:-/etc/cofactor/server.properties}"
programs="${KAFKA_PROGRAMS:-/opt/kafka/bin}"
export LOG_DIR=/tmp/kafka-logs

"$programs/kafka-storage.sh" format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$settings" \
  --add-scram "SCRAM-SHA-512=[name=cofactor,password=$(<"$KAFKA_PASSWORD_FILE")]"
exec "$programs/kafka-server-start.sh" "$settings"
