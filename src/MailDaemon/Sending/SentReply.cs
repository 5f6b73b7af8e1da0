using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>How the routes that send answer: 200 when it is sent, 202 when it waits or nobody can say.</summary>
internal sealed class SentReply(MessageLookup lookup, SyncPasses passes)
{
    /// <param name="leftOut">Recipients of the original that it does not go to.</param>
    public Envelope<SentMail> Of(OutboxItem item, IReadOnlyList<string>? leftOut = null)
    {
        var sent = SentMail.Of(item, lookup.SentFolder(item.Account)) with { LeftOut = leftOut ?? [] };
        if (item.State != OutboxState.Sent)
            return Envelope.Accepted(sent);
        passes.StartUnlessBackingOff(item.Account, out _); // brings the copy in Sent into the cache
        return Envelope.Success(sent);
    }
}
