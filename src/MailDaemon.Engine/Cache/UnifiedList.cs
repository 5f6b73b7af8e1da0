using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// The lists of several accounts as one, newest first. A far page costs what the first one does: where in the lists it begins is found
/// from every 512th place of each, and only the stretch around it is merged.
/// </summary>
public static class UnifiedList
{
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>: no account has a folder of this path.</exception>
    public static MessagePage Read(IReadOnlyList<MailCache> caches, MessageQuery query)
    {
        if (caches.Count == 1)
            return caches[0].List(query);
        var slices = Slices(caches, query);
        var total = slices.Sum(slice => slice.Total);
        if (query.Offset >= total)
            return new MessagePage([], total, query.Offset, query.Limit);
        var cut = CutBefore(slices, query.Offset);
        var skip = query.Offset - slices.Sum(slice => slice.CountAfter(cut));
        var places = slices
            .SelectMany((slice, i) => slice.From(cut, skip + query.Limit).Select(place => (Slice: i, Place: place)))
            .OrderByDescending(entry => entry.Place.Date)
            .ThenBy(entry => entry.Slice)
            .ThenByDescending(entry => entry.Place.Id)
            .Skip(skip)
            .Take(query.Limit)
            .ToList();
        var items = slices.Select((slice, i) => new Queue<MessageItem>(slice.Items([.. places.Where(entry => entry.Slice == i).Select(entry => entry.Place)]))).ToList();

        // A message that went since the places were read is left out.
        return new MessagePage([.. places.Select(entry => items[entry.Slice].TryDequeue(out var item) ? item : null).OfType<MessageItem>()], total, query.Offset, query.Limit);
    }

    private static List<ListSlice> Slices(IReadOnlyList<MailCache> caches, MessageQuery query)
    {
        var slices = new List<ListSlice>();
        MailException? missing = null;
        foreach (var cache in caches)
        {
            try
            {
                slices.Add(cache.Slice(query));
            }
            catch (MailException e) when (e.Code == "folder_not_found")
            {
                missing = e;
            }
        }

        return slices.Count == 0 && missing is not null ? throw missing : slices;
    }

    /// <summary>The earliest of the known dates after which no more than <paramref name="offset"/> messages came.</summary>
    private static long CutBefore(List<ListSlice> slices, int offset)
    {
        var dates = slices.SelectMany(slice => slice.Dates(offset)).Distinct().OrderDescending().ToList();
        var (low, high) = (0, dates.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (slices.Sum(slice => slice.CountAfter(dates[middle])) <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return dates[low];
    }
}
