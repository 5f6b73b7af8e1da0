namespace MailDaemon.Engine.Okki;

/// <summary>Lists that come with the program.</summary>
internal static class EmbeddedText
{
    /// <summary>Without empty lines.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(typeof(EmbeddedText).Assembly.GetManifestResourceStream($"MailDaemon.Engine.Okki.{file}")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }
}
