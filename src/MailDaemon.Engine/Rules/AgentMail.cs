using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>Which mail agents may send, and to whom: within what the rule allows, the account's policy, RFC 3834 and the limits.</summary>
internal sealed class AgentMail(AccountStore accounts, AutomaticMailLimits limits)
{
    /// <summary>Whether an action sends mail.</summary>
    public static bool IsSending(AgentAction action) => action.Type is "reply" or "forward_to";

    /// <summary>To whom an action sends. An answer goes to From; to Reply-To only where the rule says so.</summary>
    public static IReadOnlyList<EmailAddress> Recipients(MessageDetail message, AgentAction action, IReadOnlyList<string> allowed) => action.Type switch
    {
        "forward_to" => Distinct(EmailAddress.TryParseList(action.Value) ?? []),
        _ => Distinct(Answered(message, allowed) is { ReplyTo.Count: > 0 } differing ? differing.ReplyTo : [message.From]),
    };

    /// <summary>A message as an agent answers it: without its Reply-To, unless the rule allows that.</summary>
    public static MessageDetail Answered(MessageDetail message, IReadOnlyList<string> allowed) =>
        allowed.Contains(AgentAbilities.ReplyTo, StringComparer.Ordinal) ? message : message with { ReplyTo = [] };

    /// <summary>In whose name, and how often, a task's agent sends.</summary>
    public static AutomaticSender Sender(AgentTask task, Account account)
    {
        var policy = AgentPolicy.Read(account.Settings.AgentPolicy);
        return new AutomaticSender(account.Key, task.RuleId, task.AgentId, policy.PerHour, policy.PerDay);
    }

    /// <summary>Looks at everything before any of it is done.</summary>
    /// <exception cref="MailException">
    /// Forbidden <c>policy_denied</c> or <c>approval_required</c>; Conflict <c>not_answered</c> or <c>own_address</c>; InvalidInput
    /// <c>too_many_recipients</c>; TooMany <c>limit</c>.
    /// </exception>
    public void Require(AgentTask task, Account account, MessageDetail message, IReadOnlyList<AgentAction> sending, IReadOnlyList<string> allowed)
    {
        foreach (var action in sending)
            RequireOne(account, message, action, Recipients(message, action, allowed));
        if (sending.Count > 0 && limits.Refusal(Sender(task, account), sending.Count) is { } over)
            throw new MailException(over.Fault, over.Code, $"{over.Message} Nothing was done.") { RetryAfter = over.RetryAfter };
    }

    private void RequireOne(Account account, MessageDetail message, AgentAction action, IReadOnlyList<EmailAddress> recipients)
    {
        var policy = AgentPolicy.Read(account.Settings.AgentPolicy);
        RequireWord(policy.Send, "send", "agents send mail from this account");
        if (action.Type == "forward_to")
            RequireWord(policy.Forward, "forward", "agents send mail of this account on");
        else
            RequireAnswer(policy, message);
        if (recipients.FirstOrDefault(recipient => Own().Contains(recipient.Address)) is { } own)
            throw MailException.Conflict("own_address", $"{action.Type}: {own.Address} is an account of this daemon, and machines do not write to it. Nothing was done.");
        if (recipients.FirstOrDefault(recipient => !Protocols.Mime.Mailbox.IsAddress(recipient.Address)) is { } wrong)
            throw MailException.Conflict("not_answered", $"{action.Type}: '{wrong.Address}' is no address that could be written to. Nothing was done.");
        var most = Math.Min(policy.MaxRecipients ?? int.MaxValue, limits.MaxRecipients);
        if (recipients.Count > most)
            throw MailException.InvalidInput("too_many_recipients", $"{action.Type}: this mail would go to {recipients.Count} recipients, and agents may write to {most} (AutomaticMail:MaxRecipients, agentPolicy.maxRecipients). Nothing was done.");
    }

    private static void RequireAnswer(AgentPolicy policy, MessageDetail message)
    {
        if (message.ReplyToDiffers == true)
            RequireWord(policy.ReplyToDiffers, "replyToDiffers", "agents answer mail whose Reply-To differs from its From");
        if (MachineMail.Reason(message.From, message.Headers) is { } why)
            throw MailException.Conflict("not_answered", $"reply: the mail is not answered by a machine: {why}. Nothing was done.");
    }

    private static void RequireWord(PolicyWord word, string member, string what)
    {
        if (word == PolicyWord.Deny)
            throw new MailException(MailFault.Forbidden, "policy_denied", $"The account's agentPolicy does not allow that {what} ({member}: deny). Nothing was done.");
        if (word == PolicyWord.Hold)
            throw new MailException(MailFault.Forbidden, "approval_required", $"The account's agentPolicy wants a person to approve that {what} ({member}: hold), and nobody can do that here yet: it is refused. create_draft leaves a draft for people to send. Nothing was done.");
    }

    private OwnAddresses Own() => new(accounts.All().Select(account => account.Email));

    private static IReadOnlyList<EmailAddress> Distinct(IReadOnlyList<EmailAddress> addresses) => [.. addresses.DistinctBy(address => address.Address, StringComparer.OrdinalIgnoreCase)];
}
