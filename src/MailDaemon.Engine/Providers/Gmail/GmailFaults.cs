using System.Net;
using Google;
using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using static Google.Apis.Gmail.v1.UsersResource;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Turns what Gmail and Google's runtime say into what the caller can act on. Decides by the status and <c>errors[].reason</c>.</summary>
internal static class GmailFaults
{
    /// <summary>The history does not reach back to where it was asked from.</summary>
    public const string HistoryExpired = "history_expired";

    public const string RateLimited = "rate_limited";

    /// <param name="request">What was asked, which says what it is that is not there.</param>
    /// <param name="retryAfter">Of the last refusal.</param>
    /// <returns>The failure as the API tells it; null for exceptions that are not the server's.</returns>
    public static MailException? Translate(Exception e, object request, TimeSpan? retryAfter = null) => e switch
    {
        MailException mail => mail,

        // What cannot be read is quoted in the exception, and it is mail: it goes no further.
        GoogleApiException { HttpStatusCode: default(HttpStatusCode) } => Odd(),
        GoogleApiException api => Of(RefusalOf(api, retryAfter), request),
        _ => NetworkFaults.Translate(e, "Gmail"),
    };

    public static MailException Of(GmailRefusal refusal, object request) => refusal switch
    {
        { IsRate: true } => new(MailFault.TooMany, RateLimited, "Gmail asks for fewer requests. Try again later.") { RetryAfter = refusal.RetryAfter },
        { IsQuota: true } => new(MailFault.TooMany, "quota_exceeded", $"The quota of this day is used up at Gmail: {Said(refusal)}. Try again tomorrow.") { RetryAfter = refusal.RetryAfter },
        { Status: HttpStatusCode.Unauthorized } => new(MailFault.NotAuthorized, "auth_failed", "Gmail does not take the sign-in any more. Sign in with Google again."),
        { Status: HttpStatusCode.Forbidden, Reason: "insufficientPermissions" } => new(MailFault.NotAuthorized, "scope_missing", "The sign-in with Google does not allow this. Sign in again and allow all that is asked for."),
        { Status: HttpStatusCode.Forbidden, Reason: "accessNotConfigured" } => new(MailFault.Forbidden, "api_disabled", "The Gmail API is not enabled for the project of this client id. Enable it in the Google Cloud console, then try again."),
        { Status: HttpStatusCode.Forbidden, Reason: "domainPolicy" } => new(MailFault.Forbidden, "domain_policy", "The administrator of this domain does not allow the Gmail API."),
        { Status: HttpStatusCode.Forbidden } => new(MailFault.Forbidden, "server_refused", $"Gmail refused: {Said(refusal)}"),
        { Status: HttpStatusCode.NotFound } => NotFound(request),
        { Status: HttpStatusCode.Conflict } when request is LabelsResource.CreateRequest or LabelsResource.UpdateRequest or LabelsResource.PatchRequest => MailException.Conflict("label_exists", "There is a label of this name at Gmail already."),
        { Status: HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed } => MailException.Conflict("server_conflict", $"Gmail refused, because something else changed it at the same time: {Said(refusal)}. Try again."),
        { Status: HttpStatusCode.RequestEntityTooLarge } => new(MailFault.TooLarge, "message_too_large", "The mail is larger than Gmail takes. Send smaller attachments."),
        { Status: HttpStatusCode.BadRequest } => new(refusal.Reason == "failedPrecondition" ? MailFault.Refused : MailFault.InvalidInput, "server_refused", $"Gmail refused: {Said(refusal)}"),
        _ when (int)refusal.Status >= 500 => new(MailFault.Unreachable, "server_unavailable", $"Gmail cannot do that just now: {Said(refusal)}. Try again later.") { RetryAfter = refusal.RetryAfter },
        _ => new(MailFault.Refused, "server_refused", $"Gmail refused: {Said(refusal)}"),
    };

    public static MailException Odd() => new(MailFault.Refused, "protocol_error", "Gmail answered something that is not its JSON. Check Gmail:ApiBaseUrl and the network.");

    public static MailException Uncertain(Exception? e) =>
        new(MailFault.Refused, "send_uncertain", "Gmail's answer did not come: the mail may or may not have been sent. Look in Sent before you send it again.", e);

    private static MailException NotFound(object request) => request switch
    {
        HistoryResource.ListRequest => MailException.NotFound(HistoryExpired, "Gmail keeps the history of the mailbox for about a week, and this is from before."),
        LabelsResource.GetRequest or LabelsResource.UpdateRequest or LabelsResource.PatchRequest or LabelsResource.DeleteRequest => MailException.NotFound("folder_not_found", "Gmail has no such label."),
        SettingsResource.SendAsResource.GetRequest => MailException.NotFound("address_not_found", "Gmail has no such address to send from."),
        _ => MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it."),
    };

    private static GmailRefusal RefusalOf(GoogleApiException e, TimeSpan? retryAfter) =>
        GmailRefusal.Of(e.HttpStatusCode, e.Error?.Errors is [{ } first, ..] ? first.Reason : null, e.Error?.Message, retryAfter);

    /// <summary>The server's own words; its number where it has none.</summary>
    private static string Said(GmailRefusal refusal) =>
        refusal.Message.Length > 0 ? refusal.Message.TrimEnd('.') : $"status {(int)refusal.Status}";
}
