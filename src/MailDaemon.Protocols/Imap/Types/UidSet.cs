using System.Buffers.Text;
using System.Collections;
using System.Text;

namespace MailDaemon.Protocols.Imap;

/// <summary>An unbroken run of UIDs, both ends included.</summary>
/// <param name="First">1 or more.</param>
/// <param name="Last"><see cref="uint.MaxValue"/> stands for <c>*</c> in what we send.</param>
public readonly record struct UidRange(uint First, uint Last)
{
    /// <summary>How many UIDs lie in the range.</summary>
    public long Count => (long)Last - First + 1;
}

/// <summary>
/// An immutable, ordered set of UIDs held as ranges, so that <c>1:4000000000</c> costs as little as one UID
/// (RFC 9051 §9, sequence-set).
/// </summary>
/// <remarks>An end of <see cref="uint.MaxValue"/> is written as <c>*</c>: <c>From(100)</c> is <c>100:*</c>, for which a server
/// also returns its last message when that is below 100.</remarks>
public sealed partial class UidSet : IEnumerable<uint>, IEquatable<UidSet>
{
    /// <summary>The set without members. Commands given it do nothing.</summary>
    public static readonly UidSet Empty = new([]);

    private readonly UidRange[] ranges;

    private UidSet(UidRange[] ranges) => this.ranges = ranges;

    /// <summary>The ranges in ascending order; neither overlapping nor touching.</summary>
    public IReadOnlyList<UidRange> Ranges => ranges;

    public bool IsEmpty => ranges.Length == 0;

    public long Count
    {
        get
        {
            long count = 0;
            foreach (var range in ranges)
            {
                count += range.Count;
            }

            return count;
        }
    }

    /// <summary>The smallest member; throws on an empty set.</summary>
    public uint First => ranges[0].First;

    /// <summary>The largest member; throws on an empty set.</summary>
    public uint Last => ranges[^1].Last;

    public static UidSet Single(uint uid) => Range(uid, uid);

    /// <summary>From one UID to another, in either order.</summary>
    public static UidSet Range(uint first, uint last)
    {
        ArgumentOutOfRangeException.ThrowIfZero(first);
        ArgumentOutOfRangeException.ThrowIfZero(last);
        return new UidSet([first <= last ? new UidRange(first, last) : new UidRange(last, first)]);
    }

    /// <summary>From one UID to the end of the mailbox: <c>first:*</c>.</summary>
    public static UidSet From(uint first) => Range(first, uint.MaxValue);

    /// <summary>The set of the UIDs given, in any order and with repetitions.</summary>
    public static UidSet Of(IEnumerable<uint> uids) => OfRanges(uids.Select(uid => new UidRange(uid, uid)));

    /// <summary>The union of ranges, in any order.</summary>
    public static UidSet OfRanges(IEnumerable<UidRange> parts)
    {
        var sorted = parts.ToArray();
        if (sorted.Length == 0)
        {
            return Empty;
        }

        var isSorted = true;
        for (var i = 0; i < sorted.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfZero(sorted[i].First, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfLessThan(sorted[i].Last, sorted[i].First, nameof(parts));
            isSorted &= i == 0 || sorted[i - 1].First <= sorted[i].First;
        }

        if (!isSorted)
        {
            Array.Sort(sorted, static (a, b) => a.First.CompareTo(b.First));
        }

        var count = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            ref var last = ref sorted[count - 1];
            if (sorted[i].First <= (long)last.Last + 1)
            {
                last = last with { Last = Math.Max(last.Last, sorted[i].Last) };
            }
            else
            {
                sorted[count++] = sorted[i];
            }
        }

        Array.Resize(ref sorted, count);
        return new UidSet(sorted);
    }

    /// <summary>Reads <c>1:3,5,9:*</c>. Ranges may be reversed, repeated or overlapping.</summary>
    /// <exception cref="FormatException">It is no set.</exception>
    public static UidSet Parse(string text) =>
        TryParse(Encoding.UTF8.GetBytes(text), out var set) ? set : throw new FormatException($"'{text}' is no set of UIDs");

    /// <summary>Reads a set as servers send it; an empty text is the empty set.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out UidSet set)
    {
        set = Empty;
        if (!TryParseRanges(text, out var parts))
        {
            return false;
        }

        set = OfRanges(parts);
        return true;
    }

    /// <summary>Reads the ranges in the order sent: COPYUID pairs its two sets by position (RFC 4315 §3).</summary>
    internal static bool TryParseRanges(ReadOnlySpan<byte> text, out List<UidRange> parts)
    {
        parts = [];
        while (text.Length > 0)
        {
            if (!TryParseNumber(ref text, out var first))
            {
                return false;
            }

            var last = first;
            if (text.Length > 0 && text[0] == (byte)':')
            {
                text = text[1..];
                if (!TryParseNumber(ref text, out last))
                {
                    return false;
                }
            }

            parts.Add(first <= last ? new UidRange(first, last) : new UidRange(last, first));
            if (text.Length == 0)
            {
                return true;
            }

            if (text[0] != (byte)',' || text.Length == 1)
            {
                return false;
            }

            text = text[1..];
        }

        return true;
    }

    public bool Contains(uint uid)
    {
        int low = 0, high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (uid < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (uid > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerator<uint> GetEnumerator()
    {
        foreach (var range in ranges)
        {
            for (long uid = range.First; uid <= range.Last; uid++)
            {
                yield return (uint)uid;
            }
        }
    }

    public bool Equals(UidSet? other) => other is not null && ranges.AsSpan().SequenceEqual(other.ranges);

    public override bool Equals(object? obj) => Equals(obj as UidSet);

    public override int GetHashCode() => ranges.Length == 0 ? 0 : HashCode.Combine(ranges.Length, First, Last);

    /// <summary>The shortest text: <c>1:3,5,9:*</c>; empty for the empty set.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var range in ranges)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            text.Append(range.First == uint.MaxValue ? "*" : range.First.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (range.Last == uint.MaxValue && range.First != range.Last)
            {
                text.Append(":*");
            }
            else if (range.Last != range.First)
            {
                text.Append(':').Append(range.Last);
            }
        }

        return text.ToString();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool TryParseNumber(ref ReadOnlySpan<byte> text, out uint number)
    {
        if (text.Length > 0 && text[0] == (byte)'*')
        {
            number = uint.MaxValue;
            text = text[1..];
            return true;
        }

        if (!Utf8Parser.TryParse(text, out number, out var used) || number == 0)
        {
            return false;
        }

        text = text[used..];
        return true;
    }
}
