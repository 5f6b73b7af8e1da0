using MailDaemon.Engine.Accounts;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What a pass begins with: the cursor of before, brought in line with the folders and settings of now. Pure.</summary>
/// <param name="IsChanged">Whether it differs from the cursor of before.</param>
/// <param name="Gone">Paths of folders that were read and are not there any more.</param>
/// <param name="Unwanted">Paths of folders that were read and are not wanted any more.</param>
internal sealed record OutlookPlan(OutlookCursor Cursor, bool IsChanged, IReadOnlyList<string> Gone, IReadOnlyList<string> Unwanted)
{
    public static OutlookPlan Of(OutlookCursor? before, IReadOnlyList<OutlookFolder> folders, AccountSettings settings, Func<string, int> heldIn, DateTimeOffset now)
    {
        // The server tells dates in whole seconds: what comes in this one is new.
        var second = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);
        var known = before ?? new OutlookCursor { Began = second, CountedAt = now };
        var entries = folders.ToDictionary(folder => folder.Id, folder => Of(known, known.Folders.GetValueOrDefault(folder.Id), folder, settings, heldIn, now), StringComparer.Ordinal);
        var cursor = known with { Folders = known.Folders.Clear().AddRange(entries) };
        var isChanged = before is null || !cursor.Folders.SequenceEqual(known.Folders);
        var read = known.Folders.Where(entry => !entry.Value.IsOff).ToList();
        return new OutlookPlan(
            cursor,
            isChanged,
            [.. read.Where(entry => !entries.ContainsKey(entry.Key)).Select(entry => entry.Value.Path)],
            [.. read.Where(entry => entries.TryGetValue(entry.Key, out var next) && next.IsOff).Select(entry => entries[entry.Key].Path)]);
    }

    private static OutlookFolderCursor Of(OutlookCursor cursor, OutlookFolderCursor? before, OutlookFolder folder, AccountSettings settings, Func<string, int> heldIn, DateTimeOffset now)
    {
        var isOff = !settings.Wants(folder.Folder);

        // A folder that was made since: mail that nobody saw before is new in it too. What the cache has under its name was of another.
        var entry = before ?? new OutlookFolderCursor { Path = folder.Path, Since = cursor.SeenUntil, Days = settings.SyncDays, Total = folder.Total, IsOff = isOff, IsDoubtful = heldIn(folder.Path) > 0 };
        entry = entry with { Path = folder.Path, IsOff = isOff };
        if (before is null || isOff)
            return isOff ? new OutlookFolderCursor { Path = folder.Path, Since = entry.Since, Days = settings.SyncDays, IsOff = true } : entry;

        // Wanted again: all that is there by now is old.
        if (before.IsOff)
            return new OutlookFolderCursor { Path = folder.Path, Since = now, Days = settings.SyncDays, Total = folder.Total };

        // More of it is wanted: it is walked again. Of what is no longer wanted nothing is removed.
        var isWider = before.Days > 0 && (settings.SyncDays == 0 || settings.SyncDays > before.Days);
        return isWider ? entry with { Days = settings.SyncDays, DeltaLink = null, NextLink = null, Done = 0, Total = folder.Total } : entry with { Days = settings.SyncDays };
    }
}
