using MailDaemon.Engine.Threading;

namespace MailDaemon.Tests.Threading;

/// <summary>Threads for work that must hold up nothing.</summary>
public sealed class QuietThreadsTests : IDisposable
{
    private const string Name = "quiet test";

    private readonly QuietThreads _threads = new(Name, niceness: 10);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task Work_goes_on_there_after_what_it_awaited()
    {
        var names = new List<string?>();
        await _threads.RunAsync(
            async () =>
            {
                names.Add(Thread.CurrentThread.Name);
                await Task.Yield();
                names.Add(Thread.CurrentThread.Name);
                await Task.Delay(1);
                names.Add(Thread.CurrentThread.Name);
            },
            CancellationToken.None);

        names.ShouldBe([Name, Name, Name]);
    }

    [Fact]
    public async Task Work_of_many_pieces_ends()
    {
        var done = 0;
        await _threads.RunAsync(
            () => Parallel.ForAsync(0, 100, new ParallelOptions { TaskScheduler = _threads }, async (_, ct) =>
            {
                await Task.Yield();
                Interlocked.Increment(ref done);
            }),
            CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        done.ShouldBe(100);
    }

    [Fact]
    public async Task Failure_reaches_who_started_the_work() =>
        await Should.ThrowAsync<InvalidOperationException>(() => _threads.RunAsync(() => throw new InvalidOperationException("so it is"), CancellationToken.None));

    [Fact]
    public async Task Linux_gives_them_what_others_leave()
    {
        if (!OperatingSystem.IsLinux())
            return;

        // proc(5): the 19th field is the nice value; the second, a name, may have spaces and ends in a parenthesis.
        var stat = "";
        await _threads.RunAsync(
            () =>
            {
                stat = File.ReadAllText("/proc/thread-self/stat");
                return Task.CompletedTask;
            },
            CancellationToken.None);
        var nice = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];

        nice.ShouldBe("10");
    }
}
