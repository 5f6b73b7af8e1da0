using System.Text.Json;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>Google's discovery document of Gmail, which lies beside the repository (MAILDAEMON_CONTRACTS) and is no part of it.</summary>
internal static class GmailContract
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllBytes(Path!)).RootElement);

    public static string? Path { get; } = Find();

    public static JsonElement Root => Document.Value;

    public static JsonElement Schema(string name) => Root.GetProperty("schemas").GetProperty(name);

    /// <summary>All methods by their id, such as <c>gmail.users.messages.get</c>.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Methods()
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        Collect(Root, found);
        return found;
    }

    private static void Collect(JsonElement resource, Dictionary<string, JsonElement> found)
    {
        if (resource.TryGetProperty("methods", out var methods))
        {
            foreach (var method in methods.EnumerateObject())
                found.Add(method.Value.GetProperty("id").GetString()!, method.Value);
        }

        if (resource.TryGetProperty("resources", out var resources))
        {
            foreach (var inner in resources.EnumerateObject())
                Collect(inner.Value, found);
        }
    }

    private static string? Find()
    {
        var contracts = Environment.GetEnvironmentVariable("MAILDAEMON_CONTRACTS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); contracts is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "MailDaemon.sln")))
                contracts = System.IO.Path.Combine(folder.FullName, "..", "shared", "contracts");
        }

        return contracts is not null && File.Exists(System.IO.Path.Combine(contracts, "gmail.v1.json")) ? System.IO.Path.Combine(contracts, "gmail.v1.json") : null;
    }
}

/// <summary>Runs where the contract is.</summary>
internal sealed class GmailContractFactAttribute : FactAttribute
{
    public GmailContractFactAttribute()
    {
        if (GmailContract.Path is null)
            Skip = "Gmail's discovery document is not beside the repository (MAILDAEMON_CONTRACTS).";
    }
}
