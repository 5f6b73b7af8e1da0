using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace MailDaemon.Engine.Storage;

/// <summary>A file of ours that does not change any more, read as memory: the system brings in the pages that are looked at, so that a large file costs no heap.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly int _length;

    private MappedFile(string path, int length)
    {
        _length = length;
        if (length == 0)
            return; // An empty file cannot be mapped.
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <exception cref="IOException">It has 2 GB or more, or cannot be read.</exception>
    public static IMemoryOwner<byte> Open(string path) => new FileInfo(path).Length is var length and <= int.MaxValue
        ? new MappedFile(path, (int)length)
        : throw new IOException($"'{path}' has more than 2 GB.");

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
        // It does not move.
    }

    protected override void Dispose(bool disposing)
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }
}
