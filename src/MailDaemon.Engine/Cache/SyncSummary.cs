using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>One run over an account and what came of it.</summary>
/// <param name="Error">Why it failed, without secrets or content; null when it did not.</param>
public sealed record PassResult(DateTimeOffset Started, DateTimeOffset Finished, int Added, int Updated, int Removed, string? Error);

/// <summary>How an account's cache stands.</summary>
/// <param name="LastPass">Null before the first pass.</param>
/// <param name="Progress">Messages done and to do over all scopes with a long pass; null when there is none.</param>
public sealed record SyncSummary(PassResult? LastPass, int Total, int Unread, SyncProgress? Progress);
