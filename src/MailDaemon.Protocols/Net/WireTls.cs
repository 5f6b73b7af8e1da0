using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailDaemon.Protocols.Net;

/// <summary>The TLS client side: certificates are always validated; own trust is added, never taken away.</summary>
internal static class WireTls
{
    /// <exception cref="WireException">The certificate is not trusted, or no TLS could be agreed on.</exception>
    public static async Task<SslStream> AuthenticateAsync(Stream transport, string host, WireOptions options, CancellationToken ct)
    {
        string? refusal = null;
        var tls = new SslStream(transport, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = ChainPolicy(),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        (refusal = Refusal(certificate as X509Certificate2, chain, errors, options.TrustedCertificates)) is null,
                },
                ct).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw refusal is null
                ? new WireException(WireFault.TlsFailed, $"TLS with {host} failed: {e.Message}", e)
                : new WireException(WireFault.CertificateUntrusted, $"The certificate of {host} is not trusted: {refusal}", e);
        }
        catch (Exception e) when (e is IOException and not WireException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new WireException(WireFault.Closed, $"{host} ended the connection instead of agreeing on TLS: it may be overloaded, or the port may want STARTTLS", e);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Why a certificate is refused; null when it is accepted.</summary>
    internal static string? Refusal(
        X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? trusted)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server showed none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return "it is for another name";
        }

        if (trusted is { Count: > 0 } && IsTrusted(certificate, chain, trusted))
        {
            return null;
        }

        var reasons = chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct(StringComparer.Ordinal) ?? [];
        return string.Join("; ", reasons.DefaultIfEmpty("no trusted authority signed it"));
    }

    /// <summary>For server authentication. Nothing is downloaded from addresses that a certificate names: its sender chose them.</summary>
    private static X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return policy;
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? shown, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = ChainPolicy();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(trusted);
        if (shown is not null)
        {
            foreach (var element in shown.ChainElements)
            {
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            }
        }

        if (chain.Build(certificate))
        {
            return true;
        }

        // A leaf that is itself listed is trusted for as long as it is valid.
        var isListed = trusted.Any(t => t.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));
        return isListed && chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain);
    }
}
