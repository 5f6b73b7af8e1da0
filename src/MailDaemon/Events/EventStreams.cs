using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace MailDaemon.Events;

/// <summary>Writes events to callers as they happen, as server-sent events (WHATWG HTML §9.2).</summary>
internal sealed class EventStreams(EventHub hub, MailReading reading, TimeProvider time, IOptions<JsonOptions> json, IHostApplicationLifetime lifetime)
{
    /// <summary>Each holds a connection for as long as it likes.</summary>
    private const int MostStreams = 32;

    private const int AtOnce = 200;

    /// <summary>Proxies and routers forget a connection on which nothing is said.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private static readonly byte[] Beginning = "retry: 2000\n\n"u8.ToArray();
    private static readonly byte[] Comment = ": nothing new\n\n"u8.ToArray();

    private readonly JsonTypeInfo<EventView> view = (JsonTypeInfo<EventView>)json.Value.SerializerOptions.GetTypeInfo(typeof(EventView));
    private int open;

    /// <param name="lastId">The last event that the caller has; null for what happens from now on.</param>
    /// <param name="follow">Whether to wait for more; else the stream ends with the newest event.</param>
    /// <exception cref="MailException">TooMany <c>too_many_streams</c>; InvalidInput: not an id of an event.</exception>
    public async Task WriteAsync(HttpContext context, EventFilter filter, string? lastId, bool follow)
    {
        var (after, isLost) = Place(lastId);
        if (Interlocked.Increment(ref open) > MostStreams)
        {
            Interlocked.Decrement(ref open);
            throw new MailException(MailFault.TooMany, "too_many_streams", $"{MostStreams} callers follow the events already. End one of them first.");
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(Beginning, ended.Token);
            if (isLost)
                await WriteResetAsync(context.Response, after, ended.Token);
            await WriteAsync(context.Response, filter, after, follow, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The caller left, or the daemon stops; whoever wants more comes back with the last id.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task WriteAsync(HttpResponse response, EventFilter filter, long after, bool follow, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var page = hub.Read(after, AtOnce);
            if (page.IsGap)
            {
                after = hub.Last;
                await WriteResetAsync(response, after, ct);
            }
            else if (page.Events.Count > 0)
            {
                after = page.Events[^1].Number;
                buffer.ResetWrittenCount();
                foreach (var e in page.Events.Where(filter.Wants))
                    Write(buffer, e.Type, Id(e.Number), EventView.Of(e, Id(e.Number), reading));
                await response.Body.WriteAsync(buffer.WrittenMemory, ct);
            }
            else if (!follow)
            {
                return;
            }
            else
            {
                await response.Body.FlushAsync(ct);
                if (!await HasMoreAsync(after, ct))
                    await response.Body.WriteAsync(Comment, ct);
            }
        }
    }

    private async Task<bool> HasMoreAsync(long after, CancellationToken ct)
    {
        try
        {
            await hub.WaitAsync(after, ct).WaitAsync(KeepAlive, time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What happened in between is not known any more: whoever keeps a copy reads the lists anew and goes on from here.</summary>
    private async Task WriteResetAsync(HttpResponse response, long at, CancellationToken ct) =>
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"id: {Id(at)}\nevent: reset\ndata: {{\"id\":\"{Id(at)}\",\"type\":\"reset\"}}\n\n"), ct);

    private void Write(ArrayBufferWriter<byte> buffer, string type, string id, EventView e)
    {
        buffer.Write(Encoding.UTF8.GetBytes($"id: {id}\nevent: {type}\ndata: "));
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = json.Value.SerializerOptions.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(writer, e, view);
        buffer.Write("\n\n"u8);
    }

    /// <summary>From which event on, and whether some before it are lost: those of another run of the daemon are.</summary>
    private (long After, bool IsLost) Place(string? lastId)
    {
        var now = hub.Last;
        if (lastId is null)
            return (now, false);
        var dash = lastId.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || !long.TryParse(lastId.AsSpan(dash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
            throw MailException.InvalidInput("invalid_parameter", "lastEventId is the id of an event, as 19ab3c-42");
        return lastId.AsSpan(0, dash).SequenceEqual(hub.Run) && number <= now ? (number, false) : (now, true);
    }

    private string Id(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{hub.Run}-{number}");
}
