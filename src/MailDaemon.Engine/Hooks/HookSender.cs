using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Hooks;

/// <summary>One request to somebody's endpoint.</summary>
/// <param name="Delivery">The same on every try: by it the receiver knows what it has already.</param>
/// <param name="Body">JSON.</param>
/// <param name="Secret">The key of the signature.</param>
public sealed record HookRequest(string Url, string Delivery, byte[] Body, string Secret);

/// <summary>
/// Posts signed JSON (mail-api §4): <c>X-MailDaemon-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex HMAC-SHA256(secret, t.body)&gt;</c> and
/// <c>X-MailDaemon-Delivery</c>. Follows no redirects, reads no answer beyond its status, waits no longer than 30 s. Thread-safe.
/// </summary>
public sealed class HookSender(OutgoingHttp outgoing, TimeProvider time) : IDisposable
{
    /// <summary>The code of an endpoint that wants no more.</summary>
    public const string Gone = "hook_gone";

    /// <summary>The code of an endpoint to which nothing may go.</summary>
    public const string NotAllowed = "address_not_allowed";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient client = outgoing.NewClient(Timeout, 64 * 1024);

    /// <exception cref="MailException">
    /// Unreachable: the request did not get there, or what answered stands in for an endpoint that is away. Timeout: it got there, and nothing
    /// came back; the endpoint may have taken it. Refused <c>hook_refused</c>: it answered, and not with 2xx; <c>hook_gone</c>: it wants no more.
    /// Conflict <c>address_not_allowed</c>: nothing may go there.
    /// </exception>
    public async Task SendAsync(HookRequest request, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, request.Url) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Add("X-MailDaemon-Delivery", request.Delivery);
        message.Headers.Add("X-MailDaemon-Signature", Sign(request.Secret, request.Body, time.GetUtcNow()));
        try
        {
            using var reply = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            if (reply.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
                throw new MailException(MailFault.Unreachable, "hook_unavailable", $"The endpoint is away for a while: it answered {(int)reply.StatusCode}.");
            if (reply.StatusCode == HttpStatusCode.Gone)
                throw new MailException(MailFault.Refused, Gone, "The endpoint answered 410 Gone: it wants no more calls.");
            if (!reply.IsSuccessStatusCode)
                throw new MailException(MailFault.Refused, "hook_refused", $"The endpoint answered {(int)reply.StatusCode}; it takes what it wants with 200 or 202, and redirects are not followed.");
        }
        catch (Exception e) when (AddressNotAllowedException.In(e) is { } refused)
        {
            throw MailException.Conflict(NotAllowed, refused.Message);
        }

        // A bare SocketException is what the handler throws when a connection is reset as it is made.
        catch (Exception e) when (e is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError })
        {
            throw new MailException(MailFault.Unreachable, "hook_unreachable", "The endpoint cannot be reached.", e);
        }
        catch (HttpRequestException e)
        {
            throw new MailException(MailFault.Timeout, "hook_unanswered", "The endpoint broke the connection before it answered; it may have taken the request.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MailException(MailFault.Timeout, "hook_timeout", "The endpoint did not answer within 30 seconds.", e);
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>The value of <c>X-MailDaemon-Signature</c>.</summary>
    internal static string Sign(string secret, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var t = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(t + "."));
        hmac.AppendData(body);
        return $"t={t},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
