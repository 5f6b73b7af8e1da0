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
    /// <summary>What is kept of a message is clean: so is all that is ever read of it, but for its HTML.</summary>
    public static PreparedMessage From(AccountKey account, RemoteMessage message, ContentStore contents)
    {
        var clean = CleanText.Of(message);
        return new PreparedMessage(
            clean,
            MessageKeys.Identity(message.Identity),
            contents.Save(clean.Content),
            ThreadLinks.Of(account, message),
            Cache.Snippet.Of(clean.Content.Text),
            RowMapper.Pack(clean.To),
            RowMapper.Pack(message.NativeLabels));
    }
}
