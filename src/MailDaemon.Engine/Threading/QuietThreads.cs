using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace MailDaemon.Engine.Threading;

/// <summary>
/// Threads that get of the processors what nobody else wants: for work that may take its time and must hold up nothing. What an async
/// method started here awaits goes on here.
/// </summary>
internal sealed class QuietThreads : TaskScheduler, IDisposable
{
    private const int Count = 2;

    private readonly BlockingCollection<Task> _waiting = [];
    private readonly int _niceness;

    [ThreadStatic]
    private static QuietThreads? _owner;

    /// <param name="name">For those who look at the process.</param>
    /// <param name="niceness">
    /// Of -20 to 19, where 0 is normal: with 5 about a quarter of a processor that others want too, with 10 a tenth (sched(7), "The nice value").
    /// </param>
    public QuietThreads(string name, int niceness)
    {
        _niceness = niceness;
        for (var i = 0; i < Count; i++)
            new Thread(Work) { Name = name, IsBackground = true, Priority = ThreadPriority.BelowNormal }.Start();
    }

    /// <summary>For reading and storing mail by the hundred, beside which people and programs go on reading. They never end.</summary>
    public static QuietThreads Bulk { get; } = new("bulk", niceness: 5);

    public override int MaximumConcurrencyLevel => Count;

    /// <summary>Starts the work on one of them.</summary>
    public Task RunAsync(Func<Task> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc cref="RunAsync(Func{Task}, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc cref="RunAsync(Func{Task}, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this);

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
            _ = SetPriority(0, 0, _niceness);
        foreach (var task in _waiting.GetConsumingEnumerable())
            TryExecuteTask(task);
    }

    /// <summary>setpriority(2): on Linux <c>PRIO_PROCESS</c> (0) of 0 is the thread that asks.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
