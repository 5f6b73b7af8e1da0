using System.Collections.Immutable;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Accounts;

/// <summary>The accounts, in <c>store.db</c> and in memory. Thread-safe; reading never waits.</summary>
public sealed class AccountStore
{
    private const int LongestDisplayName = 256;
    private const string Columns = "provider, email, typed_email, display_name, username, imap, smtp, smtp_status, preset_id, settings, created_at";
    private readonly SqliteFile _store;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile ImmutableList<Account> _accounts;

    public AccountStore(SqliteFile store)
    {
        _store = store;
        _accounts = [.. store.Read(reader => reader.Query($"select {Columns} from accounts order by created_at, provider, email", Map))];
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Account> All() => _accounts;

    public Account? Find(AccountKey key) => _accounts.Find(account => account.Key == key);

    /// <exception cref="MailException">NotFound <c>account_not_found</c>.</exception>
    public Account Get(AccountKey key) => Find(key) ?? throw NotThere(key);

    /// <summary>The account that a filter names; null for all, when it names neither provider nor address.</summary>
    /// <exception cref="MailException">InvalidInput <c>missing_parameter</c>: one of the two is left out. NotFound <c>account_not_found</c>.</exception>
    public AccountKey? Named(ProviderKind? provider, string? email) => (provider, email) switch
    {
        (null, null) => null,
        ({ } kind, { } address) => Get(new AccountKey(kind, address)).Key,
        _ => throw MailException.InvalidInput("missing_parameter", "provider and email name an account together"),
    };

    /// <exception cref="MailException">Conflict <c>account_exists</c>; InvalidInput <c>invalid_account</c> or <c>invalid_settings</c>.</exception>
    public async Task AddAsync(Account account, CancellationToken ct)
    {
        Validate(account);
        await _changing.WaitAsync(ct);
        try
        {
            if (Find(account.Key) is not null)
                throw MailException.Conflict("account_exists", $"The account {account.Key} is configured already.");
            await _store.WriteAsync(writer => Put(writer, account), ct);
            _accounts = _accounts.Add(account);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes an account as it is now, so that two changes at once both count. The key must stay.</summary>
    /// <exception cref="MailException">NotFound <c>account_not_found</c>; InvalidInput <c>invalid_account</c> or <c>invalid_settings</c>.</exception>
    public async Task<Account> UpdateAsync(AccountKey key, Func<Account, Account> change, CancellationToken ct)
    {
        await _changing.WaitAsync(ct);
        try
        {
            var before = Get(key);
            var after = change(before);
            if (after.Key != key)
                throw MailException.InvalidInput("invalid_account", "An account's provider and address cannot change.");
            Validate(after);
            if (after != before)
            {
                await _store.WriteAsync(writer => Put(writer, after), ct);
                _accounts = _accounts.Replace(before, after);
            }

            return after;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>False when there was none.</summary>
    public async Task<bool> DeleteAsync(AccountKey key, CancellationToken ct)
    {
        await _changing.WaitAsync(ct);
        try
        {
            await _store.WriteAsync(writer => writer.Execute("delete from accounts where provider = ?1 and email = ?2", key.Provider.Name(), key.Email), ct);
            var before = _accounts;
            _accounts = before.RemoveAll(account => account.Key == key);
            return _accounts.Count < before.Count;
        }
        finally
        {
            _changing.Release();
        }
    }

    private static MailException NotThere(AccountKey key) =>
        MailException.NotFound("account_not_found", $"There is no account {key}. Add it first.");

    private static void Validate(Account account)
    {
        var at = account.Key.Email.LastIndexOf('@');
        if (at < 1 || at == account.Key.Email.Length - 1 || account.Key.Email.Length > 320 || account.Key.Email.Any(c => char.IsControl(c) || c == ' '))
            throw MailException.InvalidInput("invalid_account", "The address must be of the form name@domain.");
        if (!string.Equals(account.Email.Trim(), account.Key.Email, StringComparison.OrdinalIgnoreCase))
            throw MailException.InvalidInput("invalid_account", "The address and the account's key differ.");
        if (account.DisplayName.Length > LongestDisplayName || account.DisplayName.Any(char.IsControl))
            throw MailException.InvalidInput("invalid_account", $"The display name must be at most {LongestDisplayName} characters without control characters.");
        if (account.Username is { } username && (username.Length is 0 or > 512 || username.Any(char.IsControl)))
            throw MailException.InvalidInput("invalid_account", "The user name must be 1 to 512 characters without control characters.");
        account.Settings.Validate();
    }

    private static int Put(SqliteWriter writer, Account account) => writer.Execute(
        $"insert or replace into accounts ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        account.Key.Provider.Name(),
        account.Key.Email,
        account.Email,
        account.DisplayName,
        account.Username,
        account.Imap is null ? null : JsonSerializer.Serialize(account.Imap, AccountJson.Readable.ServerAddress),
        account.Smtp is null ? null : JsonSerializer.Serialize(account.Smtp, AccountJson.Readable.ServerAddress),
        account.SmtpStatus.ToString(),
        account.PresetId,
        JsonSerializer.Serialize(account.Settings, AccountJson.Readable.AccountSettings),
        account.CreatedAt.ToUnixTimeMilliseconds());

    private static Account Map(SqliteDataReader row)
    {
        if (!ProviderKinds.TryParse(row.GetString(0), out var provider))
            throw MailException.Conflict("store_damaged", $"store.db names an unknown provider '{row.GetString(0)}'.");
        return new Account
        {
            Key = new AccountKey(provider, row.GetString(1)),
            Email = row.GetString(2),
            DisplayName = row.GetString(3),
            Username = row.IsDBNull(4) ? null : row.GetString(4),
            Imap = row.IsDBNull(5) ? null : JsonSerializer.Deserialize(row.GetString(5), AccountJson.Readable.ServerAddress),
            Smtp = row.IsDBNull(6) ? null : JsonSerializer.Deserialize(row.GetString(6), AccountJson.Readable.ServerAddress),
            SmtpStatus = Enum.Parse<SmtpStatus>(row.GetString(7)),
            PresetId = row.IsDBNull(8) ? null : row.GetString(8),
            Settings = JsonSerializer.Deserialize(row.GetString(9), AccountJson.Readable.AccountSettings) ?? new AccountSettings(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        };
    }
}
