using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Hosting;

/// <summary>
/// The daemon's own certificate: ECDSA P-256, for 127.0.0.1, ::1 and localhost, no authority. It is a file that can be given to
/// <c>curl --cacert</c>, and is renewed before it ends, while running too.
/// </summary>
internal sealed partial class Certificates(string directory, TimeProvider time, ILogger<Certificates> log)
{
    private const string Subject = "CN=MailDaemon on this machine";
    private static readonly TimeSpan lifetime = TimeSpan.FromDays(397);
    private static readonly TimeSpan renewal = TimeSpan.FromDays(30);

    private readonly Lock gate = new();
    private SslStreamCertificateContext? context;

    public string CertificatePath { get; } = Path.Combine(directory, "server.crt");

    private string KeyPath { get; } = Path.Combine(directory, "server.key");

    /// <summary>What a TLS handshake shows now.</summary>
    /// <exception cref="SettingsException">The directory cannot be written.</exception>
    public SslStreamCertificateContext Current()
    {
        lock (gate)
        {
            if (context is null || IsOld(context.TargetCertificate))
                Renew();

            return context!;
        }
    }

    /// <summary>
    /// Where the certificate lies: as configured, else <c>certs</c> of the repository the program was built in, else beside the program, else in the data directory.
    /// </summary>
    public static string DirectoryFor(string? configured, string program, string dataDirectory)
    {
        if (!string.IsNullOrWhiteSpace(configured))
            return UserPath.Expand(configured);

        var repository = Ancestors(program).FirstOrDefault(d => File.Exists(Path.Combine(d, "MailDaemon.sln")));
        string[] candidates = [Path.Combine(repository ?? program, "certs"), Path.Combine(program, "certs")];
        return Array.Find(candidates, d => IsWritable(d) && UnixFile.IsOwn(d)) ?? Path.Combine(dataDirectory, "certs");
    }

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var directory = new DirectoryInfo(path); directory is not null; directory = directory.Parent)
            yield return directory.FullName;
    }

    private static bool IsWritable(string directory)
    {
        try
        {
            DataDirectory.Create(directory);
            var probe = Path.Combine(directory, $".probe-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsOld(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime < renewal;

    private void Renew()
    {
        try
        {
            // The old one is left to the collector: handshakes may still use it.
            RequireOwn();
            var loaded = Load();
            var certificate = loaded is not null && (!IsOld(loaded) || IsForeign(loaded)) ? loaded : Make(isUnreadable: loaded is null);
            context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        }
        catch (SettingsException e) when (context is not null)
        {
            LogNotRenewed(log, e, CertificatePath);
        }
    }

    // What another user put there is not shown as ours: he has the key.
    private void RequireOwn()
    {
        if (Array.Find([directory, CertificatePath, KeyPath], path => !UnixFile.IsOwn(path)) is { } foreign)
            throw new SettingsException($"Http:CertificateDirectory: {foreign} belongs to another user and is not used; name a directory of your own");
    }

    // One that somebody gave us is his to renew; his key is never written over.
    private bool IsForeign(X509Certificate2 certificate)
    {
        if (certificate.Subject == Subject)
            return false;
        if (certificate.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime)
            return true;
        throw new SettingsException(string.Create(CultureInfo.InvariantCulture, $"Http:CertificateDirectory: {CertificatePath} is not of this program and ended on {certificate.NotAfter:yyyy-MM-dd}; renew it, or move it and its key away"));
    }

    private X509Certificate2? Load()
    {
        try
        {
            if (!File.Exists(CertificatePath) || !File.Exists(KeyPath))
                return null;
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return Usable(X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            LogUnreadable(log, e, CertificatePath);
            return null;
        }
    }

    private X509Certificate2 Make(bool isUnreadable)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // Five minutes back, for clocks that differ a little.
        var start = time.GetUtcNow().AddMinutes(-5);
        var certificate = request.CreateSelfSigned(start, start + lifetime);
        if (isUnreadable)
            SetAside();
        Save(KeyPath, key.ExportPkcs8PrivateKeyPem());
        Save(CertificatePath, certificate.ExportCertificatePem() + "\n");
        LogMade(log, CertificatePath, certificate.NotAfter.ToUniversalTime());
        return Usable(certificate);
    }

    // A key that could not be read may be one that somebody needs.
    private void SetAside()
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $".replaced-{time.GetUtcNow():yyyyMMddHHmmss}");
        foreach (var path in (string[])[KeyPath, CertificatePath])
        {
            try
            {
                if (File.Exists(path))
                    File.Move(path, path + suffix, overwrite: false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SettingsException($"Http:CertificateDirectory: {path} cannot be read or moved away: {e.Message}");
            }
        }
    }

    private void Save(string path, string text)
    {
        try
        {
            DataDirectory.Create(directory);
            var temporary = $"{path}.{Environment.ProcessId}.new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(temporary, options))
                writer.Write(text);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Http:CertificateDirectory {directory} cannot be written: {e.Message}");
        }
    }

    // Windows cannot serve TLS with a key that lies in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate) => OperatingSystem.IsWindows()
        ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null)
        : certificate;

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the certificate {Path}, good until {Until:yyyy-MM-dd}")]
    private static partial void LogMade(ILogger log, string path, DateTime until);

    [LoggerMessage(Level = LogLevel.Error, Message = "The certificate {Path} cannot be renewed")]
    private static partial void LogNotRenewed(ILogger log, Exception e, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate {Path} cannot be read; a new one is made")]
    private static partial void LogUnreadable(ILogger log, Exception e, string path);
}
