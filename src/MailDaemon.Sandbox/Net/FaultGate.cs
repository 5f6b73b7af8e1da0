namespace MailDaemon.Sandbox.Net;

/// <summary>A request as the faults see it.</summary>
/// <param name="Name">By which faults are armed.</param>
/// <param name="MessageId">Of the message that it reads; null for any other request.</param>
internal readonly record struct FaultedRequest(string Name, bool IsBatchPart, string? MessageId);

/// <summary>Answers requests unless a fault that is armed does.</summary>
/// <param name="write">An error as an answer to the request of this name.</param>
/// <param name="cut">The answer, ending after this many bytes.</param>
internal sealed class FaultGate<TError, TReply>(HttpFaults<TError> faults, TimeProvider time, Func<string, TError, TReply> write, Func<TReply, int, TReply> cut)
    where TReply : class
{
    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<TReply?> RunAsync(FaultedRequest request, Func<CancellationToken, Task<TReply?>> answer, CancellationToken ct)
    {
        var name = request.Name;
        if (faults.Delay.TryTake(name, out var delay))
        {
            await Task.Delay(delay, time, ct);
        }

        if (faults.DropBefore.TryTake(name, out _))
        {
            return null;
        }

        if (faults.Error.TryTake(name, out var error) || (request.IsBatchPart && faults.PartError.TryTake(name, out error))
            || (request.MessageId is { } id && faults.MessageError.TryTake(id, out error)))
        {
            return write(name, error);
        }

        var reply = await answer(ct);
        if (reply is null || faults.DropAfter.TryTake(name, out _))
        {
            return null;
        }

        reply = faults.ErrorAfter.TryTake(name, out error) ? write(name, error) : reply;
        return faults.CutAfter.TryTake(name, out var bytes) ? cut(reply, bytes) : reply;
    }
}
