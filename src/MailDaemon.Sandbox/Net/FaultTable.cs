namespace MailDaemon.Sandbox.Net;

/// <summary>
/// Faults by name: of a command, of a step, of an address. Names are not case-sensitive; <c>*</c> stands for every name.
/// May be used from any thread while the servers run.
/// </summary>
/// <typeparam name="T">What the fault needs to know, a delay or a reply for instance.</typeparam>
public sealed class FaultTable<T>
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, FaultSwitch<T>> switches = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets the fault happen to <paramref name="name"/> from now on.</summary>
    /// <param name="times">1 or more; left out: until it is disarmed.</param>
    public void Arm(string name, T value, int times = int.MaxValue) => Switch(name).Arm(value, times);

    public void Disarm(string name) => Switch(name).Disarm();

    /// <summary>Switches the fault off for all names.</summary>
    public void DisarmAll()
    {
        lock (gate)
        {
            foreach (var one in switches.Values)
            {
                one.Disarm();
            }
        }
    }

    /// <summary>How often the fault has happened to this name; for <c>*</c>, how often the entry for every name was used.</summary>
    public int HitsOf(string name) => Switch(name).Hits;

    internal bool TryTake(string name, out T value) => Switch(name).TryTake(out value) || Switch("*").TryTake(out value);

    private FaultSwitch<T> Switch(string name)
    {
        lock (gate)
        {
            if (!switches.TryGetValue(name, out var found))
            {
                // A client chooses the names of its commands: the table of those nobody armed must not grow with them.
                found = new FaultSwitch<T>();
                if (switches.Count < 1000)
                {
                    switches.Add(name, found);
                }
            }

            return found;
        }
    }
}
