using System.Collections;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Configuration.Memory;

namespace MailDaemon.Hosting;

/// <summary>The settings of this run, checked, and the directory everything is kept in.</summary>
internal sealed record Settings(IConfiguration Configuration, string DataDirectory, bool IsSandbox)
{
    /// <summary>Whether the data directory was made for this run alone.</summary>
    public bool IsTemporary { get; init; }

    private const string DataDirectoryKey = "Mail:DataDirectory";

    public HttpOptions Http => Configuration.GetSection("Http").Get<HttpOptions>() ?? new HttpOptions();

    public GuardOptions Guard => Configuration.GetSection("Guard").Get<GuardOptions>() ?? new GuardOptions();

    public IReadOnlyList<ListenAddress> Endpoints => Listen.On(Http);

    /// <summary>
    /// Later sources win: the <c>appsettings.json</c> beside the executable, the one in the data directory, the environment, the command line.
    /// </summary>
    /// <exception cref="SettingsException">A key is unknown or a value does not fit.</exception>
    public static Settings Load(CommandLine line, IDictionary environment)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "appsettings.json");
        var fromEnvironment = FromEnvironment(environment);
        var overrides = new Dictionary<string, string?>(line.Settings, StringComparer.OrdinalIgnoreCase);
        if (line.IsSandbox)
        {
            overrides.TryAdd("Imap:AllowPrivateHosts", "true");

            // Not the environment's directory: seed mail must never end up beside real mail by accident.
            if (!overrides.ContainsKey(DataDirectoryKey))
                return InNewDirectory(root, fromEnvironment, overrides, environment["XDG_RUNTIME_DIR"] as string);
        }

        var outer = Build(root, null, fromEnvironment, overrides);
        var directory = UserPath.Expand(outer[DataDirectoryKey] is { Length: > 0 } path ? path : new MailOptions().DataDirectory);
        overrides[DataDirectoryKey] = directory;

        // Before the settings in it are read.
        Hosting.DataDirectory.RequireOwn(directory);
        if (line.IsSandbox)
            SandboxDirectory.Require(directory);
        return Check(Build(root, Path.Combine(directory, "appsettings.json"), fromEnvironment, overrides), directory, line.IsSandbox);
    }

    // The directory is made last, so that settings which cannot be used leave none behind.
    private static Settings InNewDirectory(string root, Dictionary<string, string?> environment, Dictionary<string, string?> overrides, string? runtime)
    {
        Check(Build(root, null, environment, overrides), "", isSandbox: true);
        var directory = overrides[DataDirectoryKey] = SandboxDirectory.CreateNew(runtime);
        return Check(Build(root, null, environment, overrides), directory, isSandbox: true) with { IsTemporary = true };
    }

    /// <summary>The same settings with some replaced; for the sandbox, whose servers have found their ports.</summary>
    public Settings With(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(Configuration)
            .AddInMemoryCollection(values)
            .Build();
        return Check(configuration, DataDirectory, IsSandbox) with { IsTemporary = IsTemporary };
    }

    private static Settings Check(IConfigurationRoot configuration, string directory, bool isSandbox)
    {
        var problems = SettingsCheck.Problems(configuration);
        if (problems.Count > 0)
            throw new SettingsException([.. problems.Select(p => p + SettingsFile.Of(configuration, p.Split(' ')[0]))]);

        var settings = new Settings(configuration, directory, isSandbox);
        _ = settings.Endpoints;
        return settings;
    }

    private static IConfigurationRoot Build(
        string root, string? inDataDirectory, Dictionary<string, string?> environment, Dictionary<string, string?> overrides)
    {
        try
        {
            var builder = new ConfigurationBuilder().AddJsonFile(root, optional: true, reloadOnChange: false);
            if (inDataDirectory is not null)
                builder.AddJsonFile(inDataDirectory, optional: true, reloadOnChange: false);
            builder.Add(new MemoryConfigurationSource { InitialData = environment });
            builder.Add(new MemoryConfigurationSource { InitialData = overrides });
            return builder.Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or UnauthorizedAccessException or IOException)
        {
            throw new SettingsException(SettingsFile.Explain(e));
        }
    }

    // Only our sections: other programs have variables too, and MAIL is a mailbox on many machines.
    private static Dictionary<string, string?> FromEnvironment(IDictionary environment)
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in environment)
        {
            var parts = ((string)entry.Key).Split("__");
            var isOurs = parts.Length > 1
                && SettingsSection.All.Select(s => s.Name).Append(SettingsSection.Logging).Contains(parts[0], StringComparer.OrdinalIgnoreCase);
            if (isOurs)
                found[string.Join(':', parts)] = (string?)entry.Value;
        }

        if (environment["MAILDAEMON_DATA"] is string { Length: > 0 } data)
            found[DataDirectoryKey] = data;
        if (environment["MAILDAEMON_PORT"] is string { Length: > 0 } port)
            found["Http:Port"] = port;
        return found;
    }
}
