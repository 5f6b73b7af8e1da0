namespace MailDaemon.Protocols.Sasl;

/// <summary>Authentication cannot go on: no mechanism fits, or the server's challenge is wrong or proves that it is not the server.</summary>
public sealed class SaslException(string message) : Exception(message);
