#!/usr/bin/env bash
# Does a network exist once it was created?
set -Eeuo pipefail

# %% symptom
podman network inspect SLUG >/dev/null 2>&1 && echo "answer: it exists" || echo "answer: it doesn't exist"

# %% create
podman network create SLUG

# %% check
podman network inspect SLUG >/dev/null 2>&1 && echo "answer: it exists" || echo "answer: it doesn't exist"

# %% cleanup
podman network rm SLUG
