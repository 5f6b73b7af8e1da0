#!/usr/bin/env bash
# Long trials that the test suite has in short.
#
#   scripts/crash.sh sync [--steps N] [--seed S]
#   scripts/crash.sh send [--cycles N]
#   scripts/crash.sh rules [--cycles N]
#   scripts/crash.sh okki [--cycles N]
#   scripts/crash.sh gmail [--steps N] [--seed S]
#   scripts/crash.sh gmail-send [--cycles N]
#   scripts/crash.sh outlook [--steps N] [--seed S]
#   scripts/crash.sh outlook-send [--cycles N]
#
# sync: random things happen to a mailbox on a real Dovecot, done by another client and over the API, while the daemon syncs, is killed
# and starts again; cache and server must agree every 100 steps, keys stay, rules are to run once. 5,000 steps and a seed from the clock
# unless told otherwise. A failure prints seed, step and what was done last.
#
# send: a daemon is killed while it sends, a mail server drops the reply to the last word now and then; no mail may be accepted twice, and
# each is sent or visibly uncertain in the end. 1,000 cycles unless told otherwise.
#
# rules: a daemon is killed while rules star, send on, answer, call an agent and a webhook, whose peers take what they get and drop the answer
# now and then; each happens once, or is visibly uncertain in the end. 500 cycles unless told otherwise.
#
# okki: a daemon is killed while it brings mails into a CRM that takes records and drops the answer now and then; each mail is one record in
# the end. 300 cycles unless told otherwise.
#
# gmail: the same as sync over the sandbox's Gmail, which forgets its history, slips and refuses now and then; the first pass is killed too.
# 3,000 steps unless told otherwise.
#
# gmail-send: Gmail's answers are lost while mail is sent, before and after it acted; no mail goes out twice, none is called failed that went.
# 1,000 mails unless told otherwise, and as many again with a Gmail that gives them a Message-ID of its own.
#
# outlook, outlook-send: the same over the sandbox's Outlook, which gives mail other ids and forgets what its links stand for too. Nothing of a
# draft is left of a mail that was sent.
#
# Exit code: 0 held, 1 not, 2 wrong arguments.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
usage() { sed -n '2,35s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

trial=${1:-}
[[ $trial =~ ^(sync|send|rules|okki|gmail|gmail-send|outlook|outlook-send)$ ]] || usage
shift
steps= seed=$(($(date +%s) % 1000000000)) cycles=
while [[ $# -gt 0 ]]; do
    [[ ${2:-} =~ ^[0-9]{1,9}$ ]] || usage
    case $trial$1 in
        sync--steps | gmail--steps | outlook--steps) steps=$2 ;;
        sync--seed | gmail--seed | outlook--seed) seed=$2 ;;
        send--cycles | rules--cycles | okki--cycles | gmail-send--cycles | outlook-send--cycles) cycles=$2 ;;
        *) usage ;;
    esac
    shift 2
done

if [[ $trial == send ]]; then
    printf '%s cycles\n' "${cycles:=1000}"
    export MAILDAEMON_SEND_CYCLES=$((10#$cycles))
    TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~KilledSenderTests"
fi

if [[ $trial == rules ]]; then
    printf '%s cycles\n' "${cycles:=500}"
    export MAILDAEMON_RULE_CYCLES=$((10#$cycles))
    TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~KilledRulesTests"
fi

if [[ $trial == okki ]]; then
    printf '%s cycles\n' "${cycles:=300}"
    export MAILDAEMON_OKKI_CYCLES=$((10#$cycles))
    TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~KilledOkkiTests"
fi

if [[ $trial == *-send ]]; then
    service=${trial%-send}
    printf '%s mails\n' "${cycles:=1000}"
    export "MAILDAEMON_${service^^}_SENDS=$((10#$cycles))"
    TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~${service^}LostRepliesTests"
fi

if [[ $trial == gmail || $trial == outlook ]]; then
    printf 'seed %s, %s steps\n' "$seed" "${steps:=3000}"
    export "MAILDAEMON_${trial^^}_STEPS=$((10#$steps))" "MAILDAEMON_${trial^^}_SEED=$((10#$seed))"
    TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~${trial^}HistoryTests"
fi

printf 'seed %s, %s steps\n' "$seed" "${steps:=5000}"
export MAILDAEMON_RANDOM_STEPS=$((10#$steps)) MAILDAEMON_RANDOM_SEED=$((10#$seed))
TEST_HANG=4h exec "$root/scripts/test.sh" --filter "FullyQualifiedName~RandomHistoryTests.Whatever_happens"
