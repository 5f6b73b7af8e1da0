using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>What Graph says, as the API tells it.</summary>
public sealed class GraphFaultsTests
{
    private const string Message = "me/messages/m1";
    private const string Delta = "me/mailFolders/f1/messages/delta?$deltatoken=x";

    [Theory]
    [InlineData(401, "InvalidAuthenticationToken", Message, "auth_failed", MailFault.NotAuthorized)]
    [InlineData(403, "ErrorAccessDenied", Message, "server_refused", MailFault.Forbidden)]
    [InlineData(403, "Authorization_RequestDenied", Message, "scope_missing", MailFault.NotAuthorized)]
    [InlineData(404, "MailboxNotEnabledForRESTAPI", Message, "mailbox_not_available", MailFault.Forbidden)]
    [InlineData(404, "ErrorItemNotFound", Message, "message_gone", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/messages/m1/attachments/a1/$value", "message_gone", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/mailFolders/f1/messages/m1", "message_gone", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/mailFolders/f1", "folder_not_found", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/mailFolders/f1/messages", "folder_not_found", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/mailFolders/f1/messages/delta()", "folder_not_found", MailFault.NotFound)]
    [InlineData(404, "ErrorParentFolderNotFound", "me/messages/m1/move", "folder_not_found", MailFault.NotFound)]
    [InlineData(404, "ErrorItemNotFound", "me/outlook/masterCategories/c1", "label_not_found", MailFault.NotFound)]
    [InlineData(410, "SyncStateNotFound", Delta, "sync_state_lost", MailFault.NotFound)]
    [InlineData(410, "", Delta, "sync_state_lost", MailFault.NotFound)]
    [InlineData(410, "resyncRequired", "me/mailFolders/delta()", "sync_state_lost", MailFault.NotFound)]
    [InlineData(404, "SyncStateNotFound", "me/mailFolders/f1/messages/delta?$skiptoken=x", "sync_state_lost", MailFault.NotFound)]
    [InlineData(400, "SyncStateInvalid", Delta, "sync_state_lost", MailFault.NotFound)]
    [InlineData(400, "BadRequest", "me/mailFolders/f1/messages/delta?$skiptoken=x", "sync_state_lost", MailFault.NotFound)]
    [InlineData(400, "BadRequest", "me/messages?$filter=x", "server_refused", MailFault.InvalidInput)]
    [InlineData(409, "ErrorFolderExists", "me/mailFolders", "folder_exists", MailFault.Conflict)]
    [InlineData(409, "CategoryNameAlreadyExists", "me/outlook/masterCategories", "label_exists", MailFault.Conflict)]
    [InlineData(409, "ErrorIrresolvableConflict", Message, "server_conflict", MailFault.Conflict)]
    [InlineData(412, "ErrorIrresolvableConflict", Message, "server_conflict", MailFault.Conflict)]
    [InlineData(413, "", Message, "message_too_large", MailFault.TooLarge)]
    [InlineData(400, "ErrorMessageSizeExceeded", Message, "message_too_large", MailFault.TooLarge)]
    [InlineData(400, "ErrorInvalidRecipients", Message, "recipient_refused", MailFault.InvalidInput)]
    [InlineData(400, "ErrorInvalidIdMalformed", Message, "server_refused", MailFault.InvalidInput)]
    [InlineData(429, "ApplicationThrottled", Message, "rate_limited", MailFault.TooMany)]
    [InlineData(507, "ErrorQuotaExceeded", Message, "over_quota", MailFault.Refused)]
    [InlineData(403, "ErrorQuotaExceeded", Message, "over_quota", MailFault.Refused)]
    [InlineData(501, "NotImplemented", Message, "server_unavailable", MailFault.Unreachable)]
    [InlineData(503, "ErrorServerBusy", Message, "server_unavailable", MailFault.Unreachable)]
    [InlineData(302, "", Message, "graph_odd_answer", MailFault.Refused)]
    [InlineData(405, "", Message, "server_refused", MailFault.Refused)]
    public void A_refusal_is_told_by_its_code_and_by_what_was_asked(int status, string code, string path, string expected, MailFault fault)
    {
        var refusal = GraphRefusal.Read((System.Net.HttpStatusCode)status, System.Text.Encoding.UTF8.GetBytes(FakeGraph.ErrorBody(code, "Badly formed token.")), TimeSpan.FromSeconds(3));

        var failure = GraphFaults.Of(refusal, new Uri(FakeGraph.Base + "/" + path));

        (failure.Code, failure.Fault).ShouldBe((expected, fault));
        if (fault is MailFault.TooMany or MailFault.Unreachable)
            failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>no</html>")]
    [InlineData("""{"error":"no"}""")]
    [InlineData("""{"error":{"code":7,"message":[]}}""")]
    [InlineData("[]")]
    public void An_error_that_says_nothing_is_told_by_its_status(string body)
    {
        var refusal = GraphRefusal.Read(System.Net.HttpStatusCode.BadRequest, System.Text.Encoding.UTF8.GetBytes(body), null);

        GraphFaults.Of(refusal, null).Message.ShouldBe("Outlook refused: status 400");
    }
}
