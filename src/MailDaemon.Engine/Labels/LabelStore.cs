using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Labels;

/// <summary>
/// Labels and, for those that no server carries, which messages have them: by key, so that they survive moves and cache rebuilds.
/// Thread-safe; reading labels never waits.
/// </summary>
public sealed partial class LabelStore
{
    private const string Columns = "id, provider, email, name, color, visible, position, native, native_id, native_color, renaming";
    private readonly SqliteFile store;
    private readonly SemaphoreSlim changing = new(1, 1);
    private volatile ImmutableList<Label> labels;

    public LabelStore(SqliteFile store)
    {
        this.store = store;
        labels = [.. store.Read(reader => reader.Query($"select {Columns} from labels order by position, id", Map))];
    }

    /// <summary>Those of people, in their order.</summary>
    public IReadOnlyList<Label> All() => labels;

    /// <summary>Those of an account that its server has, as they were last listed.</summary>
    public IReadOnlyList<Label> Served(AccountKey account) => [.. All().Where(label => label.Account == account && label.Native is not null)];

    public Label? Find(string id) => labels.Find(label => label.Id == id);

    /// <exception cref="MailException">Conflict <c>label_exists</c>: of this account, or of all, one has the name.</exception>
    public async Task<Label> AddAsync(Label label, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            RequireFree(label);
            var added = label with { Id = "l_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Order = labels.IsEmpty ? 0 : labels.Max(other => other.Order) + 1 };
            await store.WriteAsync(
                writer => writer.Execute(
                    $"insert into labels ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    added.Id,
                    added.Account?.Provider.Name(),
                    added.Account?.Email,
                    added.Name,
                    added.Color,
                    added.IsVisible ? 1 : 0,
                    added.Order,
                    added.Native,
                    added.NativeId,
                    added.NativeColor,
                    added.Renaming),
                ct);
            labels = labels.Add(added);
            return added;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <exception cref="MailException">NotFound <c>label_not_found</c>; Conflict <c>label_exists</c>.</exception>
    public async Task<Label> UpdateAsync(string id, Func<Label, Label> change, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            var changed = change(Find(id) ?? throw NotThere(id));
            RequireFree(changed);
            await store.WriteAsync(
                writer => writer.Execute(
                    "update labels set name = ?2, color = ?3, visible = ?4, position = ?5, native = ?6, native_id = ?7, native_color = ?8, renaming = ?9 where id = ?1",
                    id,
                    changed.Name,
                    changed.Color,
                    changed.IsVisible ? 1 : 0,
                    changed.Order,
                    changed.Native,
                    changed.NativeId,
                    changed.NativeColor,
                    changed.Renaming),
                ct);
            labels = [.. labels.Select(label => label.Id == id ? changed : label).OrderBy(label => label.Order)];
            return changed;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>The label and its links.</summary>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            await store.WriteAsync(
                writer =>
                {
                    writer.Execute("delete from label_links where label_id = ?1", id);
                    writer.Execute("delete from labels where id = ?1", id);
                },
                ct);
            labels = labels.RemoveAll(label => label.Id == id);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>An account's own labels, and what its messages have of the global ones.</summary>
    public async Task RemoveAccountAsync(AccountKey account, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            await store.WriteAsync(
                writer =>
                {
                    var (provider, email) = (account.Provider.Name(), account.Email);
                    writer.Execute("delete from label_links where provider = ?1 and email = ?2", provider, email);
                    writer.Execute("delete from labels where provider = ?1 and email = ?2", provider, email);
                },
                ct);
            labels = labels.RemoveAll(label => label.Account == account);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Messages of an account get a label, or lose it.</summary>
    public Task LinkAsync(AccountKey account, string label, IReadOnlyCollection<string> keys, bool on, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            foreach (var key in keys)
            {
                if (on)
                    writer.Execute("insert or ignore into label_links (label_id, key, provider, email) values (?1, ?2, ?3, ?4)", label, key, account.Provider.Name(), account.Email);
                else
                    writer.Execute("delete from label_links where label_id = ?1 and key = ?2", label, key);
            }
        },
        ct);

    /// <summary>The keys of an account's messages that have a label which no server carries.</summary>
    public IReadOnlyList<string> Keys(string label, AccountKey account) => store.Read(reader => reader.Query(
        "select key from label_links where label_id = ?1 and provider = ?2 and email = ?3", row => row.GetString(0), label, account.Provider.Name(), account.Email));

    /// <summary>The ids of the labels of messages, by key; of messages without any nothing.</summary>
    public ILookup<string, string> Of(IReadOnlyCollection<string> keys)
    {
        List<(string Key, string Label)> links = keys.Count == 0 || labels.IsEmpty
            ? []
            : store.Read(reader => reader.Query(
                "select l.key, l.label_id from json_each(?1) j cross join label_links l indexed by label_links_by_key on l.key = j.value",
                row => (row.GetString(0), row.GetString(1)),
                JsonSerializer.Serialize([.. keys], LabelJson.Default.StringArray)));
        return links.ToLookup(link => link.Key, link => link.Label, StringComparer.Ordinal);
    }

    public static MailException NotThere(string id) => MailException.NotFound("label_not_found", $"There is no label {id}. GET /api/labels lists them.");

    /// <exception cref="MailException">Conflict <c>label_exists</c>.</exception>
    public void RequireFree(Label label)
    {
        if (labels.Exists(other => other.Id != label.Id && other.Account == label.Account && string.Equals(other.Name, label.Name, StringComparison.OrdinalIgnoreCase)))
            throw MailException.Conflict("label_exists", $"There is a label {label.Name} already.");
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Label Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Type = row.IsDBNull(1) ? LabelType.Global : LabelType.Account,
        Account = !row.IsDBNull(1) && ProviderKinds.TryParse(row.GetString(1), out var provider) ? new AccountKey(provider, row.GetString(2)) : null,
        Name = row.GetString(3),
        Color = row.GetString(4),
        IsVisible = row.GetInt64(5) != 0,
        Order = row.GetInt32(6),
        Native = Text(row, 7),
        NativeId = Text(row, 8),
        NativeColor = Text(row, 9),
        Renaming = Text(row, 10),
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class LabelJson : System.Text.Json.Serialization.JsonSerializerContext;
