using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// OKKI over HTTP (okki-openapi.yml): a token for eight hours, about two requests a second, errors of the business in HTTP 200. Follows no
/// redirects, reads 8 MB of an answer at most, waits 60 s. Thread-safe.
/// </summary>
internal sealed class OkkiHttp(OkkiSettings settings, OkkiPace pace, OutgoingHttp outgoing, TimeProvider time) : ICrm, IDisposable
{
    private const int PageSize = 100;
    private const int MostTrails = 1_000;
    private const string PushPath = "/v1/dynamic/trail/push";
    private static readonly TimeSpan AssumedLife = TimeSpan.FromHours(8);
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    private readonly HttpClient client = outgoing.NewClient(TimeSpan.FromSeconds(60), 8 * 1024 * 1024);
    private readonly SemaphoreSlim authorizing = new(1, 1);
    private Token? token;

    public async Task<IReadOnlyList<CrmHit>> FindAsync(CrmField field, string word, CancellationToken ct)
    {
        var name = field switch
        {
            CrmField.Address => "customer_list.email",
            CrmField.Domain => "customer_list.email.domain",
            _ => "name",
        };
        return CrmReading.Hits(await GetAsync($"/v1/company/query?word={Uri.EscapeDataString(word)}&search_field={name}&start_index=1&count=20", ct));
    }

    public async Task<CrmCompany?> ShowAsync(long companyId, CancellationToken ct)
    {
        try
        {
            return CrmReading.Company(await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/company/info?company_id={companyId}"), ct));
        }
        catch (MailException e) when (e.Code == "okki_refused")
        {
            // Deleted, or of a colleague who keeps it to himself.
            return null;
        }
    }

    public async Task<CrmPage> ListAsync(int page, DateOnly? since, CancellationToken ct)
    {
        var changed = since is { } day ? string.Create(CultureInfo.InvariantCulture, $"&time_type=1&start_time={day:yyyy-MM-dd}") : "";
        var data = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/company/list?all=1&start_index={page}&count={PageSize}{changed}"), ct);
        var hits = CrmReading.Hits(data);
        return new CrmPage(hits, CrmReading.Total(data));
    }

    public async Task<IReadOnlyList<string>> UsersAsync(CancellationToken ct) => CrmReading.Users(await GetAsync("/v1/user/list", ct));

    public async Task<long> PushAsync(long companyId, int remarkType, string content, CancellationToken ct)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("company_id", companyId);
            json.WriteNumber("remark_type", remarkType);
            json.WriteString("content", content);
            json.WriteEndObject();
        }

        var data = Data(await SendAsync(HttpMethod.Post, PushPath, body.ToArray(), ct));
        return PhpJson.Number(data, "trail_id") ?? throw Unanswered("The CRM took the record and did not tell its id.");
    }

    public async Task<CrmTrailList> TrailsAsync(long companyId, DateTimeOffset since, CancellationToken ct)
    {
        var start = Uri.EscapeDataString(since.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        var trails = new List<CrmTrail>();
        TimeSpan? offset = null;
        for (var page = 1; ; page++)
        {
            var answer = await SendAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/dynamic/trail/list?company_id={companyId}&start_time={start}&start_index={page}&count={PageSize}"), null, ct);
            offset ??= CrmReading.Time(answer, "now") - time.GetUtcNow();
            var data = Data(answer);
            var found = CrmReading.Trails(data);
            trails.AddRange(found);
            var total = CrmReading.Total(data);
            if (found.Count == 0 || trails.Count >= total)
                return new CrmTrailList(trails, total is null || trails.Count >= total, offset);
            if (trails.Count >= MostTrails)
                throw MailException.Conflict("okki_no_read_back", "The customer has too many records to look through all of them. Look in the CRM, then say with settle whether it is there.");
        }
    }

    public void Dispose()
    {
        client.Dispose();
        authorizing.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken ct) => Data(await SendAsync(HttpMethod.Get, path, null, ct));

    /// <returns>The whole answer of a request that succeeded.</returns>
    private async Task<JsonElement> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        settings.RequireConfigured();
        var options = settings.Current;
        for (var isAgain = false; ; isAgain = true)
        {
            var bearer = await TokenAsync(options, isAgain, ct);
            var answer = await ExchangeAsync(options, method, path, body, bearer, ct);
            if (!IsUnauthorized(answer))
                return Checked(answer, path);
            if (isAgain)
                throw Unauthorized();
        }
    }

    /// <summary>The token that is there, or a new one.</summary>
    private async Task<string> TokenAsync(OkkiOptions options, bool isRefused, CancellationToken ct)
    {
        var known = token;
        if (!isRefused && known is not null && known.IsOf(options) && known.Until > time.GetUtcNow())
            return known.Value;
        await authorizing.WaitAsync(ct);
        try
        {
            if (token is { } other && !ReferenceEquals(other, known) && other.IsOf(options))
                return other.Value;
            using var body = new MemoryStream();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteString("grant_type", "client_credentials");
                json.WriteString("client_id", options.ClientId);
                json.WriteString("client_secret", options.ClientSecret);
                json.WriteString("scope", "company");
                json.WriteEndObject();
            }

            var (status, answer) = await ExchangeAsync(options, HttpMethod.Post, "/v1/oauth2/access_token", body.ToArray(), null, ct);
            var value = answer is { } told ? PhpJson.Text(told, "access_token") : "";
            if (status >= 500 || status == 429)
                throw Away(status);
            if (value.Length == 0)
                throw Unauthorized();
            var now = time.GetUtcNow();
            var life = PhpJson.Number(answer!.Value, "expires_in") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 7 * 86_400)) : AssumedLife;
            token = new Token(value, now + (life > Early * 2 ? life - Early : life / 2), options.BaseUrl, options.ClientId, options.ClientSecret);
            return value;
        }
        finally
        {
            authorizing.Release();
        }
    }

    /// <returns>The status, and the body as JSON; null when it is none.</returns>
    private async Task<(int Status, JsonElement? Body)> ExchangeAsync(OkkiOptions options, HttpMethod method, string path, byte[]? body, string? bearer, CancellationToken ct)
    {
        await pace.WaitAsync(options.RequestsPerSecond, ct);
        using var request = new HttpRequestMessage(method, options.BaseUrl.TrimEnd('/') + path);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        try
        {
            using var reply = await client.SendAsync(request, ct);
            return ((int)reply.StatusCode, Json(await reply.Content.ReadAsByteArrayAsync(ct)));
        }
        catch (Exception e) when (AddressNotAllowedException.In(e) is { } refused)
        {
            throw MailException.Conflict(HookSender.NotAllowed, refused.Message);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError })
        {
            throw new MailException(MailFault.Unreachable, "okki_unreachable", "The CRM cannot be reached.", e);
        }
        catch (HttpRequestException e)
        {
            throw new MailException(MailFault.Timeout, "okki_unanswered", "The CRM broke the connection before it answered.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MailException(MailFault.Timeout, "okki_unanswered", "The CRM did not answer within a minute.", e);
        }
    }

    private static JsonElement Checked((int Status, JsonElement? Body) answer, string path)
    {
        if (answer.Status == 429)
            throw Away(answer.Status);
        if (answer.Status >= 500)
            throw path == PushPath ? Unanswered($"The CRM answered {answer.Status}.") : Away(answer.Status);
        if (answer.Body is not { ValueKind: JsonValueKind.Object } body)
            throw path == PushPath ? Unanswered("The CRM answered something odd.") : new MailException(MailFault.Refused, "okki_odd_answer", "The CRM answered something that is not its JSON.");

        // 200 is success, and 0 in some of its examples.
        if (answer.Status != 200 || PhpJson.Number(body, "code") is not (200 or 0))
            throw new MailException(MailFault.Refused, "okki_refused", $"The CRM refused: {TextCut.At(PhpJson.Text(body, "message") is { Length: > 0 } message ? message : PhpJson.Text(body, "msg"), 300)}");
        return body;
    }

    private static JsonElement Data(JsonElement answer) => answer.TryGetProperty("data", out var data) ? data : default;

    private static bool IsUnauthorized((int Status, JsonElement? Body) answer) =>
        answer.Status == 401 || (answer.Body is { } body && (PhpJson.Text(body, "error") == "access_denied" || PhpJson.Number(body, "code") == 401));

    private static JsonElement? Json(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MailException Unauthorized() => MailException.Conflict("okki_unauthorized", "The CRM does not take this client id and secret. PUT /api/okki/config with those that it gave.");

    private static MailException Unanswered(string message) => new(MailFault.Timeout, "okki_unanswered", message);

    private static MailException Away(int status) => new(MailFault.Unreachable, "okki_unavailable", $"The CRM is away for a while: it answered {status}.");

    /// <param name="Until">When it is to be got anew.</param>
    private sealed record Token(string Value, DateTimeOffset Until, string BaseUrl, string? ClientId, string? ClientSecret)
    {
        public bool IsOf(OkkiOptions options) => (options.BaseUrl, options.ClientId, options.ClientSecret) == (BaseUrl, ClientId, ClientSecret);

        public override string ToString() => "***";
    }
}
