using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>What an id names.</summary>
internal enum GraphIdKind : byte
{
    /// <summary>A folder.</summary>
    Folder = 1,

    /// <summary>A message in the folder it is in; another after each move.</summary>
    Message = 2,

    /// <summary>A message wherever it is.</summary>
    ImmutableMessage = 3,
}

/// <param name="Moves">Of a message in its folder; else 0.</param>
internal readonly record struct GraphId(GraphIdKind Kind, long Key, int Moves);

/// <summary>
/// The ids of one mailbox. They are base64 and each of them has a slash, a plus and an equals sign, which a client must escape: those of Exchange
/// can have them too.
/// </summary>
internal sealed class GraphIds(string address)
{
    private const string Prefix = "AAMkAG";
    private const string ImmutablePrefix = "AAkALg";
    private const int Size = 41;
    private const int CheckedSize = 28;

    /// <summary>Three bytes at the border of a group are <c>+/+/</c> in base64.</summary>
    private static readonly byte[] Hard = [0xFB, 0xFF, 0xBF];

    private readonly byte[] mailbox = SHA256.HashData(Encoding.UTF8.GetBytes(address.ToUpperInvariant()))[..12];

    public string Write(GraphId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        mailbox.CopyTo(bytes);
        Hard.CopyTo(bytes[12..]);
        bytes[15] = (byte)id.Kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], id.Key);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], id.Moves);
        SHA256.HashData(bytes[..CheckedSize])[..(Size - CheckedSize)].CopyTo(bytes[CheckedSize..]);
        return (id.Kind == GraphIdKind.ImmutableMessage ? ImmutablePrefix : Prefix) + Convert.ToBase64String(bytes);
    }

    /// <summary>Null when it is no id of this mailbox.</summary>
    public GraphId? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Size + 3];
        if (text.Length < Prefix.Length || !Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), bytes, out var length) || length != Size)
        {
            return null;
        }

        var id = new GraphId((GraphIdKind)bytes[15], BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[24..]));
        return Enum.IsDefined(id.Kind) && Write(id) == text ? id : null;
    }
}
