using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>What is done when a page cannot be read: halves, and halves of these, until it is known which message it is.</summary>
internal sealed partial class ImapMessageReader
{
    /// <summary>So many that are refused one after the other, with none that is read between, are not the fault of single messages.</summary>
    private const int MaxRefusedInRow = 16;

    /// <summary>A message that cost a connection is tried once more alone: connections are lost for other reasons too.</summary>
    private const int MaxLosses = 2;

    /// <summary>The bodies of one page and the headers of another.</summary>
    private async Task<(Dictionary<uint, FetchedMessage> Replies, Exception? Failure)> TryReadAsync(HeadedPage? bodies, uint[]? headers, CancellationToken ct)
    {
        try
        {
            var replies = await MergedAsync(session.Client.FetchAsync(Requests(bodies, headers), ct), ct);
            await ReadWholeAsync(bodies, replies, ct);
            return (replies, null);
        }
        catch (Exception e) when (session.IsAboutMessages(e))
        {
            return ([], e);
        }
    }

    /// <summary>Messages of which the headers of their parts say that the server has read them otherwise than they are.</summary>
    private async Task ReadWholeAsync(HeadedPage? bodies, Dictionary<uint, FetchedMessage> replies, CancellationToken ct)
    {
        var wanted = (bodies?.Messages ?? []).Where(m => m.Structure is { Doubted.Count: > 0 } told && replies.TryGetValue(m.Uid, out var body) && NeedsWhole(m, told.With(body.Sections))).Select(m => m.Uid).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        foreach (var (uid, whole) in await MergedAsync(session.Client.FetchAsync(UidSet.Of(wanted), new FetchRequest { Sections = [""] }, ct), ct))
        {
            replies[uid] = replies.TryGetValue(uid, out var before) ? Merge(before, whole) : whole;
        }
    }

    private static IEnumerable<Unread> Work(HeadedPage? bodies, uint[]? headers)
    {
        if (bodies is not null)
        {
            yield return new Unread(bodies.Uids, bodies);
        }

        if (headers is not null)
        {
            yield return new Unread(headers, null);
        }
    }

    /// <exception cref="MailException">The server cannot be reached any more.</exception>
    private async IAsyncEnumerable<ReadPage> ReadInHalvesAsync(IEnumerable<Unread> failed, Exception failure, [EnumeratorCancellation] CancellationToken ct)
    {
        await session.RecoverAsync(failure, ct);
        var waiting = new Stack<Unread>(failed.Reverse());
        var refusedInRow = 0;
        while (waiting.TryPop(out var part))
        {
            var (replies, refusal) = await TryReadAsync(part.Headed, part.Headed is null ? [.. part.Uids] : null, ct);
            if (refusal is null)
            {
                if (part.Headed is { } read)
                {
                    refusedInRow = read.Messages.Count > 0 ? 0 : refusedInRow;
                    yield return Assemble(read, replies);
                }
                else
                {
                    Headed([.. part.Uids], replies).Reverse().ToList().ForEach(page => waiting.Push(new Unread(page.Uids, page)));
                }

                continue;
            }

            var isLost = await session.RecoverAsync(refusal, ct);
            var halves = part.Halves(isLost).ToList();
            if (halves.Count > 0)
            {
                halves.AsEnumerable().Reverse().ToList().ForEach(waiting.Push);
                continue;
            }

            var fault = session.Translate(refusal);
            yield return new ReadPage(part.Uids, []) { Refused = [new RefusedMessage(Text(part.Uids[0]), fault.Code, fault.Message)] };
            if (++refusedInRow >= MaxRefusedInRow)
            {
                ExceptionDispatchInfo.Throw(refusal);
            }
        }
    }

    private static string Text(uint uid) => uid.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What is still to be read.</summary>
    /// <param name="Headed">Their headers; null when these are to be read too.</param>
    /// <param name="Losses">Connections that the one message has cost.</param>
    private sealed record Unread(IReadOnlyList<uint> Uids, HeadedPage? Headed, int Losses = 0)
    {
        /// <summary>What to try next after it failed; nothing when it is one message that is refused.</summary>
        public IEnumerable<Unread> Halves(bool isLost)
        {
            if (Uids.Count > 1)
            {
                return [Part(0, Uids.Count / 2), Part(Uids.Count / 2, Uids.Count)];
            }

            return isLost && Losses + 1 < MaxLosses ? [this with { Losses = Losses + 1 }] : [];
        }

        private Unread Part(int from, int to)
        {
            var uids = Uids.Skip(from).Take(to - from).ToList();
            return new Unread(uids, Headed is null ? null : new HeadedPage(uids, [.. Headed.Messages.Where(m => uids.Contains(m.Uid))]));
        }
    }
}
