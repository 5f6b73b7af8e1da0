using System.Globalization;

namespace MailDaemon.Protocols.Imap;

/// <summary>What to search for (RFC 9051 §6.4.4). Built by its static members; server and not client decides what matches a text.</summary>
/// <remarks>Some servers ignore text criteria and answer with everything (QQ), or answer nothing (163): hits need a second look.</remarks>
public abstract record SearchQuery
{
    private SearchQuery()
    {
    }

    public static SearchQuery All { get; } = new Key("ALL");

    public static SearchQuery Unseen { get; } = new Key("UNSEEN");

    public static SearchQuery Seen { get; } = new Key("SEEN");

    public static SearchQuery Deleted { get; } = new Key("DELETED");

    public static SearchQuery Flagged { get; } = new Key("FLAGGED");

    public static SearchQuery Answered { get; } = new Key("ANSWERED");

    public static SearchQuery Draft { get; } = new Key("DRAFT");

    public static SearchQuery Uids(UidSet uids) => new UidKey(uids);

    /// <summary>Messages whose header field of that name contains the value; an empty value: that have the field.</summary>
    public static SearchQuery Header(string name, string value) => new HeaderKey(name, value);

    public static SearchQuery From(string text) => new TextKey("FROM", text);

    public static SearchQuery To(string text) => new TextKey("TO", text);

    public static SearchQuery Cc(string text) => new TextKey("CC", text);

    public static SearchQuery Subject(string text) => new TextKey("SUBJECT", text);

    public static SearchQuery Body(string text) => new TextKey("BODY", text);

    /// <summary>Header or body.</summary>
    public static SearchQuery Text(string text) => new TextKey("TEXT", text);

    /// <summary>A query in the language of Gmail's search box; needs X-GM-EXT-1.</summary>
    public static SearchQuery Gmail(string query) => new TextKey("X-GM-RAW", query);

    public static SearchQuery Keyword(string keyword) => new KeywordKey(keyword);

    /// <summary>Received on that day or later, by the server's day.</summary>
    public static SearchQuery Since(DateOnly day) => new DateKey("SINCE", day);

    /// <summary>Received before that day.</summary>
    public static SearchQuery Before(DateOnly day) => new DateKey("BEFORE", day);

    /// <summary>Dated (by its header) on that day or later.</summary>
    public static SearchQuery SentSince(DateOnly day) => new DateKey("SENTSINCE", day);

    public static SearchQuery SentBefore(DateOnly day) => new DateKey("SENTBEFORE", day);

    /// <summary>Of more than so many bytes.</summary>
    public static SearchQuery Larger(long bytes) => new SizeKey("LARGER", bytes);

    public static SearchQuery Smaller(long bytes) => new SizeKey("SMALLER", bytes);

    /// <summary>Changed since, by modification sequence; needs CONDSTORE.</summary>
    public static SearchQuery ModSeq(ulong modSeq) => new ModSeqKey(modSeq);

    /// <summary>All of them; none is <see cref="All"/>.</summary>
    public static SearchQuery And(params IReadOnlyList<SearchQuery> queries) => queries.Count == 0 ? All : new AndKey(queries);

    /// <summary>Any of them; none matches nothing.</summary>
    public static SearchQuery Or(params IReadOnlyList<SearchQuery> queries) => queries.Count switch
    {
        0 => Not(All),
        1 => queries[0],
        _ => new OrKey(queries[0], Or([.. queries.Skip(1)])),
    };

    public static SearchQuery Not(SearchQuery query) => new NotKey(query);

    /// <summary>Whether a charset has to be named.</summary>
    internal abstract bool IsAscii { get; }

    /// <summary>Writes it as one key: what is several is put in parentheses.</summary>
    internal abstract void Write(ImapWriter writer);

    /// <summary>Writes it as the whole query. QUIRK: Aliyun, BAD to parentheses around everything.</summary>
    internal virtual void WriteAll(ImapWriter writer) => Write(writer);

    private sealed record Key(string Name) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer) => writer.Word(Name);
    }

    private sealed record UidKey(UidSet Set) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer) => writer.Word(Set.IsEmpty ? "NOT ALL" : $"UID {Set}");
    }

    private sealed record TextKey(string Name, string Value) : SearchQuery
    {
        internal override bool IsAscii => System.Text.Ascii.IsValid(Value);

        internal override void Write(ImapWriter writer) => writer.Word(Name).String(Value);
    }

    private sealed record HeaderKey(string Name, string Value) : SearchQuery
    {
        internal override bool IsAscii => System.Text.Ascii.IsValid(Name) && System.Text.Ascii.IsValid(Value);

        internal override void Write(ImapWriter writer) => writer.Word("HEADER").String(Name).String(Value);
    }

    private sealed record KeywordKey(string Name) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer)
        {
            ImapQuoting.RequireFlag(Name, nameof(Name));
            writer.Word("KEYWORD").Word(Name);
        }
    }

    private sealed record DateKey(string Name, DateOnly Day) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer) => writer.Word(Name).Word(Day.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture));
    }

    private sealed record SizeKey(string Name, long Bytes) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer) => writer.Word(Name).Number((ulong)Math.Max(0, Bytes));
    }

    private sealed record ModSeqKey(ulong Value) : SearchQuery
    {
        internal override bool IsAscii => true;

        internal override void Write(ImapWriter writer) => writer.Word("MODSEQ").Number(Value);
    }

    private sealed record NotKey(SearchQuery Query) : SearchQuery
    {
        internal override bool IsAscii => Query.IsAscii;

        internal override void Write(ImapWriter writer)
        {
            writer.Word("NOT");
            Query.Write(writer);
        }
    }

    private sealed record OrKey(SearchQuery First, SearchQuery Second) : SearchQuery
    {
        internal override bool IsAscii => First.IsAscii && Second.IsAscii;

        internal override void Write(ImapWriter writer)
        {
            writer.Word("OR");
            First.Write(writer);
            Second.Write(writer);
        }
    }

    private sealed record AndKey(IReadOnlyList<SearchQuery> Queries) : SearchQuery
    {
        internal override bool IsAscii => Queries.All(q => q.IsAscii);

        internal override void Write(ImapWriter writer)
        {
            writer.Open();
            WriteAll(writer);
            writer.Close();
        }

        internal override void WriteAll(ImapWriter writer)
        {
            foreach (var query in Queries)
            {
                query.Write(writer);
            }
        }
    }
}
