using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>On which mail of a Gmail account rules ran.</summary>
internal sealed class GmailRuns
{
    private readonly GmailApp gmail;
    private readonly RuleRuns runs;

    private GmailRuns(GmailApp gmail)
    {
        this.gmail = gmail;
        runs = new RuleRuns(
            () => gmail.App,
            subject =>
            {
                Deliver(subject);
                return gmail.SyncAsync();
            });
    }

    public static async Task<GmailRuns> BeginAsync(GmailApp gmail)
    {
        var rules = new GmailRuns(gmail);
        await rules.runs.BeginAsync();
        return rules;
    }

    /// <summary>A small mail of now.</summary>
    public static byte[] Mail(string subject) => RuleRuns.Mail(subject, "gina@gmail.sandbox.test");

    public GmailMessage Deliver(string subject) => gmail.Mailbox.Deliver(Mail(subject));

    /// <inheritdoc cref="RuleRuns.ShouldBeAsync"/>
    public Task ShouldBeAsync(params string[] subjects) => runs.ShouldBeAsync(subjects);
}
