namespace MailDaemon.Sandbox.Imap;

/// <summary>One thing a FETCH asks for.</summary>
/// <param name="Label">What the answer is called; of a section without offset.</param>
/// <param name="Section">For <see cref="FetchKind.Section"/>.</param>
internal sealed record FetchItem(FetchKind Kind, string Label, BodySection? Section = null)
{
    private static readonly FetchItem[] Fast =
        [new(FetchKind.Flags, "FLAGS"), new(FetchKind.InternalDate, "INTERNALDATE"), new(FetchKind.Size, "RFC822.SIZE")];

    private static readonly FetchItem[] All = [.. Fast, new(FetchKind.Envelope, "ENVELOPE")];

    /// <summary>"ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"</summary>
    public static IReadOnlyList<FetchItem> Take(ImapCommand command)
    {
        if (!command.TryTake('('))
        {
            var word = command.Word();
            return word switch
            {
                "FAST" => Fast,
                "ALL" => All,
                "FULL" => [.. All, new(FetchKind.Body, "BODY")],
                _ => [TakeOne(word, command)],
            };
        }

        var items = new List<FetchItem>();
        do
        {
            items.Add(TakeOne(command.Word(), command));
        }
        while (command.TryTake(' '));

        command.Take(')');
        return items;
    }

    private static FetchItem TakeOne(string word, ImapCommand command) => word switch
    {
        "FLAGS" => new(FetchKind.Flags, word),
        "INTERNALDATE" => new(FetchKind.InternalDate, word),
        "RFC822.SIZE" => new(FetchKind.Size, word),
        "ENVELOPE" => new(FetchKind.Envelope, word),
        "BODYSTRUCTURE" => new(FetchKind.BodyStructure, word),
        "UID" => new(FetchKind.Uid, word),
        "MODSEQ" => new(FetchKind.ModSeq, word),
        "EMAILID" => new(FetchKind.EmailId, word),
        "THREADID" => new(FetchKind.ThreadId, word),
        "X-GM-MSGID" => new(FetchKind.GmailMessageId, word),
        "X-GM-THRID" => new(FetchKind.GmailThreadId, word),
        "X-GM-LABELS" => new(FetchKind.GmailLabels, word),
        "RFC822" => new(FetchKind.Section, word, BodySection.Whole),
        "RFC822.HEADER" => new(FetchKind.Section, word, BodySection.Header),
        "RFC822.TEXT" => new(FetchKind.Section, word, BodySection.Text),
        "BODY" or "BODY.PEEK" when command.Next == '[' => TakeSection(command, isPeek: word == "BODY.PEEK"),
        "BINARY" or "BINARY.PEEK" => TakeDecoded(command, "BINARY", FetchKind.Section, isPeek: word == "BINARY.PEEK"),
        "BINARY.SIZE" => TakeDecoded(command, word, FetchKind.BinarySize, isPeek: true),
        "BODY" => new(FetchKind.Body, word),
        _ => throw new ImapSyntaxException("Unknown FETCH item"),
    };

    private static FetchItem TakeSection(ImapCommand command, bool isPeek)
    {
        var section = BodySection.Take(command) with { IsPeek = isPeek };
        return new FetchItem(FetchKind.Section, $"BODY[{section.Name}]", section);
    }

    /// <summary>"BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary (RFC 3516 §4.2)</summary>
    private static FetchItem TakeDecoded(ImapCommand command, string label, FetchKind kind, bool isPeek)
    {
        var section = BodySection.Take(command) with { IsPeek = isPeek, IsDecoded = true };
        var isAllowed = section.Of.Length == 0 && (kind == FetchKind.Section || section.Offset is null);
        return isAllowed ? new FetchItem(kind, $"{label}[{section.Name}]", section) : throw new ImapSyntaxException("Invalid section");
    }
}

internal enum FetchKind
{
    Flags,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    Uid,
    ModSeq,
    EmailId,
    ThreadId,
    GmailMessageId,
    GmailThreadId,
    GmailLabels,
    Section,
    BinarySize,
}
