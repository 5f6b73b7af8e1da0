namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>The OpenAPI document of Graph's mail; it lies beside the repository, not in it.</summary>
internal static class GraphContractDocument
{
    /// <summary>Null where it is absent.</summary>
    public static string? Path { get; } = Contracts.Find("graph-mail-v1.0.openapi.json");
}

/// <summary>A test over the OpenAPI document, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GraphContractFactAttribute : FactAttribute
{
    public GraphContractFactAttribute()
    {
        if (GraphContractDocument.Path is null)
            Skip = "Graph's OpenAPI document is not beside the repository (MAILDAEMON_CONTRACTS).";
    }
}
