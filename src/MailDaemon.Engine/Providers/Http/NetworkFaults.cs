using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Providers.Http;

/// <summary>What a request can fail with before there is an answer. Pure.</summary>
internal static class NetworkFaults
{
    public const string AnswerTooLarge = "answer_too_large";

    /// <summary>The same may do in a moment.</summary>
    public static bool MayPass(Exception e) =>
        e is (HttpRequestException { HttpRequestError: not HttpRequestError.ConfigurationLimitExceeded } or IOException or TimeoutException)
        && AddressNotAllowedException.In(e) is null;

    /// <summary>There was no connection, so the server cannot have acted on it.</summary>
    public static bool WasNeverSent(Exception? e) =>
        e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError };

    /// <param name="service">As people call it: Gmail, Outlook.</param>
    /// <returns>The failure as the API tells it; null for exceptions that are not the network's.</returns>
    public static MailException? Translate(Exception e, string service) => e switch
    {
        _ when AddressNotAllowedException.In(e) is { } refused => MailException.Conflict("server_not_allowed", refused.Message),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new(MailFault.Refused, AnswerTooLarge, $"{service}'s answer is larger than any answer should be."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(MailFault.Refused, "tls_failed", $"The connection to {service} is not secure: its certificate cannot be trusted. Check the clock and the network.", e),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => new(MailFault.Unreachable, "server_unreachable", $"{service} cannot be reached. Check the network, then try again.", e),
        TimeoutException => new(MailFault.Timeout, "server_timeout", $"{service} did not answer in time. Try again.", e),
        HttpRequestException or IOException => new(MailFault.Refused, "connection_lost", $"The connection to {service} broke. Try again.", e),
        _ => null,
    };
}
