namespace MailDaemon.Sandbox.Net;

/// <summary>What can be made to go wrong with the requests of an HTTP API while it runs, by the name of the request; <c>*</c> is all.</summary>
/// <typeparam name="TError">An error in the words of the API.</typeparam>
public abstract class HttpFaults<TError>
{
    /// <summary>The request waits before it is carried out, by the clock of the server.</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>The connection is cut and nothing is carried out.</summary>
    public FaultTable<bool> DropBefore { get; } = new();

    /// <summary>The request is carried out and the connection cut before the answer: a message was sent and the sender does not know.</summary>
    public FaultTable<bool> DropAfter { get; } = new();

    /// <summary>The request is carried out, and the connection cut after this many bytes of the answer's body. A part of a batch is answered whole.</summary>
    public FaultTable<int> CutAfter { get; } = new();

    /// <summary>Nothing is carried out, and this error is answered: storms of 429, with Retry-After or without, and 5xx.</summary>
    public FaultTable<TError> Error { get; } = new();

    /// <summary>The request is carried out, and this error is answered.</summary>
    public FaultTable<TError> ErrorAfter { get; } = new();

    /// <summary>As <see cref="Error"/>, for parts of a batch only; the batch itself is answered 200.</summary>
    public FaultTable<TError> PartError { get; } = new();

    /// <summary>Reading the message with this id answers this error, alone or in a batch.</summary>
    public FaultTable<TError> MessageError { get; } = new();

    public virtual void Reset()
    {
        Delay.DisarmAll();
        DropBefore.DisarmAll();
        DropAfter.DisarmAll();
        CutAfter.DisarmAll();
        Error.DisarmAll();
        ErrorAfter.DisarmAll();
        PartError.DisarmAll();
        MessageError.DisarmAll();
    }
}
