using System.Buffers;
using System.Buffers.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Base64 (RFC 2045 §6.8): all other characters are passed over; padding ends a group, and another may follow.</summary>
internal sealed class Base64Decoder : BodyDecoder
{
    private const int BlockLength = 4096;

    public static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private readonly byte[] block = new byte[BlockLength];
    private int held;

    public static byte[] DecodeAll(ReadOnlySpan<byte> text)
    {
        var decoder = new Base64Decoder();
        var output = new byte[decoder.MaxOutput(text.Length)];
        return output[..decoder.Decode(text, output, isLast: true)];
    }

    public override int MaxOutput(int inputLength) => ((inputLength + held) / 4 * 3) + 3;

    public override int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool isLast)
    {
        var written = 0;
        while (input.Length > 0)
        {
            var run = input.IndexOfAnyExcept(Alphabet);
            run = Math.Min(run < 0 ? input.Length : run, BlockLength - held);
            input[..run].CopyTo(block.AsSpan(held));
            held += run;
            input = input[run..];
            if (held == BlockLength)
            {
                written += DecodeGroups(output[written..]);
            }
            else if (input.Length > 0)
            {
                if (input[0] == '=' && held % 4 != 1)
                {
                    written += DecodeGroups(output[written..]);
                    written += DecodeRest(output[written..]);
                }

                input = input[1..];
            }
        }

        if (isLast)
        {
            written += DecodeGroups(output[written..]);
            written += DecodeRest(output[written..]);
        }

        return written;
    }

    /// <summary>Decodes the whole groups held and moves the rest to the front.</summary>
    private int DecodeGroups(Span<byte> output)
    {
        var whole = held / 4 * 4;
        Base64.DecodeFromUtf8(block.AsSpan(0, whole), output, out _, out var written, isFinalBlock: false);
        block.AsSpan(whole, held - whole).CopyTo(block);
        held -= whole;
        return written;
    }

    /// <summary>Two characters held give a byte, three give two; one alone gives nothing.</summary>
    private int DecodeRest(Span<byte> output)
    {
        var count = held;
        held = 0;
        if (count < 2)
        {
            return 0;
        }

        block.AsSpan(count, 4 - count).Fill((byte)'A');
        Span<byte> group = stackalloc byte[3];
        Base64.DecodeFromUtf8(block.AsSpan(0, 4), group, out _, out _, isFinalBlock: false);
        group[..(count - 1)].CopyTo(output);
        return count - 1;
    }
}
