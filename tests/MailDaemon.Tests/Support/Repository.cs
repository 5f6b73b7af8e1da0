namespace MailDaemon.Tests.Support;

/// <summary>Where the sources lie.</summary>
public static class Repository
{
    /// <summary>The directory of MailDaemon.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "MailDaemon.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException("MailDaemon.sln is not above the tests");
    }
}
