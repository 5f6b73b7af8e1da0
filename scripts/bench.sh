#!/usr/bin/env bash
# Measures the daemon beside other programs doing the same work, in turn on this machine.
#
#   scripts/bench.sh sync [--sizes 1000,20000,100000] [--rounds 3]
#   scripts/bench.sh api  [--sizes 1000,10000,100000] [--rounds 3]
#   scripts/bench.sh rules [--sizes 10000] [--rounds 3]
#   scripts/bench.sh files [--sizes 1,10,100] [--rounds 3]
#   scripts/bench.sh gmail
#   scripts/bench.sh outlook
#   scripts/bench.sh customers
#
# api: lists, details and searches over HTTPS, reads beside a first pass, start, memory and disk, beside Kestrel with nothing behind it
# that writes the same JSON (Debian: dovecot-imapd, wrk).
#
# files: memory that attachments of so many megabytes take, read and sent (Debian: dovecot-imapd).
#
# rules: 1,000 rules on so many new mails, also with a catastrophic expression among them, beside Pigeonhole's sieve-filter with the same rules;
# and how soon an agent has the task that a new mail is (Debian: dovecot-imapd, dovecot-sieve).
#
# gmail: first passes over 5,000 and 20,000 messages of the sandbox's Gmail, over the API and over IMAP, with requests and quota units, whether
# both bring the same, and the memory of an attachment of 20 MB each way.
#
# outlook: first passes over 5,000 and 20,000 messages in twelve folders of the sandbox's Outlook, passes with nothing new and with changes, beside Microsoft's
# SDK alone, with requests; the memory of an attachment of 20 MB each way; start and memory of the daemon without and with such an account.
#
# customers: the search for a mail's customer among 1,000, 10,000 and 50,000, beside a full-text index of SQLite asked for the same words.
#
# sync: first pass, passes with nothing new and with changes, new mail, and memory, beside mbsync and a raw drain of the same Dovecot
# (Debian: dovecot-imapd, isync). All files lie below TMPDIR (/tmp) and go away at the very end: a round takes 13 GB for 100,000 messages,
# three take 28 GB; a size that does not fit is skipped. Exit code: 0 measured, whether goals are held or missed, 1 a fault, 2 wrong
# arguments or a missing program.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Ahead of time, as scripts/run.sh makes the daemon; the second in the folder of the first, with all that it needs to run.
program=$root/tests/MailDaemon.Benchmarks/bin/run
for project in tests/MailDaemon.Benchmarks src/MailDaemon; do
    output=$(dotnet publish "$root/$project" -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "$program" -v quiet -nologo) ||
        { printf '%s\n' "$output" >&2; exit 1; }
done
exec dotnet "$program/MailDaemon.Benchmarks.dll" "$@"
