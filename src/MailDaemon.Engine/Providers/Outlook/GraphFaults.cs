using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Turns what Graph, its SDK and the network say into what the caller can act on. Decides by the status and <c>error.code</c>. Pure.</summary>
internal static class GraphFaults
{
    /// <summary>The server cannot say any more what changed since: the folder is to be read again.</summary>
    public const string SyncStateLost = "sync_state_lost";

    /// <summary>A link that leads to another server, or out of the API.</summary>
    public const string ForeignLink = "graph_foreign_link";

    public const string OddAnswer = "graph_odd_answer";

    public const string SendUncertain = "send_uncertain";

    public const string MessageGone = "message_gone";

    private const string Outlook = "Outlook";

    /// <returns>The failure as the API tells it; null for exceptions that are not the server's.</returns>
    public static MailException? Translate(Exception e) => e switch
    {
        MailException mail => mail,

        // What cannot be read is quoted in the exception, and it is mail: it goes no further.
        JsonException or FormatException or InvalidDataException or ApiException => Odd(),
        InvalidOperationException { Source: "System.Text.Json" or "Microsoft.Kiota.Serialization.Json" or "Microsoft.Kiota.Abstractions" or "Microsoft.Kiota.Http.HttpClientLibrary" } => Odd(),
        _ => NetworkFaults.Translate(e, Outlook),
    };

    /// <param name="address">What was asked, which says what it is that is not there.</param>
    public static MailException Of(GraphRefusal refusal, Uri? address)
    {
        var path = address?.AbsolutePath ?? "";
        return refusal switch
        {
            { IsRate: true } => RateLimited(refusal.RetryAfter),
            _ when IsSyncStateLost(refusal, address) => new(MailFault.NotFound, SyncStateLost, "Outlook cannot say any more what changed in this folder since: all of it is read again."),
            { Status: HttpStatusCode.Unauthorized } => new(MailFault.NotAuthorized, "auth_failed", "Outlook does not take the sign-in any more. Sign in with Microsoft again."),
            { Status: HttpStatusCode.Forbidden } when refusal.Is("Authorization_RequestDenied") => new(MailFault.NotAuthorized, "scope_missing", "The sign-in with Microsoft does not allow this. Sign in again and allow all that is asked for."),
            { Status: HttpStatusCode.InsufficientStorage } => OverQuota(refusal),
            _ when refusal.Is("ErrorQuotaExceeded") || refusal.Is("ErrorMailboxFull") => OverQuota(refusal),
            _ when refusal.Is("MailboxNotEnabledForRESTAPI") || refusal.Is("MailboxNotSupportedForRESTAPI") => new(MailFault.Forbidden, "mailbox_not_available", $"This mailbox cannot be used over Microsoft Graph: {Said(refusal)}. It must be a mailbox of Exchange Online or Outlook.com."),
            { Status: HttpStatusCode.Forbidden } => new(MailFault.Forbidden, "server_refused", $"Outlook refused: {Said(refusal)}"),
            { Status: HttpStatusCode.RequestEntityTooLarge } => TooLarge(),
            _ when refusal.Is("ErrorMessageSizeExceeded") || refusal.Is("ErrorAttachmentSizeLimitExceeded") => TooLarge(),
            _ when refusal.Is("ErrorFolderNotFound") || refusal.Is("ErrorParentFolderNotFound") => FolderNotFound(),
            { Status: HttpStatusCode.NotFound or HttpStatusCode.Gone } => NotFound(path),
            _ when refusal.Is("ErrorFolderExists") => MailException.Conflict("folder_exists", "There is a folder of this name at Outlook already."),
            { Status: HttpStatusCode.Conflict } when path.Contains("/masterCategories", StringComparison.OrdinalIgnoreCase) => MailException.Conflict("label_exists", "There is a category of this name at Outlook already."),
            { Status: HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed } => MailException.Conflict("server_conflict", $"Outlook refused, because something else changed it at the same time: {Said(refusal)}. Try again."),
            _ when refusal.Is("ErrorInvalidRecipients") => new(MailFault.InvalidInput, "recipient_refused", $"Outlook refused the recipients: {Said(refusal)}. Nothing was sent. Correct the addresses."),
            { Status: HttpStatusCode.BadRequest } => new(MailFault.InvalidInput, "server_refused", $"Outlook refused: {Said(refusal)}"),
            { Status: < HttpStatusCode.BadRequest } => Odd(),
            { IsServerTrouble: true } => Unavailable(refusal),
            { Status: >= HttpStatusCode.InternalServerError } => Unavailable(refusal),
            _ => new(MailFault.Refused, "server_refused", $"Outlook refused: {Said(refusal)}"),
        };
    }

    public static MailException RateLimited(TimeSpan? retryAfter) =>
        new(MailFault.TooMany, "rate_limited", "Outlook asks for fewer requests. Try again later.") { RetryAfter = retryAfter };

    public static MailException TimedOut() => new(MailFault.Timeout, "server_timeout", "Outlook did not answer in time. Try again.");

    public static MailException Odd() => new(MailFault.Refused, OddAnswer, "Outlook answered something that Microsoft Graph does not say. Check Outlook:GraphBaseUrl and the network.");

    public static MailException Foreign() => new(MailFault.Refused, ForeignLink, "Outlook named an address that is not the configured one. Nothing was sent there. Check Outlook:GraphBaseUrl.");

    public static MailException Uncertain(Exception? e) =>
        new(MailFault.Refused, SendUncertain, "Outlook's answer did not come: the mail may or may not have been sent. Look in Sent before you send it again.", e);

    /// <summary>
    /// 410 in a delta, and what else Graph says instead: <c>SyncStateNotFound</c>, <c>SyncStateInvalid</c>, <c>resyncRequired</c>, also with 400 and 404, and
    /// of a nextLink in mid-walk "Badly formed token".
    /// </summary>
    private static bool IsSyncStateLost(GraphRefusal refusal, Uri? address)
    {
        if (refusal.Code.Contains("SyncState", StringComparison.OrdinalIgnoreCase) || refusal.Code.Contains("resync", StringComparison.OrdinalIgnoreCase))
            return true;
        var hasToken = address is { Query: var query } && (query.Contains("deltatoken=", StringComparison.OrdinalIgnoreCase) || query.Contains("skiptoken=", StringComparison.OrdinalIgnoreCase));
        return hasToken && (refusal.Status == HttpStatusCode.Gone
            || (refusal.Status == HttpStatusCode.BadRequest && refusal.Message.Contains("token", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A folder itself, or a list of one; a category; else a message or a part of it.</summary>
    private static MailException NotFound(string path)
    {
        if (path.Contains("/masterCategories", StringComparison.OrdinalIgnoreCase))
            return MailException.NotFound("label_not_found", "Outlook has no such category.");
        var last = path.TrimEnd('/');
        last = last[(last.LastIndexOf('/') + 1)..];
        var isFolder = path.Contains("/mailFolders", StringComparison.OrdinalIgnoreCase)
            && (!path.Contains("/messages/", StringComparison.OrdinalIgnoreCase) || last.StartsWith("delta", StringComparison.OrdinalIgnoreCase));
        return isFolder
            ? FolderNotFound()
            : MailException.NotFound(MessageGone, "The message is no longer on the server; somebody else moved or deleted it.");
    }

    private static MailException FolderNotFound() => MailException.NotFound("folder_not_found", "Outlook has no such folder.");

    private static MailException TooLarge() => new(MailFault.TooLarge, "message_too_large", "The mail is larger than Outlook takes. Send smaller attachments.");

    private static MailException OverQuota(GraphRefusal refusal) => new(MailFault.Refused, "over_quota", $"The mailbox is full: {Said(refusal)}. Delete mail, then try again.");

    private static MailException Unavailable(GraphRefusal refusal) =>
        new(MailFault.Unreachable, "server_unavailable", $"Outlook cannot do that just now: {Said(refusal)}. Try again later.") { RetryAfter = refusal.RetryAfter };

    /// <summary>The server's own words; its number where it has none.</summary>
    private static string Said(GraphRefusal refusal) =>
        refusal.Message.Length > 0 ? refusal.Message.TrimEnd('.') : refusal.Code.Length > 0 ? refusal.Code : $"status {(int)refusal.Status}";
}
