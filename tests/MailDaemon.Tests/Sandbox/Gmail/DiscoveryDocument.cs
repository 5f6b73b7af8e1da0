namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>The discovery document of Gmail API v1; it lies beside the repository, not in it.</summary>
internal static class DiscoveryDocument
{
    /// <summary>Null where it is absent.</summary>
    public static string? Path { get; } = Contracts.Find("gmail.v1.json");
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
