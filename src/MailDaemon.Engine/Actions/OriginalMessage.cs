using System.Buffers;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Actions;

/// <summary>A message byte for byte as its server has it, in a file of ours until it is disposed. Costs no memory that grows with it.</summary>
internal sealed class OriginalMessage(string path) : IDisposable
{
    private readonly IMemoryOwner<byte> _file = MappedFile.Open(path);

    public ReadOnlyMemory<byte> Bytes => _file.Memory;

    public MimeMessage Message => field ??= MimeParser.Parse(Bytes);

    public void Dispose()
    {
        _file.Dispose();
        PrivateFiles.DeleteQuietly(path);
    }
}
