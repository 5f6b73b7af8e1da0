namespace MailDaemon.Sandbox.Net;

/// <summary>What a stand-in answers over HTTP.</summary>
internal sealed record HttpReply(int Status)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The type of <see cref="Body"/>.</summary>
    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether the body goes out as gzip.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Bytes of the body after which the connection is cut; null for all.</summary>
    public int? CutAfter { get; init; }
}
