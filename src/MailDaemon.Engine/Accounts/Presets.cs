using System.Text.Json;

namespace MailDaemon.Engine.Accounts;

/// <summary>The mail services that are known by name (<c>presets.json</c>). Pure: looks nothing up on the network.</summary>
public static class Presets
{
    private static readonly PresetEntry[] Entries = Load();

    /// <summary>One per service, with its first servers.</summary>
    public static IReadOnlyList<ServerPreset> All { get; } = [.. Entries.Select(entry => entry.ToPreset(entry.Servers[0], entry.Servers.SelectMany(s => s.Domains)))];

    public static ServerPreset? Find(string id) =>
        All.FirstOrDefault(preset => string.Equals(preset.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The service of an address, with the servers of its domain; null when unknown.</summary>
    public static ServerPreset? ForAddress(string email) => ForDomain(email[(email.LastIndexOf('@') + 1)..]);

    /// <inheritdoc cref="ForAddress"/>
    public static ServerPreset? ForDomain(string domain)
    {
        domain = domain.Trim().TrimEnd('.');
        foreach (var entry in Entries)
        {
            foreach (var servers in entry.Servers)
            {
                if (servers.Domains.Any(pattern => IsMatch(pattern, domain)) && entry.NotDomains?.Contains(domain, StringComparer.OrdinalIgnoreCase) is not true)
                    return entry.ToPreset(servers, servers.Domains);
            }
        }

        return null;
    }

    /// <summary>The service that receives a domain's mail, by the name of its mail exchanger; null when unknown.</summary>
    public static ServerPreset? ForMailExchanger(string host)
    {
        host = host.Trim().TrimEnd('.');
        return All.FirstOrDefault(preset => preset.MxSuffixes.Any(suffix =>
            string.Equals(host, suffix, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + suffix, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary><c>yahoo.*</c> takes yahoo.fr and yahoo.co.uk, not yahoo.example.org.</summary>
    private static bool IsMatch(string pattern, string domain)
    {
        if (!pattern.EndsWith(".*", StringComparison.Ordinal))
            return string.Equals(pattern, domain, StringComparison.OrdinalIgnoreCase);
        var stem = pattern.AsSpan(0, pattern.Length - 1);
        if (!domain.AsSpan().StartsWith(stem, StringComparison.OrdinalIgnoreCase))
            return false;
        var parts = domain[stem.Length..].Split('.');
        return parts.All(part => part.Length is 2 or 3 && part.All(char.IsAsciiLetter)) && (parts.Length == 1 || (parts.Length == 2 && parts[1].Length == 2));
    }

    private static PresetEntry[] Load()
    {
        using var stream = typeof(Presets).Assembly.GetManifestResourceStream("MailDaemon.Engine.Accounts.presets.json")
            ?? throw new InvalidOperationException("presets.json is not part of the assembly.");
        return JsonSerializer.Deserialize(stream, AccountJson.Readable.PresetFile)!.Presets;
    }
}

/// <summary>The shape of <c>presets.json</c>.</summary>
internal sealed record PresetFile(PresetEntry[] Presets);

/// <param name="NotDomains">Domains that a pattern would take and that are another service.</param>
internal sealed record PresetEntry(
    string Id,
    string Name,
    SecretKind SecretKind,
    PresetServers[] Servers,
    string? HelpUrl = null,
    string Notes = "",
    IReadOnlyList<string>? MxSuffixes = null,
    IReadOnlyList<string>? NotDomains = null,
    ServerQuirks? Quirks = null)
{
    public ServerPreset ToPreset(PresetServers servers, IEnumerable<string> domains) => new()
    {
        Id = Id,
        Name = Name,
        Domains = [.. domains],
        Imap = servers.Imap,
        Smtp = servers.Smtp,
        SecretKind = SecretKind,
        HelpUrl = HelpUrl,
        Notes = Notes,
        MxSuffixes = MxSuffixes ?? [],
        Quirks = Quirks ?? ServerQuirks.None,
    };
}

internal sealed record PresetServers(IReadOnlyList<string> Domains, ServerAddress Imap, ServerAddress Smtp);
