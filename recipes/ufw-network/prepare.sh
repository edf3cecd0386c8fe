#!/usr/bin/env bash
# A machine whose ufw is in use: with the first rule that is deleted, ufw also adds those for its log.
set -Eeuo pipefail
ufw allow 8080/tcp
ufw delete allow 8080/tcp
