using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Net;

/// <summary>Kinds of records that are asked for (RFC 1035 §3.2.2, RFC 2782).</summary>
internal enum DnsRecordType : ushort
{
    Mx = 15,
    Srv = 33,
}

/// <param name="Priority">Lower is better.</param>
/// <param name="Weight">SRV only; higher is better among equal priorities.</param>
/// <param name="Port">SRV only.</param>
/// <param name="Host">Lower case, without the final dot; empty for the root.</param>
internal readonly record struct DnsRecord(ushort Priority, ushort Weight, ushort Port, string Host);

/// <summary>Writes questions and reads answers of DNS (RFC 1035 §4). Pure; answers come from outside and are trusted in nothing.</summary>
internal static class DnsMessage
{
    private const int HeaderBytes = 12;
    private const int MaxRecords = 64;

    /// <summary>Compression pointers followed in one name; real answers need one or two.</summary>
    private const int MaxPointers = 16;

    /// <exception cref="ArgumentException">The name has an empty or too long label.</exception>
    public static byte[] WriteQuestion(ushort id, string name, DnsRecordType type)
    {
        var ascii = new IdnMapping().GetAscii(name.TrimEnd('.'));
        var bytes = new List<byte>(HeaderBytes + ascii.Length + 6)
        {
            (byte)(id >> 8), (byte)id,
            0x01, 0x00, // recursion desired
            0, 1, 0, 0, 0, 0, 0, 0,
        };
        foreach (var label in ascii.Split('.'))
        {
            if (label.Length is 0 or > 63)
            {
                throw new ArgumentException("A label of a domain name has 1 to 63 characters", nameof(name));
            }

            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, 0, (byte)type, 0, 1]);
        return [.. bytes];
    }

    /// <summary>Whether the answer did not fit and must be asked for over TCP.</summary>
    public static bool IsTruncated(ReadOnlySpan<byte> answer) => answer.Length > 2 && (answer[2] & 0x02) != 0;

    /// <summary>The records of an answer; null when it is not an answer to this question, empty when there are none.</summary>
    public static IReadOnlyList<DnsRecord>? ReadAnswer(ReadOnlySpan<byte> answer, ushort id, DnsRecordType type)
    {
        if (answer.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(answer) != id || (answer[2] & 0x80) == 0)
        {
            return null;
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(answer[4..]);
        var count = Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(answer[6..]), MaxRecords);
        var position = HeaderBytes;
        var records = new List<DnsRecord>();
        for (var i = 0; i < questions; i++)
        {
            if (ReadName(answer, ref position) is null)
            {
                return records;
            }

            position += 4;
        }

        for (var i = 0; i < count && ReadRecord(answer, ref position, type) is { } record; i++)
        {
            if (record.Host is not null)
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>One record; with a null host when it is of another type, null when the answer ends.</summary>
    private static DnsRecord? ReadRecord(ReadOnlySpan<byte> answer, ref int position, DnsRecordType type)
    {
        if (ReadName(answer, ref position) is null || position + 10 > answer.Length)
        {
            return null;
        }

        var found = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(answer[position..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(answer[(position + 8)..]);
        var start = position + 10;
        position = start + length;
        if (position > answer.Length)
        {
            return null;
        }

        var fixedBytes = type == DnsRecordType.Mx ? 2 : 6;
        if (found != type || length <= fixedBytes)
        {
            return default(DnsRecord) with { Host = null! };
        }

        var at = start + fixedBytes;
        var host = ReadName(answer, ref at);
        return type == DnsRecordType.Mx
            ? new DnsRecord(Number(answer, start), 0, 0, host!)
            : new DnsRecord(Number(answer, start), Number(answer, start + 2), Number(answer, start + 4), host!);
    }

    private static ushort Number(ReadOnlySpan<byte> answer, int at) => BinaryPrimitives.ReadUInt16BigEndian(answer[at..]);

    /// <summary>A name with its compression (RFC 1035 §4.1.4); null when it is broken.</summary>
    private static string? ReadName(ReadOnlySpan<byte> answer, ref int position)
    {
        var name = new StringBuilder();
        var at = position;
        var pointers = 0;
        while (at < answer.Length)
        {
            var length = answer[at];
            if (length == 0)
            {
                position = pointers == 0 ? at + 1 : position;
                return name.ToString().ToLowerInvariant();
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= answer.Length || ++pointers > MaxPointers)
                {
                    return null;
                }

                position = pointers == 1 ? at + 2 : position;
                at = ((length & 0x3F) << 8) | answer[at + 1];
                continue;
            }

            if (length > 63 || at + 1 + length > answer.Length || name.Length > 255)
            {
                return null;
            }

            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(answer.Slice(at + 1, length)));
            at += 1 + length;
        }

        return null;
    }
}
