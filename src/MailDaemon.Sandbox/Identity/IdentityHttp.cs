using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Identity;

/// <summary>Finds who answers a request, lets the faults happen that are armed for it, and writes the log.</summary>
internal sealed class IdentityHttp : IAsyncDisposable
{
    private const int MaxBody = 64 * 1024;

    private readonly IdentityContext context;
    private readonly RequestLog<IdentityRequest> log;
    private readonly FaultGate<IdentityError, HttpReply> faults;
    private readonly AuthorizeEndpoint authorize;
    private readonly DeviceEndpoint devices;
    private readonly TokenEndpoint tokens;
    private readonly MetadataEndpoint metadata;
    private readonly IdTokens idTokens;
    private readonly LoopbackHttp http;

    public IdentityHttp(IdentityContext context, RequestLog<IdentityRequest> log, AuthorizeEndpoint authorize, DeviceEndpoint devices)
    {
        (this.context, this.log, this.authorize, this.devices) = (context, log, authorize, devices);
        faults = new FaultGate<IdentityError, HttpReply>(context.Faults, context.Time, (_, error) => IdentityReply.Error(error, context.Now), (reply, bytes) => reply with { CutAfter = bytes });
        idTokens = new IdTokens(context);
        metadata = new MetadataEndpoint(idTokens);
        tokens = new TokenEndpoint(context, authorize, devices, idTokens);
        http = new LoopbackHttp(AnswerAsync, MaxBody, () => new HttpReply(413));
    }

    /// <summary>Without a path.</summary>
    public string Url => http.Url;

    /// <summary>Whether requests are cut off without an answer.</summary>
    public bool IsAway
    {
        set => http.IsAway = value;
    }

    public Task StartAsync(CancellationToken ct) => http.StartAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await http.DisposeAsync();
        idTokens.Dispose();
    }

    private async Task<HttpReply?> AnswerAsync(HttpIn request, CancellationToken ct)
    {
        var (tenant, endpoint) = Split(request.Path);
        var entry = new IdentityRequest
        {
            At = context.Now,
            Verb = request.Verb,
            Path = request.Path,
            Tenant = tenant,
            Endpoint = endpoint,
            GrantType = endpoint == "token" ? request.Form.FirstOrDefault(pair => pair.Key == "grant_type").Value : null,
        };
        var reply = await faults.RunAsync(
            new FaultedRequest(endpoint, IsBatchPart: false, MessageId: null),
            _ => Task.FromResult<HttpReply?>(context.Faults.Text.TryTake(endpoint, out var text) ? IdentityReply.Page(text) : Answer(request, tenant, endpoint)),
            ct);
        log.Add(entry with { Status = reply?.Status ?? 0, Error = ErrorIn(reply) });
        return reply;
    }

    private HttpReply Answer(HttpIn request, string tenant, string endpoint) => (request.Verb, endpoint) switch
    {
        (_, "") => new HttpReply(404),
        ("GET", "discovery") => MetadataEndpoint.Instances(Url),
        _ when !IsTenant(tenant) => IdentityReply.Error(IdentityError.UnknownTenant(tenant), context.Now),
        ("GET", "openid") => MetadataEndpoint.Configuration(Url, tenant),
        ("GET", "keys") => metadata.Keys(),
        ("GET", "authorize") => authorize.Authorize(request, tenant),
        ("POST", "consent") => authorize.Consent(request),
        ("POST", "token") => tokens.Answer(request, tenant, Url),
        ("POST", "devicecode") => devices.Begin(request, tenant, Url),
        ("GET", "deviceauth") => devices.Page(request),
        ("POST", "deviceauth") => devices.Submit(request),
        _ => IdentityReply.MethodNotAllowed,
    };

    /// <summary>The tenant of a path, and the endpoint; empty when there is none.</summary>
    private static (string Tenant, string Endpoint) Split(string path)
    {
        var parts = path.Split('/', 3);
        return parts.Length < 3 ? ("", "") : (parts[1].ToLowerInvariant(), parts[2] switch
        {
            "v2.0/.well-known/openid-configuration" => "openid",
            "discovery/v2.0/keys" => "keys",
            "discovery/instance" => "discovery",
            "oauth2/v2.0/authorize" => "authorize",
            "oauth2/v2.0/consent" => "consent",
            "oauth2/v2.0/token" => "token",
            "oauth2/v2.0/devicecode" => "devicecode",
            "oauth2/deviceauth" => "deviceauth",
            _ => "",
        });
    }

    private bool IsTenant(string tenant) => tenant is "common" or "organizations" or "consumers" || context.Options.Users.Any(user => user.TenantId.Equals(tenant, StringComparison.OrdinalIgnoreCase));

    private static string? ErrorIn(HttpReply? reply)
    {
        if (reply is not { Status: >= 400, ContentType: "application/json; charset=UTF-8", Body.IsEmpty: false })
            return null;
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(reply.Body.Span));
        return json.RootElement.GetProperty("error").GetString();
    }
}
