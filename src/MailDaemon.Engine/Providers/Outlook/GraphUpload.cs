namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>A file on its way into a draft.</summary>
/// <param name="Size">Bytes of the file, exactly: what <paramref name="Open"/> gives must have as many.</param>
/// <param name="IsInline">It is shown within the body, by its <paramref name="ContentId"/>.</param>
/// <param name="ContentId">Without angle brackets; null when it has none.</param>
/// <param name="Open">Gives the bytes from the first one on, each time it is called. The stream is disposed by whoever called.</param>
internal sealed record GraphUpload(string Name, string ContentType, long Size, bool IsInline, string? ContentId, Func<Stream> Open);
