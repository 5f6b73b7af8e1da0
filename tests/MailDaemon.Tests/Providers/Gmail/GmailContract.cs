using System.Text.Json;
using MailDaemon.Tests.Sandboxes.Gmail;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>What Google's discovery document of Gmail says.</summary>
internal static class GmailContract
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllBytes(DiscoveryDocument.Path!)).RootElement);

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
}
