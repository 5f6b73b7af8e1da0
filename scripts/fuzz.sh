#!/bin/sh
# Sends odd requests to every route of the API document: scripts/fuzz.sh [SEED] [MINUTES]
# A failure prints the request as a curl command; the same seed makes the same requests.
set -eu
cd "$(dirname "$0")/.."
MAILDAEMON_FUZZ_SEED="${1:-$(date +%s)}"
MAILDAEMON_FUZZ_MINUTES="${2:-10}"
export MAILDAEMON_FUZZ_SEED MAILDAEMON_FUZZ_MINUTES
echo "seed $MAILDAEMON_FUZZ_SEED, $MAILDAEMON_FUZZ_MINUTES minutes"
exec dotnet test tests/MailDaemon.Tests -c Release --filter "FullyQualifiedName~Api.FuzzTests" --logger "console;verbosity=normal"
