using System.Net;

namespace MailDaemon.Hosting;

/// <summary>An address to listen on.</summary>
/// <param name="IsRequired">Whether there is no start without it.</param>
internal readonly record struct ListenAddress(IPEndPoint EndPoint, bool IsRequired);
