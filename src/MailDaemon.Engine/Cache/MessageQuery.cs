using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Which messages to list, newest first.</summary>
public sealed record MessageQuery
{
    public const int MostItems = 500;

    /// <summary>A folder's path or the word of its role; null means all folders.</summary>
    public string? Folder { get; init; }

    /// <summary>How many to leave out from the newest on.</summary>
    public int Offset { get; init; }

    /// <summary>1–500.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>True: unread ones only; false: all.</summary>
    public bool IsUnread { get; init; }

    /// <summary>Received at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A part of a list and the length of the whole.</summary>
public sealed record MessagePage(IReadOnlyList<MessageItem> Messages, int Total, int Offset, int Limit)
{
    /// <summary>Keys of the messages whose bodies were cut; null when none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Cut => CutOf(Messages);

    /// <summary>Keys of the messages whose bodies were cut; null when none was.</summary>
    public static IReadOnlyList<string>? CutOf(IReadOnlyList<MessageItem> messages)
    {
        List<string> cut = [.. messages.Where(message => message.Body is { IsTruncated: true }).Select(message => message.Key)];
        return cut.Count > 0 ? cut : null;
    }
}
