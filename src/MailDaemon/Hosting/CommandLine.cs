namespace MailDaemon.Hosting;

/// <summary>What the command line says.</summary>
internal sealed record CommandLine(bool IsSandbox, bool WantsHelp, IReadOnlyDictionary<string, string?> Settings)
{
    public const string Help = """
        MailDaemon [--sandbox] [--data DIR] [--port N] [--urls URLS] [--Section:Key=value ...]

          --sandbox   stand-in mail servers and one seeded account of each provider, in a data directory of its own
          --data DIR  where everything is kept (default ~/.desirecore/mail; also MAILDAEMON_DATA)
          --port N    port on loopback (default 62000; also MAILDAEMON_PORT)
          --urls URLS loopback https addresses, separated by semicolons, instead of https://127.0.0.1:PORT

        Exit codes: 0 stopped, 1 fault, 2 bad configuration, 3 port in use, 4 data directory in use.
        """;

    /// <exception cref="SettingsException">An argument is unknown or lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        bool isSandbox = false, wantsHelp = false;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            switch (name)
            {
                case "--sandbox" when value is null:
                    isSandbox = true;
                    break;
                case "--help" or "-h" when value is null:
                    wantsHelp = true;
                    break;
                default:
                    var key = KeyOf(name) ?? throw new SettingsException($"{name} is not an argument; --help lists them");
                    settings[key] = value ?? (++i < args.Count ? args[i] : throw new SettingsException($"{name} needs a value"));
                    break;
            }
        }

        return new CommandLine(isSandbox, wantsHelp, settings);
    }

    private static (string Name, string? Value) Split(string argument) => argument.IndexOf('=', StringComparison.Ordinal) switch
    {
        < 0 => (argument, null),
        var at => (argument[..at], argument[(at + 1)..]),
    };

    private static string? KeyOf(string name) => name switch
    {
        "--data" => "Mail:DataDirectory",
        "--port" => "Http:Port",
        "--urls" => "Http:Urls",
        _ when name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal) => name[2..],
        _ => null,
    };
}
