using System.Buffers;
using System.Text;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>Collects what is written and passes it on in blocks.</summary>
internal sealed class MimeOutput(Stream destination)
{
    private const int BlockLength = 32 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(BlockLength * 2);

    public void Write(string text) => Encoding.UTF8.GetBytes(text, buffer);

    public void Write(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

    /// <summary>Room for bytes that the caller fills and then takes with <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int length) => buffer.GetSpan(length);

    public void Advance(int length) => buffer.Advance(length);

    /// <summary>Passes on what is there when it is a block; called often while a long body is written.</summary>
    public ValueTask FlushBlockAsync(CancellationToken ct) => buffer.WrittenCount < BlockLength ? ValueTask.CompletedTask : FlushAsync(ct);

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        await destination.WriteAsync(buffer.WrittenMemory, ct).ConfigureAwait(false);
        buffer.ResetWrittenCount();
    }
}
