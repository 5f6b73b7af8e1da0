using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>Collects what is wrong with the values of a request, by field.</summary>
internal sealed class InputProblems
{
    private const int MaxProblems = 20;
    private const int MaxShown = 64;
    private readonly Dictionary<string, string> found = new(StringComparer.Ordinal);

    public void Add(string name, string problem)
    {
        if (found.Count < MaxProblems)
            found.TryAdd(Shown(name), problem);
    }

    /// <exception cref="MailException">400 <c>invalid_parameter</c>.</exception>
    public void ThrowIfAny()
    {
        if (found.Count > 0)
            throw ToException();
    }

    public MailException ToException()
    {
        var (name, problem) = found.First();
        return new MailException(MailFault.InvalidInput, "invalid_parameter", $"{(name.Length == 0 ? "The body" : name)} {problem}")
        {
            Details = found,
        };
    }

    /// <summary>A name as it can stand in a reply.</summary>
    public static string Shown(string text)
    {
        var clean = string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxShown));
        return clean.Length == text.Length ? clean : clean + "…";
    }
}
