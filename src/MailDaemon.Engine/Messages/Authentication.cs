namespace MailDaemon.Engine.Messages;

/// <summary>What the account's own server found of who sent a mail (RFC 8601). Null: it says nothing of that.</summary>
/// <param name="Spf"><c>pass, fail, softfail, neutral, none, temperror</c> or <c>permerror</c>.</param>
/// <param name="Dkim"><c>pass</c> when one signature holds; for any domain.</param>
/// <param name="Dmarc">Whether the domain of From stands for the mail: <c>pass, fail, none</c> …</param>
/// <param name="Server">The authserv-id of who says so; empty for servers that leave it out.</param>
public sealed record Authentication(string? Spf, string? Dkim, string? Dmarc, string Server);
