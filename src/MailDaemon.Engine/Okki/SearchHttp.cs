using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Asks a search endpoint that the settings name. Follows no redirects, reads 64 MB of an answer at most, waits 30 s; one that was silent for so
/// long is not asked for as long again, so that thousands of records do not wait for it one by one. Thread-safe.
/// </summary>
internal sealed class SearchHttp(OutgoingHttp outgoing, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly HttpClient client = outgoing.NewClient(Longest, 64 * 1024 * 1024);

    private Silence? silent;

    /// <exception cref="MailException">Unreachable, Timeout, or Refused <c>vector_refused</c>.</exception>
    public async Task<JsonElement> PostAsync(string url, byte[] body, string? key, CancellationToken ct)
    {
        if (silent is { } known && known.Url == url && known.Until > time.GetUtcNow())
            throw Unanswered(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        if (key is { Length: > 0 })
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var reply = await client.SendAsync(request, ct);
            if (!reply.IsSuccessStatusCode)
                throw new MailException((int)reply.StatusCode >= 500 ? MailFault.Unreachable : MailFault.Refused, "vector_refused", $"The customer search answered {(int)reply.StatusCode}.");
            using var document = JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(ct));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (AddressNotAllowedException.In(e) is { } refused)
        {
            throw MailException.Conflict(HookSender.NotAllowed, refused.Message);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw new MailException(MailFault.Unreachable, "vector_unreachable", "The customer search cannot be reached.", e);
        }
        catch (JsonException e)
        {
            throw new MailException(MailFault.Refused, "vector_refused", "The customer search did not answer in JSON.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            silent = new Silence(url, time.GetUtcNow() + Longest);
            throw Unanswered(e);
        }
    }

    public void Dispose() => client.Dispose();

    private static MailException Unanswered(Exception? e) => new(MailFault.Timeout, "vector_timeout", "The customer search did not answer within 30 seconds.", e);

    private sealed record Silence(string Url, DateTimeOffset Until);
}
