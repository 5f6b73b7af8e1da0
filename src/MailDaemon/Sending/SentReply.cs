using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>How the routes that send answer: 200 when it is sent, 202 when it waits or nobody can say.</summary>
internal static class SentReply
{
    public static Envelope<SentMail> Of(OutboxItem item, SyncPasses passes)
    {
        var sent = SentMail.Of(item);
        if (item.State != OutboxState.Sent)
            return Envelope.Accepted(sent);
        passes.StartUnlessBackingOff(item.Account, out _); // brings the copy in Sent into the cache
        return Envelope.Success(sent);
    }
}
