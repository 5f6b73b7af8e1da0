namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>The items of one reply while they are gathered.</summary>
internal sealed class FetchedItems
{
    private Dictionary<string, ReadOnlyMemory<byte>>? sections;
    private string? defect;

    public uint SequenceNumber { get; set; }

    public uint? Uid { get; set; }

    public IReadOnlyList<string>? Flags { get; set; }

    public DateTimeOffset? InternalDate { get; set; }

    public long? Size { get; set; }

    public Envelope? Envelope { get; set; }

    public BodyPart? BodyStructure { get; set; }

    public ulong? ModSeq { get; set; }

    public string? EmailId { get; set; }

    public string? ThreadId { get; set; }

    public ulong? GmailMessageId { get; set; }

    public ulong? GmailThreadId { get; set; }

    public IReadOnlyList<string>? GmailLabels { get; set; }

    public bool HasContent { get; set; }

    public void Add(string section, ReadOnlyMemory<byte> bytes) => (sections ??= new(2, StringComparer.OrdinalIgnoreCase))[section] = bytes;

    public void AddDefect(string what) => defect = defect is null ? what : defect.Length < 500 ? $"{defect}; {what}" : defect;

    public FetchedMessage ToMessage() => new()
    {
        Uid = Uid,
        SequenceNumber = SequenceNumber,
        Flags = Flags,
        InternalDate = InternalDate,
        Size = Size,
        Envelope = Envelope,
        BodyStructure = BodyStructure,
        ModSeq = ModSeq,
        EmailId = EmailId,
        ThreadId = ThreadId,
        GmailMessageId = GmailMessageId,
        GmailThreadId = GmailThreadId,
        GmailLabels = GmailLabels,
        Sections = sections ?? FetchedMessage.NoSections,
        Defect = defect,
        HasContent = HasContent || sections is not null || defect is not null,
    };
}
