using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>A message with all that can be worked out before the transaction; its content file is written.</summary>
internal sealed record PreparedMessage(
    RemoteMessage Remote,
    byte[] Identity,
    byte[] Content,
    ThreadLinks Thread,
    string Snippet,
    string Recipients,
    string Labels)
{
    public static PreparedMessage From(AccountKey account, RemoteMessage message, ContentStore contents) => new(
        message,
        MessageKeys.Identity(message.Identity),
        contents.Save(message.Content),
        ThreadLinks.Of(account, message),
        Cache.Snippet.Of(message.Content.Text),
        RowMapper.Pack(message.To),
        RowMapper.Pack(message.NativeLabels));
}
