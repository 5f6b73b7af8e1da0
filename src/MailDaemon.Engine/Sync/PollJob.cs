using MailDaemon.Engine.Messages;
using Quartz;

namespace MailDaemon.Engine.Sync;

/// <summary>The timer of one account: starts a pass unless one runs or the account is being left alone after failures.</summary>
[DisallowConcurrentExecution]
public sealed class PollJob(SyncPasses passes) : IJob
{
    private const string ProviderEntry = "provider";
    private const string EmailEntry = "email";

    internal static JobDataMap Describe(AccountKey key) => new()
    {
        [ProviderEntry] = key.Provider.Name(),
        [EmailEntry] = key.Email,
    };

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (ProviderKinds.TryParse(context.MergedJobDataMap.GetString(ProviderEntry), out var provider)
            && passes.StartUnlessBackingOff(new AccountKey(provider, context.MergedJobDataMap.GetString(EmailEntry) ?? ""), out var pass))
        {
            // A failure is kept in the account's state; the timer only waits for the end.
            await pass.WaitAsync(cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
