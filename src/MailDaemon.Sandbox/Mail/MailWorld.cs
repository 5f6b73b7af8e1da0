using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Sandbox.Mail;

/// <summary>All users of the sandbox with their mail, kept in memory. May be used from any thread.</summary>
public sealed class MailWorld
{
    private readonly Lock gate = new();
    private readonly List<MailUser> users = [];
    private readonly TimeProvider time;
    private long lastEmailId;
    private uint lastUidValidity;

    public MailWorld(TimeProvider time)
    {
        this.time = time;

        // As servers do: a folder that is created again, in this process or the next, must not get the number of the old one.
        lastUidValidity = (uint)time.GetUtcNow().ToUnixTimeSeconds();
    }

    public IReadOnlyList<MailUser> Users
    {
        get
        {
            lock (gate)
            {
                return [.. users];
            }
        }
    }

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Adds a user with an empty INBOX.</summary>
    /// <exception cref="InvalidOperationException">The address is taken.</exception>
    /// <param name="isGmail">Whether the folders are labels, as Gmail has them.</param>
    public MailUser AddUser(string address, string password, string displayName, bool isGmail = false)
    {
        var user = new MailUser(this, address, password, displayName, isGmail);
        lock (gate)
        {
            if (FindUser(address) is not null)
            {
                throw new InvalidOperationException($"There is a user {address} already");
            }

            users.Add(user);
        }

        return user;
    }

    /// <summary>The user of an address, which is not case-sensitive here.</summary>
    public MailUser? FindUser(string address)
    {
        lock (gate)
        {
            return users.Find(u => u.Address.Equals(address, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Whether mail for this address stays here: a user has an address in the same domain.</summary>
    internal bool IsLocalDomain(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..];
        return Users.Any(u => u.Address.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase));
    }

    internal MailUser? Authenticate(string address, string password)
    {
        var user = FindUser(address);
        var isRight = user is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(user.Password), Encoding.UTF8.GetBytes(password));
        return isRight ? user : null;
    }

    internal uint NextUidValidity() => Interlocked.Increment(ref lastUidValidity);

    internal string NextEmailId() => $"M{Interlocked.Increment(ref lastEmailId)}";
}
