using System.Runtime.CompilerServices;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Fetches messages and hands them on as they come. An empty set asks nothing.</summary>
    /// <remarks>To be enumerated to its end: leaving early gives the connection up. Messages that are gone are left out.</remarks>
    /// <exception cref="ImapException">The server refused; messages fetched before that have been handed on.</exception>
    public IAsyncEnumerable<FetchedMessage> FetchAsync(UidSet uids, FetchRequest request, CancellationToken ct) => FetchAsync([(uids, request)], ct);

    /// <summary>Several fetches with a few on their way at once; otherwise as the simple one.</summary>
    public async IAsyncEnumerable<FetchedMessage> FetchAsync(
        IReadOnlyList<(UidSet Uids, FetchRequest Request)> pipelined, [EnumeratorCancellation] CancellationToken ct)
    {
        RequireSelected();
        foreach (var (_, request) in pipelined)
        {
            RequireSections(request);
        }

        var commands = Pieces(pipelined).GetEnumerator();
        var sent = new List<FetchPiece>();
        var turn = BeginTurn(null);
        turn.IsStreaming = true;
        try
        {
            var hasMore = true;
            while (true)
            {
                while (hasMore && turn.Outstanding < limits.PipelineDepth && (hasMore = commands.MoveNext()))
                {
                    sent.Add(commands.Current);
                    await SendAsync(turn, FetchCommand(commands.Current), ct).ConfigureAwait(false);
                }

                if (turn.Outstanding == 0)
                {
                    break;
                }

                var reply = await NextAsync(turn, ct).ConfigureAwait(false);
                if (reply.Kind != ReplyKind.Data || reply.Name != DataName.Fetch)
                {
                    Dispatch(turn, reply);
                    continue;
                }

                var message = FetchParser.Read(reply, limits);
                if (IsAnswer(message, sent, turn.FirstOutstanding))
                {
                    yield return message;
                }
                else
                {
                    Observe(message);
                }
            }

            turn.IsComplete = true;
        }
        finally
        {
            commands.Dispose();
            EndTurn(turn);
        }

        turn.ThrowIfRefused();
    }

    private sealed record FetchPiece(UidSet Uids, FetchRequest Request)
    {
        /// <summary>Whether an answer holds more than what servers also send unasked.</summary>
        public bool WantsContent { get; } = Request is not
        {
            InternalDate: false, Size: false, Envelope: false, BodyStructure: false, EmailId: false, ThreadId: false, GmailIds: false, Sections.Count: 0,
        };
    }

    private IEnumerable<FetchPiece> Pieces(IReadOnlyList<(UidSet Uids, FetchRequest Request)> pipelined) => pipelined.SelectMany(p =>
    {
        var request = Offered(p.Request);
        return p.Uids.Split(limits.MaxSetBytes).Select(uids => new FetchPiece(uids, request));
    });

    /// <summary>Without what the server does not know.</summary>
    private FetchRequest Offered(FetchRequest request) => request with
    {
        ModSeq = request.ModSeq && (Capabilities.Has("CONDSTORE") || Capabilities.Has("QRESYNC")),
        EmailId = request.EmailId && Capabilities.Has("OBJECTID"),
        ThreadId = request.ThreadId && Capabilities.Has("OBJECTID"),
        GmailIds = request.GmailIds && Capabilities.Has("X-GM-EXT-1"),
        Vanished = request.Vanished && enabled.Contains("QRESYNC"),
    };

    private static bool IsAnswer(FetchedMessage message, List<FetchPiece> sent, int first)
    {
        for (var i = first; i < sent.Count; i++)
        {
            if (message.Uid is { } uid
                ? sent[i].Uids.Contains(uid) && (message.HasContent || !sent[i].WantsContent)
                : message.HasContent)
            {
                return true;
            }
        }

        return false;
    }

    private ImapWriter FetchCommand(FetchPiece piece)
    {
        var request = piece.Request;
        var command = Command("UID FETCH").Word(piece.Uids.ToString()).Open().Word("UID");
        Add(request.Flags, "FLAGS");
        Add(request.InternalDate, "INTERNALDATE");
        Add(request.Size, "RFC822.SIZE");
        Add(request.Envelope, "ENVELOPE");
        Add(request.BodyStructure, "BODYSTRUCTURE");
        Add(request.ModSeq, "MODSEQ");
        Add(request.EmailId, "EMAILID");
        Add(request.ThreadId, "THREADID");
        Add(request.GmailIds, "X-GM-MSGID X-GM-THRID X-GM-LABELS");
        foreach (var section in request.Sections)
        {
            command.Word(Peek("BODY", section));
        }

        command.Close();
        if (request.ChangedSince is { } modSeq)
        {
            command.Open().Word("CHANGEDSINCE").Number(modSeq);
            Add(request.Vanished, "VANISHED");
            command.Close();
        }

        return command;

        void Add(bool isWanted, string item)
        {
            if (isWanted)
            {
                command.Word(item);
            }
        }
    }

    /// <summary><c>BODY.PEEK[section]</c>, with the piece of it behind the bracket.</summary>
    private static string Peek(string item, string section)
    {
        var origin = section.EndsWith('>') ? section.LastIndexOf('<') : -1;
        return origin < 0 ? $"{item}.PEEK[{section}]" : $"{item}.PEEK[{section[..origin]}]{section[origin..]}";
    }

    private static void RequireSections(FetchRequest request)
    {
        foreach (var section in request.Sections)
        {
            RequireSection(section);
        }
    }

    private static void RequireSection(string section)
    {
        foreach (var c in section)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ' ' or '(' or ')' or '-' or '_' or '<' or '>'))
            {
                throw new ArgumentException($"'{section}' is no section of a message", nameof(section));
            }
        }
    }
}
