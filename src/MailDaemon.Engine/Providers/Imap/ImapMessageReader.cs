using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>
/// Reads whole pages of messages in few round trips: headers and structure of all, then of each only the parts that are shown.
/// Attachments stay on the server. Works on the folder that is selected.
/// </summary>
/// <param name="baseline">Messages below this UID were there before us.</param>
internal sealed class ImapMessageReader(ImapClient client, string folderPath, uint baseline)
{
    /// <summary>More of a shown part is not kept: it is a log or a data dump, and the whole is on the server.</summary>
    private const int MaxPartBytes = 512 * 1024;

    /// <summary>Shown parts read of one message.</summary>
    private const int MaxShownParts = 16;

    /// <summary>A message without readable structure is read whole up to this size.</summary>
    private const int MaxWholeBytes = 4 * 1024 * 1024;

    private static readonly FetchRequest HeaderRequest = new()
    {
        Flags = true,
        InternalDate = true,
        Size = true,
        BodyStructure = true,
        Sections = ["HEADER"],
    };

    /// <summary>The messages of these UIDs that are there, newest first.</summary>
    public async Task<IReadOnlyList<RemoteMessage>> ReadAsync(UidSet uids, CancellationToken ct)
    {
        var headers = await MergedAsync(client.FetchAsync(uids, HeaderRequest, ct), ct);
        var structures = headers.Where(h => h.Value.BodyStructure is not null).ToDictionary(h => h.Key, h => ImapStructure.Of(h.Value.BodyStructure!));
        var bodies = await MergedAsync(client.FetchAsync(BodyRequests(headers, structures), ct), ct);
        return [.. headers.OrderByDescending(h => h.Key).Select(h => Assemble(h.Key, h.Value, structures, bodies.GetValueOrDefault(h.Key)))];
    }

    private static string Request(ImapLeaf leaf) => leaf.Part.Size > MaxPartBytes ? $"{leaf.Part.Section}<0.{MaxPartBytes}>" : leaf.Part.Section;

    /// <summary>Messages that need the same sections are asked for together: most mail has one of five or six shapes.</summary>
    private static List<(UidSet, FetchRequest)> BodyRequests(Dictionary<uint, FetchedMessage> headers, Dictionary<uint, ImapStructure> structures) =>
        [.. headers
            .Select(h => (Uid: h.Key, Sections: SectionsOf(h.Value, structures.GetValueOrDefault(h.Key))))
            .Where(r => r.Sections.Count > 0)
            .GroupBy(r => string.Join(' ', r.Sections), StringComparer.Ordinal)
            .Select(group => (UidSet.Of(group.Select(r => r.Uid)), new FetchRequest { Sections = group.First().Sections }))];

    private static IReadOnlyList<string> SectionsOf(FetchedMessage message, ImapStructure? structure)
    {
        if (structure is null)
        {
            // QUIRK: Exchange and some others send a BODYSTRUCTURE that nobody can read, or NIL; the message itself is sound.
            return message.Size is > MaxWholeBytes ? [] : [""];
        }

        return [.. structure.Shown.Where(l => l.Part.Size > 0).Take(MaxShownParts).Select(Request)];
    }

    /// <summary>A server may spread what it tells of one message over several replies.</summary>
    internal static async Task<Dictionary<uint, FetchedMessage>> MergedAsync(IAsyncEnumerable<FetchedMessage> replies, CancellationToken ct)
    {
        var merged = new Dictionary<uint, FetchedMessage>();
        await foreach (var reply in replies.WithCancellation(ct))
        {
            if (reply.Uid is not { } uid)
            {
                continue;
            }

            merged[uid] = merged.TryGetValue(uid, out var before) ? Merge(before, reply) : reply;
        }

        return merged;
    }

    private static FetchedMessage Merge(FetchedMessage before, FetchedMessage reply) => before with
    {
        Flags = reply.Flags ?? before.Flags,
        InternalDate = reply.InternalDate ?? before.InternalDate,
        Size = reply.Size ?? before.Size,
        BodyStructure = reply.BodyStructure ?? before.BodyStructure,
        Sections = reply.Sections.Count == 0
            ? before.Sections
            : before.Sections.Concat(reply.Sections).DistinctBy(s => s.Key).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
        Defect = before.Defect ?? reply.Defect,
    };

    private RemoteMessage Assemble(uint uid, FetchedMessage header, Dictionary<uint, ImapStructure> structures, FetchedMessage? body)
    {
        var fields = Fields(header, body);
        var defects = new List<string>(fields.Defects);
        if (header.Defect is { } defect)
        {
            defects.Add(defect);
        }

        var content = structures.TryGetValue(uid, out var structure)
            ? ShownContent(structure, body)
            : WholeContent(body, defects);
        return RemoteMessages.Create(uid, folderPath, uid < baseline, header, fields, content, defects);
    }

    /// <summary>A structure that breaks the reply takes the header behind it along; the whole message has it too.</summary>
    private static HeaderBlock Fields(FetchedMessage header, FetchedMessage? body) =>
        !header.Sections.ContainsKey("HEADER") && body?.Sections.TryGetValue("", out var whole) == true
            ? MimeParser.Parse(whole).Headers
            : MimeParser.ParseHeaders(header.Sections.GetValueOrDefault("HEADER"));

    private static ReadContent ShownContent(ImapStructure structure, FetchedMessage? body)
    {
        IEnumerable<DecodedLeaf> Decoded(IEnumerable<int> indices) =>
            indices.Select(i => new DecodedLeaf(structure.Leaves[i].Type, Decode(structure.Leaves[i], body)));

        return new ReadContent(
            ShownBody.Text(Decoded(structure.Roles.Text)),
            ShownBody.Html(Decoded(structure.Roles.Html)),
            structure.Attachments,
            structure.HasAttachments);
    }

    private static byte[] Decode(ImapLeaf leaf, FetchedMessage? body)
    {
        foreach (var (section, bytes) in body?.Sections ?? System.Collections.Immutable.ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty)
        {
            if (section == leaf.Part.Section || section.StartsWith($"{leaf.Part.Section}<", StringComparison.Ordinal))
            {
                return TransferDecoder.Decode(bytes.Span, leaf.Part.Encoding);
            }
        }

        return [];
    }

    private static ReadContent WholeContent(FetchedMessage? body, List<string> defects)
    {
        if (body is null || !body.Sections.TryGetValue("", out var bytes))
        {
            defects.Add("The server tells no readable structure of this message.");
            return new ReadContent("", null, [], HasAttachments: false);
        }

        var message = MimeParser.Parse(bytes);
        defects.AddRange(message.Defects);
        var attachments = message.Attachments.Select((part, id) => new Attachment
        {
            Id = id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Filename = part.Filename ?? $"attachment-{id}",
            MimeType = part.ContentType.MediaType,
            Size = part.DecodeBody().Length,
            IsInline = part.IsInline,
            ContentId = part.ContentId,
        }).ToList();
        return new ReadContent(message.TextBody ?? "", message.HtmlBody, attachments, attachments.Exists(a => !a.IsInline));
    }
}

/// <summary>What was read of a message's bodies.</summary>
/// <param name="Text">Empty when it has no plain text.</param>
internal sealed record ReadContent(string Text, string? Html, IReadOnlyList<Attachment> Attachments, bool HasAttachments);
