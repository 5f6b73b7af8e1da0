using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Hosting;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailDaemon.Tests.Hosting;

public sealed class CertificatesTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ManualClock clock = new();

    private string CertificateFile => Path.Combine(directory.Path, "server.crt");

    private string KeyFile => Path.Combine(directory.Path, "server.key");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Certificate_is_a_leaf_for_this_machine_alone()
    {
        var made = New().Current().TargetCertificate;

        made.PublicKey.Oid.Value.ShouldBe("1.2.840.10045.2.1");
        made.GetECDsaPublicKey()!.KeySize.ShouldBe(256);
        made.NotBefore.ToUniversalTime().ShouldBe(new DateTime(2025, 12, 31, 23, 55, 0, DateTimeKind.Utc));
        (made.NotAfter - made.NotBefore).ShouldBe(TimeSpan.FromDays(397));
        var names = made.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        names.EnumerateDnsNames().ShouldBe(["localhost"]);
        names.EnumerateIPAddresses().ShouldBe([IPAddress.Loopback, IPAddress.IPv6Loopback]);
        made.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse();
        made.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value.ShouldBe("1.3.6.1.5.5.7.3.1");
    }

    [Fact]
    public void Files_are_for_this_user_alone()
    {
        New().Current();

        File.GetUnixFileMode(CertificateFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(directory.Path).Length.ShouldBe(2);
    }

    [Fact]
    public void Next_start_shows_the_same_certificate()
    {
        var first = New().Current().TargetCertificate.Thumbprint;

        New().Current().TargetCertificate.Thumbprint.ShouldBe(first);
    }

    [Fact]
    public void Certificate_is_renewed_30_days_before_its_end_while_running()
    {
        var certificates = New();
        var first = certificates.Current().TargetCertificate.Thumbprint;

        clock.Advance(TimeSpan.FromDays(366));
        certificates.Current().TargetCertificate.Thumbprint.ShouldBe(first);
        clock.Advance(TimeSpan.FromDays(1));
        var second = certificates.Current().TargetCertificate;

        second.Thumbprint.ShouldNotBe(first);
        second.NotAfter.ToUniversalTime().ShouldBe(new DateTime(2028, 2, 3, 23, 55, 0, DateTimeKind.Utc));
        X509CertificateLoader.LoadCertificateFromFile(CertificateFile).Thumbprint.ShouldBe(second.Thumbprint);
    }

    [Fact]
    public void Certificate_that_cannot_be_renewed_is_shown_on()
    {
        var certificates = new Certificates(Path.Combine(directory.Path, "certs"), clock, NullLogger<Certificates>.Instance);
        var first = certificates.Current().TargetCertificate.Thumbprint;
        Directory.Delete(Path.Combine(directory.Path, "certs"), recursive: true);
        File.WriteAllText(Path.Combine(directory.Path, "certs"), "a file where the directory was");

        clock.Advance(TimeSpan.FromDays(380));

        certificates.Current().TargetCertificate.Thumbprint.ShouldBe(first);
    }

    [Theory]
    [InlineData("server.crt")]
    [InlineData("server.key")]
    public void Broken_file_is_replaced(string name)
    {
        var first = New().Current().TargetCertificate.Thumbprint;
        File.WriteAllText(Path.Combine(directory.Path, name), "garbage");

        New().Current().TargetCertificate.Thumbprint.ShouldNotBe(first);
    }

    [Fact]
    public void Unreadable_key_is_kept_beside_the_new_one()
    {
        New().Current();
        File.WriteAllText(KeyFile, "a key that somebody needs");

        New().Current();

        File.ReadAllText(Directory.GetFiles(directory.Path, "server.key.replaced-*").ShouldHaveSingleItem()).ShouldBe("a key that somebody needs");
    }

    [Fact]
    public void Certificate_of_somebody_else_is_shown_to_its_end_and_never_written_over()
    {
        Give(daysLeft: 10);
        var (certificate, key) = (File.ReadAllText(CertificateFile), File.ReadAllText(KeyFile));

        New().Current().TargetCertificate.Subject.ShouldBe("CN=company");
        clock.Advance(TimeSpan.FromDays(11));
        var ended = Should.Throw<SettingsException>(() => New().Current());

        ended.Message.ShouldContain(CertificateFile);
        (File.ReadAllText(CertificateFile), File.ReadAllText(KeyFile)).ShouldBe((certificate, key));
    }

    [OtherUserTheory]
    [InlineData("")]
    [InlineData("server.key")]
    public void Certificate_that_another_user_put_there_is_not_shown(string owned)
    {
        Give(daysLeft: 100);
        OtherUser.Give(Path.Combine(directory.Path, owned));

        Should.Throw<SettingsException>(() => New().Current()).Message.ShouldContain("belongs to another user");
    }

    [Fact]
    public void Key_of_another_certificate_is_replaced()
    {
        var first = New().Current().TargetCertificate.Thumbprint;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(KeyFile, other.ExportPkcs8PrivateKeyPem());

        New().Current().TargetCertificate.Thumbprint.ShouldNotBe(first);
    }

    [Fact]
    public async Task Client_that_trusts_the_file_refuses_other_names()
    {
        await using var app = await DaemonApp.StartAsync();

        (await ErrorsAsync(app, "127.0.0.1")).ShouldBe(SslPolicyErrors.None);
        (await ErrorsAsync(app, "localhost")).ShouldBe(SslPolicyErrors.None);
        (await ErrorsAsync(app, "evil.example")).ShouldBe(SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    [Fact]
    public void Repository_comes_before_program_and_data_directory()
    {
        var program = directory.Sub("repo/src/bin");
        File.WriteAllText(directory.File("repo/MailDaemon.sln"), "");

        Certificates.DirectoryFor(null, program, "/data").ShouldBe(Path.Combine(directory.Path, "repo", "certs"));
        Certificates.DirectoryFor(null, directory.Sub("plain"), "/data").ShouldBe(Path.Combine(directory.Path, "plain", "certs"));
        Certificates.DirectoryFor("/elsewhere", program, "/data").ShouldBe("/elsewhere");
        Certificates.DirectoryFor(null, "/proc/self", "/data").ShouldBe("/data/certs");
    }

    private Certificates New() => new(directory.Path, clock, NullLogger<Certificates>.Instance);

    private void Give(int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = clock.GetUtcNow().AddDays(-1);
        using var made = new CertificateRequest("CN=company", key, HashAlgorithmName.SHA256).CreateSelfSigned(start, clock.GetUtcNow().AddDays(daysLeft));
        File.WriteAllText(CertificateFile, made.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<SslPolicyErrors> ErrorsAsync(DaemonApp app, string name)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Port);
        var seen = SslPolicyErrors.RemoteCertificateNotAvailable;
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { app.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
            RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                seen = errors;
                return true;
            },
        });
        return seen;
    }
}
