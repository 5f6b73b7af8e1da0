using System.ComponentModel;
using MailDaemon.Accounts;
using MailDaemon.Api;
using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Imap;

/// <summary>Tries servers and password, saving nothing.</summary>
internal static class TestImap
{
    [EndpointSummary("Try an IMAP account without adding it")]
    [EndpointDescription("Logs in to both servers and says how it went. Answers 200 even when a login fails: look at success and error. Takes the body of POST /api/imap/accounts; displayName and allowUnverifiedSmtp change nothing here.")]
    [Tags("IMAP")]
    [Fails]
    public static async Task<Envelope<Response>> HandleAsync(Input<AddImapAccount.Request> input, ImapAccountSetup setup, CancellationToken ct)
    {
        var report = await setup.TestAsync(input.Value.ToRequest(), ct);
        return Envelope.Success(new Response(
            new ImapResult(report.Imap.Success, report.Imap.Error?.Message, report.Imap.Error?.Code, report.Imap.Capabilities, ServerView.Of(report.Imap.Server)),
            SmtpResult.Of(report.Smtp)));
    }

    public sealed record Response(ImapResult Imap, SmtpResult Smtp);

    public sealed record ImapResult(
        bool Success,
        [property: Description("What went wrong and what to do; null when it went well")] string? Error,
        [property: Description("A stable word for programs")] string? ErrorCode,
        IReadOnlyList<string> Capabilities,
        ServerView? Server);
}

/// <summary>How the SMTP server of an account answered.</summary>
public sealed record SmtpResult(
    bool Success,
    [property: Description("What went wrong and what to do; null when it went well")] string? Error,
    [property: Description("A stable word for programs")] string? ErrorCode,
    ServerView? Server)
{
    internal static SmtpResult Of(ServerReport report) => new(report.Success, report.Error?.Message, report.Error?.Code, ServerView.Of(report.Server));
}
