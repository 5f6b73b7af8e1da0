#!/usr/bin/env bash
# Lets programs trust the daemon's certificate: scripts/trust-cert.sh [--remove] [path to server.crt]
# On Linux as root: the system's store. As another user: the NSS store of Chromium and, where there is one, of Firefox.
# On macOS: the login keychain. The certificate is a leaf for 127.0.0.1, ::1 and localhost; it can vouch for nobody else.
set -euo pipefail

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
name="maildaemon-local"
remove=false
certificate="$root/certs/server.crt"
for argument in "$@"; do
  case "$argument" in
    --remove) remove=true ;;
    -*) echo "trust-cert.sh: unknown argument $argument" >&2; exit 2 ;;
    *) certificate="$argument" ;;
  esac
done

if ! $remove && [ ! -f "$certificate" ]; then
  echo "trust-cert.sh: $certificate is not there; start the daemon once, it makes it" >&2
  exit 1
fi

system_store() {
  local target="/usr/local/share/ca-certificates/$name.crt"
  if $remove; then rm -f -- "$target"; else install -m 644 -- "$certificate" "$target"; fi
  update-ca-certificates --fresh >/dev/null
  echo "trust-cert.sh: the system's store is up to date"
}

nss_store() {
  local store="$1"
  certutil -d "sql:$store" -D -n "$name" 2>/dev/null || true
  if ! $remove; then certutil -d "sql:$store" -A -t "P,," -n "$name" -i "$certificate"; fi
  echo "trust-cert.sh: $store is up to date"
}

nss_stores() {
  if ! command -v certutil >/dev/null; then
    echo "trust-cert.sh: certutil is missing (Debian: apt-get install libnss3-tools)" >&2
    return 1
  fi
  local store="$HOME/.pki/nssdb" profile
  if [ ! -d "$store" ] && ! $remove; then
    mkdir -p -m 700 -- "$store"
    certutil -d "sql:$store" -N --empty-password
  fi
  if [ -d "$store" ]; then nss_store "$store"; fi
  for profile in "$HOME"/.mozilla/firefox/*/cert9.db; do
    if [ -f "$profile" ]; then nss_store "$(dirname -- "$profile")"; fi
  done
}

case "$(uname -s)" in
  Darwin)
    if $remove; then
      security delete-certificate -c "MailDaemon on this machine"
    else
      security add-trusted-cert -r trustRoot -p ssl -k "$HOME/Library/Keychains/login.keychain-db" "$certificate"
    fi
    ;;
  Linux)
    if [ "$(id -u)" = 0 ] && command -v update-ca-certificates >/dev/null; then system_store; else nss_stores; fi
    ;;
  *)
    echo "trust-cert.sh: on this system, import $certificate by hand" >&2
    exit 1
    ;;
esac
