namespace MailDaemon.Tests.Support;

/// <summary>Mails of the catalogue of faults; they lie beside the repository, not in it.</summary>
internal static class FaultCorpus
{
    private static readonly string? Root = FindRoot();

    public static bool IsThere => Root is not null;

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Root!, name + ".eml"));

    private static string? FindRoot()
    {
        var corpus = Environment.GetEnvironmentVariable("MAILDAEMON_CORPUS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); corpus is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailDaemon.sln")))
                corpus = Path.Combine(folder.FullName, "..", "shared", "corpus");
        }

        return corpus is not null && Directory.Exists(Path.Combine(corpus, "faults")) ? Path.Combine(corpus, "faults") : null;
    }
}

/// <summary>A test over the catalogue of faults, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaultCorpusFactAttribute : FactAttribute
{
    public FaultCorpusFactAttribute()
    {
        if (!FaultCorpus.IsThere)
            Skip = "The mail corpus is not beside the repository (MAILDAEMON_CORPUS).";
    }
}
