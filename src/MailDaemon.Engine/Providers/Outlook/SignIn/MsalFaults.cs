using System.Globalization;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using Microsoft.Identity.Client;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>What goes wrong with Microsoft's identity platform, in our words. Never with a text of the server: it may repeat what it was sent.</summary>
internal static class MsalFaults
{
    /// <param name="refused">What it means that a code or a token is not taken.</param>
    /// <returns>Null: to be passed on as it is.</returns>
    public static MailException? Translate(Exception e, Func<MailException> refused, CancellationToken ct) => e switch
    {
        MailException mail => mail,
        MsalUiRequiredException => refused(),
        MsalServiceException { ErrorCode: "invalid_client" or "unauthorized_client" } service => MailException.Conflict(
            "client_refused", $"Microsoft does not take the client id of this daemon{Number(service)}. Check Outlook:ClientId, and that the app registration allows public client flows and accounts of Outlook:Tenant; then start the daemon again."),
        MsalException { ErrorCode: "authorization_declined" or "access_denied" } => SignInFaults.NotConsented(),
        MsalServiceException service when Word(service.ErrorCode) is { } word => new MailException(
            MailFault.Refused, "microsoft_refused", $"Microsoft's sign-in service refused: {word}{Number(service)}. Try again; if it stays so, begin a new sign-in."),
        MsalException or JsonException => SignInAnswers.Odd("Microsoft", "gave an answer that is none. Check the network and Outlook:Authority, then try again."),
        OperationCanceledException when ct.IsCancellationRequested => null,
        OperationCanceledException => new MailException(MailFault.Timeout, "server_timeout", "Microsoft's sign-in service did not answer in time. Check the network, then try again.", e),
        _ => null,
    };

    /// <summary>Whether a device code is too old, by the server's word or by MSAL's clock.</summary>
    public static bool IsExpired(Exception e) => e is MsalException { ErrorCode: "expired_token" or MsalError.CodeExpired };

    private static string? Word(string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetterLower(c) || c == '_') && error is not (MsalError.NonParsableOAuthError or MsalError.UnknownError) ? error : null;

    /// <summary>By which Microsoft explains it ("Microsoft Entra authentication and authorization error codes").</summary>
    private static string Number(MsalServiceException e) =>
        e.ErrorCodesForLogging is [var code, ..] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? string.Create(CultureInfo.InvariantCulture, $" (AADSTS{number})") : "";
}
