namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>The discovery document of Gmail API v1; it lies beside the repository, not in it.</summary>
internal static class DiscoveryDocument
{
    /// <summary>Null where it is absent.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var contracts = Environment.GetEnvironmentVariable("MAILDAEMON_CONTRACTS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); contracts is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "MailDaemon.sln")))
                contracts = System.IO.Path.Combine(folder.FullName, "..", "shared", "contracts");
        }

        return contracts is not null && System.IO.Path.Combine(contracts, "gmail.v1.json") is var file && File.Exists(file) ? file : null;
    }
}

/// <summary>A test over the discovery document, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiscoveryFactAttribute : FactAttribute
{
    public DiscoveryFactAttribute()
    {
        if (DiscoveryDocument.Path is null)
            Skip = "Gmail's discovery document is not beside the repository (MAILDAEMON_CONTRACTS).";
    }
}
