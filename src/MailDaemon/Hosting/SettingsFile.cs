using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;

namespace MailDaemon.Hosting;

/// <summary>Says which file a fault in the settings is in.</summary>
internal static class SettingsFile
{
    /// <summary>" (in FILE)" of the file that a key was taken from; empty when it came otherwise.</summary>
    public static string Of(IConfigurationRoot configuration, string key)
    {
        var source = configuration.Providers.LastOrDefault(p => p.TryGet(key, out _) || p.GetChildKeys([], key).Any());
        return source is JsonConfigurationProvider { Source: var file } ? $" (in {PathOf(file)})" : "";
    }

    /// <summary>Why a file cannot be read: its path, the line, the reason.</summary>
    public static string Explain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is JsonException { LineNumber: { } line } json)
                return $"{FileIn(exception)}, line {line + 1}, byte {json.BytePositionInLine + 1}: {Reason(json.Message)}";
        }

        return $"{exception.Message} {exception.InnerException?.Message}".Trim();
    }

    private static string PathOf(FileConfigurationSource source) => source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath ?? source.Path ?? "";

    // "Failed to load configuration from file '…'."
    private static string FileIn(Exception exception) => exception.Message.Split('\'') is [_, var path, _] ? path : exception.Message;

    // What follows repeats the place.
    private static string Reason(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
