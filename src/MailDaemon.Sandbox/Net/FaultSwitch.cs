namespace MailDaemon.Sandbox.Net;

/// <summary>
/// One thing that can be made to go wrong: armed with a value for a number of times, then off again by itself.
/// May be used from any thread while the servers run.
/// </summary>
/// <typeparam name="T">What the fault needs to know, a number of bytes or a reply for instance.</typeparam>
public sealed class FaultSwitch<T>
{
    private readonly Lock gate = new();
    private T? value;
    private int left;
    private int hits;

    /// <summary>How often the fault has happened.</summary>
    public int Hits
    {
        get
        {
            lock (gate)
            {
                return hits;
            }
        }
    }

    /// <summary>Lets the fault happen from now on.</summary>
    /// <param name="times">1 or more; left out: until <see cref="Disarm"/>.</param>
    public void Arm(T value, int times = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (gate)
        {
            this.value = value;
            left = times;
        }
    }

    public void Disarm()
    {
        lock (gate)
        {
            left = 0;
        }
    }

    /// <summary>Uses the fault up once, if it is armed with this very value.</summary>
    internal bool TryTake(T value)
    {
        lock (gate)
        {
            return left > 0 && EqualityComparer<T>.Default.Equals(this.value, value) && TryTake(out _);
        }
    }

    /// <summary>Uses the fault up once, if it is armed.</summary>
    internal bool TryTake(out T taken)
    {
        lock (gate)
        {
            taken = value!;
            if (left == 0)
            {
                return false;
            }

            left = left == int.MaxValue ? left : left - 1;
            hits++;
            return true;
        }
    }
}
