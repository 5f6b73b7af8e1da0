using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>LIST with its extensions (RFC 5258, RFC 5819, RFC 6154) and LSUB.</content>
internal sealed partial class ImapSession
{
    private const int MaxPatterns = 100;

    private Task<string> ListAsync(ImapCommand command)
    {
        command.Space();
        var isExtended = options.Offers("LIST-EXTENDED");
        var selection = isExtended && command.Next == '(' ? TakeSelection(command) : [];
        var reference = MailboxName.DecodePattern(command.AString());
        command.Space();
        var patterns = isExtended && command.Next == '(' ? TakePatterns(command) : [MailboxName.DecodePattern(command.ListMailbox())];
        var wanted = TakeReturn(command, out var statusItems);
        command.End();

        if (patterns is [""] && selection.Count == 0)
        {
            connection.Write("* LIST (\\Noselect) \"/\" \"\"\r\n");
            return Task.FromResult("LIST completed");
        }

        var wildcards = patterns.Select(p => Pattern(reference, p)).ToArray();
        var subscribed = user!.Subscriptions;
        var folders = user.Folders;
        var names = selection.Contains("SUBSCRIBED", StringComparer.Ordinal)
            ? folders.Select(f => f.Path).Union(subscribed, StringComparer.Ordinal)
            : folders.Select(f => f.Path);
        foreach (var path in names.Where(n => wildcards.Any(w => w.Matches(n))).ToArray())
        {
            var folder = faults.MissingFolder.TryTake(path, out _) ? null : folders.FirstOrDefault(f => f.Path == path);
            var attributes = Attributes(path, folder, folders, subscribed);
            if (!IsSelected(selection, attributes) || (folder is null && selection.Count == 0))
            {
                continue;
            }

            connection.Write($"* LIST ({string.Join(' ', attributes.Where(a => IsShown(a, selection, wanted)))}) \"/\" {Spelled(path)}\r\n");
            if (statusItems.Count > 0 && folder is { IsSelectable: true })
            {
                WriteStatus(folder, statusItems);
            }
        }

        if (faults.ListLines.TryTake(out var lines))
        {
            connection.Write(lines + "\r\n");
        }

        return Task.FromResult("LIST completed");
    }

    private string Spelled(string path) => faults.Spelling.TryTake(path, out var spelling) ? ImapText.String(spelling) : ImapText.Mailbox(path);

    private string TakeMailbox(ImapCommand command)
    {
        var spelt = command.AString();
        var path = MailboxName.Decode(spelt);
        return faults.Spelling.TryTake(path, out var right) && right != spelt ? throw ImapRefusal.NoSuchFolder("NONEXISTENT") : path;
    }

    /// <summary>The forerunner of SPECIAL-USE: the uses are told unasked, INBOX and the junk folder under names of their own.</summary>
    private Task<string> XlistAsync(ImapCommand command)
    {
        command.Space();
        var reference = MailboxName.DecodePattern(command.AString());
        command.Space();
        var pattern = Pattern(reference, MailboxName.DecodePattern(command.ListMailbox()));
        command.End();

        var folders = user!.Folders;
        foreach (var folder in folders.Where(f => pattern.Matches(f.Path)))
        {
            var use = folder == user.Inbox ? " \\Inbox" : folder.Use switch
            {
                SpecialUse.None => folder.IsSelectable ? "" : " \\Noselect",
                SpecialUse.Junk => " \\Spam",
                _ => $" \\{folder.Use}",
            };
            var children = folders.Any(f => MailUser.IsBelow(f.Path, folder.Path)) ? "\\HasChildren" : "\\HasNoChildren";
            connection.Write($"* XLIST ({children}{use}) \"/\" {ImapText.Mailbox(folder.Path)}\r\n");
        }

        return Task.FromResult("XLIST completed");
    }

    private Task<string> LsubAsync(ImapCommand command)
    {
        command.Space();
        var reference = MailboxName.DecodePattern(command.AString());
        command.Space();
        var pattern = Pattern(reference, MailboxName.DecodePattern(command.ListMailbox()));
        command.End();

        var subscribed = user!.Subscriptions;
        var parents = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in subscribed)
        {
            if (pattern.Matches(path))
            {
                connection.Write($"* LSUB () \"/\" {ImapText.Mailbox(path)}\r\n");
            }
            else if (pattern.MatchingParent(path) is { } parent && !subscribed.Contains(parent, StringComparer.Ordinal) && parents.Add(parent))
            {
                connection.Write($"* LSUB (\\Noselect) \"/\" {ImapText.Mailbox(parent)}\r\n");
            }
        }

        return Task.FromResult("LSUB completed");
    }

    private static FolderPattern Pattern(string reference, string pattern) =>
        new((reference + pattern) is var whole && whole.Equals("inbox", StringComparison.OrdinalIgnoreCase) ? "INBOX" : whole);

    private IReadOnlyList<string> TakeSelection(ImapCommand command)
    {
        var selection = command.WordList();
        command.Space();
        foreach (var option in selection)
        {
            var isKnown = option is "SUBSCRIBED" or "REMOTE" or "RECURSIVEMATCH" || (option == "SPECIAL-USE" && options.Offers("SPECIAL-USE"));
            if (!isKnown)
            {
                throw new ImapSyntaxException("Unknown selection option");
            }
        }

        // RECURSIVEMATCH alone, or with REMOTE only, selects nothing to recurse from (RFC 5258 §3).
        return selection.Contains("RECURSIVEMATCH", StringComparer.Ordinal) && !selection.Any(o => o is "SUBSCRIBED" or "SPECIAL-USE")
            ? throw new ImapSyntaxException("RECURSIVEMATCH needs another option")
            : selection;
    }

    private static string[] TakePatterns(ImapCommand command)
    {
        command.Take('(');
        var patterns = new List<string>();
        do
        {
            patterns.Add(MailboxName.DecodePattern(command.ListMailbox()));
        }
        while (patterns.Count < MaxPatterns && command.TryTake(' '));

        command.Take(')');
        return [.. patterns];
    }

    private HashSet<string> TakeReturn(ImapCommand command, out IReadOnlyList<string> statusItems)
    {
        statusItems = [];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        if (command.AtEnd || !options.Offers("LIST-EXTENDED"))
        {
            return wanted;
        }

        command.Space();
        if (command.Word() != "RETURN")
        {
            throw new ImapSyntaxException("Expected RETURN");
        }

        command.Space();
        command.Take('(');
        while (!command.TryTake(')'))
        {
            if (wanted.Count > 0)
            {
                command.Space();
            }

            var option = command.Word();
            wanted.Add(option);
            if (option == "STATUS" && options.Offers("LIST-STATUS"))
            {
                command.Space();
                statusItems = command.WordList();
            }
            else if (option is not ("SUBSCRIBED" or "CHILDREN") && !(option == "SPECIAL-USE" && options.Offers("SPECIAL-USE")))
            {
                throw new ImapSyntaxException("Unknown return option");
            }
        }

        return wanted;
    }

    private List<string> Attributes(string path, MailFolder? folder, IReadOnlyList<MailFolder> folders, IReadOnlyList<string> subscribed)
    {
        var attributes = new List<string>();
        if (folder is null)
        {
            attributes.Add("\\NonExistent");
        }
        else if (!folder.IsSelectable)
        {
            attributes.Add("\\Noselect");
        }

        attributes.Add(folders.Any(f => MailUser.IsBelow(f.Path, path)) ? "\\HasChildren" : "\\HasNoChildren");
        if (subscribed.Contains(path, StringComparer.Ordinal))
        {
            attributes.Add("\\Subscribed");
        }

        if (folder is { Use: not SpecialUse.None } && options.Offers("SPECIAL-USE"))
        {
            attributes.Add("\\" + folder.Use);
        }

        return attributes;
    }

    private static bool IsSelected(IReadOnlyList<string> selection, List<string> attributes) => selection.All(option => option switch
    {
        "SUBSCRIBED" => attributes.Contains("\\Subscribed"),
        "SPECIAL-USE" => attributes.Exists(IsSpecialUse),
        _ => true,
    });

    /// <summary>Attributes nobody asked for are left out where clients of plain RFC 3501 would not expect them.</summary>
    private bool IsShown(string attribute, IReadOnlyList<string> selection, HashSet<string> wanted) => attribute switch
    {
        "\\Subscribed" => wanted.Contains("SUBSCRIBED") || selection.Contains("SUBSCRIBED", StringComparer.Ordinal),
        "\\HasChildren" or "\\HasNoChildren" => wanted.Contains("CHILDREN") || options.Offers("CHILDREN"),
        _ => true,
    };

    private static bool IsSpecialUse(string attribute) => Enum.TryParse<SpecialUse>(attribute.AsSpan(1), out _);
}
