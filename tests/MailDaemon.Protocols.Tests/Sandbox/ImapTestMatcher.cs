using System.Text.RegularExpressions;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>Compares a reply with the pattern of a script; a variable that has no value yet takes that of the reply.</summary>
internal sealed partial class ImapTestMatcher
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public string this[string name]
    {
        set => variables[name] = value;
    }

    /// <summary>Puts the values known into a text; <c>$$</c> is a dollar sign.</summary>
    public string Fill(string text) => Variable().Replace(text, m =>
        m.Value == "$$" ? "$" : variables.GetValueOrDefault(m.Groups["name"].Value, m.Value));

    public bool Matches(string expected, string actual)
    {
        var (wanted, real) = (Tokenize(expected), Tokenize(actual));
        var isOpenEnded = wanted[0] is string word && word.ToUpperInvariant() is "OK" or "NO" or "BAD" or "BYE";
        return (isOpenEnded ? wanted.Count <= real.Count : wanted.Count == real.Count)
            && wanted.Zip(real).All(pair => Matches(pair.First, pair.Second, isPairs: IsPairs(wanted)));
    }

    private static bool IsPairs(List<object> reply) => reply.Exists(t => t is string s && s.ToUpperInvariant() is "FETCH" or "STATUS");

    private bool Matches(object expected, object actual, bool isPairs = false)
    {
        if (expected is string text)
        {
            return actual is string value ? MatchesText(text, value) : text.StartsWith('$') && !text.Contains(' ');
        }

        return actual is List<object> real && MatchesList((List<object>)expected, real, isPairs);
    }

    private bool MatchesList(List<object> wanted, List<object> real, bool isPairs)
    {
        if (wanted is ["$!unordered", ..])
        {
            return wanted.Skip(1).All(w => real.Exists(r => Matches(w, r)));
        }

        if (!isPairs)
        {
            return (wanted.Count <= real.Count && wanted.Zip(real).All(p => Matches(p.First, p.Second))) || wanted.TrueForAll(w => real.Exists(r => Matches(w, r)));
        }

        return wanted.Chunk(2).All(pair => real.Chunk(2).Any(r => Matches(pair[0], r[0]) && Matches(pair[1], r[1])));
    }

    private bool MatchesText(string expected, string actual)
    {
        if (Variable().Match(expected) is { Success: true } only && only.Length == expected.Length && only.Value != "$$" && variables.TryAdd(only.Groups["name"].Value, actual))
        {
            return true;
        }

        var filled = Fill(expected);
        return filled.Equals(actual, StringComparison.OrdinalIgnoreCase) || (IsSet(filled) && IsSet(actual) && Expand(filled).SequenceEqual(Expand(actual)));
    }

    private static bool IsSet(string text) => text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is ':' or ',');

    private static IEnumerable<uint> Expand(string set) => set.Split(',').SelectMany(range =>
    {
        var ends = range.Split(':').Select(uint.Parse).ToArray();
        return Enumerable.Range((int)ends[0], (int)(ends[^1] - ends[0] + 1)).Select(n => (uint)n);
    }).Order();

    /// <summary>Words and strings, and lists of them for what stands in parentheses or, at the beginning of a word, in brackets.</summary>
    private static List<object> Tokenize(string text)
    {
        var position = 0;
        return Tokens(text, ref position, '\0');
    }

    private static List<object> Tokens(string text, ref int i, char end)
    {
        var tokens = new List<object>();
        while (i < text.Length && text[i] != end)
        {
            switch (text[i])
            {
                case ' ' or '~':
                    i++;
                    break;
                case '(' or '[':
                    var close = text[i] == '(' ? ')' : ']';
                    i++;
                    tokens.Add(Tokens(text, ref i, close));
                    i++;
                    break;
                case '"':
                    tokens.Add(Quoted(text, ref i));
                    break;
                case '{':
                    var length = int.Parse(text[(i + 1)..text.IndexOf('}', i)]);
                    i = text.IndexOf('\n', i) + 1;
                    tokens.Add(text.Substring(i, length));
                    i += length;
                    break;
                default:
                    tokens.Add(Word(text, ref i, end));
                    break;
            }
        }

        return tokens;
    }

    private static string Quoted(string text, ref int i)
    {
        var close = i + 1;
        while (text[close] != '"')
        {
            close += text[close] == '\\' ? 2 : 1;
        }

        var value = text[(i + 1)..close].Replace("\\\"", "\"").Replace("\\\\", "\\");
        i = close + 1;
        return value;
    }

    private static string Word(string text, ref int i, char end)
    {
        var start = i++;
        var depth = 0;
        while (i < text.Length && (depth > 0 || (text[i] is not (' ' or '(' or ')') && !(text[i] == ']' && end == ']'))))
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            i++;
        }

        return text[start..i];
    }

    [GeneratedRegex(@"\$(?:\$|\{(?<name>\w+)\}|(?<name>\w+))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
