using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Mime;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>What a user gives to set up an account.</summary>
/// <param name="Username">The login name; null for the address, or as the preset says.</param>
/// <param name="Imap">Null: found by the address' domain.</param>
/// <param name="Smtp">Null: found by the address' domain.</param>
public sealed record ImapAccountRequest(
    string Email, Secret Password, string? Username = null, string? DisplayName = null, ServerAddress? Imap = null, ServerAddress? Smtp = null);

/// <summary>How one server answered.</summary>
/// <param name="Error">Null when all went well.</param>
/// <param name="Capabilities">What the server offers after login; empty when it was not reached.</param>
public sealed record ServerReport(ServerAddress? Server, MailException? Error, IReadOnlyList<string> Capabilities)
{
    public bool Success => Error is null;
}

public sealed record AccountReport(ServerReport Imap, ServerReport Smtp);

/// <summary>Finds the servers of a new account and tries them, saving nothing.</summary>
public sealed class ImapAccountSetup(ImapConnector connector, ServerDiscovery discovery, IOptions<SyncOptions> options, TimeProvider time)
{
    private const string OAuthOnly = "oauth_only";

    /// <summary>The account as it would be stored, with its servers found.</summary>
    /// <exception cref="MailException">The address is not one, or its provider takes no passwords.</exception>
    public async Task<Account> PlanAsync(ImapAccountRequest request, CancellationToken ct)
    {
        var domain = Domain(request.Email);
        var preset = Presets.ForDomain(domain);
        if (preset is { SecretKind: SecretKind.OAuth } && request.Imap is null)
        {
            throw new MailException(MailFault.InvalidInput, OAuthOnly, LoginAdvice.For(preset.Id));
        }

        var (imap, smtp, presetId) = (request.Imap, request.Smtp) switch
        {
            ({ } givenImap, { } givenSmtp) => (givenImap, givenSmtp, Presets.All.FirstOrDefault(p => p.Imap.Host == givenImap.Host)?.Id ?? preset?.Id),
            _ => await FoundAsync(request, domain, ct),
        };
        return new Account
        {
            Key = new AccountKey(ProviderKind.Imap, request.Email),
            Email = request.Email.Trim(),
            DisplayName = request.DisplayName ?? "",
            Username = request.Username,
            Imap = imap,
            Smtp = smtp,
            SmtpStatus = SmtpStatus.Unverified,
            Settings = new AccountSettings { SyncInterval = options.Value.IntervalSeconds, SyncDays = options.Value.Days },
            CreatedAt = time.GetUtcNow(),
            PresetId = presetId,
        };
    }

    /// <summary>Finds the servers and logs in to both. Everything that fails is in the report.</summary>
    public async Task<AccountReport> TestAsync(ImapAccountRequest request, CancellationToken ct)
    {
        try
        {
            return await TestAsync(await PlanAsync(request, ct), request.Password, ct);
        }
        catch (MailException e) when (e.Code == OAuthOnly)
        {
            var refused = new ServerReport(null, e, []);
            return new AccountReport(refused, refused);
        }
    }

    /// <summary>Logs in to both servers at once. Failures are in the report.</summary>
    public async Task<AccountReport> TestAsync(Account account, Secret password, CancellationToken ct)
    {
        var imap = TryAsync(account, account.Imap, async () =>
        {
            await using var client = await connector.OpenImapAsync(account, password, new MailboxNames(), ct);
            return client.Capabilities.Names.Order(StringComparer.Ordinal).ToList();
        });
        var smtp = TestSmtpAsync(account, password, ct);
        return new AccountReport(await imap, await smtp);
    }

    public Task<ServerReport> TestSmtpAsync(Account account, Secret password, CancellationToken ct) => TryAsync(account, account.Smtp, async () =>
    {
        await using var client = await connector.OpenSmtpAsync(account, password, ct);
        return [];
    });

    private static async Task<ServerReport> TryAsync(Account account, ServerAddress? server, Func<Task<IReadOnlyList<string>>> login)
    {
        try
        {
            return new ServerReport(server, null, await login());
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
        {
            return new ServerReport(server, fault, []);
        }
    }

    private async Task<(ServerAddress Imap, ServerAddress Smtp, string? PresetId)> FoundAsync(ImapAccountRequest request, string domain, CancellationToken ct)
    {
        var found = await discovery.FindAsync(domain, ct);
        if (found.Preset is { SecretKind: SecretKind.OAuth } preset && request.Imap is null)
        {
            throw new MailException(MailFault.InvalidInput, OAuthOnly, LoginAdvice.For(preset.Id));
        }

        return (request.Imap ?? found.Imap, request.Smtp ?? found.Smtp, found.Preset?.Id);
    }

    /// <summary>The part after the @, which names a host of the Internet: it is looked up.</summary>
    private static string Domain(string email)
    {
        var address = email.Trim();
        var domain = address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant();
        // In a route the address is one segment of a path, and HTTP leaves %2F as it is.
        if (address.Contains('/', StringComparison.Ordinal))
            throw MailException.InvalidInput("invalid_email", "Addresses with a slash cannot be managed here, because the address is part of routes.");
        return Mailbox.IsAddress(address) && !address.Contains(' ', StringComparison.Ordinal) && Uri.CheckHostName(domain) == UriHostNameType.Dns
            ? domain
            : throw MailException.InvalidInput("invalid_email", "This is not an email address. Give it as name@domain.");
    }
}
