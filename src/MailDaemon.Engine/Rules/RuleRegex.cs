using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Rules;

/// <summary>Regular expressions of people, which cost no more than the text is long: without backtracking, bounded in size, input and time.</summary>
internal static class RuleRegex
{
    public const int MostPattern = 1_000;

    /// <summary>More of a text is not looked at, in characters.</summary>
    public const int MostInput = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Repetitions of repetitions would else build automata of any size.</summary>
    static RuleRegex() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", 20_000);

    /// <exception cref="ArgumentException">It is none, or too large; the message says where.</exception>
    /// <exception cref="NotSupportedException">It looks around or back.</exception>
    public static Regex Create(string pattern) => pattern.Length <= MostPattern
        ? new Regex(RuleText.Normalize(pattern), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)
        : throw new ArgumentException($"it is longer than {MostPattern} characters");

    public static bool IsMatch(Regex regex, string text)
    {
        try
        {
            return regex.IsMatch(text.AsSpan(0, Math.Min(text.Length, MostInput)));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
