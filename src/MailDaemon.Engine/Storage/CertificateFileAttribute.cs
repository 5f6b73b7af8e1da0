using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailDaemon.Engine.Storage;

/// <summary>A PEM file with at least one certificate; null means none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CertificateFileAttribute : ValidationAttribute
{
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The certificates of a PEM file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="CryptographicException">There is no certificate in it, or one is broken.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        // Through links: system stores consist of them.
        var file = UserPath.Expand(path);
        using var stream = UnixFile.OpenRegular(File.Exists(file) && File.ResolveLinkTarget(file, returnFinalTarget: true) is { } target ? target.FullName : file);
        if (stream.Length > MaxBytes)
            throw new IOException($"{file} is too large for a file of certificates");
        using var reader = new StreamReader(stream);
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(reader.ReadToEnd());
        return certificates.Count > 0 ? certificates : throw new CryptographicException($"{file} holds no certificate in PEM form");
    }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string { Length: > 0 } path)
            return ValidationResult.Success;
        try
        {
            Read(path);
            return ValidationResult.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new ValidationResult($"names {path}, which cannot be used: {e.Message}", [validationContext.MemberName ?? ""]);
        }
    }
}
