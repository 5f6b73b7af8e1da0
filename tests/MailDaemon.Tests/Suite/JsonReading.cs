using System.Text.Json;

namespace MailDaemon.Tests.Suite;

internal static class JsonReading
{
    public static string? String(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static string Key(this JsonElement item) => item.String("key")!;

    public static bool Is(this JsonElement element, string name) => element.GetProperty(name).GetBoolean();

    public static IReadOnlyList<JsonElement> All(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    public static IReadOnlyList<string?> Labels(this JsonElement item) => [.. item.All("labels").Select(label => label.GetString())];
}
