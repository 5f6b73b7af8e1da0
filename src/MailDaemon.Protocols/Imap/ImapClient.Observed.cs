using System.Text;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

// What any reply at any time tells of the connection and the open mailbox.
public sealed partial class ImapClient
{
    /// <summary>Characters of flags that are kept until they are taken.</summary>
    private const long MaxFlagText = 32 * 1024 * 1024;

    private const int MaxEnabled = 100;

    private readonly HashSet<string> enabled = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FlagChange> flagChanges = [];
    private readonly List<UidRange> vanished = [];
    private long expunged;
    private long heldFlagText;
    private bool hasArrivals;
    private bool hasOverflowed;
    private bool isOpening;

    /// <summary>Names and quoted strings are UTF-8 (RFC 6855 §3, RFC 9051 §5.1).</summary>
    private bool IsUtf8Enabled => enabled.Contains("UTF8=ACCEPT") || enabled.Contains("IMAP4rev2") || Capabilities.SpeaksOnlyRev2;

    private bool HasUpdates => hasArrivals || hasOverflowed || expunged > 0 || flagChanges.Count > 0 || vanished.Count > 0;

    /// <summary>
    /// Takes what the server told since the last call. What concerns the open mailbox is cleared also when a mailbox is opened; what
    /// NOTIFY told of others is not.
    /// </summary>
    public ImapUpdates TakeUpdates()
    {
        var others = new ImapUpdates
        {
            Mailboxes = [.. notified.Values],
            ChangedMailboxes = ChangedMailboxes(notified.Keys, HasUpdates),
            Listings = [.. listed],
            NotifyOverflowed = hasNotifyOverflowed,
        };
        ClearNotified();
        var open = TakeMailboxUpdates();
        return others with { Expunged = open.Expunged, Vanished = open.Vanished, Flags = open.Flags, HasArrivals = open.HasArrivals, Overflowed = open.Overflowed };
    }

    /// <summary>Takes only what concerns the open mailbox: what NOTIFY told of others is still told by <see cref="IdleAsync"/>.</summary>
    public ImapUpdates TakeMailboxUpdates()
    {
        var updates = new ImapUpdates
        {
            Expunged = expunged,
            Vanished = UidSet.OfRanges(vanished),
            Flags = [.. flagChanges],
            HasArrivals = hasArrivals,
            Overflowed = hasOverflowed,
        };
        ClearUpdates();
        return updates;
    }

    private void ClearUpdates()
    {
        flagChanges.Clear();
        vanished.Clear();
        expunged = heldFlagText = 0;
        hasArrivals = hasOverflowed = false;
    }

    /// <summary>Takes the meaning of response codes, tagged or not.</summary>
    private void Apply(ImapStatus status)
    {
        switch (status.Code)
        {
            case null:
                break;
            case "CAPABILITY":
                Capabilities = new ImapCapabilities(status.ReadWords());
                break;
            case "NOTIFICATIONOVERFLOW":
                ObserveNotificationOverflow();
                break;
            case "CLOSED" when isOpening && Selected is not null:
                // Until here the replies told of the mailbox that was open before (RFC 7162 §3.2.11).
                Selected = new SelectedMailbox(Selected.Name, Selected.IsReadOnly);
                ClearUpdates();
                break;
            default:
                if (Selected is not null)
                {
                    ApplyToMailbox(Selected, status);
                }

                break;
        }
    }

    private static void ApplyToMailbox(SelectedMailbox mailbox, ImapStatus status)
    {
        switch (status.Code)
        {
            case "UIDVALIDITY":
                // QUIRK: xwtec.cn, UIDVALIDITY 0: its UIDs do not last.
                mailbox.UidValidity = status.Number32 is > 0 and var validity ? validity : null;
                break;
            case "UIDNEXT":
                mailbox.UidNext = status.Number32 ?? mailbox.UidNext;
                break;
            case "HIGHESTMODSEQ":
                mailbox.HighestModSeq = status.Number64;
                break;
            case "NOMODSEQ":
                mailbox.NoModSeq = true;
                mailbox.HighestModSeq = null;
                break;
            case "UIDNOTSTICKY":
                mailbox.UidNotSticky = true;
                break;
            case "PERMANENTFLAGS":
                mailbox.PermanentFlags = status.ReadWords();
                break;
            case "MAILBOXID":
                mailbox.MailboxId = status.ReadWords() is [var id, ..] ? id : null;
                break;
            case "READ-ONLY":
                mailbox.IsReadOnly = true;
                break;
            case "READ-WRITE":
                mailbox.IsReadOnly = false;
                break;
        }
    }

    /// <summary>Takes a data reply that no command claimed.</summary>
    private void Observe(in ImapReply reply)
    {
        switch (reply.Name)
        {
            case DataName.Capability:
                Capabilities = new ImapCapabilities(Words(reply));
                break;
            case DataName.Enabled:
                enabled.UnionWith(Words(reply).Take(MaxEnabled - enabled.Count));
                break;
            case DataName.Exists when Selected is not null:
                ObserveExists(Selected, reply.Number);
                break;
            case DataName.Expunge when Selected is not null && reply.Number > 0:
                expunged++;
                Selected.Exists -= Selected.Exists > 0 ? 1u : 0u;
                break;
            case DataName.Flags when Selected is not null:
                ObserveFlags(Selected, reply);
                break;
            case DataName.Vanished when Selected is not null:
                ObserveVanished(Selected, reply);
                break;
            case DataName.Status when IsNotifying:
                ObserveStatus(reply);
                break;
            case DataName.List when IsNotifying:
                ObserveListing(MailboxParser.ReadListing(reply, limits, names, IsUtf8Enabled, tellsSubscription: true));
                break;
            case DataName.Fetch when Selected is not null:
                Observe(FetchParser.Read(reply, limits));
                break;
        }
    }

    private void ObserveExists(SelectedMailbox mailbox, uint exists)
    {
        if (!isOpening)
        {
            // A number that falls without EXPUNGE is against the rules and met all the same: something went.
            hasArrivals |= exists > mailbox.Exists;
            expunged += exists < mailbox.Exists ? mailbox.Exists - exists : 0;
        }

        mailbox.Exists = exists;
    }

    private void Observe(FetchedMessage message)
    {
        if (message.Flags is null)
        {
            return;
        }

        heldFlagText += message.Flags.Sum(f => f.Length + 16L);
        if (flagChanges.Count + vanished.Count >= limits.MaxUpdates || heldFlagText > MaxFlagText)
        {
            hasOverflowed = true;
            return;
        }

        flagChanges.Add(new FlagChange(message.Uid, message.SequenceNumber, message.Flags, message.ModSeq));
    }

    private void ObserveFlags(SelectedMailbox mailbox, in ImapReply reply)
    {
        try
        {
            var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
            mailbox.Flags = FlagList.Read(ref tokens);
        }
        catch (ImapSyntaxException)
        {
            // The list is a hint; the flags of the messages are told with them.
        }
    }

    /// <summary>expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids</summary>
    private void ObserveVanished(SelectedMailbox mailbox, in ImapReply reply)
    {
        var text = reply.Bytes.Span[reply.Payload..].Trim(" \r\n"u8);
        var isEarlier = ImapWords.StartsWith(text, "(EARLIER)"u8);
        if (isEarlier)
        {
            text = text[9..].TrimStart((byte)' ');
        }

        if (!UidSet.TryParseRanges(text, out var ranges))
        {
            hasOverflowed = true;
            return;
        }

        foreach (var range in ranges)
        {
            if (!isEarlier)
            {
                expunged += range.Count;
                mailbox.Exists -= (uint)Math.Min(mailbox.Exists, range.Count);
            }

            if (flagChanges.Count + vanished.Count >= limits.MaxUpdates)
            {
                hasOverflowed = true;
                return;
            }

            vanished.Add(range);
        }
    }

    private static string[] Words(in ImapReply reply) =>
        Encoding.Latin1.GetString(reply.Bytes.Span[reply.Payload..]).Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
