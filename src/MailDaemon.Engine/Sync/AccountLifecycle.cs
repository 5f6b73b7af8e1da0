using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Sync;

/// <summary>Accounts as they come, change and go, with everything that hangs on them: secrets, connections, cache, timer and listener.</summary>
public sealed class AccountLifecycle(
    AccountStore accounts, SecretVault vault, ImapAccountSetup setup, MailboxSignIns signIns, SyncSupervisor supervisor, AccountBelongings belongings, MailCaches caches)
{
    /// <summary>Tries both servers, stores the account and begins to sync it.</summary>
    /// <exception cref="MailException">Already there, login refused, unreachable, or SMTP failing without permission for that.</exception>
    public async Task<(Account Account, ServerReport Smtp)> AddImapAsync(ImapAccountRequest request, bool allowUnverifiedSmtp, CancellationToken ct)
    {
        var planned = await setup.PlanAsync(request, ct);
        if (accounts.Find(planned.Key) is not null)
        {
            throw MailException.Conflict("account_exists", $"The account {planned.Email} is there already. Change it with PUT /api/accounts/imap/{planned.Email}/settings, or delete it first.");
        }

        var report = await setup.TestAsync(planned, request.Password, ct);
        RequireLogin(report.Imap);
        if (!report.Smtp.Success && !allowUnverifiedSmtp)
        {
            throw MailException.InvalidInput("smtp_verification_failed", $"Reading works, sending does not: {report.Smtp.Error!.Message} To add the account for receiving only, set allowUnverifiedSmtp.");
        }

        var account = planned with { SmtpStatus = report.Smtp.Success ? SmtpStatus.Verified : SmtpStatus.Unverified };
        await accounts.AddAsync(account, ct);
        await SaveFirstSecretAsync(account.Key, () => vault.Save(account.Key, SecretVault.Password, request.Password));

        // It is there now: whether or not the caller still listens, it is begun.
        await supervisor.StartAsync(account, CancellationToken.None);
        return (account, report.Smtp);
    }

    /// <summary>Begins a sign-in at a provider. Its account comes by itself when the owner of the mailbox has consented.</summary>
    /// <param name="hint">The mailbox that it is for, and no other; null lets the owner choose.</param>
    /// <exception cref="MailException">InvalidInput: the client id or its secret is missing, or the hint is no address.</exception>
    public Task<SignInLink> BeginSignInAsync(ProviderKind provider, string? hint) => signIns.BeginAsync(provider, hint, AddSignedInAsync);

    /// <summary>As <see cref="BeginSignInAsync"/>, at Microsoft from a machine without a browser.</summary>
    /// <exception cref="MailException">Also Unreachable, Timeout, Refused: Microsoft gave no code.</exception>
    public Task<DeviceSignInLink> BeginDeviceSignInAsync(string? hint) => signIns.BeginDeviceAsync(hint, AddSignedInAsync);

    /// <summary>Adds the account of a mailbox whose owner consented, or goes on with the one that is there: it keeps its settings and its cache.</summary>
    public async Task<Account> AddSignedInAsync(SignedInMailbox mailbox, CancellationToken ct)
    {
        if (accounts.Find(mailbox.Key) is { } present)
        {
            signIns.Keep(mailbox);
            await supervisor.RestartAsync(present, CancellationToken.None);
            return present;
        }

        var account = new Account { Key = mailbox.Key, Email = mailbox.Email, Settings = supervisor.NewSettings, CreatedAt = mailbox.At };
        await accounts.AddAsync(account, ct);
        await SaveFirstSecretAsync(account.Key, () => signIns.Keep(mailbox));
        await supervisor.StartAsync(account, CancellationToken.None);
        return account;
    }

    /// <summary>Changes what is named. Another server, user name or password is tried before it is kept.</summary>
    /// <exception cref="MailException">400 <c>password_required</c>: another server or user name without the password; or what the new servers answered.</exception>
    public async Task<Account> UpdateAsync(AccountKey key, AccountChange change, CancellationToken ct)
    {
        if (change.AgentPolicy is { } policy)
            AgentPolicy.Read(policy);
        var before = accounts.Get(key);
        var planned = change.Apply(before);
        if (change.FolderRoles is not null)
        {
            planned.Settings.Validate([.. caches.Open(key).Folders().Select(f => f.Folder)]);
        }

        if (change.NeedsPassword(before) && change.Password is null)
        {
            throw MailException.InvalidInput("password_required", "Another server, port, protection or user name needs the password again: give password too. The stored one is sent nowhere else.");
        }

        if (change.Password is { } password)
        {
            var report = await setup.TestAsync(planned, password, ct);
            RequireLogin(report.Imap);
            var status = report.Smtp.Success ? SmtpStatus.Verified : SmtpStatus.Unverified;

            // In this order a crash leaves an account without a password, never a password with a server it was not given for.
            vault.Delete(key, SecretVault.Password);
            await accounts.UpdateAsync(key, account => change.Apply(account) with { SmtpStatus = status }, ct);
            vault.Save(key, SecretVault.Password, password);
        }

        var updated = await accounts.UpdateAsync(key, change.Apply, ct);
        if (change.FolderRoles is not null)
        {
            await AssignRolesAsync(updated);
        }

        if (change.AuthservId is not null)
        {
            caches.Open(key).ForgetLists();
        }

        if (change.AffectsSync)
        {
            await supervisor.RestartAsync(updated, ct);
        }

        return updated;
    }

    /// <summary>Tries the SMTP server with the stored password and keeps what it found.</summary>
    public async Task<(Account Account, ServerReport Smtp)> VerifySmtpAsync(Account account, CancellationToken ct)
    {
        var password = vault.Read(account.Key, SecretVault.Password)
            ?? throw new MailException(MailFault.NotAuthorized, "auth_required", "The stored password cannot be read any more. Give it again with PUT settings.");
        var report = await setup.TestSmtpAsync(account, password, ct);
        var status = report.Success ? SmtpStatus.Verified : SmtpStatus.Unverified;
        return (await accounts.UpdateAsync(account.Key, a => a with { SmtpStatus = status }, ct), report);
    }

    /// <summary>Removes account, secrets and (unless kept) its cache folder, and ends the consent at its provider.</summary>
    /// <returns>Whether the provider took the revocation; null when there was none to make. The account is gone in each case.</returns>
    public async Task<bool?> RemoveAsync(Account account, bool keepCache, CancellationToken ct)
    {
        await signIns.EndAsync(account.Key);
        await accounts.DeleteAsync(account.Key, ct);
        await supervisor.RemoveAsync(account.Key, keepCache, ct);
        await belongings.RemoveAsync(account.Key, ct);
        var isRevoked = await signIns.RevokeAsync(account.Key);
        vault.DeleteAll(account.Key);
        return isRevoked;
    }

    /// <summary>What is deleted or sent next goes where the owner says, and not first after the next pass.</summary>
    private async Task AssignRolesAsync(Account account)
    {
        var cache = caches.Open(account.Key);
        using var turn = await cache.EnterAsync(CancellationToken.None);
        await cache.SaveFoldersAsync(
            ImapFolders.Assign([.. cache.Folders().Select(f => f.Folder)], account.Settings.FolderRoles), account.Settings.Wants, CancellationToken.None);
    }

    /// <summary>The account first: of two who add it at once only one comes here. Without its secret it is taken back.</summary>
    private async Task SaveFirstSecretAsync(AccountKey key, Action save)
    {
        try
        {
            save();
        }
        catch
        {
            await accounts.DeleteAsync(key, CancellationToken.None);
            throw;
        }
    }

    /// <summary>A refused password is the caller's input here, not an authorization that went stale.</summary>
    private static void RequireLogin(ServerReport imap)
    {
        if (imap.Error is { } error)
        {
            throw error.Fault == MailFault.NotAuthorized ? new MailException(MailFault.InvalidInput, error.Code, error.Message, error) : error;
        }
    }
}
