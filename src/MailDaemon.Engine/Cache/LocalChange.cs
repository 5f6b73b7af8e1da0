using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What an action of ours did to a message on its server, by key. Null means: unchanged.</summary>
public sealed record LocalChange(string Key)
{
    public MessageFlags? Flags { get; init; }

    public IReadOnlyList<string>? NativeLabels { get; init; }

    public LocalMove? Move { get; init; }

    /// <summary>The path of the folder that shows it, though its server has it where it was as yet.</summary>
    public string? ShownIn { get; init; }

    /// <summary>The provider's id of the message in the same scope that takes its place and its key; it is in the cache.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>It is gone for good.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>It was not where we had it: somebody else moved or deleted it, and it may have been seen elsewhere already.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>Where a message went.</summary>
/// <param name="Scope">The scope of the folder (see <see cref="Delta"/>).</param>
/// <param name="FolderPath">The folder that shows it now.</param>
/// <param name="RemoteId">Its id there; null when the server did not say: it then returns with the folder's next pass, under its key.</param>
/// <param name="Uid">IMAP only.</param>
public sealed record LocalMove(string Scope, string FolderPath, string? RemoteId, long? Uid = null);
