#!/usr/bin/env bash
# Builds the solution and runs every test. Installs the programs that some tests talk to when they are missing (Debian);
# where that is not possible those tests are skipped with a word. The last line is "N passed, N failed, N skipped".
#
#   scripts/test.sh [arguments for dotnet test, such as --filter Smtp]
#
# TEST_INSTALL=0 installs nothing; TEST_HANG (5m) is how long one test may take. Exit code: 0 all passed, 1 a test failed or none ran, else the build's own.
set -uo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/artifacts/test-results
packages=(dovecot-imapd postfix chromium curl)
programs=(dovecot /usr/lib/dovecot/imap postfix chromium curl)

say() { printf '%s\n' "$*"; }

# --- The .NET SDK needs a home directory it can write to.
prepare_dotnet() {
    if [[ -z ${HOME:-} || ! -d $HOME || ! -w $HOME ]]; then
        export HOME=$root/artifacts/home
        mkdir -p "$HOME"
    fi
    export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-$HOME}
    export NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages}
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
    local place
    for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
        command -v dotnet >/dev/null && return
        if [[ -n $place && -x $place/dotnet ]]; then export DOTNET_ROOT=$place PATH=$place:$PATH; fi
    done
    command -v dotnet >/dev/null || { say "The .NET SDK is missing: https://dotnet.microsoft.com/download"; exit 2; }
}

# --- Test peers.
missing_packages() {
    local i
    for i in "${!programs[@]}"; do
        PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "${programs[i]}" >/dev/null && continue
        case ${programs[i]} in
            dovecot | /usr/lib/dovecot/imap) say dovecot-imapd ;;
            *) say "${programs[i]}" ;;
        esac
    done | sort -u
}

# Installs packages without starting what they bring, now or at the next boot: the tests run servers of their own.
# --no-remove: a machine that has another mail server keeps it.
install_script='
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap "rm -f $policy" EXIT
    printf "#!/bin/sh\nexit 101\n" > $policy
    chmod 755 $policy
fi
if command -v debconf-set-selections >/dev/null; then
    echo "postfix postfix/main_mailer_type select Local only" | debconf-set-selections
fi
wait="-o DPkg::Lock::Timeout=120"
apt-get $wait -qq update || true
apt-get $wait -qq -y --no-install-recommends --no-remove install "$@"
if [ -d /run/systemd/system ]; then
    for unit in dovecot.socket dovecot.service postfix.service; do
        case " $* " in *"${unit%%.*}"*) ;; *) continue ;; esac
        systemctl --quiet is-active "$unit" || systemctl --quiet disable "$unit" 2>/dev/null || true
    done
fi
'

install_peers() {
    local wanted log=$root/artifacts/install.log
    mapfile -t wanted < <(missing_packages)
    [[ ${#wanted[@]} -eq 0 ]] && return
    if [[ ${TEST_INSTALL:-1} != 0 ]] && command -v apt-get >/dev/null; then
        local as_root=()
        [[ $EUID -ne 0 ]] && as_root=(sudo -n)
        if [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; then
            say "Installing ${wanted[*]} ..."
            "${as_root[@]}" sh -c "$install_script" install "${wanted[@]}" </dev/null >"$log" 2>&1 || tail -n 5 "$log"
            mapfile -t wanted < <(missing_packages)
        fi
    fi
    [[ ${#wanted[@]} -eq 0 ]] || say "Some tests will be skipped; for all of them: apt-get install ${wanted[*]}"
}

# --- Results. A trx file says how many tests there were and how many ran; those that did not run were skipped.
counter() {
    grep -hoE '<Counters [^>]*' "$results"/*.trx 2>/dev/null | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'
}

show_skipped() {
    awk '
        /<UnitTestResult / { skipped = /outcome="NotExecuted"/ }
        skipped && /<(StdOut|Message)>/ {
            sub(/.*<(StdOut|Message)>/, ""); sub(/<\/(StdOut|Message)>.*/, ""); count[$0]++; skipped = 0
        }
        END { for (reason in count) printf "skipped %d: %s\n", count[reason], reason }' "$results"/*.trx 2>/dev/null \
        | sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&quot;/"/g' -e 's/&amp;/\&/g' | sort
}

mkdir -p "$root/artifacts"
prepare_dotnet
install_peers
cd "$root" || exit 2
rm -rf "$results"

dotnet build MailDaemon.sln -c Release -warnaserror -v quiet -nologo "-clp:NoSummary;ErrorsOnly" || {
    code=$?
    say "The build failed."
    say "0 passed, 0 failed, 0 skipped"
    exit "$code"
}

# One project after the other: two at once on two cores make clocks slow and servers late.
dotnet test MailDaemon.sln -c Release --no-build -m:1 -v quiet -nologo \
    --logger trx --logger "console;verbosity=minimal" --results-directory "$results" \
    --blame-hang-timeout "${TEST_HANG:-5m}" --blame-hang-dump-type none "$@"
code=$?

show_skipped
total=$(counter total) executed=$(counter executed) passed=$(counter passed)
skipped=$((total - executed)) failed=$((executed - passed))
if [[ $code -ne 0 && $failed -eq 0 ]]; then
    say "A test run broke off (code $code); it counts as one failure."
    failed=1
fi
say "$passed passed, $failed failed, $skipped skipped"
[[ $code -eq 0 && $failed -eq 0 && $passed -gt 0 ]] || exit 1
