namespace MailDaemon.Engine.Net;

/// <summary>A host is where no connection may go.</summary>
public sealed class AddressNotAllowedException(string host) : Exception(
    $"{host} is at an address to which nothing is sent: link-local and metadata addresses never, private ones and names of this machine only with Outgoing:AllowPrivateHosts. An endpoint on this machine is named localhost or 127.0.0.1.")
{
    /// <summary>It, where it is the cause of an exception; else null.</summary>
    internal static AddressNotAllowedException? In(Exception? e)
    {
        while (e is not null and not AddressNotAllowedException)
            e = e.InnerException;
        return (AddressNotAllowedException?)e;
    }
}
