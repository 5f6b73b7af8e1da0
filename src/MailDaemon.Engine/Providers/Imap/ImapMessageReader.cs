using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Threading;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>
/// Reads messages page by page: headers and structure first, then of each only the parts that are shown. The line never falls silent: the
/// headers of the next page are asked for together with the bodies of this one, and a page is put together while the next one arrives.
/// Attachments stay on the server. A page that fails is read in halves until the message stands alone that the server refuses to give.
/// </summary>
/// <param name="isBaseline">Whether a message of this UID, received then, was there before us.</param>
internal sealed partial class ImapMessageReader(ImapFolderSession session, Func<uint, DateTimeOffset, bool> isBaseline)
{
    /// <summary>More of a shown part is not kept: it is a log or a data dump, and the whole is on the server.</summary>
    private const int MaxPartBytes = 512 * 1024;

    /// <summary>Shown parts read of one message.</summary>
    private const int MaxShownParts = 16;

    /// <summary>A message without readable structure is read whole up to this size.</summary>
    private const int MaxWholeBytes = 4 * 1024 * 1024;

    /// <summary>Messages a page: large enough to keep the line busy, small enough to show and to repeat.</summary>
    private const int PageSize = 250;

    /// <summary>The first page is what the user waits for.</summary>
    private const int FirstPageSize = 50;

    /// <summary>Bodies a page: three pages are in memory at a time.</summary>
    private const long PageBytes = 2 * 1024 * 1024;

    /// <summary>Of what belongs together so much is held: a server whose replies are larger than it says does not fill our memory.</summary>
    private const long MaxHeldBytes = 64 * 1024 * 1024;

    private static readonly FetchRequest HeaderRequest = new()
    {
        Flags = true,
        InternalDate = true,
        Size = true,
        BodyStructure = true,
        EmailId = true,
        GmailIds = true,
        Sections = ["HEADER"],
    };

    /// <summary>The messages of these UIDs in this order, in pages; those that are gone are left out.</summary>
    public async IAsyncEnumerable<ReadPage> ReadAsync(IReadOnlyList<uint> uids, [EnumeratorCancellation] CancellationToken ct)
    {
        var unread = new Queue<uint[]>(Pages(uids));
        var headed = new Queue<HeadedPage>();
        Task<ReadPage>? assembling = null;
        var isFirst = true;
        while (unread.Count > 0 || headed.Count > 0)
        {
            headed.TryDequeue(out var bodies);
            var next = headed.Count == 0 && unread.TryDequeue(out var page) ? page : null;
            var (replies, failure) = await TryReadAsync(bodies, next, ct);
            if (assembling is not null)
            {
                yield return await assembling;
                assembling = null;
            }

            if (failure is not null)
            {
                await foreach (var part in ReadInHalvesAsync(Work(bodies, next), failure, ct))
                {
                    yield return part;
                }

                isFirst = false;
                continue;
            }

            foreach (var headedPage in next is null ? [] : Headed(next, replies))
            {
                headed.Enqueue(headedPage);
            }

            assembling = bodies is null ? null : QuietThreads.Bulk.RunAsync(() => Assemble(bodies, replies), ct);
            if (isFirst && assembling is not null)
            {
                yield return await assembling;
                (isFirst, assembling) = (false, null);
            }
        }

        if (assembling is not null)
        {
            yield return await assembling;
        }
    }

    private static IEnumerable<uint[]> Pages(IReadOnlyList<uint> uids) =>
        uids.Take(FirstPageSize).Chunk(FirstPageSize).Concat(uids.Skip(FirstPageSize).Chunk(PageSize));

    private static List<(UidSet, FetchRequest)> Requests(HeadedPage? bodies, uint[]? headers) =>
        [.. bodies is null ? [] : BodyRequests(bodies), .. headers is null ? [] : new[] { (UidSet.Of(headers), HeaderRequest) }];

    /// <summary>Cuts a page of headers so that the bodies of each part are not too much at once.</summary>
    private static IEnumerable<HeadedPage> Headed(uint[] uids, Dictionary<uint, FetchedMessage> replies)
    {
        var part = new List<HeadedMessage>();
        long bytes = 0;
        var begin = 0;
        for (var i = 0; i < uids.Length; i++)
        {
            if (replies.TryGetValue(uids[i], out var header) && !IsGone(header))
            {
                var message = Plan(uids[i], header);
                part.Add(message);
                bytes += message.BodyBytes;
            }

            if (i == uids.Length - 1 || bytes >= PageBytes)
            {
                yield return new HeadedPage(uids[begin..(i + 1)], part);
                (part, bytes, begin) = ([], 0, i + 1);
            }
        }
    }

    /// <summary>
    /// QUIRK: of a message that is deleted while it is fetched, Dovecot tells flags, date and size, and NIL for what it would have to read.
    /// </summary>
    private static bool IsGone(FetchedMessage header) => header.Defect is null && !header.Sections.ContainsKey("HEADER");

    /// <summary>What is to be read of a message whose header, structure and size are there.</summary>
    internal static HeadedMessage Plan(uint uid, FetchedMessage header)
    {
        var fields = header.Sections.TryGetValue("HEADER", out var raw) ? MimeParser.ParseHeaders(raw) : null;
        var isSmall = header.Size is null or <= MaxWholeBytes;
        if (header.BodyStructure is { } root && !(isSmall && fields is not null && ImapStructure.IsRefuted(root, fields)))
        {
            var structure = ImapStructure.Of(root, fields);
            var shown = ShownSections(structure).ToList();
            return new HeadedMessage(uid, header, structure, [.. shown.Select(Request), .. structure.Doubted], shown.Sum(l => Math.Min(l.Part.Size, MaxPartBytes)));
        }

        // QUIRK: Exchange and some others send a BODYSTRUCTURE that nobody can read, or NIL; the message itself is sound.
        return isSmall
            ? new HeadedMessage(uid, header, null, [""], header.Size ?? 0)
            : new HeadedMessage(uid, header, null, [], 0);
    }

    /// <summary>Whether the message itself must be read, now that the headers of doubtful parts are there; one that is too large is taken as told.</summary>
    internal static bool NeedsWhole(HeadedMessage message, ImapStructure told) =>
        message.Header.Size is null or <= MaxWholeBytes
        && (told.IsContradicted || ShownSections(told).Any(leaf => !message.Sections.Contains(Request(leaf), StringComparer.Ordinal)));

    private static IEnumerable<ImapLeaf> ShownSections(ImapStructure structure) => structure.Shown.Where(l => l.Part.Size > 0).Take(MaxShownParts);

    private static string Request(ImapLeaf leaf) => leaf.Part.Size > MaxPartBytes ? $"{leaf.Part.Section}<0.{MaxPartBytes}>" : leaf.Part.Section;

    /// <summary>Messages that need the same sections are asked for together: most mail has one of five or six shapes.</summary>
    private static IEnumerable<(UidSet, FetchRequest)> BodyRequests(HeadedPage page) => page.Messages
        .Where(m => m.Sections.Count > 0)
        .GroupBy(m => string.Join(' ', m.Sections), StringComparer.Ordinal)
        .Select(group => (UidSet.Of(group.Select(m => m.Uid)), new FetchRequest { Sections = group.First().Sections }));

    /// <summary>A server may spread what it tells of one message over several replies.</summary>
    internal static async Task<Dictionary<uint, FetchedMessage>> MergedAsync(IAsyncEnumerable<FetchedMessage> replies, CancellationToken ct)
    {
        var merged = new Dictionary<uint, FetchedMessage>();
        var held = 0L;
        await foreach (var reply in replies.WithCancellation(ct))
        {
            if (reply.Uid is not { } uid)
            {
                continue;
            }

            var bytes = reply.Sections.Values.Sum(section => (long)section.Length);
            held += bytes;
            var kept = reply;
            if (held > MaxHeldBytes)
            {
                held -= bytes;
                kept = reply with { Sections = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty, Defect = "The server sent too much at once; this was left out." };
            }

            merged[uid] = merged.TryGetValue(uid, out var before) ? Merge(before, kept) : kept;
        }

        return merged;
    }

    private static FetchedMessage Merge(FetchedMessage before, FetchedMessage reply) => before with
    {
        Flags = reply.Flags ?? before.Flags,
        InternalDate = reply.InternalDate ?? before.InternalDate,
        Size = reply.Size ?? before.Size,
        BodyStructure = reply.BodyStructure ?? before.BodyStructure,
        EmailId = reply.EmailId ?? before.EmailId,
        GmailMessageId = reply.GmailMessageId ?? before.GmailMessageId,
        Sections = reply.Sections.Count == 0
            ? before.Sections
            : before.Sections.Concat(reply.Sections).DistinctBy(s => s.Key).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
        Defect = before.Defect ?? reply.Defect,
    };

    private ReadPage Assemble(HeadedPage page, Dictionary<uint, FetchedMessage> bodies)
    {
        var messages = new RemoteMessage[page.Messages.Count];
        Parallel.For(0, messages.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Current }, i => messages[i] = Assemble(page.Messages[i], bodies.GetValueOrDefault(page.Messages[i].Uid)));
        return new ReadPage(page.Uids, messages);
    }

    private RemoteMessage Assemble(HeadedMessage message, FetchedMessage? body)
    {
        var fields = Fields(message.Header, body);
        var defects = new List<string>(fields.Defects);
        if (message.Header.Defect is { } defect)
        {
            defects.Add(defect);
        }

        var isWhole = message.Structure is null || body?.Sections.ContainsKey("") == true;
        var content = isWhole ? WholeContent(body, defects) : ShownContent(message.Structure!.With(SectionsOf(body)), body, defects);
        return RemoteMessages.Create(message.Uid, session.Path, isBaseline, message.Header, fields, content, defects);
    }

    /// <summary>A structure that breaks the reply takes the header behind it along; the whole message has it too.</summary>
    private static HeaderBlock Fields(FetchedMessage header, FetchedMessage? body) =>
        !header.Sections.ContainsKey("HEADER") && body?.Sections.TryGetValue("", out var whole) == true
            ? MimeParser.Parse(whole).Headers
            : MimeParser.ParseHeaders(header.Sections.GetValueOrDefault("HEADER"));

    private static ReadContent ShownContent(ImapStructure structure, FetchedMessage? body, List<string> defects)
    {
        var shown = ShownBody.Read(structure.Descriptions, structure.Roles, i => new DecodedLeaf(structure.Leaves[i].Type, Decode(structure.Leaves[i], body)));
        defects.AddRange(shown.Defects);
        return ReadContent.Of(shown, structure.Attachments(shown.Html));
    }

    private static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SectionsOf(FetchedMessage? body) => body?.Sections ?? ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    private static byte[] Decode(ImapLeaf leaf, FetchedMessage? body)
    {
        foreach (var (section, bytes) in SectionsOf(body))
        {
            if (section == leaf.Part.Section || section.StartsWith($"{leaf.Part.Section}<", StringComparison.Ordinal))
            {
                return TransferDecoder.Decode(bytes.Span, leaf.Encoding);
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
            Filename = part.Filename ?? FileTypes.NameFor(part.ContentType.MediaType, id),
            MimeType = part.ContentType.MediaType,
            Size = part.DecodeBody().Length,
            IsInline = message.Inline.Contains(part),
            ContentId = part.ContentId,
        }).ToList();
        return ReadContent.Of(message.Content, attachments);
    }
}

/// <summary>Messages that were read together.</summary>
/// <param name="Uids">All that were asked for, in that order; of those that are gone there is no message.</param>
internal sealed record ReadPage(IReadOnlyList<uint> Uids, IReadOnlyList<RemoteMessage> Messages)
{
    /// <summary>The one that the server refuses to give.</summary>
    public IReadOnlyList<RefusedMessage> Refused { get; init; } = [];
}

/// <summary>Messages whose headers are there and whose bodies are still to be read.</summary>
internal sealed record HeadedPage(IReadOnlyList<uint> Uids, IReadOnlyList<HeadedMessage> Messages);

/// <param name="Structure">Null when the server tells none that can be read.</param>
/// <param name="Sections">What to ask for; <c>""</c> is the whole message.</param>
/// <param name="BodyBytes">How much of that is to be expected.</param>
internal sealed record HeadedMessage(uint Uid, FetchedMessage Header, ImapStructure? Structure, IReadOnlyList<string> Sections, long BodyBytes);

/// <summary>What was read of a message's bodies.</summary>
/// <param name="Text">Empty when it has no plain text that says what its HTML says.</param>
internal sealed record ReadContent(string Text, string? Html, IReadOnlyList<Attachment> Attachments, bool HasAttachments)
{
    public static ReadContent Of(ShownContent shown, IReadOnlyList<Attachment> attachments)
    {
        // A page that shows nothing does not take the place of a text that says something.
        var html = shown.Html is { } page && BlankText.IsBlankPage(page) && !BlankText.IsBlank(shown.Text) ? null : shown.Html;
        return new ReadContent(shown.IsTextWhole || html is null ? shown.Text : "", html, attachments, ImapStructure.HasFiles(attachments));
    }
}
