using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailDaemon.Protocols.Tests.Net;

/// <summary>Certificates made for one test run; no system trusts them.</summary>
internal static class TestCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static X509Certificate2 Authority(string name = "Test CA") => Make(name, issuer: null, isAuthority: true, "localhost", ServerAuthentication, days: 30);

    /// <summary>A server's certificate, self-signed when there is no issuer.</summary>
    public static X509Certificate2 Leaf(
        X509Certificate2? issuer = null, string host = "localhost", int days = 30, string usage = ServerAuthentication, string? issuerUrl = null) =>
        Make("Test leaf", issuer, isAuthority: false, host, usage, days, issuerUrl);

    /// <summary>Its public part, as a user would configure it.</summary>
    public static X509Certificate2Collection Public(X509Certificate2 certificate) => [X509CertificateLoader.LoadCertificate(certificate.RawData)];

    /// <param name="issuerUrl">Where the certificate says that its issuer's can be downloaded.</param>
    /// <param name="days">Valid until so many days from now; it was valid from 60 days ago on.</param>
    private static X509Certificate2 Make(
        string name, X509Certificate2? issuer, bool isAuthority, string host, string usage, int days, string? issuerUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        if (issuerUrl is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerUrl]));
        }

        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(-60), now.AddDays(days));
        }

        using var signingKey = issuer.GetECDsaPrivateKey()!;
        using var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signingKey), now.AddDays(-59), now.AddDays(Math.Min(days, 29)), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
