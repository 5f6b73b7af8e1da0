namespace MailDaemon.Protocols.Tests.Smtp;

/// <summary>Recorded replies of servers, read where they lie; the tests that need them are skipped where they are not.</summary>
internal static class SmtpCorpus
{
    public static string? Directory { get; } = Find();

    public static async Task<string> ReadAsync(string name) =>
        (await File.ReadAllTextAsync(Path.Combine(Directory!, name))).ReplaceLineEndings("\r\n");

    private static string? Find()
    {
        var root = Environment.GetEnvironmentVariable("MAILDAEMON_CORPUS");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); root is null && at is not null; at = at.Parent)
        {
            root = File.Exists(Path.Combine(at.FullName, "MailDaemon.sln")) ? Path.Combine(at.FullName, "..", "shared", "corpus") : null;
        }

        var directory = root is null ? null : Path.Combine(root, "imap", "mailkit", "smtp");
        return System.IO.Directory.Exists(directory) ? directory : null;
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmtpCorpusFactAttribute : FactAttribute
{
    public SmtpCorpusFactAttribute() => Skip = SmtpCorpus.Directory is null ? "The corpus of recorded SMTP replies is not here" : null;
}
