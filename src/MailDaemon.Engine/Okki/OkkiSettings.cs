using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Okki;

/// <summary>How the CRM is to be used: as the settings say, with what was changed over the API since. Secrets lie in the vault. Thread-safe.</summary>
public sealed class OkkiSettings
{
    private const string Owner = "okki";
    private const string ClientSecret = "client-secret";
    private const string ApiKey = "vector-key";

    private readonly OkkiOptions options;
    private readonly SqliteFile store;
    private readonly SecretVault vault;
    private readonly SemaphoreSlim changing = new(1, 1);
    private OkkiChange change;

    public OkkiSettings(IOptions<OkkiOptions> options, SqliteFile store, SecretVault vault)
    {
        (this.options, this.store, this.vault) = (options.Value, store, vault);
        change = store.Read(reader => reader.Text("select changes from okki_settings")) is { } text ? JsonSerializer.Deserialize(text, OkkiChangeJson.Default.OkkiChange)! : new OkkiChange();
        Current = Effective();
    }

    public OkkiOptions Current { get; private set; }

    /// <summary>Tells the CRM of one company from that of another.</summary>
    internal string Crm => $"{Current.BaseUrl} {Current.ClientId}";

    /// <summary>What is missing before the CRM can be used; null when nothing is.</summary>
    public string? Missing => Current switch
    {
        { Enabled: false } => "Okki:Enabled is false",
        { Mode: "cli", Command: null or "" } => "Okki:Command is missing",
        { Mode: "http", ClientId: null or "" } => "Okki:ClientId is missing",
        { Mode: "http", ClientSecret: null or "" } => "Okki:ClientSecret is missing",
        _ => null,
    };

    /// <exception cref="MailException">Conflict <c>okki_not_configured</c>.</exception>
    public void RequireConfigured()
    {
        if (Missing is { } missing)
            throw MailException.Conflict("okki_not_configured", $"The CRM is not configured: {missing}. PUT /api/okki/config or the settings file say how it is reached.");
    }

    /// <exception cref="MailException">InvalidInput: a URL that may not be, or one without the secret that belongs to it.</exception>
    public async Task<OkkiOptions> ChangeAsync(OkkiChange asked, CancellationToken ct)
    {
        Check(asked);
        await changing.WaitAsync(ct);
        try
        {
            var next = asked.Over(change);
            if (asked.ClientSecret is { } secret)
                vault.Save(Owner, ClientSecret, secret);
            if (asked.VectorApiKey is { } key)
                vault.Save(Owner, ApiKey, key);
            await store.WriteAsync(
                writer => writer.Execute("insert or replace into okki_settings (id, changes) values (1, ?1)", JsonSerializer.Serialize(next, OkkiChangeJson.Default.OkkiChange)), CancellationToken.None);
            change = next;
            return Current = Effective();
        }
        finally
        {
            changing.Release();
        }
    }

    private void Check(OkkiChange asked)
    {
        foreach (var (field, url) in new[] { ("baseUrl", asked.BaseUrl), ("vector.url", asked.VectorUrl) })
        {
            if (url is not null && HookUrl.Problem(url) is { } problem)
                throw Wrong(field, problem);
        }

        // Whoever may change the address shall not get the secret sent there.
        if (asked.BaseUrl is { } moved && moved != Current.BaseUrl && Current.ClientSecret is not null && asked.ClientSecret is null)
            throw Wrong("clientSecret", "is needed again with another baseUrl");
        if (asked.VectorUrl is { } vector && vector != Current.Vector.Url && Current.Vector.ApiKey is not null && asked.VectorApiKey is null)
            throw Wrong("vector.apiKey", "is needed again with another vector.url");
    }

    private OkkiOptions Effective() => change.On(options, vault.Read(Owner, ClientSecret)?.Reveal(), vault.Read(Owner, ApiKey)?.Reveal());

    private static MailException Wrong(string field, string what) => new(MailFault.InvalidInput, "invalid_parameter", $"{field} {what}.")
    {
        Details = new Dictionary<string, string>(StringComparer.Ordinal) { [field] = what },
    };
}
