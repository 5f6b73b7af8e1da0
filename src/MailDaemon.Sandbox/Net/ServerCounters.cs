namespace MailDaemon.Sandbox.Net;

/// <summary>What a server has seen so far, for assertions. May be read from any thread.</summary>
public sealed class ServerCounters
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> commands = new(StringComparer.OrdinalIgnoreCase);
    private int connections;
    private int logins;
    private int refusedLogins;
    private int open;

    /// <summary>Connections accepted since the start.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Connections open now.</summary>
    public int OpenConnections => Volatile.Read(ref open);

    /// <summary>Logins that succeeded.</summary>
    public int Logins => Volatile.Read(ref logins);

    public int RefusedLogins => Volatile.Read(ref refusedLogins);

    /// <summary>How often a command came; IMAP's UID FETCH counts as FETCH.</summary>
    public int CountOf(string command)
    {
        lock (gate)
        {
            return commands.GetValueOrDefault(command);
        }
    }

    /// <summary>All commands seen, with how often.</summary>
    public IReadOnlyDictionary<string, int> Commands()
    {
        lock (gate)
        {
            return new Dictionary<string, int>(commands, StringComparer.OrdinalIgnoreCase);
        }
    }

    internal void AddCommand(string command)
    {
        lock (gate)
        {
            if (commands.Count < 1000 || commands.ContainsKey(command))
            {
                commands[command] = commands.GetValueOrDefault(command) + 1;
            }
        }
    }

    internal void AddLogin(bool accepted)
    {
        if (accepted)
        {
            Interlocked.Increment(ref logins);
        }
        else
        {
            Interlocked.Increment(ref refusedLogins);
        }
    }

    internal void ConnectionOpened()
    {
        Interlocked.Increment(ref connections);
        Interlocked.Increment(ref open);
    }

    internal void ConnectionClosed() => Interlocked.Decrement(ref open);
}
