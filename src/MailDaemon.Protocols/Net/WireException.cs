namespace MailDaemon.Protocols.Net;

/// <summary>What went wrong on a connection.</summary>
public enum WireFault
{
    /// <summary>The name does not resolve, nobody listens, the network is down.</summary>
    Unreachable,

    /// <summary>Every address of the name is one where a mail server must not be.</summary>
    AddressNotAllowed,

    /// <summary>The peer did not answer in time.</summary>
    Timeout,

    /// <summary>The peer closed or reset the connection.</summary>
    Closed,

    /// <summary>The certificate is not trusted, expired or for another name.</summary>
    CertificateUntrusted,

    /// <summary>TLS could not be agreed on, or the peer sent bytes where TLS had to start.</summary>
    TlsFailed,

    /// <summary>The peer sent more than a limit allows.</summary>
    LimitExceeded,

    /// <summary>The peer sent something that is not of the protocol.</summary>
    Malformed,
}

/// <summary>A connection failed; it cannot be used any more.</summary>
public sealed class WireException(WireFault fault, string message, Exception? inner = null) : IOException(message, inner)
{
    public WireFault Fault { get; } = fault;
}
