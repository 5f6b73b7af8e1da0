namespace MailDaemon.Protocols.Mime;

/// <summary>
/// How far the parser takes a message apart. Over a limit nothing is lost: the bytes stay in the part they are in, and
/// <see cref="MimeMessage.Defects"/> says which limit was met.
/// </summary>
public sealed record MimeLimits
{
    public static MimeLimits Default { get; } = new();

    /// <summary>Nested multiparts and embedded messages together; a deeper one is kept as a leaf.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Parts of one message, multiparts included; further ones stay in the body of the last.</summary>
    public int MaxParts { get; init; } = 1000;

    /// <summary>Bytes of one header block; fields beyond are passed over.</summary>
    public int MaxHeaderBlockBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of one field, name and folds included; the rest of its value is cut off.</summary>
    public int MaxHeaderBytes { get; init; } = 64 * 1024;

    /// <summary>Fields of one message, those of its parts included; further ones are passed over.</summary>
    public int MaxFields { get; init; } = 20_000;

    /// <summary>Defects noted for one message; further ones are not written down.</summary>
    public int MaxDefects { get; init; } = 50;
}
