using System.Text.Json;

namespace MailDaemon.Api;

/// <summary>The body of a request as JSON. One that is large, or does not say how large it is, comes through a file.</summary>
internal sealed class RequestBody(JsonDocument document, IDisposable? turn) : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    public JsonElement Root => document.RootElement;

    public static bool MayBeLarge(HttpRequest request) => request.ContentLength is null or > BodyBudget.SmallBytes;

    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="Engine.Messages.MailException">TooMany <c>too_many_bytes</c>.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, JsonDocumentOptions options, CancellationToken ct) => MayBeLarge(request)
        ? await ReadLargeAsync(request, options, ct)
        : new RequestBody(await JsonDocument.ParseAsync(request.BodyReader.AsStream(), options, ct), null);

    public void Dispose()
    {
        document.Dispose();
        turn?.Dispose();
    }

    private static async Task<RequestBody> ReadLargeAsync(HttpRequest request, JsonDocumentOptions options, CancellationToken ct)
    {
        var budget = request.HttpContext.RequestServices.GetRequiredService<BodyBudget>();
        var share = budget.Open();

        // Until the end of the request: what was made of the body is held as long.
        request.HttpContext.Response.RegisterForDispose(share);
        share.Take(request.ContentLength ?? 0);
        await using var file = budget.NewFile();
        await CopyAsync(request, file, share, ct);

        var turn = file.Length > BodyBudget.SmallBytes ? await budget.EnterParsingAsync(ct) : null;
        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>(checked((int)file.Length));
            file.Position = 0;
            await file.ReadExactlyAsync(bytes, ct);
            return new RequestBody(JsonDocument.Parse(bytes, options), turn);
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    // A body that does not say its length is counted as it comes.
    private static async Task CopyAsync(HttpRequest request, FileStream file, BodyBudget.Share share, CancellationToken ct)
    {
        var body = request.BodyReader.AsStream();
        var buffer = new byte[BufferBytes];
        int count;
        while ((count = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (request.ContentLength is null)
                share.Take(count);
            await file.WriteAsync(buffer.AsMemory(0, count), ct);
        }
    }
}
