namespace MailDaemon.Tests.Support;

/// <summary>The beginning of a reply whose connection breaks.</summary>
internal sealed class BrokenStream(params byte[] beginning) : MemoryStream(beginning)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new HttpIOException(HttpRequestError.ResponseEnded);

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
        Task.FromException(new HttpIOException(HttpRequestError.ResponseEnded));
}
