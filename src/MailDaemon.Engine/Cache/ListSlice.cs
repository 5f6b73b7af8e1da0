using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>One account's part of a list over several. Instants are Unix milliseconds.</summary>
internal sealed class ListSlice(MailCache cache, ListMemory memory, ListView view, long since, int total)
{
    /// <summary>Messages of the list.</summary>
    public int Total => total;

    /// <summary>The dates of every 512th message up to <paramref name="offset"/>, and of the end of time.</summary>
    public IEnumerable<long> Dates(int offset) => Places(offset).Select(place => place.Date);

    /// <summary>How many are later than a date.</summary>
    public int CountAfter(long date)
    {
        if (date == long.MaxValue)
            return 0;
        var offset = total;
        var places = Places(offset);
        var index = places.FindLastIndex(place => place.Date > date);
        return (index * ListMemory.Stride) + cache.ReadPlaces(view, places[index], ListMemory.Stride, since).Count(place => place.Date > date);
    }

    /// <summary>Places from a date on, that date included.</summary>
    public List<ListPlace> From(long date, int limit) => cache.ReadPlaces(view, new ListPlace(date, long.MaxValue), limit, since);

    public IReadOnlyList<MessageItem> Items(List<ListPlace> places) => cache.ReadItems(places);

    private List<ListPlace> Places(int offset) => cache.Places(memory, view, offset);
}
