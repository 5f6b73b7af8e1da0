using System.Text.RegularExpressions;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>A script of Dovecot's imaptest: commands for one or more connections, and what has to be among the replies.</summary>
internal sealed partial class ImapTestScript
{
    private ImapTestScript(IReadOnlyDictionary<string, string> settings, IReadOnlyList<Step> steps)
    {
        Connections = int.Parse(settings.GetValueOrDefault("connections", "1"));
        State = settings.GetValueOrDefault("state", "selected");
        Messages = settings.GetValueOrDefault("messages", "0");
        Steps = steps;
    }

    public int Connections { get; }

    /// <summary>nonauth, auth, created or selected: how far each connection is when the script begins.</summary>
    public string State { get; }

    /// <summary>How many messages of the mbox the folder has, or <c>all</c>.</summary>
    public string Messages { get; }

    public IReadOnlyList<Step> Steps { get; }

    public static ImapTestScript Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var settings = lines.TakeWhile(l => l.Length > 0).Where(l => l.Contains(':')).ToDictionary(l => l[..l.IndexOf(':')].Trim(), l => l[(l.IndexOf(':') + 1)..].Trim());
        var isMany = settings.ContainsKey("connections");
        var steps = new List<Step>();
        for (var i = settings.Count; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line.Contains("{{{"))
            {
                line = ReadLiteral(lines, ref i);
            }

            AddLine(steps, line, isMany);
        }

        return new ImapTestScript(settings, steps);
    }

    /// <summary>The messages of an mbox file with CRLF.</summary>
    public static IReadOnlyList<string> ParseMbox(string text) =>
        [.. FromLine().Split(text.ReplaceLineEndings("\n")).Skip(1).Select(m => m.ReplaceLineEndings("\r\n"))];

    private static void AddLine(List<Step> steps, string line, bool isMany)
    {
        if (line.StartsWith("* ", StringComparison.Ordinal) || line.StartsWith("! ", StringComparison.Ordinal))
        {
            steps[^1].Expected.Add((line[0] == '*', line[2..]));
            return;
        }

        var connection = 1;
        if (isMany)
        {
            connection = line[0] - '0';
            line = line[2..];
        }

        var (first, rest) = line.Split(' ', 2) is [var a, var b] ? (a, b) : (line, "");
        var isStatus = first is "ok" or "no" or "bad" or "\"\"";
        if (isStatus && steps.Count > 0 && steps[^1].Status is null)
        {
            steps[^1].Status = line;
            return;
        }

        steps.Add(new Step(connection, isStatus ? rest : line) { Status = isStatus ? first.Trim('"') : null });
    }

    private static string ReadLiteral(string[] lines, ref int i)
    {
        var start = lines[i][..lines[i].IndexOf("{{{", StringComparison.Ordinal)];
        var body = new List<string>();
        while (!lines[++i].StartsWith("}}}", StringComparison.Ordinal))
        {
            body.Add(lines[i]);
        }

        var literal = string.Join("\r\n", body);
        return $"{start}{{{literal.Length}}}\r\n{literal}{lines[i][3..]}";
    }

    [GeneratedRegex("^From .*\n", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FromLine();

    /// <param name="Connection">Counts from 1.</param>
    internal sealed record Step(int Connection, string Command)
    {
        /// <summary>How the tagged reply begins; empty for any.</summary>
        public string? Status { get; set; }

        /// <summary>Untagged replies that have to come, or must not.</summary>
        public List<(bool IsWanted, string Text)> Expected { get; } = [];
    }
}
