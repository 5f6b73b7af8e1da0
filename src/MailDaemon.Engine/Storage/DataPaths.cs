using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Storage;

/// <summary>
/// Where everything lies under the data directory. Nothing that a user or a server names becomes a path:
/// an account's folder is an allow-listed address or an escaped form with a hash.
/// </summary>
public sealed class DataPaths
{
    private const int LongestPlainName = 100;
    private const int LongestEscapedPart = 48;
    private static readonly SearchValues<char> PlainLocal = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._+-");
    private static readonly SearchValues<char> PlainDomain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <param name="root">The data directory; made absolute, and created (0700) with its fixed folders when missing.</param>
    public DataPaths(string root)
    {
        Root = Path.GetFullPath(root);
        PrivateFiles.CreateDirectory(Root);
        foreach (var directory in (ReadOnlySpan<string>)[Secrets, Logs, Downloads, Outbox])
            CreateBelowRoot(directory);
    }

    /// <summary>Absolute. No link below it is followed.</summary>
    public string Root { get; }

    /// <summary>What cannot be rebuilt.</summary>
    public string StoreDatabase => Path.Combine(Root, "store.db");

    public string Secrets => Path.Combine(Root, "secrets");

    public string Logs => Path.Combine(Root, "logs");

    /// <summary>Mail that is to be sent, a file each, until it is.</summary>
    public string Outbox => Path.Combine(Root, "outbox");

    /// <summary>The key that webhooks are signed with.</summary>
    public string HookSecret => Path.Combine(Root, "hook-secret");

    /// <summary>The mirror of the CRM's customers; it can be read again.</summary>
    public string CustomersDatabase => Path.Combine(Root, "customers.db");

    /// <summary>A line for each mail that no customer was found for.</summary>
    public string UnmatchedLog => Path.Combine(Root, "okki-unmatched.log");

    public string Downloads => Path.Combine(Root, "downloads");

    /// <summary>The folder of an account and what lies in it. Creates nothing.</summary>
    public AccountPaths Account(AccountKey account) => new(Path.Combine(Root, account.Provider.Name(), FolderName(account.Email)));

    /// <summary>As <see cref="Account"/>, with its folders created.</summary>
    /// <exception cref="MailException"><c>unsafe_path</c>: a link lies where a folder belongs.</exception>
    public AccountPaths CreateAccount(AccountKey account)
    {
        var paths = Account(account);
        CreateBelowRoot(paths.Messages);
        CreateBelowRoot(paths.Attachments);
        return paths;
    }

    /// <summary>Before a folder below the root is deleted: none on the way to it leads elsewhere.</summary>
    /// <exception cref="MailException"><c>unsafe_path</c>.</exception>
    internal void RefuseLinks(string directory)
    {
        for (var part = directory; part.Length > Root.Length; part = Path.GetDirectoryName(part)!)
            PrivateFiles.RefuseLink(part);
    }

    /// <summary>Creates a folder and those above it up to the root, each 0700 and none of them a link.</summary>
    private void CreateBelowRoot(string directory)
    {
        var relative = Path.GetRelativePath(Root, directory);
        var current = Root;
        foreach (var part in relative.Split(Path.DirectorySeparatorChar))
        {
            if (part is "" or "." or "..")
                throw PrivateFiles.Unsafe(directory);
            current = Path.Combine(current, part);
            PrivateFiles.RefuseLink(current);
            PrivateFiles.CreateDirectory(current);
        }
    }

    /// <summary>
    /// The address itself when it is plain; else its harmless characters and 20 hex digits of its hash.
    /// Only plain names hold an <c>@</c>, so that the two forms never meet.
    /// </summary>
    internal static string FolderName(string email)
    {
        if (IsPlain(email))
            return email;
        var escaped = new StringBuilder(LongestEscapedPart + 21);
        foreach (var character in email)
        {
            if (escaped.Length == LongestEscapedPart)
                break;
            escaped.Append(char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '_');
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(email));
        return escaped.Append('-').Append(Convert.ToHexStringLower(hash.AsSpan(0, 10))).ToString();
    }

    private static bool IsPlain(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at == email.Length - 1 || email.Length > LongestPlainName)
            return false;
        var local = email.AsSpan(0, at);
        var domain = email.AsSpan(at + 1);
        return !local.ContainsAnyExcept(PlainLocal)
            && !domain.ContainsAnyExcept(PlainDomain)
            && char.IsAsciiLetterOrDigit(local[0])
            && char.IsAsciiLetterOrDigit(domain[0])
            && char.IsAsciiLetterOrDigit(domain[^1])
            && !email.Contains("..", StringComparison.Ordinal)
            && !IsDeviceName(local);
    }

    /// <summary>Names that Windows gives to devices whatever their extension.</summary>
    private static bool IsDeviceName(ReadOnlySpan<char> name)
    {
        var dot = name.IndexOf('.');
        var stem = dot < 0 ? name : name[..dot];
        return stem is "con" or "prn" or "aux" or "nul"
            || (stem.Length == 4 && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal))
                && char.IsAsciiDigit(stem[3]));
    }
}

/// <summary>The files of one account.</summary>
public sealed record AccountPaths(string Directory)
{
    public string IndexDatabase => Path.Combine(Directory, "index.db");

    /// <summary>The full-text index.</summary>
    public string SearchDatabase => Path.Combine(Directory, "search.db");

    /// <summary>One file per message content, sharded by hash.</summary>
    public string Messages => Path.Combine(Directory, "messages");

    public string Attachments => Path.Combine(Directory, "attachments");

    public string IndexJson => Path.Combine(Directory, "index.json");

    public string SyncJson => Path.Combine(Directory, "sync.json");
}
