using System.Net.Sockets;
using Google.Apis.Auth.OAuth2.Responses;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>What goes wrong with Google's identity platform, in our words. Never with a text of the server: it may repeat what it was sent.</summary>
internal static class GoogleFaults
{
    /// <summary>Null: to be passed on as it is.</summary>
    public static MailException? Translate(Exception e, CancellationToken ct) => e switch
    {
        MailException mail => mail,
        _ when AddressNotAllowedException.In(e) is { } refused => MailException.Conflict("address_not_allowed", refused.Message),
        TokenResponseException { Error.Error: "invalid_client" or "unauthorized_client" or "deleted_client" or "disabled_client" } => MailException.Conflict(
            "client_refused", "Google does not take the client id and secret of this daemon. Check Gmail:ClientId and Gmail:ClientSecret, and start the daemon again."),
        TokenResponseException refusal => new MailException(
            MailFault.Refused, "google_refused", $"Google's sign-in service refused{Word(refusal.Error?.Error)} (status {(int?)refusal.StatusCode}). Try again; if it stays so, begin a new sign-in."),
        OperationCanceledException when ct.IsCancellationRequested => null,
        OperationCanceledException => new MailException(MailFault.Timeout, "server_timeout", "Google's sign-in service did not answer in time. Check the network, then try again.", e),
        HttpRequestException or SocketException or IOException => new MailException(MailFault.Unreachable, "server_unreachable", "Google's sign-in service cannot be reached. Check the network, then try again.", e),
        _ => null,
    };

    private static string Word(string? error) => error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? $": {error}" : "";
}
