using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

// News of mailboxes that are not open (RFC 5465).
public sealed partial class ImapClient
{
    private readonly Dictionary<string, MailboxStatus> notified = new(StringComparer.Ordinal);
    private readonly HashSet<string> unreported = new(StringComparer.Ordinal);
    private bool hasNotifyOverflowed;
    private bool isOverflowUnreported;

    /// <summary>Whether the server tells of mailboxes that are not open. It may stop by itself: <see cref="ImapUpdates.NotifyOverflowed"/>.</summary>
    public bool IsNotifying { get; private set; }

    private bool HasUnreported => unreported.Count > 0 || isOverflowUnreported;

    /// <summary>
    /// Has the server tell of the open mailbox and of others at any time (NOTIFY SET). The news is in <see cref="TakeUpdates"/> and ends
    /// <see cref="IdleAsync"/>. It replaces an earlier request.
    /// </summary>
    /// <returns>The states told because of <see cref="NotifyRequest.Status"/>; empty without it.</returns>
    /// <exception cref="ImapException">Protocol without NOTIFY; the server refused (for instance BADEVENT), and what was asked before goes on.</exception>
    public async Task<IReadOnlyList<MailboxStatus>> NotifyAsync(NotifyRequest request, CancellationToken ct)
    {
        RequireNotify();
        var command = Command("NOTIFY").Word("SET");
        if (request.Status)
        {
            command.Word("STATUS");
        }

        WriteEvents(command.Open().Word("selected")).Close();
        WriteEvents(WriteMailboxes(command.Open(), request.Mailboxes)).Close();

        var states = new Dictionary<string, MailboxStatus>(StringComparer.Ordinal);
        await ExecuteAsync(command, (in ImapReply reply) => TakeState(reply, request.Status ? states : null), ct).ConfigureAwait(false);
        IsNotifying = true;
        return [.. states.Values];
    }

    /// <summary>Has the server tell of no mailbox any more, the open one included, until it is asked anew (NOTIFY NONE).</summary>
    /// <exception cref="ImapException">Protocol without NOTIFY; the server refused.</exception>
    public async Task NotifyNothingAsync(CancellationToken ct)
    {
        RequireNotify();
        await ExecuteAsync(Command("NOTIFY").Word("NONE"), null, ct).ConfigureAwait(false);
        IsNotifying = false;
    }

    private void RequireNotify()
    {
        if (!Capabilities.Has("NOTIFY"))
        {
            throw new ImapException(ImapFault.Protocol, "The server does not offer NOTIFY");
        }
    }

    /// <summary>filter-mailboxes = "personal" / "mailboxes" SP "(" mailbox *(SP mailbox) ")" / …</summary>
    private ImapWriter WriteMailboxes(ImapWriter command, IReadOnlyList<string>? mailboxes)
    {
        if (mailboxes is null)
        {
            return command.Word("personal");
        }

        ArgumentOutOfRangeException.ThrowIfZero(mailboxes.Count);
        command.Word("mailboxes").Open();
        foreach (var mailbox in mailboxes)
        {
            names.Write(command, mailbox, IsUtf8Enabled);
        }

        return command.Close();
    }

    /// <summary>The first two are allowed only together, and FlagChange only with them (RFC 5465 §5).</summary>
    private static ImapWriter WriteEvents(ImapWriter command) =>
        command.Open().Word("MessageNew").Word("MessageExpunge").Word("FlagChange").Close();

    /// <param name="states">Null: the state was not asked for, so that each told is news already.</param>
    private bool TakeState(in ImapReply reply, Dictionary<string, MailboxStatus>? states)
    {
        if (reply.Name != DataName.Status)
        {
            return false;
        }

        if (states is null)
        {
            ObserveStatus(reply);
        }
        else if (ReadStatus(reply) is { } status && (states.Count < limits.MaxMailboxes || states.ContainsKey(status.Mailbox)))
        {
            states[status.Mailbox] = status;
        }

        return true;
    }

    /// <summary>Takes a STATUS nobody asked for: something changed in that mailbox.</summary>
    private void ObserveStatus(in ImapReply reply)
    {
        // A line that cannot be read names a mailbox we do not know.
        if (ReadStatus(reply) is not { } status || (notified.Count >= limits.MaxMailboxes && !notified.ContainsKey(status.Mailbox)))
        {
            hasNotifyOverflowed = isOverflowUnreported = true;
            return;
        }

        notified[status.Mailbox] = MailboxParser.Merge(notified.GetValueOrDefault(status.Mailbox), status);
        unreported.Add(status.Mailbox);
    }

    /// <summary>NOTIFICATIONOVERFLOW: it was too much for the server, which goes on as after NOTIFY NONE (RFC 5465 §5.8).</summary>
    private void ObserveNotificationOverflow()
    {
        IsNotifying = false;
        hasNotifyOverflowed = isOverflowUnreported = true;
    }

    private void ClearNotified()
    {
        notified.Clear();
        hasNotifyOverflowed = false;
        ClearUnreported();
    }

    private void ClearUnreported()
    {
        unreported.Clear();
        isOverflowUnreported = false;
    }

    private MailboxStatus? ReadStatus(in ImapReply reply) =>
        Lenient(reply, (in ImapReply r) => MailboxParser.ReadStatus(r, limits, names, IsUtf8Enabled));
}
