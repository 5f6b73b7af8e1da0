using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>Sorts out answers of an identity platform that say nothing of a token, before the provider's library reads them.</summary>
internal static class SignInAnswers
{
    /// <summary>Of an answer.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(10);

    /// <param name="provider">As people call it: Google, Microsoft.</param>
    /// <param name="setting">Where the address is configured.</param>
    /// <returns>The answer, read whole. One of nothing is an empty object: the libraries fall over nothing.</returns>
    /// <exception cref="MailException">Refused: a redirection. Unreachable <c>server_unavailable</c>: the server has no time, or failed.</exception>
    public static async Task<HttpResponseMessage> SortAsync(HttpResponseMessage answer, string provider, string setting, DateTimeOffset now, CancellationToken ct)
    {
        if (FaultOf(answer, provider, setting, now) is { } fault)
        {
            answer.Dispose();
            throw fault;
        }

        await answer.Content.LoadIntoBufferAsync(MaxBytes, ct);
        if ((await answer.Content.ReadAsStringAsync(ct)).Trim() is "" or "null")
            answer.Content = new StringContent("{}");
        return answer;
    }

    /// <param name="what">What it did, and what to do.</param>
    public static MailException Odd(string provider, string what) =>
        new(MailFault.Refused, provider.ToLowerInvariant() + "_odd_answer", $"{provider}'s sign-in service {what}");

    private static MailException? FaultOf(HttpResponseMessage answer, string provider, string setting, DateTimeOffset now)
    {
        var status = (int)answer.StatusCode;
        if (answer.StatusCode != HttpStatusCode.TooManyRequests && status is < 300 or (>= 400 and < 500))
            return null;
        return status < 400
            ? Odd(provider, $"answered with a redirection ({status}), which is not followed. Check {setting}.")
            : new MailException(MailFault.Unreachable, "server_unavailable", $"{provider}'s sign-in service is away for a while (status {status}). It is asked again later.") { RetryAfter = RetryAfterOf(answer, now) };
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage answer, DateTimeOffset now) =>
        RetryAfter.Of(answer, now) is { } wait ? (wait < MaxRetryAfter ? wait : MaxRetryAfter) : null;
}
