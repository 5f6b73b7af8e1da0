using System.Text.Json;

namespace MailDaemon.Tests.Support;

/// <summary>Follows the daemon's events as an EventSource does.</summary>
public sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventReader(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    /// <summary>The id of the last event that was read.</summary>
    public string? LastId { get; private set; }

    public static async Task<EventReader> OpenAsync(DaemonApp app, string query = "", string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, $"/api/events{query}"));
        if (lastId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reader = new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        (await reader.LineAsync()).ShouldBe("retry: 2000");
        (await reader.LineAsync()).ShouldBe("");
        return reader;
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<(string Type, JsonElement Data)?> NextAsync()
    {
        string type = "", data = "";
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastId = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0 && data.Length > 0)
                return (type, JsonDocument.Parse(data).RootElement);
        }

        return null;
    }

    /// <summary>The next event of a type; those of others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Type == type)
                return next.Data;
        }

        throw new ShouldAssertException($"The stream ended before {type}");
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> LineAsync() => await _reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
}
