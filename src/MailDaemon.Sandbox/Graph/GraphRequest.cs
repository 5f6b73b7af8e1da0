namespace MailDaemon.Sandbox.Graph;

/// <summary>A request that the server has seen, or a part of a batch. Tokens are not in it.</summary>
public sealed record GraphRequest
{
    public required DateTimeOffset At { get; init; }

    public required string Verb { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The id of the operation in the contract (<c>me.message.get</c>, <c>me.mailFolder.messages.delta</c>, <c>me.sendMail</c>), <c>batch</c> or
    /// <c>upload.piece</c>; empty when there is no such operation. What is done to a message by way of its folder
    /// (<c>/me/mailFolders/{id}/messages/{id}</c>) has the name of the same without the folder.
    /// </summary>
    public required string Operation { get; init; }

    /// <summary>The HTTP status; 0 when the connection was cut in place of an answer.</summary>
    public int Status { get; init; }

    /// <summary>The user whose token it came with; null when it had none that is good.</summary>
    public string? User { get; init; }

    public bool IsBatchPart { get; init; }

    /// <summary>Whether it asked for immutable ids, or has nothing to do with ids of messages.</summary>
    public bool PrefersImmutableIds { get; init; }

    /// <summary>Of the request's body, in bytes.</summary>
    public int BodyBytes { get; init; }

    /// <summary>What is not as the contract says or as Microsoft's guides demand; empty when all is.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];
}
