using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Tests.Suite;

/// <summary>What the mail server has of a message, in words that all providers have.</summary>
public sealed record ServerMail
{
    /// <summary>The role of its place: inbox, sent, drafts, archive, spam, trash, or other.</summary>
    public required string Folder { get; init; }

    public required bool IsRead { get; init; }

    public required bool IsStarred { get; init; }

    public required bool IsDraft { get; init; }

    /// <summary>Null at a server that has no word for it.</summary>
    public bool? IsAnswered { get; init; }

    /// <summary>Null at a server that has no word for it.</summary>
    public bool? IsForwarded { get; init; }

    /// <summary>Labels of people by what the server calls them, as a label of the daemon has it in <c>native</c>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>With its angle brackets.</summary>
    public string MessageId => $"<{MimeParser.ParseHeaders(Raw).MessageId?.Trim('<', '>')}>";

    public string Text => Encoding.UTF8.GetString(Raw.Span);
}
