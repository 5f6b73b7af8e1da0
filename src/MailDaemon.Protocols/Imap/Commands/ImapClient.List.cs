using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Lists mailboxes with everything the server can tell of them in one round trip.</summary>
    public async Task<IReadOnlyList<MailboxListing>> ListAsync(ListRequest request, CancellationToken ct)
    {
        var isExtended = Capabilities.Has("LIST-EXTENDED") || (request.Status && Capabilities.Has("LIST-STATUS"));
        try
        {
            return await ListAsync(request, isExtended, ct).ConfigureAwait(false);
        }
        catch (ImapException e) when (isExtended && e.Fault == ImapFault.Bad && IsUsable)
        {
            // QUIRK: Proton Bridge, BAD to options of LIST that its capabilities promise.
            return await ListAsync(request, isExtended: false, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Where mailboxes are; only the own root without NAMESPACE (RFC 2342).</summary>
    public async Task<NamespaceReply> NamespaceAsync(CancellationToken ct)
    {
        NamespaceReply? answer = null;
        if (Capabilities.Has("NAMESPACE"))
        {
            await ExecuteAsync(
                Command("NAMESPACE"),
                (in ImapReply reply) =>
                {
                    if (reply.Name != DataName.Namespace)
                    {
                        return false;
                    }

                    answer = Lenient(reply, (in ImapReply r) => MailboxParser.ReadNamespace(r, limits));
                    return true;
                },
                ct).ConfigureAwait(false);
        }

        return answer ?? new NamespaceReply([new NamespaceEntry(string.Empty, null)], [], []);
    }

    private async Task<IReadOnlyList<MailboxListing>> ListAsync(ListRequest request, bool isExtended, CancellationToken ct)
    {
        var listings = new List<MailboxListing>();
        var statuses = new Dictionary<string, MailboxStatus>(StringComparer.Ordinal);
        var isAll = request is { Reference: "", Pattern: "*", SubscribedOnly: false };
        var named = isAll ? new MailboxNames() : names;
        var tellsSubscription = request.SubscribedOnly || (isExtended && Capabilities.Has("LIST-EXTENDED"));
        await ExecuteAsync(
            ListCommand(request, isExtended),
            (in ImapReply reply) =>
            {
                switch (reply.Name)
                {
                    case DataName.List:
                        var listing = MailboxParser.ReadListing(reply, limits, named, IsUtf8Enabled, tellsSubscription);
                        if (IsNotifying && listing.OldName is not null)
                        {
                            // News of a rename that came between; the new name is an answer too, or will be.
                            return false;
                        }

                        Add(listings, listing);
                        return true;
                    case DataName.Status when request.Status || !IsNotifying:
                        if (ReadStatus(reply, named) is { } status)
                        {
                            statuses[status.Mailbox] = MailboxParser.Merge(statuses.GetValueOrDefault(status.Mailbox), status);
                        }

                        return true;
                    default:
                        return false;
                }
            },
            ct).ConfigureAwait(false);

        if (isAll)
        {
            names.Replace(named);
        }

        return Unique(listings).ConvertAll(l => l with
        {
            Status = statuses.GetValueOrDefault(l.Name),
            IsSubscribed = request.SubscribedOnly ? true : l.IsSubscribed,
        });
    }

    /// <summary>
    /// Each mailbox once, and none without a name. QUIRK: servers list a mailbox twice, or a second time in other letters; some list an empty
    /// name, or one that no command could hold.
    /// </summary>
    private static List<MailboxListing> Unique(List<MailboxListing> listings)
    {
        var unique = new List<MailboxListing>(listings.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var hasInbox = listings.Exists(l => l.Name == "INBOX");
        foreach (var listing in listings.Where(l => l.Defect is not null || !IsNameless(l)))
        {
            // QUIRK: Gmail, XLIST tells the inbox by its name in the user's language alone; it is opened as INBOX.
            var isInbox = !hasInbox && listing.SpecialUse == SpecialUse.Inbox;
            hasInbox |= isInbox;
            var named = isInbox ? listing with { Name = "INBOX" } : listing;
            if (places.TryAdd(named.Name, unique.Count))
            {
                unique.Add(named);
            }
            else
            {
                unique[places[named.Name]] = Merge(unique[places[named.Name]], named);
            }
        }

        return unique;
    }

    private static bool IsNameless(MailboxListing listing) =>
        listing.Name.Length == 0
        || (listing.Delimiter is { } delimiter && listing.Name.All(c => c == delimiter))
        || listing.Name.AsSpan().ContainsAny('\r', '\n', '\0');

    private static MailboxListing Merge(MailboxListing first, MailboxListing second)
    {
        var (kept, other) = second.IsSelectable && !first.IsSelectable ? (second, first) : (first, second);
        return other.IsSelectable != kept.IsSelectable ? kept : kept with
        {
            Attributes = [.. kept.Attributes.Union(other.Attributes, StringComparer.OrdinalIgnoreCase)],
            SpecialUse = kept.SpecialUse ?? other.SpecialUse,
            Delimiter = kept.Delimiter ?? other.Delimiter,
            HasChildren = kept.HasChildren ?? other.HasChildren,
            IsSubscribed = kept.IsSubscribed == true ? true : other.IsSubscribed ?? kept.IsSubscribed,
        };
    }

    private ImapWriter ListCommand(ListRequest request, bool isExtended)
    {
        // QUIRK: QQ, 163, Aliyun: XLIST tells what a mailbox is for where SPECIAL-USE is not known.
        var isXList = !isExtended && !request.SubscribedOnly && !Capabilities.Has("SPECIAL-USE") && Capabilities.Has("XLIST");
        var selectsInList = request.SubscribedOnly && isExtended && Capabilities.Has("LIST-EXTENDED");
        var command = Command(isXList ? "XLIST" : request.SubscribedOnly && !selectsInList ? "LSUB" : "LIST");
        if (selectsInList)
        {
            command.Open().Word("SUBSCRIBED").Close();
        }

        command.String(Spell(request.Reference)).String(Spell(request.Pattern));
        if (!isExtended || command.Name != "LIST")
        {
            return command;
        }

        command.Word("RETURN").Open();
        if (Capabilities.Has("LIST-EXTENDED"))
        {
            command.Word("SUBSCRIBED").Word("CHILDREN");
            if (Capabilities.Has("SPECIAL-USE"))
            {
                command.Word("SPECIAL-USE");
            }
        }

        if (request.Status && Capabilities.Has("LIST-STATUS"))
        {
            WriteStatusItems(command.Word("STATUS"));
        }

        return command.Close();
    }

    private string Spell(string pattern) => IsUtf8Enabled ? pattern : ModifiedUtf7.Encode(pattern);

    private void Add(List<MailboxListing> listings, MailboxListing listing)
    {
        if (listings.Count >= limits.MaxMailboxes)
        {
            throw Broken(ImapFault.LimitExceeded, $"{endpoint} lists more than {limits.MaxMailboxes} mailboxes", null);
        }

        listings.Add(listing);
    }

    private delegate T ReplyParser<T>(in ImapReply reply);

    /// <summary>A reply that cannot be read is as good as none.</summary>
    private static T? Lenient<T>(in ImapReply reply, ReplyParser<T> read)
        where T : class
    {
        try
        {
            return read(reply);
        }
        catch (ImapSyntaxException)
        {
            return null;
        }
    }
}
