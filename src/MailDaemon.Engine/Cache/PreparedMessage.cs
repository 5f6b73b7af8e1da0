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
    string Labels,
    string ReplyTo,
    string Authentication)
{
    /// <summary>Addresses kept in the row: the detail has all.</summary>
    private const int MaxReplyTo = 20;

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
            RowMapper.Pack(message.NativeLabels),
            RowMapper.Pack([.. clean.Content.ReplyTo.Take(MaxReplyTo)]),
            RowMapper.Clean(AuthenticationResults.Pack(message.Authentication)));
    }
}
