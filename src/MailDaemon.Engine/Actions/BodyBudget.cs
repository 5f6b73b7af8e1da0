using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Bounds the bodies of a page together. Short ones stay whole, and the long ones are cut to one length. Pure.</summary>
internal static class BodyBudget
{
    /// <param name="max">Characters (UTF-16) of all bodies; null: no bound.</param>
    public static IReadOnlyList<T> Cut<T>(IReadOnlyList<T> items, int? max)
        where T : MessageItem
    {
        List<int> lengths = [.. items.Select(item => item.Body?.Content.Length ?? 0).Order()];
        if (max is not { } left || lengths.Sum(length => (long)length) <= left)
            return items;

        // The shortest take what they need; what is left is shared by the others.
        var index = 0;
        while (lengths[index] <= left / (lengths.Count - index))
            left -= lengths[index++];
        var share = left / (lengths.Count - index);
        return [.. items.Select(item => item.Body is { } body && body.Content.Length > share ? (T)(item with { Body = body.CutAt(share) }) : item)];
    }
}
