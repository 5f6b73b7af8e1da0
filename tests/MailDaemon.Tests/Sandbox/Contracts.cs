namespace MailDaemon.Tests.Sandboxes;

/// <summary>Published contracts of the services that the sandbox stands in for; they lie beside the repository, not in it.</summary>
internal static class Contracts
{
    /// <summary>The path of a contract, null where it is absent.</summary>
    public static string? Find(string file)
    {
        var contracts = Environment.GetEnvironmentVariable("MAILDAEMON_CONTRACTS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); contracts is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailDaemon.sln")))
                contracts = Path.Combine(folder.FullName, "..", "shared", "contracts");
        }

        return contracts is not null && Path.Combine(contracts, file) is var found && File.Exists(found) ? found : null;
    }
}
