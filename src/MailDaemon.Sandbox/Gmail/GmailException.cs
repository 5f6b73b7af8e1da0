namespace MailDaemon.Sandbox.Gmail;

/// <summary>A refusal in the words of Google's API, which the server answers as its error object.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">The reason of the first entry of <c>errors</c>: <c>notFound</c>, <c>rateLimitExceeded</c>, …</param>
/// <param name="rpcStatus">The name of the RPC status: <c>NOT_FOUND</c>, <c>RESOURCE_EXHAUSTED</c>, …</param>
public sealed class GmailException(int status, string reason, string rpcStatus, string message) : Exception(message)
{
    public int Status => status;

    public string Reason => reason;

    public string RpcStatus => rpcStatus;

    public static GmailException NotFound() => new(404, "notFound", "NOT_FOUND", "Requested entity was not found.");

    public static GmailException InvalidArgument(string message) => new(400, "invalidArgument", "INVALID_ARGUMENT", message);

    public static GmailException FailedPrecondition(string message) => new(400, "failedPrecondition", "FAILED_PRECONDITION", message);

    public static GmailException LabelExists() => new(409, "aborted", "ABORTED", "Label name exists or conflicts");
}
