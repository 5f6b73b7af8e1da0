namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <exception cref="ImapException">No, mostly with ALREADYEXISTS or CANNOT.</exception>
    public Task CreateAsync(string mailbox, CancellationToken ct) => NamedAsync("CREATE", mailbox, ct);

    /// <summary>Creates a mailbox and tells the server what it is for, where it takes that (RFC 6154 §3).</summary>
    public Task CreateAsync(string mailbox, SpecialUse use, CancellationToken ct)
    {
        if (!Capabilities.Has("CREATE-SPECIAL-USE"))
        {
            return CreateAsync(mailbox, ct);
        }

        var command = names.Write(Command("CREATE"), mailbox, IsUtf8Enabled);
        return ExecuteAsync(command.Open().Word("USE").Open().Word($"\\{use}").Close().Close(), null, ct);
    }

    /// <summary>Renames a mailbox and all below it.</summary>
    public Task RenameAsync(string mailbox, string newName, CancellationToken ct) =>
        ExecuteAsync(names.Write(names.Write(Command("RENAME"), mailbox, IsUtf8Enabled), newName, IsUtf8Enabled), null, ct);

    /// <summary>Deletes a mailbox with all its messages.</summary>
    public Task DeleteAsync(string mailbox, CancellationToken ct) => NamedAsync("DELETE", mailbox, ct);

    public Task SubscribeAsync(string mailbox, CancellationToken ct) => NamedAsync("SUBSCRIBE", mailbox, ct);

    public Task UnsubscribeAsync(string mailbox, CancellationToken ct) => NamedAsync("UNSUBSCRIBE", mailbox, ct);

    private Task NamedAsync(string command, string mailbox, CancellationToken ct) =>
        ExecuteAsync(names.Write(Command(command), mailbox, IsUtf8Enabled), null, ct);
}
