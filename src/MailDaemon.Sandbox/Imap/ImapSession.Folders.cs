using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>Folders and subscriptions (RFC 3501 §6.3.3–6.3.10).</content>
internal sealed partial class ImapSession
{
    private Task<string> CreateAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        var use = TakeUse(command);
        command.End();
        if (use != SpecialUse.None && user!.Folders.Any(f => f.Use == use))
        {
            throw new ImapRefusal("[USEATTR] Another folder has this use");
        }

        var folder = Change(u => u.CreateFolder(path, use), "ALREADYEXISTS");
        return Task.FromResult(options.Offers("OBJECTID") ? $"[MAILBOXID ({folder.MailboxId})] CREATE completed" : "CREATE completed");
    }

    /// <summary>create-param = "USE" SP "(" use-attr ")" (RFC 6154 §3)</summary>
    private SpecialUse TakeUse(ImapCommand command)
    {
        if (!options.Offers("CREATE-SPECIAL-USE") || !command.TryTake(' '))
        {
            return SpecialUse.None;
        }

        command.Take('(');
        if (command.Word() != "USE")
        {
            throw new ImapSyntaxException("Unknown parameter");
        }

        command.Space();
        var flags = command.FlagList();
        command.Take(')');
        return flags is [['\\', .. var name]] && Enum.TryParse<SpecialUse>(name, ignoreCase: true, out var use) && use != SpecialUse.None
            ? use
            : throw new ImapRefusal("[USEATTR] The use is not supported");
    }

    private Task<string> DeleteAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        command.End();
        _ = Require(path, "NONEXISTENT");
        Change(
            u =>
            {
                u.DeleteFolder(path);
                return true;
            },
            "CANNOT");
        return Task.FromResult("DELETE completed");
    }

    private Task<string> RenameAsync(ImapCommand command)
    {
        var from = PathArgument(command);
        var to = PathArgument(command);
        command.End();
        _ = Require(from, "NONEXISTENT");
        Change(
            u =>
            {
                u.RenameFolder(from, to);
                return true;
            },
            "ALREADYEXISTS");
        return Task.FromResult("RENAME completed");
    }

    private Task<string> SubscribeAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        command.End();
        user!.Subscribe(path);
        return Task.FromResult("SUBSCRIBE completed");
    }

    private Task<string> UnsubscribeAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        command.End();
        user!.Unsubscribe(path);
        return Task.FromResult("UNSUBSCRIBE completed");
    }

    private Task<string> StatusAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        command.Space();
        var items = command.WordList();
        command.End();
        WriteStatus(RequireSelectable(path, "NONEXISTENT"), items);
        condstore |= items.Contains("HIGHESTMODSEQ", StringComparer.Ordinal);
        return Task.FromResult("STATUS completed");
    }

    private void WriteStatus(MailFolder folder, IReadOnlyList<string> items)
    {
        var state = folder.State();
        var values = items.Select(item => $"{item} {StatusValue(item, folder, state)}");
        connection.Write($"* STATUS {ImapText.Mailbox(folder.Path)} ({string.Join(' ', values)})\r\n");
    }

    private string StatusValue(string item, MailFolder folder, FolderState state) => item switch
    {
        "MESSAGES" => Text(state.Messages.Length),
        "RECENT" => Text(state.Messages.Count(m => m.Uid >= folder.RecentFrom(claim: false))),
        "UIDNEXT" => Text(UidNextTold(state.UidNext)),
        "UIDVALIDITY" => Text(UidValidityTold(state.UidValidity)),
        "UNSEEN" => Text(state.Messages.Count(m => !m.Has(MessageFlags.Seen))),
        "DELETED" when options.Offers("STATUS=SIZE") => Text(state.Messages.Count(m => m.Has(MessageFlags.Deleted))),
        "SIZE" when options.Offers("STATUS=SIZE") => Text(state.Messages.Sum(m => (long)m.Raw.Length)),
        "HIGHESTMODSEQ" when options.Offers("CONDSTORE") => Text(KeepsModSeq(folder) ? HighestModSeqTold(state.HighestModSeq) : 0),
        "MAILBOXID" when options.Offers("OBJECTID") => $"({folder.MailboxId})",
        "APPENDLIMIT" when options.Offers("APPENDLIMIT") => Text(options.MaxMessageBytes),
        _ => throw new ImapSyntaxException("Unknown STATUS item"),
    };

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private uint UidValidityTold(uint real) => faults.UidValidity.TryTake(out var wrong) ? wrong : real;

    private uint UidNextTold(uint real) => faults.UidNext.TryTake(out var wrong) ? wrong : real;

    private long HighestModSeqTold(long real) => faults.HighestModSeq.TryTake(out var wrong) ? wrong : real;

    private bool KeepsModSeq(MailFolder folder) => !options.FoldersWithoutModSeq.Contains(folder.Path);

    private string PathArgument(ImapCommand command)
    {
        command.Space();
        return TakeMailbox(command);
    }

    /// <exception cref="ImapRefusal">It is not there, or holds no messages.</exception>
    private MailFolder Require(string path, string code)
    {
        var folder = faults.MissingFolder.TryTake(path, out _) ? null : user!.Find(path);
        return folder ?? throw ImapRefusal.NoSuchFolder(code);
    }

    private MailFolder RequireSelectable(string path, string code)
    {
        var folder = Require(path, code);
        return folder.IsSelectable ? folder : throw new ImapRefusal("[NONEXISTENT] The folder holds no messages");
    }

    private T Change<T>(Func<MailUser, T> change, string code)
    {
        try
        {
            return change(user!);
        }
        catch (InvalidOperationException e)
        {
            throw new ImapRefusal($"[{code}] {MailboxName.Encode(e.Message)}");
        }
        catch (ArgumentException)
        {
            throw new ImapRefusal("[CANNOT] The name is not allowed");
        }
    }
}
