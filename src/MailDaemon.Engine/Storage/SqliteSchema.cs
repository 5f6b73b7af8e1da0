namespace MailDaemon.Engine.Storage;

/// <summary>What a database file is made of and how it is treated.</summary>
/// <param name="Name">For messages to people: <c>store.db</c> or <c>index.db</c>.</param>
/// <param name="Scripts">
/// The whole history in order, each a step of <c>PRAGMA user_version</c>. A script that has been released is never edited; the next one changes what it made.
/// </param>
/// <param name="IsDurable">Commits reach the disk before they return (<c>synchronous=FULL</c>); otherwise the last ones may be lost with the power, never torn.</param>
/// <param name="IsRebuildable">A damaged file is set aside and begun anew; otherwise it is refused and left untouched.</param>
public sealed record SqliteSchema(string Name, IReadOnlyList<string> Scripts, bool IsDurable, bool IsRebuildable)
{
    /// <summary>Pages that are not used any more can be given back (<c>auto_vacuum = incremental</c>), in files that were begun so.</summary>
    public bool MayShrink { get; init; }

    public int Version => Scripts.Count;
}
