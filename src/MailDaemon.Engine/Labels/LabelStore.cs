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
public sealed class LabelStore
{
    private const string Columns = "id, provider, email, name, color, visible, position, native";
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
                    "insert into labels (id, provider, email, name, color, visible, position, native) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    added.Id,
                    added.Account?.Provider.Name(),
                    added.Account?.Email,
                    added.Name,
                    added.Color,
                    added.IsVisible ? 1 : 0,
                    added.Order,
                    added.Native),
                ct);
            labels = labels.Add(added);
            return added;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// Takes over the labels that an account has on its server: what is new there, called otherwise or gone. One of ours that the server
    /// has under the same name is the same.
    /// </summary>
    public async Task TakeOverAsync(AccountKey account, IReadOnlyList<Label> served, CancellationToken ct)
    {
        var own = All().Where(label => label.Account == account).ToList();
        foreach (var gone in own.Where(label => label.Native is { } native && !served.Any(other => other.Native == native)))
            await RemoveAsync(gone.Id, ct);
        foreach (var label in served)
        {
            var there = own.Find(other => other.Native == label.Native);
            var called = own.Find(other => other != there && string.Equals(other.Name, label.Name, StringComparison.OrdinalIgnoreCase));
            if (called is { Native: not null } && served.Any(other => other.Native == called.Native))
                await UpdateAsync(called.Id, other => other with { Name = $"{other.Name} ({other.Native})" }, ct);
            if ((there ?? called) is not { } known || Find(known.Id) is null)
                await AddAsync(label, ct);
            else if (known.Name != label.Name || known.Color != label.Color || known.Native != label.Native || known.IsVisible != label.IsVisible)
                await UpdateAsync(known.Id, other => other with { Name = label.Name, Color = label.Color, Native = label.Native, IsVisible = label.IsVisible }, ct);
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
                    "update labels set name = ?2, color = ?3, visible = ?4, position = ?5, native = ?6 where id = ?1", id, changed.Name, changed.Color, changed.IsVisible ? 1 : 0, changed.Order, changed.Native),
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

    private void RequireFree(Label label)
    {
        if (labels.Exists(other => other.Id != label.Id && other.Account == label.Account && string.Equals(other.Name, label.Name, StringComparison.OrdinalIgnoreCase)))
            throw MailException.Conflict("label_exists", $"There is a label {label.Name} already.");
    }

    private static Label Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Type = row.IsDBNull(1) ? LabelType.Global : LabelType.Account,
        Account = !row.IsDBNull(1) && ProviderKinds.TryParse(row.GetString(1), out var provider) ? new AccountKey(provider, row.GetString(2)) : null,
        Name = row.GetString(3),
        Color = row.GetString(4),
        IsVisible = row.GetInt64(5) != 0,
        Order = row.GetInt32(6),
        Native = row.IsDBNull(7) ? null : row.GetString(7),
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class LabelJson : System.Text.Json.Serialization.JsonSerializerContext;
