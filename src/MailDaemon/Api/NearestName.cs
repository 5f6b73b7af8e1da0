namespace MailDaemon.Api;

/// <summary>Finds the known name that a caller most likely meant by an unknown one. Pure.</summary>
internal static class NearestName
{
    private const int MaxLength = 64;

    /// <summary>Null when none is near.</summary>
    public static string? Of(string given, IReadOnlyList<string> known)
    {
        var folded = Fold(given);
        if (folded.Length is 0 or > MaxLength)
            return null;
        if (known.FirstOrDefault(name => Fold(name) == folded) is { } same)
            return same;
        var (nearest, distance) = known
            .Select(name => (Name: name, Distance: Distance(folded, Fold(name))))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault((Name: "", Distance: int.MaxValue));
        return distance <= Math.Max(1, folded.Length / 3) ? nearest : null;
    }

    /// <summary>Without what differs between <c>dryRun</c>, <c>DryRun</c>, <c>dry_run</c> and <c>dry-run</c>.</summary>
    public static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Insertions, deletions, replacements and swapped neighbours between two names.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
