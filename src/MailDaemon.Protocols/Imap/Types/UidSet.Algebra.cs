namespace MailDaemon.Protocols.Imap;

// Union, difference, intersection, and cutting into pieces.
public sealed partial class UidSet
{
    public UidSet Union(UidSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return IsEmpty ? other : this;
        }

        return OfRanges(ranges.Concat(other.ranges));
    }

    /// <summary>The members that <paramref name="other"/> has not.</summary>
    public UidSet Except(UidSet other)
    {
        var result = new List<UidRange>();
        var skip = 0;
        foreach (var range in ranges)
        {
            long from = range.First;
            while (skip < other.ranges.Length && other.ranges[skip].Last < from)
            {
                skip++;
            }

            for (var i = skip; i < other.ranges.Length && other.ranges[i].First <= range.Last && from <= range.Last; i++)
            {
                if (other.ranges[i].First > from)
                {
                    result.Add(new UidRange((uint)from, other.ranges[i].First - 1));
                }

                from = (long)other.ranges[i].Last + 1;
            }

            if (from <= range.Last)
            {
                result.Add(new UidRange((uint)from, range.Last));
            }
        }

        return result.Count == 0 ? Empty : new UidSet([.. result]);
    }

    /// <summary>The members that both have.</summary>
    public UidSet Intersect(UidSet other)
    {
        var result = new List<UidRange>();
        int i = 0, j = 0;
        while (i < ranges.Length && j < other.ranges.Length)
        {
            var first = Math.Max(ranges[i].First, other.ranges[j].First);
            var last = Math.Min(ranges[i].Last, other.ranges[j].Last);
            if (first <= last)
            {
                result.Add(new UidRange(first, last));
            }

            _ = ranges[i].Last < other.ranges[j].Last ? i++ : j++;
        }

        return result.Count == 0 ? Empty : new UidSet([.. result]);
    }

    /// <summary>
    /// Cuts the set into ascending pieces whose text is at most <paramref name="maxLength"/> bytes (no less than one range)
    /// and whose members are at most <paramref name="maxCount"/>. An open end (<c>n:*</c>) counts as one piece.
    /// </summary>
    public IEnumerable<UidSet> Split(int maxLength, long maxCount = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        var piece = new List<UidRange>();
        var length = 0;
        long count = 0;
        foreach (var whole in ranges)
        {
            var rest = whole;
            while (true)
            {
                var isOpen = rest.Last == uint.MaxValue;
                var take = isOpen || rest.Count <= maxCount - count ? rest : rest with { Last = (uint)(rest.First + (maxCount - count) - 1) };
                var isFull = count >= maxCount || (isOpen && count > 0 && maxCount != long.MaxValue);
                var text = isFull ? 0 : Length(take) + (piece.Count > 0 ? 1 : 0);
                if (isFull || (piece.Count > 0 && length + text > maxLength))
                {
                    yield return new UidSet([.. piece]);
                    piece.Clear();
                    length = 0;
                    count = 0;
                    continue;
                }

                piece.Add(take);
                length += text;
                count += take.Count;
                if (take.Last == rest.Last)
                {
                    break;
                }

                rest = rest with { First = take.Last + 1 };
            }
        }

        if (piece.Count > 0)
        {
            yield return new UidSet([.. piece]);
        }
    }

    private static int Length(UidRange range) =>
        Digits(range.First) + (range.First == range.Last ? 0 : 1 + Digits(range.Last));

    private static int Digits(uint number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }
}
