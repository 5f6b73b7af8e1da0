using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// Threads that get of the processors what nobody else wants: for work that may take its time and must hold up nothing. What an async
/// method started here awaits goes on here.
/// </summary>
internal sealed class QuietThreads : TaskScheduler, IDisposable
{
    private const int Count = 2;

    /// <summary>Of -20 to 19, where 0 is normal: about a tenth of a processor that others want too (sched(7), "The nice value").</summary>
    private const int Niceness = 10;

    private readonly BlockingCollection<Task> _waiting = [];

    [ThreadStatic]
    private static QuietThreads? _owner;

    public QuietThreads(string name)
    {
        for (var i = 0; i < Count; i++)
            new Thread(Work) { Name = name, IsBackground = true, Priority = ThreadPriority.BelowNormal }.Start();
    }

    public override int MaximumConcurrencyLevel => Count;

    /// <summary>Starts the work on one of them.</summary>
    public Task RunAsync(Func<Task> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>They end when nothing waits any more.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    protected override void QueueTask(Task task) => _waiting.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => _owner == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _waiting];

    private void Work()
    {
        _owner = this;

        // .NET gives every thread the same priority there. Should the system refuse, the work is done all the same.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);
        foreach (var task in _waiting.GetConsumingEnumerable())
            TryExecuteTask(task);
    }

    /// <summary>setpriority(2): on Linux <c>PRIO_PROCESS</c> (0) of 0 is the thread that asks.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
