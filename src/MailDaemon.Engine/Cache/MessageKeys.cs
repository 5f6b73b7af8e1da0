using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// The names we give: derived, never drawn, so that a rebuilt cache gives the same ones.
/// </summary>
internal static class MessageKeys
{
    private const int HashBytes = 16;
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>128 bits of what makes two copies of a mail equal.</summary>
    public static byte[] Identity(string identity) => SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, HashBytes).ToArray();

    /// <summary><c>m_</c> and 128 bits over account, identity and the ordinal among equals.</summary>
    public static string Key(AccountKey account, ReadOnlySpan<byte> identity, int ordinal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(account.ToString()));
        hash.AppendData([0]);
        hash.AppendData(identity);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, ordinal);
        hash.AppendData(number);
        return "m_" + Encode(hash.GetHashAndReset());
    }

    /// <summary><c>t_</c>, a letter, and a hash of the message that a conversation goes back to.</summary>
    /// <param name="standing">How sure that is: <c>a</c> before <c>b</c> before <c>c</c>.</param>
    /// <param name="root">Its Message-ID, or its identity where it has none.</param>
    public static string Thread(AccountKey account, char standing, string root) => $"t_{standing}{Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{account}\0{root}")))}";

    /// <summary>RFC 4648 §6 in lower case, without padding, of the first 16 bytes.</summary>
    private static string Encode(ReadOnlySpan<byte> hash)
    {
        Span<char> text = stackalloc char[(HashBytes * 8 + 4) / 5];
        int bits = 0, held = 0, length = 0;
        foreach (var octet in hash[..HashBytes])
        {
            held = (held << 8) | octet;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text[length++] = Base32[(held >> bits) & 31];
            }

            held &= (1 << bits) - 1;
        }

        if (bits > 0)
            text[length++] = Base32[(held << (5 - bits)) & 31];
        return text[..length].ToString();
    }
}
