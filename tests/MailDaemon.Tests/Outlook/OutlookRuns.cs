using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>On which mail of an Outlook account rules ran.</summary>
internal sealed class OutlookRuns
{
    private readonly OutlookApp outlook;
    private readonly RuleRuns runs;

    private OutlookRuns(OutlookApp outlook)
    {
        this.outlook = outlook;
        runs = new RuleRuns(
            () => outlook.App,
            subject =>
            {
                Deliver(subject);
                return outlook.SyncAsync();
            });
    }

    public static async Task<OutlookRuns> BeginAsync(OutlookApp outlook)
    {
        var rules = new OutlookRuns(outlook);
        await rules.runs.BeginAsync();
        return rules;
    }

    /// <summary>A small mail of now.</summary>
    public static byte[] Mail(string subject) => RuleRuns.Mail(subject, "olivia@outlook.sandbox.test");

    public GraphMessage Deliver(string subject, string? folder = null) => outlook.Mailbox.Deliver(Mail(subject), folder);

    /// <inheritdoc cref="RuleRuns.ShouldBeAsync"/>
    public Task ShouldBeAsync(params string[] subjects) => runs.ShouldBeAsync(subjects);
}
