using MailDaemon.Engine.Accounts;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Engine.Providers.Imap;

/// <param name="How">How they were found, for people: <c>preset qq</c>, <c>MX mxbiz1.qq.com</c>, <c>SRV</c>, <c>guess</c>.</param>
public sealed record DiscoveredServers(ServerAddress Imap, ServerAddress Smtp, ServerPreset? Preset, string How);

/// <summary>
/// Finds the servers of a domain: the table of presets, else the domain's MX against the table, else SRV records (RFC 6186),
/// else <c>imap.</c> and <c>smtp.</c> before the domain.
/// </summary>
public sealed class ServerDiscovery(DnsResolver dns)
{
    public async Task<DiscoveredServers> FindAsync(string domain, CancellationToken ct)
    {
        if (Presets.ForDomain(domain) is { } preset)
        {
            return Of(preset, $"preset {preset.Id}");
        }

        foreach (var exchanger in await dns.MailExchangersAsync(domain, ct))
        {
            if (Presets.ForMailExchanger(exchanger) is { } hosted)
            {
                return Of(hosted, $"MX {exchanger}");
            }
        }

        return await BySrvAsync(domain, ct) ?? Guess(domain);
    }

    private static DiscoveredServers Of(ServerPreset preset, string how) => new(preset.Imap, preset.Smtp, preset, how);

    private static DiscoveredServers Guess(string domain) => new(
        new ServerAddress($"imap.{domain}", 993, ServerSecurity.Tls),
        new ServerAddress($"smtp.{domain}", 465, ServerSecurity.Tls),
        Preset: null,
        "guess");

    private async Task<DiscoveredServers?> BySrvAsync(string domain, CancellationToken ct)
    {
        var imap = await ServiceAsync("_imaps._tcp", ServerSecurity.Tls, domain, ct) ?? await ServiceAsync("_imap._tcp", ServerSecurity.StartTls, domain, ct);
        var smtp = await ServiceAsync("_submissions._tcp", ServerSecurity.Tls, domain, ct) ?? await ServiceAsync("_submission._tcp", ServerSecurity.StartTls, domain, ct);
        var guess = Guess(domain);
        return imap is null && smtp is null ? null : new DiscoveredServers(imap ?? guess.Imap, smtp ?? guess.Smtp, null, "SRV");
    }

    private async Task<ServerAddress?> ServiceAsync(string service, ServerSecurity security, string domain, CancellationToken ct)
    {
        // A target of "." says that the service is not offered (RFC 6186 §3.4); what else is no host is passed over too.
        var records = await dns.ServicesAsync(service, domain, ct);
        return records.FirstOrDefault(r => r.Port > 0 && Uri.CheckHostName(r.Host) == UriHostNameType.Dns) is { } first
            ? new ServerAddress(first.Host, first.Port, security)
            : null;
    }
}
