using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>Brings messages whole: from the server wherever the cache, which is made for reading, may have less.</summary>
internal sealed class Originals(MailProviders providers, OutboxStore files)
{
    /// <summary>The cache keeps this much of each part, and so the whole of a message that is no larger.</summary>
    private const int MaxWholeBytes = 512 * 1024;

    /// <summary>The message as its server has it.</summary>
    /// <exception cref="MailException">It has gone, or the server failed.</exception>
    public async Task<OriginalMessage> DownloadAsync(FoundMessage message, CancellationToken ct)
    {
        var id = OutboxStore.NewId();
        var (provider, remote) = (providers.For(message.Account), message.Remote);
        await files.WriteMailAsync(id, stream => provider.CopyMessageAsync(remote, stream, ct));
        return new OriginalMessage(files.PathOf(id));
    }

    /// <summary>What of the message goes into one that is made of it.</summary>
    /// <param name="withParts">With all of its parts; else with the pictures of its HTML alone.</param>
    /// <exception cref="MailException">It has gone, or the server failed.</exception>
    public async Task<Original> ReadAsync(FoundMessage message, bool withParts, CancellationToken ct)
    {
        var detail = MailReading.Read(message, BodyOptions.None);
        if (message.Cache.ReadContent(message.Message.Key) is { } content && message.Message.Size <= MaxWholeBytes && !content.Attachments.Any(part => withParts || IsShown(part, content)))
            return new Original(detail, content);
        return new Original(detail, await DownloadAsync(message, ct));
    }

    private static bool IsShown(Attachment part, MessageContent content) =>
        part.ContentId is { } id && content.Html?.Contains($"cid:{id}", StringComparison.OrdinalIgnoreCase) == true;
}
