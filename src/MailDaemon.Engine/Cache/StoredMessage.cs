using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Where a message is and how it stands: what an action on it needs to know.</summary>
public sealed record StoredMessage
{
    public required string Key { get; init; }

    public required string Scope { get; init; }

    public required string FolderPath { get; init; }

    /// <summary>The folder that has it on the server: another than <see cref="FolderPath"/> while a move waits for the server.</summary>
    public string ServerFolder => Scope.Length > 0 ? Scope : FolderPath;

    public required FolderRole Role { get; init; }

    /// <summary>The provider's id within <see cref="Scope"/>.</summary>
    public required string RemoteId { get; init; }

    /// <summary>IMAP only.</summary>
    public required long? Uid { get; init; }

    public required MessageFlags Flags { get; init; }

    public required IReadOnlyList<string> NativeLabels { get; init; }

    public required string ThreadId { get; init; }

    public required string? InternetMessageId { get; init; }

    public required DateTimeOffset Date { get; init; }

    public required long Size { get; init; }

    /// <summary>It arrived after the baseline and rules have not been run on it.</summary>
    public required bool AwaitsRules { get; init; }
}
