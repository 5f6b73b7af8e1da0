using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

// News of mailboxes that are not open (RFC 5465).
public sealed partial class ImapClient
{
    private readonly Dictionary<string, MailboxStatus> notified = new(StringComparer.Ordinal);
    private readonly List<MailboxListing> listed = [];
    private readonly HashSet<string> unreported = new(StringComparer.Ordinal);
    private bool hasNotifyOverflowed;
    private bool areNamesUnreported;
    private bool isOverflowUnreported;

    /// <summary>Whether the server tells of mailboxes that are not open. It may stop by itself: <see cref="ImapUpdates.NotifyOverflowed"/>.</summary>
    public bool IsNotifying { get; private set; }

    private bool HasUnreported => unreported.Count > 0 || areNamesUnreported || isOverflowUnreported;

    /// <summary>
    /// Has the server tell of the open mailbox and of others at any time (NOTIFY SET). The news is in <see cref="TakeUpdates"/> and ends
    /// <see cref="IdleAsync"/>. It replaces an earlier request.
    /// </summary>
    /// <returns>The states told because of <see cref="NotifyRequest.Status"/>; empty without it.</returns>
    /// <exception cref="ImapException">Protocol without NOTIFY; the server refused (for instance BADEVENT), and what was asked before goes on.</exception>
    public async Task<IReadOnlyList<MailboxStatus>> NotifyAsync(NotifyRequest request, CancellationToken ct)
    {
        RequireNotify();
        try
        {
            return await SetNotifyAsync(request, withNames: true, ct).ConfigureAwait(false);
        }
        catch (ImapException e) when (e.ResponseCode == "BADEVENT")
        {
            // Only events of messages have to be offered (RFC 5465 §5); names are seen by the next listing as well.
            return await SetNotifyAsync(request, withNames: false, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Has the server tell of no mailbox any more, the open one included, until it is asked anew (NOTIFY NONE).</summary>
    /// <exception cref="ImapException">Protocol without NOTIFY; the server refused.</exception>
    public async Task NotifyNothingAsync(CancellationToken ct)
    {
        RequireNotify();
        await ExecuteAsync(Command("NOTIFY").Word("NONE"), null, ct).ConfigureAwait(false);
        IsNotifying = false;
    }

    private async Task<IReadOnlyList<MailboxStatus>> SetNotifyAsync(NotifyRequest request, bool withNames, CancellationToken ct)
    {
        var command = Command("NOTIFY").Word("SET");
        if (request.Status)
        {
            command.Word("STATUS");
        }

        WriteEvents(command.Open().Word("selected"), withNames: false).Close();
        WriteEvents(WriteMailboxes(command.Open(), request.Mailboxes), withNames).Close();

        var states = new Dictionary<string, MailboxStatus>(StringComparer.Ordinal);
        await ExecuteAsync(command, (in ImapReply reply) => TakeNews(reply, request.Status ? states : null), ct).ConfigureAwait(false);
        IsNotifying = true;
        return [.. states.Values];
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

    /// <summary>The first two are allowed only together, FlagChange only with them, and the last two not of the open mailbox (RFC 5465 §5).</summary>
    private static ImapWriter WriteEvents(ImapWriter command, bool withNames)
    {
        command.Open().Word("MessageNew").Word("MessageExpunge").Word("FlagChange");
        return (withNames ? command.Word("MailboxName").Word("SubscriptionChange") : command).Close();
    }

    /// <param name="states">Null: the state was not asked for, so that each told is news already.</param>
    private bool TakeNews(in ImapReply reply, Dictionary<string, MailboxStatus>? states)
    {
        if (reply.Name == DataName.List)
        {
            ObserveListing(MailboxParser.ReadListing(reply, limits, names, IsUtf8Enabled, tellsSubscription: true));
            return true;
        }

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

    /// <summary>Takes a LIST nobody asked for: the mailbox was made, renamed, deleted, or (un)subscribed (RFC 5465 §5.4, §5.5).</summary>
    private void ObserveListing(MailboxListing listing)
    {
        if (listing.Defect is not null || listed.Count >= limits.MaxMailboxes)
        {
            hasNotifyOverflowed = isOverflowUnreported = true;
            return;
        }

        listed.Add(listing);
        areNamesUnreported = true;
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
        listed.Clear();
        hasNotifyOverflowed = false;
        ClearUnreported();
    }

    private void ClearUnreported()
    {
        unreported.Clear();
        areNamesUnreported = isOverflowUnreported = false;
    }

    private MailboxStatus? ReadStatus(in ImapReply reply, MailboxNames? listed = null) =>
        Lenient(reply, (in ImapReply r) => MailboxParser.ReadStatus(r, limits, listed ?? names, IsUtf8Enabled));
}
