using System.Text;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.Rest;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox.Graph;

/// <summary>
/// A stand-in for Outlook's mail in Microsoft Graph v1.0 on a free port of loopback: as its OpenAPI document says, with batches, delta queries and
/// upload sessions. Mail it sends reaches users of the sandbox and nobody else. It can be told to fail: see <see cref="GraphFaults"/>. Thread-safe.
/// </summary>
public sealed class GraphServer : IAsyncDisposable
{
    private const string Version = "/v1.0";

    private readonly Dictionary<string, GraphMailbox> mailboxes = new(StringComparer.OrdinalIgnoreCase);
    private readonly RequestLog<GraphRequest> log = new();
    private readonly GraphTokens tokens;
    private readonly GraphContract? contract;
    private readonly GraphApi api;
    private readonly GraphBatch batch;
    private readonly GraphUploads uploads;
    private readonly GraphSending sending;
    private readonly LoopbackHttp http;

    private GraphServer(GraphServerOptions options, MailWorld world, MailDelivery delivery, Func<string, string?> findUser, TimeProvider time)
    {
        Users = [.. options.Users];
        foreach (var user in Users)
        {
            mailboxes.Add(user.Address, new GraphMailbox(world.FindUser(user.Address)!));
        }

        contract = options.ContractPath is { } path ? GraphContract.Load(path) : null;
        tokens = new GraphTokens(findUser, time, options.AccessTokenLifetime);
        var context = new GraphContext(options, Faults, delivery, time);
        var gate = new GraphGate(context, log);
        sending = new GraphSending(context);
        uploads = new GraphUploads(context, gate, () => Url);
        api = new GraphApi(context, tokens, gate, contract, mailboxes, GraphOperations.Create(context, sending, uploads));
        batch = new GraphBatch(context, api, gate);

        // A batch holds up to twenty requests.
        http = new LoopbackHttp(AnswerAsync, 21L * options.MaxRequestBytes, () => Write(null, GraphReply.Of(GraphException.TooLarge().Error)));
    }

    /// <summary>Scheme, host and port, without a path.</summary>
    public string Url => http.Url;

    /// <summary>The address of the API, with the version and without a slash at the end.</summary>
    public string BaseUrl => Url + Version;

    public IReadOnlyList<SandboxUser> Users { get; }

    public GraphFaults Faults { get; } = new();

    /// <summary>What the server has seen, oldest first; the last 100,000. A batch comes after its parts.</summary>
    public IReadOnlyList<GraphRequest> Requests => log.All;

    /// <summary>
    /// What was not as the contract says, each with the request it was in, and tokens that were sent to the host of uploads; of the contract nothing
    /// without <see cref="GraphServerOptions.ContractPath"/>.
    /// </summary>
    public IReadOnlyList<string> Violations =>
        [.. log.All.SelectMany(request => request.Violations.Select(violation => $"{request.Verb} {request.Path}: {violation}"))];

    /// <summary>Requests with ids of messages in them or in their answer that did not ask for immutable ones.</summary>
    public IReadOnlyList<GraphRequest> RequestsWithoutImmutableId => [.. log.All.Where(request => !request.PrefersImmutableIds)];

    /// <summary>The most requests of one mailbox that ran at the same time, parts of batches and those that waited by a fault included.</summary>
    public int PeakRequests => api.Load.Peak;

    /// <summary>The mailbox of the first user.</summary>
    public GraphMailbox First => Mailbox(Users[0].Address);

    /// <summary>Starts the server over mailboxes of the world, whose users are there already.</summary>
    /// <param name="findUser">The address of the user whose access token this is, null when it is worth nothing.</param>
    internal static async Task<GraphServer> StartAsync(
        GraphServerOptions options, MailWorld world, MailDelivery delivery, Func<string, string?> findUser, TimeProvider time, CancellationToken ct)
    {
        var server = new GraphServer(options, world, delivery, findUser, time);
        await server.http.StartAsync(ct);
        return server;
    }

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public GraphMailbox Mailbox(string address) => mailboxes[address];

    /// <summary>An access token without the sign-in.</summary>
    public string AccessToken(string address) => tokens.Create(Mailbox(address).Address);

    /// <summary>All access tokens of <see cref="AccessToken"/> are worth nothing; those of the identity platform stay.</summary>
    public void ExpireAccessTokens() => tokens.Expire();

    /// <summary>Delivers and files what <see cref="GraphFaults.HoldsOutbox"/> has kept.</summary>
    public void DeliverOutbox() => sending.DeliverOutbox();

    public void ClearRequests() => log.Clear();

    /// <summary>Cuts each new request off without an answer, until <see cref="ComeBack"/>; the mail stays.</summary>
    public void GoAway() => http.IsAway = true;

    public void ComeBack() => http.IsAway = false;

    public async ValueTask DisposeAsync()
    {
        await http.DisposeAsync();
        contract?.Dispose();
    }

    private async Task<HttpReply?> AnswerAsync(HttpIn request, CancellationToken ct)
    {
        var reply = await (request.Path switch
        {
            Version + "/$batch" or Version + "/%24batch" when request.Verb == "POST" => batch.AnswerAsync(request, BaseUrl, ct),
            var path when path.StartsWith(Version + "/", StringComparison.OrdinalIgnoreCase) => api.AnswerAsync(GraphCall.Of(request, path[Version.Length..], BaseUrl), ct),
            var path when GraphUploads.Takes(path) => uploads.AnswerAsync(request, ct),
            _ => Task.FromResult<GraphReply?>(GraphReply.Of(new GraphError(400, "BadRequest", "Invalid version."))),
        });
        return reply is null ? null : Write(request, reply);
    }

    private static HttpReply Write(HttpIn? request, GraphReply reply) => new(reply.Status)
    {
        Headers = [.. reply.Headers, new("request-id", Guid.NewGuid().ToString())],
        ContentType = reply.Bytes is null ? "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8" : reply.ContentType,
        Body = reply.Bytes ?? (reply.Body is { } json ? Encoding.UTF8.GetBytes(json.ToJsonString()) : []),
        IsCompressed = reply.CutAfter is null && request?.Header("Accept-Encoding")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true,
        CutAfter = reply.CutAfter,
    };
}
