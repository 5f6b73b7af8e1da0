namespace MailDaemon.Hosting;

/// <summary>The configuration cannot be used; each problem names its key.</summary>
public sealed class SettingsException(params IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
