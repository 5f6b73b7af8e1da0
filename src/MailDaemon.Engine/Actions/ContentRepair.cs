using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>Reads what messages say, also when its file is missing or damaged: then it is fetched from the server again, and kept.</summary>
public sealed class ContentRepair(MailProviders providers)
{
    /// <summary>The message with its content.</summary>
    /// <exception cref="MailException">The message has gone; or its file is damaged and the server does not give it just now.</exception>
    public async Task<MessageDetail> ReadAsync(FoundMessage message, BodyOptions body, CancellationToken ct)
    {
        if (message.Cache.ReadDetail(message.Message.Key, body) is { } detail)
        {
            return detail;
        }

        await FetchAsync(message, ct);
        return message.Cache.ReadDetail(message.Message.Key, body) ?? throw MessageLookup.NotFound(message.Message.Key);
    }

    /// <summary>Sees to it that the content can be read.</summary>
    /// <exception cref="MailException">As <see cref="ReadAsync"/>.</exception>
    public async Task EnsureAsync(FoundMessage message, CancellationToken ct)
    {
        if (message.Cache.ReadContent(message.Message.Key) is null)
        {
            await FetchAsync(message, ct);
        }
    }

    private async Task FetchAsync(FoundMessage message, CancellationToken ct)
    {
        var now = message.Anew();
        IReadOnlyList<RemoteMessage> read;
        try
        {
            read = await providers.For(now.Account).ReadMessagesAsync(now.Message.Scope, [now.Message.RemoteId], now.Remote.Cursor, ct);
        }
        catch (MailException e) when (e.Fault is not MailFault.NotFound)
        {
            throw new MailException(e.Fault, e.Code, $"What this message says was lost from the cache, and the mail server does not give it again just now. Try again later. {e.Message}", e);
        }

        if (read is not [var remote, ..] || !await now.Cache.SaveContentAsync(now.Message.Key, remote.Content, ct))
        {
            throw MailException.NotFound("message_gone", "What this message says was lost from the cache, and the message is no longer on the server; somebody else moved or deleted it.");
        }
    }
}
