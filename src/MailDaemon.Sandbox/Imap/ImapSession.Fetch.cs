using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>FETCH (RFC 3501 §6.4.5; RFC 7162 §3.1.4, §3.2.6).</content>
internal sealed partial class ImapSession
{
    /// <summary>fetch = "FETCH" SP sequence-set SP items [SP "(" ["CHANGEDSINCE" SP mod-sequence] [SP "VANISHED"] ")"]</summary>
    private async Task<string> FetchAsync(ImapCommand command, bool byUid, CancellationToken ct)
    {
        command.Space();
        var set = command.Set();
        command.Space();
        var items = FetchItem.Take(command);
        var (changedSince, vanished) = TakeFetchModifiers(command, byUid);
        command.End();

        var folder = open!;
        if (changedSince is not null || items.Any(i => i.Kind == FetchKind.ModSeq))
        {
            EnableCondstore();
        }

        RequireOffered(items);
        var uids = UidsOf(set, byUid);
        uids = faults.FetchBackwards.TryTake(out _) ? [.. uids.Reverse()] : uids;
        if (uids.Count == 1 && items.All(i => i.Kind is FetchKind.Section or FetchKind.Uid) && faults.UnavailableSection.TryTake(uids[0]))
        {
            throw new ImapRefusal("[UNAVAILABLE] Its storage does not answer");
        }

        if (items.Any(i => i.Kind is not (FetchKind.Flags or FetchKind.Uid or FetchKind.ModSeq or FetchKind.GmailLabels)))
        {
            await RefuseOneAsync(uids, ct);
        }

        if (vanished)
        {
            WriteVanished(folder, set, changedSince!.Value);
        }

        MarkSeen(folder, items, uids);
        var state = folder.Folder.State();
        var missing = 0;
        foreach (var uid in faults.Withhold.TryTake(out var withheld) ? uids.Where(u => u != withheld) : uids)
        {
            if (state.Find(uid) is not { } message)
            {
                missing++;
            }
            else if (message.ModSeq > (changedSince ?? -1))
            {
                await WriteFetchAsync(folder, message, items, byUid, changedSince is not null, ct);
                if (faults.InjectInFetch.TryTake(out var lines))
                {
                    connection.Write(lines + "\r\n");
                }

                await connection.FlushIfFullAsync(ct);
            }
        }

        return missing > 0 ? "[EXPUNGEISSUED] Some of the messages are no longer there" : "FETCH completed";
    }

    private async Task RefuseOneAsync(IReadOnlyList<uint> uids, CancellationToken ct)
    {
        foreach (var uid in uids)
        {
            if (!faults.RefuseMessage.TryTake(Text(uid), out var words))
            {
                continue;
            }

            if (words.Length == 0)
            {
                await connection.CutAsync(ct);
            }

            throw words.StartsWith("BAD ", StringComparison.Ordinal) ? new ImapSyntaxException(words[4..]) : new ImapRefusal(words[3..]);
        }
    }

    /// <summary>Nothing may be wrong any more once a reply has begun.</summary>
    private void RequireOffered(IReadOnlyList<FetchItem> items)
    {
        var needs = items.Select(i => i.Kind switch
        {
            FetchKind.EmailId or FetchKind.ThreadId => "OBJECTID",
            FetchKind.GmailMessageId or FetchKind.GmailThreadId or FetchKind.GmailLabels => "X-GM-EXT-1",
            _ => i.Section is { IsDecoded: true } ? "BINARY" : null,
        });
        if (needs.Any(n => n is not null && !options.Offers(n)))
        {
            throw new ImapSyntaxException("Unknown FETCH item");
        }
    }

    private (long? ChangedSince, bool Vanished) TakeFetchModifiers(ImapCommand command, bool byUid)
    {
        long? changedSince = null;
        var vanished = false;
        if (command.AtEnd || !options.Offers("CONDSTORE"))
        {
            return (null, false);
        }

        command.Space();
        command.Take('(');
        do
        {
            var word = command.Word();
            if (word == "CHANGEDSINCE")
            {
                command.Space();
                changedSince = command.Number();
            }
            else if (word == "VANISHED" && byUid && qresync)
            {
                vanished = true;
            }
            else
            {
                throw new ImapSyntaxException("Unknown FETCH modifier, or not allowed here");
            }
        }
        while (command.TryTake(' '));

        command.Take(')');
        return vanished && changedSince is null ? throw new ImapSyntaxException("VANISHED needs CHANGEDSINCE") : (changedSince, vanished);
    }

    private void WriteVanished(OpenFolder folder, NumberSet set, long since)
    {
        var gone = folder.Folder.VanishedSince(since).Where(u => set.Contains(u, uint.MaxValue - 1) && folder.SequenceOf(u) == 0).ToArray();
        if (gone.Length > 0)
        {
            connection.Write($"* VANISHED (EARLIER) {NumberSet.Format(gone)}\r\n");
        }
    }

    private void MarkSeen(OpenFolder folder, IReadOnlyList<FetchItem> items, IReadOnlyList<uint> uids)
    {
        if (!folder.IsReadOnly && items.Any(i => i.Section is { IsPeek: false }))
        {
            folder.Folder.ChangeFlags(uids, flags => flags.Add(MessageFlags.Seen));
        }
    }

    private async Task WriteFetchAsync(
        OpenFolder folder, StoredMessage message, IReadOnlyList<FetchItem> items, bool byUid, bool withModSeq, CancellationToken ct)
    {
        var sequence = folder.SequenceOf(message.Uid);
        var implied = new List<FetchItem>();
        if (byUid && !items.Any(i => i.Kind == FetchKind.Uid))
        {
            implied.Add(new FetchItem(FetchKind.Uid, "UID"));
        }

        // \Seen that came with this very FETCH is told with it.
        if (message.Has(MessageFlags.Seen) && !folder.View[sequence - 1].Has(MessageFlags.Seen) && !items.Any(i => i.Kind == FetchKind.Flags))
        {
            implied.Add(new FetchItem(FetchKind.Flags, "FLAGS"));
        }

        if (withModSeq && !items.Any(i => i.Kind == FetchKind.ModSeq))
        {
            implied.Add(new FetchItem(FetchKind.ModSeq, "MODSEQ"));
        }

        if (implied.Concat(items).Any(i => i.Kind == FetchKind.Flags) && folder.LearnKeywords(message))
        {
            WriteFlags(folder);
        }

        connection.Write($"* {sequence} FETCH (");
        var separator = "";
        foreach (var item in implied.Concat(items))
        {
            connection.Write(separator);
            separator = " ";
            if (item.Kind == FetchKind.BinarySize)
            {
                connection.Write($"{item.Label} {item.Section!.BytesOf(message.Raw)?.Length ?? 0}");
            }
            else if (item.Section is { } section)
            {
                await WriteSectionAsync(item.Label, section, message, ct);
            }
            else
            {
                connection.Write($"{item.Label} {ValueOf(item.Kind, folder, message)}");
            }

            if (item.Kind == FetchKind.Flags)
            {
                folder.Told(message);
            }
        }

        connection.Write(")\r\n");
    }

    private string ValueOf(FetchKind kind, OpenFolder folder, StoredMessage message) => kind switch
    {
        FetchKind.Uid => Text(message.Uid),
        FetchKind.Flags => faults.Flags.TryTake(out var odd) ? odd : $"({FlagsOf(folder, message)})",
        FetchKind.InternalDate => ImapText.DateTime(message.InternalDate),
        FetchKind.Size => Text(message.Raw.Length),
        FetchKind.Envelope => EnvelopeText.Of(message.Raw[..HeaderText.EndOf(message.Raw.Span)]),
        FetchKind.Body => BodyStructureText.Of(MimeParser.Parse(message.Raw).Root, isExtended: false),
        FetchKind.BodyStructure => faults.Structure.TryTake(out var structure) ? structure : BodyStructureText.Of(MimeParser.Parse(message.Raw).Root, isExtended: true),
        FetchKind.ModSeq => $"({message.ModSeq})",
        FetchKind.EmailId => $"({message.EmailId})",
        FetchKind.ThreadId => $"({message.ThreadId})",
        FetchKind.GmailMessageId => GmailIds.Decimal(message.EmailId),
        FetchKind.GmailThreadId => GmailIds.Decimal(message.ThreadId),
        FetchKind.GmailLabels => LabelsOf(folder, message),
        _ => throw new InvalidOperationException($"{kind} is written elsewhere"),
    };

    private async Task WriteSectionAsync(string label, BodySection section, StoredMessage message, CancellationToken ct)
    {
        connection.Write(section.Offset is { } offset ? $"{label}<{offset}> " : label + " ");
        if (faults.MissingSection.TryTake(out _) || section.BytesOf(message.Raw) is not { } bytes)
        {
            connection.Write("NIL");
            return;
        }

        if (faults.EndlessLiteral.TryTake(out var announced))
        {
            connection.Write($"{{{announced}}}\r\n");
            await SendFillerAsync(announced, ct);
            return;
        }

        // NUL is allowed in a literal8 only (RFC 3516 §4.3).
        connection.Write($"{(section.IsDecoded && bytes.Span.Contains((byte)0) ? "~" : "")}{{{bytes.Length}}}\r\n");
        if (faults.CutInsideLiteral.TryTake(out var kept))
        {
            connection.Write(bytes.Span[..Math.Min(kept, bytes.Length)]);
            await connection.CutAsync(ct);
        }

        await connection.WriteAsync(bytes, ct);
    }
}
