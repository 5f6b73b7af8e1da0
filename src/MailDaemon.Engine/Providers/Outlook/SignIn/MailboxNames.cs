using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Asks Graph for the names of a mailbox ("Get a user"): the name to sign in with, which the id token has, need not be an address of it. Without the Graph
/// SDK, which is loaded for accounts that are there. Thread-safe.
/// </summary>
internal sealed class MailboxNames(IOptions<OutlookOptions> options, OutgoingHttp outgoing) : IDisposable
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    private readonly Lazy<HttpClient> http = new(() => outgoing.NewClient(RequestTimeout, MaxBytes));

    /// <summary>The address of the mailbox, then the name to sign in with; each only where Graph tells it.</summary>
    /// <exception cref="MailException">Unreachable, Timeout or Refused: Graph did not answer, or refused the token.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(Secret accessToken, CancellationToken ct)
    {
        var server = new ConfiguredServer(new Uri(options.Value.GraphBaseUrl), "Outlook", "Outlook:GraphBaseUrl");
        var address = new Uri(options.Value.GraphBaseUrl.TrimEnd('/') + "/me?$select=mail,userPrincipalName");
        server.Require(address);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken.Reveal()) } };
        try
        {
            using var answer = await http.Value.SendAsync(request, ct);
            var user = answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(ct), MailboxNamesJson.Default.User) : null;
            return user is not null
                ? [.. new[] { user.Mail, user.UserPrincipalName }.OfType<string>().Where(name => name.Contains('@', StringComparison.Ordinal))]
                : throw Unknown($"status {(int)answer.StatusCode}");
        }
        catch (JsonException)
        {
            throw Unknown("its answer is no JSON");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw NetworkFaults.Translate(new TimeoutException(), "Outlook")!;
        }
        catch (Exception e) when (NetworkFaults.Translate(e, "Outlook") is { } fault)
        {
            throw fault;
        }
    }

    public void Dispose()
    {
        if (http.IsValueCreated)
            http.Value.Dispose();
    }

    private static MailException Unknown(string why) =>
        new(MailFault.Refused, "mailbox_unknown", $"Outlook did not tell which mailbox this is ({why}). Begin a new sign-in; if it stays so, look whether the account has a mailbox.");

    internal sealed record User(string? Mail, string? UserPrincipalName);
}

/// <summary>Answers of Graph as they are read here.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MailboxNames.User))]
internal sealed partial class MailboxNamesJson : JsonSerializerContext;
