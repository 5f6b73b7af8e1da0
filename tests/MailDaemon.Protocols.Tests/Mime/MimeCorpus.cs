using System.Text.Json;

namespace MailDaemon.Protocols.Tests.Mime;

/// <summary>Real mail of many programs with the facts that other parsers agree on; it lies beside the repository, not in it.</summary>
internal static class MimeCorpus
{
    public static string? Root { get; } = FindRoot();

    public static IEnumerable<string> MessageNames() => Directory
        .EnumerateFiles(Path.Combine(Root!, "messages"), "*.eml", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Path.Combine(Root!, "messages"), path)[..^".eml".Length])
        .Order(StringComparer.Ordinal);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Root!, "messages", name + ".eml"));

    public static JsonElement Expected(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root!, "expected", name + ".json")));
        return document.RootElement.Clone();
    }

    private static string? FindRoot()
    {
        var corpus = Environment.GetEnvironmentVariable("MAILDAEMON_CORPUS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); corpus is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailDaemon.sln")))
            {
                corpus = Path.Combine(folder.FullName, "..", "shared", "corpus");
            }
        }

        return corpus is not null && Directory.Exists(Path.Combine(corpus, "mime", "messages")) ? Path.Combine(corpus, "mime") : null;
    }
}

/// <summary>A test over the corpus, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (MimeCorpus.Root is null)
        {
            Skip = "The mail corpus is not beside the repository (MAILDAEMON_CORPUS).";
        }
    }
}
