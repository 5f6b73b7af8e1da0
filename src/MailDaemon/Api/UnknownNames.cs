using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>Collects the names in a request that nobody reads, and what was probably meant by each.</summary>
internal sealed class UnknownNames(bool takesIdempotencyKey)
{
    private const int MaxNames = 20;
    private const int MaxListed = 40;
    private readonly Dictionary<string, string> found = new(StringComparer.Ordinal);

    /// <param name="path">Where it stands, such as <c>actions[0].allowedactions</c>.</param>
    /// <param name="known">What could stand there.</param>
    /// <param name="elsewhere">Another place in which it would be known, in words; null when there is none.</param>
    public void Add(string path, string name, KnownNames known, string? elsewhere = null)
    {
        if (found.Count < MaxNames)
            found.TryAdd(InputProblems.Shown(path), elsewhere is null ? Advice(name, known) : $"it goes into the {elsewhere}");
    }

    /// <exception cref="MailException">400 <c>unknown_parameter</c>.</exception>
    public void ThrowIfAny()
    {
        if (found.Count == 0)
            return;
        var (path, advice) = found.First();
        throw new MailException(MailFault.InvalidInput, "unknown_parameter", $"Unknown parameter {path}: {advice}")
        {
            Details = found.ToDictionary(one => one.Key, one => "is not known; " + one.Value, StringComparer.Ordinal),
        };
    }

    private string Advice(string name, KnownNames known)
    {
        if (takesIdempotencyKey && NearestName.Fold(name) == NearestName.Fold(IdempotencyKey.Header))
            return $"it goes into the header {IdempotencyKey.Header}";
        if ((known.MeantBy(name) ?? NearestName.Of(name, known.Names)) is { } near)
            return $"did you mean {near}?";
        return known.Names.Count == 0 ? "nothing is taken here"
            : "known here: " + string.Join(", ", known.Names.Take(MaxListed)) + (known.Names.Count > MaxListed ? ", …" : "");
    }
}

/// <summary>The names that can stand in one place of a request.</summary>
/// <param name="Names">In the spelling in which they are taken.</param>
/// <param name="Mistaken">Names of other APIs, folded, and what they are called here.</param>
internal sealed record KnownNames(IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Mistaken)
{
    public static KnownNames None { get; } = new([], new Dictionary<string, string>(StringComparer.Ordinal));

    public bool Contains(string name) => Names.Contains(name, StringComparer.Ordinal);

    public string? MeantBy(string name) => Mistaken.GetValueOrDefault(NearestName.Fold(name));
}
