using System.Net;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>
/// Sorts out the answers of Google's identity platform that say nothing of a token, before Google's library reads them: it takes an error without
/// JSON, as proxies and overloaded servers send it, for a refusal.
/// </summary>
internal sealed class GoogleAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Of an answer.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        var status = (int)answer.StatusCode;
        if (answer.StatusCode != HttpStatusCode.TooManyRequests && status is < 300 or (>= 400 and < 500))
            return await WithObjectAsync(answer, cancellationToken);
        using (answer)
        {
            throw status < 400
                ? new MailException(MailFault.Refused, "google_odd_answer", $"Google's sign-in service answered with a redirection ({status}), which is not followed. Check Gmail:TokenUrl.")
                : new MailException(MailFault.Unreachable, "server_unavailable", $"Google's sign-in service is away for a while (status {status}). It is asked again later.") { RetryAfter = RetryAfter(answer) };
        }
    }

    /// <summary>Google's library falls over an answer of nothing.</summary>
    private static async Task<HttpResponseMessage> WithObjectAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        await answer.Content.LoadIntoBufferAsync(MaxBytes, ct);
        if ((await answer.Content.ReadAsStringAsync(ct)).Trim() is "" or "null")
            answer.Content = new StringContent("{}");
        return answer;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } delta ? (delta < LongestRetryAfter ? delta : LongestRetryAfter) : null;
}
