namespace MailDaemon.Engine.Messages;

/// <summary>What servers found beside the caches.</summary>
/// <param name="Found">Messages that match on the servers.</param>
/// <param name="Fetched">Of these, those that a cache lacked and has now.</param>
/// <param name="Left">Of these, those that the caches still lack: there were too many. Narrow the search to get them.</param>
/// <param name="Errors">Where a server could not be asked.</param>
public sealed record RemoteFindings(int Found, int Fetched, int Left, IReadOnlyList<RemoteFailure> Errors);

/// <param name="Folder">The folder that could not be searched; null when it is the account.</param>
public sealed record RemoteFailure(string Provider, string Email, string? Folder, string Error, string Msg);
