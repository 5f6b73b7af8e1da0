using MailDaemon.Api;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Api;

public sealed class UnknownRouteTests
{
    private static readonly HashSet<string> nouns = new(["accounts", "sync", "rules"], StringComparer.OrdinalIgnoreCase);

    [Theory]
    [InlineData("/api/gmail/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/api/gmail/messages/18c/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/api/outlook/labels/sync", MailFault.NotFound, "not_found")]
    [InlineData("/api/outlook/message/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/api/Outlook/categories/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/API/gmail/x", MailFault.NotFound, "not_found")]
    [InlineData("/api/imap/x", MailFault.NotFound, "not_found")]
    [InlineData("/api/IMAP/x/y/z", MailFault.NotFound, "not_found")]
    [InlineData("/api/yahoo/messages", MailFault.NotFound, "unknown_provider")]
    [InlineData("/api/accounts/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/api/Rules/7/nowhere", MailFault.NotFound, "not_found")]
    [InlineData("/api/gmail", MailFault.NotFound, "not_found")]
    [InlineData("/api/yahoo", MailFault.NotFound, "not_found")]
    [InlineData("/api//outlook//categories", MailFault.NotFound, "not_found")]
    [InlineData("/api", MailFault.NotFound, "not_found")]
    [InlineData("/", MailFault.NotFound, "not_found")]
    [InlineData("", MailFault.NotFound, "not_found")]
    [InlineData("/gmail/drafts", MailFault.NotFound, "not_found")]
    public void Path_says_what_is_missing(string path, MailFault fault, string code)
    {
        var described = UnknownRoute.Describe(path, nouns);

        described.Code.ShouldBe(code);
        described.Fault.ShouldBe(fault);
    }
}
