using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <summary>Reads search keys into a question that each message answers (RFC 3501 §6.4.4, RFC 5032, RFC 7162 §3.1.5).</summary>
/// <param name="isDeaf">Texts are read and not looked at.</param>
internal sealed class SearchKeys(ImapCommand command, DateTimeOffset now, bool isDeaf = false)
{
    private const int MaxDepth = 50;
    private const int MaxKeys = 1000;

    private int depth;
    private int count;

    /// <summary>Whether a key names modification sequences: the answer has one then.</summary>
    public bool NamesModSeq { get; private set; }

    /// <summary>search-key *(SP search-key): all have to be true.</summary>
    public Func<SearchCandidate, bool> Take()
    {
        var keys = new List<Func<SearchCandidate, bool>> { TakeOne() };
        while (command.TryTake(' '))
        {
            keys.Add(TakeOne());
        }

        return keys.Count == 1 ? keys[0] : message => keys.TrueForAll(key => key(message));
    }

    private Func<SearchCandidate, bool> TakeOne()
    {
        if (++count > MaxKeys || depth >= MaxDepth)
        {
            throw new ImapSyntaxException("The search is too large");
        }

        if (command.Next == '(')
        {
            return TakeGroup();
        }

        if (command.Next is '*' or (>= '0' and <= '9'))
        {
            var set = command.Set();
            return m => set.Contains(m.Sequence, m.LargestSequence);
        }

        var name = command.Word();
        return Flag(name) ?? Text(name) ?? Date(name) ?? Other(name);
    }

    private Func<SearchCandidate, bool> TakeGroup()
    {
        command.Take('(');
        depth++;
        var inner = Take();
        depth--;
        command.Take(')');
        return inner;
    }

    private Func<SearchCandidate, bool>? Flag(string name) => name switch
    {
        "ALL" => _ => true,
        "ANSWERED" or "DELETED" or "DRAFT" or "FLAGGED" or "SEEN" => m => m.Message.Has("\\" + name),
        "UNANSWERED" or "UNDELETED" or "UNDRAFT" or "UNFLAGGED" or "UNSEEN" => m => !m.Message.Has("\\" + name[2..]),
        "RECENT" => m => m.IsRecent,
        "OLD" => m => !m.IsRecent,
        "NEW" => m => m.IsRecent && !m.Message.Has(MessageFlags.Seen),
        "KEYWORD" => With(command.Flag, (m, keyword) => m.Message.Has(keyword)),
        "UNKEYWORD" => With(command.Flag, (m, keyword) => !m.Message.Has(keyword)),
        _ => null,
    };

    private Func<SearchCandidate, bool>? Text(string name) => name switch
    {
        "BCC" or "CC" or "FROM" or "SUBJECT" or "TO" => With(command.AString, (m, text) => isDeaf || m.HeaderHolds(name, text)),
        "HEADER" => With(command.AString, command.AString, (m, field, text) => isDeaf || m.HeaderHolds(field, text)),
        "BODY" => With(command.AString, (m, text) => isDeaf || m.BodyHolds(text)),
        "TEXT" => With(command.AString, (m, text) => isDeaf || m.TextHolds(text)),
        _ => null,
    };

    private Func<SearchCandidate, bool>? Date(string name) => name switch
    {
        "BEFORE" => With(command.Date, (m, day) => m.ArrivedOn < day),
        "ON" => With(command.Date, (m, day) => m.ArrivedOn == day),
        "SINCE" => With(command.Date, (m, day) => m.ArrivedOn >= day),
        "SENTBEFORE" => With(command.Date, (m, day) => m.SentOn < day),
        "SENTON" => With(command.Date, (m, day) => m.SentOn == day),
        "SENTSINCE" => With(command.Date, (m, day) => m.SentOn >= day),
        "YOUNGER" => With(command.Number, (m, seconds) => m.Message.InternalDate >= now.AddSeconds(-seconds)),
        "OLDER" => With(command.Number, (m, seconds) => m.Message.InternalDate < now.AddSeconds(-seconds)),
        _ => null,
    };

    private Func<SearchCandidate, bool> Other(string name)
    {
        switch (name)
        {
            case "LARGER":
                return With(command.Number, (m, size) => m.Message.Raw.Length > size);
            case "SMALLER":
                return With(command.Number, (m, size) => m.Message.Raw.Length < size);
            case "UID":
                return With(command.Set, (m, set) => set.Contains(m.Message.Uid, m.LargestUid));
            case "EMAILID":
                return With(command.AString, (m, id) => m.Message.EmailId == id);
            case "THREADID":
                return With(command.AString, (m, id) => m.Message.ThreadId == id);
            case "MODSEQ":
                return TakeModSeq();
            case "NOT":
                command.Space();
                var negated = Deeper();
                return m => !negated(m);
            case "OR":
                command.Space();
                var first = Deeper();
                command.Space();
                var second = Deeper();
                return m => first(m) || second(m);
            default:
                throw new ImapSyntaxException("Unknown search key");
        }
    }

    private Func<SearchCandidate, bool> Deeper()
    {
        depth++;
        var key = TakeOne();
        depth--;
        return key;
    }

    /// <summary>"MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer; flags have no sequence of their own here.</summary>
    private Func<SearchCandidate, bool> TakeModSeq()
    {
        command.Space();
        if (command.Next == '"')
        {
            _ = command.String();
            command.Space();
            _ = command.Word();
            command.Space();
        }

        NamesModSeq = true;
        var modSeq = command.Number();
        return m => m.Message.ModSeq >= modSeq;
    }

    private Func<SearchCandidate, bool> With<T>(Func<T> take, Func<SearchCandidate, T, bool> test)
    {
        command.Space();
        var argument = take();
        return m => test(m, argument);
    }

    private Func<SearchCandidate, bool> With<T1, T2>(Func<T1> take1, Func<T2> take2, Func<SearchCandidate, T1, T2, bool> test)
    {
        command.Space();
        var argument1 = take1();
        command.Space();
        var argument2 = take2();
        return m => test(m, argument1, argument2);
    }
}
