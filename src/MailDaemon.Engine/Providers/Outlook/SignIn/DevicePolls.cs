using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Keeps the wait for a device code going. MSAL gives up when the server asks to be asked less often (RFC 8628 §3.5, <c>slow_down</c>) or cannot be
/// reached once (§3.5 again: a client may go on): both are told to it as "not yet".
/// </summary>
internal sealed class DevicePolls(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const string Pending = """{"error":"authorization_pending","error_description":"Not yet."}""";

    /// <summary>What each <c>slow_down</c> adds to all further waits.</summary>
    private static readonly TimeSpan Slower = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    private TimeSpan wait;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The request for the code itself has a caller who waits.
        if (!request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal))
            return await base.SendAsync(request, cancellationToken);
        await Task.Delay(wait, time, cancellationToken);
        try
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!await IsSlowDownAsync(answer, cancellationToken))
                return answer;
            answer.Dispose();
            Slow(Slower);
        }
        catch (MailException e) when (e.IsOffline || e.Code == "server_unavailable")
        {
            Slow(e.RetryAfter ?? Slower);
        }

        return new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(Pending) };
    }

    private void Slow(TimeSpan by) => wait = wait + by < MaxWait ? wait + by : MaxWait;

    private static async Task<bool> IsSlowDownAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode)
            return false;
        try
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error) && error.ValueEquals("slow_down"u8);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
