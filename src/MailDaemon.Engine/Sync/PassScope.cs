namespace MailDaemon.Engine.Sync;

/// <summary>What a pass looks at.</summary>
/// <param name="IsThorough">Whether flags are compared also where the server has no mod-sequences and its counts say that nothing changed.</param>
/// <param name="Folders">The scopes that are read, whatever the server says of the others; null for all.</param>
public sealed record PassScope(bool IsThorough, IReadOnlySet<string>? Folders)
{
    /// <summary>The timer's pass: all folders that may have changed.</summary>
    public static PassScope Poll { get; } = new(IsThorough: false, Folders: null);

    /// <summary>Somebody asked: what the cache says afterwards is what the server said.</summary>
    public static PassScope Thorough { get; } = new(IsThorough: true, Folders: null);

    /// <summary>The server told of these folders; of anything when there are none.</summary>
    public static PassScope Of(IReadOnlyCollection<string> folders) =>
        folders.Count == 0 ? Poll : new PassScope(IsThorough: true, folders.ToHashSet(StringComparer.Ordinal));

    /// <summary>Whether a pass over this also does for one who wants the other.</summary>
    public bool Covers(PassScope other) =>
        (IsThorough || !other.IsThorough) && (Folders is null || (other.Folders is not null && other.Folders.IsSubsetOf(Folders)));
}
