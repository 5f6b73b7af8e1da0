namespace MailDaemon.Protocols.Mime;

/// <summary>A text and, when it was not read as its label says, why.</summary>
public readonly record struct DecodedText(string Text, string? Defect = null);
