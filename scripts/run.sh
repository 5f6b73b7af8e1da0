#!/usr/bin/env bash
# Builds the daemon and runs it in the foreground: scripts/run.sh [--sandbox] [args]
# Needs a .NET SDK and nothing else. Builds where the sources lie, or in the user's cache when that cannot be written.
set -euo pipefail

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd -- "$root"

if [ -n "${DOTNET_ROOT:-}" ] && [ -x "$DOTNET_ROOT/dotnet" ]; then
  dotnet="$DOTNET_ROOT/dotnet"
elif ! dotnet="$(command -v dotnet)"; then
  for candidate in /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/local/share/dotnet/dotnet "${HOME:-/nonexistent}/.dotnet/dotnet"; do
    if [ -x "$candidate" ]; then dotnet="$candidate"; break; fi
  done
fi
if [ -z "${dotnet:-}" ]; then
  echo "run.sh: no .NET SDK found; install .NET 10 from https://dotnet.microsoft.com/download" >&2
  exit 1
fi

# A directory of this user's own, also where HOME is empty, is not there or cannot be written.
cache="${XDG_CACHE_HOME:-}"
if [ -z "$cache" ] && [ -n "${HOME:-}" ] && [ -d "$HOME" ] && [ -w "$HOME" ]; then cache="$HOME/.cache"; fi
if [ -n "$cache" ] && mkdir -p -m 700 -- "$cache/maildaemon" 2>/dev/null; then
  cache="$cache/maildaemon"
else
  cache="${TMPDIR:-/tmp}/maildaemon-build-$(id -u)"
  mkdir -p -m 700 -- "$cache" 2>/dev/null || true
fi
# What somebody else put there would be run as this user.
if [ -L "$cache" ] || [ ! -O "$cache" ]; then
  echo "run.sh: $cache belongs to somebody else and is not used" >&2
  cache="$(mktemp -d "${TMPDIR:-/tmp}/maildaemon-build-XXXXXXXX")"
fi

if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
  export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-$cache/dotnet}"
  export NUGET_PACKAGES="${NUGET_PACKAGES:-$cache/nuget}"
  mkdir -p -- "$DOTNET_CLI_HOME" "$NUGET_PACKAGES"
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en

# Build output goes beside the sources when they are ours to write, else to the cache, from a copy.
source="$root"
if ! (mkdir -p -- src/MailDaemon/obj && touch -- src/MailDaemon/obj/.probe && rm -f -- src/MailDaemon/obj/.probe) 2>/dev/null; then
  source="$cache/source"
  rm -rf -- "$source"
  mkdir -p -- "$source"
  tar -C "$root" --exclude='./.git' --exclude='bin' --exclude='obj' --exclude='./certs/server.*' -cf - . | tar -C "$source" --no-same-owner --no-same-permissions -xf -
  chmod -R u+w -- "$source"
fi

# Compiled ahead of time, which halves what the first request and the first mail wait for; where the compiler for that cannot be had
# (it is a package), just in time.
log="$cache/build.log"
program="$source/src/MailDaemon/bin/run"
publish() {
  "$dotnet" publish "$source/src/MailDaemon/MailDaemon.csproj" -c Release --use-current-runtime --self-contained false -o "$program" --nologo \
    -v quiet -nodeReuse:false -p:UseSharedCompilation=false -p:RunAnalyzers=false "$@" >"$log" 2>&1
}
if ! publish -p:PublishReadyToRun=true && ! publish; then
  cat -- "$log" >&2
  echo "run.sh: the build failed" >&2
  exit 1
fi

# exec: signals and the exit code are the daemon's own.
exec "$dotnet" "$program/MailDaemon.dll" "$@"
