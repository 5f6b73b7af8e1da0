namespace MailDaemon.Tests.Support;

/// <summary>Runs where there is a Chromium.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute()
    {
        if (!File.Exists(Path))
            Skip = "needs chromium (Debian: apt-get install chromium)";
    }
}
