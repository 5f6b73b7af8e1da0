using System.Text;
using System.Text.Json;

namespace MailDaemon.Protocols.Tests.Imap;

/// <summary>Recorded replies of servers, read where they lie; the tests that need them are skipped where they are not.</summary>
internal static class ImapCorpus
{
    public static string? Directory { get; } = Find();

    /// <summary>Recorded replies to commands, by <c>server/name.txt</c>; tags are <c>A########</c>.</summary>
    public static IEnumerable<(string Name, string Text)> Recordings()
    {
        var root = Path.Combine(Directory!, "mailkit", "imap");
        return System.IO.Directory.EnumerateFiles(root, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => (Path.GetRelativePath(root, f), WithCrlf(Encoding.Latin1.GetString(File.ReadAllBytes(f)))));
    }

    /// <summary>Single replies as other clients' tests hold them.</summary>
    public static IEnumerable<string> Lines() => Json("lines.jsonl", "raw");

    public static IEnumerable<(string Name, string Text)> NetImapReplies() =>
        Objects("net-imap.jsonl").Select(o => (o.GetProperty("test").GetString()!, o.GetProperty("response").GetString()!));

    /// <summary>Envelopes and body structures, good and malformed.</summary>
    public static IEnumerable<(string Name, string Text)> Structures() =>
        Objects(Path.Combine("mailkit", "imap-structures.jsonl")).Select(o => (o.GetProperty("name").GetString()!, o.GetProperty("raw").GetString()!));

    /// <summary>The first command that each recording answers.</summary>
    public static Dictionary<string, string> Commands()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Directory!, "mailkit", "imap-command-pairs.json")));
        return json.RootElement.EnumerateObject().Where(p => p.Value.GetArrayLength() > 0)
            .ToDictionary(p => p.Name, p => p.Value[0].GetString()!, StringComparer.Ordinal);
    }

    /// <summary>Bare LF becomes CRLF; literals of the recordings count CRLF.</summary>
    private static string WithCrlf(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

    private static IEnumerable<string> Json(string file, string property) => Objects(file).Select(o => o.GetProperty(property).GetString()!);

    private static IEnumerable<JsonElement> Objects(string file) =>
        File.ReadLines(Path.Combine(Directory!, file)).Where(l => l.Length > 0).Select(l => JsonDocument.Parse(l).RootElement);

    private static string? Find()
    {
        var root = Environment.GetEnvironmentVariable("MAILDAEMON_CORPUS");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); root is null && at is not null; at = at.Parent)
        {
            root = File.Exists(Path.Combine(at.FullName, "MailDaemon.sln")) ? Path.Combine(at.FullName, "..", "shared", "corpus") : null;
        }

        var directory = root is null ? null : Path.Combine(root, "imap");
        return System.IO.Directory.Exists(directory) ? directory : null;
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ImapCorpusFactAttribute : FactAttribute
{
    public ImapCorpusFactAttribute() => Skip = ImapCorpus.Directory is null ? "The corpus of recorded IMAP replies is not here" : null;
}
