using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using Microsoft.Graph;
using Microsoft.Graph.Users.Item;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// One mailbox over Microsoft Graph: every request to it goes through here, so that at most four are on their way, what may be repeated is,
/// ids are the immutable ones, and failures are <see cref="MailException"/>. Thread-safe.
/// </summary>
internal sealed partial class GraphClient : IDisposable
{
    private readonly ConfiguredServer server;
    private readonly GraphPermits permits;
    private readonly HttpMessageHandler transport;
    private readonly HttpClient http;
    private readonly HttpClientRequestAdapter adapter;
    private readonly GraphBatch batch;
    private readonly TimeProvider time;

    /// <param name="transport">What connects, and follows no redirects; the client disposes it.</param>
    public GraphClient(OutlookOptions options, IAccessTokens tokens, HttpMessageHandler transport, TimeProvider time)
    {
        this.transport = transport;
        this.time = time;
        server = new ConfiguredServer(new Uri(options.GraphBaseUrl.TrimEnd('/') + "/"), "Outlook", "Outlook:GraphBaseUrl");
        permits = new GraphPermits(time);
        http = GraphHttp.NewClient(server, tokens, permits, transport, time);

        // The token is the pipeline's affair.
        adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http);
        Me = new GraphServiceClient(adapter, server.BaseUrl.AbsoluteUri.TrimEnd('/')).Users[GraphAddress.MeUser];
        batch = new GraphBatch(server, http, tokens, permits, time);
    }

    /// <summary>Makes the requests, and runs them within <see cref="RunAsync{T}(Func{UserItemRequestBuilder, CancellationToken, Task{T}}, CancellationToken)"/>; the user is the one who signed in.</summary>
    public UserItemRequestBuilder Me { get; }

    /// <summary>Runs a call of <see cref="Me"/>.</summary>
    /// <exception cref="MailException">Whatever the failure is; Refused <c>graph_odd_answer</c> when there is no answer in the answer.</exception>
    public Task<T> RunAsync<T>(Func<UserItemRequestBuilder, CancellationToken, Task<T?>> call, CancellationToken ct)
        where T : class => ReadAsync(token => call(Me, token), ct);

    /// <summary>Runs a call of <see cref="Me"/> that answers nothing.</summary>
    /// <exception cref="MailException">Whatever the failure is.</exception>
    public async Task RunAsync(Func<UserItemRequestBuilder, CancellationToken, Task> call, CancellationToken ct)
    {
        try
        {
            await call(Me, ct);
        }
        catch (Exception e) when (e is not (MailException or OperationCanceledException) && GraphFaults.Translate(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Runs any number of requests of <see cref="Me"/> in batches.</summary>
    /// <returns>One for each, in their order: a part that fails does not touch the others.</returns>
    /// <exception cref="MailException">None of them was answered, as without network or consent.</exception>
    public Task<IReadOnlyList<GraphResult<T>>> RunAsync<T>(IReadOnlyList<RequestInformation> requests, CancellationToken ct)
        where T : IParsable, new() => batch.RunAsync<T>(requests, ct);

    /// <summary>Runs one request of <see cref="Me"/>, or of <see cref="Page"/>, that answers something.</summary>
    /// <exception cref="MailException">Whatever the failure is; Refused <c>graph_odd_answer</c> when there is no answer in the answer.</exception>
    public Task<T> OneAsync<T>(RequestInformation request, CancellationToken ct)
        where T : class, IParsable, new() => RunAsync((_, token) => adapter.SendAsync(request, GraphJson.FactoryOf<T>(), null, token), ct);

    /// <summary>Whether a link of before leads to the server of now.</summary>
    public bool Owns(string link) => Uri.TryCreate(link, UriKind.Absolute, out var address) && GraphAddress.IsWithin(server, address);

    /// <summary>The request for a page.</summary>
    /// <param name="link">A nextLink or deltaLink as the server gave it.</param>
    /// <exception cref="MailException">Refused <c>graph_foreign_link</c>: it leads to another server, or out of the API.</exception>
    public RequestInformation Page(string link)
    {
        if (!Uri.TryCreate(link, UriKind.Absolute, out var address) || !GraphAddress.IsWithin(server, address))
            throw GraphFaults.Foreign();
        return new RequestInformation { HttpMethod = Method.GET, URI = address, Headers = { { "Accept", "application/json" } } };
    }

    /// <summary>Reads a page.</summary>
    /// <param name="link">A nextLink or deltaLink as the server gave it.</param>
    /// <param name="maxPageSize">Most entries of the page (<c>odata.maxpagesize</c>); null leaves it to the server.</param>
    /// <exception cref="MailException">Refused <c>graph_foreign_link</c>; NotFound <c>sync_state_lost</c>: the server has forgotten what the link stands for.</exception>
    public Task<T> ReadPageAsync<T>(string link, CancellationToken ct, int? maxPageSize = null)
        where T : IParsable, new()
    {
        var page = Page(link);
        if (maxPageSize is { } size)
            page.Headers.Add(GraphAddress.PreferHeader, $"odata.maxpagesize={size}");
        return ReadAsync(token => adapter.SendAsync(page, GraphJson.FactoryOf<T>(), null, token), ct);
    }

    public void Dispose()
    {
        adapter.Dispose();
        http.Dispose();
        permits.Dispose();
        transport.Dispose();
    }

    /// <param name="path">Below the base, each id escaped.</param>
    private Uri At(FormattableString path) =>
        new(server.BaseUrl.AbsoluteUri + string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format, [.. path.GetArguments().Select(a => Uri.EscapeDataString((string)a!))]));

    private static async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T?>> call, CancellationToken ct)
    {
        try
        {
            return await call(ct) ?? throw GraphFaults.Odd();
        }
        catch (Exception e) when (e is not (MailException or OperationCanceledException) && GraphFaults.Translate(e) is { } failure)
        {
            throw failure;
        }
    }

    private DateTimeOffset Deadline() => time.GetUtcNow() + GraphLimits.Call;
}
