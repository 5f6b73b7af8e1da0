namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>A reply is not as its grammar says; caught where the reply is skipped, marked or read more leniently.</summary>
internal sealed class ImapSyntaxException(string message) : Exception(message);
