using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>Publishing for people and other programs, and sweeping: what is done beside the passes.</summary>
public sealed partial class MailCache
{
    /// <summary>At most once in so long.</summary>
    public static readonly TimeSpan PublishInterval = TimeSpan.FromSeconds(3);

    private const int Shards = 256;
    private const int MaxPublishedRefusals = 1_000;
    private readonly SemaphoreSlim _publishing = new(1, 1);
    private long _publishedItemsVersion = -1;
    private long _publishedSyncVersion = -1;
    private long _publishedAt;
    private TimeSpan _publishingTook;
    private int _sweptShards;

    /// <summary>
    /// Writes <c>index.json</c> (the newest messages) and <c>sync.json</c>, each replaced as a whole and only if it would say something new.
    /// False: published a moment ago, call again.
    /// </summary>
    public Task<bool> PublishAsync(CancellationToken ct) => PublishAsync(isLast: false, ct);

    /// <param name="isLast">Whether nobody will call again: then it is never too early.</param>
    internal async Task<bool> PublishAsync(bool isLast, CancellationToken ct)
    {
        await _publishing.WaitAsync(ct);
        try
        {
            ThrowIfClosed();
            var items = Version;
            var sync = SyncVersion;
            if (sync == _publishedSyncVersion)
                return true;
            if (!isLast && _publishedAt != 0 && _time.GetElapsedTime(_publishedAt) < Pause())
                return false;
            var began = _time.GetTimestamp();
            if (items != _publishedItemsVersion)
                await PrivateFiles.ReplaceAsync(_paths.IndexJson, stream => WriteIndexAsync(stream, ct));
            PrivateFiles.Replace(_paths.SyncJson, JsonSerializer.SerializeToUtf8Bytes(Snapshot(), PublishedJson.Readable.PublishedSync));
            (_publishedItemsVersion, _publishedSyncVersion, _publishedAt) = (items, sync, _time.GetTimestamp());
            _publishingTook = _time.GetElapsedTime(began);
            return true;
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>Looks at the next of 256 parts of the content files and deletes those that no message names. False: all were looked at.</summary>
    public async Task<bool> SweepNextAsync(CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            if (_sweptShards == Shards)
                return false;
            Read(reader => _contents.Sweep(
                _sweptShards, hash => reader.Number("select 1 from messages where content = ?1 limit 1", hash) is not null));
            _sweptShards++;
            return true;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Long enough for publishing to take a twentieth of the time at most: while a first pass runs there is always something new to say.</summary>
    private TimeSpan Pause() => _publishingTook * 20 > PublishInterval ? _publishingTook * 20 : PublishInterval;

    private async Task WriteIndexAsync(Stream stream, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = PublishedJson.Readable.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("provider", Account.Provider.Name());
        json.WriteString("email", Account.Email);
        json.WritePropertyName("updatedAt");
        JsonSerializer.Serialize(json, _time.GetUtcNow(), PublishedJson.Readable.DateTimeOffset);
        json.WriteNumber("total", Folders().Sum(folder => folder.Total));
        json.WriteStartArray("messages");
        for (var offset = 0; offset < _publishedItems; offset += MessageQuery.MostItems)
        {
            var memory = Memory();
            var query = new MessageQuery { Offset = offset, Limit = Math.Min(MessageQuery.MostItems, _publishedItems - offset) };
            var page = Read(reader => ReadPage(reader, memory, query));
            foreach (var item in page.Messages)
                JsonSerializer.Serialize(json, item, PublishedJson.Readable.MessageItem);
            await json.FlushAsync(ct);
            if (page.Messages.Count < query.Limit)
                break;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private PublishedSync Snapshot()
    {
        var summary = Summary();
        var refused = Refused().Take(MaxPublishedRefusals).ToLookup(row => row.Folder, StringComparer.Ordinal);
        return new PublishedSync(
            Account.Provider.Name(),
            Account.Email,
            _time.GetUtcNow(),
            summary.Total,
            summary.Unread,
            summary.LastPass,
            summary.Progress,
            [.. Folders().Select(folder => new PublishedFolder(
                folder.Folder.Path, folder.Folder.Role.Name(), folder.Total, folder.Unread, folder.LastPass, folder.Error)
            {
                Refused = refused[folder.Folder.Path].ToList() is { Count: > 0 } rows ? rows : null,
            })],
            Read(reader => reader.Query(
                "select name, cursor from scopes order by name", row => new PublishedCursor(row.GetString(0), RowMapper.TextOrNull(row, 1)))));
    }
}
