using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailDaemon.Sandbox.Net;

/// <summary>
/// A certificate authority that lives as long as the servers and signs one certificate, for localhost, 127.0.0.1 and ::1.
/// Its key never leaves the process.
/// </summary>
internal sealed class SandboxAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);

    private readonly X509Certificate2 authority;
    private readonly X509Certificate2 server;

    public SandboxAuthority()
    {
        // Clients check certificates against the clock of the machine, not against the time a test makes up.
        var now = TimeProvider.System.GetUtcNow();
        authority = CreateAuthority(now);
        server = CreateServer(authority, now);
        CaPem = authority.ExportCertificatePem();
        Certificate = SslStreamCertificateContext.Create(server, [authority], offline: true);
    }

    /// <summary>The authority's certificate, to be trusted by clients.</summary>
    public string CaPem { get; }

    /// <summary>What the servers show.</summary>
    public SslStreamCertificateContext Certificate { get; }

    public void Dispose()
    {
        server.Dispose();
        authority.Dispose();
    }

    private static X509Certificate2 CreateAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=MailDaemon sandbox authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
    }

    private static X509Certificate2 CreateServer(X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        using var signed = request.Create(authority, now.AddDays(-1), now + Lifetime, RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);

        // SslStream on Windows and macOS takes no key that exists in memory only; a PKCS#12 round trip makes one it takes.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
    }
}
