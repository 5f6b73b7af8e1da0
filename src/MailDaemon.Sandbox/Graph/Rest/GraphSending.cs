using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Sending: of a draft, which then is in Sent Items, and of a message that never was a draft.</summary>
internal sealed class GraphSending(GraphContext context)
{
    private readonly Lock gate = new();
    private readonly List<(GraphMailbox Mailbox, string Id)> held = [];
    private readonly UsageMeter sent = new(context.Time, TimeSpan.FromMinutes(1), context.Options.MessagesPerMinute);

    public GraphReply SendDraft(GraphCall call)
    {
        Send(call.Mailbox, call.Message());
        return GraphReply.Accepted();
    }

    /// <summary>From JSON, or from MIME in base64 (Graph, "user: sendMail").</summary>
    public GraphReply SendMail(GraphCall call)
    {
        var (raw, isFiled) = (Array.Empty<byte>(), true);
        if (MessageCalls.IsMime(call))
        {
            raw = MessageCalls.MimeOf(call);
        }
        else
        {
            var json = call.Json();
            raw = DraftMime.Create(json.Object("message") ?? throw new GraphException(400, "ErrorInvalidParameter", "The parameter 'message' is missing."), call.Mailbox, context.Time.GetUtcNow());
            isFiled = json.Truth("saveToSentItems") ?? true;
        }

        var outgoing = Outgoing(call.Mailbox, raw);
        Take(call.Mailbox);
        if (isFiled)
        {
            var draft = call.Mailbox.Add(new GraphMail(outgoing.Copy) { Folder = WellKnownFolders.Outbox, IsRead = true, IsDraft = true });
            Dispatch(call.Mailbox, draft, outgoing);
        }
        else
        {
            Deliver(call.Mailbox, outgoing);
        }

        return GraphReply.Accepted();
    }

    /// <exception cref="GraphException">It is no draft, or cannot be sent.</exception>
    public void Send(GraphMailbox mailbox, GraphMessage draft)
    {
        if (!draft.IsDraft)
        {
            throw GraphException.InvalidRequest("The message is not a draft and cannot be sent.");
        }

        var outgoing = Outgoing(mailbox, draft.Raw);
        Take(mailbox);
        Dispatch(mailbox, draft, outgoing);
    }

    /// <summary>Delivers and files what waits in the Outbox.</summary>
    public void DeliverOutbox()
    {
        (GraphMailbox Mailbox, string Id)[] waiting;
        lock (gate)
        {
            waiting = [.. held];
            held.Clear();
        }

        foreach (var (mailbox, id) in waiting)
        {
            if (mailbox.Find(id) is { } message)
            {
                Complete(mailbox, message, Outgoing(mailbox, message.Raw));
            }
        }
    }

    private void Dispatch(GraphMailbox mailbox, GraphMessage draft, OutgoingMail outgoing)
    {
        if (!context.Faults.HoldsOutbox)
        {
            Complete(mailbox, draft, outgoing);
            return;
        }

        using var scope = mailbox.Gate.EnterScope();
        var kept = mailbox.Change(draft.Id, message => message with { Content = new MailContent(outgoing.Copy) });
        var moved = mailbox.MoveTo(kept, mailbox.Folder(WellKnownFolders.Outbox));
        lock (gate)
        {
            held.Add((mailbox, moved.Id));
        }
    }

    private void Complete(GraphMailbox mailbox, GraphMessage draft, OutgoingMail outgoing)
    {
        using (mailbox.Gate.EnterScope())
        {
            var message = mailbox.MoveTo(draft, mailbox.Folder(WellKnownFolders.Sent));
            message = mailbox.Change(message.Id, one => one with { Content = new MailContent(outgoing.Copy), IsDraft = false, IsRead = true, ReceivedAt = mailbox.Now });
            if (context.Faults.SendingChangesId)
            {
                mailbox.ChangeImmutableId(message.Id);
            }

            if (message.Answers is { } answers && mailbox.Find(answers.Key) is { } answered)
            {
                mailbox.Change(answered.Id, one => one with { LastVerb = answers.Verb });
            }
        }

        Deliver(mailbox, outgoing);
    }

    private void Deliver(GraphMailbox mailbox, OutgoingMail outgoing) =>
        context.Delivery.Accept(mailbox.Address, outgoing.Recipients, outgoing.Delivered, mailbox.Address, [], isFiled: true);

    /// <exception cref="GraphException">It cannot be sent as it is.</exception>
    private OutgoingMail Outgoing(GraphMailbox mailbox, ReadOnlyMemory<byte> raw)
    {
        if (raw.Length > context.Options.MaxMessageBytes)
        {
            throw GraphException.TooLarge();
        }

        if (MimeParser.ParseHeaders(raw).From is [var from, ..] && !from.Address.Equals(mailbox.Address, StringComparison.OrdinalIgnoreCase))
        {
            throw new GraphException(403, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.");
        }

        try
        {
            return OutgoingMail.Of(raw, new Mailbox(mailbox.DisplayName, mailbox.Address), [mailbox.Address], context.Faults.RewritesMessageId, context.Time.GetUtcNow());
        }
        catch (InvalidRecipientsException)
        {
            throw new GraphException(400, "ErrorInvalidRecipients", "At least one recipient is not valid., At least one recipient isn't valid.");
        }
    }

    private void Take(GraphMailbox mailbox)
    {
        if (!sent.TryTake(mailbox.Address, 1))
        {
            throw new GraphException(GraphError.Throttled);
        }
    }
}
